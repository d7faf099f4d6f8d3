"""Steps: the worklist while they are open, the measured interval once they are closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import StepRow
from workflows.store.tables import OPEN_STATES, command, dossier, step
from workflows.store.upserting import upsert

_COLUMNS = [step.c[f.name] for f in fields(StepRow)]
_FIXED = {"dossier_id", "step", "element", "name", "kind", "item_index", "enabled_at", "flow"}
_CHANGING = [f.name for f in fields(StepRow) if f.name not in _FIXED]


WORKS = frozenset({"task", "userTask", "manualTask", "serviceTask", "businessRuleTask"})


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The answer stored under an idempotency key, and the hash of the request it answers."""

    request_hash: str
    result: dict[str, Any]


_CONCERNED = sa.or_(
    step.c.state.in_(OPEN_STATES), step.c.element.in_(sa.bindparam("hands", expanding=True))
)
# Every command asks this: the statement is made once.
_WAITING = (
    sa.select(*_COLUMNS, command.c.request_hash, command.c.result)
    .select_from(dossier)
    .outerjoin(step, sa.and_(step.c.dossier_id == dossier.c.id, _CONCERNED))
    .outerjoin(
        command,
        sa.and_(command.c.actor == sa.bindparam("actor"), command.c.key == sa.bindparam("key")),
    )
    .where(dossier.c.id == sa.bindparam("dossier", type_=dossier.c.id.type))
)


class Steps:
    """Reads and writes steps in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def waiting(
        self, dossier_id: str, *, actor: str, key: str, hands: Iterable[str]
    ) -> tuple[dict[str, StepRow], Answered | None]:
        """Return what is open in a dossier, and the answer already given to this key, if any.

        `hands` names elements whose closed steps are wanted too: who did them matters. One
        statement for both, as every command needs both.
        """
        wanted = {"dossier": dossier_id, "actor": actor, "key": key, "hands": sorted(hands)}
        rows = {}
        answered = None
        for row in self._connection.execute(_WAITING, wanted):
            values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
            request_hash, result = values.pop("request_hash"), values.pop("result")
            if request_hash is not None:
                answered = Answered(request_hash=request_hash, result=result)
            if values["step"] is not None:
                rows[values["step"]] = StepRow(**values)
        return rows, answered

    def of_dossier(self, dossier_id: str, *, only_open: bool = False) -> Sequence[StepRow]:
        """Return the steps of a dossier in the order in which they were enabled."""
        query = sa.select(*_COLUMNS).where(step.c.dossier_id == dossier_id)
        if only_open:
            query = query.where(step.c.state.in_(OPEN_STATES))
        query = query.order_by(step.c.enabled_at, step.c.step)
        return [StepRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def agencies(self, dossier_id: str) -> Sequence[str]:
        """Return the agencies that work, or worked, in a dossier.

        One that is only waited for is asked something and sees its referral, not the dossier.
        """
        works = step.c.kind.in_(sorted(WORKS))
        query = sa.select(step.c.agency).where(step.c.dossier_id == dossier_id, works).distinct()
        return list(self._connection.execute(query).scalars())

    def state_of(self, dossier_id: str, step_id: str) -> str | None:
        """Return the state of a step, None when the dossier never had it."""
        query = sa.select(step.c.state)
        query = query.where(step.c.dossier_id == dossier_id, step.c.step == step_id)
        return self._connection.execute(query).scalar()

    def save(self, rows: Sequence[StepRow]) -> None:
        """Write new and changed steps in one statement."""
        upsert(self._connection, step, [vars(r) for r in rows], changing=_CHANGING)

    def restore(self, dossier_id: str, rows: Sequence[StepRow]) -> None:
        """Put these rows in the place of all of the dossier's: a rebuild does so."""
        self._connection.execute(step.delete().where(step.c.dossier_id == dossier_id))
        self.save(rows)
