"""From events to referrals: where each stands and who stamped what when. Pure, and used twice.

A command folds its own few events onto the rows it touches; a rebuild folds the whole record. What
the program still has to write by itself (a reminder, that it is overdue) follows from the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from engine.law.procedure import Procedure, Referral
from engine.law.working_time import WorkingCalendar
from engine.timing.events import (
    ReferralAccepted,
    ReferralAnswered,
    ReferralAnswerKept,
    ReferralDelivered,
    ReferralOverdue,
    ReferralReminded,
    ReferralResent,
    ReferralReturned,
    ReferralSent,
    ReferralStamp,
    ReferralWithdrawn,
)
from workflows.projecting import Happened
from workflows.store.records import KeptAnswerRow, ReferralRow
from workflows.worktime import referral_due

SENT, DELIVERED, ACCEPTED, RETURNED = "sent", "delivered", "accepted", "returned"
ANSWERED, SILENT, WITHDRAWN = "answered", "silent", "withdrawn"
EARLY = "early"
MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How long another agency has, as the procedure and the calendar of the asking agency say."""

    laws: Mapping[str, Referral]
    calendar: WorkingCalendar

    def due(self, element: str, at: datetime) -> datetime | None:
        """Return when an answer to a question asked at a moment is due, None without a limit."""
        law = self.laws.get(element)
        return referral_due(self.calendar)(law, at) if law is not None else None

    def accept_due(self, element: str, at: datetime) -> datetime | None:
        """Return until when it has to be taken on, None without a limit."""
        law = self.laws.get(element)
        if law is None or not law.accept_hours:
            return None
        return self.calendar.add_minutes(at, law.accept_hours * MINUTES)

    def remind(self, element: str, since: datetime, due_at: datetime) -> datetime | None:
        """Return when to remind: None where no working time is left before that."""
        law = self.laws.get(element)
        hours = law.remind_hours if law is not None else 0
        left = self.calendar.working_seconds(since, due_at) - hours * MINUTES * MINUTES
        return self.calendar.add_seconds(since, left) if hours and left > 0 else None


def touched(happened: Iterable[Happened]) -> set[str]:
    """Return the referrals that were there before these events and are stamped by them."""
    new = {h.event.referral for h in happened if isinstance(h.event, ReferralSent)}
    named = {h.event.referral for h in happened if isinstance(h.event, ReferralStamp)}
    return named - new - {""}


def fold_referrals(
    dossier_id: str,
    known: Mapping[str, ReferralRow],
    happened: Iterable[Happened],
    procedure: Procedure,
    calendar: WorkingCalendar,
) -> dict[str, ReferralRow]:
    """Return the referrals that are new or changed; the calendar is the asking agency's."""
    terms = Terms(laws={r.element: r for r in procedure.referrals}, calendar=calendar)
    changed: dict[str, ReferralRow] = {}
    for one in happened:
        event = one.event
        if isinstance(event, ReferralSent):
            row = _sent(dossier_id, event, terms)
        elif isinstance(event, ReferralStamp):
            before = changed.get(event.referral) or known.get(event.referral)
            if before is None:  # an early answer belongs to none yet
                continue
            row = replace(_MEANING[type(event)](before, event, terms), revision=before.revision + 1)
        else:
            continue
        row = replace(row, stamps=[*row.stamps, _stamp(one)])
        changed[row.id] = replace(row, wake_at=_wake(row, terms))
    return changed


def fold_kept(
    dossier_id: str, known: Mapping[str, KeptAnswerRow], happened: Iterable[Happened]
) -> dict[str, KeptAnswerRow]:
    """Return the answers that came early: kept until they are asked for, used once."""
    changed: dict[str, KeptAnswerRow] = {}
    for one in happened:
        event = one.event
        if isinstance(event, ReferralAnswerKept) and event.why == EARLY:
            changed[event.kept] = _kept(dossier_id, event, one)
        elif isinstance(event, ReferralAnswered) and event.kept:
            before = changed.get(event.kept) or known.get(event.kept)
            if before is not None:
                changed[event.kept] = replace(before, used_at=event.at)
    return changed


def _kept(dossier_id: str, event: ReferralAnswerKept, one: Happened) -> KeptAnswerRow:
    return KeptAnswerRow(
        id=event.kept,
        dossier_id=dossier_id,
        message=event.message,
        key=event.key,
        answer=event.answer,
        by=event.by or one.actor,
        agency=event.agency or one.agency,
        stamped_at=event.stamped_at,
        received_at=event.at,
        documents=list(event.documents),
        facts=dict(event.facts),
    )


def _sent(dossier_id: str, event: ReferralSent, terms: Terms) -> ReferralRow:
    law = terms.laws.get(event.element)
    return ReferralRow(
        id=event.referral,
        dossier_id=dossier_id,
        element=event.element,
        step=event.step,
        message=law.message if law is not None else "",
        key=event.key,
        to_agency=event.to_agency,
        sent_at=event.at,
        due_at=terms.due(event.element, event.at),
        accept_due_at=terms.accept_due(event.element, event.at),
        outside=event.outside,
        state=SENT if event.outside else DELIVERED,
        documents=list(event.documents),
    )


def _delivered(row: ReferralRow, _event: Any, _terms: Terms) -> ReferralRow:
    return replace(row, state=DELIVERED) if row.state == SENT else row


def _accepted(row: ReferralRow, event: Any, _terms: Terms) -> ReferralRow:
    return replace(row, state=ACCEPTED, accepted_at=row.accepted_at or event.at)


def _returned(row: ReferralRow, _event: Any, _terms: Terms) -> ReferralRow:
    return replace(row, state=RETURNED, due_at=None, accept_due_at=None)


def _resent(row: ReferralRow, event: Any, terms: Terms) -> ReferralRow:
    return replace(
        row,
        state=SENT if row.outside else DELIVERED,
        accepted_at=None,
        due_at=terms.due(row.element, event.at),
        accept_due_at=terms.accept_due(row.element, event.at),
        documents=list(event.documents) or row.documents,
    )


def _answered(row: ReferralRow, event: Any, _terms: Terms) -> ReferralRow:
    return replace(
        row,
        state=SILENT if event.silent else ANSWERED,
        answered_at=event.at,
        answer=event.answer,
        late=event.late,
        silent=event.silent,
    )


def _withdrawn(row: ReferralRow, event: Any, _terms: Terms) -> ReferralRow:
    return replace(row, state=WITHDRAWN, answered_at=event.at, answer=WITHDRAWN)


def _answer_kept(row: ReferralRow, _event: Any, _terms: Terms) -> ReferralRow:
    return replace(row, kept=row.kept + 1)


def _only_stamped(row: ReferralRow, _event: Any, _terms: Terms) -> ReferralRow:
    return row


_MEANING: dict[type, Callable[[ReferralRow, Any, Terms], ReferralRow]] = {
    ReferralDelivered: _delivered,
    ReferralAccepted: _accepted,
    ReferralReturned: _returned,
    ReferralResent: _resent,
    ReferralReminded: _only_stamped,
    ReferralOverdue: _only_stamped,
    ReferralAnswered: _answered,
    ReferralWithdrawn: _withdrawn,
    ReferralAnswerKept: _answer_kept,
}


def _stamp(one: Happened) -> dict[str, Any]:
    """Return what both sides are shown of a stamp: what, when, who at which agency, and words."""
    event: Any = one.event
    what = event.kind.removeprefix("referral_")
    if getattr(event, "silent", False):
        what = SILENT
    said = {
        "what": what,
        "at": event.at.astimezone(UTC).isoformat(),
        "by": getattr(event, "by", "") or one.actor,
        "agency": getattr(event, "agency", "") or one.agency,
        "stamped_at": getattr(event, "stamped_at", ""),
        "text": _words(event),
        "why": getattr(event, "why", ""),
        "late": bool(getattr(event, "late", False)),
        "automatic": bool(getattr(event, "automatic", False)),
        "documents": [dict(d) for d in getattr(event, "documents", ())],
    }
    return {name: value for name, value in said.items() if value not in ("", False, [])}


def _words(event: Any) -> str:
    texts = (getattr(event, name, "") for name in ("answer", "reason", "note"))
    return next((text for text in texts if text), "")


def _wake(row: ReferralRow, terms: Terms) -> datetime | None:
    """Return when the program writes the next thing by itself: it reminds, then says overdue."""
    if not row.is_open or row.due_at is None:
        return None
    begun = max(i for i, s in enumerate(row.stamps) if s["what"] in {"sent", "resent"})
    since = datetime.fromisoformat(row.stamps[begun]["at"])
    told = row.stamps[begun:]
    if any(s["what"] == "overdue" for s in told):
        return None
    remind_at = terms.remind(row.element, since, row.due_at)
    if remind_at is None or any(s["what"] == "reminded" and s.get("automatic") for s in told):
        return row.due_at
    return remind_at
