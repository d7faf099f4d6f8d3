"""Loop characteristics and data associations of an activity, in one form whoever wrote them.

Not for running them: multi.py does.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.process.document import Loop
from engine.process.references import References
from engine.process.xmlparts import (
    BPMN,
    bare,
    foreign,
    integer_of,
    line_of,
    local,
    own,
    own_text,
    roots,
    truth,
)

ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
# What an input association fills is read by the diagram itself only here.
READS_INPUTS = frozenset({"scriptTask", "callActivity", "subProcess", "transaction"})


def loop_of(element: etree._Element, references: References) -> Loop | None:
    """Return how an activity repeats, if it does."""
    for child in own(element, "standardLoopCharacteristics"):
        return Loop(
            kind="standard",
            condition=own_text(child, "loopCondition"),
            test_before=truth(child.get("testBefore"), default=False),
            maximum=integer_of(child.get("loopMaximum", "")),
            line=line_of(child),
        )
    for child in own(element, "multiInstanceLoopCharacteristics"):
        return _multi(child, element, references)
    return None


def _multi(element: etree._Element, activity: etree._Element, references: References) -> Loop:
    zeebe = next((e for e in element.iter() if local(e) == "loopCharacteristics"), None)
    other = zeebe if zeebe is not None else element
    sequential = truth(element.get("isSequential"), default=False)
    data_in = own_text(element, "loopDataInputRef")
    data_out = own_text(element, "loopDataOutputRef")
    return Loop(
        kind="sequential" if sequential else "parallel",
        cardinality=own_text(element, "loopCardinality"),
        collection=_outer(activity, bare(data_in), references)
        or foreign(other, "collection", "inputCollection"),
        item=_item(element, "inputDataItem", references)
        or foreign(other, "item", "elementVariable", "inputElement"),
        output=_outer(activity, bare(data_out), references)
        or foreign(other, "output", "outputCollection"),
        output_item=_item(element, "outputDataItem", references)
        or foreign(other, "outputItem", "outputElement"),
        condition=own_text(element, "completionCondition"),
        behavior=element.get("behavior", "All"),
        line=line_of(element),
    )


def _item(element: etree._Element, tag: str, references: References) -> str:
    child = next(own(element, tag), None)
    if child is None:
        return ""
    return references.data_name(child.get("id", "")) or child.get("name", "")


def _outer(activity: etree._Element, reference: str, references: References) -> str:
    """Return the fact behind a loop's data input or output, through its data association."""
    if not reference:
        return ""
    for tag in ASSOCIATIONS:
        for association in own(activity, tag):
            source, target = _ends(association)
            if reference == target and tag == ASSOCIATIONS[0] and source:
                return references.data_name(source)
            if reference == source and tag == ASSOCIATIONS[1] and target:
                return references.data_name(target)
    return references.data_name(reference)


def _ends(association: etree._Element) -> tuple[str, str]:
    return bare(own_text(association, "sourceRef")), bare(own_text(association, "targetRef"))


def unsupported_data(element: etree._Element, tag: str, references: References) -> tuple[str, ...]:
    """Return the data associations of a node that would move data and are not run.

    Facts belong to the whole process, so an association between things of one name moves nothing,
    and an input is needed only where the diagram itself reads it. A data object drawn beside a task
    has an input or output without a name at its other end, or none: that is drawing.
    """
    loop = next(own(element, "multiInstanceLoopCharacteristics"), None)
    used = (
        set()
        if loop is None
        else {bare(own_text(loop, t)) for t in ("loopDataInputRef", "loopDataOutputRef")}
    )
    inner = {e.get("id", "") for e in _parameters(element) if e.get("name", "").isidentifier()}
    found = []
    for kind in ASSOCIATIONS:
        for association in own(element, kind):
            computes = any(local(e) in {"assignment", "transformation"} for e in roots(association))
            source, target = _ends(association)
            near, far = (target, source) if kind == ASSOCIATIONS[0] else (source, target)
            reads = kind == ASSOCIATIONS[1] or tag in READS_INPUTS
            moves = near in inner and far and reads and near not in used
            if computes or (moves and references.data_name(near) != references.data_name(far)):
                found.append(kind)
    return tuple(found)


def _parameters(element: etree._Element) -> Iterator[etree._Element]:
    holders = [element, *own(element, "ioSpecification")]
    for holder in holders:
        yield from holder.iterchildren(BPMN + "dataInput", BPMN + "dataOutput")
