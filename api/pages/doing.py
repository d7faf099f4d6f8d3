"""What the person who looks can do with a dossier besides its next step: the folded forms.

An act is offered when the law of authority allows it to this person and the dossier is at a point
where it means something; the use case still has the last word. Does nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import url_for

from api.auth import office
from api.formatting import money
from api.pages.acts import ALL, COMPETENT, STEP, Act, prefix_of
from api.pages.shell import agency_name
from engine.law.authority import Actor, Resource, allow
from engine.law.working_time import ZONE
from workflows.catalogue import Version
from workflows.dossiers import EventView
from workflows.files import FileView
from workflows.intakes import IntakeView
from workflows.naming import colleagues
from workflows.views import DossierView, StepView

Options = tuple[tuple[str, str], ...]
PRIORITY_NAMES = (("0", "thường"), ("1", "cao"), ("2", "khẩn"))
MANNERS = (("cash", "Tiền mặt"), ("transfer", "Chuyển khoản"), ("online", "Trực tuyến"))
RESULTS = (
    ("counter", "Đến nhận tại quầy"),
    ("post", "Gửi bưu chính"),
    ("electronic", "Bản điện tử"),
)
WORKED = frozenset({"open", "claimed"})
MONEY = frozenset({"fee_charged", "fee_exempted", "fee_paid"})
PROPOSED, APPROVED = "further_round_proposed", "further_round_approved"
APOLOGY_DAYS = 2  # how many working days a drafted apology asks for
MINUTES_A_DAY = 8 * 60


@dataclass(frozen=True, kw_only=True)
class Case:
    """A dossier as acts look at it: with who looks, its record, its files, one of its steps."""

    view: DossierView
    version: Version
    actor: Actor
    record: Sequence[EventView]
    files: Sequence[FileView] = ()
    step: StepView | None = None
    noted: IntakeView | None = None

    @property
    def going(self) -> bool:
        """Tell whether the dossier is being settled: no result, no end, not suspended."""
        return self.unsettled and not self.view.suspended_ground

    @property
    def unsettled(self) -> bool:
        """Tell whether there is neither a result nor an end."""
        return self.view.ended_at is None and self.view.resolved_at is None

    @property
    def open(self) -> bool:
        """Tell whether the dossier has not ended."""
        return self.view.ended_at is None

    @property
    def is_mine(self) -> bool:
        """Tell whether the step is held by nobody else."""
        return self.step is not None and self.step.assignee in {"", self.actor.person}

    @property
    def owed_vnd(self) -> int:
        """Return what is still to be paid, in đồng, as the record says."""
        owed = [e.data.get("owed_vnd", 0) for e in self.record if e.kind in MONEY]
        return int(owed[-1]) if owed else 0

    def returns_to(self) -> Options:
        """Return the earlier steps this one may be sent back to."""
        if self.step is None:
            return ()
        law = self.version.procedure.steps.get(self.step.element)
        drawn = self.version.definition.elements
        return tuple((e, drawn[e].name or e) for e in (law.may_return_to if law else ()))

    def last(self, *kinds: str) -> str:
        """Return the kind of the last event that is one of these, empty for none."""
        return next((e.kind for e in reversed(self.record) if e.kind in kinds), "")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A field as the form shows it: its name on the page, its options, what stands in it."""

    name: str
    label: str
    widget: str
    help: str
    required: bool
    options: Options
    value: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An act that is offered: its form, where it goes, the fields."""

    act: Act
    title: str
    address: str
    prefix: str
    fields: tuple[Shown, ...] = field(default_factory=tuple)


def offers(case: Case) -> Iterator[Offer]:
    """Yield what this person may do with the dossier, in the order of the table of acts."""
    steps = [s for s in case.view.tasks if s.state in WORKED]
    for act in ALL:
        for step in steps if act.at == STEP else (None,):
            here = replace(case, step=step)
            allowed = allow(case.actor, act.action, resource_of(act, here)).allowed
            if allowed and FITS[act.name](here):
                yield _offer(act, here, several=len(steps) > 1)


def resource_of(act: Act, case: Case) -> Resource:
    """Return what an act is about, as the law of authority asks for it."""
    view, step = case.view, case.step
    agency = view.competent_agency if act.at == COMPETENT else ""
    return Resource(
        agency=step.agency if step is not None else agency,
        role=step.role if step is not None else "",
        assignee=step.assignee if step is not None else "",
        agencies=frozenset((view.receiving_unit, view.competent_agency)) - {""},
        subject=f"dossier:{view.id}",
    )


def _offer(act: Act, case: Case, *, several: bool) -> Offer:
    task = case.step.task if case.step is not None else ""
    prefix = prefix_of(act, task)
    at: dict[str, Any] = {"dossier": case.view.id} | ({"task": task} if task else {})
    fields = tuple(
        Shown(
            name=f"{prefix}{ask.name}",
            label=ask.label,
            widget=ask.widget,
            help=ask.help,
            required=ask.required,
            options=_options(act, ask.name, case),
            value=_value(act, ask.name, case),
        )
        for ask in act.asks
    )
    named = f"{act.title}: {case.step.name}" if case.step is not None and several else act.title
    return Offer(
        act=act,
        title=named,
        address=url_for(f"act_pages.{act.name}", **at),
        prefix=prefix,
        fields=fields,
    )


def _options(act: Act, name: str, case: Case) -> Options:
    found = OPTIONS.get(f"{act.name}.{name}")
    return found(case) if found is not None else ()


def _value(act: Act, name: str, case: Case) -> str:
    found = VALUES.get(f"{act.name}.{name}")
    return found(case) if found is not None else ""


def _others(case: Case) -> Options:
    if case.step is None:
        return ()
    return colleagues(office(), case.step.agency, case.step.role, but=case.step.assignee)


def _grounds(case: Case) -> Options:
    law = case.version.procedure.suspension
    return tuple((g.id, g.name) for g in law.grounds.values()) if law is not None else ()


def _may_extend(case: Case) -> bool:
    law = case.version.procedure.extension
    return law is not None and law.allowed


def _out_of_rounds(case: Case) -> bool:
    law = case.version.procedure.supplement
    if law is None or case.step is None:
        return False
    asks = case.step.element in case.version.procedure.facts[law.fact].set_by
    spent = case.view.supplement_rounds >= law.rounds
    return asks and spent and case.last(PROPOSED, APPROVED) == ""


def _exemptible(case: Case) -> Options:
    known = {f.id: f for f in case.version.procedure.fees if f.exemption}
    charged = {str(e.data["fee"]): e for e in case.record if e.kind == "fee_charged"}
    freed = {str(e.data["fee"]) for e in case.record if e.kind == "fee_exempted"}
    return tuple(
        (name, f"{known[name].name}: {money(int(e.data['amount_vnd']))}")
        for name, e in charged.items()
        if name in known and name not in freed
    )


def _papers(case: Case) -> Options:
    return tuple((c.id, c.name) for c in case.version.procedure.components)


def _brought(case: Case) -> Iterator[str]:
    for paper in case.version.procedure.components:
        if case.view.components.get(paper.id):
            yield paper.name


def _parties(case: Case) -> Options:
    codes = [case.view.competent_agency, case.view.receiving_unit]
    codes += [s.agency for s in case.view.tasks]
    elsewhere = [c for c in dict.fromkeys(codes) if c and c != case.actor.agency]
    return tuple((c, agency_name(c)) for c in elsewhere or dict.fromkeys(codes) if c)


def _files(case: Case) -> Options:
    return tuple((f.id, f.name) for f in case.files if f.detached_at is None)


def _why_late(case: Case) -> str:
    step = next((s for s in case.view.tasks if s.state in WORKED), None)
    where = f"còn ở bước «{step.name}»" if step is not None else "còn chờ cơ quan khác trả lời"
    return f"Hồ sơ {where}, chưa xong trước ngày hẹn."


def _later(case: Case) -> str:
    """Return a date to promise: two working days after the later of now and the due moment."""
    calendar = office().catalogue.calendar(case.view.competent_agency)
    now = office().clock.now()
    start: datetime = max(now, case.view.due_at or now)
    moment = calendar.add_minutes(start, APOLOGY_DAYS * MINUTES_A_DAY)
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


FITS: dict[str, Callable[[Case], bool]] = {
    "pay": lambda c: c.owed_vnd > 0,
    "exempt": lambda c: c.owed_vnd > 0 and bool(_exemptible(c)),
    "transfer": lambda c: c.is_mine and c.going and bool(_others(c)),
    "send-back": lambda c: c.is_mine and c.going and bool(c.returns_to()),
    "propose-round": lambda c: c.is_mine and c.going and _out_of_rounds(c),
    "approve-round": lambda c: c.last(PROPOSED, APPROVED) == PROPOSED,
    "assign": lambda c: c.open and bool(_others(c)),
    "recall": lambda c: c.step is not None and bool(c.step.assignee),
    "priority": lambda c: c.open,
    "hand-over": lambda c: c.open,
    "correction": lambda c: c.open and c.noted is not None,
    "apology": lambda c: c.going and c.view.due_at is not None,
    "extension": lambda c: c.going and _may_extend(c),
    "suspension": lambda c: c.going and bool(_grounds(c)),
    "resumption": lambda c: bool(c.view.suspended_ground),
    "refusal": lambda c: c.going,
    "stop": lambda c: c.unsettled,
    "withdrawal": lambda c: c.going,
    "detach": lambda c: bool(_files(c)),
    "reopening": lambda c: not c.open and c.version.procedure.reopen is not None,
}
OPTIONS: dict[str, Callable[[Case], Options]] = {
    "pay.manner": lambda _: MANNERS,
    "exempt.fee": _exemptible,
    "transfer.to": _others,
    "assign.to": _others,
    "send-back.to": lambda c: c.returns_to(),
    "propose-round.components": _papers,
    "priority.priority": lambda _: PRIORITY_NAMES,
    "hand-over.to_agency": _parties,
    "correction.result_by": lambda _: RESULTS,
    "suspension.ground": _grounds,
    "detach.file": _files,
}
VALUES: dict[str, Callable[[Case], str]] = {
    "pay.amount_vnd": lambda c: str(c.owed_vnd),
    "hand-over.papers": lambda c: "\n".join(_brought(c)),
    "correction.applicant_name": lambda c: c.view.applicant_name,
    "correction.phone": lambda c: c.noted.applicant_phone if c.noted else "",
    "correction.address": lambda c: c.noted.address if c.noted else "",
    "correction.email": lambda c: c.noted.email if c.noted else "",
    "correction.result_by": lambda c: c.noted.result_by if c.noted else "",
    "correction.result_address": lambda c: c.noted.result_address if c.noted else "",
    "apology.reason": _why_late,
    "apology.new_due_at": _later,
}
