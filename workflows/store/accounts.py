"""People, their posts and their tokens (hashes only)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.dossiers import valid_id
from workflows.store.tables import (
    access_token,
    credential,
    membership,
    past_post,
    person,
    person_name,
    session,
)
from workflows.store.upserting import insert_into, upsert


@dataclass(frozen=True, kw_only=True)
class TokenHolder:
    """Whom a token stands for."""

    person: str
    name: str
    agency: str
    role: str
    scopes: tuple[str, ...]
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """A person, what they were called from when, and whether they can sign in here."""

    id: str
    code: str
    name: str
    ended_at: datetime | None
    has_password: bool
    has_second_factor: bool
    email: str = ""
    end_reason: str = ""
    names: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """A token as its owner sees it: everything but the token."""

    hash: str
    id: str | None
    label: str
    person: str
    agency: str
    role: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # of a name nobody noted the first day of
_PEOPLE = sa.select(
    person.c.id,
    person.c.code,
    person.c.name,
    person.c.ended_at,
    person.c.email,
    person.c.end_reason,
    credential.c.person_id.is_not(None).label("has_password"),
    credential.c.totp_since.is_not(None).label("has_second_factor"),
).select_from(person.outerjoin(credential))
_TOKENS = sa.select(
    access_token.c.hash,
    access_token.c.id,
    access_token.c.label,
    person.c.code.label("person"),
    membership.c.agency,
    membership.c.role,
    *(
        access_token.c[name]
        for name in ("scopes", "issued_at", "expires_at", "last_used_at", "revoked_at")
    ),
).select_from(access_token.join(membership).join(person))
_NOW = sa.bindparam("now", type_=access_token.c.expires_at.type)
# Every request asks this: the statement is made once.
_HOLDER = (
    sa.select(
        person.c.code.label("person"),
        person.c.name,
        membership.c.agency,
        membership.c.role,
        access_token.c.scopes,
        access_token.c.expires_at,
        access_token.c.last_used_at,
    )
    .select_from(access_token.join(membership).join(person))
    .where(access_token.c.hash == sa.bindparam("token_hash"), access_token.c.revoked_at.is_(None))
    .where(access_token.c.expires_at > _NOW, membership.c.valid_from <= _NOW)
    .where(sa.or_(membership.c.valid_to.is_(None), membership.c.valid_to > _NOW))
    .where(sa.or_(person.c.ended_at.is_(None), person.c.ended_at > _NOW))
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

    def add_people(self, rows: Sequence[dict[str, Any]], at: datetime) -> None:
        """Store many new people with id, code and name, so called from a moment on."""
        if rows:
            self._connection.execute(person.insert(), list(rows))
            named = [{"person_id": r["id"], "valid_from": at, "name": r["name"]} for r in rows]
            self._connection.execute(person_name.insert(), named)

    def add_posts(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store many posts that these people never held."""
        if rows:
            self._connection.execute(membership.insert(), list(rows))

    def person(self, code: str) -> PersonRow | None:
        """Return the person with this code, None when there never was one."""
        return next(iter(self._people(_PEOPLE.where(person.c.code == code))), None)

    def people_by_code(self, codes: Collection[str]) -> Sequence[PersonRow]:
        """Return the people with these codes; a code nobody has is left out."""
        return self._people(_PEOPLE.where(person.c.code.in_(sorted(codes))))

    def people(self, agencies: Collection[str]) -> Sequence[PersonRow]:
        """Return who has, or had, a post at one of the agencies, by name."""
        there = membership.c.agency.in_(sorted(agencies))
        posted = sa.select(membership.c.person_id).where(there)
        query = _PEOPLE.where(person.c.id.in_(posted)).order_by(person.c.name, person.c.code)
        return self._people(query)

    def names(self, codes: Collection[str]) -> dict[str, str]:
        """Return the names of people by code; a code nobody has is left out."""
        query = sa.select(person.c.code, person.c.name).where(person.c.code.in_(sorted(codes)))
        return {row.code: row.name for row in self._connection.execute(query)}

    def rename(self, code: str, name: str, at: datetime) -> None:
        """Give a person another name from a moment on; the ones before stay known."""
        row = self.person(code)
        if row is None:
            return
        named = {"person_id": row.id, "valid_from": at, "name": name}
        kept = [named]
        if not row.names and row.name != name:
            kept.insert(0, {"person_id": row.id, "valid_from": BEGINNING, "name": row.name})
        upsert(self._connection, person_name, kept, changing=["name"])
        changed = person.update().where(person.c.id == row.id).values(name=name)
        self._connection.execute(changed)

    def set_email(self, code: str, email: str) -> None:
        """Note where a person is written to, empty for nowhere."""
        self._connection.execute(person.update().where(person.c.code == code).values(email=email))

    def end_person(self, code: str, at: datetime, reason: str = "") -> None:
        """End a person with everything that lets them in, for a reason."""
        row = self.person(code)
        if row is None:
            return
        self.end_posts(code, at)
        mine = sa.select(membership.c.id).where(membership.c.person_id == row.id)
        tokens = access_token.update().where(access_token.c.membership_id.in_(mine))
        tokens = tokens.where(access_token.c.revoked_at.is_(None)).values(revoked_at=at)
        sessions = session.update().where(session.c.person_id == row.id)
        sessions = sessions.where(session.c.ended_at.is_(None)).values(ended_at=at)
        gone = person.update().where(person.c.id == row.id).values(ended_at=at, end_reason=reason)
        for statement in (tokens, sessions, gone):
            self._connection.execute(statement)

    def give_post(self, values: dict[str, Any], now: datetime) -> bool:
        """Give a post; tells whether the person did not have it. An ended one is kept as past."""
        same = sa.and_(*(membership.c[n] == values[n] for n in ("person_id", "agency", "role")))
        row = self._connection.execute(sa.select(membership).where(same)).one_or_none()
        if row is None:
            self._connection.execute(membership.insert(), values)
            return True
        if row.valid_to is None or row.valid_to > now:
            return False
        before = {"membership_id": row.id, "valid_from": row.valid_from, "valid_to": row.valid_to}
        self._connection.execute(past_post.insert(), before)
        again = {n: values[n] for n in ("valid_from", "valid_to")}
        self._connection.execute(membership.update().where(same).values(again))
        return True

    def _people(self, query: Any) -> list[PersonRow]:
        rows = [dict(row) for row in self._connection.execute(query).mappings()]
        ids = [row["id"] for row in rows]
        asked = sa.select(person_name).where(person_name.c.person_id.in_(ids))
        names: dict[str, list[tuple[datetime, str]]] = {}
        for one in self._connection.execute(asked.order_by(person_name.c.valid_from)):
            names.setdefault(one.person_id, []).append((one.valid_from, one.name))
        return [PersonRow(**row, names=tuple(names.get(row["id"], ()))) for row in rows]

    def tokens(self, agencies: Collection[str] = (), person_code: str = "") -> Sequence[TokenRow]:
        """Return tokens of posts at some agencies, or of one person, the latest first."""
        query = _TOKENS
        if person_code:
            query = query.where(person.c.code == person_code)
        else:
            query = query.where(membership.c.agency.in_(sorted(agencies)))
        rows = self._connection.execute(query.order_by(access_token.c.issued_at.desc()))
        return [
            TokenRow(**row | {"scopes": tuple(row["scopes"])}) for row in map(dict, rows.mappings())
        ]

    def token(self, token_id: str) -> TokenRow | None:
        """Return the token with this id, None when there is none; NotFound for what is no id."""
        mine = access_token.c.id == valid_id(token_id, "mã truy cập")
        row = self._connection.execute(_TOKENS.where(mine))
        found = row.mappings().one_or_none()
        return TokenRow(**dict(found) | {"scopes": tuple(found["scopes"])}) if found else None

    def touch(self, token_hash: str, now: datetime) -> None:
        """Note that a token was used."""
        mine = access_token.update().where(access_token.c.hash == token_hash)
        self._connection.execute(mine.values(last_used_at=now))

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
