"""The head's overview: what waits for a word, what is late and will be, who has what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for

from api.auth import current_actor, declares, office
from api.formatting import moment, number
from api.pages.shell import LEADER, NOT_AT_WORK, ROLE_NAMES, show
from api.pages.work import roles_of, time_left
from engine.law.authority import Actor
from workflows import approvals, members, warnings, worklist
from workflows.approvals import ROUND, STAND_IN, Approval
from workflows.members import Member
from workflows.naming import names_of
from workflows.warnings import WarningLine, WarningsQuery
from workflows.worklist import TaskLine, WorklistQuery

blueprint = Blueprint("unit_pages", __name__)

SHOWN = 20
TONES = {"overdue": "late", "apology_due": "late", "due_soon": "soon", "escalated": "soon"}
WAITS = {
    ROUND: "Đề nghị cho bổ sung thêm một lần",
    STAND_IN: "Đề nghị làm thay",
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits for the person's word, in words."""

    address: str
    what: str
    about: str
    reason: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Hurry:
    """A dossier to hurry up with; `apology` is where its drafted apology is signed."""

    address: str
    name: str
    procedure: str
    words: str
    tone: str
    due: str
    told: str
    apology: str


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much somebody holds, or nobody does; the bar is a share of the largest."""

    name: str
    roles: str
    away: str
    open: int
    overdue: int
    share: int
    address: str


@blueprint.get("/unit")
@declares("task.list")
def unit() -> str:
    """Show how the work of an agency is spread, and what is nearest to its date."""
    here, actor = office(), current_actor()
    counts = worklist.counts(here, actor, WorklistQuery())
    near = worklist.worklist(here, actor, WorklistQuery(order="due", limit=SHOWN))
    hurrying = warnings.list_warnings(here, actor, WarningsQuery(limit=SHOWN))
    waiting = approvals.approvals(here, actor)
    return show(
        "staff/unit.html",
        section="unit",
        actor=actor,
        counts=counts,
        waiting=list(_waiting(waiting)),
        hurrying=[_hurry(line, actor) for line in hurrying.items],
        load=list(_load(members.members(here, actor), counts.unclaimed)),
        near=[(line, *time_left(line), _too_long(line)) for line in near.items],
        people=names_of(here, (i.step.assignee for i in near.items)),
        moment=moment,
        number=number,
    )


def _waiting(found: Sequence[Approval]) -> Iterator[Waiting]:
    people = names_of(office(), (code for one in found for code in one.people))
    for one in found:
        names = [people.get(code, code) for code in one.people]
        stand_in = one.kind == STAND_IN
        yield Waiting(
            address=url_for("substitution_pages.list_all")
            if stand_in
            else url_for("dossier_pages.show_dossier", dossier=one.dossier, open="approve-round"),
            what=one.step or WAITS[one.kind],
            about=f"{names[-1]} làm thay {names[0]}" if stand_in else one.name,
            reason=one.reason,
            since=moment(one.since),
        )


def _hurry(line: WarningLine, actor: Actor) -> Hurry:
    one = line.dossier
    at: dict[str, Any] = {"dossier": one.id}
    asks = line.about in {"apology_due", "overdue"} and actor.role == LEADER
    told = ROLE_NAMES.get(line.escalated_to, line.escalated_to)
    law = office().catalogue.latest(one.procedure).procedure
    return Hurry(
        address=url_for("dossier_pages.show_dossier", **at),
        name=one.applicant_name,
        procedure=law.name,
        words=line.about_name,
        tone=TONES.get(line.about, "soon"),
        due=moment(line.due_at),
        told=f"đã báo {told}" if told else "",
        apology=url_for("dossier_pages.show_dossier", open="apology", **at) if asks else "",
    )


def _load(found: Sequence[Member], unclaimed: int) -> Iterator[Load]:
    at_work = [m for m in found if set(m.roles) - NOT_AT_WORK]
    most = max((unclaimed, *(m.open for m in at_work)), default=0) or 1
    if unclaimed:
        address = url_for("work_pages.work", tab="unclaimed", everyone="yes")
        share = round(100 * unclaimed / most)
        yield Load(
            name="Chưa ai nhận",
            roles="",
            away="",
            open=unclaimed,
            overdue=0,
            share=share,
            address=address,
        )
    for m in sorted(at_work, key=lambda m: (-m.overdue, -m.open, m.name)):
        yield Load(
            name=m.name,
            roles=roles_of(m),
            away=", ".join(m.stood_in_by),
            open=m.open,
            overdue=m.overdue,
            share=round(100 * m.open / most),
            address=url_for("work_pages.work", everyone="yes", assignee=m.person),
        )


def _too_long(line: TaskLine) -> bool:
    """Tell whether the step's own norm is longer than what is left: it will be late as it goes."""
    law = office().catalogue.latest(line.procedure).procedure.steps.get(line.step.element)
    norm = law.norm_minutes if law is not None else None
    left = line.minutes_left
    return norm is not None and left is not None and 0 <= left < norm
