"""Working calendars: years shared by all, office hours as the agencies' file has them.

Not for counting: that is `engine.law.working_time`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import Rejected
from engine.law.working_time import WorkingCalendar, build_calendar, read_office_hours
from workflows.agencies import Agencies
from workflows.errors import NotFound


class Calendars:
    """One calendar for each kind of office hours."""

    def __init__(self, calendars: Mapping[str, WorkingCalendar]) -> None:
        """Use calendars that `read_calendars` built."""
        self._calendars = calendars

    def of(self, hours: str) -> WorkingCalendar:
        """Return the calendar of a kind of office hours; raises NotFound."""
        try:
            return self._calendars[hours]
        except KeyError:
            raise NotFound("giờ làm việc", hours) from None

    def names(self) -> tuple[str, ...]:
        """Return what the kinds of office hours are called in the file, the usual one first."""
        return tuple(self._calendars)

    def first(self) -> WorkingCalendar:
        """Return the calendar of the hours named first: the usual ones; raises NotFound."""
        return self.of(next(iter(self._calendars), ""))


def read_calendars(
    folder: Path, values: Mapping[str, Any], agencies: Agencies
) -> tuple[Calendars, list[str]]:
    """Return the calendars of a folder of years, and everything that is wrong with them.

    `values` are those of the agencies' file: its `office_hours` name the kinds.
    """
    wrong: list[str] = []
    years = _years(folder, wrong)
    if not years:
        wrong.append("shared/calendar: Không có năm nào; hãy thêm tệp <năm>.toml.")
    found = {}
    kinds = values.get("office_hours", {})
    for name, table in kinds.items() if years and not wrong else ():
        try:
            hours = read_office_hours(table)
            found[name] = build_calendar(years, hours, version=agencies.version)
        except Rejected as fault:
            wrong.append(f"shared/agencies.toml: office_hours.{name}: {fault.message}")
    wrong += [
        f"shared/agencies.toml: agency {a.code}: Không có giờ làm việc tên «{a.hours}»."
        for a in agencies
        if a.hours not in kinds
    ]
    return Calendars(found), wrong


def _years(folder: Path, wrong: list[str]) -> dict[int, Mapping[str, Any]]:
    years: dict[int, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        place = f"shared/calendar/{path.name}"
        try:
            years[int(path.stem)] = tomllib.loads(path.read_bytes().decode())
        except UnicodeDecodeError:
            wrong.append(f"{place}: Tệp không phải UTF-8.")
        except tomllib.TOMLDecodeError as fault:
            wrong.append(f"{place}: Không đọc được TOML: {fault}.")
        except ValueError:
            wrong.append(f"{place}: Tên tệp phải là một năm, ví dụ 2026.toml.")
    return years
