"""Bridging (liên thông giữa hai hệ thống): takes envelopes in, carries them out, acts upon them.

Taken in: checked, numbered, kept and acknowledged in one transaction; acted upon in another, once,
in order, together with the mark that it is done. A gap is asked for again with every answer, so
that a bad network ends consistent by itself. Not for what messages mean: handlers are handed in.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from engine.bridge import standing
from engine.bridge.envelope import (
    BadEnvelope,
    Envelope,
    canonical,
    digest,
    read_envelope,
)
from engine.bridge.standing import Around, Place
from engine.law.authority import Actor, Decision, Resource
from workflows import looking
from workflows.channels import NoBridge
from workflows.envelopes import (
    ACKNOWLEDGEMENT,
    ENVELOPE,
    QUESTION,
    EnvelopeRefused,
    Keyring,
    Opened,
    Signed,
    UnknownKey,
    WrongAddress,
    as_text,
    header_of,
    opened,
)
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.bridge import IN, PENDING, EnvelopeRow, KeyRow

KEEP = timedelta(days=36_500)  # an acknowledgement is evidence: it does not expire
HIGHEST = 1_000  # numbers beyond the first gap that are looked at
RECEIVE = "bridge.receive"

log = logging.getLogger(__name__)


class Forked(EnvelopeRefused):
    """Its number was used for another envelope, or it does not follow the one before it."""

    code = "envelope_forked"
    sentence = "Thư số {sequence} không nối tiếp chuỗi đã nhận của «{source}» ({why})."

    def __init__(self, source: str, sequence: int, why: str) -> None:
        """Name the sender and the number, and say what does not fit."""
        super().__init__(source=source, sequence=sequence, why=why)


class TooEarly(EnvelopeRefused):
    """So many envelopes are missing before it that it is not kept yet."""

    code = "envelope_too_early"
    sentence = "Thư số {sequence} đến quá sớm: mới nhận đủ đến số {through}; hãy gửi các số trước."

    def __init__(self, sequence: int, through: int) -> None:
        """Tell its number, and up to which everything is here."""
        super().__init__(sequence=sequence, through=through)


WHY = {
    Place.TAKEN: "số này đã dùng cho thư khác",
    Place.BROKEN: "mã băm thư trước không khớp",
}


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The signed acknowledgement, and the numbers that are missing before this envelope."""

    acknowledgement: str
    missing: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a partner answered: status and JSON members; status 0 when it did not."""

    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    took_ms: int = 0
    fault: str = ""


class Wire(Protocol):
    """Posts signed bytes to an address of another installation."""

    def __call__(self, url: str, body: Mapping[str, Any]) -> Reply:
        """Return what was answered; never raises for what the other side does."""
        ...

    def content(self, url: str, body: Mapping[str, Any], most: int) -> bytes:
        """Return the bytes that were answered; raises when there are none, or too many."""
        ...


def keyring_of(office: Office) -> Keyring:
    """Return this installation on the bridge; raises NoBridge."""
    if office.keyring is None:
        raise NoBridge
    return office.keyring


def accept(office: Office, given: Mapping[str, Any]) -> Accepted:
    """Keep an envelope that came over the bridge and return its acknowledgement.

    Known by its number and hash, a repeat gets the acknowledgement of the first time. Raises
    NoBridge, EnvelopeRefused or BadEnvelope; each refusal is on record and nothing has changed.
    """
    keyring = keyring_of(office)
    try:
        found, key = verified(office, given, ENVELOPE)
        envelope = read_envelope(found.payload)
        if envelope.source != key.partner or envelope.audience != keyring.name:
            raise WrongAddress(envelope.source, envelope.audience)
        row = _row(office, keyring, envelope, found, as_text(given))
        return office.store.write(lambda uow: _keep(uow, envelope, row))
    except (EnvelopeRefused, BadEnvelope) as refusal:
        note_refusal(office, given, refusal)
        raise


def verified(office: Office, given: Mapping[str, Any], typ: str) -> tuple[Opened, KeyRow]:
    """Return signed bytes of a partner that holds the key now, and the key.

    Raises WrongSignature, UnknownKey or OutOfTime.
    """
    now, header = office.clock.now(), header_of(given, typ)
    key = office.store.read(lambda uow: _key_in_force(uow, office, header.kid, now))
    found = opened(given, header, key.public_key)
    header.holds_at(now)
    return found, key


def note_refusal(office: Office, given: Mapping[str, Any], refusal: Exception) -> None:
    """Put a refusal on record: who it seems to come from, and the rule that refused."""
    try:
        kid = header_of(given, ENVELOPE).kid
        key = office.store.read(lambda uow: uow.bridge.key(kid))
    except EnvelopeRefused:
        key = None
    name = key.partner if key is not None else "unknown"
    actor = Actor(person=f"partner:{name}", agency="", role="partner")
    code = str(getattr(refusal, "code", type(refusal).__name__))
    decision = Decision(allowed=False, rule=code)
    looking.note(actor, RECEIVE, Resource(subject=f"partner:{name}"), decision)
    log.warning("An envelope of %s was refused: %s", name, code)


def _key_in_force(uow: UnitOfWork, office: Office, kid: str, at: datetime) -> KeyRow:
    """Return the key of an active partner that holds at a moment; raises UnknownKey."""
    key = uow.bridge.key(kid)
    if key is None or key.partner == keyring_of(office).name or not key_holds(key, at):
        raise UnknownKey(kid)
    if uow.bridge.partner(key.partner).state != "active":
        raise UnknownKey(kid)
    return key


def key_holds(key: KeyRow, at: datetime) -> bool:
    """Tell whether a key holds at a moment, up to a difference between the clocks at its start."""
    begun = key.valid_from - timedelta(minutes=5) <= at
    return begun and (key.valid_to is None or at <= key.valid_to)


def _row(
    office: Office, keyring: Keyring, envelope: Envelope, found: Opened, signed: str
) -> EnvelopeRow:
    now, own = office.clock.now(), digest(found.payload)
    said = {
        "acknowledges": envelope.id,
        "source": keyring.name,
        "audience": envelope.source,
        "sequence": envelope.sequence,
        "hash": own,
        "received_at": now.isoformat(),
    }
    acknowledgement = keyring.sign(canonical(said), ACKNOWLEDGEMENT, now, KEEP)
    return EnvelopeRow(
        partner=envelope.source,
        direction=IN,
        sequence=envelope.sequence,
        id=envelope.id,
        kind=envelope.kind,
        subject=envelope.subject,
        payload=found.payload.decode(),
        hash=own,
        signed=signed,
        acknowledgement=as_text(acknowledgement),
        at=now,
        acknowledged_at=now,
        state=PENDING,
        retry_at=now,
    )


def _keep(uow: UnitOfWork, envelope: Envelope, row: EnvelopeRow) -> Accepted:
    """Give an envelope its place on the channel, which is locked meanwhile."""
    bridge, name, number = uow.bridge, row.partner, row.sequence
    channel = bridge.channel(name, lock=True)
    near = bridge.around(name, number)
    verdict = standing.place(number, envelope.previous, row.hash, _around(channel, near, number))
    if verdict is Place.TOO_EARLY:
        raise TooEarly(number, channel.received_through)
    same = bridge.by_id(name, IN, row.id)
    if verdict in WHY or (same is not None and same.sequence != number):
        raise Forked(name, number, WHY.get(verdict, WHY[Place.TAKEN]))
    through = channel.received_through
    if verdict is Place.NEW:
        bridge.add(row)
        through = _advanced(uow, name, through)
        bridge.move(name, received_through=through)
    gaps = standing.missing(through, bridge.numbers_after(name, through, HIGHEST))
    first = near.get(number, row)
    again = verdict is Place.KNOWN
    return Accepted(acknowledgement=first.acknowledgement, missing=tuple(gaps), again=again)


def _around(channel: Any, near: Mapping[int, EnvelopeRow], number: int) -> Around:
    after = near.get(number + 1)
    return Around(
        through=channel.received_through,
        own=near[number].hash if number in near else "",
        before=near[number - 1].hash if number - 1 in near else "",
        after_says=read_envelope(after.payload.encode()).previous if after is not None else None,
    )


def _advanced(uow: UnitOfWork, name: str, through: int) -> int:
    """Return up to which number everything has arrived now."""
    while True:
        numbers = uow.bridge.numbers_after(name, through, HIGHEST)
        for number in numbers:
            if number != through + 1:
                return through
            through = number
        if len(numbers) < HIGHEST:
            return through


def question(office: Office, name: str, ask: str, **more: str) -> Signed:
    """Return a signed question to a partner; it holds for a few minutes."""
    keyring, now = keyring_of(office), office.clock.now()
    said = {"source": keyring.name, "audience": name, "ask": ask, **more}
    return keyring.sign(canonical(said), QUESTION, now)
