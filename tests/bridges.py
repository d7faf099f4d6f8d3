"""Two installations and the wire between them, as good or as bad as it is told to be.

The wire calls the use cases behind the doors of the other side; what it does to a request comes
from a seeded generator, so that a run can be had again. The doors have their own tests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.errors import Rejected
from tests.builders import CENTRE, office_on, person, receive
from workflows import bridging, channels, comparing, partners
from workflows.bridging import Reply
from workflows.channels import Message
from workflows.clock import SimulatedClock
from workflows.envelopes import Keyring
from workflows.errors import WorkflowError
from workflows.office import Office
from workflows.shelving import Shelf
from workflows.store import Store

ADMIN = person("administrator", CENTRE)
NORTH, SOUTH = "bac.example.gov.vn", "nam.example.gov.vn"


@dataclass
class Wire:
    """Carries requests to the other side; loses, doubles and holds back some."""

    to: Office | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    lose: float = 0.0
    lose_answer: float = 0.0
    double: float = 0.0
    hold_back: float = 0.0
    held: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    sent: int = 0

    def __call__(self, url: str, body: Mapping[str, Any]) -> Reply:
        self.sent += 1
        drawn = self.chance.random
        if drawn() < self.lose:
            return Reply(fault="lost")
        if drawn() < self.hold_back:
            self.held.append((url, dict(body)))
            return Reply(fault="late")
        reply = self._ask(url, body)
        if drawn() < self.double:
            self._ask(url, body)
        while self.held and drawn() < 0.5:
            self._ask(*self.held.pop(self.chance.randrange(len(self.held))))
        return Reply(fault="answer lost") if drawn() < self.lose_answer else reply

    def content(self, _url: str, body: Mapping[str, Any], most: int) -> bytes:
        assert self.to is not None
        found = comparing.answer_file(self.to, body)
        assert len(found) <= most
        return found

    def _ask(self, url: str, body: Mapping[str, Any]) -> Reply:
        try:
            return Reply(status=200, body=self._answer(url.rsplit("/", 1)[1], body))
        except (Rejected, WorkflowError) as refusal:
            return Reply(status=409, body={"code": refusal.code}, fault=refusal.code)

    def _answer(self, door: str, body: Mapping[str, Any]) -> dict[str, Any]:
        assert self.to is not None
        if door == "envelopes":
            found = bridging.accept(self.to, body)
            told = json.loads(found.acknowledgement)
            return {"acknowledgement": told, "missing": list(found.missing)}
        if door == "keys":
            return {"kid": partners.learn(self.to, body).kid}
        return {"statement": comparing.answer_state(self.to, body)}


@dataclass
class Side:
    """One installation, and the wire that leads to the other."""

    office: Office
    wire: Wire
    dossier: str = ""

    @property
    def name(self) -> str:
        assert self.office.keyring is not None
        return self.office.keyring.name

    def tell(self, to: str, kind: str = "note", subject: str = "leg", **body: Any) -> None:
        """Put a message on the channel, in a transaction of its own."""
        self.office.store.write(
            lambda uow: channels.send(
                uow,
                self.office,
                Message(partner=to, kind=kind, subject=subject, dossier_id=self.dossier, body=body),
            )
        )

    def count(self, table: str) -> int:
        query = sa.text(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own name
        return self.office.store.read(lambda uow: uow.connection.execute(query).scalar_one())


def side(store: Store, folder: Path, name: str, seed: int) -> Side:
    """Return an installation on a store, with a dossier to talk about."""
    office = replace(
        office_on(store, seed=seed),
        keyring=Keyring.at(name, folder / f"{name}.pem"),
        shelf=Shelf(str(folder / f"files-{name}")),
    )
    return Side(office, Wire(), receive(office).id)


def introduce(north: Side, south: Side) -> None:
    """Tell each side of the other: name, address, key."""
    for here, there in ((north, south), (south, north)):
        here.wire.to = there.office
        known = partners.own(there.office)
        partners.add(
            here.office,
            ADMIN,
            partners.AddPartner(
                name=there.name,
                title=f"Tỉnh {there.name}",
                address=f"http://{there.name}",
                public_key=known["public_key"],
            ),
        )


def later(*sides: Side, **span: float) -> None:
    """Let both clocks go on."""
    for each in sides:
        clock = each.office.clock
        assert isinstance(clock, SimulatedClock)
        clock.advance_to(clock.now() + timedelta(**span))
