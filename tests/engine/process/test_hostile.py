"""A hostile diagram is answered, accepted or refused, in a second; the table: benchmarks/deploy.py."""

from __future__ import annotations

import pytest

from benchmarks import deploy


@pytest.mark.slow
@pytest.mark.parametrize("name", deploy.CASES)
def test_a_hostile_diagram_is_answered_in_a_second(name: str) -> None:
    said, seconds, megabytes = deploy.ask(name)
    assert said.split(":")[0].split(",")[0] in {"accepted", "refused", "rejected"}
    assert seconds < deploy.MOST_SECONDS
    assert megabytes < deploy.MOST_MEGABYTES
