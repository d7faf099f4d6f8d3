"""What the administrator's pages share: their words for moments, people and agencies."""

from __future__ import annotations

from typing import Any

from api.auth import current_actor, office
from api.formatting import day_of, moment
from api.pages.shell import ROLE_NAMES, agency_name, show


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
