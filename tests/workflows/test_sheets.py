"""A report says the same as XLSX, CSV and PDF; numbers stay numbers, nothing becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pypdf
import pytest

from workflows.sheets import Column, Kind, Sheet, SheetPrinter, said, to_csv, to_xlsx

FORMS = Path(__file__).parents[2] / "bpmn" / "shared" / "forms"
PRINTED = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
SHEET = Sheet(
    title="Tình hình giải quyết thủ tục",
    tab="II.06a",
    lines=("Kỳ 01/07/2026 đến 30/09/2026",),
    columns=(
        Column(label="Lĩnh vực", number="(2)", width=3),
        Column(label="Tổng", kind=Kind.WHOLE, number="(3)"),
        Column(label="Đúng hạn", kind=Kind.PERCENT),
        Column(label="Phí", kind=Kind.MONEY),
        Column(label="Ngày", kind=Kind.DATE),
        Column(label="Lúc", kind=Kind.MOMENT),
    ),
    rows=(
        ("Đất đai", 1234, Fraction(59, 60), 75_000, date(2026, 3, 2), PRINTED),
        ("=HYPERLINK(0)", 0, None, None, None, None),
    ),
    total=("Tổng", 1234, Fraction(59, 60), 75_000, None, None),
    notes=("(3) = (4) + (5) + (6).",),
)


def cells() -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([SHEET])))
    return [tuple(c.value for c in row) for row in book["II.06a"].iter_rows()]


def test_a_workbook_keeps_numbers_and_dates():
    rows = cells()
    assert rows[0][0] == SHEET.title
    row = next(r for r in rows if r[0] == "Đất đai")
    assert row[1] == 1234
    assert row[2] == pytest.approx(59 / 60)
    assert row[4] == datetime(2026, 3, 2)  # noqa: DTZ001 - a spreadsheet knows no zone
    assert row[5] == datetime(2026, 11, 25, 9, 30)  # noqa: DTZ001


def test_what_somebody_typed_is_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([SHEET])))
    typed = [c for row in book.active.iter_rows() for c in row if "HYPERLINK" in str(c.value)]
    assert [c.data_type for c in typed] == ["s"]
    text = to_csv(SHEET).decode("utf-8-sig")
    assert next(r for r in csv.reader(io.StringIO(text)) if "HYPERLINK" in r[0])[0][0] == "'"


def test_csv_has_the_mark_and_the_total():
    content = to_csv(SHEET)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][0] == "Lĩnh vực"
    assert rows[-1][:2] == ["Tổng", "1234"]


def test_the_paper_says_what_the_table_says():
    content = SheetPrinter(FORMS).render(
        [SHEET, SHEET], agency="UBND xã Chợ Mới", printed_at=PRINTED
    )
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 2
    text = pages[0].extract_text()
    for words in ("1.234", "98,33 %", "75.000 đ", "02/03/2026", "(3) = (4) + (5) + (6)."):
        assert words in text


def test_the_same_report_is_the_same_paper():
    printer = SheetPrinter(FORMS)
    made = [printer.render([SHEET], agency="A", printed_at=PRINTED) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, Kind.WHOLE, "—"),
        (1234567, Kind.WHOLE, "1.234.567"),
        (12.25, Kind.DECIMAL, "12,2"),
        (Fraction(1, 3), Kind.PERCENT, "33,33 %"),
        (-5, Kind.MONEY, "-5 đ"),
        ("Hộ tịch", Kind.TEXT, "Hộ tịch"),
    ],
)
def test_a_cell_is_said_the_vietnamese_way(value, kind, words):
    assert said(value, kind) == words
