"""Scores and bands: an index with its numerator and denominator, a unit with its band.

Decision 766/QĐ-TTg gives full points from a threshold on and points in proportion below it, with
two decimals. Weights, thresholds and bands (tốt, khá, trung bình, yếu) are configuration: sources
differ. Pure. Not for what is counted: the measures and reports give the two numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import Rejected

HUNDRED = 100


class ScoresInvalid(Rejected):
    """A table of indices or bands cannot be used."""

    code = "scores_invalid"


@dataclass(frozen=True, kw_only=True)
class Index:
    """One index (chỉ số): its points, and the rate from which on all of them are given."""

    id: str
    name: str
    points: Fraction
    threshold: Fraction = Fraction(1)
    definition: str = ""
    source: str = ""
    sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Scored:
    """An index of a unit: both numbers, the rate, the points; None where nothing was counted."""

    index: Index
    numerator: int
    denominator: int

    @property
    def rate(self) -> Fraction | None:
        """Return the share, None for a denominator of nothing."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def points(self) -> Fraction | None:
        """Return the points with two decimals: all from the threshold on, else in proportion."""
        rate = self.rate
        if rate is None:
            return None
        share = min(Fraction(1), rate / self.index.threshold)
        return Fraction(_half_up(share * self.index.points * HUNDRED), HUNDRED)


@dataclass(frozen=True, kw_only=True)
class Band:
    """A band (xếp loại): from this share of the points a unit could reach, in percent."""

    name: str
    from_percent: Fraction


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A unit on the scoreboard; `percent` is of the points that could be reached, None for none."""

    unit: str
    scored: tuple[Scored, ...]
    points: Fraction
    reachable: Fraction
    band: str

    @property
    def percent(self) -> Fraction | None:
        """Return the points in percent of those that could be reached."""
        return self.points * HUNDRED / self.reachable if self.reachable else None


def scoreboard(
    units: Mapping[str, Iterable[Scored]], bands: Sequence[Band]
) -> tuple[Standing, ...]:
    """Return the units, the best first, equals by name; what was not counted takes no points away.

    Raises ScoresInvalid for bands that do not fall from above to zero.
    """
    check_bands(bands)
    found = [_standing(unit, tuple(scored), bands) for unit, scored in units.items()]
    return tuple(sorted(found, key=lambda s: (-(s.percent or 0), s.unit)))


def check_bands(bands: Sequence[Band]) -> None:
    """Raise ScoresInvalid unless the bands fall strictly and the last one begins at zero."""
    starts = [band.from_percent for band in bands]
    if not starts or starts[-1] != 0 or starts != sorted(set(starts), reverse=True):
        message = "Các mức xếp loại phải giảm dần và mức cuối bắt đầu từ 0; hãy sửa bảng xếp loại."
        raise ScoresInvalid(message)


def _standing(unit: str, scored: tuple[Scored, ...], bands: Sequence[Band]) -> Standing:
    counted = [(s.points, s.index.points) for s in scored if s.points is not None]
    points = sum((p for p, _ in counted), Fraction(0))
    reachable = sum((most for _, most in counted), Fraction(0))
    percent = points * HUNDRED / reachable if reachable else None
    band = ""
    if percent is not None:
        band = next(b.name for b in bands if percent >= b.from_percent)
    return Standing(unit=unit, scored=scored, points=points, reachable=reachable, band=band)


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
