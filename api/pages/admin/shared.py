"""What the administrator's pages share: their words, and the choices of their forms."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import request

from api.auth import current_actor, office
from api.formatting import day_of, moment
from api.pages.shell import ROLE_NAMES, agency_name, show
from engine.law.working_time import ZONE
from workflows.errors import InvalidInput
from workflows.permitting import POST_ROLES
from workflows.roster_files import read_day


def admin_page(template: str, section: str, **values: Any) -> str:
    """Render a page of the administrator."""
    return show(
        f"admin/{template}",
        section=section,
        actor=current_actor(),
        moment=moment,
        day_of=day_of,
        agency_name=agency_name,
        role_names=ROLE_NAMES,
        now=office().clock.now(),
        **values,
    )


def choice_of_agencies() -> tuple[tuple[str, str], ...]:
    """Return code and words of the agencies the caller looks after, those of today alone."""
    agencies = office().catalogue.agencies
    today = office().clock.now().astimezone(ZONE).date()
    mine = map(agencies.get, agencies.below(current_actor().agency))
    return tuple(
        (a.code, f"{a.short_name or a.name} ({a.code})") for a in mine if a.is_valid(today)
    )


def choice_of_roles() -> tuple[tuple[str, str], ...]:
    """Return code and words of every role a post may be."""
    return tuple((role, ROLE_NAMES[role]) for role in POST_ROLES)


def day_typed(name: str) -> datetime | None:
    """Return the beginning of the day typed in a field, None for none; raises InvalidInput."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise InvalidInput(name, "hãy điền ngày, ví dụ 01/07/2026")
    return datetime.combine(day, time(), ZONE)
