"""One queue and very many people: each step goes to one of them, and none is left over."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.builders import CENTRE, CLERK, LEADER, OFFICER, office_on, person, receive, task_of
from tests.workflows.counting import statements
from workflows import tasks, worklist
from workflows.agencies import Agencies, read_agencies
from workflows.catalogue import Catalogue
from workflows.office import Office
from workflows.store import Store
from workflows.store.tables import dossier, step
from workflows.tasks import CompleteTask
from workflows.worklist import TakeNext, WorklistQuery

PEOPLE, STEPS, SMALL_QUEUE = 200, 2_000, 8
THREADS = 16  # of a server: two hundred people ask, so many are answered at once


def fill(office: Office, count: int) -> None:
    """Put so many dossiers into the clerks' queue: one received, the others copies of its rows."""
    first = receive(office)
    with office.store.engine.begin() as connection:
        own = dict(connection.execute(sa.select(dossier)).mappings().one())
        work = dict(connection.execute(sa.select(step)).mappings().one())
        ids = [str(uuid.UUID(int=number)) for number in range(1, count)]
        copies = [own | {"id": i, "code": f"{first.code}{n}"} for n, i in enumerate(ids)]
        connection.execute(dossier.insert(), copies)
        connection.execute(step.insert(), [work | {"dossier_id": i} for i in ids])


def taken_by(office: Office, people: int) -> Counter[str]:
    """Let so many people take the next step until none is left; count who got what how often."""
    lock, start = threading.Lock(), threading.Barrier(people)
    got: Counter[str] = Counter()
    served = threading.Semaphore(THREADS)

    def work(number: int) -> None:
        me = replace(CLERK, person=f"clerk{number}")
        start.wait()
        while True:
            with served:
                found = worklist.take_next(office, me, TakeNext()).dossier
            if found is None:
                return
            with lock:
                got[found.id] += 1

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(work, range(people)))  # an exception of anybody fails the test here
    return got


@pytest.mark.slow
def test_two_hundred_people_empty_a_queue_of_two_thousand(office: Office) -> None:
    fill(office, STEPS)
    got = taken_by(office, PEOPLE)
    assert (len(got), got.total()) == (STEPS, STEPS)
    with office.store.engine.connect() as connection:
        states = Counter(connection.execute(sa.select(step.c.state)).scalars())
    assert states == {"claimed": STEPS}


def test_nobody_sees_an_empty_queue_while_there_is_work_for_them(office: Office) -> None:
    fill(office, SMALL_QUEUE)
    start = threading.Barrier(SMALL_QUEUE)

    def once(number: int) -> bool:
        me = replace(CLERK, person=f"clerk{number}")
        start.wait()
        return worklist.take_next(office, me, TakeNext()).dossier is not None

    with ThreadPoolExecutor(SMALL_QUEUE) as pool:
        assert all(pool.map(once, range(SMALL_QUEUE)))


def test_work_one_may_not_do_does_not_hide_the_work_behind_it(office: Office) -> None:
    """The same hand reviewed the first thirty; the last was reviewed by somebody else."""
    for number in range(31):
        view = receive(office)
        reviewer = OFFICER if number < 30 else person("officer", name="another")
        for element, actor in (("check", CLERK), ("review", reviewer)):
            task = task_of(view, element).task
            view = tasks.complete(office, actor, CompleteTask(dossier=view.id, task=task))
    both = replace(LEADER, person=OFFICER.person)
    taken = worklist.take_next(office, both, TakeNext())
    assert taken.dossier is not None
    assert taken.dossier.id == view.id
    assert worklist.take_next(office, both, TakeNext()).dossier is None


def test_a_token_for_taking_the_next_step_alone_takes_it(office: Office) -> None:
    view = receive(office)
    narrow = replace(CLERK, permissions=frozenset({"task.next"}))
    found = worklist.take_next(office, narrow, TakeNext()).dossier
    assert found is not None
    assert found.id == view.id


def test_an_agency_may_hand_out_the_longest_waiting_first(office: Office) -> None:
    waiting, urgent = receive(office), receive(office)
    with office.store.engine.begin() as connection:
        raised = dossier.update().where(dossier.c.id == urgent.id)
        connection.execute(raised.values(priority=2))
        earlier = step.update().where(step.c.dossier_id == waiting.id)
        connection.execute(earlier.values(enabled_at=office.clock.now().replace(hour=0)))
    found = worklist.take_next(by_waiting(office), CLERK, TakeNext()).dossier
    assert found is not None
    assert found.id == waiting.id


def by_waiting(office: Office) -> Office:
    """Return the office with an agency whose clerks are handed the longest waiting step."""
    before = office.catalogue.agencies
    kept = {a.code: a for a in before}
    kept[CENTRE] = replace(kept[CENTRE], next_by={CLERK.role: "waiting"})
    agencies = Agencies(before.version, kept)
    catalogue = Catalogue(office.catalogue.procedures(), agencies, office.catalogue.calendars)
    return replace(office, catalogue=catalogue)


def test_a_rule_for_the_next_step_that_is_none_is_refused_at_load() -> None:
    table = {"code": "H55.1", "name": "A", "next_by": {"officer": "loudest"}}
    _, wrong = read_agencies({"agency": [table]})
    assert len(wrong) == 1
    assert "loudest" in wrong[0]


def test_a_worklist_reads_open_steps_alone(sqlite_url: str) -> None:
    """Were it read from all steps, it would slow down with the archive."""
    store = Store.open(sqlite_url)
    with statements(store) as sent:
        worklist.worklist(office_on(store), CLERK, WorklistQuery())
    asked = next(s for s in sent if "FROM step JOIN dossier" in s)
    values = (CLERK.agency,) + ("",) * (asked.count("?") - 1)
    with store.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values).all()
    store.close()
    assert any("ix_step_worklist" in row.detail for row in plan), plan
