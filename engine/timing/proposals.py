"""Proposals of a review (phương án đơn giản hóa): cut, merge, parallelise, drop a paper, shorten.

NĐ 63/2010/NĐ-CP, Điều 27 to 31: a review proposes changes with reason, legal basis and benefit. The
days a change saves are computed from measured medians by the rules of `saved`; they are an
estimate, because people may work otherwise when the process is another. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What a proposal changes."""

    CUT_STEP = "cut_step"
    MERGE_STEPS = "merge_steps"
    PARALLEL_STEPS = "parallel_steps"
    DROP_PAPER = "drop_paper"
    SHORTEN_LIMIT = "shorten_limit"


FEWEST_STEPS = {Change.CUT_STEP: 1, Change.MERGE_STEPS: 2, Change.PARALLEL_STEPS: 2}


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Medians of a step in seconds of working time: waiting for hands, and in them."""

    waiting: float
    working: float

    @property
    def total(self) -> float:
        """Return both together."""
        return self.waiting + self.working


def saved(change: Change, elements: Sequence[str], spent: Mapping[str, Spent]) -> float | None:
    """Return the working seconds a change saves per dossier; None where a step is not measured.

    Cut: the steps' waiting and working time. Merge: the waiting time of all but the first, whose
    hands go on. Parallel: all but the longest. A paper or a limit by itself saves no step's time.
    """
    if change not in FEWEST_STEPS:
        return 0.0
    if any(element not in spent for element in elements):
        return None
    own = [spent[element] for element in elements]
    if change is Change.CUT_STEP:
        return sum(s.total for s in own)
    if change is Change.MERGE_STEPS:
        return sum(s.waiting for s in own[1:])
    return sum(s.total for s in own) - max(s.total for s in own)
