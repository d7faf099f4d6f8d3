"""Agencies as the file says them: when they exist, who follows them, what is in force there."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.pages.admin.people import in_force
from api.pages.admin.shared import admin_page
from engine.law.authority import allow
from workflows import people, reference
from workflows.people import PersonView, PostView
from workflows.permitting import LIST_PEOPLE, governed
from workflows.reference import AgencyQuery

blueprint = Blueprint("admin_agencies", __name__)

LEVELS = {
    "province": "cấp tỉnh",
    "commune": "cấp xã",
    "district": "cấp huyện (trước 01/7/2025)",
    "ministry": "cấp bộ",
}


@blueprint.get("/admin/agencies")
@declares("reference.read")
def agencies() -> str:
    """List the agencies, found without marks."""
    level = request.args.get("level", "")
    asked = AgencyQuery(
        q=request.args.get("q", "")[:100],
        level=level if level in LEVELS else "",
        today_only=request.args.get("all") != "yes",
    )
    found = reference.list_agencies(office(), current_actor(), asked)
    return admin_page(
        "agencies.html", "agencies", asked=asked, agencies=found, levels=LEVELS,
        of_file=office().catalogue.agencies.version,
    )  # fmt: skip


@blueprint.get("/admin/agencies/<string:agency>", endpoint="agency")
@declares("reference.read")
def agency_page(agency: str) -> str:
    """Show an agency, and its people to who looks after them."""
    here, actor = office(), current_actor()
    view = reference.read_agency(here, actor, agency)
    resource = governed(here.catalogue.agencies, agency)
    may = allow(actor, LIST_PEOPLE, resource).allowed
    staff = people.list_people(here, actor, agency) if may else ()
    now = here.clock.now()
    return admin_page(
        "agency.html",
        "agencies",
        view=view,
        it=view.agency,
        levels=LEVELS,
        may=may,
        staff=[(p, posts) for p in staff if (posts := _here(p, agency, now))],
        this_year=now.year,
    )


def _here(person: PersonView, code: str, now: datetime) -> tuple[PostView, ...]:
    """Return the posts a person holds now at this very agency."""
    held = in_force(person.posts, now)
    return tuple(post for post in held if post.agency == code)
