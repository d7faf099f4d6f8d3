"""The server is killed under load and loses nothing it acknowledged; a hundred times by soak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.killing import soak


@pytest.mark.slow
def test_a_killed_server_lost_nothing_and_did_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    report = soak(database_url, tmp_path, kills=3)
    assert report.wrong == []
    assert report.kills == 3
    assert max(report.starts) < 30  # beside other tests; 10 s where it is alone
    assert report.acknowledged > 20
