"""The log replayed on an empty database gives the same due dates, papers and statuses.

Carried over is the record, and beside it what is no record: who asks, where they live, the secret
of their receipt, and which papers came in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.errors import Rejected
from engine.law.working_time import ZONE
from engine.timing.events import DossierReceived
from tests.bpmn.files import ROOT
from tests.builders import (
    CLERK,
    LEADER,
    MONDAY,
    OFFICER,
    office_on,
    receive,
    task_of,
)
from workflows import documents, intake, jobs, reviews, supplements, synchronising, tasks
from workflows.clock import SimulatedClock
from workflows.documents import WRITERS, RenderPaper, RenderRegister
from workflows.office import Office
from workflows.printing import Printer
from workflows.refolding import PROJECTED
from workflows.store import Store, UnitOfWork
from workflows.store.events import revive
from workflows.store.records import DossierRow, EventRow, StateRow
from workflows.views import DossierView

BESIDE = ("support_point", "applicant_name", "applicant_id", "applicant_phone", "components")


def go_to(office: Office, text: str) -> None:
    assert isinstance(office.clock, SimulatedClock)
    office.clock.advance_to(datetime.fromisoformat(text).replace(tzinfo=ZONE))


def complete(office: Office, view: DossierView, element: str, actor, **facts) -> DossierView:
    done = tasks.CompleteTask(dossier=view.id, task=task_of(view, element).task, facts=facts)
    return tasks.complete(office, actor, done)


def lived_through(office: Office) -> None:
    """Let six dossiers live through what happens to dossiers, each as far as it goes."""
    on_time, asked, withdrawn, late, referred, _ = (
        receive(office, name) for name in ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu")
    )
    for element, actor in (("check", CLERK), ("review", OFFICER), ("sign", LEADER)):
        on_time = complete(office, on_time, element, actor)
    complete(office, on_time, "return_result", CLERK)
    complete(office, referred, "check", CLERK, ask=True)
    ask = supplements.RequestSupplement(
        dossier=asked.id,
        task=task_of(asked, "check").task,
        components=("form",),
        reason="Tờ khai thiếu chữ ký của người nộp.",
    )
    supplements.request(office, CLERK, ask)
    go_to(office, "2026-03-04T09:00")
    supplements.take(
        office, CLERK, supplements.TakeSupplement(dossier=asked.id, components=("form",))
    )
    intake.withdraw(
        office, CLERK, intake.WithdrawDossier(dossier=withdrawn.id, reason="Không còn nhu cầu.")
    )
    told = synchronising.ReportStatus(dossier=late.id, system="DVCQG", status=2)
    synchronising.report(office, CLERK, told)
    go_to(office, "2026-03-16T09:00")
    while jobs.run_due(office).done:
        pass


def _record_of(dossier: str, uow: UnitOfWork) -> list[EventRow]:
    return uow.events.of_dossier(dossier)


def _noted_of(dossier: str, uow: UnitOfWork) -> Any:
    return uow.intakes.get(dossier)


def _steps_of(dossier: str, uow: UnitOfWork) -> Any:
    return uow.steps.of_dossier(dossier)


def rows_of(office: Office) -> list[DossierRow]:
    """Return every dossier, the first received first."""
    ids = office.store.read(lambda uow: uow.dossiers.ids())
    rows = office.store.read(lambda uow: [uow.dossiers.get(one)[0] for one in ids])
    return sorted(rows, key=lambda row: row.code)


def replayed(record: list[EventRow], beside: dict) -> DossierRow:
    """Return a dossier of which only its record is known, and what is no record."""
    received = revive(record[0])
    assert isinstance(received, DossierReceived)
    return DossierRow(
        id=record[0].dossier_id,
        code=received.code,
        digest=received.version,
        procedure=received.procedure,
        channel=received.channel,
        received_at=received.at,
        receiving_unit=received.receiving_unit,
        competent_agency=received.competent_agency,
        **beside,
    )


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Office]:
    """An office on an empty database, its clock where the first office's stands."""
    opened = Store.open(f"sqlite:///{tmp_path / 'again.db'}")
    office = office_on(opened)
    yield office
    opened.close()


def replay(first: Office, again: Office) -> None:
    """Carry the record over, as JSON, and fold it."""
    for row in rows_of(first):
        record = first.store.read(partial(_record_of, row.id))
        lines = [orjson.loads(orjson.dumps(vars(line))) for line in record]
        moments = ("at", "recorded_at")
        read = [
            EventRow(**line | {m: datetime.fromisoformat(line[m]) for m in moments})
            for line in lines
        ]
        blank = replayed(read, {name: getattr(row, name) for name in BESIDE})
        noted = first.store.read(partial(_noted_of, row.id))

        def write(uow, blank=blank, read=read, noted=noted) -> None:
            uow.dossiers.add(blank, StateRow(state=b""))
            uow.intakes.add(noted)
            uow.events.append(read)

        again.store.write(write)
    assert isinstance(again.clock, SimulatedClock)
    again.clock.advance_to(first.clock.now())
    assert reviews.rebuild(again, check=False)
    assert reviews.rebuild(again) == ()


def papers_of(office: Office, printer: Printer, code: str) -> dict[str, bytes | str]:
    """Return every paper of a dossier as bytes, or why it cannot be printed."""
    found: dict[str, bytes | str] = {}
    for form in WRITERS:
        command = RenderPaper(dossier=code, form=form)
        try:
            found[form] = documents.render_by_code(office, printer, command).content
        except Rejected as refused:
            found[form] = refused.message
    return found


def test_the_log_on_an_empty_database_gives_the_same_dates_statuses_and_papers(
    office: Office, again: Office
) -> None:
    lived_through(office)
    replay(office, again)
    before, after = rows_of(office), rows_of(again)
    assert [row.code for row in after] == [row.code for row in before]
    assert len({row.status for row in before}) >= 4
    assert [{n: getattr(r, n) for n in PROJECTED} for r in after] == [
        {n: getattr(r, n) for n in PROJECTED} for r in before
    ]
    for row in before:
        steps = [o.store.read(partial(_steps_of, row.id)) for o in (office, again)]
        assert steps[0] == steps[1]
    printer = Printer(ROOT / "shared" / "forms")
    printed = 0
    for row in before:
        made = papers_of(office, printer, row.code)
        assert papers_of(again, printer, row.code) == made
        printed += sum(isinstance(paper, bytes) for paper in made.values())
    assert printed >= 6 * 2 + 2  # a receipt and a sheet of each, a request, a stop notice
    book = RenderRegister(
        agency=CLERK.agency, first_day=MONDAY.date(), last_day=office.clock.now().date()
    )
    registers = [
        documents.render_register(o, CLERK, printer, book).content for o in (office, again)
    ]
    assert registers[0] == registers[1]


def test_a_record_that_was_cut_gives_something_else(office: Office, again: Office) -> None:
    """The comparison above can fail: without its last events a dossier stands elsewhere."""
    lived_through(office)
    row = next(r for r in rows_of(office) if r.status == 10)
    record = office.store.read(lambda uow: uow.events.of_dossier(row.id))[:-3]
    blank = replayed(record, {name: getattr(row, name) for name in BESIDE})

    def write(uow) -> None:
        uow.dossiers.add(blank, StateRow(state=b""))
        uow.events.append(record)

    again.store.write(write)
    reviews.rebuild(again, check=False)
    assert rows_of(again)[0].status != row.status
