"""Several workers on one database, and one that is killed with fifty messages in its hands."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest

from api.sending.posting import HttpPost, networks
from tests.builders import CENTRE, office_on, person, receive
from tests.house.source import ROOT
from tests.receiving import Receiver
from workflows import background, delivering, webhooks
from workflows.clock import SimulatedClock
from workflows.delivering import Carriers
from workflows.jobs import Done
from workflows.office import Office
from workflows.store import Store
from workflows.webhooks import Subscribe

ADMIN = person("administrator", CENTRE)
CARRIERS = Carriers(post=HttpPost(allowed=networks("127.0.0.0/8")))


@pytest.fixture
def receiver():
    started = Receiver().start()
    yield started
    started.stop()


def told(receiver: Receiver) -> Counter[str]:
    """How often each message arrived."""
    return Counter(r.headers["webhook-id"] for r in receiver.requests)


def fifty(office: Office, receiver: Receiver) -> None:
    webhooks.subscribe(office, ADMIN, Subscribe(url=receiver.url, kinds=("dossier_received",)))
    for _ in range(50):
        receive(office)


@pytest.mark.slow
def test_a_worker_killed_with_fifty_messages_loses_none(database_url, receiver) -> None:
    office = office_on(Store.open(database_url))
    fifty(office, receiver)
    now = office.clock.now()
    done = subprocess.run(
        [sys.executable, "-m", "tests.workflows.working", database_url, now.isoformat(), "20"],
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == -9
    assert sum(told(receiver).values()) == 20
    assert delivering.deliver(office, CARRIERS).delivered == 0  # the dead one's lease still holds
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(now + delivering.LEASE + timedelta(seconds=1))
    while background.work_once(office, CARRIERS).busy:
        pass
    counts = told(receiver)
    assert len(counts) == 50  # all of them; as an effect once, since the id is the same
    assert sorted(counts.values()) == [1] * 49 + [2]  # twice only what was in flight
    sub = webhooks.subscriptions(office, ADMIN)[0]
    log = webhooks.deliveries(office, ADMIN, sub.id, limit=200).items
    assert {message.state for message in log} == {"done"}
    office.store.close()


def test_workers_together_deliver_each_message_once(office: Office, receiver: Receiver) -> None:
    fifty(office, receiver)
    stopping = threading.Event()
    workers = [
        threading.Thread(target=background.work, args=(office, CARRIERS, stopping))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for _ in range(200):
        if len(receiver.requests) >= 50:
            break
        stopping.wait(0.1)
    stopping.set()
    for worker in workers:
        worker.join()
    assert set(told(receiver).values()) == {1}
    assert len(told(receiver)) == 50


def test_a_round_that_fails_is_followed_by_another(office: Office, caplog) -> None:
    rounds: list[int] = []
    stopping = threading.Event()

    def also() -> None:
        rounds.append(1)
        if len(rounds) == 2:
            stopping.set()
            return
        office.clock.advance_to(office.clock.now() + background.TIDY_EVERY)  # type: ignore[attr-defined]
        raise RuntimeError("first round")

    background.work(office, Carriers(), stopping, also)
    assert len(rounds) == 2
    assert "first round" in caplog.text


def test_an_idle_round_is_not_busy(office: Office) -> None:
    found = background.work_once(office, CARRIERS)
    assert (found.busy, found.timers) == (False, Done())
