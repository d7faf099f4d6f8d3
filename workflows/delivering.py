"""Delivers what waits in the outbox: after the commit, at least once, in order per dossier.

A message is taken under a lease, carried outside any transaction, and what came of it is written
down. A worker that dies in between leaves it to the next; the receiver knows a repeat by its id.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows import carrying
from workflows.announcing import APPLICANT, EVENT, NOTIFICATION
from workflows.bridging import Wire
from workflows.errors import NotFound
from workflows.meanings import REFERRAL
from workflows.office import Office
from workflows.parcels import Mail, Post, Receipt, letter, parcel, recipients, share_out
from workflows.store import UnitOfWork
from workflows.store.bridge import ENVELOPE
from workflows.store.outgoing import SubscriptionRow
from workflows.store.records import OutboxRow

LEASE = timedelta(minutes=10)
PATIENCE = timedelta(days=3)  # a receiver that fails so long is not told any more
REST = timedelta(seconds=30)
NO_ADDRESS = "người nhận không để lại địa chỉ thư điện tử, hoặc không nhận loại thư này"
SHARED = "đã chia thành thư riêng cho từng người"
SILENCED = "đăng ký nhận tin đã tạm dừng hoặc đã bỏ"
GONE = 410
SILENT_BEFORE_DOWN = 3  # a partner that does not answer so often in a row is down; others: once

log = logging.getLogger(__name__)


Forward = Callable[[Office, OutboxRow], Receipt]
"""Puts what is said of a referral on the channel of another installation."""


@dataclass(frozen=True, kw_only=True)
class Carriers:
    """Who carries what out of the house; without one, its messages wait."""

    post: Post | None = None
    mail: Mail | None = None
    wire: Wire | None = None
    forward: Forward | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of messages that can be carried."""
        have = {
            EVENT: self.post,
            NOTIFICATION: self.mail,
            ENVELOPE: self.wire,
            REFERRAL: self.forward,
        }
        return tuple(kind for kind, carrier in have.items() if carrier is not None)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """How many messages were delivered, failed for now, and were given up."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(office: Office, carriers: Carriers, limit: int = 50) -> Delivered:
    """Deliver messages whose time has come, the oldest first; return what came of them.

    After a receiver did not answer, the rest for it is put back untried: one that is down must not
    hold up the others.
    """
    now = office.clock.now()
    first = next_message(office, carriers)
    if first is None or first > now:  # looking is cheaper than taking
        return Delivered()
    kinds = carriers.kinds
    taken = office.store.write(lambda uow: uow.jobs.take_messages(kinds, now, LEASE, limit))
    rows = [row for one in taken for row in _shared(office, one)]
    counts = {"delivered": 0, "failed": 0, "given_up": 0}
    silent: Counter[str] = Counter()
    for row in rows:
        if silent[row.subscription] >= (SILENT_BEFORE_DOWN if row.kind == ENVELOPE else 1):
            _put_back(office, row)
            continue
        receipt = _carry(office, carriers, row)
        if row.subscription:
            was_silent = receipt.fault and not receipt.status
            silent[row.subscription] = silent[row.subscription] + 1 if was_silent else 0
        _note(office, row, receipt)
        what = "given_up" if receipt.final else "failed" if receipt.fault else "delivered"
        counts[what] += 1
    return Delivered(**counts)


def next_message(office: Office, carriers: Carriers) -> datetime | None:
    """Return when the next message may be delivered, None when none waits."""
    kinds = carriers.kinds
    return office.store.read(lambda uow: uow.jobs.next_message(kinds)) if kinds else None


def _carry(office: Office, carriers: Carriers, row: OutboxRow) -> Receipt:
    try:
        if row.kind == EVENT:
            return _post(office, carriers, row)
        if row.kind == REFERRAL and carriers.forward is not None:
            return carriers.forward(office, row)
        if row.kind == ENVELOPE and carriers.wire is not None:
            return carrying.carry(office, carriers.wire, row)
        return _mail(office, carriers, row)
    except Exception as fault:  # whatever a receiver does, the rest goes on
        log.exception("Delivery %s failed", row.id)
        return Receipt(fault=type(fault).__name__)


def _post(office: Office, carriers: Carriers, row: OutboxRow) -> Receipt:
    found = office.store.read(lambda uow: _subscription(uow, row.subscription))
    if carriers.post is None or found is None or found.state != "active":
        return Receipt(final=SILENCED)
    return carriers.post(parcel(office, row, found))


def _shared(office: Office, row: OutboxRow) -> list[OutboxRow]:
    """Return what a message comes to: a letter to several people is one for each of them."""
    if row.kind != NOTIFICATION or row.key == APPLICANT or " " in row.key:
        return [row]

    def share(uow: UnitOfWork) -> list[OutboxRow]:
        to = recipients(uow, office, row)
        if len(to) <= 1:
            return [row]
        each = share_out(office, row, to)
        uow.jobs.give_up(row, SHARED)
        uow.jobs.send(each)
        return each

    return office.store.write(share)


def _mail(office: Office, carriers: Carriers, row: OutboxRow) -> Receipt:
    written = office.store.read(lambda uow: letter(uow, office, row))
    if carriers.mail is None or written is None:
        return Receipt(final=NO_ADDRESS)
    return carriers.mail(written)


def _subscription(uow: UnitOfWork, subscription: str) -> SubscriptionRow | None:
    try:
        return uow.outgoing.get(subscription)
    except NotFound:
        return None


def _put_back(office: Office, row: OutboxRow) -> None:
    at = office.clock.now() + REST
    office.store.write(lambda uow: uow.jobs.put_back(row, at))


def _note(office: Office, row: OutboxRow, receipt: Receipt) -> None:
    """Write down what came of a try, all of it in one transaction."""
    now, chance = office.clock.now(), office.ids.chance()

    def write(uow: UnitOfWork) -> None:
        if receipt.status or receipt.fault or not receipt.final:
            said = (receipt.status, receipt.took_ms, receipt.fault or receipt.final)
            uow.outgoing.tried(row, now, said)
        if receipt.final:
            uow.jobs.give_up(row, receipt.final)
        elif receipt.fault:
            uow.jobs.not_sent(row, now, receipt.fault, chance)
        elif uow.jobs.sent(row, now) and receipt.also is not None:
            receipt.also(uow)  # only by who still held it: another worker does it else
        if row.kind == EVENT and row.subscription:
            _judge(uow, row.subscription, receipt, now)

    office.store.write(write)


def _judge(uow: UnitOfWork, subscription: str, receipt: Receipt, now: datetime) -> None:
    """Note since when a receiver fails; stop telling one that fails too long or says it is gone."""
    found = _subscription(uow, subscription)
    if found is None or found.state != "active":
        return
    if receipt.delivered:
        if found.failing_since is not None:
            uow.outgoing.change(subscription, failing_since=None)
        return
    since = found.failing_since or now
    if receipt.status == GONE or now - since >= PATIENCE:
        log.warning("Subscription %s is disabled: failing since %s", subscription, since)
        uow.outgoing.change(subscription, state="disabled", listens=None, failing_since=since)
    elif found.failing_since is None:
        uow.outgoing.change(subscription, failing_since=now)
