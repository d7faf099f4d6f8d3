"""The whole service against a simple model: 500 random lives; thousands by `make soak`."""

from __future__ import annotations

import pytest

from tests.soak.living import COMMANDS, done, live

# Chance seldom leads a short life to these; tests/workflows/test_life.py asks for each by name.
SELDOM = {"hand_over", "resume", "stop", "suspend", "withdraw"}
OFTEN = [name for name in COMMANDS if name not in SELDOM]


@pytest.mark.slow
def test_random_lives_of_dossiers_agree_with_the_model() -> None:
    done.clear()
    live(examples=500, steps=12)
    assert {name: done[name] for name in OFTEN if done[name] < 5} == {}
    assert {name for name in OFTEN if not done[f"{name} refused"]} == set()
