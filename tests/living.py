"""An office whose one procedure declares everything the life of a dossier can need.

The small diagram of `builders`, with grounds, signatures, a release, ways back and a reopening.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.builders import (
    CLERK,
    LEADER,
    MONDAY,
    OFFICER,
    PROCEDURE,
    catalogue_folder,
    person,
    receive,
    task_of,
)
from workflows import tasks
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.office import Office
from workflows.store import Store
from workflows.tasks import CompleteTask
from workflows.views import DossierView

OTHER_LEADER = person("leader", name="leader.two")
LIFE = """
[extension]
allowed = true
max_times = 1
amount = 3
unit = "working_day"

[reappointment]
max_times = 1

[suspension.grounds.applicant_request]
name = "Người nộp đề nghị"
clock = "applicant"

[suspension.grounds.internal]
name = "Lý do nội bộ"
clock = "agency"

[suspension.grounds.storm]
name = "Bão lụt"
clock = "force_majeure"

[refusal]
settle = "closed"

[reopen]
at = "review"
within_days = 30
"""


def law(regime: str = "restart") -> str:
    """Return the procedure, with the rule of what a supplement does to the clock."""
    text = PROCEDURE.replace('on_supplement = "restart"', f'on_supplement = "{regime}"')
    sign = 'not_same_hand_as = ["review"]\n'
    text = text.replace(
        sign, sign + 'signs_off = true\nreleases = true\nmay_return_to = ["review"]\n'
    )
    paper = '[[components]]\nid = "proof"\nname = "Giấy chứng minh"\noriginals = 1\n\n'
    return text.replace("[lanes.counter]", paper + "[lanes.counter]") + LIFE


@cache
def _catalogue(regime: str) -> Catalogue:
    with TemporaryDirectory() as folder:
        return Catalogue.load(catalogue_folder(Path(folder), procedure=law(regime)))


def living_office(store: Store, regime: str = "restart") -> Office:
    """Return an office with this procedure, its clock standing on a Monday morning."""
    read = _catalogue(regime)
    catalogue = Catalogue(read.procedures(), read.agencies, read.calendars)
    catalogue.publish(store, MONDAY)
    return Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(1))


def wait_until(office: Office, moment: object) -> None:
    """Let the office's clock go to a moment."""
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(moment)  # type: ignore[arg-type]


def done(office: Office, view: DossierView, element: str, **facts: object) -> DossierView:
    """Complete the open step of an element as whoever does it."""
    who = {"check": CLERK, "review": OFFICER, "sign": LEADER, "return_result": CLERK}[element]
    task = task_of(view, element).task
    return tasks.complete(office, who, CompleteTask(dossier=view.id, task=task, facts=facts))


def at(office: Office, element: str) -> DossierView:
    """Return a new dossier that has come as far as this element."""
    view = receive(office)
    for name in ("check", "review", "sign", "return_result"):
        if name == element:
            return view
        view = done(office, view, name)
    return view
