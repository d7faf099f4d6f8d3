"""Pages for people: what to try, one page per procedure, the reference of the API.

Server-rendered; only the diagram and the reference need JavaScript. They show no dossier and no
person, so they need no login.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from api.auth import PUBLIC, declares, office
from api.pages import (
    account,
    acting,
    admin,
    attachments,
    catalogue,
    citizen,
    cost,
    dossiers,
    identity,
    kept_views,
    letters,
    lists,
    lookup,
    plans,
    receive,
    referrals,
    report,
    results_desk,
    review,
    showing,
    signing_in,
    steps,
    substitutions,
    unit,
    work,
)

blueprint = Blueprint("pages", __name__)

ROOMS = (
    account,
    acting,
    attachments,
    catalogue,
    cost,
    dossiers,
    identity,
    kept_views,
    letters,
    lists,
    lookup,
    plans,
    receive,
    referrals,
    report,
    results_desk,
    review,
    signing_in,
    steps,
    substitutions,
    unit,
    work,
    *admin.ROOMS,
)


@blueprint.get("/")
@declares(PUBLIC)
def home() -> str:
    """Say what to try, and list the procedures."""
    cards = [showing.card(office(), version) for version in office().catalogue.procedures()]
    host = request.host_url.rstrip("/")
    return _page("home.html", section="home", procedures=cards, host=host)


@blueprint.get("/procedures/<string:code>")
@declares(PUBLIC)
def procedure(code: str) -> str:
    """Show a procedure: its diagram, where the time went, what the law says."""
    return _page("procedure.html", section="home", p=showing.procedure_page(office(), code))


@blueprint.get("/procedures/<string:code>/diagram.bpmn")
@declares(PUBLIC)
def diagram(code: str) -> Response:
    """Hand out the diagram as it is run."""
    version = showing.version_of(office(), code)
    response = Response(version.bpmn_bytes, mimetype="application/xml")
    response.set_etag(version.digest)
    response.make_conditional(request)
    return response


@blueprint.get("/api")
@declares(PUBLIC)
def api_reference() -> str:
    """Show the reference of the API."""
    return _page("api.html", section="api")


def register(app: Flask) -> None:
    """Add the pages to the application."""
    citizen.register(app)
    app.register_blueprint(blueprint)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)


def _page(template: str, **values: Any) -> str:
    config = current_app.config
    values |= {"version": config["PROGRAM_VERSION"], "demo": config.get("DEMO", "")}
    return render_template(template, **values)
