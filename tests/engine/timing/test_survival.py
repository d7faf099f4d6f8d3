"""The estimate with open dossiers in it, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.timing.survival import Lasted, survival


def lives(*seconds: float) -> list[Lasted]:
    """Return dossiers; a negative number has lasted so long and is not finished."""
    return [Lasted(seconds=abs(s), finished=s > 0) for s in seconds]


def test_the_share_still_open_is_the_product_of_what_each_moment_leaves():
    # six dossiers: 2 ends of 6 at risk, then one leaves unseen, 1 of 3, 1 of 2, the last is open
    curve = survival(lives(1, 1, -2, 3, 4, -9))
    assert [(p.seconds, p.at_risk, p.still_open) for p in curve.points] == [
        (1, 6, Fraction(4, 6)),
        (3, 3, Fraction(4, 6) * Fraction(2, 3)),
        (4, 2, Fraction(4, 6) * Fraction(2, 3) * Fraction(1, 2)),
    ]
    assert (curve.finished, curve.censored) == (4, 2)


def test_the_median_is_the_first_moment_at_which_half_is_done():
    curve = survival(lives(1, 1, -2, 3, 4, -9))
    assert curve.quantile(Fraction(1, 2)) == 3  # 4/9 still open
    assert curve.quantile(Fraction(9, 10)) is None  # 2/9 are never seen to end


def test_leaving_the_open_ones_out_would_look_faster():
    known, all_of_them = survival(lives(1, 2, 3)), survival(lives(1, 2, 3, -5, -5, -5))
    assert known.quantile(Fraction(1, 2)) == 2
    assert all_of_them.quantile(Fraction(1, 2)) == 3


def test_one_who_leaves_at_the_same_moment_was_still_at_risk():
    assert survival(lives(2, -2)).points[0].at_risk == 2


def test_before_the_first_end_everything_is_open():
    curve = survival(lives(3))
    assert [curve.open_after(2), curve.open_after(3)] == [1, 0]
    assert survival([]).points == ()


@given(st.lists(st.integers(1, 50), min_size=1))
def test_without_open_dossiers_it_is_the_plain_share(seconds):
    curve = survival(Lasted(seconds=s, finished=True) for s in seconds)
    for point in curve.points:
        later = sum(s > point.seconds for s in seconds)
        assert point.still_open == Fraction(later, len(seconds))
