"""Credentials of others (mật khẩu, xác thực hai lớp, phiên): for who looks after people.

Nobody does it to themselves, everything stands in the log of looks, and a one-time password has to
be changed before it opens anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.law.authority import Actor
from workflows import passwords
from workflows.attempts import Attempt
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import MANAGE_CREDENTIALS, governed, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.credentials import Account


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """Give a person a password for one sign-in; their sessions end."""

    person: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ResetSecondFactor:
    """Take away the second factor of a person who lost it; their sessions end."""

    person: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class EndSessions:
    """End all sessions of a person, or one."""

    person: str
    session: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class UnlockAccount:
    """Forget the failed attempts under a person's account, so that they need not wait."""

    person: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class OneTimePassword:
    """A password for one sign-in; empty when the command was a repeat."""

    person: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PersonSession:
    """Where a person is signed in."""

    id: str
    began_at: datetime
    seen_at: datetime
    agency: str
    role: str
    address: str
    browser: str


def reset_password(office: Office, actor: Actor, command: ResetPassword) -> OneTimePassword:
    """Return a one-time password, shown this once; raises NotFound or Forbidden."""
    password = passwords.one_time(office.ids)
    hashed, now = passwords.hash_of(password, office.ids), office.clock.now()
    done: list[bool] = []

    def reset(uow: UnitOfWork, account: Account) -> None:
        uow.credentials.set_password(account.person_id, hashed, must_change=True, at=now)
        uow.credentials.end_sessions(account.person_id, now)
        uow.credentials.forget_attempts((Attempt.of(command.person, "").account,))
        done[:] = [True]

    _change(office, actor, command, reset)
    return OneTimePassword(person=command.person, password=password if done else "")


def reset_second_factor(office: Office, actor: Actor, command: ResetSecondFactor) -> None:
    """Take a second factor away with its recovery codes; raises NotFound or Forbidden.

    InvalidInput where there is none. Whoever knows the password is asked for no more until the
    person sets one up again.
    """
    now = office.clock.now()

    def reset(uow: UnitOfWork, account: Account) -> None:
        if account.totp_since is None:
            raise InvalidInput("second_factor", "người này không bật xác thực hai lớp")
        uow.credentials.set_second_factor(account.person_id, "", None)
        uow.credentials.replace_recovery_codes(account.person_id, ())
        uow.credentials.end_sessions(account.person_id, now)

    _change(office, actor, command, reset)


def end_sessions(office: Office, actor: Actor, command: EndSessions) -> int:
    """End sessions of a person and return how many; raises NotFound or Forbidden."""
    now = office.clock.now()
    ended: list[int] = [0]

    def end(uow: UnitOfWork, account: Account) -> None:
        mine = {row.id for row in uow.credentials.sessions_of(command.person, now)}
        if command.session and command.session not in mine:
            raise NotFound("phiên làm việc", command.session[:60])
        person = account.person_id
        ended[0] = uow.credentials.end_sessions(person, now, only=command.session)

    _change(office, actor, command, end)
    return ended[0]


def unlock(office: Office, actor: Actor, command: UnlockAccount) -> None:
    """Let a person try to sign in again at once; raises NotFound or Forbidden."""
    key = Attempt.of(command.person, "").account
    _change(office, actor, command, lambda uow, _: uow.credentials.forget_attempts((key,)))


def person_sessions(office: Office, actor: Actor, person: str) -> tuple[PersonSession, ...]:
    """Return where a person is signed in, the latest first; raises NotFound or Forbidden."""
    now = office.clock.now()

    def look(uow: UnitOfWork) -> tuple[PersonSession, ...]:
        _looked_after(uow, office, actor, person)
        return tuple(
            PersonSession(
                id=row.id,
                began_at=row.began_at,
                seen_at=row.seen_at,
                agency=row.agency or "",
                role=row.role or "",
                address=row.address,
                browser=row.browser,
            )
            for row in uow.credentials.sessions_of(person, now)
        )

    return office.store.read(look)


def _change(
    office: Office,
    actor: Actor,
    command: ResetPassword | ResetSecondFactor | EndSessions | UnlockAccount,
    work: Callable[[UnitOfWork, Account], None],
) -> None:
    def change(uow: UnitOfWork) -> dict[str, str]:
        work(uow, _looked_after(uow, office, actor, command.person))
        return {"person": command.person}

    once(office, actor, command, change)


def _looked_after(uow: UnitOfWork, office: Office, actor: Actor, person: str) -> Account:
    """Return the account of somebody the actor looks after at every agency of their posts."""
    now, own = office.clock.now(), frozenset({person})
    held = uow.posts.held_by(person, now) or uow.posts.held_by(person)
    where = {post.agency for post in held} or {actor.agency}
    for agency in sorted(where):
        resource = governed(office.catalogue.agencies, agency, person=person, barred=own)
        permit(actor, MANAGE_CREDENTIALS, resource)
    account = uow.credentials.account(person, now)
    if account is None:
        raise NotFound("cán bộ", person)
    return account
