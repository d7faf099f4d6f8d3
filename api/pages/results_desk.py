"""The desk where results are handed over: what is ready, and who comes today for what is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, request, url_for

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.shell import following, show
from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE
from workflows import warnings, worklist
from workflows.warnings import WarningsQuery
from workflows.worklist import WorklistQuery

blueprint = Blueprint("result_pages", __name__)

LINES = 50


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A dossier somebody comes for: whom, what, when they were told to come."""

    address: str
    name: str
    procedure: str
    code: str
    due: str
    today: bool
    words: str = ""


@blueprint.get("/results")
@declares("task.list")
def results() -> str:
    """Show results that wait at the counter, and appointments of today that cannot be kept."""
    here, actor = office(), current_actor()
    query = WorklistQuery(
        status=int(NationalStatus.RESOLVED),
        q=request.args.get("q", ""),
        order="due",
        cursor=request.args.get("cursor", ""),
        limit=LINES,
    )
    found = worklist.worklist(here, actor, query)
    today = here.clock.now().astimezone(ZONE).date()
    ready = [
        Expected(
            address=url_for("dossier_pages.show_dossier", dossier=line.dossier),
            name=line.applicant_name,
            procedure=line.procedure_name,
            code=line.dossier_code,
            due=moment(line.due_at),
            today=_by(line.due_at, today),
        )
        for line in found.items
    ]
    return show(
        "staff/results.html",
        section="results",
        actor=actor,
        query=query,
        ready=ready,
        not_ready=[] if query.q or query.cursor else _not_ready(today),
        following=following(found),
    )


def _not_ready(today: date) -> list[Expected]:
    """Return whom the agency told to come by today without a result being there."""
    here = office()
    found = warnings.list_warnings(here, current_actor(), WarningsQuery(limit=LINES))
    return [
        Expected(
            address=url_for("dossier_pages.show_dossier", dossier=line.dossier.id),
            name=line.dossier.applicant_name,
            procedure=here.catalogue.latest(line.dossier.procedure).procedure.name,
            code=line.dossier.code,
            due=moment(line.due_at),
            today=True,
            words=line.about_name,
        )
        for line in found.items
        if _by(line.due_at, today)
    ]


def _by(due: datetime | None, today: date) -> bool:
    return due is not None and due.astimezone(ZONE).date() <= today
