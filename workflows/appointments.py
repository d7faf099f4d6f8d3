"""Appointments (hẹn trả): the one writer of a new date, whoever gives it and why.

An extension makes the limit longer as the procedure allows; an apology puts a promised date in the
place of the old one. Both are refused in the same words where there is nothing left to promise.
Not for computing a due moment: see `engine.law.deadlines`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.errors import Rejected
from engine.law import papers_letters as letters
from engine.law.deadlines import extensions_given
from engine.law.papers import Entry
from engine.law.provisions import Extension
from engine.law.reopening import counted_since
from engine.law.working_time import ZONE
from engine.timing.events import ApologyIssued, DeadlineExtended, Event
from workflows.cases import case_of
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held
from workflows.reasons import check_reason
from workflows.standing import deadline_of
from workflows.store.events import revive
from workflows.views import DossierView


class ExtensionRefused(Rejected):
    """The procedure allows no extension, or no further one; the sentence names the clause."""

    code = "extension_refused"


def give_extension(held: Held, reason: str) -> DossierView:
    """Make the limit longer by what the procedure gives, and save.

    Clocks: none stops or starts; the due moment moves by the procedure's amount, once for each
    extension it allows. Raises ExtensionRefused, NotWaiting, Suspended or InvalidInput.
    """
    _something_to_promise(held, reason)
    return _write(held, _extension(held, reason))


def give_new_date(held: Held, reason: str, new_due_at: datetime) -> DossierView:
    """Apologise and promise another date in the place of the old one, and save.

    Clocks: none stops or starts; the due moment is the date promised. An apology later than one
    working day before the old date is allowed and marked late (NĐ 118/2025; NĐ 61/2018). Raises
    what `papers_letters.apology` refuses, NotWaiting, Suspended or InvalidInput.
    """
    if new_due_at.tzinfo is None:
        raise InvalidInput("new_due_at", "cần múi giờ, ví dụ 2026-03-20T17:00:00+07:00")
    _something_to_promise(held, reason)
    moment = new_due_at.astimezone(ZONE).isoformat()
    event = ApologyIssued(at=held.now, reason=reason, new_due_at=moment, signer=held.actor.person)
    case = case_of(held.uow, held.office, held.row)
    ahead = Entry(event=event, actor=held.actor.person, agency=held.actor.agency)
    paper = letters.apology(replace(case, record=(*case.record, ahead)))
    return _write(held, replace(event, late=not paper.in_time))


def _write(held: Held, event: Event) -> DossierView:
    return held.save(None, after=(event,))


def _something_to_promise(held: Held, reason: str) -> None:
    held.goes_on()
    if held.row.resolved_at is not None or held.row.ended_at is not None:
        raise NotWaiting("còn đang giải quyết (đã có kết quả hoặc đã kết thúc)")
    check_reason(reason)


def _extension(held: Held, reason: str) -> DeadlineExtended:
    """Return the extension with the moment it gives; raises ExtensionRefused."""
    record: list[Event] = [revive(e) for e in held.uow.events.of_dossier(held.row.id)]
    _, history = counted_since(held.row.received_at, record)
    law = held.version.procedure.extension
    already = len(extensions_given(law, history)) if law is not None else 0
    if law is None or not law.allowed:
        raise ExtensionRefused("Thủ tục này không cho gia hạn.", element="extension.allowed")
    if already >= law.max_times:
        message = f"Chỉ được gia hạn {law.max_times} lần; đã gia hạn {already} lần{_basis(law)}."
        raise ExtensionRefused(message, element="extension.max_times")
    draft = DeadlineExtended(
        at=held.now, reason=reason, new_due_at="", signer=held.actor.person, round=already + 1
    )
    found = deadline_of(held.row, held.version.procedure, [*record, draft], held.calendar)
    if found.due_at is None or found.due_at == held.row.due_at:
        message = f"Lúc này không có hạn nào để gia hạn{_basis(law)}."
        raise ExtensionRefused(message, element="extension")
    return replace(draft, new_due_at=found.due_at.astimezone(ZONE).isoformat())


def _basis(law: Extension) -> str:
    return f" ({law.source})" if law.source else ""
