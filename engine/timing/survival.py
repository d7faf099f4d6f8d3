"""Open dossiers as censored: how long it takes, when some have not finished yet (Kaplan-Meier).

Leaving open dossiers out makes a slow procedure look fast: only the quick ones have finished. The
estimator counts them as having lasted at least so long. Pure, exact fractions. Source: E. L.
Kaplan, P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Lasted:
    """How long a dossier took, or has taken so far when it is not finished."""

    seconds: float
    finished: bool


@dataclass(frozen=True, kw_only=True)
class Point:
    """After so many seconds this share is still open; `at_risk` were open just before."""

    seconds: float
    still_open: Fraction
    at_risk: int
    finished: int


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The estimate: its points in order of time, and how many rest on each side."""

    points: tuple[Point, ...]
    finished: int
    censored: int

    def quantile(self, q: Fraction) -> float | None:
        """Return the first moment by which a share q has finished, None where it never is seen."""
        left = 1 - q
        return next((p.seconds for p in self.points if p.still_open <= left), None)

    def open_after(self, seconds: float) -> Fraction:
        """Return the share still open after so many seconds."""
        passed = [p.still_open for p in self.points if p.seconds <= seconds]
        return passed[-1] if passed else Fraction(1)


def survival(lives: Iterable[Lasted]) -> Curve:
    """Return the Kaplan-Meier estimate; one who is open at a moment is at risk at that moment."""
    finished: Counter[float] = Counter()
    censored: Counter[float] = Counter()
    for life in lives:
        (finished if life.finished else censored)[life.seconds] += 1
    at_risk = finished.total() + censored.total()
    share, points = Fraction(1), []
    for seconds in sorted(finished.keys() | censored.keys()):
        ended = finished[seconds]
        if ended:
            share *= Fraction(at_risk - ended, at_risk)
            points.append(Point(seconds=seconds, still_open=share, at_risk=at_risk, finished=ended))
        at_risk -= ended + censored[seconds]
    return Curve(points=tuple(points), finished=finished.total(), censored=censored.total())
