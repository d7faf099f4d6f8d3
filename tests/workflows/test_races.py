"""Many people at the same step at the same time: one does it, the others are told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.builders import CLERK, person, receive, task_of
from workflows import dossiers, intake, tasks
from workflows.errors import Conflict
from workflows.office import Office
from workflows.tasks import ClaimTask, CompleteTask, ReleaseTask

CLIENTS = 8
TASKS = 200


def raced(pool: ThreadPoolExecutor, moves: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Start all moves at the same moment and count how they ended."""
    barrier = threading.Barrier(len(moves))

    def run(move: Callable[[], Any]) -> str:
        barrier.wait()
        try:
            move()
        except Conflict:
            return "conflict"
        except Exception as fault:  # noqa: BLE001 - any other is what this looks for
            return f"{type(fault).__name__}: {fault}"
        return "done"

    return Counter(pool.map(run, moves))


@pytest.mark.slow
def test_of_eight_people_exactly_one_completes_each_step(office: Office) -> None:
    people = [person("one_stop_clerk", CLERK.agency, f"clerk{n}") for n in range(CLIENTS)]
    total: Counter[str] = Counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(TASKS):
            view = receive(office)
            command = CompleteTask(
                dossier=view.id, task=task_of(view, "check").task, revision=view.revision
            )
            moves = [partial(tasks.complete, office, p, command) for p in people]
            ended = raced(pool, moves)
            assert ended["done"] == 1, ended
            total += ended
    assert total == {"done": TASKS, "conflict": TASKS * (CLIENTS - 1)}


def test_of_eight_people_exactly_one_takes_each_step(office: Office) -> None:
    people = [person("one_stop_clerk", CLERK.agency, f"clerk{n}") for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(10):
            view = receive(office)
            claim = ClaimTask(dossier=view.id, task=task_of(view, "check").task, revision=1)
            moves = [partial(tasks.claim, office, p, claim) for p in people]
            assert raced(pool, moves) == {"done": 1, "conflict": CLIENTS - 1}


def test_a_command_sent_eight_times_at_once_is_done_once(office: Office) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        for n in range(10):
            view = receive(office)
            command = CompleteTask(
                dossier=view.id,
                task=task_of(view, "check").task,
                revision=view.revision,
                idempotency_key=f"key{n}",
            )
            moves = [partial(tasks.complete, office, CLERK, command)] * CLIENTS
            assert raced(pool, moves) == {"done": CLIENTS}
            assert dossiers.read(office, CLERK, view.id).revision == 2


def test_a_dossier_handed_in_eight_times_at_once_is_received_once(office: Office) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        moves = [lambda: receive(office, key="same")] * CLIENTS
        assert raced(pool, moves) == {"done": CLIENTS}
    page = dossiers.list_dossiers(office, CLERK, dossiers.DossierQuery())
    assert len(page.items) == 1


def test_codes_are_unique_under_races(office: Office) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert raced(pool, [lambda: receive(office)] * CLIENTS) == {"done": CLIENTS}
    page = dossiers.list_dossiers(office, CLERK, dossiers.DossierQuery())
    numbers = sorted(int(line.code.rsplit("-", 1)[1]) for line in page.items)
    assert numbers == list(range(1, CLIENTS + 1))


def test_completing_and_withdrawing_at_once_leaves_one_of_them(office: Office) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            view = receive(office)
            step = CompleteTask(dossier=view.id, task=task_of(view, "check").task)
            wish = intake.WithdrawDossier(dossier=view.id, reason="Đổi ý")
            ended = raced(
                pool,
                [
                    partial(tasks.complete, office, CLERK, step),
                    partial(intake.withdraw, office, CLERK, wish),
                ],
            )
            assert ended["done"] in {1, 2}
            assert ended["done"] + ended["conflict"] == 2
            assert dossiers.read(office, CLERK, view.id).outcome == "withdrawn"


def test_who_reads_while_others_write_sees_one_moment(office: Office) -> None:
    view = receive(office)
    stop = threading.Event()

    def write() -> None:
        claim = ClaimTask(dossier=view.id, task=task_of(view, "check").task)
        for _ in range(30):
            tasks.claim(office, CLERK, claim)
            tasks.release(office, CLERK, ReleaseTask(dossier=view.id, task=claim.task))
        stop.set()

    def read() -> set[tuple[int, str]]:
        seen = set()
        while not stop.is_set():
            now = dossiers.read(office, CLERK, view.id)
            seen.add((now.revision % 2, task_of(now, "check").state))
        return seen

    with ThreadPoolExecutor(2) as pool:
        writer, reader = pool.submit(write), pool.submit(read)
        writer.result()
        assert reader.result() <= {(1, "open"), (0, "claimed")}
