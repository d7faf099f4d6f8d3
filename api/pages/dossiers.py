"""The page of one dossier, and its papers."""

from __future__ import annotations

from flask import Blueprint, Response

from api.auth import current_actor, declares, office
from api.handing_out import shown
from api.pages.dossier_page import dossier_page
from api.pages.shell import show
from api.rest.papers import printer
from workflows import documents, dossiers

blueprint = Blueprint("dossier_pages", __name__)

PASSED = frozenset({"step_completed", "element_passed"})


@blueprint.get("/dossiers/<string:dossier>")
@declares("dossier.read")
def show_dossier(dossier: str) -> str:
    """Show a dossier: where it is, its deadline line by line, its papers, its timeline."""
    return dossier_page(dossier)


@blueprint.get("/dossiers/<string:dossier>/place")
@declares("dossier.read")
def show_place(dossier: str) -> str:
    """Show the diagram of a dossier: where it is now, and where it has been."""
    actor, here = current_actor(), office()
    whole = dossiers.read_whole(here, actor, dossier)
    view, record = whole.view, whole.record
    drawn = here.catalogue.at(view.digest).definition.elements
    done = dict.fromkeys(e.element for e in record if e.kind in PASSED)
    now = dict.fromkeys(s.element for s in view.tasks)
    return show(
        "staff/place.html",
        section="dossiers",
        actor=actor,
        d=view,
        now=[(e, drawn[e].name or e) for e in now if e in drawn],
        passed=[(e, drawn[e].name) for e in done if e in drawn and e not in now and drawn[e].name],
    )


@blueprint.get("/dossiers/<string:dossier>/diagram.bpmn")
@declares("dossier.read")
def diagram(dossier: str) -> Response:
    """Hand out the diagram a dossier is pinned to."""
    view = dossiers.read(office(), current_actor(), dossier)
    version = office().catalogue.at(view.digest)
    return Response(version.bpmn_bytes, mimetype="application/xml")


@blueprint.get("/dossiers/<string:dossier>/papers/<string:form>.pdf")
@declares("dossier.read")
def show_paper(dossier: str, form: str) -> Response:
    """Open a paper of the dossier as PDF/A, ready to print."""
    command = documents.RenderPaper(dossier=dossier, form=form)
    made = documents.render(office(), current_actor(), printer(), command)
    return shown(made.content, made.name)
