"""Accounts: tokens bound to a person, an agency and a role; shown once, kept as a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.law.authority import Actor
from engine.law.provisions import Role
from workflows import passwords
from workflows.errors import InvalidInput, NotFound, Unauthenticated
from workflows.office import Office
from workflows.permitting import actor_from
from workflows.store import UnitOfWork

PREFIX = "motcua_"


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """A new token; `bearer` cannot be read again later."""

    bearer: str
    person: str
    agency: str
    role: str
    expires_at: datetime


def issue_token(
    office: Office,
    person: str,
    agency: str,
    role: str,
    scopes: Iterable[str],
    expires: datetime,
) -> IssuedToken:
    """Give a person a token for a role at an agency, until an aware moment.

    `person` is a code; somebody unknown is added. Raises NotFound for the agency, InvalidInput
    for the role or a moment in the past.
    """
    now = office.clock.now()
    office.catalogue.agencies.get(agency)
    if role not in [r.value for r in Role]:
        raise InvalidInput("role", f"chỉ nhận: {', '.join(r.value for r in Role)}")
    if expires <= now:
        raise InvalidInput("expires", "hãy chọn thời điểm trong tương lai")
    bearer = PREFIX + office.ids.new_token()
    new_ids = (office.ids.new_id(), office.ids.new_id())

    def add(uow: UnitOfWork) -> None:
        person_id = uow.accounts.ensure_person(new_ids[0], person, person)
        post = {"id": new_ids[1], "person_id": person_id, "agency": agency, "role": role}
        membership = uow.accounts.ensure_membership(post | {"valid_from": now, "valid_to": None})
        values = {"hash": _hash(bearer), "membership_id": membership, "scopes": sorted(scopes)}
        uow.accounts.add_token(values | {"issued_at": now, "expires_at": expires})

    office.store.write(add)
    return IssuedToken(bearer=bearer, person=person, agency=agency, role=role, expires_at=expires)


def actor_of(office: Office, bearer: str) -> Actor:
    """Return who a token stands for; raises Unauthenticated, never saying why."""
    now = office.clock.now()
    holder = office.store.glance(lambda uow: uow.accounts.holder(_hash(bearer), now))
    if holder is None:
        raise Unauthenticated
    return actor_from(holder)


def revoke_token(office: Office, bearer: str) -> bool:
    """End a token at once; tells whether there was one to end."""
    now = office.clock.now()
    return office.store.write(lambda uow: uow.accounts.revoke(_hash(bearer), now))


def reset_password(office: Office, person: str) -> str:
    """Return a one-time password for a person; all their sessions end. For operators.

    Nobody is asked for: who can run it holds the database anyway. Raises NotFound.
    """
    now = office.clock.now()
    password = passwords.one_time(office.ids)
    hashed = passwords.hash_of(password, office.ids)

    def reset(uow: UnitOfWork) -> None:
        account = uow.credentials.account(person, now)
        if account is None:
            raise NotFound("cán bộ", person)
        uow.credentials.set_password(account.person_id, hashed, must_change=True, at=now)
        uow.credentials.end_sessions(account.person_id, now)

    office.store.write(reset)
    return password


def _hash(bearer: str) -> str:
    return hashlib.sha256(bearer.encode()).hexdigest()
