"""A sheet as a page shows it: every cell in words, and which columns stand to the right."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.sheets import NUMBERS, Sheet, said


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A sheet in words; `numbers` tells of each column whether it holds numbers."""

    sheet: Sheet
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    numbers: tuple[bool, ...]


def shown(sheet: Sheet) -> Shown:
    """Return a sheet with its cells in words."""
    kinds = [column.kind for column in sheet.columns]
    return Shown(
        sheet=sheet,
        rows=tuple(tuple(map(said, row, kinds)) for row in sheet.rows),
        total=tuple(map(said, sheet.total or (), kinds)),
        numbers=tuple(kind in NUMBERS for kind in kinds),
    )
