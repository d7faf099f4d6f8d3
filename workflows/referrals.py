"""Referrals (phiếu liên thông): one question to one agency, stamped by both sides.

The contract others build on:

- A referral is sent by the diagram: a send task or message event (or the waiting step itself) that
  `[[referrals]]` of the procedure names. `ReferralSent` says to whom, with which papers by hash,
  and whether the agency is `outside`: its `installation` in agencies.toml is not empty. Its id
  follows from dossier and step (`deriving.referral_id`), the same in every rebuild.
- It stands in the table `referral` (`store.records.ReferralRow`), folded from events alone by
  `stamping`: sent, delivered, accepted, returned, answered, silent, withdrawn. `stamps` are all of
  them in order: what, at, by, agency, stamped_at, text, documents. Inside one installation a
  referral is delivered when it is sent.
- Events (`engine.timing.events.referrals`): `ReferralSent`, `ReferralDelivered`,
  `ReferralAccepted`, `ReferralReturned`, `ReferralResent`, `ReferralReminded`, `ReferralOverdue`,
  `ReferralAnswered`, `ReferralWithdrawn`, `ReferralAnswerKept`.
- To another installation: whatever our side says of an outside referral is an outbox row in the
  same transaction: kind `referral` (`meanings.REFERRAL`), name = kind of the event, key = id of the
  referral, to_agency, subscription `referral:<id>` and seq, so that those of one referral stay in
  order. It holds no personal data; what may be told is read then: `referrals.content`.
- From another installation: `stamps.receive` applies a stamp of the other side (delivered,
  accepted, returned, answered), as often as it comes, in whatever order; nothing is dropped.
- Both sides inside one installation: the commands below. None of them shows the other agency more
  than `referring` lets through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.law.authority import Actor
from engine.law.provisions import StepClock
from engine.timing.events import (
    Event,
    ReferralAccepted,
    ReferralAnswerKept,
    ReferralReminded,
    ReferralResent,
    ReferralReturned,
    StepSuspended,
)
from workflows import attaching, looking, referring, suspending
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotOpen, ReferralStands, Stale
from workflows.holding import Held, hold
from workflows.meanings import enclosed, paper_of
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import (
    ACCEPT_REFERRAL,
    ANSWER_REFERRAL,
    LIST_REFERRALS,
    READ_REFERRAL,
    REMIND_REFERRAL,
    RESEND_REFERRAL,
    RETURN_REFERRAL,
    WITHDRAW_REFERRAL,
    list_of,
    part_of,
    permit,
)
from workflows.referring import RECEIVED, SENT, STATES, ReferralView
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.records import ReferralRow
from workflows.store.referrals import ReferralFilter
from workflows.views import Page, next_cursor, read_cursor

MAX_ANSWER = 4_000
RETURNED = "returned"  # the ground on which the asked agency's time stands
WHY_KEPT = {"silent": "late", "answered": "double", "withdrawn": "withdrawn"}


@dataclass(frozen=True, kw_only=True)
class ReferralQuery:
    """Whose list: the caller's agency unless another is named and allowed.

    `side` is received or sent; `all` adds those that are over, `late` keeps only those past due.
    """

    agency: str = ""
    side: str = RECEIVED
    all: bool = False
    late: bool = False
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class ReferralCommand:
    """What every command on a referral says; `revision` is the referral's, None for unseen."""

    referral: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptReferral(ReferralCommand):
    """Take the referral on."""


@dataclass(frozen=True, kw_only=True)
class ReturnReferral(ReferralCommand):
    """Give the question back: it cannot be answered as it was asked."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class AnswerReferral(ReferralCommand):
    """The agency's answer in words, the routing facts that follow, and uploads that go with it."""

    answer: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResendReferral(ReferralCommand):
    """Ask a returned question again."""

    note: str


@dataclass(frozen=True, kw_only=True)
class RemindReferral(ReferralCommand):
    """Remind the other agency."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawReferral(ReferralCommand):
    """Take the question back; the dossier goes on without an answer."""

    reason: str


def list_referrals(office: Office, actor: Actor, query: ReferralQuery) -> Page:
    """Return a page of `ReferralView` of an agency, the oldest first.

    Raises Forbidden for another agency's list, InvalidInput for a side or cursor that is not ours.
    """
    agency = query.agency or actor.agency
    permit(actor, LIST_REFERRALS, list_of(agency))
    if query.side not in {RECEIVED, SENT}:
        raise InvalidInput("side", "chỉ nhận: received, sent")
    place = read_cursor(query.cursor, 2)
    wanted = ReferralFilter(
        agency=agency,
        side=query.side,
        open_only=not query.all,
        late_at=office.clock.now() if query.late else None,
        after=(place[0], place[1]) if place else None,
        limit=page_size(query.limit),
    )
    rows = office.store.read(lambda uow: uow.referrals.find(wanted))
    looking.saw(row.referral.dossier_id for row in rows)
    last = rows[-1].referral if rows else None
    cursor = next_cursor(len(rows), wanted.limit, last.sent_at, last.id) if last else ""
    return Page(
        items=tuple(referring.listed_view(office, row, query.side) for row in rows), cursor=cursor
    )


def read(office: Office, actor: Actor, referral: str) -> ReferralView:
    """Return one referral as the caller's side may see it; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> ReferralView:
        row = uow.referrals.get(referral)
        dossier, _ = uow.dossiers.get(row.dossier_id)
        permit(actor, READ_REFERRAL, part_of(dossier, agency=row.to_agency))
        side = referring.side_of(actor, dossier)
        return referring.referral_view(uow, office, row, dossier, side)

    return office.store.read(look)


def of_dossier(office: Office, actor: Actor, dossier: str) -> tuple[ReferralView, ...]:
    """Return the referrals of a dossier to one of its own agencies, the oldest first.

    Raises NotFound or Forbidden.
    """

    def look(uow: UnitOfWork) -> tuple[ReferralView, ...]:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ_REFERRAL, part_of(row))
        found = uow.referrals.of_dossier(row.id)
        return tuple(referring.referral_view(uow, office, one, row, SENT) for one in found)

    return office.store.read(look)


def content(uow: UnitOfWork, office: Office, referral: str) -> dict[str, Any]:
    """Return what another installation is told of a referral: as its agency would see it here."""
    row = uow.referrals.get(referral)
    dossier, _ = uow.dossiers.get(row.dossier_id)
    return referring.referral_view(uow, office, row, dossier, RECEIVED).to_record()


def accept(office: Office, actor: Actor, command: AcceptReferral) -> ReferralView:
    """Take a referral on for the agency that was asked; twice is once.

    Raises NotFound, Forbidden, Stale, ReferralStands, IdempotencyMismatch.
    """

    def act(held: Held, row: ReferralRow) -> None:
        if row.state == "accepted":
            return
        _stands(row, "sent", "delivered")
        late = row.accept_due_at is not None and held.now > row.accept_due_at
        held.note(ReferralAccepted(at=held.now, referral=row.id, late=late))

    return _do(office, actor, command, ACCEPT_REFERRAL, act)


def give_back(office: Office, actor: Actor, command: ReturnReferral) -> ReferralView:
    """Return a referral to who asked, for a reason; it waits until it is sent again or withdrawn.

    Clocks: the other agency's stands, silence means nothing meanwhile, and the waiting counts for
    the asking agency. Raises as `accept`, and InvalidInput without a reason.
    """
    _said("reason", command.reason)

    def act(held: Held, row: ReferralRow) -> None:
        _stands(row, "sent", "delivered", "accepted")
        element = _waiting_element(held, row)
        named: dict[str, Any] = {"at": held.now, "step": row.step}
        clock = StepClock.AGENCY.value
        events: list[Event] = [
            ReferralReturned(referral=row.id, reason=command.reason, **named),
            StepSuspended(element=element, clock=clock, ground=RETURNED, **named),
        ]
        held.save(None, after=events)

    return _do(office, actor, command, RETURN_REFERRAL, act)


def resend(office: Office, actor: Actor, command: ResendReferral) -> ReferralView:
    """Ask a returned question again, with the papers as they are now; its time starts anew.

    Raises as `accept`, and InvalidInput without a note.
    """
    _said("note", command.note)
    return _do(office, actor, command, RESEND_REFERRAL, lambda h, row: _resend(h, row, command))


def remind(office: Office, actor: Actor, command: RemindReferral) -> ReferralView:
    """Remind the other agency (đôn đốc); raises as `accept`."""
    if len(command.note) > MAX_ANSWER:
        raise InvalidInput("note", f"hãy viết không quá {MAX_ANSWER} ký tự")

    def act(held: Held, row: ReferralRow) -> None:
        _stands(row, "sent", "delivered", "accepted")
        held.note(ReferralReminded(at=held.now, referral=row.id, note=command.note))

    return _do(office, actor, command, REMIND_REFERRAL, act)


def withdraw(office: Office, actor: Actor, command: WithdrawReferral) -> ReferralView:
    """Take a question back, for a reason; the dossier goes on as the procedure says.

    Raises as `accept`, and InvalidInput without a reason, Suspended, or a Rejected of the engine.
    """
    _said("reason", command.reason)

    def act(held: Held, row: ReferralRow) -> None:
        _stands(row, "sent", "delivered", "accepted", "returned")
        law = referring.law_of(held.version, row)
        facts = {law.withdrawn_fact: law.withdrawn_value} if law and law.withdrawn_fact else {}
        reason = command.reason
        _go_on(held, row, facts, Said(withdrawn=True, reason=reason, note=reason, step=row.step))

    return _do(office, actor, command, WITHDRAW_REFERRAL, act)


def answer(office: Office, actor: Actor, command: AnswerReferral) -> ReferralView:
    """Answer for the agency that was asked; the dossier goes on.

    An answer that comes too late or twice moves nothing: it is kept, and shown as what it is.
    Raises NotFound, Forbidden, Stale, Suspended, InvalidInput, IdempotencyMismatch, or a Rejected
    of the engine.
    """
    _said("answer", command.answer)
    return _do(office, actor, command, ANSWER_REFERRAL, lambda h, row: _answer(h, row, command))


def _answer(held: Held, row: ReferralRow, command: AnswerReferral) -> None:
    papers = {attaching.NO_COMPONENT: command.files} if command.files else {}
    arrived = attaching.arriving(held.uow, held.actor, papers, held.now)
    attaching.attach(held.uow, arrived, held.row.id)
    documents = tuple(paper_of(one) for one in held.uow.files.named([e.file for e in arrived]))
    if not row.is_open:
        event = ReferralAnswerKept(
            at=held.now,
            referral=row.id,
            why=WHY_KEPT[row.state],
            answer=command.answer,
            documents=documents,
            facts=dict(command.facts),
        )
        held.note(*arrived, event)
        return
    text = command.answer
    said = Said(answer=text, note=text, step=row.step, documents=documents, due_at=row.due_at)
    _go_on(held, row, command.facts, said, after=arrived)


def _go_on(
    held: Held, row: ReferralRow, facts: Mapping[str, Any], said: Said, after: Sequence[Event] = ()
) -> None:
    """Let the process go on at the step that waits for this referral."""
    step = held.steps.get(row.step)
    if step is None or not step.is_open:
        raise NotOpen(row.step, "done")
    waits = (s for s in held.state.subscriptions if s["id"] == row.step)
    wait = next(waits, None)
    if wait is None:
        held.complete(step, facts, said, after=after)
    else:
        held.deliver(wait, facts, said, after=after)


def _resend(held: Held, row: ReferralRow, command: ResendReferral) -> None:
    _stands(row, "returned")
    held.goes_on()
    element, since = _waiting_element(held, row), _returned_at(row)
    law = referring.law_of(held.version, row)
    papers = enclosed(law, held.uow.files.of_dossier(held.row.id)) if law and law.papers else ()
    events: list[Event] = [
        ReferralResent(
            at=held.now, referral=row.id, note=command.note, documents=papers, step=row.step
        ),
        suspending.resumed(held, row.step, element),
    ]
    held.save(suspending.put_off(held, since, row.step), after=events)


def _returned_at(row: ReferralRow) -> datetime:
    at = next(s["at"] for s in reversed(row.stamps) if s["what"] == RETURNED)
    return datetime.fromisoformat(at)


def _do(
    office: Office,
    actor: Actor,
    command: ReferralCommand,
    action: str,
    act: Callable[[Held, ReferralRow], None],
) -> ReferralView:
    """Do something to a referral under the lock of its dossier, once for each key."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        dossier = uow.referrals.get(command.referral).dossier_id
        held = hold(uow, office, actor, replace(command, idempotency_key=""), dossier)
        row = uow.referrals.get(command.referral)
        held.permit(action, agency=row.to_agency)
        if command.revision is not None and command.revision != row.revision:
            raise Stale(command.revision, row.revision)
        act(held, row)
        after = uow.referrals.get(row.id)
        side = referring.side_of(actor, held.row)
        return referring.referral_view(uow, office, after, held.row, side).to_record()

    return ReferralView.from_record(once(office, actor, command, work))


def _waiting_element(held: Held, row: ReferralRow) -> str:
    step = held.steps.get(row.step)
    return step.element if step is not None else row.element


def _stands(row: ReferralRow, *states: str) -> None:
    if row.state not in states:
        raise ReferralStands(STATES[row.state])


def _said(name: str, text: str) -> None:
    if not text.strip() or len(text) > MAX_ANSWER:
        raise InvalidInput(name, f"hãy ghi nội dung, không quá {MAX_ANSWER} ký tự")
