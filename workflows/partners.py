"""Partners (hệ thống liên thông): who they are, and which keys hold: theirs and ours.

A key follows another by a statement that the one before signed; partners learn it by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from engine.bridge.envelope import BadEnvelope, canonical, is_name, read_object
from engine.law.authority import Actor
from workflows.bridging import key_holds, keyring_of, note_refusal
from workflows.envelopes import (
    NEW_KEY,
    EnvelopeRefused,
    UnknownKey,
    WrongAddress,
    as_text,
    header_of,
    kid_of,
    opened,
    sign,
)
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import MANAGE_PARTNERS, list_of, permit
from workflows.signing import made_up
from workflows.store import UnitOfWork
from workflows.store.bridge import IN, EnvelopeRow, KeyRow, PartnerRow

OVERLAP = timedelta(hours=1)  # how long the key before still holds after another took its place
KEEP = timedelta(days=36_500)
MOST_TEXT = 200
_PUBLIC = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class AddPartner:
    """Another installation: its name, where it is reached, its public key, its agencies."""

    name: str
    title: str
    address: str
    public_key: str
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangePartner:
    """What changes of a partner; what is None stays. `procedures` maps questions to procedures."""

    name: str
    address: str | None = None
    agencies: tuple[str, ...] | None = None
    procedures: Mapping[str, str] | None = None
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideEnvelope:
    """What people decide about an envelope that could not be acted upon: `retry` or `skip`."""

    name: str
    sequence: int
    what: str
    reason: str


def own(office: Office) -> dict[str, str]:
    """Return what a partner has to be told of this installation: its name and public key."""
    keyring = keyring_of(office)
    office.store.write(lambda uow: _know_own(uow, office))
    return {
        "name": keyring.name,
        "public_key": keyring.public_key,
        "kid": kid_of(keyring.public_key),
    }


def add(office: Office, actor: Actor, command: AddPartner) -> PartnerRow:
    """Add a partner with its first key; raises Forbidden, InvalidInput or NoBridge."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    name = keyring_of(office).name
    _check(command.name, command.title, command.address, command.agencies)
    if command.name == name or not _PUBLIC.fullmatch(command.public_key):
        raise InvalidInput("public_key", "hãy dùng khóa công khai 64 chữ số hexa của đối tác")
    now = office.clock.now()
    row = PartnerRow(
        name=command.name,
        title=command.title,
        address=command.address.rstrip("/"),
        agencies=sorted(command.agencies),
        added_at=now,
    )

    def write(uow: UnitOfWork) -> PartnerRow:
        if any(p.name == row.name for p in uow.bridge.partners()):
            raise InvalidInput("name", "đã có đối tác tên này")
        uow.bridge.add_partner(row)
        uow.bridge.add_key(_key(row.name, command.public_key, now))
        _know_own(uow, office)
        return row

    return office.store.write(write)


def change(office: Office, actor: Actor, command: ChangePartner) -> PartnerRow:
    """Change a partner; raises Forbidden, NotFound or InvalidInput."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    if command.state not in (None, "active", "paused"):
        raise InvalidInput("state", "chỉ nhận: active, paused")
    if command.procedures is not None:
        for code in command.procedures.values():
            office.catalogue.latest(code)

    def write(uow: UnitOfWork) -> PartnerRow:
        before = uow.bridge.partner(command.name)
        given = {k: v for k, v in vars(command).items() if v is not None and k != "name"}
        given |= {k: list(v) for k, v in given.items() if k == "agencies"}
        after = replace(before, **given)
        _check(after.name, after.title, after.address, tuple(after.agencies))
        if given:
            uow.bridge.change_partner(command.name, **given)
        return after

    return office.store.write(write)


def partners(office: Office, actor: Actor) -> tuple[PartnerRow, ...]:
    """Return every partner by name; raises Forbidden."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    return tuple(office.store.read(lambda uow: uow.bridge.partners()))


def keys(office: Office, actor: Actor, name: str) -> tuple[KeyRow, ...]:
    """Return the keys of a partner or of this installation; raises Forbidden."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    return tuple(office.store.read(lambda uow: uow.bridge.keys(name)))


def trust(office: Office, actor: Actor, name: str, public_key: str) -> KeyRow:
    """Let a partner's key hold from now on, told by hand; raises Forbidden, NotFound, InvalidInput.

    For a partner whose key was lost: one that still has its key tells the next by itself.
    """
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    if not _PUBLIC.fullmatch(public_key):
        raise InvalidInput("public_key", "hãy dùng khóa công khai 64 chữ số hexa của đối tác")
    row = _key(name, public_key, office.clock.now())

    def write(uow: UnitOfWork) -> KeyRow:
        uow.bridge.partner(name)
        uow.bridge.add_key(row)
        return row

    return office.store.write(write)


def revoke(office: Office, actor: Actor, name: str, kid: str) -> KeyRow:
    """Let a key of a partner hold no longer, from now on; raises Forbidden or NotFound."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    now = office.clock.now()

    def write(uow: UnitOfWork) -> KeyRow:
        found = uow.bridge.key(kid)
        if found is None or found.partner != name:
            raise NotFound("khóa", kid[:64])
        uow.bridge.change_key(kid, valid_to=now)
        return replace(found, valid_to=now)

    return office.store.write(write)


def waiting(office: Office, actor: Actor, name: str) -> tuple[EnvelopeRow, ...]:
    """Return what came from a partner and is not acted upon yet, or stuck; raises Forbidden."""
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    return tuple(office.store.read(lambda uow: uow.bridge.waiting(name)))


def decide(office: Office, actor: Actor, command: DecideEnvelope) -> EnvelopeRow:
    """Let an envelope that failed be acted upon anew, or give it up; it keeps the reason.

    Raises Forbidden, NotFound for one that does not wait, InvalidInput.
    """
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    if command.what not in {"retry", "skip"}:
        raise InvalidInput("what", "chỉ nhận: retry, skip")
    if not command.reason.strip() or len(command.reason) > MOST_TEXT:
        raise InvalidInput("reason", f"hãy ghi lý do, không quá {MOST_TEXT} ký tự")
    now = office.clock.now()

    def write(uow: UnitOfWork) -> EnvelopeRow:
        found = (r for r in uow.bridge.waiting(command.name) if r.sequence == command.sequence)
        row = next(found, None)
        if row is None:
            raise NotFound("thư đang chờ", str(command.sequence))
        if command.what == "skip":
            uow.bridge.skip_received(row, command.reason)
        elif not uow.bridge.received_again(row, now, command.reason):
            uow.bridge.change(command.name, IN, row.sequence, retry_at=now, reason=command.reason)
        return row

    return office.store.write(write)


def rotate(office: Office, actor: Actor) -> KeyRow:
    """Let another key sign from now on and return it; partners learn it with the next envelope.

    The statement is signed by the key before, which is destroyed: nobody needs it any more.
    Raises Forbidden or NoBridge.
    """
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    keyring, now, fresh = keyring_of(office), office.clock.now(), made_up()
    said = {
        "source": keyring.name,
        "kid": kid_of(fresh.public_key),
        "public_key": fresh.public_key,
        "follows": kid_of(keyring.public_key),
        "valid_from": now.isoformat(),
    }
    statement = sign(keyring.signer, canonical(said), NEW_KEY, (now, now + KEEP))
    row = replace(_key(keyring.name, fresh.public_key, now), statement=as_text(statement))

    def write(uow: UnitOfWork) -> None:
        _know_own(uow, office)
        uow.bridge.change_key(said["follows"], valid_to=now)
        uow.bridge.add_key(row)

    office.store.write(write)
    keyring.replace(fresh)
    return row


def learn(office: Office, given: Mapping[str, Any]) -> KeyRow:
    """Believe a partner's statement of its next key; a repeat changes nothing.

    Raises EnvelopeRefused or BadEnvelope; each refusal is on record.
    """
    try:
        return office.store.write(lambda uow: _learn(uow, office, given))
    except (EnvelopeRefused, BadEnvelope) as refusal:
        note_refusal(office, given, refusal)
        raise


def _learn(uow: UnitOfWork, office: Office, given: Mapping[str, Any]) -> KeyRow:
    now, header = office.clock.now(), header_of(given, NEW_KEY)
    before = uow.bridge.key(header.kid)
    if before is None or before.partner == keyring_of(office).name:
        raise UnknownKey(header.kid)
    said = read_object(opened(given, header, before.public_key).payload)
    if said.get("source") != before.partner or said.get("follows") != before.kid:
        raise WrongAddress(str(said.get("source")), before.partner)
    fresh = str(said.get("public_key"))
    if not _PUBLIC.fullmatch(fresh) or said.get("kid") != kid_of(fresh):
        raise BadEnvelope("Bản báo đổi khóa sai.", element="public_key")
    known = uow.bridge.key(kid_of(fresh))
    if known is not None and known.partner == before.partner:
        return known
    if known is not None or not key_holds(before, now):
        raise UnknownKey(header.kid)
    row = replace(_key(before.partner, fresh, now), statement=as_text(given))
    uow.bridge.add_key(row)
    uow.bridge.change_key(before.kid, valid_to=now + OVERLAP)
    return row


def _know_own(uow: UnitOfWork, office: Office) -> None:
    keyring = keyring_of(office)
    uow.bridge.add_key(_key(keyring.name, keyring.public_key, office.clock.now()))


def _key(name: str, public_key: str, now: datetime) -> KeyRow:
    return KeyRow(
        kid=kid_of(public_key), partner=name, public_key=public_key, valid_from=now, added_at=now
    )


def _check(name: str, title: str, address: str, agencies: tuple[str, ...]) -> None:
    if not is_name(name):
        raise InvalidInput("name", "hãy ghi tên như tên máy: chữ thường, số, dấu chấm, gạch nối")
    if not title.strip() or len(title) > MOST_TEXT:
        raise InvalidInput("title", f"hãy ghi tên gọi, không quá {MOST_TEXT} ký tự")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise InvalidInput("address", "hãy viết địa chỉ https://…")
    if any(not code.strip() or len(code) > MOST_TEXT for code in agencies):
        raise InvalidInput("agencies", "hãy ghi mã các cơ quan")
