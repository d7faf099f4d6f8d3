"""Webhooks (đăng ký nhận tin): who is told what happens, with which secrets, and what came of it.

The administrator's part. What is told is derived in `announcing`, sent in `delivering`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from engine.law.authority import OPERATOR, Actor
from engine.timing.events import KINDS
from workflows import secrecy
from workflows.announcing import Listener
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.paging import page_size
from workflows.parcels import SECRET_PREFIX, Post, Receipt, is_plain, parcel, signing_secrets
from workflows.permitting import MANAGE_WEBHOOKS, list_of, looked_after, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.dossiers import valid_id
from workflows.store.outgoing import WHAT, DeliveryRow, SubscriptionRow
from workflows.store.records import OutboxRow
from workflows.views import Page, next_cursor, read_cursor

SECRETS = 2  # the new one and the one before: receivers change over in their own time
MAX_URL = 2_000
STATES = {"pause": "paused", "resume": "active", "remove": "removed"}


@dataclass(frozen=True, kw_only=True)
class Subscribe:
    """Tell a URL of some kinds of events, of dossiers an agency takes part in; empty means all."""

    url: str
    kinds: tuple[str, ...] = ()
    agency: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeSubscription:
    """Pause, resume, remove, or rotate the secret of a subscription."""

    subscription: str
    what: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplayDelivery:
    """Send a message to a subscription once more, under the same id."""

    subscription: str
    message: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SubscriptionView:
    """A subscription; `secret` is told only when it was just made, `secrets` is how many hold."""

    id: str
    url: str
    kinds: tuple[str, ...]
    agency: str
    state: str
    failing_since: datetime | None
    created_at: datetime
    created_by: str
    secrets: int
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryView:
    """A message for a subscription, and every try of delivering it."""

    id: str
    kind: str
    dossier_code: str
    seq: int
    state: str
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    tries: tuple[DeliveryRow, ...]


def subscribe(office: Office, actor: Actor, command: Subscribe) -> SubscriptionView:
    """Add a subscription and return it with its secret; raises Forbidden or InvalidInput.

    An administrator subscribes for their agency or one below it; for all of them only one who has
    none above, or an operator at the machine.
    """
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    _check(office, command)
    agency = _told_of(office, actor, command.agency)
    listener = Listener(id=office.ids.new_id(), agency=agency, kinds=frozenset(command.kinds))
    row = SubscriptionRow(
        id=listener.id,
        url=command.url,
        kinds=sorted(listener.kinds),
        agency=agency,
        secrets=[_sealed(office, _new_secret(office))],
        listens=listener.line(),
        created_at=office.clock.now(),
        created_by=actor.person,
    )

    def add(uow: UnitOfWork) -> dict[str, Any]:
        uow.outgoing.add(row)
        return {"id": row.id}

    return _view_of(office, once(office, actor, command, add)["id"], tell=True)


def change(office: Office, actor: Actor, command: ChangeSubscription) -> SubscriptionView:
    """Pause, resume, remove or rotate; raises Forbidden, NotFound or InvalidInput.

    Rotating keeps the secret before: messages are signed with both until the next rotation. What
    waited while a subscription was paused has been given up; its deliveries can be replayed.
    """
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    if command.what not in {*STATES, "rotate"}:
        raise InvalidInput("what", f"chỉ nhận: {', '.join([*STATES, 'rotate'])}")
    secret = _sealed(office, _new_secret(office)) if command.what == "rotate" else ""
    seen: list[SubscriptionRow] = []

    def act(uow: UnitOfWork) -> dict[str, Any]:
        row = _own(uow, office, actor, command.subscription)
        values = _changed(row, command.what, secret)
        uow.outgoing.change(row.id, **values)
        seen[:] = [replace(row, **values)]
        return {"id": row.id}

    found = once(office, actor, command, act)
    tell = command.what == "rotate"
    return _view(office, seen[0], tell=tell) if seen else _view_of(office, found["id"], tell=tell)


def subscriptions(office: Office, actor: Actor) -> tuple[SubscriptionView, ...]:
    """Return the subscriptions the caller looks after, the oldest first; raises Forbidden."""
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    rows = office.store.read(lambda uow: uow.outgoing.subscriptions())
    return tuple(_view(office, row) for row in rows if _is_own(office, actor, row))


def deliveries(
    office: Office, actor: Actor, subscription: str, *, cursor: str = "", limit: int = 50
) -> Page:
    """Return a page of `DeliveryView`, the latest first; raises Forbidden or NotFound."""
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    size = page_size(limit)
    place = read_cursor(cursor, 2)

    def look(uow: UnitOfWork) -> Page:
        known = _own(uow, office, actor, subscription)
        after = (place[0], place[1]) if place else None
        rows = uow.outgoing.messages_of(known.id, after, size)
        tries = uow.outgoing.tries([row.id for row in rows])
        following = next_cursor(len(rows), size, rows[-1].created_at, rows[-1].id) if rows else ""
        items = tuple(_delivery(row, tries.get(row.id, [])) for row in rows)
        return Page(items=items, cursor=following)

    return office.store.read(look)


def replay(office: Office, actor: Actor, command: ReplayDelivery) -> DeliveryView:
    """Let a message be delivered once more under the same id; raises Forbidden or NotFound.

    One that waits already goes on waiting.
    """
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    now = office.clock.now()

    def act(uow: UnitOfWork) -> dict[str, Any]:
        row = _message(uow, office, actor, command)
        uow.jobs.message_again(row, now, "")
        return {"id": row.id}

    once(office, actor, command, act)

    def look(uow: UnitOfWork) -> DeliveryView:
        row = _message(uow, office, actor, command)
        return _delivery(row, uow.outgoing.tries([row.id]).get(row.id, []))

    return office.store.read(look)


def try_out(office: Office, actor: Actor, subscription: str, post: Post) -> Receipt:
    """Send a subscription a message about nothing and return what it answered.

    Raises Forbidden or NotFound. Nothing is written down: the message is about no dossier.
    """
    permit(actor, MANAGE_WEBHOOKS, list_of(actor.agency))
    row = office.store.read(lambda uow: _own(uow, office, actor, subscription))
    now = office.clock.now()
    message = OutboxRow(
        id=office.ids.new_id(),
        dossier_id="",
        kind="event",
        name="test",
        element="",
        to_agency="",
        key="",
        body={"kind": "test"},
        created_at=now,
        retry_at=now,
    )
    return post(parcel(office, message, row))


def seal_secrets(office: Office) -> int:
    """Seal the secrets kept before there was sealing; return of how many subscriptions.

    They are read as they are until then: what is sent meanwhile is signed all the same. Without a
    key of the office nothing is done.
    """
    if not office.personal_key:
        return 0

    def seal(uow: UnitOfWork) -> int:
        rows = [row for row in uow.outgoing.subscriptions() if any(map(is_plain, row.secrets))]
        for row in rows:
            kept = [_sealed(office, s) if is_plain(s) else s for s in row.secrets]
            uow.outgoing.change(row.id, secrets=kept)
        return len(rows)

    return office.store.write(seal)


def _told_of(office: Office, actor: Actor, agency: str) -> str:
    """Return of which agency's dossiers a subscription tells, "" of all; raises Forbidden."""
    if not agency:
        return "" if _over_all(office, actor) else actor.agency
    own = looked_after(office.catalogue.agencies, actor)
    if own is not None and agency not in own:
        raise Forbidden(OPERATOR.id)
    return agency


def _over_all(office: Office, actor: Actor) -> bool:
    """Tell whether nobody stands above the caller's agency."""
    return len(office.catalogue.agencies.above(actor.agency)) <= 1


def _is_own(office: Office, actor: Actor, row: SubscriptionRow) -> bool:
    own = looked_after(office.catalogue.agencies, actor)
    return own is None or row.agency in own or (not row.agency and _over_all(office, actor))


def _own(uow: UnitOfWork, office: Office, actor: Actor, subscription: str) -> SubscriptionRow:
    """Return a subscription the caller looks after; raises NotFound for others too."""
    row = uow.outgoing.get(subscription)
    if not _is_own(office, actor, row):
        raise NotFound(WHAT, subscription)
    return row


def _message(uow: UnitOfWork, office: Office, actor: Actor, command: ReplayDelivery) -> OutboxRow:
    known = _own(uow, office, actor, command.subscription)
    row = uow.jobs.message(valid_id(command.message, "tin"))
    if row is None or row.subscription != known.id:
        raise NotFound("tin", command.message[:60])
    return row


def _check(office: Office, command: Subscribe) -> None:
    parts = urlsplit(command.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(command.url) > MAX_URL:
        raise InvalidInput("url", "hãy viết địa chỉ https://…")
    if parts.username or parts.password or parts.fragment:
        raise InvalidInput("url", "địa chỉ không được chứa mật khẩu hoặc dấu #")
    for kind in command.kinds:
        if kind not in KINDS:
            raise InvalidInput("kinds", f"không có loại sự kiện «{kind[:40]}»")
    if command.agency:
        office.catalogue.agencies.get(command.agency)


def _changed(row: SubscriptionRow, what: str, secret: str) -> dict[str, Any]:
    if what == "rotate":
        return {"secrets": [secret, *row.secrets][:SECRETS]}
    listener = Listener(id=row.id, agency=row.agency, kinds=frozenset(row.kinds))
    active = what == "resume"
    values = {"state": STATES[what], "listens": listener.line() if active else None}
    return values | ({"failing_since": None} if active else {})


def _new_secret(office: Office) -> str:
    """Return a signing secret as the standard writes it: 32 bytes or more in base64."""
    return SECRET_PREFIX + base64.b64encode(office.ids.new_token().encode()).decode()


def _sealed(office: Office, secret: str) -> str:
    return secrecy.seal(secret, office.personal_key, secrecy.WEBHOOK)


def _view_of(office: Office, subscription: str, *, tell: bool) -> SubscriptionView:
    row = office.store.read(lambda uow: uow.outgoing.get(subscription))
    return _view(office, row, tell=tell)


def _view(office: Office, row: SubscriptionRow, *, tell: bool = False) -> SubscriptionView:
    return SubscriptionView(
        id=row.id,
        url=row.url,
        kinds=tuple(row.kinds),
        agency=row.agency,
        state=row.state,
        failing_since=row.failing_since,
        created_at=row.created_at,
        created_by=row.created_by,
        secrets=len(row.secrets),
        secret=signing_secrets(office, row)[0] if tell else "",
    )


def _delivery(row: OutboxRow, tries: list[DeliveryRow]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        kind=row.name,
        dossier_code=str(row.body.get("code", "")),
        seq=row.seq,
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        attempts=row.attempts,
        tries=tuple(tries),
    )
