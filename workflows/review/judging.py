"""How a dossier stood at a moment (đúng hạn hay không), by both official measures.

What timeliness and the scoreboard share. Not for what the measures mean: `engine.law.timeliness`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.law.deadlines import due
from engine.law.timeliness import Timeliness, control_sheet, decision_766, waited_for
from engine.timing.events import Event, ProcessEnded, SupplementRequested, SupplementTaken
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow, SupplementRow
from workflows.store.timings import Fate

RECEIVED = frozenset({"dossier_received"})


def in_force(row: DossierRow | Fate) -> datetime | None:
    """Return the due moment to judge by: nobody is late while the clock stands."""
    running = row.clock_running or row.resolved_at is not None
    return row.due_at if running else None


def judged(
    office: Office,
    uow: UnitOfWork,
    fate: Fate,
    rounds: Sequence[SupplementRow],
    as_of: datetime,
) -> tuple[Timeliness, Timeliness]:
    """Return how a dossier stood at a moment, by the control sheet and by Decision 766."""
    procedure = office.catalogue.at(fate.digest).procedure
    calendar = office.catalogue.calendar(fate.competent_agency)
    # Only a chain is promised by what was known at the counter: the rest needs no record.
    begun = uow.events.concerning(fate.id, kinds=RECEIVED, elements=()) if procedure.legs else []
    limit = procedure.time_limit
    promised = due(limit, procedure, fate.received_at, fate.channel, begun, calendar).due_at
    finished = fate.resolved_at
    if finished is not None and finished > as_of:
        finished = None
    waited = waited_for(history(rounds, fate.ended_at), as_of, calendar)
    return (
        control_sheet(in_force(fate), finished, as_of),
        decision_766(promised, finished, waited, as_of, calendar),
    )


def history(rounds: Iterable[SupplementRow], ended_at: datetime | None) -> list[Event]:
    """Return what `waited_for` reads, from the rounds: the record is not read for every dossier."""
    events: list[Event] = []
    for one in rounds:
        events.append(SupplementRequested(at=one.requested_at, step="", round=one.round))
        if one.taken_at is not None:
            events.append(SupplementTaken(at=one.taken_at, round=one.round))
    if ended_at is not None:
        events.append(ProcessEnded(at=ended_at, outcome=""))
    return sorted(events, key=lambda event: event.at)


def by_dossier(rounds: Iterable[SupplementRow]) -> dict[str, list[SupplementRow]]:
    """Return the rounds by dossier."""
    found: dict[str, list[SupplementRow]] = {}
    for one in rounds:
        found.setdefault(one.dossier_id, []).append(one)
    return found
