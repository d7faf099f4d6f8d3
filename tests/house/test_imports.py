"""Who may import whom: the contracts of pyproject.toml, no cycles, each library in its room."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from tests.house.source import ROOMS, ROOT, Module, modules, product

# Beside the standard library and our own rooms; the longest matching name counts.
LIBRARIES = {
    "config": set(),
    "engine": set(),
    "engine.process": {"SpiffWorkflow", "lxml", "orjson"},
    "engine.timing.exchange.columns": {"pyarrow"},
    "workflows.columns": {"duckdb"},
    "workflows": {"orjson"},
    "workflows.envelopes": {"joserfc"},
    "workflows.signing": {"cryptography"},
    "workflows.printing": {"orjson", "segno", "typst"},
    "workflows.roster_files": {"openpyxl"},
    "workflows.sheets": {"orjson", "typst", "xlsxwriter"},
    "workflows.passwords": {"argon2"},
    "workflows.shelving": {"fsspec"},
    "workflows.inspection": {"PIL", "pypdf"},
    "workflows.one_time_codes": {"pyotp"},
    "workflows.secrecy": {"cryptography"},
    "workflows.store": {"sqlalchemy", "alembic", "orjson"},
    "api": {
        "flask", "flask_smorest", "marshmallow", "werkzeug", "apispec", "webargs", "jinja2",
        "click", "rich", "waitress", "markupsafe", "authlib", "joserfc", "httpx", "segno",
        "standardwebhooks",
    },
}  # fmt: skip


def _imports(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _allowed(name: str) -> set[str]:
    rooms = [room for room in LIBRARIES if name == room or name.startswith(f"{room}.")]
    return LIBRARIES[max(rooms, key=len)]


def test_the_import_contracts_hold():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_imports_itself_over_others():
    """What is imported for the type checker alone runs nothing, and does not count."""
    graph = grimp.build_graph(*ROOMS, cache_dir=None, exclude_type_checking_imports=True)
    edges = {name: graph.find_modules_directly_imported_by(name) - {name} for name in graph.modules}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as found:
        pytest.fail(" -> ".join(found.args[1]))


@pytest.mark.parametrize("room", sorted(LIBRARIES))
def test_a_room_uses_its_own_libraries_only(room):
    own = {*ROOMS, "config", *sys.stdlib_module_names}
    strangers = [
        f"{module.name} imports {name}"
        for module in product()
        if _allowed(module.name) is LIBRARIES[room]
        for name in _imports(module)
        if name.split(".")[0] not in own | LIBRARIES[room]
    ]
    assert strangers == []


def test_relative_imports_are_not_used():
    relative = [
        module.name
        for module in (*product(), *modules("tests"))
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
