"""Posts of people and who stands in for whom in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.dossiers import valid_id
from workflows.store.tables import membership, past_post, person, substitution


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """A person's post; `substitution_id` and `on_behalf_of` where it is somebody else's."""

    id: str
    person: str
    agency: str
    role: str
    valid_from: datetime
    valid_to: datetime | None
    substitution_id: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, kw_only=True)
class SubstitutionRow:
    """Who stands in for whom, in which post, from when until when, and who said so."""

    id: str
    membership_id: str
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

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether the substitute may act at this moment."""
        ends = min(self.valid_to, self.ended_at or self.valid_to)
        return self.approved_at is not None and self.valid_from <= now < ends


_ABSENT, _SUBSTITUTE = person.alias("absent"), person.alias("substitute")
_SUBSTITUTIONS = sa.select(
    substitution.c.id,
    substitution.c.membership_id,
    _ABSENT.c.code.label("absent"),
    membership.c.agency,
    membership.c.role,
    _SUBSTITUTE.c.code.label("substitute"),
    *(
        substitution.c[name]
        for name in (
            "valid_from", "valid_to", "ground", "proposed_by", "proposed_at",
            "approved_by", "approved_at", "ended_by", "ended_at",
        )
    ),
).select_from(
    substitution.join(membership, membership.c.id == substitution.c.membership_id)
    .join(_ABSENT, _ABSENT.c.id == membership.c.person_id)
    .join(_SUBSTITUTE, _SUBSTITUTE.c.id == substitution.c.substitute_id)
)  # fmt: skip


_POSTS = sa.select(
    membership.c.id, person.c.code.label("person"), membership.c.agency, membership.c.role,
    membership.c.valid_from, membership.c.valid_to,
).select_from(membership.join(person))  # fmt: skip
_PAST_POSTS = sa.select(
    membership.c.id, person.c.code.label("person"), membership.c.agency, membership.c.role,
    past_post.c.valid_from, past_post.c.valid_to,
).select_from(membership.join(person).join(past_post))  # fmt: skip


def _holds(now: datetime) -> sa.ColumnElement[bool]:
    """Return that a post is held at this moment."""
    ends = membership.c.valid_to
    return sa.and_(membership.c.valid_from <= now, sa.or_(ends.is_(None), ends > now))


class Posts:
    """Reads and writes posts and substitutions in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def held_by(self, person_code: str, now: datetime | None = None) -> Sequence[PostRow]:
        """Return the posts of a person, those of one moment or all there ever were."""
        query = _POSTS.where(person.c.code == person_code)
        if now is not None:
            query = query.where(_holds(now))
        else:
            past = _PAST_POSTS.where(person.c.code == person_code)
            query = query.union_all(past)  # type: ignore[assignment]
        query = query.order_by("agency", "role", "valid_from")
        return [PostRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def holders(self, agency: str, role: str, now: datetime) -> Sequence[tuple[str, str]]:
        """Return code and name of who holds a role at an agency at a moment, by name."""
        query = (
            sa.select(person.c.code, person.c.name)
            .select_from(membership.join(person))
            .where(membership.c.agency == agency, membership.c.role == role, _holds(now))
            .order_by(person.c.name, person.c.code)
        )
        return [(row.code, row.name) for row in self._connection.execute(query)]

    def held_by_all(self, people: Collection[str]) -> dict[str, list[PostRow]]:
        """Return all posts of several people by person, past ones too."""
        found: dict[str, list[PostRow]] = {}
        for query in (_POSTS, _PAST_POSTS):
            theirs = query.where(person.c.code.in_(sorted(people)))
            for row in self._connection.execute(theirs):
                found.setdefault(row.person, []).append(PostRow(**row._mapping))  # noqa: SLF001
        for posts in found.values():
            posts.sort(key=lambda post: (post.agency, post.role, post.valid_from))
        return found

    def taken_over_by(self, person_code: str, now: datetime) -> Sequence[PostRow]:
        """Return the posts in which a person stands in for somebody at this moment."""
        asked = _SUBSTITUTIONS.where(_SUBSTITUTE.c.code == person_code, _holds(now))
        asked = asked.where(sa.or_(_ABSENT.c.ended_at.is_(None), _ABSENT.c.ended_at > now))
        found = [row for row in self._substitutions(asked) if row.is_in_force(now)]
        return [
            PostRow(
                id=row.membership_id,
                person=person_code,
                agency=row.agency,
                role=row.role,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                substitution_id=row.id,
                on_behalf_of=row.absent,
            )
            for row in found
        ]

    def add_substitution(self, values: dict[str, Any]) -> None:
        """Store a proposed substitution."""
        self._connection.execute(substitution.insert(), values)

    def change_substitution(self, substitution_id: str, values: dict[str, Any]) -> None:
        """Approve or end a substitution."""
        mine = substitution.update().where(substitution.c.id == substitution_id)
        self._connection.execute(mine.values(values))

    def substitution(self, substitution_id: str) -> SubstitutionRow | None:
        """Return a substitution, None when there is none; NotFound for what is no id."""
        mine = substitution.c.id == valid_id(substitution_id, "việc làm thay")
        found = self._substitutions(_SUBSTITUTIONS.where(mine))
        return next(iter(found), None)

    def substitutions_at(self, agency: str) -> Sequence[SubstitutionRow]:
        """Return the substitutions in posts of an agency, the latest first."""
        return self._substitutions(_SUBSTITUTIONS.where(membership.c.agency == agency))

    def _substitutions(self, query: Any) -> list[SubstitutionRow]:
        ordered = query.order_by(substitution.c.valid_from.desc(), substitution.c.id)
        rows = self._connection.execute(ordered)
        return [SubstitutionRow(**row._mapping) for row in rows]  # noqa: SLF001
