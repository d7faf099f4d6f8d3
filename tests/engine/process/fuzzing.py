"""Mutations of diagrams: bytes broken anywhere, and XML that stays XML but says something else.

`python -m tests.engine.process.fuzzing N` plays N of them through read, check, compile and start
and prints what came out; it ends with 1 when anything but a finding or a rejection appears.
"""

from __future__ import annotations

import copy
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from engine.errors import Rejected
from engine.process import Refused, Unreadable, check, compile_definition, complete, read, start
from tests.engine.process.oracle.drawing import draw
from tests.engine.process.oracle.models import FAMILIES, random_model

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[3] / "bpmn"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TEXTS = (
    *("", " ", "0", "-1", "true", "${", "#{x}", "=", "x = 1", "__import__('os')", "P", "PT", "P1D"),
    *("R/PT0S", "R99999999999/P1D", "P99999999999999Y", "9" * 400, "(" * 300, "not " * 300),
    *("\u0110\u01b0\u1eddng", "\u202e", "\ufffd", "a b", "../x", "1e309", "x" * 5_000, "%s %n", "{}"),
)  # fmt: skip
TAGS = (
    *("task", "userTask", "subProcess", "boundaryEvent", "startEvent", "endEvent", "callActivity"),
    *("parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "transaction"),
    *("sequenceFlow", "process", "intermediateCatchEvent", "receiveTask", "scriptTask", "nothing"),
    *("adHocSubProcess", "multiInstanceLoopCharacteristics", "timerEventDefinition", "dataObject"),
    *("linkEventDefinition", "compensateEventDefinition", "conditionalEventDefinition"),
)  # fmt: skip
BYTES = (
    *(b"<", b">", b"&", b"]]>", b"<!--", b"<![CDATA[", b"\x00", b"\xff\xfe", b"&#0;", b"&#x110000;"),
    *(b"<?xml version='1.1'?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b'"', b"</process>"),
)  # fmt: skip
LIMIT_SECONDS = 1.0


def originals() -> list[bytes]:
    """Return what is mutated: the sample diagrams and some small generated ones."""
    samples = [p.read_bytes() for p in sorted(SAMPLES.glob("*/process.bpmn"))]
    small = [draw(random_model(seed, FAMILIES["everything"])) for seed in range(12)]
    return samples + small


def mutate(source: bytes, chance: random.Random) -> bytes:
    """Return the document with one to four things changed."""
    if chance.random() < 0.3:
        for _ in range(chance.randint(1, 4)):
            source = _bytes(source, chance)
        return source
    root = etree.fromstring(source)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        chance.choice(CHANGES)(root, chance)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _bytes(source: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(source) + 1)
    end = min(len(source), at + chance.choice((1, 1, 8, 200)))
    kind = chance.randrange(4)
    if kind == 0:
        return source[:at] + source[end:]
    if kind == 1:
        return source[:at] + chance.choice(BYTES) + source[at:]
    if kind == 2:
        return source[:end] + source[at:end] + source[end:]
    return source[:at] + bytes([chance.randrange(256)]) + source[end:]


def _elements(root: Any) -> list[Any]:
    return [e for e in root.iter() if isinstance(e.tag, str) and e is not root]


def _pick(root: Any, chance: random.Random) -> Any:
    found = _elements(root)
    return chance.choice(found) if found else None


def _remove(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is not None:
        element.getparent().remove(element)


def _double(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is not None:
        element.addnext(copy.deepcopy(element))


def _move(root: Any, chance: random.Random) -> None:
    element, other = _pick(root, chance), _pick(root, chance)
    if element is not None and other not in {element, *element.iterdescendants()}:
        other.append(element)


def _attribute(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is None or not element.attrib:
        return
    name = chance.choice(sorted(element.attrib))
    if chance.random() < 0.3:
        del element.attrib[name]
        return
    values = [v for e in _elements(root) for v in e.attrib.values()]
    element.set(name, chance.choice([chance.choice(values), chance.choice(TEXTS)]))


def _new_attribute(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    names = ("default", "cancelActivity", "isInterrupting", "triggeredByEvent", "attachedToRef")
    more = ("startQuantity", "isSequential", "instantiate", "messageRef", "calledElement", "id")
    if element is not None:
        values = [v for e in _elements(root) for v in e.attrib.values()]
        element.set(chance.choice(names + more), chance.choice(values + list(TEXTS)))


def _tag(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is not None:
        element.tag = f"{{{BPMN}}}{chance.choice(TAGS)}"


def _text(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is not None:
        element.text = chance.choice([chance.choice(TEXTS), element.text or ""])


def _child(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is not None:
        child = etree.SubElement(element, f"{{{BPMN}}}{chance.choice(TAGS)}")
        child.text = chance.choice(TEXTS)


def _nest(root: Any, chance: random.Random) -> None:
    element = _pick(root, chance)
    if element is None:
        return
    for _ in range(chance.choice((1, 3, 80))):
        inner = etree.Element(f"{{{BPMN}}}subProcess", id=f"n{chance.randrange(10**9)}")
        element.addprevious(inner)
        inner.append(element)


Change = Callable[[Any, random.Random], None]
CHANGES: tuple[Change, ...] = (
    *(_remove, _double, _move, _attribute, _attribute, _attribute),
    *(_new_attribute, _tag, _text, _child, _nest),
)


@dataclass
class Tally:
    """How often each outcome was seen, what went wrong, and the slowest."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0


def judge(source: bytes) -> str:
    """Return what the engine says: unreadable, refused, or accepted and started."""
    try:
        document = read(source)
    except Unreadable as refused:
        if not refused.findings:
            raise AssertionError("unreadable without a finding") from None
        return "unreadable"
    findings = check(document)
    try:
        definition = compile_definition(document)
    except Refused as refused:
        if not any(f.is_error and f.message and f.message_en for f in refused.findings):
            raise AssertionError("refused without a finding") from None
        return "refused"
    assert not any(f.is_error for f in findings)
    return _run(definition)


def _run(definition: Any) -> str:
    try:
        at = start(definition, now=NOW)
        for _ in range(4):
            if at.open_tasks:
                at = complete(definition, at.state, at.open_tasks[0].id, now=NOW)
    except Rejected:
        return "accepted, a command rejected"
    return "accepted"


def play(seeds: range) -> Tally:
    """Judge one mutation for each seed."""
    tally, sources = Tally(), originals()
    for seed in seeds:
        chance = random.Random(seed)  # noqa: S311 - repeatable
        source = mutate(chance.choice(sources), chance)
        began = time.process_time()
        try:
            tally.outcomes[judge(source)] += 1
        except Exception as fault:  # noqa: BLE001 - exactly what must not happen
            tally.wrong.append(f"seed {seed}: {type(fault).__name__}: {fault}"[:300])
        took = time.process_time() - began
        tally.slowest = max(tally.slowest, took)
        if took > LIMIT_SECONDS:
            tally.wrong.append(f"seed {seed}: {took:.2f} s")
    return tally


def main(arguments: list[str]) -> int:
    """Play as many mutations as asked and print what came out."""
    tally = play(range(int(arguments[0]) if arguments else 1_000))
    for outcome, count in tally.outcomes.most_common():
        print(f"{outcome:30} {count:8}")  # noqa: T201 - a runner prints
    print(f"{'slowest':30} {tally.slowest:8.3f} s")  # noqa: T201 - a runner prints
    print(f"{'exceptions or too slow':30} {len(tally.wrong):8}")  # noqa: T201 - a runner prints
    for line in tally.wrong[:20]:
        print(f"    {line}")  # noqa: T201 - a runner prints
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
