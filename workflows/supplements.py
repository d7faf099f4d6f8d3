"""Supplements (bổ sung hồ sơ): asking the applicant for papers, all at once, and taking them.

One round more than the procedure allows needs a reason and a leader who is not the one who asks:
`propose`, `approve`, and then the request like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import process
from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.checklist import missing, reason_for
from engine.law.provisions import Supplement
from engine.timing.events import (
    FileAttached,
    FurtherRoundApproved,
    FurtherRoundProposed,
    SupplementPartlyTaken,
)
from workflows.attaching import MOST_FILES, NO_COMPONENT, arriving, attach
from workflows.commanding import known_components
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import (
    APPROVE_ROUND,
    PROPOSE_ROUND,
    REQUEST_SUPPLEMENT,
    TAKE_SUPPLEMENT,
    part_of,
    permit,
)
from workflows.reasons import check_length, check_reason
from workflows.store import UnitOfWork
from workflows.views import DossierView

PROPOSED, APPROVED = FurtherRoundProposed.kind, FurtherRoundApproved.kind
WAIT, ENOUGH = "wait", "enough"
PARTLY = ("", WAIT, ENOUGH)


class TooManyRounds(Rejected):
    """The procedure allows no further round of asking for papers."""

    code = "too_many_rounds"


class PartlyBrought(Rejected):
    """Not all papers asked for arrived, and nobody said whether to go on waiting."""

    code = "partly_brought"


@dataclass(frozen=True, kw_only=True)
class RequestSupplement:
    """Ask for papers at an open step: which components, and why.

    `reasons` says of single components what is wrong with them; `reason` of all. One is needed.
    `missing` asks besides for what the checklist of the intake lacks now, in its own sentence.
    """

    dossier: str
    task: str
    revision: int | None = None
    components: tuple[str, ...] = ()
    reason: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    missing: bool = False
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class TakeSupplement:
    """The applicant brought papers: those named, or without names all that were asked for.

    Where some are missing `partly` says what that means: `wait` for the rest, or `enough`. `files`
    maps a component to ids of files uploaded before, as at intake.
    """

    dossier: str
    revision: int | None = None
    components: tuple[str, ...] = ()
    partly: str = ""
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposeRound:
    """Propose to ask for papers once more than the procedure allows."""

    dossier: str
    task: str
    reason: str
    components: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ApproveRound:
    """Approve the further round that was proposed; the caller signs."""

    dossier: str
    note: str = ""
    revision: int | None = None
    idempotency_key: str = ""


def request(office: Office, actor: Actor, command: RequestSupplement) -> DossierView:
    """Ask the applicant for papers; the dossier waits for them from now on.

    Clocks: the step is closed and the applicant's clock runs; the time limit stands. Raises
    TooManyRounds, and what completing the step raises.
    """
    return office.store.write(lambda uow: _request(uow, office, actor, command))


def take(office: Office, actor: Actor, command: TakeSupplement) -> DossierView:
    """Take the papers the dossier waits for.

    Clocks: the applicant's stops and the agency's runs; the limit starts from zero (`restart`) or
    goes on where it stood (`pause`), as the procedure says. Where it goes on waiting for the rest
    no clock changes. Raises NotFound, NotWaiting, PartlyBrought, Forbidden, Suspended, Stale,
    InvalidInput or IdempotencyMismatch.
    """
    if command.partly not in PARTLY:
        raise InvalidInput("partly", f"chỉ nhận: {WAIT}, {ENOUGH}")
    return office.store.write(lambda uow: _take(uow, office, actor, command))


def propose(office: Office, actor: Actor, command: ProposeRound) -> DossierView:
    """Propose one round more than the procedure allows, for a reason.

    Clocks: none stops or starts; the due moment stays. Raises NotWaiting while rounds are left,
    and NotFound, NotOpen, Forbidden, Suspended, Stale, InvalidInput or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _propose(uow, office, actor, command))


def approve(office: Office, actor: Actor, command: ApproveRound) -> DossierView:
    """Approve the round that was proposed; whoever proposed it may not (không cùng một người).

    Clocks: none stops or starts; the due moment stays until the request is made. Raises NotWaiting
    without a proposal, and NotFound, Forbidden, Suspended, Stale, InvalidInput or
    IdempotencyMismatch.
    """
    check_length("note", command.note)
    return office.store.write(lambda uow: _approve(uow, office, actor, command))


def _request(
    uow: UnitOfWork, office: Office, actor: Actor, command: RequestSupplement
) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(REQUEST_SUPPLEMENT, step)
    held.not_taken(step)
    held.see(command.revision)
    held.goes_on()
    law = _law(held)
    if held.row.supplement_rounds >= law.rounds + _approved(held, law):
        message = f"Thủ tục chỉ cho yêu cầu bổ sung {law.rounds} lần; đã dùng hết."
        raise TooManyRounds(message, element=step.element)
    components, words = _wanted(held, command)
    reason = _words(held, components, words, command.reasons)
    said = Said(
        components=components,
        reason=reason,
        reasons=dict(command.reasons),
        note=reason,
        step=step.step,
    )
    _leads_to_waiting(held, step.step, law)
    return held.complete(step, {law.fact: law.value}, said)


def _wanted(held: Held, command: RequestSupplement) -> tuple[tuple[str, ...], str]:
    """Return which papers are asked for, and in which words; raises InvalidInput for nothing."""
    if not command.missing:
        return tuple(command.components), command.reason
    procedure = held.version.procedure
    lacking = missing(procedure, held.row.components)
    if not lacking and not command.components:
        raise InvalidInput("missing", "không còn thiếu giấy tờ nào theo danh mục")
    sentence = reason_for(lacking, {c.id: c.name for c in procedure.components})
    components = dict.fromkeys((*(line.component for line in lacking), *command.components))
    return tuple(components), " ".join(filter(None, (sentence, command.reason.strip())))


def _law(held: Held) -> Supplement:
    law = held.version.procedure.supplement
    if law is None:
        raise NotWaiting("được yêu cầu bổ sung (thủ tục này không có bổ sung)")
    return law


def _approved(held: Held, law: Supplement) -> int:
    """Return how many further rounds were approved; the record is read only when rounds are out."""
    if held.row.supplement_rounds < law.rounds:
        return 0
    return len(held.uow.events.concerning(held.row.id, kinds={APPROVED}, elements=()))


def _words(held: Held, components: tuple[str, ...], reason: str, reasons: Mapping[str, str]) -> str:
    """Return what the notice says of all; raises InvalidInput without a reason anybody can read."""
    known_components(held.version.procedure, (*components, *reasons))
    names = {c.id: c.name for c in held.version.procedure.components}
    if extra := set(reasons) - set(components):
        raise InvalidInput("reasons", f"có lý do cho giấy tờ không yêu cầu: {sorted(extra)}")
    said = reason.strip() or "; ".join(f"{names[c]}: {t}" for c, t in reasons.items() if t.strip())
    check_reason(said)
    return said


def _leads_to_waiting(held: Held, step: str, law: Supplement) -> None:
    """Raise NotWaiting where the diagram would not wait for papers after this step."""
    held.may_set(held.steps[step].element, {law.fact: law.value})
    ahead = process.complete(
        held.version.definition,
        held.state.state,
        step,
        facts={law.fact: law.value},
        **held.engine,
    )
    if not any(s.name == law.message for s in ahead.subscriptions):
        raise NotWaiting("được yêu cầu bổ sung (từ bước này sơ đồ không chờ bổ sung)")


def _take(uow: UnitOfWork, office: Office, actor: Actor, command: TakeSupplement) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(TAKE_SUPPLEMENT)
    law = held.version.procedure.supplement
    waits = (s for s in held.state.subscriptions if law is not None and s["name"] == law.message)
    wait = next(waits, None)
    if wait is None:
        raise NotWaiting("chờ bổ sung giấy tờ")
    held.see(command.revision)
    held.goes_on()
    known_components(held.version.procedure, command.components)
    asked, earlier = _asked(held)
    brought = tuple(command.components) or tuple(c for c in asked if c not in earlier)
    here = (*earlier, *(c for c in brought if c not in earlier))
    absent = [c for c in asked if c not in here]
    if absent and not command.partly:
        names = ", ".join(absent)
        message = f"Còn thiếu: {names}; hãy chọn chờ tiếp (wait) hay coi là đủ (enough)."
        raise PartlyBrought(message, element="partly")
    held.bring(brought)
    attached = _files(held, command)
    if absent and command.partly == WAIT:
        number = held.row.supplement_rounds
        event = SupplementPartlyTaken(at=held.now, round=number, components=here)
        view = held.save(None, after=(event, *attached))
    else:
        view = held.deliver(wait, {}, Said(components=here), after=attached)
    attach(uow, attached, held.row.id)
    return view


def _files(held: Held, command: TakeSupplement) -> tuple[FileAttached, ...]:
    """Return the events of the files that came with the papers; raises InvalidInput."""
    known_components(held.version.procedure, set(command.files) - {NO_COMPONENT})
    attached = arriving(held.uow, held.actor, command.files, held.now)
    if attached and len(held.uow.files.of_dossier(held.row.id)) + len(attached) > MOST_FILES:
        raise InvalidInput("files", f"hồ sơ có nhiều nhất {MOST_FILES} tệp")
    return attached


def _asked(held: Held) -> tuple[list[str], list[str]]:
    """Return which papers this round asks for, and which of them came already."""
    rounds = held.uow.supplements.of_dossier(held.row.id)
    last = next((r for r in rounds if r.round == held.row.supplement_rounds), None)
    return (list(last.components), list(last.brought)) if last is not None else ([], [])


def _propose(uow: UnitOfWork, office: Office, actor: Actor, command: ProposeRound) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(PROPOSE_ROUND, step)
    held.not_taken(step)
    held.see(command.revision)
    held.goes_on()
    law = _law(held)
    if held.row.supplement_rounds < law.rounds + _approved(held, law):
        raise NotWaiting("cần xin thêm lần bổ sung (vẫn còn lần được phép)")
    _words(held, command.components, command.reason, command.reasons)
    _leads_to_waiting(held, step.step, law)
    event = FurtherRoundProposed(
        at=held.now,
        round=held.row.supplement_rounds + 1,
        reason=command.reason or "; ".join(command.reasons.values()),
        components=tuple(command.components),
        reasons=dict(command.reasons),
    )
    return held.save(None, after=(event,))


def _approve(uow: UnitOfWork, office: Office, actor: Actor, command: ApproveRound) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    number, hands = _proposal(held)
    permit(actor, APPROVE_ROUND, part_of(held.row, barred=hands))
    held.see(command.revision)
    held.goes_on()
    if not number:
        raise NotWaiting("chờ duyệt thêm một lần bổ sung")
    event = FurtherRoundApproved(at=held.now, round=number, note=command.note)
    return held.save(None, after=(event,))


def _proposal(held: Held) -> tuple[int, frozenset[str]]:
    """Return the round proposed and not approved yet, 0 for none, and whose hands proposed it."""
    number, hands = 0, frozenset[str]()
    for row in held.uow.events.of_dossier(held.row.id):
        if row.kind == PROPOSED:
            number = held.row.supplement_rounds + 1
            hands = frozenset((row.actor, *row.on_behalf_of.split(","))) - {""}
        elif row.kind in {APPROVED, "supplement_requested"}:
            number, hands = 0, frozenset()
    return number, hands
