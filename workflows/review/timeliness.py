"""Timeliness (đúng hạn): the two official measures, of one dossier and of a procedure.

Each is computed from the record by its own definition and shown with its name; what they mean is
`engine.law.timeliness`. Not for which dossiers to hurry up with: see `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.law.authority import Actor
from engine.law.deadlines import due
from engine.law.procedure import Procedure
from engine.law.timeliness import (
    Timeliness,
    control_sheet,
    decision_766,
    step_result,
    waited_for,
)
from engine.law.working_time import ZONE
from engine.timing.events import Event
from workflows.catalogue import Version
from workflows.errors import InvalidInput
from workflows.office import Office
from workflows.permitting import READ, part_of, permit
from workflows.review.judging import RECEIVED, by_dossier, history, in_force, judged
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow, StepRow, SupplementRow
from workflows.store.timings import Measured, MeasuredFilter


@dataclass(frozen=True, kw_only=True)
class StepTimeliness:
    """One execution of a step against its norm; `due_at` is None where it has none."""

    element: str
    name: str
    enabled_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    result: Timeliness


@dataclass(frozen=True, kw_only=True)
class DossierTimeliness:
    """How a dossier stands by both measures: `promised_at` is what was promised at reception.

    `finished_at` is when the result was there; `waited_minutes` are working minutes spent waiting
    for papers the applicant was asked for.
    """

    code: str
    promised_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    control_sheet: Timeliness
    decision_766: Timeliness
    supplement_requests: int
    waited_minutes: int
    steps: tuple[StepTimeliness, ...]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many came early, on time, overdue, or are still open within their time."""

    early: int = 0
    on_time: int = 0
    overdue: int = 0
    open: int = 0


@dataclass(frozen=True, kw_only=True)
class StepTally:
    """The executions of one step by their norm."""

    element: str
    name: str
    norm_minutes: int | None
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class ProcedureTimeliness:
    """The dossiers of a procedure by both measures, and its steps; `dossiers` is their number."""

    code: str
    name: str
    dossiers: int
    control_sheet: Tally
    decision_766: Tally
    steps: tuple[StepTally, ...]


def of_dossier(office: Office, actor: Actor, dossier: str) -> DossierTimeliness:
    """Return how a dossier stands now; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> DossierTimeliness:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        rounds = uow.supplements.of_dossier(row.id)
        begun = uow.events.concerning(row.id, kinds=RECEIVED, elements=())
        return _of_dossier(office, row, rounds, uow.steps.of_dossier(row.id), begun)

    return office.store.read(look)


def of_procedure(
    office: Office, code: str, period: tuple[date | None, date | None] = (None, None)
) -> ProcedureTimeliness:
    """Return how the dossiers fared that were received from the first to the last day, both in.

    What is not finished is judged now, or at the end of the period where that is past. Raises
    NotFound for an unknown code, InvalidInput for days the wrong way round.
    """
    version = office.catalogue.latest(code)
    begins, ends = _moments(period)
    wanted = MeasuredFilter(procedure=code, received_from=begins, received_to=ends)
    now = office.clock.now()
    as_of = min(now, ends) if ends is not None else now

    def look(uow: UnitOfWork) -> ProcedureTimeliness:
        fates = uow.timings.fates(wanted)
        rounds = by_dossier(uow.timings.rounds(wanted))
        found = [judged(office, uow, f, rounds.get(f.id, []), as_of) for f in fates]
        return ProcedureTimeliness(
            code=code,
            name=version.procedure.name,
            dossiers=len(fates),
            control_sheet=_tally(sheet for sheet, _ in found),
            decision_766=_tally(decision for _, decision in found),
            steps=_step_tallies(office, version, uow.timings.steps(wanted), as_of),
        )

    return office.store.read(look)


def _moments(period: tuple[date | None, date | None]) -> tuple[datetime | None, datetime | None]:
    first, last = period
    if first is not None and last is not None and first > last:
        raise InvalidInput("to", "ngày cuối phải không trước ngày đầu")
    begins = datetime.combine(first, time(0), ZONE) if first is not None else None
    ends = datetime.combine(last + timedelta(days=1), time(0), ZONE) if last is not None else None
    return begins, ends


def _of_dossier(
    office: Office,
    row: DossierRow,
    rounds: Sequence[SupplementRow],
    steps: Iterable[StepRow],
    begun: Sequence[Event],
) -> DossierTimeliness:
    now = office.clock.now()
    procedure = office.catalogue.at(row.digest).procedure
    calendar = office.catalogue.calendar(row.competent_agency)
    promised = due(procedure.time_limit, procedure, row.received_at, row.channel, begun, calendar)
    waited = waited_for(history(rounds, row.ended_at), now, calendar)
    return DossierTimeliness(
        code=row.code,
        promised_at=promised.due_at,
        due_at=row.due_at,
        finished_at=row.resolved_at,
        control_sheet=control_sheet(in_force(row), row.resolved_at, now),
        decision_766=decision_766(promised.due_at, row.resolved_at, waited, now, calendar),
        supplement_requests=waited.requests,
        waited_minutes=waited.seconds // 60,
        steps=tuple(
            _step(office, procedure, s, row.competent_agency) for s in steps if _worked(s.state)
        ),
    )


def _worked(state: str) -> bool:
    return state != "withdrawn"


def _step(
    office: Office, procedure: Procedure, row: StepRow | Measured, competent: str
) -> StepTimeliness:
    law = procedure.steps.get(row.element)
    norm = law.norm_minutes if law is not None and law.counted else None
    calendar = office.catalogue.calendar(row.agency or competent)
    now = office.clock.now()
    return StepTimeliness(
        element=row.element,
        name=row.name,
        enabled_at=row.enabled_at,
        closed_at=row.closed_at,
        due_at=calendar.add_minutes(row.enabled_at, norm) if norm is not None else None,
        result=step_result(row.enabled_at, norm, row.closed_at, now, calendar),
    )


def _tally(results: Iterable[Timeliness]) -> Tally:
    counted = {one.value: 0 for one in Timeliness}
    for result in results:
        counted[result.value] += 1
    return Tally(**counted)


def _step_tallies(
    office: Office, version: Version, rows: Iterable[Measured], as_of: datetime
) -> tuple[StepTally, ...]:
    """Return the steps that have a norm, in the order of the procedure file."""
    laws = version.procedure.steps
    found: dict[str, list[Timeliness]] = {}
    names: dict[str, str] = {}
    for row in rows:
        law = laws.get(row.element)
        if law is None or law.norm_minutes is None or not law.counted or not _worked(row.state):
            continue
        calendar = office.catalogue.calendar(row.agency or row.competent_agency)
        closed = row.closed_at if row.closed_at is None or row.closed_at <= as_of else None
        result = step_result(row.enabled_at, law.norm_minutes, closed, as_of, calendar)
        found.setdefault(row.element, []).append(result)
        names[row.element] = row.name
    return tuple(
        StepTally(
            element=name,
            name=names[name],
            norm_minutes=laws[name].norm_minutes,
            tally=_tally(found[name]),
        )
        for name in laws
        if name in found
    )
