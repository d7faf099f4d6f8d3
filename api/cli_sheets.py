"""Sheets on the command line: on screen, or as a file by its ending (XLSX, CSV, PDF/A)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from api.cli_output import err, out, table
from config import Settings
from workflows.office import Office
from workflows.sheets import Sheet, SheetPrinter, said, to_csv, to_xlsx

F = TypeVar("F", bound=Callable[..., Any])

ENDINGS = (".xlsx", ".csv", ".pdf")


def _file(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix not in ENDINGS:
        raise click.BadParameter(f"tên tệp phải có đuôi {', '.join(ENDINGS)}")
    return value


def output_option(command: F) -> F:
    """Give a command the option that writes its sheets to a file."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=_file,
        help="Ghi ra tệp .xlsx, .csv hoặc .pdf.",
    )(command)


def contents(
    office: Office, settings: Settings, sheets: Sequence[Sheet], output: Path | None, agency: str
) -> bytes:
    """Return the sheets as the file wants them, nothing without a file; CSV takes the first."""
    if output is None:
        return b""
    if output.suffix == ".xlsx":
        return to_xlsx(sheets)
    if output.suffix == ".csv":
        return to_csv(sheets[0])
    printer = SheetPrinter(settings.bpmn_folder / "shared" / "forms")
    return printer.render(sheets, agency=agency, printed_at=office.clock.now())


def write(output: Path, content: bytes) -> None:
    """Write a file and say so."""
    output.write_bytes(content)
    err().print(f"Đã ghi {output} ({len(content) // 1024} KB).")


def show(sheet: Sheet, *, numbered: bool = False) -> None:
    """Print a sheet as a table; `numbered` puts the numbers of the form over its columns."""
    kinds = [column.kind for column in sheet.columns]
    rows = [[said(v, k) for v, k in zip(r, kinds, strict=True)] for r in sheet.everything()]
    heads = [
        ("" if c.kind == "text" else ">") + (c.number if numbered else c.label)
        for c in sheet.columns
    ]
    out().print(table(sheet.lines[0] if sheet.lines else sheet.title, heads, rows))
