"""The procedures of `bpmn/` as the tests see them: XML, TOML and walks, read once.

Not the catalogue: no check happens here, so that each test can say what it looks for.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from engine.law.procedure import Procedure, parse_procedure
from engine.process import Definition, FactType, compile_definition, read

ROOT = Path(__file__).parents[2] / "bpmn"
FOLDERS = sorted(p.parent.name for p in ROOT.glob("*/procedure.toml"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
MOTCUA = "{urn:motcua:bpmn:1}"


@dataclass(frozen=True)
class Folder:
    """One procedure folder."""

    name: str

    @property
    def source(self) -> bytes:
        """The bytes of the diagram."""
        return (ROOT / self.name / "process.bpmn").read_bytes()

    @cached_property
    def tree(self) -> Any:
        """The diagram as an XML tree."""
        return etree.fromstring(self.source)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The raw values of procedure.toml."""
        return load(ROOT / self.name / "procedure.toml")

    @cached_property
    def procedure(self) -> Procedure:
        """The parsed procedure."""
        return parse_procedure(self.values)

    @cached_property
    def facts(self) -> dict[str, FactType]:
        """The declared facts in the engine's words."""
        declared = self.procedure.facts.items()
        return {n: FactType(type=f.type.value, values=tuple(f.values)) for n, f in declared}

    @cached_property
    def definition(self) -> Definition:
        """The compiled diagram."""
        return compile_definition(read(self.source), facts=self.facts)

    @cached_property
    def scenarios(self) -> list[dict[str, Any]]:
        """The walks of scenarios.toml."""
        found: list[dict[str, Any]] = load(ROOT / self.name / "scenarios.toml")["scenario"]
        return found

    def nodes(self, *tags: str) -> list[Any]:
        """Return the elements of these BPMN tags, in document order."""
        return [e for tag in tags for e in self.tree.iter(BPMN + tag)]


def load(path: Path) -> dict[str, Any]:
    """Return the values of a TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


ALL = [Folder(name) for name in FOLDERS]
