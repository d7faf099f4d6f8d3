"""What a proposal saves, worked out by hand, and the table of definitions it is read with."""

from __future__ import annotations

import pytest

from engine.timing.definitions import DEFINITIONS, LEAD, manual
from engine.timing.proposals import FEWEST_STEPS, Change, Spent, saved

SPENT = {
    "check": Spent(waiting=100, working=7),
    "assess": Spent(waiting=30, working=500),
    "sign": Spent(waiting=2000, working=11),
}
ALL = ("check", "assess", "sign")


@pytest.mark.parametrize(
    ("change", "elements", "seconds"),
    [
        (Change.CUT_STEP, ("check",), 107),  # 100 + 7
        (Change.CUT_STEP, ("check", "assess"), 637),  # 107 + 530
        (Change.MERGE_STEPS, ALL, 2030),  # the waiting of the second and third: 30 + 2000
        (Change.MERGE_STEPS, ("sign", "check"), 100),  # the first keeps its waiting
        (Change.PARALLEL_STEPS, ALL, 637),  # 107 + 530 + 2011, less the longest, 2011
        (Change.PARALLEL_STEPS, ("check", "assess"), 107),
        (Change.DROP_PAPER, ("check",), 0),
        (Change.SHORTEN_LIMIT, (), 0),
        (Change.DROP_PAPER, ("unknown",), 0),
        (Change.CUT_STEP, ("check", "unknown"), None),
        (Change.MERGE_STEPS, ("unknown", "check"), None),
    ],
)
def test_a_change_saves_what_its_rule_says(change, elements, seconds):
    assert saved(change, elements, SPENT) == seconds


def test_a_merger_needs_two_steps_and_a_cut_one():
    assert FEWEST_STEPS == {"cut_step": 1, "merge_steps": 2, "parallel_steps": 2}


def test_the_manual_has_a_block_for_every_definition_with_unit_and_source():
    title, lead, *blocks = manual()
    assert (title, lead, len(blocks)) == ("Figures of a review", LEAD, len(DEFINITIONS))
    assert len({d.id for d in DEFINITIONS}) == len(DEFINITIONS)
    by_id = dict(zip((d.id for d in DEFINITIONS), blocks, strict=True))
    assert by_id["unassigned"] == (
        "## Chưa ai nhận\n\nĐơn vị: thời gian. Phần của «Chờ» khi bước chưa thuộc về ai."
    )
    assert by_id["pseudonym"].startswith("## Bí danh\n\nHồ sơ trong danh sách")  # has no unit
    assert by_id["median-with-open"].endswith(" Nguồn: Kaplan, Meier, JASA 53 (1958).")
