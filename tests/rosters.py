"""Builds lists of people as XLSX files and as rows, good and bad."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from workflows.roster_files import COLUMNS, RosterRow

HEAD = tuple(title for _, title, _ in COLUMNS)
LETTERS = {name: letter for (name, _, _), letter in zip(COLUMNS, "ABCDEF", strict=True)}


def xlsx(*lines: Sequence[Any], head: Sequence[Any] = HEAD) -> bytes:
    """Return a file with a head and these lines below it."""
    book = openpyxl.Workbook()
    for line in (head, *lines):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(number: int, person: str, agency: str, role: str = "officer", **more: Any) -> RosterRow:
    """Return a row as it would be read from a file."""
    more.setdefault("name", f"Nguyễn Thị {person.title()}")
    return RosterRow(row=number, person=person, agency=agency, role=role, columns=LETTERS, **more)
