"""The office: everything a use case is handed. Ports, so that a simulation can hand in its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.catalogue import Catalogue
from workflows.clock import Clock, Ids
from workflows.envelopes import Keyring
from workflows.scanning import Scanner
from workflows.shelving import Shelf
from workflows.store import Store


@dataclass(frozen=True)
class Office:
    """Where things are remembered, what the law says, what time it is, and new names.

    `shelf` keeps the bytes of files, None where none are taken; with a `scanner` a file is served
    only after it was scanned. `personal_key` keys the hashes of national ids; empty: none are made.
    `keyring` is this installation on the bridge to others, None where it is on none.
    """

    store: Store
    catalogue: Catalogue
    clock: Clock
    ids: Ids
    shelf: Shelf | None = None
    scanner: Scanner | None = None
    personal_key: bytes = field(default=b"", repr=False)
    keyring: Keyring | None = None
