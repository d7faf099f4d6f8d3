"""A use case asks the law of authority; those that read a dossier without are known by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.house.source import Module, modules

# review.scope.wanted asks for everybody who reviews, reports.past.asked_period for who reports
ASKS = frozenset({"permit", "wanted", "asked_period"})
# For operators at the machine itself, who hold the database anyway, and for what runs by itself.
NOBODY_IS_ASKED = frozenset(
    {
        "workflows.documents:render_by_code",
        "workflows.evidence:collect",
        "workflows.exchanging:record_of",
        "workflows.joint:follow",
        "workflows.recounting:explain",
        "workflows.reviews:rebuild",
        # The public: by a secret of at least 80 bits, or by a code and a second fact.
        "workflows.lookups:by_code",
        "workflows.lookups:by_token",
    }
)
# Handed the work of others, each of whom asks.
PASSES_ON = frozenset({"workflows.bulk:bulk", "workflows.repeating:once"})
READS = frozenset({"get", "find", "running", "id_of"})


@cache
def _called(function: ast.AST) -> frozenset[str]:
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
    return frozenset(names)


def _reaches(module: Module, name: str, seen: set[str]) -> set[str]:
    """Return every name a function uses, through the functions of its own module."""
    seen.add(name)
    own = {f.name: f for f in module.functions}
    found = set(_called(own[name]))
    for inner in sorted(found & own.keys() - seen):
        found |= _reaches(module, inner, seen)
    return found


def _use_cases() -> Iterator[tuple[Module, ast.FunctionDef]]:
    for module in modules("workflows"):
        if ".store" not in module.name:
            for node in module.tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield module, node


def test_every_use_case_with_an_actor_asks_whether_they_may() -> None:
    silent = [
        f"{module.name}:{node.name}"
        for module, node in _use_cases()
        if [a.arg for a in node.args.args][:2] == ["office", "actor"]
        and not _reaches(module, node.name, set()) & ASKS
    ]
    assert set(silent) <= PASSES_ON


def test_nothing_that_a_door_calls_reads_a_dossier_unasked() -> None:
    unasked = []
    for module, node in _use_cases():
        names = _reaches(module, node.name, set())
        reads = "dossiers" in names and names & READS and "store" in names
        asks = bool(names & ASKS) or "SYSTEM" in names
        if reads and not asks and "office" in [a.arg for a in node.args.args]:
            unasked.append(f"{module.name}:{node.name}")
    assert set(unasked) <= NOBODY_IS_ASKED
