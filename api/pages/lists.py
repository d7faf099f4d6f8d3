"""Lists of dossiers: found by words, those whose result waits to be handed over."""

from __future__ import annotations

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.shell import agency_name, following, show
from engine.law.codes import NationalStatus
from workflows import dossiers
from workflows.dossiers import DossierQuery

blueprint = Blueprint("list_pages", __name__)

LINES = 50


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
    return _page("Hồ sơ", "dossiers", query)


@blueprint.get("/results")
@declares("dossier.list")
def results() -> str:
    """Show the dossiers whose result lies at the counter."""
    query = DossierQuery(
        status=int(NationalStatus.RESOLVED),
        q=request.args.get("q", ""),
        cursor=request.args.get("cursor", ""),
        limit=LINES,
    )
    return _page("Kết quả chờ trả", "results", query)


STATUSES = {str(int(s)): s.label for s in NationalStatus}


def _page(title: str, section: str, query: DossierQuery) -> str:
    here, actor = office(), current_actor()
    found = dossiers.list_dossiers(here, actor, query)
    names = {v.procedure.code: v.procedure.name for v in here.catalogue.procedures()}
    return show(
        "staff/dossiers.html",
        section=section,
        actor=actor,
        title=title,
        query=query,
        lines=found.items,
        following=following(found),
        statuses=STATUSES if section == "dossiers" else {},
        procedures=names,
        moment=moment,
        agency_name=agency_name,
    )
