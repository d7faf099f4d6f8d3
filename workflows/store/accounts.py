"""People, their posts and their tokens (hashes only)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import access_token, membership, person
from workflows.store.upserting import insert_into


@dataclass(frozen=True, kw_only=True)
class TokenHolder:
    """Whom a token stands for."""

    person: str
    name: str
    agency: str
    role: str
    scopes: tuple[str, ...]


_NOW = sa.bindparam("now", type_=access_token.c.expires_at.type)
# Every request asks this: the statement is made once.
_HOLDER = (
    sa.select(
        person.c.code.label("person"),
        person.c.name,
        membership.c.agency,
        membership.c.role,
        access_token.c.scopes,
    )
    .select_from(access_token.join(membership).join(person))
    .where(access_token.c.hash == sa.bindparam("token_hash"), access_token.c.revoked_at.is_(None))
    .where(access_token.c.expires_at > _NOW, membership.c.valid_from <= _NOW)
    .where(sa.or_(membership.c.valid_to.is_(None), membership.c.valid_to > _NOW))
)


class Accounts:
    """Reads and writes people, posts and tokens in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def ensure_person(self, new_id: str, code: str, name: str) -> str:
        """Return the id of the person with this code, added when unknown."""
        return self._ensure(person, {"id": new_id, "code": code, "name": name}, ("code",))

    def ensure_membership(self, values: dict[str, Any]) -> str:
        """Return the id of a person's post, added when unknown."""
        return self._ensure(membership, values, ("person_id", "agency", "role"))

    def end_posts(self, person_code: str, at: datetime, *, post: str = "") -> int:
        """End the posts of a person that last beyond a moment, or one; return how many."""
        mine = sa.select(person.c.id).where(person.c.code == person_code).scalar_subquery()
        lasting = sa.or_(membership.c.valid_to.is_(None), membership.c.valid_to > at)
        ending = membership.update().where(membership.c.person_id == mine, lasting)
        if post:
            ending = ending.where(membership.c.id == post)
        return int(self._connection.execute(ending.values(valid_to=at)).rowcount)

    def add_token(self, values: dict[str, Any]) -> None:
        """Store the hash of a token with its post, scopes and dates."""
        self._connection.execute(access_token.insert(), values)

    def last_issued(self) -> datetime | None:
        """Return when the latest token was issued, None where there is none."""
        return self._connection.execute(sa.select(sa.func.max(access_token.c.issued_at))).scalar()

    def revoke(self, token_hash: str, now: datetime) -> bool:
        """End a token at once; tells whether there was one to end."""
        statement = access_token.update().where(
            access_token.c.hash == token_hash, access_token.c.revoked_at.is_(None)
        )
        return bool(self._connection.execute(statement.values(revoked_at=now)).rowcount)

    def holder(self, token_hash: str, now: datetime) -> TokenHolder | None:
        """Return whom a token stands for now, None when it stands for nobody."""
        asked = {"token_hash": token_hash, "now": now}
        row = self._connection.execute(_HOLDER, asked).one_or_none()
        if row is None:
            return None
        values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
        return TokenHolder(**values | {"scopes": tuple(values["scopes"])})

    def _ensure(self, table: sa.Table, values: dict[str, Any], unique: tuple[str, ...]) -> str:
        statement = insert_into(self._connection, table).values(values)
        self._connection.execute(statement.on_conflict_do_nothing())
        query = sa.select(table.c.id).where(*(table.c[n] == values[n] for n in unique))
        return str(self._connection.execute(query).scalar_one())
