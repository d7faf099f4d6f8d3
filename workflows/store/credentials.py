"""How people prove who they are: passwords, second factors, failed attempts, sessions.

Hashes only, but for the secret of the second factor, which has to be computed with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import (
    credential,
    membership,
    person,
    recovery_code,
    session,
    sign_in_lock,
    substitution,
)
from workflows.store.upserting import upsert

_CREDENTIAL = (
    "password_hash", "must_change", "changed_at", "totp_secret", "totp_since", "totp_step",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person with what they sign in with; without a password there is no local account."""

    person_id: str
    code: str
    name: str
    password_hash: str = ""
    must_change: bool = False
    totp_secret: str = ""
    totp_since: datetime | None = None
    totp_step: int = 0


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Failed attempts so far under one key."""

    failures: int
    last_at: datetime
    blocked_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session with its person, and the post they act in, if they have one by now."""

    id: str
    person_id: str
    person: str
    name: str
    stage: str
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    membership_id: str | None
    agency: str | None
    role: str | None
    post_from: datetime | None
    post_to: datetime | None
    substitution_id: str | None
    on_behalf_of: str | None
    stands_in_to: datetime | None
    address: str
    browser: str
    identity_token: str


_HOLDER = person.alias("holder")
_NOW = sa.bindparam("now", type_=session.c.expires_at.type)
_SESSION = (
    sa.select(
        session.c.id,
        session.c.person_id,
        person.c.code.label("person"),
        person.c.name,
        session.c.stage,
        session.c.began_at,
        session.c.seen_at,
        session.c.expires_at,
        session.c.membership_id,
        membership.c.agency,
        membership.c.role,
        membership.c.valid_from.label("post_from"),
        membership.c.valid_to.label("post_to"),
        session.c.substitution_id,
        _HOLDER.c.code.label("on_behalf_of"),
        sa.func.coalesce(substitution.c.ended_at, substitution.c.valid_to).label("stands_in_to"),
        session.c.address,
        session.c.browser,
        session.c.identity_token,
    )
    .select_from(
        session.join(person, person.c.id == session.c.person_id)
        .outerjoin(membership, membership.c.id == session.c.membership_id)
        .outerjoin(substitution, substitution.c.id == session.c.substitution_id)
        .outerjoin(
            _HOLDER,
            sa.and_(_HOLDER.c.id == membership.c.person_id, session.c.substitution_id.is_not(None)),
        )
    )
    .where(session.c.ended_at.is_(None), session.c.expires_at > _NOW)
    .where(sa.or_(person.c.ended_at.is_(None), person.c.ended_at > _NOW))
)
# Every request of a page asks this: the statement is made once.
_BY_HASH = _SESSION.where(session.c.hash == sa.bindparam("hash"))
_OF_PERSON = _SESSION.where(person.c.code == sa.bindparam("person_code"))


class Credentials:
    """Reads and writes credentials, attempts and sessions in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def account(self, code: str, now: datetime) -> Account | None:
        """Return the account of a person who is in office, None for anybody else."""
        query = (
            sa.select(person.c.id, person.c.code, person.c.name, credential)
            .select_from(person.outerjoin(credential))
            .where(person.c.code == code)
            .where(sa.or_(person.c.ended_at.is_(None), person.c.ended_at > now))
        )
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        known = {n: row[n] for n in _CREDENTIAL if n != "changed_at" and row["person_id"]}
        return Account(person_id=row["id"], code=row["code"], name=row["name"], **known)

    def set_password(
        self, person_id: str, password_hash: str, *, must_change: bool, at: datetime
    ) -> None:
        """Store the hash of a new password; a second factor stays as it is."""
        values = {"password_hash": password_hash, "must_change": must_change, "changed_at": at}
        new = {"person_id": person_id, "totp_secret": "", "totp_since": None, "totp_step": 0}
        upsert(self._connection, credential, [new | values], changing=list(values))

    def set_second_factor(self, person_id: str, secret: str, since: datetime | None) -> None:
        """Store the secret of a second factor; `since` is None until it is confirmed."""
        mine = credential.update().where(credential.c.person_id == person_id)
        values = {"totp_secret": secret, "totp_since": since, "totp_step": 0}
        self._connection.execute(mine.values(values))

    def use_step(self, person_id: str, step: int, since: datetime) -> bool:
        """Note the time step of a code; tells whether it is later than any used before."""
        mine = credential.c.person_id == person_id
        statement = credential.update().where(mine, credential.c.totp_step < step)
        statement = statement.values(totp_step=step, totp_since=since)
        return bool(self._connection.execute(statement).rowcount)

    def replace_recovery_codes(self, person_id: str, hashes: Iterable[str]) -> None:
        """Forget the recovery codes of a person and store new ones."""
        mine = recovery_code.c.person_id == person_id
        self._connection.execute(recovery_code.delete().where(mine))
        rows = [{"hash": h, "person_id": person_id, "used_at": None} for h in hashes]
        if rows:
            self._connection.execute(recovery_code.insert(), rows)

    def use_recovery_code(self, person_id: str, code_hash: str, now: datetime) -> bool:
        """Use a recovery code up; tells whether there was one to use."""
        mine = sa.and_(recovery_code.c.person_id == person_id, recovery_code.c.hash == code_hash)
        statement = recovery_code.update().where(mine, recovery_code.c.used_at.is_(None))
        return bool(self._connection.execute(statement.values(used_at=now)).rowcount)

    def recovery_codes_left(self, person_id: str) -> int:
        """Return how many recovery codes a person still has."""
        mine = sa.and_(recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None))
        query = sa.select(sa.func.count()).select_from(recovery_code).where(mine)
        return int(self._connection.execute(query).scalar_one())

    def attempts(self, keys: Iterable[str]) -> dict[str, Attempts]:
        """Return the failed attempts under each key that has any."""
        query = sa.select(sign_in_lock).where(sign_in_lock.c.key.in_(sorted(keys)))
        found = {}
        for row in self._connection.execute(query):
            found[row.key] = Attempts(
                failures=row.failures, last_at=row.last_at, blocked_until=row.blocked_until
            )
        return found

    def save_attempts(self, counted: dict[str, Attempts]) -> None:
        """Write the failed attempts under each key."""
        rows = [{"key": key, **vars(counted[key])} for key in sorted(counted)]
        upsert(
            self._connection,
            sign_in_lock,
            rows,
            changing=["failures", "last_at", "blocked_until"],
        )

    def forget_attempts(self, keys: Iterable[str]) -> None:
        """Forget the failed attempts under some keys."""
        statement = sign_in_lock.delete().where(sign_in_lock.c.key.in_(sorted(keys)))
        self._connection.execute(statement)

    def add_session(self, values: dict[str, Any]) -> None:
        """Store a new session."""
        self._connection.execute(session.insert(), values)

    def session(self, token_hash: str, now: datetime) -> SessionRow | None:
        """Return the session of a cookie, None where it has ended or never was."""
        asked = {"hash": token_hash, "now": now}
        row = self._connection.execute(_BY_HASH, asked).one_or_none()
        return SessionRow(**row._mapping) if row is not None else None  # noqa: SLF001

    def sessions_of(self, person_code: str, now: datetime) -> Sequence[SessionRow]:
        """Return the sessions of a person that have not ended, the latest first."""
        query = _OF_PERSON.order_by(session.c.began_at.desc(), session.c.id)
        rows = self._connection.execute(query, {"person_code": person_code, "now": now})
        return [SessionRow(**row._mapping) for row in rows]  # noqa: SLF001

    def change_session(self, session_id: str, values: dict[str, Any]) -> None:
        """Change some columns of a session."""
        mine = session.update().where(session.c.id == session_id, session.c.ended_at.is_(None))
        self._connection.execute(mine.values(values))

    def end_sessions(self, person_id: str, now: datetime, *, only: str = "", but: str = "") -> int:
        """End the sessions of a person, only one or all but one; return how many ended."""
        ending = session.update().where(
            session.c.person_id == person_id, session.c.ended_at.is_(None)
        )
        if only:
            ending = ending.where(session.c.id == only)
        if but:
            ending = ending.where(session.c.id != but)
        return int(self._connection.execute(ending.values(ended_at=now)).rowcount)
