"""Members (thành viên): who works at an agency, in which posts, with how much in hand, who is away.

For whoever gives work out there. Not for accounts: see `people`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.law.authority import Actor
from workflows.office import Office
from workflows.permitting import WORKLIST, list_of, permit
from workflows.store import UnitOfWork
from workflows.store.posts import SubstitutionRow


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody with a post at the agency now: open and late steps, who stands in for them."""

    person: str
    name: str
    roles: tuple[str, ...]
    open: int
    overdue: int
    stood_in_by: tuple[str, ...]


def members(office: Office, actor: Actor) -> tuple[Member, ...]:
    """Return who has a post at the caller's agency now, by name; raises Forbidden."""
    permit(actor, WORKLIST, list_of(actor.agency))
    return office.store.read(lambda uow: _members(uow, office, actor.agency))


def _members(uow: UnitOfWork, office: Office, agency: str) -> tuple[Member, ...]:
    now = office.clock.now()
    load = uow.worklists.workload(agency, now)
    away = [s for s in uow.posts.substitutions_at(agency) if s.is_in_force(now)]
    found = []
    for person in uow.accounts.people((agency,)):
        roles = [p.role for p in uow.posts.held_by(person.code, now) if p.agency == agency]
        if not roles or (person.ended_at is not None and person.ended_at <= now):
            continue
        own = [(many, late) for _, holder, many, late in load if holder == person.code]
        found.append(
            Member(
                person=person.code,
                name=person.name,
                roles=tuple(roles),
                open=sum(many for many, _ in own),
                overdue=sum(late for _, late in own),
                stood_in_by=_stand_ins(uow, away, person.code),
            )
        )
    return tuple(found)


def _stand_ins(uow: UnitOfWork, away: Iterable[SubstitutionRow], absent: str) -> tuple[str, ...]:
    codes = dict.fromkeys(s.substitute for s in away if s.absent == absent)
    people = [uow.accounts.person(code) for code in codes]
    return tuple(row.name for row in people if row is not None)
