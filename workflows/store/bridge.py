"""Partners, their keys, channels and envelopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store import waiting
from workflows.store.tables import channel, envelope, envelope_file, outbox, partner, partner_key
from workflows.store.upserting import insert_into
from workflows.store.waiting import Work

IN, OUT = "in", "out"
SENT, PENDING, DONE, STUCK, SKIPPED = "sent", "pending", "done", "stuck", "skipped"
ENVELOPE = "envelope"  # the kind of its row in the outbox
WHAT = "hệ thống liên thông"
INBOX = Work(envelope, over=DONE)


@dataclass(frozen=True, kw_only=True)
class PartnerRow:
    """Another installation, for which agencies it speaks, and what follows here from its questions.

    `procedures` maps the name of a question to the code of a procedure.
    """

    name: str
    title: str
    address: str
    agencies: list[str]
    procedures: dict[str, str] = field(default_factory=dict)
    state: str = "active"
    added_at: datetime
    heard_at: datetime | None = None
    compared_at: datetime | None = None
    difference: str = ""


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """A public key of an installation; `statement` is the JWS by which it followed another."""

    kid: str
    partner: str
    public_key: str
    valid_from: datetime
    valid_to: datetime | None = None
    added_at: datetime
    statement: str = ""


@dataclass(frozen=True, kw_only=True)
class ChannelRow:
    """How far both ways of a partner have come."""

    partner: str
    sent_through: int
    sent_hash: str
    received_through: int


@dataclass(frozen=True, kw_only=True)
class EnvelopeRow:
    """An envelope with its signature, its acknowledgement, and what is still to do about it."""

    partner: str
    direction: str
    sequence: int
    id: str
    dossier_id: str | None = None
    kind: str
    subject: str
    payload: str
    hash: str
    signed: str = ""
    acknowledgement: str = ""
    at: datetime
    acknowledged_at: datetime | None = None
    state: str
    attempts: int = 0
    retry_at: datetime
    fault: str = ""
    reason: str = ""


_PARTNER = [partner.c[f.name] for f in fields(PartnerRow)]
_KEY = [partner_key.c[f.name] for f in fields(KeyRow)]
_CHANNEL = [channel.c[f.name] for f in fields(ChannelRow)]
_ENVELOPE = [envelope.c[f.name] for f in fields(EnvelopeRow)]


class Bridge:
    """Reads and writes what lies between installations, in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def add_partner(self, row: PartnerRow) -> None:
        """Write a new partner and its channel, on which nothing went yet."""
        self._connection.execute(partner.insert(), vars(row))
        empty = {"partner": row.name, "sent_through": 0, "sent_hash": "", "received_through": 0}
        self._connection.execute(channel.insert(), empty)

    def change_partner(self, name: str, **values: Any) -> None:
        """Change a partner."""
        self._connection.execute(partner.update().where(partner.c.name == name), values)

    def partner(self, name: str) -> PartnerRow:
        """Return a partner; raises NotFound."""
        row = self._connection.execute(sa.select(*_PARTNER).where(partner.c.name == name))
        found = row.one_or_none()
        if found is None:
            raise NotFound(WHAT, name[:80])
        return PartnerRow(**found._mapping)  # noqa: SLF001 - the public mapping of a row

    def partners(self) -> Sequence[PartnerRow]:
        """Return every partner by name."""
        rows = self._connection.execute(sa.select(*_PARTNER).order_by(partner.c.name))
        return [PartnerRow(**row._mapping) for row in rows]  # noqa: SLF001

    def add_key(self, row: KeyRow) -> None:
        """Write a key; one that is there already stays as it is."""
        statement = insert_into(self._connection, partner_key).on_conflict_do_nothing()
        self._connection.execute(statement, vars(row))

    def change_key(self, kid: str, **values: Any) -> None:
        """Change until when a key holds."""
        self._connection.execute(partner_key.update().where(partner_key.c.kid == kid), values)

    def key(self, kid: str) -> KeyRow | None:
        """Return a key by its name, None for one nobody knows."""
        row = self._connection.execute(sa.select(*_KEY).where(partner_key.c.kid == kid))
        found = row.one_or_none()
        return KeyRow(**found._mapping) if found else None  # noqa: SLF001

    def keys(self, name: str) -> Sequence[KeyRow]:
        """Return the keys of an installation, the oldest first."""
        query = sa.select(*_KEY).where(partner_key.c.partner == name)
        rows = self._connection.execute(query.order_by(partner_key.c.valid_from, partner_key.c.kid))
        return [KeyRow(**row._mapping) for row in rows]  # noqa: SLF001

    def channel(self, name: str, *, lock: bool = False) -> ChannelRow:
        """Return the channel of a partner, locked for whoever wants to change it."""
        query = sa.select(*_CHANNEL).where(channel.c.partner == name)
        found = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if found is None:
            raise NotFound(WHAT, name[:80])
        return ChannelRow(**found._mapping)  # noqa: SLF001

    def move(self, name: str, **values: Any) -> None:
        """Note how far a channel has come."""
        self._connection.execute(channel.update().where(channel.c.partner == name), values)

    def add(self, row: EnvelopeRow) -> None:
        """Write a new envelope."""
        self._connection.execute(envelope.insert(), vars(row))

    def change(self, name: str, direction: str, sequence: int, **values: Any) -> None:
        """Change an envelope."""
        mine = (
            envelope.c.partner == name,
            envelope.c.direction == direction,
            envelope.c.sequence == sequence,
        )
        self._connection.execute(envelope.update().where(*mine), values)

    def around(self, name: str, sequence: int) -> dict[int, EnvelopeRow]:
        """Return what arrived under a number, the one before and the one after."""
        query = sa.select(*_ENVELOPE).where(
            envelope.c.partner == name,
            envelope.c.direction == IN,
            envelope.c.sequence.between(sequence - 1, sequence + 1),
        )
        return {row.sequence: _envelope(row) for row in self._connection.execute(query)}

    def by_id(self, name: str, direction: str, identity: str) -> EnvelopeRow | None:
        """Return an envelope by its id, None for one nobody knows."""
        query = sa.select(*_ENVELOPE).where(
            envelope.c.partner == name,
            envelope.c.direction == direction,
            envelope.c.id == identity,
        )
        found = self._connection.execute(query).one_or_none()
        return _envelope(found) if found is not None else None

    def numbers_after(self, name: str, through: int, limit: int) -> list[int]:
        """Return the numbers that arrived beyond one, in order."""
        query = sa.select(envelope.c.sequence).where(
            envelope.c.partner == name,
            envelope.c.direction == IN,
            envelope.c.sequence > through,
        )
        query = query.order_by(envelope.c.sequence).limit(limit)
        return list(self._connection.execute(query).scalars())

    def of_dossier(self, dossier_id: str) -> Sequence[EnvelopeRow]:
        """Return the envelopes about a dossier, both ways, in the order of their numbers."""
        query = sa.select(*_ENVELOPE).where(envelope.c.dossier_id == dossier_id)
        order = (envelope.c.at, envelope.c.partner, envelope.c.direction, envelope.c.sequence)
        return [_envelope(row) for row in self._connection.execute(query.order_by(*order))]

    def take_received(self, now: datetime, lease: timedelta, limit: int) -> Sequence[EnvelopeRow]:
        """Take envelopes to act upon, in the order in which they were sent.

        Only what has no gap before it, and of one subject only the first that waits or is stuck.
        """
        earlier = envelope.alias("earlier")
        before = sa.exists().where(
            earlier.c.partner == envelope.c.partner,
            earlier.c.subject == envelope.c.subject,
            earlier.c.direction == IN,
            earlier.c.state.in_((PENDING, STUCK)),
            earlier.c.sequence < envelope.c.sequence,
        )
        whole = sa.exists().where(
            channel.c.partner == envelope.c.partner,
            channel.c.received_through >= envelope.c.sequence,
        )
        query = waiting.due(INBOX, now, limit).where(envelope.c.direction == IN, whole, ~before)
        rows = waiting.take(self._connection, INBOX, query, now, lease)
        found = [_envelope(row) for row in rows]
        return sorted(found, key=lambda row: (row.partner, row.sequence))

    def waiting(self, name: str) -> Sequence[EnvelopeRow]:
        """Return the envelopes of a partner that are not acted upon yet, or stuck."""
        query = sa.select(*_ENVELOPE).where(
            envelope.c.partner == name,
            envelope.c.direction == IN,
            envelope.c.state.in_((PENDING, STUCK)),
        )
        return [_envelope(r) for r in self._connection.execute(query.order_by(envelope.c.sequence))]

    def next_received(self) -> datetime | None:
        """Return when the next envelope may be acted upon, None when none waits."""
        query = sa.select(sa.func.min(envelope.c.retry_at)).where(
            envelope.c.state == PENDING, envelope.c.direction == IN
        )
        return self._connection.execute(query).scalar()

    def acted(self, row: EnvelopeRow, dossier_id: str | None) -> bool:
        """Note that an envelope was acted upon; tells whether the taker still held it."""
        values = {"dossier_id": dossier_id} if dossier_id else {}
        return waiting.done(self._connection, INBOX, row, **values)

    def failed(self, row: EnvelopeRow, now: datetime, fault: str, chance: float) -> bool:
        """Note that acting upon an envelope failed; tells whether it is stuck now."""
        return waiting.failed(self._connection, INBOX, row, now, (fault, chance))

    def received_again(self, row: EnvelopeRow, now: datetime, reason: str) -> bool:
        """Let a stuck envelope be acted upon anew; tells whether it did not wait already."""
        return waiting.again(self._connection, INBOX, row, now, reason)

    def skip_received(self, row: EnvelopeRow, reason: str) -> bool:
        """Let people give an envelope up; tells whether it still waited or was stuck."""
        return waiting.skip(self._connection, INBOX, row, SKIPPED, reason)

    def ask_again(self, name: str, numbers: Sequence[int], now: datetime) -> int:
        """Let envelopes be sent at once, whatever came of them before; return how many."""
        mine = (
            outbox.c.subscription == name,
            outbox.c.kind == ENVELOPE,
            outbox.c.seq.in_(list(numbers)),
        )
        rests = sa.or_(outbox.c.state != PENDING, outbox.c.fault != "")  # not in a worker's hands
        values = {"state": PENDING, "retry_at": now, "fault": "", "attempts": 0}
        change = outbox.update().where(*mine, rests).values(values)
        return int(self._connection.execute(change).rowcount)

    def may_fetch(self, name: str, hashes: Sequence[str]) -> None:
        """Let a partner fetch bytes."""
        if hashes:
            statement = insert_into(self._connection, envelope_file).on_conflict_do_nothing()
            rows = [{"partner": name, "sha256": each} for each in sorted(set(hashes))]
            self._connection.execute(statement, rows)

    def fetchable(self, name: str, sha256: str) -> bool:
        """Tell whether a partner may fetch these bytes."""
        mine = (envelope_file.c.partner == name, envelope_file.c.sha256 == sha256)
        found = self._connection.execute(sa.select(envelope_file.c.sha256).where(*mine))
        return found.one_or_none() is not None

    def counts(self, name: str) -> dict[tuple[str, str], int]:
        """Return how many envelopes of a partner there are by direction and state."""
        query = sa.select(envelope.c.direction, envelope.c.state, sa.func.count())
        query = query.where(envelope.c.partner == name)
        query = query.group_by(envelope.c.direction, envelope.c.state)
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}

    def unacknowledged(self, name: str) -> int:
        """Return how many envelopes went to a partner without its acknowledgement."""
        query = sa.select(sa.func.count()).where(
            envelope.c.partner == name,
            envelope.c.direction == OUT,
            envelope.c.acknowledged_at.is_(None),
        )
        return int(self._connection.execute(query).scalar_one())

    def unheard(self, name: str, limit: int) -> list[int]:
        """Return the numbers of envelopes without an acknowledgement, the first of them."""
        query = sa.select(envelope.c.sequence).where(
            envelope.c.partner == name,
            envelope.c.direction == OUT,
            envelope.c.acknowledged_at.is_(None),
        )
        query = query.order_by(envelope.c.sequence).limit(limit)
        return list(self._connection.execute(query).scalars())

    def hash_at(self, name: str, direction: str, sequence: int) -> str:
        """Return the hash of an envelope, empty where there is none."""
        query = sa.select(envelope.c.hash).where(
            envelope.c.partner == name,
            envelope.c.direction == direction,
            envelope.c.sequence == sequence,
        )
        return self._connection.execute(query).scalar() or ""


def _envelope(row: Any) -> EnvelopeRow:
    return EnvelopeRow(**{f.name: getattr(row, f.name) for f in fields(EnvelopeRow)})
