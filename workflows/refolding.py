"""The record of a dossier folded anew into everything projected from it: the proof, and the past.

Whole, it must give what is stored (`reviews.rebuild`); up to a moment, it gives how the dossier
stood then (`reports`). Writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from workflows.office import Office
from workflows.projecting import fold_steps, happened_of, new_rounds, rounds_taken
from workflows.stamping import fold_kept, fold_referrals
from workflows.standing import fold_dossier, measured_seconds, with_deadline
from workflows.store.records import (
    DossierRow,
    EventRow,
    KeptAnswerRow,
    ReferralRow,
    StepRow,
    SupplementRow,
)
from workflows.timekeeping import with_spent

PROJECTED = (
    "status",
    "outcome",
    "end_element",
    "supplement_rounds",
    "due_at",
    "clock_running",
    "resolved_at",
    "ended_at",
    "last_seq",
    "last_hash",
    "finance",
    "delivery",
    "reported_status",
    "report_accepted",
    "escalated_to",
    "escalated_at",
    "suspended_at",
    "suspended_until",
    "suspended_ground",
    "signed_off_at",
    "released_at",
    "release_number",
    "priority",
    "early_answers",
    "spent",
)


@dataclass(frozen=True, kw_only=True)
class Refolded:
    """The projections of one dossier as the record alone gives them."""

    dossier: DossierRow
    steps: dict[str, StepRow]
    referrals: dict[str, ReferralRow]
    rounds: dict[int, SupplementRow]
    kept: dict[str, KeptAnswerRow]


def refold(office: Office, row: DossierRow, record: list[EventRow]) -> Refolded:
    """Return what the record, or the beginning of it, makes of a dossier.

    `row` gives what no event changes: who, where, under which law. Of no event nothing follows:
    raises IndexError for an empty record.
    """
    version = office.catalogue.at(row.digest)
    procedure, calendar = version.procedure, office.catalogue.calendar(row.competent_agency)
    happened = happened_of(record)
    events = [h.event for h in happened]

    def measure(step: StepRow, own: Any) -> dict[str, Any]:
        agency = step.agency or row.competent_agency
        return measured_seconds(step, own, office.catalogue.calendar(agency))

    steps = fold_steps(row.id, {}, happened, measure)
    dossier = fold_dossier(_blank(row, record[-1]), procedure, events, steps.values())
    taken = rounds_taken(events)
    return Refolded(
        dossier=with_spent(
            with_deadline(dossier, procedure, events, calendar),
            procedure,
            steps.values(),
            calendar,
        ),
        steps=steps,
        referrals=fold_referrals(row.id, {}, happened, procedure, calendar),
        kept=fold_kept(row.id, {}, happened),
        rounds={
            r.round: replace(r, **taken.get(r.round, {})) for r in new_rounds(row.id, happened)
        },
    )


def _blank(row: DossierRow, last: EventRow) -> DossierRow:
    return replace(
        row,
        status=1,
        outcome="",
        end_element="",
        supplement_rounds=0,
        resolved_at=None,
        ended_at=None,
        last_seq=last.seq,
        last_hash=last.hash,
        finance="none",
        delivery="none",
        reported_status=0,
        report_accepted=True,
        escalated_to="",
        escalated_at=None,
        priority=0,
        early_answers=0,
        spent=None,
        suspended_at=None,
        suspended_until=None,
        suspended_ground="",
        signed_off_at=None,
        released_at=None,
        release_number="",
    )
