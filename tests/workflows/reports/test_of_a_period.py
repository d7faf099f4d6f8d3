"""Indices, overdue dossiers, apologies and the register: of a past day, and adding up to II.06."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from engine.law.timeliness import Timeliness
from engine.timing.indices import COUNTS, DEFINITIONS
from tests.builders import CENTRE, CLERK, LEADER, person, receive
from tests.workflows.reports.test_statutory import FIRST, pass_days, period, to_the_result
from tests.workflows.test_supplements import ask, take
from workflows import apologies, corrections, results
from workflows.apologies import IssueApology
from workflows.corrections import CorrectIntake
from workflows.errors import Forbidden, InvalidInput
from workflows.office import Office
from workflows.reports import delays, indices, register, statutory
from workflows.results import ReturnResult
from workflows.sheets import to_csv
from workflows.views import DossierView

ROOT = Path(__file__).parents[3]
TEN_DAYS = (FIRST, FIRST + timedelta(10))  # Monday 2 to Thursday 12 March; due on Monday the 9th


@pytest.fixture
def dossiers(office: Office) -> list[DossierView]:
    """Four of a Monday: settled on Tuesday; open; apologised for; asked for papers twice."""
    found = [receive(office, name) for name in ("An", "Bình", "Chi", "Dũng")]
    pass_days(office, 1)
    to_the_result(office, found[0])
    assert found[2].due_at is not None
    new = found[2].due_at + timedelta(days=1)
    sorry = IssueApology(dossier=found[2].id, reason="Đang chờ xác minh", new_due_at=new)
    apologies.apologise(office, LEADER, sorry)
    asked = ask(office, take(office, ask(office, found[3])))
    to_the_result(office, take(office, asked))
    return found


def everything(office: Office) -> tuple[object, ...]:
    """Return every report of the ten days, as values and as files."""
    points = indices.indices(office, LEADER, *TEN_DAYS)
    late = delays.delays(office, LEADER, *TEN_DAYS)
    book = register.register(office, person("one_stop_clerk", CENTRE), *TEN_DAYS)
    sheets = (
        *indices.as_sheets(office, points),
        delays.overdue_sheet(office, late),
        delays.apology_sheet(office, late),
        register.as_sheet(office, book),
    )
    return (points, late, book, *(to_csv(sheet) for sheet in sheets))


@pytest.mark.usefixtures("dossiers")
def test_the_indices_count_as_worked_out_by_hand(office: Office) -> None:
    pass_days(office, 20)
    made = indices.indices(office, LEADER, *TEN_DAYS)
    counted = {one.count: (s.numerator, s.denominator) for one, s in made.scored if s}
    # In time by Decision 766: the first alone. The last was early, and asked for papers twice.
    assert counted["in_time"] == (1, 4)
    assert counted["online_dossiers"] == (0, 4)
    assert counted["online_procedures"] == (0, 1)
    assert counted["paid_online"] == (0, 0)
    assert counted["digitised"] == (0, 4)
    assert counted["electronic_results"] == (0, 0)
    # Monday 08:30 to Tuesday 08:30 are 8 hours; the last waited for no moment of them.
    [mean] = made.times
    assert (mean.settled, mean.seconds) == (2, 2 * 8 * 3600)
    assert mean.mean_seconds == 8 * 3600
    assert made.points == Fraction(5)  # a quarter of 20; nothing counted takes nothing away
    assert made.reachable == Fraction(20 + 6 + 6 + 6)


@pytest.mark.usefixtures("dossiers")
def test_what_was_late_and_apologised_for(office: Office) -> None:
    pass_days(office, 20)
    made = delays.delays(office, LEADER, *TEN_DAYS)
    assert [(o.delay.days_late, o.apologies) for o in made.overdue] == [(3, 0), (2, 1)]
    [sorry] = made.apologies
    assert sorry.due_on == date(2026, 3, 9)
    assert (sorry.new_due_on, sorry.issued_on) == (date(2026, 3, 10), date(2026, 3, 3))
    assert (sorry.in_time, sorry.kept) == (True, False)
    before = delays.delays(office, LEADER, FIRST, date(2026, 3, 10))
    assert before.apologies[0].kept is None
    assert [o.delay.days_late for o in before.overdue] == [1]


@pytest.mark.usefixtures("dossiers")
def test_the_reports_add_up_to_the_statutory_one(office: Office) -> None:
    pass_days(office, 20)
    for last in range(11):
        days = (FIRST, FIRST + timedelta(last))
        total = statutory.statutory(office, LEADER, period(0, last)).total
        made = indices.indices(office, LEADER, *days)
        counted = {one.count: s for one, s in made.scored if s}
        assert counted["in_time"].denominator == total.received
        assert counted["online_dossiers"].denominator == total.online + total.other_ways
        assert counted["online_dossiers"].numerator == total.online
        assert len(delays.delays(office, LEADER, *days).overdue) == total.late + total.open_late
        book = register.register(office, LEADER, *days).lines
        assert len(book) == total.online + total.other_ways
        how = [line.timeliness for line in book]
        assert how.count(Timeliness.OVERDUE) == total.late + total.open_late
        assert how.count(Timeliness.OPEN) == total.open_in_time


def test_a_report_of_past_days_does_not_change_when_the_record_goes_on(
    office: Office, dossiers: list[DossierView]
) -> None:
    pass_days(office, 11)
    before = everything(office)
    first = ReturnResult(dossier=dossiers[0].id, shown="receipt", collected_by="Hoa")
    results.return_result(office, CLERK, first)
    renamed = CorrectIntake(
        dossier=dossiers[1].id, reason="Ghi nhầm tên", changes={"applicant_name": "Bính"}
    )
    corrections.correct(office, CLERK, renamed)
    ask(office, dossiers[1])
    to_the_result(office, dossiers[2])
    receive(office)
    pass_days(office, 40)
    assert everything(office) == before
    later = register.register(office, CLERK, FIRST, FIRST + timedelta(60))
    assert "Bính" in {line.applicant for line in later.lines}


@pytest.mark.usefixtures("dossiers")
def test_names_are_for_those_whose_dossiers_they_are(office: Office) -> None:
    def names(actor) -> set[str | None]:
        return {x.applicant for x in register.register(office, actor, *TEN_DAYS).lines}

    assert names(LEADER) == {"An", "Bình", "Chi", "Dũng"}
    assert names(replace(LEADER, role="reviewer")) == {None}
    above = replace(LEADER, agency="H55")
    assert names(above) <= {None}


@pytest.mark.parametrize("made", [indices.indices, delays.delays, register.register])
def test_who_may_not_report_is_refused_and_a_period_that_is_none_too(office: Office, made) -> None:
    with pytest.raises(Forbidden):
        made(office, person("officer"), *TEN_DAYS)
    for days in ((FIRST, date(2026, 1, 1)), (FIRST, date(2040, 1, 1))):
        with pytest.raises(InvalidInput):
            made(office, LEADER, *days)


def test_the_manual_defines_what_the_program_counts() -> None:
    page = (ROOT / "docs" / "reference" / "reports.md").read_text(encoding="utf-8")
    for numerator, denominator in DEFINITIONS.values():
        assert f"| {numerator} | {denominator} |" in page
    assert DEFINITIONS.keys() == COUNTS.keys()
