"""Envelopes between two installations: acted upon once, in order, whatever the network does."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.bridges import ADMIN, NORTH, SOUTH, Side, introduce, later, side
from tests.builders import CLERK
from workflows import arrivals, carrying, comparing, delivering, partners
from workflows.channels import NoBridge
from workflows.delivering import Carriers, Delivered
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.store import Store

MESSAGES = 40


@pytest.fixture
def pair(store: Store, migrated_file: Path, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """Two installations that know each other; the first on either database."""
    file = tmp_path / "south.db"
    shutil.copyfile(migrated_file, file)
    other = Store.open(f"sqlite:///{file}")
    north, south = side(store, tmp_path, NORTH, 1), side(other, tmp_path, SOUTH, 2)
    introduce(north, south)
    for each in (north, south):
        each.office.store.write(lambda uow: uow.connection.execute(sa.text(EFFECT)))
    yield north, south
    other.close()


EFFECT = "CREATE TABLE effect (sequence INTEGER, number INTEGER, subject TEXT)"


def act(uow, _office, arrived) -> str | None:
    """Write down that this was acted upon, in the transaction that marks it done."""
    said = arrived.envelope
    values = {"s": said.sequence, "n": said.body["number"], "t": said.subject}
    uow.connection.execute(sa.text("INSERT INTO effect VALUES (:s, :n, :t)"), values)
    return None


def deliver(from_: Side, rounds: int = 30) -> int:
    """Deliver until nothing is due; return how many arrived."""
    total = 0
    for _ in range(rounds):
        got = delivering.deliver(from_.office, Carriers(wire=from_.wire))
        total += got.delivered
        if got == Delivered():
            break
    return total


def act_upon(at: Side, rounds: int = 30, handler=act) -> int:
    total = 0
    for _ in range(rounds):
        done, failed = arrivals.act_upon_due(at.office, {"note": handler}, at.wire)
        total += done
        if not done and not failed:
            break
    return total


def effects(at: Side) -> list[int]:
    query = sa.text("SELECT number FROM effect ORDER BY sequence")
    return at.office.store.read(lambda uow: list(uow.connection.execute(query).scalars()))


def test_a_message_arrives_is_acknowledged_and_acted_upon_once(pair) -> None:
    north, south = pair
    for number in range(3):
        north.tell(SOUTH, number=number)
    assert deliver(north) == 3
    assert act_upon(south) == 3
    assert effects(south) == [0, 1, 2]
    rows = north.office.store.read(lambda uow: uow.bridge.of_dossier(north.dossier))
    assert [r.sequence for r in rows] == [1, 2, 3]
    assert all(r.acknowledgement and r.acknowledged_at for r in rows)
    assert comparing.compare(north.office, ADMIN, north.wire, SOUTH).agrees
    assert act_upon(south) == 0


@pytest.mark.slow
def test_a_network_that_loses_doubles_and_reorders_ends_consistent(pair) -> None:
    north, south = pair
    for each in pair:
        each.wire.chance = random.Random(7)  # noqa: S311
        each.wire.lose = each.wire.lose_answer = each.wire.hold_back = 0.1
        each.wire.double = 0.3
    told = {NORTH: 0, SOUTH: 0}
    while min(told.values()) < MESSAGES or not agree(north, south):
        for here, there in ((north, south), (south, north)):
            for _ in range(min(50, MESSAGES - told[here.name])):
                here.tell(there.name, subject=f"leg{told[here.name] % 7}", number=told[here.name])
                told[here.name] += 1
            deliver(here, rounds=3)
            act_upon(there)
        later(north, south, minutes=1)
    for each in pair:
        assert effects(each) == list(range(MESSAGES))
    for here, there in ((north, south), (south, north)):
        found = comparing.compare(here.office, ADMIN, here.wire, there.name)
        assert found.unacknowledged == 0
    stuck = sa.text("SELECT count(*) FROM outbox WHERE state <> 'done'")
    assert north.office.store.read(lambda uow: uow.connection.execute(stuck).scalar()) == 0


def agree(north: Side, south: Side) -> bool:
    found = comparing.compared(north.office, north.wire, SOUTH)
    back = comparing.compared(south.office, south.wire, NORTH)
    done = found.agrees and back.agrees and not found.unacknowledged + back.unacknowledged
    return done and len(effects(north)) == len(effects(south)) == MESSAGES


def test_a_gap_is_asked_for_and_closes_by_itself(pair) -> None:
    north, south = pair
    for number in range(4):
        north.tell(SOUTH, number=number)
    north.wire.lose = 1.0
    north.wire.chance = random.Random(0)  # noqa: S311
    now = north.office.clock.now()
    taken = north.office.store.write(
        lambda uow: uow.jobs.take_messages(["envelope"], now, delivering.LEASE, 1)
    )
    north.office.store.write(lambda uow: uow.jobs.not_sent(taken[0], now, "lost", 0.5))
    north.wire.lose = 0.0
    assert deliver(north) == 4  # the second asked for the first, which did not wait its 30 seconds
    assert act_upon(south) == 4
    assert effects(south) == [0, 1, 2, 3]


def test_what_arrived_early_is_kept_and_waits_for_its_turn(pair) -> None:
    north, south = pair
    for number in range(3):
        north.tell(SOUTH, number=number)
    rows = north.office.store.read(lambda uow: uow.bridge.of_dossier(north.dossier))
    third = north.office.store.read(lambda uow: uow.jobs.message(rows[2].id))
    assert carrying.carry(north.office, north.wire, third).delivered
    assert act_upon(south) == 0
    deliver(north)
    assert act_upon(south) == 3
    assert effects(south) == [0, 1, 2]


def test_one_that_cannot_be_acted_upon_holds_up_its_own_subject_alone(pair) -> None:
    north, south = pair

    def faulty(uow, office, arrived):
        if arrived.envelope.body["number"] == 0:
            raise RuntimeError("a bug")
        return act(uow, office, arrived)

    north.tell(SOUTH, subject="a", number=0)
    north.tell(SOUTH, subject="a", number=1)
    north.tell(SOUTH, subject="b", number=2)
    deliver(north)
    assert act_upon(south, handler=faulty) == 1
    assert effects(south) == [2]
    later(south, minutes=5)
    assert act_upon(south) == 2
    assert sorted(effects(south)) == [0, 1, 2]


def test_half_an_effect_is_none(pair) -> None:
    north, south = pair

    def dies(uow, office, arrived):
        act(uow, office, arrived)
        raise RuntimeError("killed")

    north.tell(SOUTH, number=0)
    deliver(north)
    assert act_upon(south, rounds=1, handler=dies) == 0
    assert effects(south) == []
    later(south, minutes=5)
    assert act_upon(south) == 1
    assert effects(south) == [0]


def test_a_key_that_was_replaced_is_learnt_with_the_next_envelope(pair) -> None:
    north, south = pair
    old = north.office.keyring.public_key
    partners.rotate(north.office, ADMIN)
    partners.rotate(north.office, ADMIN)
    assert north.office.keyring.public_key != old
    north.tell(SOUTH, number=0)
    assert deliver(north) == 1
    known = partners.keys(south.office, ADMIN, NORTH)
    assert len(known) == 3
    assert sorted(k.valid_to is None for k in known) == [False, False, True]
    assert comparing.compare(south.office, ADMIN, south.wire, NORTH).agrees


def test_a_paused_partner_is_sent_nothing_and_believed_nothing(pair) -> None:
    north, south = pair
    pause = partners.ChangePartner(name=NORTH, state="paused")
    partners.change(south.office, ADMIN, pause)
    north.tell(SOUTH, number=0)
    assert deliver(north, rounds=1) == 0
    partners.change(south.office, ADMIN, partners.ChangePartner(name=NORTH, state="active"))
    later(north, south, minutes=5)
    assert deliver(north) == 1


def test_only_an_administrator_looks_after_partners(pair) -> None:
    north, _ = pair
    for use in (
        lambda: partners.partners(north.office, CLERK),
        lambda: partners.keys(north.office, CLERK, SOUTH),
        lambda: partners.rotate(north.office, CLERK),
        lambda: partners.revoke(north.office, CLERK, SOUTH, "x"),
        lambda: partners.trust(north.office, CLERK, SOUTH, "0" * 64),
        lambda: partners.change(north.office, CLERK, partners.ChangePartner(name=SOUTH)),
        lambda: comparing.compare(north.office, CLERK, north.wire, SOUTH),
    ):
        with pytest.raises(Forbidden):
            use()


def test_a_partner_is_added_with_what_can_be_used(pair) -> None:
    north, _ = pair
    good = partners.AddPartner(
        name="a.example", title="A", address="https://a.example", public_key="0" * 64
    )
    bad: dict[str, Any] = {"name": "A B", "title": " ", "address": "ftp://x", "public_key": "xyz"}
    for field, value in bad.items():
        with pytest.raises(InvalidInput):
            partners.add(north.office, ADMIN, replace(good, **{field: value}))
    with pytest.raises(NotFound):
        partners.trust(north.office, ADMIN, "nobody.example", "0" * 64)
    with pytest.raises(NoBridge):
        partners.own(replace(north.office, keyring=None))
