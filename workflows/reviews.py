"""Reviews (rà soát): where the time goes, what is late, and whether the record adds up.

Measures come from the steps in one statement; `rebuild` throws projections away and folds the
record again, which is the proof that nothing but the record was needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from engine.law.timeliness import Timeliness, control_sheet
from engine.timing.intervals import Clocks, Interval
from engine.timing.measures import Measure, StepMeasure, step_measures
from engine.timing.measures import measure as of_sample
from workflows.catalogue import Version
from workflows.office import Office
from workflows.refolding import PROJECTED, refold
from workflows.store import UnitOfWork
from workflows.store.events import first_broken
from workflows.store.records import DossierRow
from workflows.store.searching import found_by
from workflows.store.timings import Measured, MeasuredFilter
from workflows.views import DossierLine, dossier_line


@dataclass(frozen=True, kw_only=True)
class StepDurations:
    """What one element of a diagram costs in time; seconds, see `StepMeasure`."""

    element: str
    name: str
    kind: str
    clock: str
    norm_minutes: int | None
    measure: StepMeasure


@dataclass(frozen=True, kw_only=True)
class ProcedureSummary:
    """How the dossiers of a procedure fared: counts, and seconds from reception to the result.

    `late` counts results that came after the due date, `overdue` open dossiers whose due date is
    over and whose clock runs: both by the control sheet, see `engine.law.timeliness`.
    """

    dossiers: int
    resolved: int
    late: int
    overdue: int
    supplemented: int
    supplement_rounds: int
    lead: Measure
    office_lead: Measure


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A projection that does not say what the record says."""

    dossier: str
    table: str
    key: str
    column: str
    stored: Any
    rebuilt: Any


def step_durations(
    office: Office,
    code: str,
    *,
    version: str = "",
    period: tuple[datetime, datetime] | None = None,
) -> tuple[StepDurations, ...]:
    """Return n, median and P90 of waiting, working and paused time of every step of a procedure.

    `version` is a digest, empty for all; `period` the moments [from, to) of reception. Steps come
    in the order of the procedure file. Raises NotFound for an unknown code.
    """
    offered = _offered(office, code, version)
    begins, ends = period or (None, None)
    wanted = MeasuredFilter(procedure=code, digest=version, received_from=begins, received_to=ends)
    rows = office.store.read(lambda uow: uow.timings.steps(wanted))
    measures = {m.element: m for m in step_measures(_interval(r) for r in rows)}
    laws = offered.procedure.steps
    elements = [*laws, *sorted(measures.keys() - laws.keys())]
    return tuple(_durations(offered, e, measures[e]) for e in elements if e in measures)


def summary(office: Office, code: str) -> ProcedureSummary:
    """Return how the dossiers of a procedure fared up to now."""
    wanted = MeasuredFilter(procedure=code)
    fates = office.store.read(lambda uow: uow.timings.fates(wanted))
    now = office.clock.now()
    done = [(f, f.resolved_at) for f in fates if f.resolved_at is not None]
    open_ones = [f for f in fates if f.resolved_at is None and f.clock_running]
    calendar = office.catalogue.calendar
    return ProcedureSummary(
        dossiers=len(fates),
        resolved=len(done),
        late=sum(control_sheet(f.due_at, at, now) == Timeliness.OVERDUE for f, at in done),
        overdue=sum(control_sheet(f.due_at, None, now) == Timeliness.OVERDUE for f in open_ones),
        supplemented=sum(f.supplement_rounds > 0 for f in fates),
        supplement_rounds=sum(f.supplement_rounds for f in fates),
        lead=of_sample((at - f.received_at).total_seconds() for f, at in done),
        office_lead=of_sample(
            calendar(f.competent_agency).working_seconds(f.received_at, at) for f, at in done
        ),
    )


def overdue(
    office: Office, on: datetime | None = None, limit: int = 200
) -> tuple[DossierLine, ...]:
    """Return dossiers past their due moment at `on` (now), the longest overdue first."""
    moment = on or office.clock.now()
    rows = office.store.read(lambda uow: uow.dossiers.overdue(moment, limit))
    return tuple(dossier_line(row, moment) for row in rows)


def rebuild(office: Office, *, check: bool = True) -> tuple[Difference, ...]:
    """Fold the record of every dossier again and return where projections differ from it.

    With `check` nothing is written. Without, what the record says replaces what was stored.
    """
    found: list[Difference] = []
    for dossier in office.store.read(lambda uow: uow.dossiers.ids()):
        if check:
            found += office.store.read(partial(_compare, office=office, dossier=dossier))
        else:
            found += office.store.write(partial(_replace, office=office, dossier=dossier))
    return tuple(found)


def _offered(office: Office, code: str, version: str) -> Version:
    if version:
        return office.catalogue.at(version)
    return office.catalogue.latest(code)


def _durations(version: Version, element: str, measure: StepMeasure) -> StepDurations:
    law = version.procedure.steps.get(element)
    drawn = version.definition.elements.get(element)
    return StepDurations(
        element=element,
        name=drawn.name if drawn is not None else element,
        kind=drawn.kind if drawn is not None else "",
        clock=law.clock.value if law is not None else "agency",
        norm_minutes=law.norm_minutes if law is not None else None,
        measure=measure,
    )


def _interval(row: Measured) -> Interval:
    return Interval(
        step="",
        element=row.element,
        enabled_at=row.enabled_at,
        assigned_at=None,
        started_at=None,
        closed_at=row.closed_at,
        withdrawn=row.state == "withdrawn",
        wall=_clocks(row, "waiting_seconds", "working_seconds", "paused_seconds"),
        office=_clocks(
            row, "waiting_office_seconds", "working_office_seconds", "paused_office_seconds"
        ),
    )


def _clocks(row: Measured, waiting: str, working: str, paused: str) -> Clocks:
    return Clocks(
        waiting=getattr(row, waiting) or 0.0,
        working=getattr(row, working) or 0.0,
        paused={row.clock: getattr(row, paused) or 0.0},
    )


def _compare(uow: UnitOfWork, office: Office, dossier: str) -> list[Difference]:
    row, _ = uow.dossiers.get(dossier)
    record = uow.events.of_dossier(dossier)
    broken = first_broken(record)
    if broken is not None or not record:
        place = str(broken or 1)
        return [_difference(dossier, "event", place, "hash", "stored", "broken chain")]
    rebuilt = refold(office, row, record)
    stored_steps = {s.step: s for s in uow.steps.of_dossier(dossier)}
    referrals = {r.id: r for r in uow.referrals.of_dossier(dossier)}
    rounds = {s.round: s for s in uow.supplements.of_dossier(dossier)}
    kept = {k.id: k for k in uow.referrals.kept_of(dossier)}
    return [
        *_columns(dossier, "dossier", row.code, _some(row), _some(rebuilt.dossier)),
        *_rows(dossier, "step", stored_steps, rebuilt.steps),
        *_rows(dossier, "referral", referrals, rebuilt.referrals),
        *_rows(dossier, "kept_answer", kept, rebuilt.kept),
        *_rows(dossier, "supplement", rounds, rebuilt.rounds),
        *_words(uow, row),
    ]


def _replace(uow: UnitOfWork, office: Office, dossier: str) -> list[Difference]:
    row, _ = uow.dossiers.lock(dossier)
    found = _compare(uow, office, dossier)
    if found and all(d.table != "event" for d in found):
        rebuilt = refold(office, row, uow.events.of_dossier(dossier))
        uow.dossiers.save(rebuilt.dossier)
        uow.steps.restore(dossier, list(rebuilt.steps.values()))
        uow.referrals.restore(dossier, list(rebuilt.referrals.values()))
        uow.referrals.restore_kept(dossier, list(rebuilt.kept.values()))
        uow.supplements.restore(dossier, list(rebuilt.rounds.values()))
        uow.searching.index(row, found_by(row), is_new=False)
    return found


def _words(uow: UnitOfWork, row: DossierRow) -> Iterable[Difference]:
    """Yield a difference when a dossier is not found by what it is called."""
    stored, wanted = sorted(uow.searching.words_of(row.id)), sorted(found_by(row))
    if stored != wanted:
        yield _difference(row.id, "search_word", row.code, "word", stored, wanted)


def _some(row: DossierRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PROJECTED}


def _rows(
    dossier: str, table: str, stored: Mapping[Any, Any], rebuilt: Mapping[Any, Any]
) -> Iterable[Difference]:
    for key in sorted(stored.keys() | rebuilt.keys()):
        if key not in stored or key not in rebuilt:
            here, there = key in stored, key in rebuilt
            yield _difference(dossier, table, str(key), "(row)", here, there)
        else:
            yield from _columns(dossier, table, str(key), asdict(stored[key]), asdict(rebuilt[key]))


def _columns(
    dossier: str, table: str, key: str, stored: Mapping[str, Any], rebuilt: Mapping[str, Any]
) -> Iterable[Difference]:
    for column, value in stored.items():
        if value != rebuilt[column]:
            yield _difference(dossier, table, key, column, value, rebuilt[column])


def _difference(
    dossier: str, table: str, key: str, column: str, stored: Any, rebuilt: Any
) -> Difference:
    return Difference(
        dossier=dossier, table=table, key=key, column=column, stored=stored, rebuilt=rebuilt
    )
