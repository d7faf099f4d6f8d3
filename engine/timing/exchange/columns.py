"""Writes Parquet: one row per event, typed columns; for DuckDB, pandas and their like.

Needs pyarrow, an extra of the installation: asked for only when somebody writes Parquet.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, BinaryIO

from engine.errors import Rejected
from engine.timing.exchange.logs import Happening

ROWS_AT_ONCE = 50_000
TEXTS = ("activity", "lifecycle", "instance", "resource")


class ParquetMissing(Rejected):
    """The library that writes Parquet is not installed."""

    code = "parquet_missing"


def write_parquet(happenings: Iterable[Happening], target: BinaryIO) -> int:
    """Write the events to a file open for bytes and return how many; moments are UTC.

    Raises ParquetMissing without pyarrow.
    """
    arrow, parquet = _library()
    moment = arrow.timestamp("us", tz="UTC")
    schema = arrow.schema(
        [("case_id", arrow.string()), ("activity", arrow.string()), ("start_timestamp", moment),
         ("timestamp", moment), *((name, arrow.string()) for name in TEXTS[1:])]
    )  # fmt: skip
    rows, written = iter(happenings), 0
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            columns = zip(*((case, *_row(event)) for case, event in batch), strict=True)
            arrays = [arrow.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            written += len(batch)
    return written


def _row(event: Any) -> tuple[Any, ...]:
    return (
        event.activity, event.start, event.at, event.transition, event.instance, event.resource,
    )  # fmt: skip


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ParquetMissing(
            "Muốn ghi Parquet cần thêm thư viện: pip install 'motcua[parquet]'."
        ) from error
    return pa, parquet
