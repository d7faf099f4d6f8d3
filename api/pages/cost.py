"""What a procedure costs those who follow it, as a page: line by line, before and after."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.pages.shell import show
from api.pages.tabular import shown
from engine.law.working_time import ZONE
from engine.timing.cost import Subject
from workflows.errors import InvalidInput
from workflows.review import costing
from workflows.review.costing import SUBJECTS, CostQuery, TooFewDossiers

blueprint = Blueprint("cost_pages", __name__)


@blueprint.get("/review/<string:code>/cost")
@declares("review.read")
def cost(code: str) -> str:
    """Show the compliance cost of a procedure in a year, this one unless another is asked for."""
    here, actor = office(), current_actor()
    query = _query(code, here.clock.now().astimezone(ZONE).year)
    version = here.catalogue.latest(code)
    papers = {c.id: c.name for c in version.procedure.components}
    tasks = here.catalogue.tables.tasks_of(version.folder, version.procedure.components)
    found, few = None, ""
    try:
        found = costing.cost(here, actor, query)
    except TooFewDossiers as fault:
        few = fault.message
    given = [(k, v) for k, vs in request.args.lists() for v in vs if v and k in ASKED]
    address = urlencode([*(g for g in given if g[0] != "year"), ("year", query.year)])
    return show(
        "staff/cost.html",
        section="review",
        actor=actor,
        code=code,
        name=version.procedure.name,
        asked=query,
        subjects=[(s.value, label) for s, label in SUBJECTS.items()],
        papers=[(t.component, papers[t.component]) for t in tasks if t.component],
        tables=[shown(sheet) for sheet in costing.as_sheets(found)] if found else [],
        found=found,
        few=few,
        files=[(e, f"/api/v1/review/{code}/cost.{e}?{address}") for e in ("xlsx", "pdf")],
    )


ASKED = frozenset({"year", "before", "subject", "agency", "drop_component", "drop_task"})


def _query(code: str, this_year: int) -> CostQuery:
    said = request.args
    try:
        return CostQuery(
            code=code,
            year=int(said.get("year") or this_year),
            agency=said.get("agency", ""),
            subject=Subject(said.get("subject") or Subject.INDIVIDUAL),
            before=int(said["before"]) if said.get("before") else None,
            drop_components=tuple(filter(None, said.getlist("drop_component"))),
            drop_tasks=tuple(filter(None, said.getlist("drop_task"))),
        )
    except ValueError:
        raise InvalidInput("year", "hãy ghi năm bốn chữ số và chọn đối tượng") from None
