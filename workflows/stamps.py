"""Stamps from another installation: what its agency did with a referral, applied here once.

They come over a network: twice, out of order, too late, too early, about things nobody knows.
Each is applied if it still means something, and kept and shown if it does not; none is dropped, and
none raises for its timing. Who signed it has been proved before: see who calls this.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.errors import Rejected
from engine.law.authority import Actor, Resource
from engine.law.provisions import StepClock
from engine.timing.events import (
    Event,
    ReferralAccepted,
    ReferralAnswerKept,
    ReferralDelivered,
    ReferralReturned,
    StepSuspended,
)
from workflows.commanding import settable
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotFound
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import STAMP_REFERRAL, part_of, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.records import KeptAnswerRow, ReferralRow

KEPT_IDS = uuid.UUID("0f6f0f3c-64a8-4d0f-9c7e-3b1f9e5a7d20")  # name space of kept answers
WHATS = ("delivered", "accepted", "returned", "answered")
APPLIED, KEPT, REPEATED, UNKNOWN = "applied", "kept", "repeated", "unknown"
WHY_KEPT = {"silent": "late", "answered": "double", "withdrawn": "withdrawn"}
MOST_STRAYS = 200


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What the other side did: `message` is the id of its message, the same when it comes again.

    `referral` names what it is about; an answer that may come before it is asked for names the
    `dossier` by its code, the `name` of the BPMN message and its `key` instead. `documents` are
    papers by hash: file, name, component, sha256, media_type, size.
    """

    message: str
    what: str
    agency: str
    by: str = ""
    stamped_at: datetime | None = None
    referral: str = ""
    dossier: str = ""
    name: str = ""
    key: str = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[dict[str, Any], ...] = ()

    @property
    def idempotency_key(self) -> str:
        """The same stamp is applied once."""
        return f"stamp:{self.message}"


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """What came of a stamp: applied, kept (and `why`), or unknown; `state` of the referral now."""

    outcome: str
    why: str = ""
    referral: str = ""
    state: str = ""
    revision: int = 0


def receive(office: Office, actor: Actor, stamp: Stamp) -> Stamped:
    """Apply a stamp of another installation; a repeat gives the first outcome again.

    Raises InvalidInput for a stamp that can never mean anything (what it says, or an agency that
    was not asked), Forbidden, IdempotencyMismatch for another message with the same id.
    """
    if stamp.what not in WHATS:
        raise InvalidInput("what", f"chỉ nhận: {', '.join(WHATS)}")
    said = once(office, actor, stamp, lambda uow: vars(_receive(uow, office, actor, stamp)))
    return Stamped(**said)


def receive_in(uow: UnitOfWork, office: Office, actor: Actor, stamp: Stamp) -> Stamped:
    """Apply a stamp in the transaction of the message that brought it, which comes once.

    Raises InvalidInput or Forbidden.
    """
    if stamp.what not in WHATS:
        raise InvalidInput("what", f"chỉ nhận: {', '.join(WHATS)}")
    return _receive(uow, office, actor, stamp)


def strays(office: Office, actor: Actor) -> tuple[KeptAnswerRow, ...]:
    """Return answers to nothing anybody knows, the latest first; raises Forbidden."""
    permit(actor, STAMP_REFERRAL, _nobodys())
    return tuple(office.store.read(lambda uow: uow.referrals.strays(MOST_STRAYS)))


def _nobodys() -> Resource:
    return Resource(subject="referral:stray")


def _receive(uow: UnitOfWork, office: Office, actor: Actor, stamp: Stamp) -> Stamped:
    row = _row(uow, stamp)
    dossier = row.dossier_id if row is not None else _dossier(uow, stamp)
    if dossier is None:
        permit(actor, STAMP_REFERRAL, _nobodys())
        uow.referrals.keep([_stray(stamp, office.clock.now())])
        return Stamped(outcome=UNKNOWN, why="unknown", referral=stamp.referral)
    held = hold(uow, office, actor, _Keyless(), dossier)
    permit(actor, STAMP_REFERRAL, part_of(held.row))
    if row is None:
        return _early(held, stamp)
    row = uow.referrals.get(row.id)  # under the lock
    if stamp.agency != row.to_agency:
        raise InvalidInput("agency", f"phiếu này không hỏi cơ quan {stamp.agency}")
    outcome, why = _apply(held, row, stamp)
    after = uow.referrals.get(row.id)
    return Stamped(
        outcome=outcome, why=why, referral=row.id, state=after.state, revision=after.revision
    )


@dataclass(frozen=True, kw_only=True)
class _Keyless:
    idempotency_key: str = ""


def _apply(held: Held, row: ReferralRow, stamp: Stamp) -> tuple[str, str]:
    named = _signed(stamp, held.now, row.id)
    if stamp.what == "answered":
        return _answered(held, row, stamp)
    if stamp.what == "returned" and row.state in {"sent", "delivered", "accepted"}:
        step = held.steps.get(row.step)
        element = step.element if step is not None else row.element
        events: list[Event] = [
            ReferralReturned(reason=stamp.text, step=row.step, **named),
            StepSuspended(
                at=held.now, step=row.step, element=element,
                clock=StepClock.AGENCY.value, ground="returned",
            ),
        ]  # fmt: skip
        held.save(None, after=events)
        return APPLIED, ""
    if stamp.what == "accepted":
        late = row.accept_due_at is not None and _when(stamp, held.now) > row.accept_due_at
        first = row.state in {"sent", "delivered"}
        if first:
            held.note(ReferralAccepted(late=late, **named))
        return (APPLIED, "") if first else (KEPT, "after")
    if stamp.what == "delivered":
        held.note(ReferralDelivered(**named))
        return (APPLIED, "") if row.state == "sent" else (KEPT, "after")
    return KEPT, "after"


def _answered(held: Held, row: ReferralRow, stamp: Stamp) -> tuple[str, str]:
    wait = next((s for s in held.state.subscriptions if s["id"] == row.step), None)
    if not row.is_open or wait is None:
        return _keep(held, stamp, WHY_KEPT.get(row.state, "late"), row.id)
    if held.row.suspended_at is not None:
        return _keep(held, stamp, "early", "", row)
    said = Said(
        answer=stamp.text,
        note=stamp.text,
        step=row.step,
        by=stamp.by,
        agency=stamp.agency,
        stamped_at=_iso(stamp),
        documents=stamp.documents,
        due_at=row.due_at,
    )
    try:
        held.deliver(wait, stamp.facts, said)
    except Rejected as refused:
        return _keep(held, stamp, f"refused: {refused.code}", row.id)
    return APPLIED, ""


def _early(held: Held, stamp: Stamp) -> Stamped:
    """Take an answer that names a message of the dossier: to what waits for it, or keep it."""
    for row in held.uow.referrals.of_dossier(held.row.id, only_open=True):
        if (
            row.message == stamp.name
            and row.key in {"", stamp.key}
            and row.to_agency == stamp.agency
        ):
            outcome, why = _answered(held, row, stamp)
            return Stamped(outcome=outcome, why=why, referral=row.id)
    laws = held.version.procedure.referrals
    law = next((r for r in laws if r.message and r.message == stamp.name), None)
    if law is None or held.row.ended_at is not None:
        _keep(held, stamp, "unknown" if law is None else "late", "")
        return Stamped(outcome=KEPT, why="unknown" if law is None else "late")
    settable(held.version.procedure, law.wait_element or law.element, stamp.facts)
    outcome, why = _keep(held, stamp, "early", "")
    return Stamped(outcome=outcome, why=why)


def _keep(
    held: Held, stamp: Stamp, why: str, referral: str, row: ReferralRow | None = None
) -> tuple[str, str]:
    event = ReferralAnswerKept(
        why=why,
        answer=stamp.text,
        message=stamp.name or (row.message if row is not None else ""),
        key=stamp.key or (row.key if row is not None else ""),
        kept=kept_id(stamp.message) if why == "early" else "",
        documents=stamp.documents,
        facts=dict(stamp.facts),
        **_signed(stamp, held.now, referral),
    )
    held.note(event)
    return KEPT, why


def kept_id(message: str) -> str:
    """Return the id under which an answer of this message is kept."""
    return str(uuid.uuid5(KEPT_IDS, message))


def _row(uow: UnitOfWork, stamp: Stamp) -> ReferralRow | None:
    if not stamp.referral:
        return None
    try:
        return uow.referrals.get(stamp.referral)
    except NotFound:
        return None


def _dossier(uow: UnitOfWork, stamp: Stamp) -> str | None:
    if stamp.what != "answered" or not stamp.dossier or not stamp.name or stamp.referral:
        return None
    try:
        return uow.dossiers.id_of(stamp.dossier)
    except NotFound:
        return None


def _stray(stamp: Stamp, now: datetime) -> KeptAnswerRow:
    return KeptAnswerRow(
        id=kept_id(stamp.message),
        message=stamp.name,
        key=stamp.key or stamp.dossier,
        referral=stamp.referral,
        answer=stamp.text,
        by=stamp.by,
        agency=stamp.agency,
        stamped_at=_iso(stamp),
        received_at=now,
        documents=list(stamp.documents),
        facts=dict(stamp.facts),
    )


def _signed(stamp: Stamp, now: datetime, referral: str) -> dict[str, Any]:
    return {
        "at": now,
        "referral": referral,
        "by": stamp.by,
        "agency": stamp.agency,
        "stamped_at": _iso(stamp),
    }


def _when(stamp: Stamp, now: datetime) -> datetime:
    """Return when the other side did it by its clock; a clock that runs ahead is not believed."""
    return min(stamp.stamped_at, now) if stamp.stamped_at is not None else now


def _iso(stamp: Stamp) -> str:
    return stamp.stamped_at.astimezone(UTC).isoformat() if stamp.stamped_at is not None else ""
