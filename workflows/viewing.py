"""Builds what the doors are told from rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from workflows.catalogue import Version
from workflows.store.records import DossierRow, StateRow, StepRow
from workflows.views import (
    DossierView,
    TimerView,
    WaitView,
    is_overdue,
    masked,
    standing_of,
    status_name,
    step_view,
)


def dossier_view(
    version: Version, row: DossierRow, state: StateRow, steps: Iterable[StepRow], now: datetime
) -> DossierView:
    """Return the dossier as it is: its open steps in the order in which they opened."""
    standing = standing_of(row)
    opened = sorted((s for s in steps if s.is_open), key=lambda s: (s.enabled_at, s.step))
    return DossierView(
        id=row.id,
        code=row.code,
        procedure=row.procedure,
        procedure_name=version.procedure.name,
        version=version.procedure.version,
        digest=row.digest,
        revision=row.revision,
        status=row.status,
        status_name=status_name(row.status),
        channel=row.channel,
        receiving_unit=row.receiving_unit,
        competent_agency=row.competent_agency,
        support_point=row.support_point,
        applicant_name=row.applicant_name,
        applicant_id=masked(row.applicant_id),
        components=row.components,
        received_at=row.received_at,
        due_at=row.due_at,
        clock_running=row.clock_running,
        overdue=is_overdue(row, now),
        supplement_rounds=row.supplement_rounds,
        resolved_at=row.resolved_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        end_element=row.end_element,
        tasks=tuple(step_view(s) for s in opened),
        timers=tuple(
            TimerView(**t | {"due_at": datetime.fromisoformat(t["due_at"])}) for t in state.timers
        ),
        waits=tuple(WaitView(**s) for s in state.subscriptions),
        finance=standing.finance,
        delivery=standing.delivery,
        sync=standing.sync(row.status),
        suspended_ground=row.suspended_ground,
        suspended_until=row.suspended_until,
    )
