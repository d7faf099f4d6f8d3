"""Writes what events mean beside steps: supplement rounds, referrals, answers that came early.

Shared by every command on a dossier; no such event, no statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from engine.law.procedure import Procedure, Referral
from engine.law.working_time import ZONE, WorkingCalendar
from engine.timing.events import (
    ApologyIssued,
    DeadlineExtended,
    Event,
    ReceiptReissued,
    ReferralAnswered,
    ReferralAnswerKept,
    ReferralReminded,
    ReferralResent,
    ReferralSent,
    ReferralStamp,
    ReferralWithdrawn,
)
from engine.timing.events.referrals import Papers
from workflows import projecting, stamping
from workflows.deriving import Said
from workflows.projecting import Happened
from workflows.store import UnitOfWork
from workflows.store.records import (
    DossierRow,
    FileRow,
    KeptAnswerRow,
    OutboxRow,
    ReferralRow,
)

REFERRAL = "referral"  # the kind of outbox row that carries a referral to another installation
TOLD_OUTSIDE = (ReferralSent, ReferralResent, ReferralReminded, ReferralWithdrawn)


def write_rounds(uow: UnitOfWork, dossier_id: str, happened: Sequence[Happened]) -> None:
    """Write the supplement rounds these events begin or end; a receipt issued anew is counted."""
    uow.supplements.add(projecting.new_rounds(dossier_id, happened))
    uow.supplements.taken(dossier_id, projecting.rounds_taken(h.event for h in happened))
    if any(isinstance(h.event, ReceiptReissued) for h in happened):
        uow.intakes.issue_anew(dossier_id)


def write_referrals(
    uow: UnitOfWork,
    dossier_id: str,
    happened: Sequence[Happened],
    past: Sequence[Happened] | None,
    law: tuple[Procedure, WorkingCalendar],
) -> dict[str, ReferralRow]:
    """Write the referrals that are new or stamped by these events, and return them.

    Those that were there are folded from the `past` where the record has been read. `law` is the
    procedure and the calendar of the agency that asks.
    """
    if past is None:
        known = {r.id: r for r in uow.referrals.named(stamping.touched(happened))}
    else:
        known = stamping.fold_referrals(dossier_id, {}, past, *law)
    changed = stamping.fold_referrals(dossier_id, known, happened, *law)
    uow.referrals.add([r for r in changed.values() if r.id not in known])
    uow.referrals.change([r for r in changed.values() if r.id in known])
    if any(_is_kept(h) for h in happened):
        before = {k.id: k for k in uow.referrals.kept_of(dossier_id)}
        uow.referrals.keep(list(stamping.fold_kept(dossier_id, before, happened).values()))
    return changed


def _is_kept(one: Happened) -> bool:
    event = one.event
    return isinstance(event, ReferralAnswerKept | ReferralAnswered) and bool(event.kept)


def to_installations(
    dossier: DossierRow,
    happened: Sequence[Happened],
    changed: dict[str, ReferralRow],
    new_id: Callable[[], str],
) -> list[OutboxRow]:
    """Return what another installation has to be told of its referrals, in order per referral.

    The row names the referral and what happened; what it may see of the dossier is read when the
    message is written, so that no personal data lies in the outbox.
    """
    told: list[OutboxRow] = []
    for one in happened:
        event = one.event
        if not isinstance(event, TOLD_OUTSIDE):
            continue
        row = changed.get(event.referral)
        if row is None or not row.outside:
            continue
        text = getattr(event, "note", "") or getattr(event, "reason", "")
        told.append(
            OutboxRow(
                id=new_id(),
                dossier_id=dossier.id,
                kind=REFERRAL,
                name=event.kind,
                element=row.element,
                to_agency=row.to_agency,
                key=row.id,
                body={"referral": row.id, "dossier": dossier.code, "text": text},
                created_at=event.at,
                retry_at=event.at,
                subscription=f"{REFERRAL}:{row.id}",
                seq=row.revision + len(told),
            )
        )
    return told


def reissued(
    procedure: Procedure, before: DossierRow, after: DossierRow, events: Sequence[Event]
) -> list[Event]:
    """Return that the receipt is issued anew where the appointment of a chain moved.

    A new date that people give with a paper of its own (an apology, an extension) is not one.
    """
    moved = before.due_at is not None and after.due_at not in (None, before.due_at)
    own_paper = any(isinstance(e, ApologyIssued | DeadlineExtended) for e in events)
    if not procedure.legs or not moved or own_paper or before.revision == 0:
        return []
    old, new = before.due_at, after.due_at
    if old is None or new is None:
        return []
    answered = any(isinstance(e, ReferralAnswered | ReferralWithdrawn) for e in events)
    why = "khâu không tính thời hạn đã xong" if answered else "các khâu của hồ sơ đã đổi"
    texts = {"due_at": new.astimezone(ZONE).isoformat(), "before": old.astimezone(ZONE).isoformat()}
    return [ReceiptReissued(at=events[-1].at, why=why, **texts)]


def stamps_in(happened: Sequence[Happened]) -> bool:
    """Tell whether any of these events is about a referral."""
    return any(isinstance(h.event, ReferralSent | ReferralStamp) for h in happened)


def kept_for(
    uow: UnitOfWork, dossier_id: str, waits: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], KeptAnswerRow] | None:
    """Return the first subscription whose answer had come before, with it; None for none."""
    names = {wait["name"] for wait in waits}
    kept = uow.referrals.early(dossier_id, names) if names else ()
    pairs = ((w, k) for w in waits for k in kept if k.message == w["name"])
    return next(((w, k) for w, k in pairs if k.key in {"", w["key"]}), None)


def said_of(kept: KeptAnswerRow) -> Said:
    """Return an early answer as what is said when it is asked for."""
    return Said(
        answer=kept.answer,
        note=kept.answer,
        by=kept.by,
        agency=kept.agency,
        stamped_at=kept.stamped_at or kept.received_at.isoformat(),
        documents=tuple(kept.documents),
        kept=kept.id,
    )


def enclosed(referral: Referral, files: Iterable[FileRow]) -> Papers:
    """Return the files of a dossier that go along with a question, named by their hashes."""
    return tuple(
        paper_of(one)
        for one in files
        if one.component in referral.papers and one.detached_at is None
    )


def enclosing(uow: UnitOfWork, dossier_id: str) -> Callable[[Referral], Papers]:
    """Return what says which files go along with a question; they are read once, if at all."""
    files = cache(lambda: uow.files.of_dossier(dossier_id))
    return lambda referral: enclosed(referral, files()) if referral.papers else ()


def paper_of(row: FileRow) -> dict[str, Any]:
    """Return a file as it goes with a question or an answer."""
    return {
        "file": row.id,
        "name": row.name,
        "component": row.component,
        "sha256": row.sha256,
        "media_type": row.media_type,
        "size": row.size,
    }
