"""What every page shares: who is looking, where they can go, and the values the layout needs.

Not for what a page says: each page asks its own use cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, render_template, request

from api.auth import office
from engine.law.authority import ADMINISTRATOR, ROLE_NAMES, Actor
from engine.law.provisions import Role
from workflows.errors import NotFound
from workflows.naming import names_of
from workflows.views import Page

CLERK, HEAD, LEADER = Role.ONE_STOP_CLERK.value, Role.HEAD_OF_SECTION.value, Role.LEADER.value
NOT_AT_WORK = frozenset({"administrator", "reviewer", "auditor"})


__all__ = [
    "CLERK", "ROLE_NAMES", "Looking", "Place", "agency_name", "following", "looking", "show",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the menu: its section, its words, the key that opens it."""

    section: str
    label: str
    endpoint: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Who is looking at the page, in the words of the page's head."""

    person: str
    agency: str
    role: str
    on_behalf_of: str
    places: tuple[Place, ...]


COUNTER = frozenset({CLERK})
HEADS = frozenset({HEAD, LEADER})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
OF_ADMINISTRATORS = (
    ("admin", "Tổng quan", "admin_home.home", "q"),
    ("agencies", "Cơ quan", "admin_agencies.agencies", "a"),
    ("people", "Cán bộ", "admin_people.everybody", "n"),
    ("calendars", "Lịch", "admin_calendars.calendars", "c"),
    ("forms", "Biểu mẫu", "admin_forms.form_sets", "m"),
    ("tokens", "Mã truy cập", "admin_tokens.tokens", "t"),
    ("partners", "Kết nối", "admin_partners.partners", "p"),
    ("jobs", "Việc lỗi", "admin_jobs.failed", "l"),
    ("health", "Sức khỏe", "admin_health.health", "h"),
)
# Where somebody can go: everybody at work where no roles are named.
PLACES: tuple[tuple[Place, frozenset[str] | None], ...] = (
    (Place(section="work", label="Việc", endpoint="work_pages.work", key="w"), None),
    (Place(section="receive", label="Tiếp nhận", endpoint="receive_pages.start", key="r"), COUNTER),
    (
        Place(
            section="referrals",
            label="Liên thông",
            endpoint="referral_pages.referral_list",
            key="g",
        ),
        None,
    ),
    (Place(section="dossiers", label="Hồ sơ", endpoint="list_pages.dossier_list", key="l"), None),
    (
        Place(section="results", label="Trả kết quả", endpoint="result_pages.results", key="t"),
        COUNTER,
    ),
    (Place(section="unit", label="Đơn vị", endpoint="unit_pages.unit", key="u"), HEADS),
    (
        Place(section="reports", label="Báo cáo", endpoint="report_pages.report", key="b"),
        frozenset({CLERK, HEAD, LEADER, "reviewer"}),
    ),
    (
        Place(section="review", label="Rà soát", endpoint="review_pages.overview", key="s"),
        frozenset({HEAD, LEADER, "reviewer"}),
    ),
    *(
        (Place(section=section, label=label, endpoint=endpoint, key=key), ADMINISTRATORS)
        for section, label, endpoint, key in OF_ADMINISTRATORS
    ),
)


def looking(actor: Actor) -> Looking:
    """Return what the head of a staff page says about the person who looks."""
    names = names_of(office(), (actor.person, actor.on_behalf_of))
    return Looking(
        person=names.get(actor.person, actor.person),
        on_behalf_of=names.get(actor.on_behalf_of, actor.on_behalf_of),
        agency=agency_name(actor.agency),
        role=ROLE_NAMES.get(actor.role, actor.role),
        places=tuple(_places(actor.role)),
    )


def agency_name(code: str) -> str:
    """Return the short name of an agency, its code where nothing is known of it."""
    try:
        agency = office().catalogue.agencies.get(code)
    except NotFound:
        return code
    return agency.short_name or agency.name


def show(template: str, *, section: str = "", actor: Actor | None = None, **values: Any) -> str:
    """Render a page; with an actor it has the staff's head and menu."""
    config = current_app.config
    shared = {
        "section": section,
        "version": config["PROGRAM_VERSION"],
        "demo": config.get("DEMO", ""),
        "looking": looking(actor) if actor is not None else None,
    }
    return render_template(template, **shared, **values)


def following(found: Page) -> str:
    """Return the address of the next page, empty at the end."""
    if not found.cursor:
        return ""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': found.cursor})}"


def _places(role: str) -> Iterator[Place]:
    known = current_app.view_functions
    for place, roles in PLACES:
        allowed = role in roles if roles is not None else role not in NOT_AT_WORK
        if allowed and place.endpoint in known:
            yield place
