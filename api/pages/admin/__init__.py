"""Pages of the administrator: people, what the law's files say, what the program does by itself.

They do nothing that is not an ordinary command, and show no dossier.
"""

from __future__ import annotations

from api.pages.admin import (
    agencies,
    calendars,
    forms,
    health,
    home,
    jobs,
    partners,
    people,
    person,
    rosters,
    tokens,
)

ROOMS = (
    home, agencies, people, person, rosters, calendars, forms, tokens, partners, jobs, health,
)  # fmt: skip
