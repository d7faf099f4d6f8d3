"""Opens log files for reading: XES or a table, packed (.gz) or not, told by what is inside.

A source can be read again from the start; it says how far it is. Decides nothing about figures.
"""

from __future__ import annotations

import gzip
import io
import tomllib
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from engine.timing.exchange.csv_in import CsvMapping, encoding_of, read_csv
from engine.timing.exchange.logs import (
    LogHead,
    ScatteredCases,
    Trace,
    UnreadableLog,
    by_case,
    each_once,
    flat,
)
from engine.timing.exchange.xes_in import XesKeys, XesReader
from workflows.spilling import together

CHUNK = 1 << 18
PACKED = b"\x1f\x8b"
ZIPPED = b"PK\x03\x04"
TRACES_PER_NOTICE = 500
ALIASES = {"timestamp": "complete", "end": "complete", "transition": "lifecycle"}

T = TypeVar("T")
Notice = Callable[[int, int], None]
"""Told how many bytes of how many were read."""


def _silent(_done: int, _all: int) -> None:
    """Tell nobody."""


@dataclass
class LogFile:
    """A log in a file. `mapping` says which columns (or attributes of XES) say what.

    `head` and `loose_events` are known once it was read; `scattered` tells that cases had to be
    brought together.
    """

    path: Path
    mapping: CsvMapping = field(default_factory=CsvMapping)
    classifier: str = ""
    notice: Notice = _silent
    head: LogHead = field(default_factory=LogHead)
    loose_events: int = 0
    scattered: bool = False

    def whole(self, work: Callable[[Iterator[Trace]], T], *, keep: bool = False) -> T:
        """Return what `work` makes of the traces, each case once. Raises UnreadableLog.

        Begins again where cases are scattered, so `work` must begin anew whenever it is called.
        With `keep`, traces hold also what figures do not need.
        """
        try:
            return self._once(work, keep=keep)
        except ScatteredCases:
            self.scattered = True
            return self._once(work, keep=keep)

    def _once(self, work: Callable[[Iterator[Trace]], T], *, keep: bool) -> T:
        with ExitStack() as opened:
            raw = opened.enter_context(self.path.open("rb"))
            found = self._watched(raw, self._read(raw, opened, keep=keep))
            traces = together(flat(found)) if self.scattered else each_once(found)
            return work(opened.enter_context(closing(traces)))

    def _watched(self, raw: io.BufferedReader, found: Iterator[Trace]) -> Iterator[Trace]:
        """Pass traces on, telling how far the file was read and whether it ended too soon."""
        size = max(self.path.stat().st_size, 1)
        try:
            for number, trace in enumerate(found):
                if number % TRACES_PER_NOTICE == 0:
                    self.notice(raw.tell(), size)
                yield trace
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _torn(self.path.name) from error
        self.notice(size, size)

    def _read(self, raw: io.BufferedReader, opened: ExitStack, *, keep: bool) -> Iterator[Trace]:
        stream = opened.enter_context(_unpacked(raw))
        first = _first_bytes(stream, self.path.name)
        if first.startswith(ZIPPED):
            raise UnreadableLog(
                f"«{self.path.name}» là tệp nén ZIP (hoặc sổ Excel): "
                "hãy giải nén, hoặc lưu bảng thành CSV."
            )
        if first.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
            return self._xes(stream, keep=keep)
        encoding = self.mapping.encoding or encoding_of(first)
        text = opened.enter_context(_decoded(stream, encoding))
        return by_case(read_csv(text, self.mapping, keep=keep))

    def _xes(self, stream: io.BufferedReader, *, keep: bool) -> Iterator[Trace]:
        reader = XesReader(_xes_keys(self.mapping, self.classifier), keep=keep)
        yield from reader.traces(iter(lambda: stream.read(CHUNK), b""))
        self.head, self.loose_events = reader.head, reader.loose_events


@contextmanager
def _unpacked(raw: io.BufferedReader) -> Iterator[io.BufferedReader[Any]]:
    packed = raw.read(2) == PACKED
    raw.seek(0)
    if not packed:
        yield raw
        return
    with gzip.open(raw) as unpacked, io.BufferedReader(unpacked, CHUNK) as stream:
        yield stream


def _first_bytes(stream: io.BufferedReader[Any], name: str) -> bytes:
    try:
        return stream.peek(64)[:64]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _torn(name) from error


def _torn(name: str) -> UnreadableLog:
    return UnreadableLog(f"Tệp nén «{name}» bị hỏng hoặc bị cắt cụt.")


@contextmanager
def _decoded(stream: io.BufferedReader[Any], encoding: str) -> Iterator[io.TextIOWrapper]:
    try:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    except LookupError as error:
        raise UnreadableLog(f"Không biết mã hóa «{encoding}».") from error
    try:
        yield text
    finally:
        text.detach()  # whoever opened the file closes it


def _xes_keys(mapping: CsvMapping, classifier: str) -> XesKeys:
    named = {f.name for f in fields(XesKeys)} - {"zone", "classifier"}
    given = {name: value for name in named if (value := getattr(mapping, name, ""))}
    return XesKeys(**given, classifier=classifier, zone=mapping.zone)


def read_mapping(path: Path) -> CsvMapping:
    """Return the mapping a TOML or JSON file describes. Raises UnreadableLog naming the key."""
    data = path.read_bytes()
    try:
        given = orjson.loads(data) if data.lstrip()[:1] == b"{" else tomllib.loads(data.decode())
    except (ValueError, UnicodeDecodeError) as error:
        raise UnreadableLog(f"Tệp ánh xạ «{path.name}» không đúng TOML/JSON: {error}.") from error
    return mapped(CsvMapping(), given.get("mapping", given))


def mapped(mapping: CsvMapping, given: dict[str, Any]) -> CsvMapping:
    """Return the mapping with further words said; empty ones say nothing."""
    said = {ALIASES.get(name, name): value for name, value in given.items() if value}
    if timezone := said.pop("timezone", ""):
        said["zone"] = _zone(str(timezone))
    known = {f.name for f in fields(CsvMapping)}
    for name, value in said.items():
        if name not in known or (name != "zone" and not isinstance(value, str)):
            words = ", ".join(sorted(known - {"zone"} | {"timezone"}))
            raise UnreadableLog(f"Ánh xạ không hiểu «{name}»; các từ hiểu được: {words}.")
    return replace(mapping, **said)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnreadableLog(f"Không biết múi giờ «{name}», ví dụ Asia/Ho_Chi_Minh.") from error
