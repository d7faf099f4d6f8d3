"""People by name, not by code: whose names a page needs, and who could take a step.

Names are shown to colleagues who may see the dossier or the list they stand in; nothing else of a
person leaves through here. Not for looking after people: see `people`.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflows.office import Office


def names_of(office: Office, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of people by code; a code nobody has is left out."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return office.store.read(lambda uow: uow.accounts.names(wanted))


def colleagues(
    office: Office, agency: str, role: str, *, but: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return code and name of who holds a role at an agency now, by name, without one of them."""
    now = office.clock.now()
    found = office.store.read(lambda uow: uow.posts.holders(agency, role, now))
    return tuple((code, name) for code, name in found if code != but)
