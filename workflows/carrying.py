"""Carries envelopes of the outbox to their partners, and keeps what they acknowledge.

Signed anew each time, so that waiting makes nothing old. What a partner misses is sent again at
once. Called by `delivering`, which knows of leases, back-off and dead letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from engine.bridge import standing
from engine.bridge.envelope import read_object
from workflows.bridging import Wire, key_holds, keyring_of
from workflows.envelopes import (
    ACKNOWLEDGEMENT,
    ENVELOPE,
    Signed,
    UnknownKey,
    WrongAddress,
    as_text,
    from_text,
    header_of,
    opened,
    payload_of,
)
from workflows.office import Office
from workflows.parcels import Receipt
from workflows.store import UnitOfWork
from workflows.store.bridge import OUT, EnvelopeRow, PartnerRow
from workflows.store.records import OutboxRow

ENVELOPES, KEYS = "/api/v1/bridge/envelopes", "/api/v1/bridge/keys"


def carry(office: Office, wire: Wire, row: OutboxRow) -> Receipt:
    """Carry an envelope of the outbox to its partner; return what came of it.

    Signed anew each time, so that waiting makes nothing old. What the partner misses is sent again
    at once.
    """
    keyring = keyring_of(office)
    kept, to = office.store.read(lambda uow: _outgoing(uow, row))
    if kept is None or to.state != "active":
        return Receipt(fault="đối tác đang tạm dừng")
    signed = keyring.sign(kept.payload.encode(), ENVELOPE, office.clock.now())
    reply = wire(to.address + ENVELOPES, signed)
    if reply.body.get("code") == UnknownKey.code and tell_keys(office, wire, to.address):
        reply = wire(to.address + ENVELOPES, signed)
    if reply.fault:
        return Receipt(status=reply.status, took_ms=reply.took_ms, fault=reply.fault)
    text = _acknowledged(office, to, kept, reply.body)
    numbers = [n for n in reply.body.get("missing", ()) if type(n) is int]
    also = partial(_settle, kept=kept, told=(as_text(signed), text, office.clock.now()),
                   numbers=numbers[: standing.MOST_MISSING])  # fmt: skip
    return Receipt(status=reply.status, took_ms=reply.took_ms, also=also)


def tell_keys(office: Office, wire: Wire, address: str) -> int:
    """Send a partner the statements of our keys, in order; return how many it took."""
    name = keyring_of(office).name
    rows = office.store.read(lambda uow: uow.bridge.keys(name))
    signed = in_order([from_text(row.statement) for row in rows if row.statement])
    replies = [wire(address + KEYS, each) for each in signed]
    return sum(not reply.fault for reply in replies)


def in_order(statements: Sequence[Signed]) -> list[Signed]:
    """Return statements of keys so that each follows the key that the one before it names."""
    by_before = {read_object(payload_of(each))["follows"]: each for each in statements}
    named = {read_object(payload_of(each))["kid"] for each in statements}
    found: list[Signed] = []
    for start in sorted(by_before.keys() - named):
        kid = start
        while kid in by_before:
            found.append(by_before.pop(kid))
            kid = read_object(payload_of(found[-1]))["kid"]
    return found


def _outgoing(uow: UnitOfWork, row: OutboxRow) -> tuple[EnvelopeRow | None, PartnerRow]:
    partner = uow.bridge.partner(row.subscription)
    return uow.bridge.by_id(partner.name, OUT, row.id), partner


def _acknowledged(
    office: Office, to: PartnerRow, kept: EnvelopeRow, body: Mapping[str, Any]
) -> str:
    """Return the acknowledgement of an answer as text, checked; raises EnvelopeRefused."""
    given = body.get("acknowledgement")
    if not isinstance(given, dict):
        raise WrongAddress(to.name, keyring_of(office).name)
    check_acknowledgement(office, to.name, kept, given)
    return as_text(given)


def check_acknowledgement(
    office: Office, name: str, kept: EnvelopeRow, given: Mapping[str, Any]
) -> None:
    """Raise EnvelopeRefused unless a partner acknowledges this very envelope to us."""
    header = header_of(given, ACKNOWLEDGEMENT)
    key = office.store.read(lambda uow: uow.bridge.key(header.kid))
    if key is None or key.partner != name or not key_holds(key, header.since):
        raise UnknownKey(header.kid)
    payload = opened(given, header, key.public_key).payload
    wanted = {
        "acknowledges": kept.id,
        "source": name,
        "audience": keyring_of(office).name,
        "sequence": kept.sequence,
        "hash": kept.hash,
    }
    said = read_object(payload)
    if {member: said.get(member) for member in wanted} != wanted:
        raise WrongAddress(str(said.get("source")), str(said.get("audience")))


def _settle(
    uow: UnitOfWork,
    *,
    kept: EnvelopeRow,
    told: tuple[str, str, datetime],
    numbers: Sequence[int],
) -> None:
    """Keep the acknowledgement of an envelope, and let what the partner misses be sent again."""
    signed, acknowledgement, now = told
    values = {"signed": signed, "acknowledgement": acknowledgement, "acknowledged_at": now}
    uow.bridge.change(kept.partner, OUT, kept.sequence, **values)
    uow.bridge.change_partner(kept.partner, heard_at=now)
    if numbers:
        uow.bridge.ask_again(kept.partner, numbers, now)
