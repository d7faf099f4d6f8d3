"""The tutorial is run as it stands, and prints what the page says it prints."""

from __future__ import annotations

import shutil

import pytest

from docs.replay import PAGE, replay, timeless, written

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("curl"), reason="the tutorial speaks with curl"),
]


def test_the_tutorial_does_what_it_says():
    page = PAGE.read_text(encoding="utf-8")
    assert [timeless(said) for said in replay(page)] == [timeless(said) for said in written(page)]


def test_no_step_of_the_tutorial_is_refused_by_surprise():
    refusals = [line for said in written(PAGE.read_text("utf-8")) for line in said.splitlines()]
    assert [line for line in refusals if line[:3].isdecimal()] == [
        "409 Bước không còn mở: Bước «t3» không còn mở (done); hãy tải lại hồ sơ để xem hiện trạng."
    ]


def test_the_readme_shows_what_the_tutorial_prints():
    printed = {
        timeless(line) for said in written(PAGE.read_text("utf-8")) for line in said.splitlines()
    }
    readme = (PAGE.parents[1] / "README.md").read_text("utf-8")
    block = readme.split("```text\n")[1].split("```")[0]
    shown = [timeless(line) for line in block.splitlines() if not line.startswith(">")]
    assert [line for line in shown if line not in printed] == []
