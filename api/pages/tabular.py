"""A sheet as a page shows it: every cell in words, and which columns stand to the right."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.sheets import NUMBERS, Sheet, said


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A sheet in words; `numbers` tells of each column whether it holds numbers.

    `left_out` counts the rows at the end that are not shown.
    """

    sheet: Sheet
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    numbers: tuple[bool, ...]
    left_out: int = 0


def shown(sheet: Sheet, most: int | None = None) -> Shown:
    """Return a sheet with its cells in words, at most so many rows of it."""
    kinds = [column.kind for column in sheet.columns]
    return Shown(
        sheet=sheet,
        rows=tuple(tuple(map(said, row, kinds)) for row in sheet.rows[:most]),
        total=tuple(map(said, sheet.total or (), kinds)),
        numbers=tuple(kind in NUMBERS for kind in kinds),
        left_out=max(0, len(sheet.rows) - most) if most is not None else 0,
    )
