"""Bytes to Document: hardened load and canonical form; judges nothing that the gate can judge.

Canonical form: missing ids made up, `1` read as true, prefixed references resolved, event
definitions by reference looked up, empty conditions and lone defaults dropped.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import SpiffWorkflow.bpmn.parser as library_parser
from lxml import etree

from engine.process.document import Document, Lane, Process, Remark
from engine.process.elements import ElementReader, local, own, roots, truth
from engine.process.findings import Unreadable
from engine.process.rules import finding

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_BYTES = 2 * 1024 * 1024
MAX_SCHEMA_REMARKS = 50


def read(source: bytes) -> Document:
    """Return the document in canonical form.

    Takes the bytes of one BPMN 2.0 file (UTF-8, at most 2 MiB, no DOCTYPE). Raises Unreadable, with
    findings that name the line, when the bytes are no such file. Everything that can be judged
    with the whole document at hand is left to `check`.
    """
    root = _parse(source)
    if root.tag != f"{{{BPMN}}}definitions":
        raise Unreadable([finding("not_bpmn", line=root.sourceline or 0, detail=local(root))])
    remarks = _schema_remarks(root)
    reader = ElementReader(root)
    processes = tuple(_process(e, reader) for e in own(root, "process"))
    return Document(
        digest=hashlib.sha256(source).hexdigest(),
        processes=processes,
        remarks=(*remarks, *reader.remarks, *_foreign(root)),
        has_diagram=any(local(e) == "BPMNDiagram" for e in roots(root)),
        messages=tuple(sorted(reader.names("message"))),
        pools=tuple(e.get("id", "") for e in root.iter(f"{{{BPMN}}}participant")),
    )


def _parse(source: bytes) -> etree._Element:
    if not isinstance(source, bytes):
        raise TypeError("read takes bytes")
    if len(source) > MAX_BYTES:
        raise Unreadable([finding("too_large", detail=str(len(source)))])
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = source[: fault.start].count(b"\n") + 1
        raise Unreadable([finding("not_utf8", line=line, detail=str(fault.start))]) from None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        line = getattr(fault, "lineno", None) or 0
        raise Unreadable([finding("not_xml", line=line, detail=str(fault)[:200])]) from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable([finding("doctype", line=1)])
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() not in {"UTF-8", "UTF8", "US-ASCII", "ASCII"}:
        raise Unreadable([finding("not_utf8", line=1, detail=encoding)])
    return root


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    """Return the standard's schema; the library ships the OMG files."""
    path = Path(library_parser.__file__).parent / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def _schema_remarks(root: etree._Element) -> list[Remark]:
    schema = _schema()
    if schema.validate(root):
        return []
    remarks = []
    for error in list(schema.error_log)[:MAX_SCHEMA_REMARKS]:
        text = error.message.replace(f"{{{BPMN}}}", "")
        remarks.append(Remark(rule="schema", line=error.line, detail=text[:300]))
    return remarks


def _process(element: etree._Element, reader: ElementReader) -> Process:
    process_id = reader.identify(element)
    reader.enter_process(element)
    lanes: list[Lane] = []
    for lane_set in own(element, "laneSet"):
        _lanes(lane_set, reader, lanes)
    for lane in lanes:
        for node in lane.nodes:
            reader.lane_of[node] = lane
    return Process(
        id=process_id,
        name=element.get("name", ""),
        executable=truth(element.get("isExecutable"), default=False),
        declared_executable=element.get("isExecutable", ""),
        scope=reader.scope(element, process_id),
        lanes=tuple(lanes),
        documentation=reader.documentation(element),
        line=element.sourceline or 0,
    )


def _lanes(lane_set: etree._Element, reader: ElementReader, found: list[Lane]) -> None:
    for element in own(lane_set, "lane"):
        nodes = tuple((e.text or "").strip() for e in own(element, "flowNodeRef"))
        found.append(Lane(id=reader.identify(element), name=element.get("name", ""), nodes=nodes))
        # Children come after their parent, so that the innermost lane wins.
        for child in own(element, "childLaneSet"):
            _lanes(child, reader, found)


IGNORED_NAMESPACES = {BPMN, "urn:motcua:bpmn:1", "http://www.w3.org/2001/XMLSchema-instance"}
HARMLESS = (
    "http://www.omg.org/spec/",
    "http://bpmn.io/",
    "http://www.w3.org/",
    "http://www.omg.org/spec/BPMN/non-normative/",
)


def _foreign(root: etree._Element) -> list[Remark]:
    """Name each foreign namespace once: what it says is drawing here, never executed."""
    seen: dict[str, int] = {}
    for element in root.iter(etree.Element):
        names = [str(element.tag), *map(str, element.attrib)]
        for name in names:
            if not name.startswith("{"):
                continue
            namespace = name[1:].split("}")[0]
            if namespace in IGNORED_NAMESPACES or namespace.startswith(HARMLESS):
                continue
            seen.setdefault(namespace, element.sourceline or 0)
    return [Remark(rule="foreign", line=line, detail=ns) for ns, line in seen.items()]
