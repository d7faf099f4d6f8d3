"""Event definitions of a document, inline or by reference, in one form.

Not for running them: catching.py and throwing.py do.
"""

from __future__ import annotations

from lxml import etree

from engine.process.document import EventDefinition
from engine.process.references import DEFINITION, References
from engine.process.xmlparts import (
    BPMN,
    OURS,
    bare,
    line_of,
    local,
    own_text,
    roots,
    text_of,
    truth,
)

TIMES = frozenset({"timeDuration", "timeDate", "timeCycle"})


def event_definitions(
    element: etree._Element, references: References
) -> tuple[EventDefinition, ...]:
    """Return the event definitions of an event."""
    found = []
    for child in roots(element):
        if not str(child.tag).startswith(BPMN):
            continue
        tag = local(child)
        if tag == "eventDefinitionRef":
            target = references.definitions.get(bare(child.text))
            if target is None:
                references.remark("unknown_reference", element, detail=f"event {text_of(child)}")
                continue
            found.append(_definition(target, element, references))
        elif tag.endswith(DEFINITION):
            found.append(_definition(child, element, references))
    return tuple(found)


def _definition(
    element: etree._Element, event: etree._Element, references: References
) -> EventDefinition:
    kind = local(element).removesuffix(DEFINITION)
    line = line_of(element)
    if kind == "timer":
        return _timer(element, event, references)
    if kind == "conditional":
        return EventDefinition(kind=kind, condition=own_text(element, "condition"), line=line)
    if kind == "link":
        return EventDefinition(kind=kind, name=element.get("name", ""), line=line)
    if kind == "compensate":
        return EventDefinition(kind=kind, ref=bare(element.get("activityRef")), line=line)
    reference = bare(element.get(f"{kind}Ref"))
    name, code = references.name_and_code(kind, reference, event)
    if kind in {"message", "signal"} and not reference:
        references.remark(f"unnamed_{kind}", event)
        name = event.get("id", "")
    if kind == "error" and not truth(_interrupts(event), default=True):
        references.remark("error_interrupts", event)
    return EventDefinition(kind=kind, name=name, code=code, ref=reference, line=line)


def _interrupts(event: etree._Element) -> str | None:
    return event.get("cancelActivity", event.get("isInterrupting"))


def _timer(
    element: etree._Element, event: etree._Element, references: References
) -> EventDefinition:
    children = [c for c in roots(element) if local(c) in TIMES]
    if len(children) != 1:
        references.remark("timer_unclear", event, detail=str(len(children)))
        return EventDefinition(kind="timer", line=line_of(element))
    child = children[0]
    return EventDefinition(
        kind="timer",
        timer=local(child).removeprefix("time").lower(),
        text=text_of(child),
        working=child.get(OURS + "calendar", "") == "working",
        line=line_of(element),
    )
