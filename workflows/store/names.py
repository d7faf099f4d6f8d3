"""What people were called from when: a paper names its signer as the signer was called then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.accounts import BEGINNING
from workflows.store.tables import person, person_name

_NAMES = (
    sa.select(person.c.code, person.c.name.label("now"), person_name.c.valid_from)
    .add_columns(person_name.c.name)
    .select_from(person.outerjoin(person_name))
    .order_by(person_name.c.valid_from)
)


class Names:
    """Reads the names of people in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def of(self, codes: Collection[str]) -> Mapping[str, tuple[tuple[datetime, str], ...]]:
        """Return from when each person had which name, the first name first."""
        found: dict[str, list[tuple[datetime, str]]] = {}
        query = _NAMES.where(person.c.code.in_(sorted(codes)))
        for row in self._connection.execute(query):
            names = found.setdefault(row.code, [])
            names.append((row.valid_from or BEGINNING, row.name or row.now))
        return {code: tuple(names) for code, names in found.items()}
