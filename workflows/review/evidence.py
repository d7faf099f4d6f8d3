"""What a review rests on (căn cứ rà soát): measured times and costs of a year, as plain values.

Kept with a submitted review, so that its dossier says for ever what the leader saw. Steps of fewer
than five dossiers are left out; nobody is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.law.authority import Actor
from engine.timing.cost import CostTask
from engine.timing.proposals import Change, Spent, saved
from workflows.errors import NotFound
from workflows.office import Office
from workflows.permitting import REVIEW, governed, permit
from workflows.review import costing, measuring
from workflows.review.cost_records import benefit_record, cost_record
from workflows.review.costing import CostQuery, TooFewDossiers
from workflows.review.gauging import StepFigures
from workflows.review.scope import Scope
from workflows.store.review_plans import ReviewPlanRow

DAY_SECONDS = 86_400


def evidence_of(office: Office, actor: Actor, row: ReviewPlanRow) -> dict[str, Any]:
    """Return what is measured of a procedure in the year of its plan, and what changes would save.

    Times are of dossiers received in the year, `*_s` seconds of working time, `lead_days` calendar
    days. Raises Forbidden or NotFound.
    """
    permit(actor, REVIEW, governed(office.catalogue.agencies, row.agency))
    first, last = date(row.year, 1, 1), date(row.year, 12, 31)
    scope = Scope(code=row.procedure, agency=row.agency, first=first, last=last)
    found = measuring.review(office, actor, scope)
    dropped = tuple(sorted({c for p in row.proposals for c in p["components"]}))
    procedure = office.catalogue.latest(row.procedure).procedure
    steps = [_step(s) for s in found.steps if not s.hidden]
    return {
        "as_of": office.clock.now().isoformat(),
        "dossiers": found.dossiers,
        "finished": found.finished,
        "hidden": found.hidden,
        "lead_days": None if found.lead.median is None else found.lead.median / DAY_SECONDS,
        "limit": {"amount": procedure.time_limit.amount, "unit": procedure.time_limit.unit.value},
        "legal_basis": [b.text for b in procedure.legal_basis],
        "steps": steps,
        "savings": [_saving(p, steps) for p in row.proposals],
        **_cost(office, actor, row, dropped),
    }


def _step(step: StepFigures) -> dict[str, Any]:
    waiting, working = step.office.get("waiting"), step.office.get("working")
    return {
        "element": step.element,
        "name": step.name,
        "n": step.n,
        "waiting_s": waiting.median if waiting else None,
        "working_s": working.median if working else None,
        "share_of_lead": step.share_of_lead,
        "open": step.open,
        "left_out": step.left_out,
    }


def _saving(proposal: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the working seconds a proposal saves per dossier, None where it cannot be said."""
    spent = {
        s["element"]: Spent(waiting=s["waiting_s"], working=s["working_s"])
        for s in steps
        if s["waiting_s"] is not None and s["working_s"] is not None
    }
    return saved(Change(proposal["change"]), proposal["elements"], spent)


def _cost(
    office: Office, actor: Actor, row: ReviewPlanRow, dropped: tuple[str, ...]
) -> dict[str, Any]:
    """Return the cost and what dropping papers saves; the reason where it cannot be computed."""
    brought = {c.component for c in _tasks(office, row.procedure)}
    query = CostQuery(
        code=row.procedure,
        year=row.year,
        agency=row.agency,
        drop_components=tuple(c for c in dropped if c in brought),
    )
    try:
        found = costing.cost(office, actor, query)
    except (TooFewDossiers, NotFound) as fault:
        return {"cost": None, "benefit": None, "no_cost": fault.message}
    benefit = None if found.benefit is None else benefit_record(found.benefit)
    return {"cost": cost_record(found), "benefit": benefit, "no_cost": ""}


def _tasks(office: Office, code: str) -> Sequence[CostTask]:
    version = office.catalogue.latest(code)
    return office.catalogue.tables.tasks_of(version.folder, version.procedure.components)
