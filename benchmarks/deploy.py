"""Hostile diagrams: each has to be answered, accepted or refused, in a second and 128 MB.

Every diagram is read, checked, compiled and, if accepted, started in a process of its own, so that
its memory is its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

import resource
import subprocess
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import pairwise

from engine.errors import Rejected
from engine.process import Refused, Unreadable, compile_definition, read, start

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MOST_SECONDS, MOST_MEGABYTES = 1.0, 128
MOST_WAIT, MOST_MEMORY = 30.0, 2**30
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:hostile">'
    '<process id="p" isExecutable="true">'
)
FORMAL = 'xsi:type="tFormalExpression"'
Flow = tuple[str, str] | tuple[str, str, str]


def document(nodes: Iterable[str], flows: Iterable[Flow]) -> bytes:
    """Return a diagram of XML nodes and (source, target, condition) flows."""
    drawn = []
    for number, (source, target, *condition) in enumerate(flows):
        text = "".join(condition)
        inner = f"<conditionExpression {FORMAL}>{text}</conditionExpression>" if text else ""
        ends_of = f'sourceRef="{source}" targetRef="{target}"'
        drawn.append(f'<sequenceFlow id="f{number}" {ends_of}>{inner}</sequenceFlow>')
    return (HEAD + "".join(nodes) + "".join(drawn) + "</process></definitions>").encode()


def node(tag: str, name: str, inner: str = "", more: str = "") -> str:
    """Return one node."""
    return f'<{tag} id="{name}"{more}>{inner}</{tag}>'


def ends() -> list[str]:
    """Return a start and an end event."""
    return [node("startEvent", "s"), node("endEvent", "e")]


def chain(names: Iterable[str]) -> list[Flow]:
    """Return flows from each name to the next."""
    return [(source, target) for source, target in pairwise(names)]


def blocks() -> bytes:
    """Ten blocks of three parallel tasks, one after the other."""
    nodes, last = ends(), "s"
    flows: list[Flow] = []
    for b in range(10):
        nodes += [node("parallelGateway", f"a{b}"), node("parallelGateway", f"j{b}")]
        nodes += [node("userTask", f"t{b}_{i}") for i in range(3)]
        flows.append((last, f"a{b}"))
        flows += [f for i in range(3) for f in chain([f"a{b}", f"t{b}_{i}", f"j{b}"])]
        last = f"j{b}"
    return document(nodes, [*flows, (last, "e")])


def forks() -> bytes:
    """Twelve binary forks that are never joined: 4,096 tokens at the end."""
    nodes = [*ends(), *(node("parallelGateway", f"a{i}") for i in range(12))]
    nodes += [node("exclusiveGateway", f"m{i}") for i in range(12)]
    flows: list[Flow] = [("s", "a0"), ("m11", "e")]
    for i in range(12):
        flows += [(f"a{i}", f"m{i}"), (f"a{i}", f"m{i}")]
        flows += [(f"m{i}", f"a{i + 1}")] if i < 11 else []  # noqa: PLR2004
    return document(nodes, flows)


def tree() -> bytes:
    """A binary tree of forks with a task at each of 512 leaves."""
    nodes = ends()
    flows: list[Flow] = [("s", "n1")]
    for i in range(1, 1_024):
        leaf = i >= 512  # noqa: PLR2004
        nodes.append(node("userTask" if leaf else "parallelGateway", f"n{i}"))
        flows += [(f"n{i}", "e")] if leaf else [(f"n{i}", f"n{2 * i}"), (f"n{i}", f"n{2 * i + 1}")]
    return document(nodes, flows)


def busy_cycle() -> bytes:
    """A cycle nobody waits in, which the facts never leave."""
    nodes = [
        *ends(),
        node("exclusiveGateway", "m"),
        node("scriptTask", "t", "<script>n = 1</script>"),
    ]
    nodes.append(node("exclusiveGateway", "x", more=' default="f3"'))
    flows: list[Flow] = [("s", "m"), ("m", "t"), ("t", "x"), ("x", "m"), ("x", "e", "n == 2")]
    return document(nodes, flows)


def breeding_cycle() -> bytes:
    """A cycle that makes a second token every round."""
    nodes = [*ends(), node("exclusiveGateway", "m"), node("parallelGateway", "a")]
    flows: list[Flow] = [("s", "m"), ("m", "a"), ("a", "m"), ("a", "m"), ("a", "e")]
    return document(nodes, flows)


def line(tag: str, inner: str = "", count: int = 1_998) -> bytes:
    """Nodes in a line."""
    names = [f"n{i}" for i in range(count)]
    return document([*ends(), *(node(tag, n, inner) for n in names)], chain(["s", *names, "e"]))


def gateways(tag: str) -> bytes:
    """A thousand pairs of splits and joins, each around the next."""
    half = [f"a{i}" for i in range(600)], [f"j{i}" for i in reversed(range(600))]
    nodes = [*ends(), node("userTask", "t"), *(node(tag, n) for side in half for n in side)]
    flows = chain(["s", *half[0], "t", *half[1], "e"])
    if tag == "parallelGateway":
        flows += [(f"a{i}", f"j{i}") for i in range(600)]
    return document(nodes, flows)


def inclusive_pairs() -> bytes:
    """Three hundred inclusive pairs nested in each other, every join asking who can reach it."""
    nodes = [*ends(), node("userTask", "t")]
    flows: list[Flow] = []
    for i in range(300):
        nodes += [node("inclusiveGateway", f"a{i}"), node("inclusiveGateway", f"j{i}")]
        inner = f"a{i + 1}" if i < 299 else "t"  # noqa: PLR2004
        flows += [(f"a{i}", inner, "n == 0"), (f"a{i}", f"j{i}", "n == 0")]
    flows += chain(["t", *(f"j{i}" for i in reversed(range(300))), "e"])
    return document(nodes, [*flows, ("s", "a0")])


def deep(levels: int) -> bytes:
    """Sub-processes inside each other."""
    inner = node("userTask", "t")
    for i in range(levels):
        inner = node("subProcess", f"p{i}", inner)
    return document([inner], [])


def many(count: int, tag: str = "userTask", inner: str = "") -> bytes:
    """One task for each of so many agencies at once."""
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality "
        f'xsi:type="tFormalExpression">{count}</loopCardinality></multiInstanceLoopCharacteristics>'
    )
    return document([*ends(), node(tag, "t", loop + inner)], chain(["s", "t", "e"]))


def many_of_many(levels: int = 1) -> bytes:
    """Five hundred sub-processes of five hundred tasks, or of five hundred more such."""
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality "
        'xsi:type="tFormalExpression">500</loopCardinality></multiInstanceLoopCharacteristics>'
    )
    inner = node("userTask", "u", loop)
    for level in range(1, levels):
        inner = node("subProcess", f"u{level}", loop + inner)
    return many(500, "subProcess", inner)


def dense() -> bytes:
    """Ninety gateways, each with a flow to every later one."""
    nodes = [*ends(), *(node("exclusiveGateway", f"x{i}") for i in range(90))]
    flows: list[Flow] = [("s", "x0"), ("x89", "e")]
    flows += [(f"x{i}", f"x{j}", "n == 1") for i in range(90) for j in range(i + 1, 90)]
    return document(nodes, flows)


def doubling_calls() -> bytes:
    """Twenty processes, each calling the next one twice at once."""
    drawn = []
    for i in range(20):
        call = f' calledElement="p{i + 1}"' if i < 19 else ""  # noqa: PLR2004
        tag = "callActivity" if call else "userTask"
        drawn.append(
            f'<process id="p{i}" isExecutable="true">'
            + node(tag, f"a{i}", more=call)
            + node(tag, f"b{i}", more=call)
            + "</process>"
        )
    return (HEAD.partition("<process")[0] + "".join(drawn) + "</definitions>").encode()


def growing_list() -> bytes:
    """A script whose list holds the last list four hundred times, four times over."""
    lines = ["v = [1]", *[f"v = [{','.join('v' * 400)}]"] * 4]
    script = "<script>" + "\n".join(lines) + "</script>"
    return document([*ends(), node("scriptTask", "t", script)], chain(["s", "t", "e"]))


CASES: dict[str, Callable[[], bytes]] = {
    "10 blocks of 3 parallel tasks": blocks,
    "12 binary forks, never joined": forks,
    "tree of forks, 512 tasks": tree,
    "cycle without a wait": busy_cycle,
    "cycle that breeds tokens": breeding_cycle,
    "2,000 tasks in a line": lambda: line("userTask"),
    "2,000 scripts in a line": lambda: line("scriptTask", "<script>n = 1</script>"),
    "5,000 nodes in a line": lambda: line("userTask", count=4_998),
    "600 nested parallel pairs": lambda: gateways("parallelGateway"),
    "1,200 XOR gateways in a line": lambda: gateways("exclusiveGateway"),
    "300 nested inclusive pairs": inclusive_pairs,
    "60 nested sub-processes": lambda: deep(60),
    "500 nested sub-processes": lambda: deep(500),
    "300 agencies at once": lambda: many(300),
    "1,000,000,000 agencies at once": lambda: many(1_000_000_000),
    "500 sub-processes of 500 tasks": many_of_many,
    "125,000,000 tasks": lambda: many_of_many(2),
    "90 gateways, 4,005 flows": dense,
    "20 calls that double": doubling_calls,
    "list of lists in a script": growing_list,
}


def answer(name: str) -> str:
    """Return what the engine says to a diagram, with seconds and megabytes."""
    source = CASES[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        at = start(compile_definition(read(source)), now=NOW, facts={"n": 0})
        said = f"accepted, {len(at.open_tasks)} open"
    except (Unreadable, Refused) as refused:
        said = f"refused: {next(f.rule for f in refused.findings if f.severity == 'error')}"
    except Rejected as rejected:
        said = f"rejected: {rejected.code}"
    seconds = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return f"{said}\t{seconds:.3f}\t{grown:.1f}"


def ask(name: str) -> tuple[str, float, float]:
    """Return the answer of a process of its own, which may not take the machine with it."""
    command = [sys.executable, __file__, name]
    try:
        output = subprocess.run(  # noqa: S603 - ourselves
            command, capture_output=True, text=True, check=True, timeout=MOST_WAIT
        ).stdout
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as fault:
        return type(fault).__name__, MOST_WAIT, MOST_MEMORY / 2**20
    said, seconds, megabytes = output.strip().split("\t")
    return said, float(seconds), float(megabytes)


def main() -> int:
    """Print a table; return 1 when an answer took too long or too much."""
    print(f"{'diagram':34} {'answer':34} {'seconds':>8} {'MB':>7}")
    slow = 0
    for name in CASES:
        said, seconds, megabytes = ask(name)
        slow += seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES
        print(f"{name:34} {said:34} {seconds:8.3f} {megabytes:7.1f}", flush=True)
    print(f"{slow} of {len(CASES)} above {MOST_SECONDS:.0f} s or {MOST_MEGABYTES} MB")
    return 1 if slow else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        print(answer(sys.argv[1]))
    else:
        sys.exit(main())
