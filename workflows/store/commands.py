"""Answers already given: what makes a repeated command harmless."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import IdempotencyMismatch
from workflows.store.tables import command
from workflows.store.tasks import Answered
from workflows.store.types import canonical


def request_hash(kind: str, values: dict[str, Any]) -> str:
    """Return the SHA-256 of what is asked: the kind and every value but the key."""
    asked = {k: v for k, v in values.items() if k != "idempotency_key"}
    return hashlib.sha256(canonical([kind, asked]).encode()).hexdigest()


def recall(answered: Answered | None, key: str, asked: str) -> dict[str, Any] | None:
    """Return the stored answer; raises IdempotencyMismatch when it answers something else."""
    if answered is None:
        return None
    if answered.request_hash != asked:
        raise IdempotencyMismatch(key)
    return answered.result


class Commands:
    """Reads and writes answers in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def answered(self, actor: str, key: str) -> Answered | None:
        """Return the answer given to the actor's key, None when the key is new."""
        query = sa.select(command.c.request_hash, command.c.result)
        query = query.where(command.c.actor == actor, command.c.key == key)
        row = self._connection.execute(query).one_or_none()
        return Answered(**row._mapping) if row else None  # noqa: SLF001

    def remember(
        self, actor: str, key: str, *, kind: str, asked: str, result: dict[str, Any], at: datetime
    ) -> None:
        """Store the answer; a second one under the same key breaks the transaction."""
        values = {"actor": actor, "key": key, "kind": kind, "request_hash": asked}
        self._connection.execute(command.insert(), values | {"result": result, "at": at})
