"""Clock, chance, environment, commit: each has one place; code in data has none."""

from __future__ import annotations

import ast

from config import PREFIX
from tests.house.source import ROOT, Module, dotted, product

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime",
}  # fmt: skip
CHANCE = {"random", "secrets"}
NAMES = {"uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "os.urandom"}
# A seeded generator makes the demo's dossiers; it is no chance.
SEEDED = {"api.demo", "api.simulation"}
CODE = {"eval", "exec", "compile", "__import__"}


def _calls(module: Module) -> set[str]:
    return {dotted(node.func) for node in module.nodes if isinstance(node, ast.Call)}


def _imported(module: Module) -> set[str]:
    plain = {a.name for n in module.nodes if isinstance(n, ast.Import) for a in n.names}
    named = {n.module or "" for n in module.nodes if isinstance(n, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | named}


def test_only_the_clock_reads_the_clock():
    readers = {m.name for m in product() if _calls(m) & CLOCKS}
    assert readers <= {"workflows.clock"}


def test_only_the_clock_hands_out_chance():
    users = {m.name for m in product() if _imported(m) & CHANCE or _calls(m) & NAMES}
    assert users <= {"workflows.clock", *SEEDED}


def test_only_config_reads_the_environment():
    readers = {
        m.name
        for m in product()
        for node in m.nodes
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.getenv")
    }
    assert readers == {"config"}


def test_no_text_is_ever_run_as_code():
    assert {m.name: _calls(m) & CODE for m in product() if _calls(m) & CODE} == {}


def test_there_is_one_commit():
    places = [
        m.name
        for m in product()
        for line in m.path.read_text(encoding="utf-8").splitlines()
        if ".commit(" in line
    ]
    if (ROOT / "workflows" / "store" / "unit_of_work.py").exists():
        assert places == ["workflows.store.unit_of_work"]
    else:
        assert places == []


def test_the_engine_opens_no_file():
    opened = {
        m.name
        for m in product()
        if m.name.startswith("engine.")
        for call in _calls(m)
        if call == "open" or call.endswith((".read_text", ".read_bytes", ".open"))
    }
    assert opened == set()


def test_no_setting_is_read_around_config():
    readers = {m.name for m in product() if PREFIX in m.path.read_text(encoding="utf-8")}
    assert readers <= {"config", "api.cli"}
