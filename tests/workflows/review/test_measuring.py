"""Where the time went: five clocks that sum, small cells hidden, clean-ups left out and counted."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from engine.law.working_time import ZONE
from engine.timing.clocks import KEPT, FiveClocks
from tests.builders import CLERK, CODE, COMMUNE, LEADER, MONDAY, OFFICER, person, receive, task_of
from tests.workflows.counting import statements
from workflows import reviews, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.review import drilling, measuring, scoreboard
from workflows.review.gauging import StepFigures
from workflows.review.measuring import Bulk, Review
from workflows.review.scope import Scope
from workflows.store import tables
from workflows.tasks import CompleteTask

REVIEWER = person("reviewer", COMMUNE)
WHO = (("check", CLERK), ("review", OFFICER), ("sign", LEADER))


def pass_hours(office: Office, hours: float) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(hours=hours))


def resolved(office: Office, count: int, *, wait: float = 1) -> None:
    """Take so many dossiers, one after the other, to their result; each step waits an hour."""
    for number in range(count):
        view = receive(office, key=f"{office.clock.now()}{number}")
        for element, actor in WHO:
            pass_hours(office, wait)
            command = CompleteTask(dossier=view.id, task=task_of(view, element).task)
            view = tasks.complete(office, actor, command)


def look(office: Office, **scope: object) -> Review:
    return measuring.review(office, REVIEWER, Scope(code=CODE, **scope))  # type: ignore[arg-type]


def step(found: Review, element: str) -> StepFigures:
    return next(s for s in found.steps if s.element == element)


def test_the_clocks_of_all_dossiers_sum_to_what_elapsed(office: Office) -> None:
    resolved(office, 5, wait=7)
    receive(office)
    pass_hours(office, 3)
    found = look(office)
    assert found.elapsed == 5 * 3 * 7 * 3600 + 3 * 3600
    assert found.wall.total == found.elapsed
    assert found.wall.closed > 0
    with statements(office.store) as sent:
        look(office)
    assert len(sent) == 2


def test_waiting_nobody_had_opened_is_unassigned_time(office: Office) -> None:
    resolved(office, 1, wait=0.5)
    resolved(office, 4, wait=0.5)
    review = step(look(office), "review")
    assert (review.n, review.dossiers) == (5, 5)
    assert review.office["unassigned"].median == 1800
    assert review.wall["waiting"].n == 5
    sums = {"waiting", "agency", "paused", "total"}
    assert set(review.wall) == {f.name for f in fields(FiveClocks)} | sums


def test_fewer_than_five_dossiers_are_not_shown(office: Office) -> None:
    resolved(office, 4)
    found = look(office)
    assert found.hidden
    assert found.dossiers == 4
    assert (found.steps, found.variants, found.wall.total, found.lead.n) == ((), (), 0, 0)


def test_a_step_of_fewer_than_five_is_not_shown_among_others(office: Office) -> None:
    resolved(office, 4)
    receive(office)
    found = look(office)
    assert not found.hidden
    review = step(found, "review")
    assert review.hidden
    assert (review.wall, review.share_of_lead, review.share_of_limit) == ({}, None, None)
    assert found.lead.n == 0
    assert "review" not in {s.element for s in found.savings}


def test_what_was_pressed_in_bulk_is_left_out_with_its_count(office: Office) -> None:
    resolved(office, 6)
    everything = measuring.review(office, REVIEWER, Scope(code=CODE))
    assert everything.left_out == 0
    bulk = Bulk(at_least=6, within=timedelta(days=3))
    found = measuring.review(office, REVIEWER, Scope(code=CODE), bulk)
    assert found.left_out == 18
    assert step(found, "review").left_out == 6
    assert step(found, "review").hidden
    assert (
        measuring.review(office, REVIEWER, Scope(code=CODE), replace(bulk, at_least=7)).left_out
        == 0
    )


def test_the_share_of_the_limit_is_agency_time_by_the_time_promised(office: Office) -> None:
    resolved(office, 5, wait=0.25)
    found = look(office)
    # Received 45 minutes apart from 08:30 on, due at 17:00 five working days later: 40 h and what
    # is left of Monday (7, 6.25, 5.5, 4.75, 4 h) are 45.5 h on average. Reviews wait 15 minutes,
    # the last of them in the lunch break: 4 x 0.25 h of 5 x 45.5 h.
    assert step(found, "review").share_of_limit == pytest.approx(1 / 227.5, abs=1e-12)


def test_open_dossiers_make_the_median_longer(office: Office) -> None:
    resolved(office, 5)
    finished = look(office)
    for number in range(6):
        receive(office, key=f"open{number}")
    pass_hours(office, 300)
    found = look(office)
    assert found.lead == finished.lead
    assert finished.median_with_open == finished.lead.median
    assert found.median_with_open is None


def test_everybody_went_the_same_way(office: Office) -> None:
    resolved(office, 5)
    assert look(office).variants == ((("check", "review", "sign"), 5),)
    assert look(office).other_variants == 0


def test_work_goes_from_the_counter_to_the_commune_once_a_dossier(office: Office) -> None:
    resolved(office, 5)
    (handover,) = look(office).handovers
    assert (handover.to_agency, handover.count, handover.cases) == (COMMUNE, 5, 5)


def test_a_handover_few_dossiers_made_is_not_shown(office: Office) -> None:
    resolved(office, 4)
    receive(office)
    found = look(office)
    assert not found.hidden
    assert found.handovers == ()


def test_three_steps_that_wait_alike_take_a_third_of_the_lead_each(office: Office) -> None:
    resolved(office, 5)
    found = look(office)
    shares = [step(found, element).share_of_lead for element, _ in WHO]
    assert shares == [pytest.approx(1 / 3)] * 3


def test_only_dossiers_of_the_period_are_measured(office: Office) -> None:
    resolved(office, 5)
    day = MONDAY.date()
    assert look(office, last=day - timedelta(days=1)).dossiers == 0
    assert look(office, first=day).dossiers == 5
    for wrong in ({"first": day, "last": day - timedelta(days=1)}, {"on": date.max}):
        with pytest.raises(InvalidInput):
            look(office, **wrong)


def test_nobody_is_named(office: Office) -> None:
    resolved(office, 6)
    words = repr(look(office))
    assert CLERK.person not in words
    assert OFFICER.person not in words
    assert "Nguyễn" not in words


def test_an_agency_sees_its_own_and_those_below_only(office: Office) -> None:
    resolved(office, 5)
    stranger = person("reviewer", "H55.81.01")
    assert measuring.review(office, stranger, Scope(code=CODE)).dossiers == 0
    with pytest.raises(Forbidden):
        measuring.review(office, stranger, Scope(code=CODE, agency=COMMUNE))
    with pytest.raises(Forbidden):
        measuring.review(office, OFFICER, Scope(code=CODE))
    with pytest.raises(NotFound):
        measuring.review(office, REVIEWER, Scope(code="9.999999"))


def test_two_periods_stand_side_by_side(office: Office) -> None:
    resolved(office, 5, wait=0.25)
    pass_hours(office, 24 * 7 - 3.75)  # 08:30 on the next Monday
    later = office.clock.now().date()
    resolved(office, 5, wait=0.5)
    pairs = measuring.side_by_side(
        look(office, last=later - timedelta(days=1)), look(office, first=later)
    )
    assert [p.element for p in pairs][:3] == ["check", "review", "sign"]
    # Medians of 15, 15, 15, 15, 0 minutes and of 30, 30, 0, 30, 30: lunch swallows one of each.
    assert pairs[1].change("unassigned") == 900


def test_a_past_day_is_shown_as_it_was_then(office: Office) -> None:
    resolved(office, 5, wait=2)
    for number in range(5):
        receive(office, key=f"open{number}")
    pass_hours(office, 30)
    day = office.clock.now().date()
    pass_hours(office, 24 - office.clock.now().astimezone(ZONE).hour)
    then = look(office, on=day - timedelta(days=1))
    view = receive(office, key="later")
    tasks.complete(office, CLERK, CompleteTask(dossier=view.id, task=task_of(view, "check").task))
    resolved(office, 2)
    assert look(office).dossiers == 13
    assert look(office, on=day - timedelta(days=1)) == then
    assert (then.dossiers, then.finished) == (10, 5)


def test_the_projection_says_what_the_events_say(office: Office) -> None:
    resolved(office, 6, wait=3)
    kept = look(office)
    gone = dict.fromkeys(KEPT)
    office.store.write(lambda uow: uow.connection.execute(tables.step.update().values(gone)))
    blank = tables.dossier.update().values(spent=None)
    office.store.write(lambda uow: uow.connection.execute(blank))
    assert look(office) == kept
    assert {d.column for d in reviews.rebuild(office, check=False)} == {*KEPT, "spent"}
    assert (look(office), reviews.rebuild(office)) == (kept, ())


def test_one_step_is_told_apart_by_where_and_when(office: Office) -> None:
    resolved(office, 5, wait=0.5)
    for by, value in (("agency", COMMUNE), ("role", "officer"), ("month", "2026-03")):
        (figures,) = measuring.breakdown(office, REVIEWER, Scope(code=CODE), "review", by)
        assert (figures.element, figures.n, figures.hidden) == (value, 5, False)
        assert figures.office["unassigned"].n == 5
    with pytest.raises(InvalidInput):
        measuring.breakdown(office, REVIEWER, Scope(code=CODE), "review", "person")


def test_an_overview_and_a_scoreboard_take_one_statement_each(office: Office) -> None:
    resolved(office, 5)
    with statements(office.store) as sent:
        (line,) = measuring.overview(office, REVIEWER, Scope())
        found = scoreboard.scores(office, REVIEWER, Scope())
    assert len(sent) == 2
    assert (line.key, line.dossiers, line.finished, line.lead.n) == (CODE, 5, 5, 5)
    assert line.conformance.early + line.conformance.on_time == 5
    assert (found.hidden, [s.unit for s in found.standings]) == (0, [COMMUNE])


def test_the_dossiers_behind_a_figure_have_no_names(office: Office) -> None:
    resolved(office, 5)
    found = drilling.dossiers(office, REVIEWER, Scope(code=CODE), "review")
    assert (found.total, found.hidden, len(found.dossiers)) == (5, False, 5)
    assert {(b.id, b.code) for b in found.dossiers} == {("", "")}
    assert len({b.pseudonym for b in found.dossiers}) == 5
    known = drilling.dossiers(office, LEADER, Scope(code=CODE))
    assert all(b.code for b in known.dossiers)
    few = drilling.dossiers(office, REVIEWER, Scope(code=CODE, first=MONDAY.date() + timedelta(9)))
    assert few.dossiers == ()
