"""The office has one zone, and it is written down once."""

from __future__ import annotations

from tests.house.source import modules


def test_the_zone_of_the_office_is_made_in_one_place():
    makers = [
        m.name
        for m in modules("engine", "workflows", "api")
        if 'ZoneInfo("' in m.path.read_text("utf-8")
    ]
    assert makers == ["engine.law.working_time"]
