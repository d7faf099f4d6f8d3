"""People by name, not by code: whose names a page needs, and who could take a step.

Names are shown to colleagues who may see the dossier or the list they stand in; nothing else of a
person leaves through here.
"""

from __future__ import annotations

from collections.abc import Iterable

from api.auth import office
from workflows.store import UnitOfWork


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of people by code; a code nobody has is left out."""
    wanted = sorted({code for code in codes if code})
    found = office().store.read(lambda uow: [uow.accounts.person(code) for code in wanted])
    return {row.code: row.name for row in found if row is not None}


def colleagues(agency: str, role: str, *, but: str = "") -> tuple[tuple[str, str], ...]:
    """Return code and name of who holds a role at an agency now, without one of them."""
    now = office().clock.now()

    def holds(uow: UnitOfWork, code: str) -> bool:
        return any(p.agency == agency and p.role == role for p in uow.posts.held_by(code, now))

    def look(uow: UnitOfWork) -> list[tuple[str, str]]:
        there = [row for row in uow.accounts.people((agency,)) if row.code != but]
        return [(row.code, row.name) for row in there if holds(uow, row.code)]

    return tuple(office().store.read(look))
