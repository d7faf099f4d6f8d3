"""Scoreboard (bảng xếp loại): the units below an agency by their indices, with the arithmetic.

Which indices, their points and thresholds, and the bands are configuration with a source
(`bpmn/shared/review.toml`). Units, never officials. Not for reports of a period: `reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.law.authority import Actor
from engine.law.provisions import Channel
from engine.timing.scores import Scored, Standing, scoreboard
from workflows.office import Office
from workflows.review.scope import Scope, seen_at, wanted
from workflows.review.timelines import Life, short_lives

COUNTS: Mapping[str, Callable[[Life], bool]] = {
    "on_time": lambda life: not life.late,
    "online": lambda life: life.fate.channel == Channel.ONLINE.value,
    "first_time": lambda life: life.fate.supplement_rounds == 0,
}


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The units in their order, and how many are not shown because too few dossiers stand there."""

    standings: tuple[Standing, ...]
    hidden: int


def scores(office: Office, actor: Actor, scope: Scope) -> Scores:
    """Return the units that settle dossiers, the best first, in one statement.

    Every dossier received counts, open ones too. Raises Forbidden, NotFound or InvalidInput.
    """
    asked, at = wanted(office, actor, scope), seen_at(office, scope)
    units: dict[str, list[Life]] = {}
    for life in office.store.read(lambda uow: short_lives(uow, office, asked, at)):
        units.setdefault(life.fate.competent_agency, []).append(life)
    yard = office.catalogue.yardsticks
    shown = {unit: found for unit, found in units.items() if len(found) >= yard.smallest}
    scored = {unit: _scored(office, found) for unit, found in shown.items()}
    return Scores(standings=scoreboard(scored, yard.bands), hidden=len(units) - len(shown))


def _scored(office: Office, found: Sequence[Life]) -> list[Scored]:
    return [
        Scored(
            index=index,
            numerator=sum(COUNTS[index.id](life) for life in found),
            denominator=len(found),
        )
        for index in office.catalogue.yardsticks.indices
    ]
