"""Subscriptions, and the log of every try of delivering something to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store.dossiers import valid_id
from workflows.store.listening import LISTENING
from workflows.store.records import OutboxRow
from workflows.store.tables import delivery, dossier, due_job, membership, outbox, person, step
from workflows.store.tables import subscription as table

WHAT = "đăng ký nhận tin"


@dataclass(frozen=True, kw_only=True)
class SubscriptionRow:
    """A system that wants to be told; `listens` is its filter as one line, None while silent."""

    id: str
    url: str
    kinds: list[str]
    agency: str
    secrets: list[str]
    listens: str | None
    state: str = "active"
    failing_since: datetime | None = None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One try: `status` is what the receiver answered, 0 when it did not."""

    outbox_id: str
    attempt: int
    at: datetime
    status: int
    took_ms: int
    fault: str


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """A timer or message that failed: of which dossier, how often, why, and when again."""

    id: str
    sort: str
    dossier_id: str
    code: str
    name: str
    state: str
    attempts: int
    at: datetime
    fault: str
    reason: str
    since: datetime | None = None


_COLUMNS = [table.c[f.name] for f in fields(SubscriptionRow)]
_TRIES = [delivery.c[f.name] for f in fields(DeliveryRow)]
_MESSAGE = [outbox.c[f.name] for f in fields(OutboxRow)]


class Outgoing:
    """Reads and writes what is told to others in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def add(self, row: SubscriptionRow) -> None:
        """Write a new subscription."""
        self._connection.execute(table.insert(), vars(row))

    def change(self, subscription: str, **values: Any) -> None:
        """Change a subscription."""
        self._connection.execute(table.update().where(table.c.id == subscription), values)

    def get(self, subscription: str) -> SubscriptionRow:
        """Return a subscription; raises NotFound, also for a removed one."""
        known = valid_id(subscription, WHAT)
        query = sa.select(*_COLUMNS).where(table.c.id == known, table.c.state != "removed")
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(WHAT, known)
        return SubscriptionRow(**row._mapping)  # noqa: SLF001

    def subscriptions(self) -> Sequence[SubscriptionRow]:
        """Return every subscription, the oldest first."""
        query = sa.select(*_COLUMNS).where(table.c.state != "removed")
        rows = self._connection.execute(query.order_by(table.c.created_at, table.c.id))
        return [SubscriptionRow(**row._mapping) for row in rows]  # noqa: SLF001

    def listening(self) -> str:
        """Return the filters of the subscriptions that listen, a line each."""
        return self._connection.execute(sa.select(LISTENING)).scalar() or ""

    def tried(self, row: OutboxRow, at: datetime, values: tuple[int, int, str]) -> None:
        """Write down a try of delivering: status, milliseconds, fault; numbered by itself."""
        number = sa.select(sa.func.count()).where(delivery.c.outbox_id == row.id)
        attempt = int(self._connection.execute(number).scalar_one()) + 1
        status, took_ms, fault = values
        said = {"status": status, "took_ms": took_ms, "fault": fault[:500]}
        known = {"outbox_id": row.id, "attempt": attempt, "at": at}
        self._connection.execute(delivery.insert(), known | said)

    def messages_of(
        self, subscription: str, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[OutboxRow]:
        """Return what a subscription was or is to be told, the latest first."""
        query = sa.select(*_MESSAGE).where(outbox.c.subscription == subscription)
        query = query.order_by(outbox.c.created_at.desc(), outbox.c.id.desc()).limit(limit)
        if after is not None:
            place = sa.tuple_(outbox.c.created_at, outbox.c.id)
            query = query.where(place < sa.tuple_(*_bound(after)))
        return [OutboxRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def tries(self, messages: Sequence[str]) -> dict[str, list[DeliveryRow]]:
        """Return the tries of some messages, the first try first."""
        query = sa.select(*_TRIES).where(delivery.c.outbox_id.in_(messages))
        query = query.order_by(delivery.c.outbox_id, delivery.c.attempt)
        found: dict[str, list[DeliveryRow]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.outbox_id, []).append(DeliveryRow(**row._mapping))  # noqa: SLF001
        return found

    def troubled(
        self,
        states: Sequence[str],
        after: tuple[datetime, str] | None,
        limit: int,
        agencies: Collection[str] | None,
    ) -> Sequence[WaitingRow]:
        """Return timers and messages that failed, the latest first; pending ones that never
        failed are not among them. Of dossiers these agencies take part in, None of all.
        """
        found = [_troubled_timers(states), _troubled_messages(states)]
        if agencies is not None:
            own = sorted(agencies)
            of_them = dossier.c.receiving_unit.in_(own) | dossier.c.competent_agency.in_(own)
            found = [query.where(of_them) for query in found]
        both = sa.union_all(*found).subquery()
        query = sa.select(both).order_by(both.c.at.desc(), both.c.id.desc()).limit(limit)
        if after is not None:
            bound = (sa.literal(after[0], both.c.at.type), after[1])
            query = query.where(sa.tuple_(both.c.at, both.c.id) < sa.tuple_(*bound))
        return [WaitingRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def people_at(self, agency: str, role: str, now: datetime) -> Sequence[str]:
        """Return the ids of people who hold a role at an agency now."""
        query = sa.select(membership.c.person_id).where(
            membership.c.agency == agency,
            membership.c.role == role,
            membership.c.valid_from <= now,
            sa.or_(membership.c.valid_to.is_(None), membership.c.valid_to > now),
        )
        return list(self._connection.execute(query).scalars())

    def workers_on(self, dossier_id: str) -> Sequence[str]:
        """Return the ids of people who have taken an open step of a dossier."""
        query = sa.select(person.c.id).join(step, step.c.assignee == person.c.code)
        query = query.where(step.c.dossier_id == dossier_id, step.c.state == "claimed")
        return list(self._connection.execute(query.distinct()).scalars())

    def addresses(self, people: Sequence[str]) -> Sequence[str]:
        """Return the e-mail addresses of people who gave one, in order."""
        if not people:
            return []
        query = sa.select(person.c.email).where(person.c.id.in_(people), person.c.email != "")
        return sorted(set(self._connection.execute(query).scalars()))


def _troubled_timers(states: Sequence[str]) -> sa.Select[Any]:
    return (
        sa.select(
            (_hex(due_job.c.dossier_id) + sa.literal("~") + due_job.c.timer).label("id"),
            sa.literal("timer").label("sort"),
            due_job.c.dossier_id,
            dossier.c.code,
            due_job.c.name,
            due_job.c.state,
            due_job.c.attempts,
            due_job.c.retry_at.label("at"),
            due_job.c.fault,
            due_job.c.reason,
            due_job.c.due_at.label("since"),
        )
        .join(dossier, dossier.c.id == due_job.c.dossier_id)
        .where(due_job.c.state.in_(states), due_job.c.fault != "")
    )


def _troubled_messages(states: Sequence[str]) -> sa.Select[Any]:
    return (
        sa.select(
            _hex(outbox.c.id).label("id"),
            outbox.c.kind.label("sort"),
            outbox.c.dossier_id,
            dossier.c.code,
            outbox.c.name,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.retry_at.label("at"),
            outbox.c.fault,
            outbox.c.reason,
            outbox.c.created_at.label("since"),
        )
        .join(dossier, dossier.c.id == outbox.c.dossier_id)
        .where(outbox.c.state.in_(states), outbox.c.fault != "")
    )


def _hex(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """Return an id as 32 hexadecimal digits, on both databases alike."""
    return sa.func.replace(sa.cast(column, sa.Text), "-", "", type_=sa.Text)


def _bound(after: tuple[datetime, str]) -> tuple[Any, Any]:
    return (
        sa.literal(after[0], outbox.c.created_at.type),
        sa.literal(valid_id(after[1], "tin"), outbox.c.id.type),
    )
