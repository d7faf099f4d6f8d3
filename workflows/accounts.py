"""Accounts: tokens bound to a person's post; shown once, kept as a hash. One-time passwords.

A token is made by the one whose post it is, or by an operator at the machine; who looks after
people may list and end tokens but never gets one into their hands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.law.authority import RULES, SYSTEM_ONLY, Actor
from workflows import passwords
from workflows.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from workflows.office import Office
from workflows.permitting import (
    LIST_TOKENS,
    OWN_ACCOUNT,
    POST_ROLES,
    REVOKE_TOKEN,
    actor_from,
    governed,
    own_account,
    permit,
)
from workflows.reasons import check_length
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.accounts import TokenRow

PREFIX = "motcua_"
LONGEST_DAYS = 365
MOST_LABEL = 80
USED_EVERY = timedelta(minutes=10)  # how fresh the time of last use is
SCOPES = tuple(sorted(action for action, rule in RULES.items() if rule is not SYSTEM_ONLY))


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """A new token; `bearer` cannot be read again later."""

    bearer: str
    person: str
    agency: str
    role: str
    expires_at: datetime
    id: str = ""
    label: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who a token stands for, and until when."""

    actor: Actor
    until: datetime


@dataclass(frozen=True, kw_only=True)
class IssueToken:
    """A token for the caller's own post; no scopes mean everything the post may do."""

    label: str
    scopes: tuple[str, ...] = ()
    days: int = 90
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RevokeToken:
    """End a token at once."""

    token: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class TokenView:
    """A token without what opens doors."""

    id: str
    label: str
    person: str
    agency: str
    role: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def issue_token(
    office: Office,
    person: str,
    agency: str,
    role: str,
    scopes: Iterable[str],
    expires: datetime,
) -> IssuedToken:
    """Give a person a token for a role at an agency, until an aware moment. For operators.

    `person` is a code; somebody unknown is added. Raises NotFound for the agency, InvalidInput
    for the role, a scope, or a moment in the past.
    """
    now = office.clock.now()
    office.catalogue.agencies.get(agency)
    if role not in POST_ROLES:
        raise InvalidInput("role", f"chỉ nhận: {', '.join(POST_ROLES)}")
    if expires <= now:
        raise InvalidInput("expires", "hãy chọn thời điểm trong tương lai")
    bearer = PREFIX + office.ids.new_token()
    new_ids = (office.ids.new_id(), office.ids.new_id(), office.ids.new_id())
    allowed = _known(scopes)

    def add(uow: UnitOfWork) -> None:
        person_id = uow.accounts.ensure_person(new_ids[0], person, person)
        post = {"id": new_ids[1], "person_id": person_id, "agency": agency, "role": role}
        membership = uow.accounts.ensure_membership(post | {"valid_from": now, "valid_to": None})
        values = {"hash": _hash(bearer), "membership_id": membership, "scopes": list(allowed)}
        known = {"id": new_ids[2], "label": "", "issued_at": now, "expires_at": expires}
        uow.accounts.add_token(values | known)

    office.store.write(add)
    return IssuedToken(
        bearer=bearer,
        person=person,
        agency=agency,
        role=role,
        expires_at=expires,
        id=new_ids[2],
        scopes=allowed,
    )


def issue_own_token(
    office: Office, actor: Actor, command: IssueToken, *, until: datetime | None = None
) -> IssuedToken:
    """Give the caller a token for the post they act in; `until` is when what they showed ends.

    A token never makes a wider or a longer one, and nobody makes one for a post they only stand in
    for. A repeat of the command gets the answer without the bearer. Raises InvalidInput or
    Forbidden.
    """
    permit(actor, OWN_ACCOUNT, own_account(actor))
    if actor.on_behalf_of:
        raise Forbidden("own_post_only")
    scopes = _known(command.scopes)
    if actor.permissions and not (scopes and actor.permissions.issuperset(scopes)):
        raise Forbidden("token_scope")
    if not 1 <= command.days <= LONGEST_DAYS:
        raise InvalidInput("days", f"từ 1 đến {LONGEST_DAYS} ngày")
    check_length("label", command.label, MOST_LABEL)
    now = office.clock.now()
    expires = min(filter(None, (now + timedelta(days=command.days), until)))
    bearer, new_id = PREFIX + office.ids.new_token(), office.ids.new_id()

    def add(uow: UnitOfWork) -> dict[str, Any]:
        posts = uow.posts.held_by(actor.person, now)
        post = next(p for p in posts if (p.agency, p.role) == (actor.agency, actor.role))
        values = {"hash": _hash(bearer), "membership_id": post.id, "scopes": list(scopes)}
        named = {"id": new_id, "label": command.label}
        uow.accounts.add_token(values | named | {"issued_at": now, "expires_at": expires})
        return {"id": new_id, "expires_at": expires.isoformat()}

    answer = once(office, actor, command, add)
    return IssuedToken(
        bearer=bearer if answer["id"] == new_id else "",
        person=actor.person,
        agency=actor.agency,
        role=actor.role,
        expires_at=datetime.fromisoformat(answer["expires_at"]),
        id=answer["id"],
        label=command.label,
        scopes=scopes,
    )


def list_tokens(office: Office, actor: Actor, agency: str = "") -> tuple[TokenView, ...]:
    """Return the caller's own tokens, or those of an agency and the ones below it.

    Raises Forbidden or NotFound.
    """
    if not agency:
        permit(actor, LIST_TOKENS, own_account(actor))
        rows = office.store.read(lambda uow: uow.accounts.tokens(person_code=actor.person))
        return tuple(map(_view, rows))
    agencies = office.catalogue.agencies
    agencies.get(agency)
    permit(actor, LIST_TOKENS, governed(agencies, agency))
    below = agencies.below(agency)
    return tuple(map(_view, office.store.read(lambda uow: uow.accounts.tokens(below))))


def revoke_own_or_other(office: Office, actor: Actor, command: RevokeToken) -> TokenView:
    """End a token at once, one's own or one of the people looked after.

    Raises NotFound or Forbidden.
    """
    now, agencies = office.clock.now(), office.catalogue.agencies

    def revoke(uow: UnitOfWork) -> TokenRow:
        row = uow.accounts.token(command.token)
        if row is None:
            permit(actor, REVOKE_TOKEN, governed(agencies, actor.agency))
            raise NotFound("mã truy cập", command.token)
        permit(actor, REVOKE_TOKEN, governed(agencies, row.agency, person=row.person))
        uow.accounts.revoke(row.hash, now)
        return uow.accounts.token(command.token) or row

    return _view(office.store.write(revoke))


def caller_of(office: Office, bearer: str) -> Caller:
    """Return who a token stands for; raises Unauthenticated, never saying why."""
    now, hashed = office.clock.now(), _hash(bearer)
    holder = office.store.glance(lambda uow: uow.accounts.holder(hashed, now))
    if holder is None:
        raise Unauthenticated
    if holder.last_used_at is None or now - holder.last_used_at >= USED_EVERY:
        office.store.write(lambda uow: uow.accounts.touch(hashed, now))
    return Caller(actor=actor_from(holder), until=holder.expires_at)


def actor_of(office: Office, bearer: str) -> Actor:
    """Return who a token stands for; raises Unauthenticated, never saying why."""
    return caller_of(office, bearer).actor


def revoke_token(office: Office, bearer: str) -> bool:
    """End a token at once; tells whether there was one to end."""
    now = office.clock.now()
    return office.store.write(lambda uow: uow.accounts.revoke(_hash(bearer), now))


def revoke_by_id(office: Office, token: str) -> bool:
    """End a token at once by its id, for operators; tells whether there was one to end."""
    now = office.clock.now()

    def revoke(uow: UnitOfWork) -> bool:
        row = uow.accounts.token(token)
        return row is not None and uow.accounts.revoke(row.hash, now)

    return office.store.write(revoke)


def all_tokens(office: Office) -> tuple[TokenView, ...]:
    """Return every token there is, for operators at the machine itself."""
    everywhere = [agency.code for agency in office.catalogue.agencies]
    return tuple(map(_view, office.store.read(lambda uow: uow.accounts.tokens(everywhere))))


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


def _known(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes in order; raises InvalidInput for one that is no action."""
    wanted = sorted(set(scopes))
    for scope in wanted:
        if scope not in SCOPES:
            raise InvalidInput("scopes", f"không có việc «{scope}»; chỉ nhận: {', '.join(SCOPES)}")
    return tuple(wanted)


def _view(row: TokenRow) -> TokenView:
    values = asdict(row)
    values.pop("hash")
    return TokenView(**values | {"id": row.id or ""})


def _hash(bearer: str) -> str:
    return hashlib.sha256(bearer.encode()).hexdigest()
