"""The office: everything a use case is handed. Ports, so that a simulation can hand in its own."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.catalogue import Catalogue
from workflows.clock import Clock, Ids
from workflows.store import Store


@dataclass(frozen=True)
class Office:
    """Where things are remembered, what the law says, what time it is, and new names."""

    store: Store
    catalogue: Catalogue
    clock: Clock
    ids: Ids
