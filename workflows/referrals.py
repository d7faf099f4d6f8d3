"""Referrals (lấy ý kiến, chuyển thông tin): what an agency was asked, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.law.authority import Actor
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotOpen
from workflows.holding import hold
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import ANSWER_REFERRAL, LIST_REFERRALS, list_of, permit
from workflows.store import UnitOfWork
from workflows.store.referrals import ListedReferral
from workflows.views import DossierView, Page, next_cursor, read_cursor

MAX_ANSWER = 4_000


@dataclass(frozen=True, kw_only=True)
class ReferralQuery:
    """Whose list: the caller's agency unless another is named and allowed."""

    agency: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class ReferralView:
    """A question to an agency; the revision is its dossier's."""

    id: str
    name: str
    dossier: str
    dossier_code: str
    procedure: str
    revision: int
    element: str
    step: str
    asked_by: str
    to_agency: str
    sent_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    answer: str
    late: bool
    silent: bool


@dataclass(frozen=True, kw_only=True)
class AnswerReferral:
    """The agency's answer in words, and the routing facts that follow from it."""

    referral: str
    answer: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    revision: int | None = None
    idempotency_key: str = ""


def open_for(office: Office, actor: Actor, query: ReferralQuery) -> Page:
    """Return a page of `ReferralView` an agency has not answered, the oldest first.

    Raises Forbidden for another agency's list, InvalidInput for a cursor that is not ours.
    """
    agency = query.agency or actor.agency
    permit(actor, LIST_REFERRALS, list_of(agency))
    size = page_size(query.limit)
    place = read_cursor(query.cursor, 2)
    after = (place[0], place[1]) if place else None
    rows = office.store.read(lambda u: u.referrals.open_at(agency, after=after, limit=size))
    following = ""
    if rows:
        last = rows[-1].referral
        following = next_cursor(len(rows), size, last.sent_at, last.id)
    return Page(items=tuple(_view(office, r) for r in rows), cursor=following)


def answer(office: Office, actor: Actor, command: AnswerReferral) -> DossierView:
    """Answer for the agency that was asked; the dossier goes on.

    Raises NotFound, NotOpen (answered already, or silence took effect), Forbidden, Stale,
    InvalidInput, IdempotencyMismatch, or a Rejected of the engine.
    """
    if not command.answer.strip() or len(command.answer) > MAX_ANSWER:
        raise InvalidInput("answer", f"hãy ghi nội dung trả lời, không quá {MAX_ANSWER} ký tự")
    return office.store.write(lambda uow: _answer(uow, office, actor, command))


def _answer(uow: UnitOfWork, office: Office, actor: Actor, command: AnswerReferral) -> DossierView:
    referral = uow.referrals.get(command.referral)
    held = hold(uow, office, actor, command, referral.dossier_id)
    if held.replayed is not None:
        return held.replayed
    step = held.steps.get(referral.step)
    held.permit(ANSWER_REFERRAL, step, agency=referral.to_agency)
    if step is None or not step.is_open:
        raise NotOpen(referral.step, "done")
    held.see(command.revision)
    said = Said(answer=command.answer, note=command.answer, step=step.step)
    waits = (s for s in held.state.subscriptions if s["id"] == referral.step)
    wait = next(waits, None)
    if wait is None:
        return held.complete(step, command.facts, said)
    return held.deliver(wait, command.facts, said)


def _view(office: Office, row: ListedReferral) -> ReferralView:
    asked = row.referral
    laws = office.catalogue.at(row.digest).procedure.referrals
    return ReferralView(
        id=asked.id,
        name=next((r.name for r in laws if r.element == asked.element), ""),
        dossier=asked.dossier_id,
        dossier_code=row.dossier_code,
        procedure=row.procedure,
        revision=row.revision,
        element=asked.element,
        step=asked.step,
        asked_by=row.asked_by,
        to_agency=asked.to_agency,
        sent_at=asked.sent_at,
        due_at=asked.due_at,
        answered_at=asked.answered_at,
        answer=asked.answer,
        late=asked.late,
        silent=asked.silent,
    )
