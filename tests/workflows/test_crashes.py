"""A process killed inside the unit of work leaves a dossier wholly before or wholly after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import CLERK, receive, task_of
from workflows import dossiers, reviews, tasks
from workflows.office import Office
from workflows.store import POINTS
from workflows.tasks import CompleteTask

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_command_is_wholly_done_or_not_at_all(
    office: Office, migrated_url: str, point: str
) -> None:
    before = receive(office)
    task = task_of(before, "check").task
    child = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.workflows.crashing",
            migrated_url,
            point,
            before.id,
            task,
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    after = dossiers.read(office, CLERK, before.id)
    if point == "after commit":
        assert [w.element for w in after.waits] == ["wait_opinion"]
    else:
        assert after == before
    assert reviews.rebuild(office) == ()
    again = CompleteTask(dossier=before.id, task=task, facts={"ask": True}, idempotency_key="once")
    assert tasks.complete(office, CLERK, again).revision == before.revision + 1
    assert dossiers.read(office, CLERK, before.id).revision == before.revision + 1
    assert reviews.rebuild(office) == ()


def test_an_exception_at_any_point_before_the_commit_undoes_everything(office: Office) -> None:
    before = receive(office)
    command = CompleteTask(dossier=before.id, task=task_of(before, "check").task)
    for point in POINTS[:3]:

        def fail(reached: str, point: str = point) -> None:
            if reached == point:
                raise RuntimeError(point)

        office.store._at_point = fail
        with pytest.raises(RuntimeError):
            tasks.complete(office, CLERK, command)
        assert dossiers.read(office, CLERK, before.id) == before
    office.store._at_point = lambda _point: None
    assert reviews.rebuild(office) == ()
