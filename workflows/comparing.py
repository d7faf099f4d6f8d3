"""Comparing (đối chiếu): do both installations hold the same envelopes, both ways?

The other side is asked how far both ways have come; what it misses is sent again. Runs at intervals
and lets people look; also answers a partner that asks, and hands over files by their hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.bridge import standing
from engine.bridge.envelope import BadEnvelope, canonical, is_hash, read_object
from engine.law.authority import Actor
from workflows.bridging import Wire, keyring_of, note_refusal, question, verified
from workflows.carrying import tell_keys
from workflows.envelopes import (
    QUESTION,
    STATEMENT,
    EnvelopeRefused,
    Signed,
    UnknownKey,
    WrongAddress,
)
from workflows.errors import NotFound
from workflows.office import Office
from workflows.permitting import MANAGE_PARTNERS, list_of, permit
from workflows.store import UnitOfWork
from workflows.store.bridge import IN, OUT, PartnerRow

EVERY = timedelta(minutes=1)
MOST_LEFT = 200  # how many envelopes are sent again after one comparison
STATE = "/api/v1/bridge/state"


@dataclass(frozen=True, kw_only=True)
class Side:
    """How far both ways of a channel have come, as one side sees it."""

    sent_through: int
    sent_hash: str
    received_through: int
    received_hash: str
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Ours and theirs; `theirs` is None when they did not answer, and `fault` says why."""

    partner: str
    at: datetime
    ours: Side
    unacknowledged: int
    theirs: Side | None = None
    fault: str = ""
    sent_again: int = 0

    @property
    def agrees(self) -> bool:
        """Tell whether both sides hold the same envelopes, both ways."""
        theirs = self.theirs
        return theirs is not None and (
            (self.ours.sent_through, self.ours.sent_hash)
            == (theirs.received_through, theirs.received_hash)
            and (self.ours.received_through, self.ours.received_hash)
            == (theirs.sent_through, theirs.sent_hash)
        )


def answer_state(office: Office, given: Mapping[str, Any]) -> Signed:
    """Answer a partner's question how far both ways have come, signed.

    Raises EnvelopeRefused or BadEnvelope; each refusal is on record.
    """
    name, _ = _asked(office, given, "state")
    keyring, now = keyring_of(office), office.clock.now()
    side = office.store.read(lambda uow: side_of(uow, name))
    said = {"source": keyring.name, "audience": name, "at": now.isoformat(), **vars(side)}
    said["missing"] = list(side.missing)
    return keyring.sign(canonical(said), STATEMENT, now)


def answer_file(office: Office, given: Mapping[str, Any]) -> bytes:
    """Return the bytes a partner asks for: those an envelope to it has named.

    Raises EnvelopeRefused or BadEnvelope, on record; NotFound or FileDamaged.
    """
    name, said = _asked(office, given, "file")
    sha256 = str(said.get("sha256", ""))
    known = is_hash(sha256) and office.store.read(lambda u: u.bridge.fetchable(name, sha256))
    if not known:
        raise NotFound("tệp", sha256[:64])
    if office.shelf is None:
        raise NotFound("kho tệp", "")
    return office.shelf.read(sha256)


def compare(office: Office, actor: Actor, wire: Wire, name: str) -> Comparison:
    """Ask a partner how far both ways have come there; let what it misses be sent again.

    Raises Forbidden or NotFound. What came of it is kept for people to see.
    """
    permit(actor, MANAGE_PARTNERS, list_of(actor.agency))
    return compared(office, wire, name)


def compared(office: Office, wire: Wire, name: str) -> Comparison:
    """Compare with a partner, as the program does by itself; raises NotFound."""
    partner = office.store.read(lambda uow: uow.bridge.partner(name))
    reply = wire(partner.address + STATE, question(office, name, "state"))
    if reply.body.get("code") == UnknownKey.code and tell_keys(office, wire, partner.address):
        reply = wire(partner.address + STATE, question(office, name, "state"))
    now, fault, theirs = office.clock.now(), reply.fault, None
    if not fault:
        try:
            theirs = _their_side(office, name, reply.body)
        except (EnvelopeRefused, BadEnvelope) as refusal:
            fault = refusal.message
    return office.store.write(lambda uow: _compared(uow, partner, now, theirs, fault))


def compare_due(office: Office, wire: Wire, every: timedelta = EVERY) -> int:
    """Compare with every partner whose last comparison is long ago; return how many."""
    if office.keyring is None:
        return 0
    now = office.clock.now()
    due = [
        p.name
        for p in office.store.read(lambda uow: uow.bridge.partners())
        if p.state == "active" and (p.compared_at is None or now - p.compared_at >= every)
    ]
    for name in due:
        compared(office, wire, name)
    return len(due)


def side_of(uow: UnitOfWork, name: str) -> Side:
    """Return how far both ways of a partner have come here."""
    channel = uow.bridge.channel(name)
    through = channel.received_through
    after = uow.bridge.numbers_after(name, through, standing.WINDOW)
    return Side(
        sent_through=channel.sent_through,
        sent_hash=channel.sent_hash,
        received_through=through,
        received_hash=uow.bridge.hash_at(name, IN, through),
        missing=tuple(standing.missing(through, after)),
    )


def _compared(
    uow: UnitOfWork, partner: PartnerRow, now: datetime, theirs: Side | None, fault: str
) -> Comparison:
    name, again = partner.name, 0
    ours = side_of(uow, name)
    if theirs is not None:
        through = theirs.received_through
        left = range(through + 1, min(ours.sent_through, through + MOST_LEFT) + 1)
        numbers = (*(theirs.missing or left), *uow.bridge.unheard(name, MOST_LEFT))
        again = uow.bridge.ask_again(name, numbers, now) if numbers else 0
        shorter = through > ours.sent_through
        differs = uow.bridge.hash_at(name, OUT, through) != theirs.received_hash
        if shorter or (through and differs):
            fault = "hai bên giữ thư khác nhau dưới cùng một số"
    made = Comparison(
        partner=name,
        at=now,
        ours=ours,
        unacknowledged=uow.bridge.unacknowledged(name),
        theirs=theirs,
        fault=fault,
        sent_again=again,
    )
    heard = {"heard_at": now} if theirs is not None else {}
    difference = fault or ("" if made.agrees else "còn thư chưa tới")
    uow.bridge.change_partner(name, compared_at=now, difference=difference, **heard)
    return made


def _their_side(office: Office, name: str, body: Mapping[str, Any]) -> Side:
    given = body.get("statement")
    found, key = verified(office, given if isinstance(given, dict) else {}, STATEMENT)
    said = read_object(found.payload)
    if key.partner != name or said.get("audience") != keyring_of(office).name:
        raise WrongAddress(key.partner, str(said.get("audience")))
    members = (
        "sent_through", "sent_hash", "received_through", "received_hash", "missing",
    )  # fmt: skip
    values = {member: said.get(member) for member in members}
    numbers = [values["sent_through"], values["received_through"]]
    gaps = values["missing"] if isinstance(values["missing"], list) else []
    if not all(type(n) is int for n in [*numbers, *gaps]):
        raise BadEnvelope("Bản đối chiếu sai.", element="missing")
    return Side(**values | {"missing": tuple(gaps[: standing.MOST_MISSING])})


def _asked(office: Office, given: Mapping[str, Any], ask: str) -> tuple[str, dict[str, Any]]:
    """Return who asks and what, of a question that is for us; raises EnvelopeRefused."""
    try:
        found, key = verified(office, given, QUESTION)
        said = read_object(found.payload)
        source, audience = str(said.get("source")), str(said.get("audience"))
        if source != key.partner or audience != keyring_of(office).name or said.get("ask") != ask:
            raise WrongAddress(source, audience)
    except (EnvelopeRefused, BadEnvelope) as refusal:
        note_refusal(office, given, refusal)
        raise
    return key.partner, said
