"""The head's overview: who has what, what is late, what will be."""

from __future__ import annotations

from flask import Blueprint

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.shell import ROLE_NAMES, show
from api.pages.work import time_left
from workflows import worklist
from workflows.naming import names_of
from workflows.worklist import WorklistQuery

blueprint = Blueprint("unit_pages", __name__)

LATE_SHOWN = 20


@blueprint.get("/unit")
@declares("task.list")
def unit() -> str:
    """Show how the work of an agency is spread, and what is nearest to its date."""
    here, actor = office(), current_actor()
    counts = worklist.counts(here, actor, WorklistQuery())
    load = worklist.workload(here, actor)
    near = worklist.worklist(here, actor, WorklistQuery(order="due", limit=LATE_SHOWN))
    most = max((w.open for w in load), default=1)
    return show(
        "staff/unit.html",
        section="unit",
        actor=actor,
        counts=counts,
        load=[(w, ROLE_NAMES.get(w.role, w.role), round(100 * w.open / most)) for w in load],
        near=[(line, *time_left(line)) for line in near.items],
        people=names_of(
            office(), [*(w.holder for w in load), *(i.step.assignee for i in near.items)]
        ),
        moment=moment,
    )
