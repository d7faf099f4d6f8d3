"""Drilling (xem đến hồ sơ): the dossiers behind a figure, the slowest first, without names.

A dossier has a pseudonym that is the same on every page; its code is told to those who may read it
anyway. Following it is a look of its own, asked and noted where the dossier is shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from engine.law.authority import Actor, Resource, allow
from engine.law.timeliness import Timeliness
from engine.timing.clocks import FiveClocks
from engine.timing.samples import both_views
from workflows.office import Office
from workflows.permitting import READ
from workflows.review.scope import Scope, seen_at, wanted
from workflows.review.timelines import Life, lives

MOST = 50
LETTERS = 8


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A dossier behind a figure; seconds. `id` and `code` are empty for who may not read it.

    `spent` is in working time: of one step, all its executions, where one was asked for.
    """

    pseudonym: str
    id: str
    code: str
    agency: str
    channel: str
    received_at: datetime
    elapsed: int
    finished: bool
    stands: Timeliness
    rounds: int
    spent: FiveClocks


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """The slowest dossiers, and of how many; none where they are too few to be shown."""

    total: int
    hidden: bool
    dossiers: tuple[Behind, ...]


def dossiers(office: Office, actor: Actor, scope: Scope, element: str = "") -> Drilled:
    """Return the dossiers that took longest, in working time, at one step or in all.

    Two statements. Raises Forbidden, NotFound or InvalidInput.
    """
    asked, at = wanted(office, actor, scope), seen_at(office, scope)
    found = office.store.read(lambda uow: lives(uow, office, asked, at))
    behind = [_behind(actor, life, element) for life in found if not element or _has(life, element)]
    behind.sort(key=lambda b: (-b.spent.total, b.pseudonym))
    hidden = len(behind) < office.catalogue.yardsticks.smallest
    return Drilled(
        total=len(behind), hidden=hidden, dossiers=() if hidden else tuple(behind[:MOST])
    )


def pseudonym(dossier: str) -> str:
    """Return what a dossier is called where its code is not told."""
    return f"HS-{hashlib.sha256(f'review/{dossier}'.encode()).hexdigest()[:LETTERS]}"


def _has(life: Life, element: str) -> bool:
    return any(run.row.element == element for run in life.runs)


def _behind(actor: Actor, life: Life, element: str) -> Behind:
    fate = life.fate
    parties = frozenset((fate.receiving_unit, fate.competent_agency))
    known = allow(actor, READ, Resource(agencies=parties)).allowed
    spent = both_views(life.spent).office
    if element:
        own = (both_views(run.spent).office for run in life.runs if run.row.element == element)
        spent = sum(own, FiveClocks())
    return Behind(
        pseudonym=pseudonym(fate.id),
        id=fate.id if known else "",
        code=fate.code if known else "",
        agency=fate.competent_agency,
        channel=fate.channel,
        received_at=fate.received_at,
        elapsed=life.elapsed,
        finished=life.finished,
        stands=life.stands,
        rounds=fate.supplement_rounds,
        spent=spent,
    )
