"""Rosters as files (danh sách cán bộ dạng XLSX): read cell by cell, and the template to fill in.

Says everything that is wrong with the cells at once; what a row would do is decided in `rosters`.
"""

from __future__ import annotations

import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engine.law.authority import ROLE_NAMES
from engine.law.names import folded
from workflows.errors import WorkflowError
from workflows.inspecting import FileRefused, inspect

MOST_BYTES = 512 * 1024
MOST_ROWS = 1_000
MOST_COLUMNS = 20
HEAD_WITHIN = 10  # rows above the head may hold a title
MOST_TEXT = 200
EARLIEST, LATEST = date(1945, 9, 2), date(2100, 12, 31)
XLSX = ".xlsx"
NO_XLSX = "đây không phải tệp XLSX; hãy điền vào mẫu tải về"
COLUMNS = (
    ("person", "Mã cán bộ", 22),
    ("name", "Họ tên", 32),
    ("agency", "Mã cơ quan", 16),
    ("role", "Vai trò", 22),
    ("valid_from", "Từ ngày", 14),
    ("valid_to", "Đến ngày", 14),
)
NEEDED = ("person", "name", "agency", "role")
DATES = frozenset({"valid_from", "valid_to"})
_HEADS = {folded(title): name for name, title, _ in COLUMNS} | {
    "ho va ten": "name", **{name: name for name, _, _ in COLUMNS},
}  # fmt: skip
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class RosterUnreadable(WorkflowError):
    """The file is no list of people that can be read at all."""

    code = "roster_unreadable"
    sentence = "Không đọc được danh sách: {reason}."

    def __init__(self, reason: str) -> None:
        """Say in Vietnamese what is wrong and what to do."""
        super().__init__(reason=reason)


@dataclass(frozen=True, kw_only=True)
class CellFault:
    """What is wrong with one cell: its address as the spreadsheet says it, and what to do."""

    cell: str
    row: int
    text: str


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """One row of a list; `columns` are the letters its cells stand under, empty for no file."""

    row: int
    person: str
    name: str
    agency: str
    role: str
    valid_from: date | None = None
    valid_to: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """Return the address of a value, such as `C4`."""
        return f"{self.columns.get(name, '')}{self.row}"

    def fault(self, name: str, text: str) -> CellFault:
        """Return that something is wrong with a value of this row."""
        return CellFault(cell=self.cell(name), row=self.row, text=text)


def read_roster(content: bytes) -> tuple[tuple[RosterRow, ...], tuple[CellFault, ...]]:
    """Return the rows of the first sheet, and every cell that cannot be used.

    Raises RosterUnreadable for what is no XLSX, is too large, or has no head with the columns.
    """
    _check_file(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        lines = list(sheet.iter_rows(max_row=HEAD_WITHIN + MOST_ROWS + 1, max_col=MOST_COLUMNS))
        book.close()
    except (KeyError, ValueError, IndexError, TypeError, OSError, zipfile.BadZipFile):
        raise RosterUnreadable("tệp XLSX hỏng; hãy mở bằng Excel rồi lưu lại") from None
    head, columns = _head(lines)
    body = [line for line in enumerate(lines[head:], head + 1) if not _is_blank(line[1])]
    if len(body) > MOST_ROWS or (body and body[-1][0] > head + MOST_ROWS):
        raise RosterUnreadable(f"nhiều quá {MOST_ROWS} dòng; hãy chia thành nhiều tệp")
    if not body:
        raise RosterUnreadable("dưới dòng tiêu đề không có dòng nào")
    faults: list[CellFault] = []
    rows = tuple(_row(number, cells, columns, faults) for number, cells in body)
    return rows, tuple(faults)


def _check_file(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise RosterUnreadable(f"tệp lớn quá {MOST_BYTES // 1024} KB; hãy chia thành nhiều tệp")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster"
        path.write_bytes(content)
        try:
            found = inspect(path)
        except FileRefused as refused:
            said = NO_XLSX if refused.reason == "type" else str(refused.fields["detail"])
            raise RosterUnreadable(said) from None
    if found.extension != XLSX:
        raise RosterUnreadable(NO_XLSX)


def _head(lines: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Return after which row the people begin, and in which column each value stands."""
    for number, line in enumerate(lines[:HEAD_WITHIN], 1):
        titles = [_HEADS.get(folded(str(cell.value or ""))) for cell in line]
        found = [title for title in titles if title]
        if not set(NEEDED) <= set(found):
            continue
        if len(found) != len(set(found)):
            raise RosterUnreadable("dòng tiêu đề có hai cột cùng tên")
        return number, {title: at for at, title in enumerate(titles) if title}
    wanted = ", ".join(title for name, title, _ in COLUMNS if name in NEEDED)
    raise RosterUnreadable(f"không thấy dòng tiêu đề có đủ các cột: {wanted}")


def _is_blank(cells: Sequence[Any]) -> bool:
    return all(cell.value is None or str(cell.value).strip() == "" for cell in cells)


def _row(
    number: int, cells: Sequence[Any], columns: Mapping[str, int], faults: list[CellFault]
) -> RosterRow:
    letters = {name: get_column_letter(at + 1) for name, at in columns.items()}
    values: dict[str, Any] = {}
    for name, at in columns.items():
        cell = cells[at] if at < len(cells) else None
        read = _day if name in DATES else _text
        try:
            values[name] = read(cell)
        except ValueError as wrong:
            place = f"{letters[name]}{number}"
            faults.append(CellFault(cell=place, row=number, text=str(wrong)))
            values[name] = None if name in DATES else ""
    return RosterRow(row=number, columns=letters, **values)


def _value(cell: Any) -> Any:
    """Return what a cell holds; raises ValueError for a formula, whose result nobody checked."""
    value = getattr(cell, "value", None)
    kind = getattr(cell, "data_type", "n")
    formula = kind == "f" or (isinstance(value, str) and value.lstrip().startswith("="))
    if formula or (value is not None and not isinstance(value, str | int | float | date)):
        raise ValueError("ô có công thức; hãy dán lại thành giá trị")
    if kind == "e" or isinstance(value, bool):
        raise ValueError("ô có giá trị lỗi hoặc đúng/sai; hãy ghi chữ")
    return value


def _text(cell: Any) -> str:
    value = _value(cell)
    if isinstance(value, date):
        raise ValueError("ô là ngày; hãy ghi chữ")  # noqa: TRY004 - said of the cell, as the others
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(unicodedata.normalize("NFC", str(value if value is not None else "")).split())
    if len(text) > MOST_TEXT:
        raise ValueError(f"dài quá {MOST_TEXT} ký tự")
    if any(unicodedata.category(letter)[0] == "C" for letter in text):
        raise ValueError("có ký tự điều khiển không nhìn thấy; hãy gõ lại")
    return text


def _day(cell: Any) -> date | None:
    value = _value(cell)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = value.date() if isinstance(value, datetime) else value
    if isinstance(value, str):
        found = read_day(value)
    if not isinstance(found, date) or not EARLIEST <= found <= LATEST:
        raise ValueError("hãy ghi ngày, ví dụ 01/07/2026 hoặc 2026-07-01")
    return found


def read_day(text: str) -> date | None:
    """Return the day written as 01/07/2026 or 2026-07-01, None for what is neither."""
    matched = _DAY.fullmatch(text.strip())
    try:
        if matched:
            return date(int(matched[3]), int(matched[2]), int(matched[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def template(roles: Iterable[str], agencies: Iterable[tuple[str, str]]) -> bytes:
    """Return an empty list with a head, a choice of roles, and a sheet that says what goes where.

    `agencies` are codes with names.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Cán bộ"
    for at, (_, title, width) in enumerate(COLUMNS, 1):
        cell = sheet.cell(row=1, column=at, value=title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F3E3D0")
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    names = [ROLE_NAMES[role] for role in roles]
    choice = DataValidation(type="list", formula1=f'"{",".join(names)}"', allow_blank=True)
    choice.add(f"D2:D{MOST_ROWS + 1}")
    sheet.add_data_validation(choice)
    for cells in sheet[f"E2:F{MOST_ROWS + 1}"]:
        for cell in cells:
            cell.number_format = "DD/MM/YYYY"
    for line in _guide(names, agencies, book.create_sheet("Hướng dẫn")):
        line.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GUIDE = (
    ("Mã cán bộ", "Chữ không dấu, số và . _ @ -; không bao giờ cấp lại cho người khác.",
     "nguyen.thi.hoa"),
    ("Họ tên", "Đủ họ tên có dấu. Cán bộ đã có thì phải đúng họ tên đang ghi.", "Nguyễn Thị Hoa"),
    ("Mã cơ quan", "Một mã trong bảng dưới đây.", "H55.904"),
    ("Vai trò", "Chọn trong ô; một người nhiều vai trò thì ghi nhiều dòng.", "Chuyên viên"),
    ("Từ ngày", "Trống là ngay bây giờ. Ô ngày, hoặc chữ 01/07/2026 hay 2026-07-01.", "01/07/2026"),
    ("Đến ngày", "Trống là không định trước; có thì hết ngày đó.", "31/12/2026"),
)  # fmt: skip


def _guide(names: Sequence[str], agencies: Iterable[tuple[str, str]], sheet: Any) -> Iterator[Any]:
    lines: list[tuple[str, ...]] = [("Cột", "Ghi gì", "Ví dụ"), *GUIDE, ()]
    lines += [("Vai trò",), *((name,) for name in names), ()]
    lines += [("Mã cơ quan", "Tên cơ quan"), *agencies]
    for letter, width in (("A", 22), ("B", 70), ("C", 22)):
        sheet.column_dimensions[letter].width = width
    for line in lines:
        sheet.append(line)
        yield from sheet[sheet.max_row][: len(line)]
