"""Sheets: a report as one value, handed out as XLSX, CSV or PDF/A with the same words and numbers.

Officials live in spreadsheets, so a number stays a number there; nothing that somebody typed can
become a formula. Not for the statutory papers (`printing`) and not for what a report counts.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson
import typst
import xlsxwriter

from engine.law.working_time import ZONE

BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TAB_NAME_MOST = 31  # what a spreadsheet program allows
HUNDRED = 100
NOTHING = "—"


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"


FORMATS = {
    Kind.WHOLE: "#,##0",
    Kind.DECIMAL: "#,##0.0",
    Kind.PERCENT: "0.00%",
    Kind.MONEY: '#,##0 "đ"',
    Kind.DATE: "dd/mm/yyyy",
    Kind.MOMENT: "hh:mm dd/mm/yyyy",
}
NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.MONEY})


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its heading, what it holds, its number on the form, its share of the width."""

    label: str
    kind: Kind = Kind.TEXT
    number: str = ""
    width: int = 1


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table with its title, what it rests on, and its total; cells are plain values or None."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    lines: tuple[str, ...] = ()
    total: tuple[Any, ...] | None = None
    notes: tuple[str, ...] = ()
    tab: str = ""

    def everything(self) -> tuple[tuple[Any, ...], ...]:
        """Return the rows and the total."""
        return self.rows if self.total is None else (*self.rows, self.total)


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as one workbook, a tab each; dates and numbers stay what they are."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        for number, sheet in enumerate(sheets, 1):
            _write_tab(book, sheet, (sheet.tab or f"Bảng {number}")[:TAB_NAME_MOST])
    return buffer.getvalue()


def to_csv(sheet: Sheet) -> bytes:
    """Return the rows as CSV in UTF-8 with a mark, so that spreadsheet programs read Vietnamese.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([c.label for c in sheet.columns])
    writer.writerows([_harmless(_plain(v)) for v in row] for row in sheet.everything())
    return buffer.getvalue().encode()


class DataPrinter:
    """Prints values as PDF/A by a template of the folder of forms; safe between threads."""

    def __init__(self, folder: Path, template: str) -> None:
        """Keep one compiler warm; raises OSError where the template is missing."""
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(input=str(folder / template), root=str(folder))

    def print_data(self, data: Mapping[str, Any], *, printed_at: datetime) -> bytes:
        """Return the values as PDF/A-2a; the same at the same moment give the same bytes."""
        with self._lock:
            content = self._compiler.compile(
                format="pdf",
                sys_inputs={"data": orjson.dumps(data).decode()},
                pdf_standards=["a-2a"],
                timestamp=int(printed_at.timestamp()),
            )
        if not isinstance(content, bytes):
            raise TypeError("typst gives one file for a PDF")
        return content


class SheetPrinter(DataPrinter):
    """Prints sheets as PDF/A from `sheet.typ` of the folder of forms."""

    def __init__(self, folder: Path) -> None:
        """Keep one compiler warm; raises OSError where the template is missing."""
        super().__init__(folder, "sheet.typ")

    def render(self, sheets: Sequence[Sheet], *, agency: str, printed_at: datetime) -> bytes:
        """Return the sheets as PDF/A-2a; the same sheets at the same moment give the same bytes."""
        data = {
            "agency": agency,
            "printed": f"{printed_at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}",
            "sheets": [_spoken(sheet) for sheet in sheets],
        }
        return self.print_data(data, printed_at=printed_at)


def said(value: Any, kind: Kind) -> str:
    """Return a cell as people read it: `1.234`, `98,33 %`, `02/03/2026`; a dash for none."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if kind not in NUMBERS:
        return str(value)
    if kind is Kind.PERCENT:
        return _vietnamese(f"{float(value) * HUNDRED:,.2f}") + " %"
    decimals = 1 if kind is Kind.DECIMAL else 0
    return _vietnamese(f"{float(value):,.{decimals}f}") + (" đ" if kind is Kind.MONEY else "")


def _write_tab(book: Any, sheet: Sheet, name: str) -> None:
    tab = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = [book.add_format({"num_format": FORMATS.get(c.kind, "@")}) for c in sheet.columns]
    tab.write_string(0, 0, sheet.title, bold)
    at = 1
    for line in sheet.lines:
        tab.write_string(at, 0, line)
        at += 1
    at += 1
    for place, column in enumerate(sheet.columns):
        tab.write_string(at, place, column.label, head)
        tab.set_column(place, place, 10 * column.width)
    if any(c.number for c in sheet.columns):
        at += 1
        for place, column in enumerate(sheet.columns):
            tab.write_string(at, place, column.number)
    tab.freeze_panes(at + 1, 1)
    for row in sheet.everything():
        at += 1
        for place, value in enumerate(row):
            _write_cell(tab, (at, place), value, formats[place])
    for number, note in enumerate(sheet.notes, at + 2):
        tab.write_string(number, 0, note)


def _write_cell(tab: Any, place: tuple[int, int], value: Any, how: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        tab.write_datetime(*place, value.astimezone(ZONE).replace(tzinfo=None), how)
    elif isinstance(value, date):
        tab.write_datetime(*place, datetime(value.year, value.month, value.day), how)  # noqa: DTZ001 - a spreadsheet knows no zone
    elif isinstance(value, str):
        tab.write_string(*place, value, how)
    else:
        tab.write_number(*place, float(value), how)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="seconds")
    return float(value) if isinstance(value, Fraction) else value


def _harmless(value: Any) -> Any:
    starts = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if starts else value


def _spoken(sheet: Sheet) -> dict[str, Any]:
    kinds = [c.kind for c in sheet.columns]

    def words(row: tuple[Any, ...]) -> list[str]:
        return [said(value, kind) for value, kind in zip(row, kinds, strict=True)]

    return {
        "title": sheet.title,
        "lines": list(sheet.lines),
        "columns": [
            {"label": c.label, "number": c.number, "width": c.width, "right": c.kind in NUMBERS}
            for c in sheet.columns
        ],
        "rows": [words(row) for row in sheet.rows],
        "total": words(sheet.total) if sheet.total is not None else [],
        "notes": list(sheet.notes),
    }


def _vietnamese(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))
