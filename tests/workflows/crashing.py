"""A process that completes one step and is killed at a named point: run by test_crashes."""

from __future__ import annotations

import os
import signal
import sys

from tests.builders import CLERK, office_on
from workflows import tasks
from workflows.store import Store
from workflows.tasks import CompleteTask


def main(url: str, point: str, dossier: str, task: str) -> None:
    """Complete the step with the key `once` and die at the point, as by a power cut."""

    def die(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    office = office_on(Store.open(url))
    deadly = Store.open(url, at_point=die)
    command = CompleteTask(dossier=dossier, task=task, facts={"ask": True}, idempotency_key="once")
    tasks.complete(type(office)(deadly, office.catalogue, office.clock, office.ids), CLERK, command)


if __name__ == "__main__":
    main(*sys.argv[1:])
