"""Whatever is done to a diagram, the gate answers with findings, and soon.

The long form: `make fuzz N=20000`.
"""

from __future__ import annotations

import random

import pytest

from tests.engine.process.fuzzing import judge, mutate, originals, play


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_mutated_diagram_gives_findings_and_no_exception(part: int) -> None:
    tally = play(range(1_000_000 + part * 60, 1_000_000 + part * 60 + 60))
    assert tally.wrong == []
    assert len(tally.outcomes) >= 2


def test_what_is_mutated_is_accepted_before() -> None:
    assert {judge(source).partition(",")[0] for source in originals()} == {"accepted"}


def test_a_mutation_changes_something_and_is_repeatable() -> None:
    source = originals()[-1]
    changed = [mutate(source, random.Random(seed)) for seed in range(50)]  # noqa: S311 - repeatable
    assert changed == [mutate(source, random.Random(seed)) for seed in range(50)]  # noqa: S311
    assert len(set(changed)) > 40


@pytest.mark.parametrize(
    "source",
    [
        *(b"", b" ", b"\x00", b"\xff\xfe<\x00a\x00/\x00>\x00", b"<a/>", b"<a" * 5_000),
        b"<a>" * 50_000,
        b'<?xml version="1.0" encoding="latin-1"?><a>\xe9</a>',
        b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 1_000 + b'">]><a>&b;</a>',
        b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
        b"x" * 3_000_000,
    ],
    ids=range(11),
)
def test_what_is_no_diagram_is_refused_at_once(source: bytes) -> None:
    assert judge(source) in {"unreadable", "refused"}
