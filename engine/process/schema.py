"""The standard's XML schema: what of a document breaks it, with the line; bounded in time.

A first pass validates while parsing, in linear time. Only when it finds few faults are they looked
for in the tree, which knows their lines: there each fault costs a walk past its siblings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import SpiffWorkflow.bpmn.parser as library_parser
from lxml import etree

from engine.process.document import Remark
from engine.process.xmlparts import BPMN

MAX_REMARKS = 50
FEW = 200
CHUNK = 65_536
# A type named in content of other namespaces need not be known: such content is only lax-assessed.
UNKNOWN_TYPES = frozenset({"SCHEMAV_CVC_ELT_4_1", "SCHEMAV_CVC_ELT_4_2", "SCHEMAV_CVC_TYPE_1"})


def schema_remarks(source: bytes, root: etree._Element) -> list[Remark]:
    """Return what breaks the schema, at most 50 remarks; of very many faults the first."""
    parser = hardened(_schema())
    parser.feed(source)
    faults = _faults(parser)
    repeated = _repeated_ids(root)
    if not faults and not repeated:
        return []
    if len(faults) + repeated > FEW:
        return [_first(source, faults)] if faults else []
    schema = _schema()
    schema.validate(root)
    return [_remark(f.message, f.line) for f in list(_real(schema.error_log))[:MAX_REMARKS]]


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    """Return the standard's schema; the library ships the OMG files."""
    path = Path(library_parser.__file__).parent / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def hardened(schema: etree.XMLSchema | None = None) -> etree.XMLParser:
    """Return a parser that opens nothing, expands nothing and stays within libxml2's bounds."""
    return etree.XMLParser(
        schema=schema,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
    )


def _faults(parser: etree.XMLParser) -> list[etree._LogEntry]:
    return list(_real(parser.feed_error_log))


def _real(log: etree._ListErrorLog) -> Iterator[etree._LogEntry]:
    for entry in log:
        of_others = not entry.message.startswith(f"Element '{BPMN}")
        if not (entry.type_name in UNKNOWN_TYPES and of_others):
            yield entry


def _repeated_ids(root: etree._Element) -> int:
    identifiers = [i for e in root.iter(etree.Element) if (i := e.get("id"))]
    return len(identifiers) - len(set(identifiers))


def _first(source: bytes, faults: list[etree._LogEntry]) -> Remark:
    """Return the first fault with its line: where a parser fed bit by bit first complains."""
    begin = _fed_until_fault(source, range(0, len(source), CHUNK))
    ends = [begin]
    while (end := source.find(b"\n", ends[-1] + 1)) != -1 and end <= begin + CHUNK:
        ends.append(end)
    line = source[: _fed_until_fault(source, ends) + 1].count(b"\n") + 1
    return _remark(f"{faults[0].message} (+{len(faults) - 1})", line)


def _fed_until_fault(source: bytes, starts: Sequence[int]) -> int:
    """Feed the source piece by piece; return the start of the piece that shows a fault."""
    parser = hardened(_schema())
    parser.feed(source[: starts[0]])
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        parser.feed(source[start:end])
        if _faults(parser):
            return start
    return starts[-1]


def _remark(message: str, line: int) -> Remark:
    text = message.replace(BPMN, "")
    return Remark(rule="schema", line=line, detail=text[:300].rstrip("."))
