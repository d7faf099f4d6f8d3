"""Content of other namespaces in a document: named where it stands, because it is not executed.

Not for our own namespace, and not for what is only drawing (the BPMNDI part, colours).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.process.document import Remark
from engine.process.xmlparts import BPMN, line_of, local, namespace

KNOWN = ("http://www.omg.org/spec/", "http://www.w3.org/", "http://bpmn.io/", "urn:motcua:")
LAYOUT = ("http://camunda.org/schema/modeler/", "http://operaton.org/schema/modeler/")
# What loops.py and elements.py read of other tools' extensions.
UNDERSTOOD = frozenset(
    {
        "collection", "elementVariable", "inputCollection", "inputElement", "outputCollection",
        "outputElement", "loopCharacteristics",
    }
)  # fmt: skip
MAX_REMARKS = 50
MAX_NAMES = 8


def foreign_remarks(root: etree._Element) -> list[Remark]:
    """Return one remark for each element and namespace, at most 50, and then one with the rest."""
    found: dict[tuple[str, str], list[str]] = {}
    owners: dict[str, etree._Element] = {}
    for owner, element in _executable_part(root):
        for space, name in _foreign_names(element):
            key = (owner.get("id", ""), space)
            owners.setdefault(key[0], owner)
            names = found.setdefault(key, [])
            if len(names) <= MAX_NAMES and name not in names:
                names.append(name)
    remarks = []
    for (owner_id, space), names in list(found.items())[:MAX_REMARKS]:
        owner = owners[owner_id]
        more = ", …" if len(names) > MAX_NAMES else ""
        remarks.append(
            Remark(
                rule="foreign",
                element=owner_id,
                name=owner.get("name", ""),
                line=line_of(owner),
                detail=f"{space} ({', '.join(names[:MAX_NAMES])}{more})",
            )
        )
    if len(found) > MAX_REMARKS:
        rest = len(found) - MAX_REMARKS
        remarks.append(Remark(rule="foreign", detail=f"+{rest}"))
    return remarks


def _executable_part(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Yield each element outside the drawing with the nearest BPMN element that has an id."""
    pending = [(root, root)]
    while pending:
        owner, element = pending.pop()
        if local(element) in {"BPMNDiagram", "relationship"}:
            continue
        if str(element.tag).startswith(BPMN) and element.get("id"):
            owner = element
        yield owner, element
        pending.extend((owner, c) for c in element.iterchildren(etree.Element, reversed=True))


def _foreign_names(element: etree._Element) -> Iterator[tuple[str, str]]:
    for full in (str(element.tag), *map(str, element.attrib)):
        space, name = namespace(full), full.rpartition("}")[2]
        if space and not space.startswith(KNOWN + LAYOUT) and name not in UNDERSTOOD:
            yield space, name
