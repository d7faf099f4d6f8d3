"""Every figure of a procedure file has a source or is marked as a sample.

Not for the form of the files: engine.law reads them and says what is wrong.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.law.procedure import check_procedure
from tests.bpmn.files import ALL, Folder

EACH = pytest.mark.parametrize("folder", ALL, ids=lambda f: f.name)
TABLES = ("legal_basis", "stages", "components", "fees", "results", "referrals")


@EACH
def test_a_procedure_file_has_no_problem(folder: Folder) -> None:
    assert check_procedure(folder.values) == ()


@EACH
def test_every_provision_names_its_source_or_is_marked_as_sample(folder: Folder) -> None:
    for path, provision in provisions(folder.values):
        assert provision.get("source") or provision.get("sample"), path


@EACH
def test_ids_are_unique_in_each_table(folder: Folder) -> None:
    for table in ("components", "fees", "results", "stages"):
        ids = [row["id"] for row in folder.values.get(table, [])]
        assert len(ids) == len(set(ids))


@EACH
def test_scenarios_are_named_once(folder: Folder) -> None:
    ids = [s["id"] for s in folder.scenarios]
    names = [s["name"] for s in folder.scenarios]
    assert len(ids) == len(set(ids))
    assert len(names) == len(set(names))


def provisions(values: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every table that states something of the law, with where it stands."""
    found = [(f"{t}[{i}]", row) for t in TABLES for i, row in enumerate(values.get(t, []))]
    found += [(t, values[t]) for t in ("time_limit", "extension", "supplement") if t in values]
    found += [(f"steps.{name}", step) for name, step in values["steps"].items()]
    return found
