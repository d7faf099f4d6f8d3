"""When to warn: a day before on the wall, a working day before for the apology, at the moment."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.law.warning_times import WarningKind, warning_moments, warning_now
from engine.law.working_time import ZONE
from tests.engine.law.calendars import OFFICE


def at(text: str) -> datetime:
    """Return a moment of Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("due", "apology"),
    [
        ("2026-03-10T17:00", "2026-03-09T07:30"),  # Tue: Mon
        ("2026-03-09T17:00", "2026-03-06T07:30"),  # Mon: Fri
        ("2026-02-23T17:00", "2026-02-13T07:30"),  # after Tết (16-20): Fri 13
        ("2026-01-12T17:00", "2026-01-10T07:30"),  # Mon after a make-up Saturday
        ("2026-03-08T10:00", "2026-03-06T07:30"),  # a limit in hours, due on Sunday
    ],
)
def test_an_apology_is_due_the_working_day_before(due: str, apology: str) -> None:
    moments = warning_moments(at(due), at("2026-01-05T08:00"), OFFICE)
    assert moments[WarningKind.APOLOGY_DUE] == at(apology)
    assert moments[WarningKind.OVERDUE] == at(due)


def test_what_would_come_before_the_dossier_is_left_out() -> None:
    moments = warning_moments(at("2026-03-03T17:00"), at("2026-03-03T08:00"), OFFICE)
    assert set(moments) == {WarningKind.OVERDUE}
    assert warning_now(moments, at("2026-03-03T17:00")) is None
    assert warning_now(moments, at("2026-03-03T17:01")) == WarningKind.OVERDUE


def test_every_kind_has_a_vietnamese_name() -> None:
    assert all(kind.label for kind in WarningKind)
