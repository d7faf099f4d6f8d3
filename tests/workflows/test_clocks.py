"""The table of docs/reference/clocks.md, run row by row: what each command does to the clocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import CLERK, COMMUNE, LEADER, MONDAY, OFFICER, receive, task_of
from tests.living import at, done, living_office, wait_until
from workflows import (
    apologies,
    extensions,
    handovers,
    intake,
    refusals,
    reopenings,
    results,
    send_backs,
    stops,
    supplements,
    suspensions,
    tasks,
)
from workflows.office import Office
from workflows.store import Store
from workflows.views import DossierView

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "clocks.md"
THURSDAY, WEEK_LATER = MONDAY + timedelta(days=3), MONDAY + timedelta(days=10)
Act = Callable[[Office, DossierView], DossierView]


def rows() -> list[tuple[str, ...]]:
    """Return the rows of the page's table."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    return [tuple(c.strip() for c in line.strip("|").split("|")) for line in lines[2:]]


def _task(view: DossierView, element: str) -> str:
    return task_of(view, element).task


def _ask(office: Office, view: DossierView) -> DossierView:
    command = supplements.RequestSupplement(
        dossier=view.id, task=_task(view, "check"), components=("form", "proof"), reason="Thiếu bản"
    )
    return supplements.request(office, CLERK, command)


def _take(office: Office, view: DossierView, **said: object) -> DossierView:
    return supplements.take(
        office,
        CLERK,
        supplements.TakeSupplement(dossier=view.id, **said),  # type: ignore[arg-type]
    )


def _suspend(ground: str) -> Act:
    return lambda office, view: suspensions.suspend(
        office,
        LEADER,
        suspensions.SuspendDossier(dossier=view.id, ground=ground, reason="Có căn cứ"),
    )


def _send_back(office: Office, view: DossierView) -> DossierView:
    command = send_backs.SendBack(
        dossier=view.id, task=_task(view, "sign"), to="review", reason="Thiếu căn cứ"
    )
    return send_backs.send_back(office, LEADER, command)


def _claim(office: Office, view: DossierView) -> DossierView:
    command = tasks.ClaimTask(dossier=view.id, task=_task(view, "review"))
    return tasks.claim(office, OFFICER, command)


def _release(office: Office, view: DossierView) -> DossierView:
    view = _claim(office, view)
    command = tasks.ReleaseTask(dossier=view.id, task=_task(view, "review"))
    return tasks.release(office, OFFICER, command)


def _apologise(office: Office, view: DossierView) -> DossierView:
    assert view.due_at is not None
    command = apologies.IssueApology(
        dossier=view.id, reason="Đang chờ xác minh", new_due_at=view.due_at + timedelta(days=1)
    )
    return apologies.apologise(office, LEADER, command)


def _return(office: Office, view: DossierView) -> DossierView:
    command = results.ReturnResult(dossier=view.id, shown="receipt", collected_by="Hoa")
    return results.return_result(office, CLERK, command)


# The step at which a command comes, and what is done.
COMMANDS: dict[str, tuple[str, Act]] = {
    "claim": ("review", _claim),
    "release": ("review", _release),
    "complete": ("review", lambda o, v: done(o, v, "review")),
    "hand_over": (
        "review",
        lambda o, v: handovers.hand_over(
            o, CLERK, handovers.HandOver(dossier=v.id, to_agency=COMMUNE, receiver="An")
        ),
    ),
    "send_back": ("sign", _send_back),
    "request_supplement": ("check", _ask),
    "take_supplement": ("", _take),
    "take_partly": ("", lambda o, v: _take(o, v, components=("form",), partly="wait")),
    "suspend_storm": ("review", _suspend("storm")),
    "suspend_applicant": ("review", _suspend("applicant_request")),
    "suspend_internal": ("review", _suspend("internal")),
    "resume": (
        "",
        lambda o, v: suspensions.resume(o, LEADER, suspensions.ResumeDossier(dossier=v.id)),
    ),
    "extend": (
        "review",
        lambda o, v: extensions.extend(
            o, LEADER, extensions.ExtendDeadline(dossier=v.id, reason="Phức tạp")
        ),
    ),
    "apologise": ("review", _apologise),
    "sign_and_release": ("sign", lambda o, v: done(o, v, "sign")),
    "return_result": ("", _return),
    "stop": (
        "review",
        lambda o, v: stops.stop(o, LEADER, stops.StopDossier(dossier=v.id, reason="Không cần")),
    ),
    "refuse": (
        "review",
        lambda o, v: refusals.refuse(
            o, LEADER, refusals.IssueRefusal(dossier=v.id, reason="Không thuộc thẩm quyền.")
        ),
    ),
    "withdraw": (
        "review",
        lambda o, v: intake.withdraw(o, CLERK, intake.WithdrawDossier(dossier=v.id)),
    ),
    "reopen": (
        "",
        lambda o, v: reopenings.reopen(
            o, LEADER, reopenings.ReopenDossier(dossier=v.id, reason="Có sai sót")
        ),
    ),
}


def _clock(view: DossierView) -> str:
    over = view.resolved_at is not None or view.ended_at is not None
    return "runs" if view.clock_running and not over else "stands"


def test_every_command_of_the_table_is_known_and_every_known_one_is_in_it() -> None:
    named = {name for row in rows() for name in row[0].split(", ")}
    assert named == set(COMMANDS)


@pytest.mark.parametrize("row", rows(), ids=lambda row: re.sub(r"\W+", "-", " ".join(row[:2])))
def test_a_row_of_the_table_is_what_happens(store: Store, row: tuple[str, ...]) -> None:
    names, regime, before, after, moves = row
    first, *later = names.split(", ")
    office = living_office(store, regime)
    view = at(office, COMMANDS[first][0])
    assert (_clock(view), view.due_at) == (before, receive(office).due_at)
    due = view.due_at
    assert due is not None
    wait_until(office, THURSDAY)
    view = COMMANDS[first][1](office, view)
    for name in later:
        wait_until(office, WEEK_LATER)
        view = COMMANDS[name][1](office, view)
    assert _clock(view) == after
    assert view.due_at is not None
    minutes = office.catalogue.calendar(COMMUNE).working_minutes(due, view.due_at)
    assert minutes == (0 if moves == "-" else int(moves))
