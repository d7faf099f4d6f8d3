"""Long lives and long ways: neither the past nor the length of a diagram stops an instance."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType

import pytest

from engine.process import Advance, Definition, check, complete, read, start
from tests.engine.process.diagrams import NOW, Walk, flows, model, node

ROUNDS = 5_000
LONGEST = 1_998  # with start and end the 2,000 nodes a diagram may have


def _loop() -> Definition:
    content = node("exclusiveGateway", "again") + node("userTask", "check")
    content += node("exclusiveGateway", "enough", default="enough_again")
    return model(
        content,
        flows("s>again", "again>check", "check>enough", "enough>again", "enough>e [complete]"),
    )


def test_a_loop_of_five_thousand_rounds_completes_and_the_state_stays_small() -> None:
    definition = _loop()
    at = start(definition, now=NOW, facts={"complete": False})
    first = len(at.state)
    for number in range(ROUNDS):
        last = number == ROUNDS - 1
        at = complete(definition, at.state, at.open_tasks[0].id, now=NOW, facts={"complete": last})
        assert len(at.state) <= first + 16
    assert at.outcome == "completed"


def _calls(definition: Definition, at: Advance) -> tuple[Advance, int]:
    """Complete a step; return how many functions were called for it: a time would be noise."""
    called: list[str] = []

    def count(_frame: FrameType, what: str, _about: object) -> None:
        called.append(what)

    sys.setprofile(count)
    at = complete(definition, at.state, at.open_tasks[0].id, now=NOW)
    sys.setprofile(None)
    return at, called.count("call")


def test_a_step_after_a_thousand_rounds_costs_what_an_early_one_cost() -> None:
    definition = _loop()
    at, _ = _calls(definition, start(definition, now=NOW, facts={"complete": False}))
    at, first = _calls(definition, at)  # the very first one also makes what is made once
    for _ in range(1_000):
        at = complete(definition, at.state, at.open_tasks[0].id, now=NOW)
    _, late = _calls(definition, at)
    assert late == first > 100


def _path(tag: str, inner: str = "") -> Definition:
    names = [f"n{i}" for i in range(LONGEST)]
    content = "".join(node(tag, n, inner) for n in names)
    chain = ["s", *names, "e"]
    return model(content, flows(*(f"{a}>{b}" for a, b in pairwise(chain))))


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["userTask", "serviceTask"])
def test_a_path_of_two_thousand_tasks_completes(tag: str) -> None:
    walk = Walk(_path(tag)).begin()
    for number in range(LONGEST):
        assert walk.open == [f"n{number}"]
        walk.do(f"n{number}")
    assert walk.at.outcome == "completed"


def test_a_path_of_two_thousand_scripts_completes_in_one_command() -> None:
    walk = Walk(_path("scriptTask", "<script>n = n + 1</script>")).begin(n=0)
    assert walk.at.outcome == "completed"
    assert walk.at.facts["n"] == LONGEST


def test_a_path_longer_than_the_limit_is_refused_with_the_number() -> None:
    content = "".join(f'<userTask id="n{i}"/>' for i in range(2_001))
    source = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">'
        f'<process id="p" isExecutable="true">{content}</process></definitions>'
    )
    findings = check(read(source.encode()))
    assert any(f.rule == "too_many_nodes" and "2001" in f.message for f in findings)
