"""The indices of Decision 766: each counted by hand, and what is wrong in their table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.timing.indices import (
    COUNTS,
    IndexFacts,
    mean_times,
    parse_service_indices,
    scored,
)

ONE = IndexFacts(procedure="1", received=True, settled=True, in_time=True, online=False)
FACTS = (
    replace(ONE, online=True, paid=True, paid_online=True, digitised=True, settling_seconds=60),
    replace(ONE, in_time=False, paid=True, returned=True, settling_seconds=90),
    replace(ONE, procedure="2", settled=False, paid=True, digitised=True),
    replace(ONE, procedure="2", received=False, returned=True, electronic=True),
)


@pytest.mark.parametrize(
    ("count", "numbers"),
    [
        ("in_time", (3, 4)),
        ("online_procedures", (1, 2)),
        ("online_dossiers", (1, 3)),
        ("paying_procedures", (1, 2)),
        ("paid_online", (1, 3)),
        ("electronic_results", (1, 2)),
        ("digitised", (2, 3)),
    ],
)
def test_an_index_has_its_two_numbers(count, numbers):
    assert COUNTS[count](FACTS) == numbers
    assert COUNTS[count](()) == (0, 0)


def test_the_mean_time_is_over_what_was_settled_with_a_result():
    [found] = mean_times(FACTS)
    assert (found.procedure, found.settled, found.seconds) == ("1", 2, 150)
    assert found.mean_seconds == Fraction(75)


def test_points_are_in_proportion_below_the_threshold():
    table = [
        {"number": "3.3", "name": "a", "source": "s", "count": "online_dossiers", "points": 6,
         "threshold_percent": 50},
        {"number": "1.1", "name": "b", "source": "s", "needs": "c"},
    ]  # fmt: skip
    parsed, wrong = parse_service_indices({"index": table})
    assert wrong == []
    (first, found), (second, nothing) = scored(parsed, FACTS)
    assert found is not None
    assert found.points == Fraction(4)  # a third of the dossiers, two thirds of the threshold
    assert (first.number, second.number, nothing) == ("3.3", "1.1", None)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": "a", "source": "s"}, "cần number"),
        ({"number": "1", "name": "a", "source": "s"}, "needs"),
        ({"number": "1", "name": "a", "source": "s", "count": "luck"}, "luck"),
        ({"number": "1", "name": "a", "source": "s", "needs": "x", "points": -1}, "points"),
        ({"number": "1", "name": "a", "source": "s", "needs": "x", "points": True}, "points"),
        ({"number": "1", "name": "a", "source": "s", "needs": "x", "threshold_percent": 0}, "từ 1"),
    ],
)
def test_what_is_wrong_in_the_table_is_named(row, words):
    found, wrong = parse_service_indices({"index": [row]})
    assert found == ()
    assert words in wrong[0]


def test_a_number_stands_once():
    row = {"number": "1", "name": "a", "source": "s", "needs": "x"}
    assert "hai lần" in parse_service_indices({"index": [row, row]})[1][0]
