"""Exports: whole, in order, in bounded memory; nobody's name for the reviewer."""

from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta

import pytest

from tests.builders import CENTRE, CLERK, COMMUNE, LEADER, TAX, person, receive, task_of
from workflows import exporting, intake, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden
from workflows.exporting import ExportQuery
from workflows.office import Office
from workflows.tasks import CompleteTask

REVIEWER = person("reviewer", COMMUNE)
NAME = "Đặng Thị Chim Vàng"


def later(office: Office, **span) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**span))


def lines(stream) -> list[dict]:
    return [json.loads(line) for line in stream]


def busy(office: Office, dossiers: int) -> list[str]:
    ids = []
    for _ in range(dossiers):
        view = receive(office, name=NAME)
        command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, note="Chim ghi")
        tasks.complete(office, CLERK, command)
        ids.append(view.id)
        later(office, seconds=1)
    later(office, minutes=3)
    return ids


def test_every_event_leaves_once_in_the_order_of_writing(office, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 7)  # many batches
    ids = busy(office, 5)
    found = lines(exporting.events(office, LEADER, ExportQuery()))
    record = [e for i in ids for e in office.store.read(lambda u, i=i: u.events.of_dossier(i))]
    assert [(e["dossier"], e["seq"]) for e in found] == [(e.dossier_id, e.seq) for e in record]
    assert [e["hash"] for e in found] == [e.hash for e in record]
    dossiers = lines(exporting.dossiers(office, LEADER, ExportQuery()))
    assert [d["dossier"] for d in dossiers] == ids


def test_from_and_to_bound_the_time_of_writing(office: Office) -> None:
    busy(office, 2)
    middle = office.clock.now()
    second = busy(office, 2)
    late = lines(exporting.events(office, LEADER, ExportQuery(since=middle)))
    assert {e["dossier"] for e in late} == set(second)
    early = lines(exporting.events(office, LEADER, ExportQuery(until=middle)))
    everything = lines(exporting.events(office, LEADER, ExportQuery()))
    assert [*early, *late] == everything


def test_what_is_not_settled_is_left_for_the_next_export(office: Office) -> None:
    receive(office)
    assert lines(exporting.events(office, LEADER, ExportQuery())) == []
    later(office, minutes=3)
    assert lines(exporting.events(office, LEADER, ExportQuery())) != []


def test_the_reviewer_sees_no_person_and_no_words_of_theirs(office: Office) -> None:
    view = receive(office, name=NAME)
    wish = intake.WithdrawDossier(dossier=view.id, reason="Chim Vàng đổi ý")
    intake.withdraw(office, CLERK, wish)
    busy(office, 2)
    events = list(exporting.events(office, REVIEWER, ExportQuery()))
    text = b"".join([*events, *exporting.dossiers(office, REVIEWER, ExportQuery())]).decode()
    for canary in ("Chim", "Vàng", "001090001234", CLERK.person, view.code):
        assert canary not in text
    actors = {json.loads(line)["actor"] for line in events}
    assert len(actors) == 1  # the same person is the same word
    again = {e["actor"] for e in lines(exporting.events(office, REVIEWER, ExportQuery()))}
    assert actors != again  # and another word in another export


def test_an_event_field_nobody_listed_is_private_to_the_reviewer(office: Office) -> None:
    busy(office, 1)
    for event in lines(exporting.events(office, REVIEWER, ExportQuery())):
        assert set(event["data"]) <= exporting.PLAIN | {"assignee"}


def test_secrets_of_the_record_leave_for_nobody(office: Office) -> None:
    busy(office, 1)
    for event in lines(exporting.events(office, LEADER, ExportQuery())):
        assert "token" not in event["data"]


@pytest.mark.parametrize("stranger", [CLERK, person("administrator", COMMUNE), person("officer")])
def test_who_may_not_export_is_refused_before_the_first_line(office, stranger) -> None:
    with pytest.raises(Forbidden):
        exporting.events(office, stranger, ExportQuery())


def test_another_agencys_record_stays_there(office: Office) -> None:
    busy(office, 1)
    with pytest.raises(Forbidden):
        exporting.events(office, LEADER, ExportQuery(agency=TAX))
    assert lines(exporting.events(office, person("leader", TAX), ExportQuery())) == []
    assert lines(exporting.events(office, person("leader", CENTRE), ExportQuery())) != []


def test_memory_does_not_grow_with_the_export(office, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 10)

    def peak(dossiers: int) -> int:
        busy(office, dossiers)
        tracemalloc.start()
        for _ in exporting.events(office, LEADER, ExportQuery()):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)  # warm
    few, many = peak(3), peak(40)
    assert many < 2 * few
