"""Approvals (việc chờ duyệt): what waits for the word of somebody who signs at an agency.

Further supplement rounds that were proposed, steps that sign the result, people who are to stand
in. Read from the record and the register; giving the word is `supplements`, `sign_offs` and
`substitutions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from engine.law.authority import Actor, allow
from workflows.office import Office
from workflows.permitting import (
    APPROVE_ROUND,
    APPROVE_SUBSTITUTION,
    WORKLIST,
    governed,
    list_of,
    part_of,
    permit,
)
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow, EventRow
from workflows.store.worklists import ListedStep, QueueFilter

MOST = 100
ROUND, SIGNATURE, STAND_IN = "round", "signature", "stand_in"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One thing that waits for a word: `kind` is round, signature or stand_in.

    `dossier` is empty for who stands in, whose `subject` is the id of the substitution; `people`
    are codes of whom it is about: who proposed the round, or who is away and who stands in.
    """

    kind: str
    subject: str
    dossier: str = ""
    code: str = ""
    name: str = ""
    step: str = ""
    reason: str = ""
    people: tuple[str, ...] = ()
    since: datetime
    due_at: datetime | None = None


def approvals(office: Office, actor: Actor) -> tuple[Approval, ...]:
    """Return what waits for the caller's word, the longest waiting first; raises Forbidden."""
    permit(actor, WORKLIST, list_of(actor.agency))

    def look(uow: UnitOfWork) -> list[Approval]:
        return [
            *_rounds(uow, actor),
            *_signatures(uow, office, actor),
            *_stand_ins(uow, office, actor),
        ]

    found = office.store.read(look)
    return tuple(sorted(found, key=lambda a: (a.since, a.subject)))[:MOST]


def _rounds(uow: UnitOfWork, actor: Actor) -> Iterable[Approval]:
    """Yield the further rounds that were proposed and that the caller may approve."""
    for event in uow.events.proposed_rounds(actor.agency, MOST):
        row, _ = uow.dossiers.get(event.dossier_id)
        hands = frozenset((event.actor, *event.on_behalf_of.split(","))) - {""}
        if allow(actor, APPROVE_ROUND, part_of(row, barred=hands)).allowed:
            yield _round(row, event)


def _round(row: DossierRow, event: EventRow) -> Approval:
    return Approval(
        kind=ROUND,
        subject=row.id,
        dossier=row.id,
        code=row.code,
        name=row.applicant_name,
        reason=str(orjson.loads(event.body).get("reason", "")),
        people=(event.actor,),
        since=event.at,
        due_at=row.due_at,
    )


def _signatures(uow: UnitOfWork, office: Office, actor: Actor) -> Iterable[Approval]:
    """Yield the steps of the caller's role that sign the result and that nobody else holds."""
    wanted = QueueFilter(agency=actor.agency, role=actor.role, person=actor.person)
    for line in uow.worklists.page(wanted, "due", after=None, limit=MOST):
        law = office.catalogue.latest(line.procedure).procedure.steps.get(line.step.element)
        free = line.step.assignee in {"", actor.person}
        if law is not None and law.signs_off and free:
            yield _signature(line)


def _signature(line: ListedStep) -> Approval:
    return Approval(
        kind=SIGNATURE,
        subject=f"{line.step.dossier_id}:{line.step.step}",
        dossier=line.step.dossier_id,
        code=line.dossier_code,
        name=line.applicant_name,
        step=line.step.name,
        since=line.step.enabled_at,
        due_at=line.due_at,
    )


def _stand_ins(uow: UnitOfWork, office: Office, actor: Actor) -> Iterable[Approval]:
    """Yield who is proposed to stand in at the agency, and that the caller may approve."""
    now = office.clock.now()
    for row in uow.posts.substitutions_at(actor.agency):
        about = governed(
            office.catalogue.agencies,
            row.agency,
            person=row.absent,
            barred=frozenset({row.substitute}),
        )
        waits = row.approved_at is None and row.ended_at is None and row.valid_to > now
        if waits and allow(actor, APPROVE_SUBSTITUTION, about).allowed:
            yield Approval(
                kind=STAND_IN,
                subject=row.id,
                reason=row.ground,
                people=(row.absent, row.substitute),
                since=row.proposed_at,
            )
