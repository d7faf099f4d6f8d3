"""Bytes to Document: hardened load and canonical form; judges nothing that the gate can judge.

Canonical form: missing ids made up, `1` read as true, prefixed references resolved, event
definitions by reference looked up, empty conditions and lone defaults dropped.
"""

from __future__ import annotations

import hashlib
from collections import deque

from lxml import etree

from engine.process.document import FLOW_NODES, Document, Lane, Process, Remark
from engine.process.elements import ElementReader, documentation
from engine.process.findings import Unreadable
from engine.process.foreign import foreign_remarks
from engine.process.references import References
from engine.process.rules import finding
from engine.process.schema import hardened, schema_remarks
from engine.process.xmlparts import BPMN, line_of, local, own, roots, text_of, truth

MAX_BYTES = 2 * 1024 * 1024
MAX_NODES = 2_000
MAX_FLOWS = 10_000
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 150_000
NOT_RUN_ROOTS = frozenset(
    {
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
        "globalChoreographyTask",
        "globalConversation",
        "choreography",
        "conversation",
        "subConversation",
        "callConversation",
    }
)


def read(source: bytes) -> Document:
    """Return the document in canonical form.

    Takes the bytes of one BPMN 2.0 file (UTF-8, at most 2 MiB, no DOCTYPE). Raises Unreadable, with
    findings that name the line, when the bytes are no such file. Everything that can be judged
    with the whole document at hand is left to `check`.
    """
    root = _parse(source)
    if root.tag != f"{BPMN}definitions":
        raise Unreadable([finding("not_bpmn", line=line_of(root), detail=local(root))])
    digest = hashlib.sha256(source).hexdigest()
    if oversize := _oversize(root):
        return Document(digest=digest, processes=(), remarks=tuple(oversize))
    remarks = [*schema_remarks(source, root), *foreign_remarks(root)]
    references = References(root)
    reader = ElementReader(references)
    _refuse_roots(root, references)
    processes = tuple(_process(e, reader) for e in own(root, "process"))
    return Document(
        digest=digest,
        processes=processes,
        remarks=(*remarks, *references.remarks),
        has_diagram=any(local(e) == "BPMNDiagram" for e in roots(root)),
        messages=tuple(sorted(references.names("message"))),
        pools=tuple(e.get("id", "") for e in root.iter(f"{BPMN}participant")),
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
    try:
        root = etree.fromstring(source, hardened())
    except (etree.XMLSyntaxError, ValueError) as fault:
        line = getattr(fault, "lineno", None) or 0
        raise Unreadable([finding("not_xml", line=line, detail=str(fault)[:200])]) from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable([finding("doctype", line=1)])
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() not in {"UTF-8", "UTF8", "US-ASCII", "ASCII"}:
        raise Unreadable([finding("not_utf8", line=1, detail=encoding)])
    return root


def _oversize(root: etree._Element) -> list[Remark]:
    """Return what is beyond the bounds, before any work is done on it."""
    elements = attributes = nodes = flows = 0
    for element in root.iter(etree.Element):
        elements += 1
        attributes += len(element.attrib)
        tag = local(element)
        nodes += tag in FLOW_NODES
        flows += tag == "sequenceFlow"
    found = []
    if nodes > MAX_NODES:
        found.append(Remark(rule="too_many_nodes", detail=str(nodes)))
    if flows > MAX_FLOWS:
        found.append(Remark(rule="too_many_flows", detail=str(flows)))
    if elements > MAX_ELEMENTS or attributes > MAX_ATTRIBUTES:
        found.append(Remark(rule="too_many_elements", detail=f"{elements} + {attributes}"))
    return found


def _refuse_roots(root: etree._Element, references: References) -> None:
    """Note what stands beside the processes and cannot be run (§1.3: other conformance classes)."""
    for element in root.iter(*(BPMN + tag for tag in sorted(NOT_RUN_ROOTS))):
        references.remark("unsupported_element", element, detail=local(element))
    for element in own(root, "extension"):
        if truth(element.get("mustUnderstand"), default=False):
            references.remark("must_understand", element, detail=element.get("definition", ""))


def _process(element: etree._Element, reader: ElementReader) -> Process:
    references = reader.references
    process_id = references.identify(element)
    references.enter_process(element)
    lanes: list[Lane] = []
    for lane_set in element.iter(f"{BPMN}laneSet"):
        _lanes(lane_set, references, lanes)
    for lane in lanes:
        for node in lane.nodes:
            reader.lane_of[node] = lane
    scope = reader.scope(element, process_id)
    references.process = ""
    return Process(
        id=process_id,
        name=element.get("name", ""),
        executable=truth(element.get("isExecutable"), default=False),
        declared_executable=element.get("isExecutable", ""),
        scope=scope,
        lanes=tuple(lanes),
        documentation=documentation(element),
        line=line_of(element),
    )


def _lanes(lane_set: etree._Element, references: References, found: list[Lane]) -> None:
    """Add the lanes of a lane set; a child comes after its parent, so that the innermost wins."""
    pending = deque(own(lane_set, "lane"))
    while pending:
        element = pending.popleft()
        nodes = tuple(text_of(e) for e in own(element, "flowNodeRef"))
        lane_id = references.identify(element)
        found.append(Lane(id=lane_id, name=element.get("name", ""), nodes=nodes))
        for child in own(element, "childLaneSet"):
            pending.extend(own(child, "lane"))
