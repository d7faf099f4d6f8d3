"""The calendars of the sample data, for tests of everything that counts time."""

from __future__ import annotations

import tomllib
from pathlib import Path

from engine.law.working_time import build_calendar, read_office_hours

SHARED = Path(__file__).parents[3] / "bpmn" / "shared"
HOURS = tomllib.loads((SHARED / "agencies.toml").read_text(encoding="utf-8"))["office_hours"]
YEARS = {
    int(path.stem): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SHARED / "calendar").glob("*.toml"))
}
STANDARD = read_office_hours(HOURS["standard"])
OFFICE = build_calendar(YEARS, STANDARD, version="test")
POLICE = build_calendar(YEARS, read_office_hours(HOURS["police"]), version="test")
