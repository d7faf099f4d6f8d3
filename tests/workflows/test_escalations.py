"""A warning or the diagram tells somebody higher up: an event of the record, and a line to see."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.law.working_time import ZONE
from tests.builders import (
    CENTRE,
    CLERK,
    COMMUNE,
    LEADER,
    MONDAY,
    OFFICER,
    PROCEDURE,
    PROCESS,
    catalogue_folder,
    receive,
    task_of,
)
from workflows import dossiers, jobs, reviews, supplements, tasks, warnings
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.office import Office
from workflows.store import Store
from workflows.supplements import RequestSupplement
from workflows.tasks import CompleteTask
from workflows.views import DossierView
from workflows.warnings import WarningsQuery

RULES = """
[warnings]
due_soon_hours = 72

[[escalations]]
about = "due_soon"
to = "head_of_section"

[[escalations]]
about = "overdue"
to = "leader"

[[escalations]]
name = "danger"
to = "leader"
agency = "receiving"
"""
# The end of the branch «closed» throws an escalation that nothing catches.
THROWING = PROCESS.replace(
    '<message id="m1"',
    '<escalation id="e1" name="danger" escalationCode="danger"/>\n  <message id="m1"',
).replace(
    '<sendTask id="tell" name="Báo kết quả" messageRef="m4">\n'
    "      <incoming>f13</incoming><outgoing>f14</outgoing>\n    </sendTask>",
    '<intermediateThrowEvent id="tell" name="Báo lãnh đạo">\n'
    "      <incoming>f13</incoming><outgoing>f14</outgoing>\n"
    '      <escalationEventDefinition id="e2" escalationRef="e1"/>\n    </intermediateThrowEvent>',
)


@cache
def _catalogue() -> Catalogue:
    with TemporaryDirectory() as folder:
        return Catalogue.load(catalogue_folder(Path(folder), THROWING, PROCEDURE + RULES))


@pytest.fixture
def telling(store: Store) -> Office:
    """An office whose procedure tells people higher up."""
    read = _catalogue()
    catalogue = Catalogue(read.procedures(), read.agencies, read.calendars)
    catalogue.publish(store, MONDAY)
    return Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(1))


def go_to(office: Office, text: str) -> None:
    assert isinstance(office.clock, SimulatedClock)
    office.clock.advance_to(datetime.fromisoformat(text).replace(tzinfo=ZONE))


def told(office: Office, view: DossierView) -> list[tuple[str, str, str]]:
    lines = dossiers.history(office, OFFICER, view.id)
    told_ = [e.data for e in lines if e.kind == "escalated"]
    return [(e["about"] or e["name"], e["to_role"], e["to_agency"]) for e in told_]


def listed(office: Office, about: str = "") -> list[tuple[str, str]]:
    query = WarningsQuery(agency=COMMUNE, about=about)
    found = warnings.list_warnings(office, OFFICER, query).items
    return [(line.about, line.escalated_to) for line in found]


def test_a_warning_tells_whom_the_procedure_names(telling: Office) -> None:
    view = receive(telling)  # due Mon 09/03 17:00
    go_to(telling, "2026-03-06T16:00")
    jobs.run_due(telling)  # the apology is due; nobody is told of that
    assert told(telling, view) == []
    assert listed(telling) == [("apology_due", "")]
    go_to(telling, "2026-03-06T17:00")  # 72 hours before
    jobs.run_due(telling)
    assert told(telling, view) == [("due_soon", "head_of_section", COMMUNE)]
    go_to(telling, "2026-03-10T08:00")
    jobs.run_due(telling)
    jobs.run_due(telling)
    assert told(telling, view)[1:] == [("overdue", "leader", COMMUNE)]
    assert listed(telling) == [("overdue", "leader")]
    assert listed(telling, "escalated") == [("overdue", "leader")]
    assert reviews.rebuild(telling) == ()


def test_a_warning_that_is_not_escalated_is_only_a_warning(office: Office) -> None:
    view = receive(office)
    go_to(office, "2026-03-10T08:00")
    jobs.run_due(office)
    assert told(office, view) == []
    assert listed(office) == [("overdue", "")]
    assert listed(office, "escalated") == []


def test_an_escalated_dossier_is_listed_while_its_clock_stands(telling: Office) -> None:
    view = receive(telling)
    go_to(telling, "2026-03-07T08:00")
    jobs.run_due(telling)
    ask = RequestSupplement(
        dossier=view.id, task=task_of(view, "check").task, components=("form",), reason="Thiếu"
    )
    supplements.request(telling, CLERK, ask)
    assert listed(telling) == [("escalated", "head_of_section")]
    assert listed(telling, "overdue") == []


def test_an_escalation_of_the_diagram_is_an_event_addressed_to_its_role(telling: Office) -> None:
    view = receive(telling)
    for actor, element in ((CLERK, "check"), (OFFICER, "review"), (LEADER, "sign")):
        task = task_of(view, element).task
        view = tasks.complete(telling, actor, CompleteTask(dossier=view.id, task=task))
    assert told(telling, view) == [("danger", "leader", CENTRE)]
    events = [e.kind for e in dossiers.history(telling, OFFICER, view.id)]
    assert (
        events.index("escalated")
        == events.index("element_passed", events.index("escalated") - 1) + 1
    )
    assert listed(telling) == []  # the result is there
    assert reviews.rebuild(telling) == ()
