"""Dossiers of the agency, found by words, and the register of those received."""

from __future__ import annotations

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.shell import agency_name, following, show
from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE
from workflows import dossiers
from workflows.dossiers import DossierQuery

blueprint = Blueprint("list_pages", __name__)

LINES = 50
STATUSES = {str(int(s)): s.label for s in NationalStatus}


@blueprint.get("/dossiers")
@declares("dossier.list")
def dossier_list() -> str:
    """Show the agency's dossiers, the latest first, or those that words find."""
    asked = request.args
    status = asked.get("status", "")
    query = DossierQuery(
        q=asked.get("q", ""),
        procedure=asked.get("procedure", ""),
        status=int(status) if status in STATUSES else None,
        overdue=True if asked.get("overdue") == "yes" else None,
        cursor=asked.get("cursor", ""),
        limit=LINES,
    )
    here, actor = office(), current_actor()
    found = dossiers.list_dossiers(here, actor, query)
    today = here.clock.now().astimezone(ZONE).date()
    return show(
        "staff/dossiers.html",
        section="dossiers",
        actor=actor,
        query=query,
        lines=found.items,
        following=following(found),
        statuses=STATUSES,
        procedures={v.procedure.code: v.procedure.name for v in here.catalogue.procedures()},
        moment=moment,
        agency_name=agency_name,
        first_day=today.replace(day=1),
        last_day=today,
    )
