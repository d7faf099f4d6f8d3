"""Substitutions (làm thay, uỷ quyền): who stands in for whom in a post, from when until when.

The ground is a document of the agency; who stands in does not approve it for themselves, and does
not pass it on: it is for the post of the absent person, not for posts that one stands in for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.law.authority import Actor, Resource, allow
from workflows.errors import Conflict, InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import (
    APPROVE_SUBSTITUTION,
    END_SUBSTITUTION,
    LIST_SUBSTITUTIONS,
    PROPOSE_SUBSTITUTION,
    governed,
    permit,
)
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.posts import SubstitutionRow

MOST_GROUND = 500
LONGEST = timedelta(days=366)
MOMENTS = frozenset({"valid_from", "valid_to", "proposed_at", "approved_at", "ended_at"})


@dataclass(frozen=True, kw_only=True)
class ProposeSubstitution:
    """Somebody is to stand in for a person in a post, on a ground, between two aware moments."""

    absent: str
    agency: str
    role: str
    substitute: str
    valid_from: datetime
    valid_to: datetime
    ground: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ApproveSubstitution:
    """Put a proposed substitution in force."""

    substitution: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class EndSubstitution:
    """End a substitution now, or take a proposed one back."""

    substitution: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SubstitutionView:
    """A substitution, and whether it is in force now."""

    id: str
    absent: str
    agency: str
    role: str
    substitute: str
    valid_from: datetime
    valid_to: datetime
    ground: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    in_force: bool


def list_substitutions(
    office: Office, actor: Actor, agency: str = ""
) -> tuple[SubstitutionView, ...]:
    """Return the substitutions in posts of an agency, the latest first.

    Whoever does not answer for the agency sees those they are part of. Raises Forbidden, NotFound.
    """
    asked, now = agency or actor.agency, office.clock.now()
    office.catalogue.agencies.get(asked)
    mine = actor.person if asked == actor.agency else ""
    permit(actor, LIST_SUBSTITUTIONS, governed(office.catalogue.agencies, asked, person=mine))
    whole = governed(office.catalogue.agencies, asked)
    rows = office.store.read(lambda uow: uow.posts.substitutions_at(asked))
    seen = rows if _answers(actor, whole) else [r for r in rows if _is_part(actor, r)]
    return tuple(_view(row, now) for row in seen)


def propose(office: Office, actor: Actor, command: ProposeSubstitution) -> SubstitutionView:
    """Propose who stands in; nothing is allowed by it yet.

    Raises NotFound (person, post), InvalidInput or Forbidden.
    """
    agencies = office.catalogue.agencies
    agencies.get(command.agency)
    permit(actor, PROPOSE_SUBSTITUTION, governed(agencies, command.agency, person=command.absent))
    _check(command)
    return _once(office, actor, command, lambda uow: _propose(uow, office, actor, command))


def approve(office: Office, actor: Actor, command: ApproveSubstitution) -> SubstitutionView:
    """Put a substitution in force; nobody approves it for themselves to stand in.

    Raises NotFound, Conflict (it has ended) or Forbidden.
    """
    now = office.clock.now()

    def work(uow: UnitOfWork) -> SubstitutionView:
        row = _got(uow, office, actor, command.substitution, APPROVE_SUBSTITUTION)
        if row.ended_at is not None or row.valid_to <= now:
            raise Conflict
        if row.approved_at is None:
            decided = {"approved_by": actor.person, "approved_at": now}
            uow.posts.change_substitution(row.id, decided)
        return _seen(uow, row.id, now)

    return _once(office, actor, command, work)


def end(office: Office, actor: Actor, command: EndSubstitution) -> SubstitutionView:
    """End a substitution now; raises NotFound or Forbidden."""
    now = office.clock.now()

    def work(uow: UnitOfWork) -> SubstitutionView:
        row = _got(uow, office, actor, command.substitution, END_SUBSTITUTION)
        if row.ended_at is None:
            uow.posts.change_substitution(row.id, {"ended_by": actor.person, "ended_at": now})
        return _seen(uow, row.id, now)

    return _once(office, actor, command, work)


def _check(command: ProposeSubstitution) -> None:
    if not command.ground.strip() or len(command.ground) > MOST_GROUND:
        reason = f"hãy ghi căn cứ (số, ngày văn bản), không quá {MOST_GROUND} ký tự"
        raise InvalidInput("ground", reason)
    for name in ("valid_from", "valid_to"):
        if getattr(command, name).tzinfo is None:
            raise InvalidInput(name, "cần múi giờ, ví dụ 2026-03-20T17:00:00+07:00")
    if not timedelta() < command.valid_to - command.valid_from <= LONGEST:
        raise InvalidInput("valid_to", "phải sau thời điểm bắt đầu và không quá một năm")
    if command.substitute == command.absent:
        raise InvalidInput("substitute", "không thể tự làm thay mình")


def _propose(
    uow: UnitOfWork, office: Office, actor: Actor, command: ProposeSubstitution
) -> SubstitutionView:
    now = office.clock.now()
    substitute = uow.accounts.person(command.substitute)
    if substitute is None or substitute.ended_at is not None:
        raise NotFound("cán bộ", command.substitute)
    held = uow.posts.held_by(command.absent, now)
    wanted = (command.agency, command.role)
    post = next((p for p in held if (p.agency, p.role) == wanted), None)
    if post is None:
        raise NotFound("vị trí công tác", f"{command.absent} {command.role} {command.agency}")
    new_id = office.ids.new_id()
    values: dict[str, Any] = {
        "id": new_id,
        "membership_id": post.id,
        "substitute_id": substitute.id,
        "valid_from": command.valid_from,
        "valid_to": command.valid_to,
        "ground": command.ground.strip(),
        "proposed_by": actor.person,
        "proposed_at": now,
        "approved_by": "",
        "approved_at": None,
        "ended_by": "",
        "ended_at": None,
    }
    uow.posts.add_substitution(values)
    return _seen(uow, new_id, now)


def _got(
    uow: UnitOfWork, office: Office, actor: Actor, substitution: str, action: str
) -> SubstitutionRow:
    agencies = office.catalogue.agencies
    row = uow.posts.substitution(substitution)
    if row is None:
        permit(actor, action, governed(agencies, actor.agency))
        raise NotFound("việc làm thay", substitution)
    barred = frozenset({row.substitute})
    permit(actor, action, governed(agencies, row.agency, person=row.absent, barred=barred))
    return row


def _answers(actor: Actor, whole: Resource) -> bool:
    return allow(actor, LIST_SUBSTITUTIONS, whole).allowed


def _is_part(actor: Actor, row: SubstitutionRow) -> bool:
    return actor.person in {row.absent, row.substitute}


def _once(office: Office, actor: Actor, command: Any, work: Any) -> SubstitutionView:
    answer = once(office, actor, command, lambda uow: asdict(work(uow)))
    return SubstitutionView(**_revived(answer))


def _revived(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: datetime.fromisoformat(v) if k in MOMENTS and isinstance(v, str) else v
        for k, v in record.items()
    }


def _seen(uow: UnitOfWork, substitution: str, now: datetime) -> SubstitutionView:
    row = uow.posts.substitution(substitution)
    if row is None:
        raise NotFound("việc làm thay", substitution)
    return _view(row, now)


def _view(row: SubstitutionRow, now: datetime) -> SubstitutionView:
    values = asdict(row)
    values.pop("membership_id")
    return SubstitutionView(**values, in_force=row.is_in_force(now))
