"""Of two commands that exclude each other and come at once, one is done and one is refused."""

from __future__ import annotations

import pytest

from tests.soak.racing import PAIRS, run
from workflows.store import Store

RACES = 15  # a thousand of each by `make soak`


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAIRS))
def test_of_two_that_exclude_each_other_one_wins(store: Store, name: str) -> None:
    tally = run(store, PAIRS[name], RACES)
    assert tally.wrong == []
    assert tally.races == RACES
