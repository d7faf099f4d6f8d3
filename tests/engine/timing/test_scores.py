"""Points of an index and bands of a unit, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.timing.scores import Band, Index, Scored, ScoresInvalid, scoreboard

BANDS = (
    Band(name="tốt", from_percent=Fraction(80)),
    Band(name="khá", from_percent=Fraction(65)),
    Band(name="trung bình", from_percent=Fraction(50)),
    Band(name="yếu", from_percent=Fraction(0)),
)
PROGRESS = Index(id="2.1", name="Tiến độ", points=Fraction(20))
ONLINE = Index(id="3.3", name="Trực tuyến", points=Fraction(12), threshold=Fraction(1, 2))


def scored(index: Index, numerator: int, denominator: int) -> Scored:
    return Scored(index=index, numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("index", "numerator", "denominator", "points"),
    [
        (PROGRESS, 95, 100, "19"),
        (PROGRESS, 2, 3, "13.33"),  # 13.3333…
        (PROGRESS, 100, 100, "20"),
        (PROGRESS, 0, 7, "0"),
        (ONLINE, 50, 100, "12"),  # the threshold gives all
        (ONLINE, 90, 100, "12"),  # and more gives no more
        (ONLINE, 25, 100, "6"),
        (ONLINE, 1, 3, "8"),
    ],
)
def test_points_are_in_proportion_below_the_threshold(index, numerator, denominator, points):
    assert scored(index, numerator, denominator).points == Fraction(points)


def test_nothing_counted_gives_no_points_and_takes_none_away():
    empty = scored(ONLINE, 0, 0)
    assert (empty.rate, empty.points) == (None, None)
    board = scoreboard({"A": [scored(PROGRESS, 16, 20), empty]}, BANDS)
    assert [board[0].points, board[0].reachable, board[0].percent] == [16, 20, 80]


def test_units_stand_by_their_share_and_equals_by_name():
    board = scoreboard(
        {
            "C": [scored(PROGRESS, 1, 2)],
            "A": [scored(PROGRESS, 13, 20)],
            "B": [scored(PROGRESS, 13, 20)],
            "D": [scored(PROGRESS, 1, 10)],
            "E": [scored(ONLINE, 0, 0)],
        },
        BANDS,
    )
    assert [(s.unit, s.band) for s in board] == [
        ("A", "khá"),
        ("B", "khá"),
        ("C", "trung bình"),
        ("D", "yếu"),
        ("E", ""),
    ]


@pytest.mark.parametrize("starts", [(), (80, 65), (65, 80, 0), (80, 80, 0)])
def test_bands_that_do_not_fall_to_zero_are_refused(starts):
    bands = [Band(name=str(s), from_percent=Fraction(s)) for s in starts]
    with pytest.raises(ScoresInvalid):
        scoreboard({}, bands)
