"""What of the standard runs and what is refused by name; docs/reference/bpmn.md is made from it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.process.document import Node, Scope
from engine.process.findings import Finding
from engine.process.rules import finding

CATCHES = frozenset({"message", "timer", "signal", "conditional"})
RISING = frozenset({"error", "escalation"})
# Which event kinds each position of an event runs; everything else is refused by name.
RUN: dict[str, frozenset[str]] = {
    "startEvent": CATCHES | {"none"},
    "endEvent": RISING | {"none", "terminate", "message", "signal", "compensate", "cancel"},
    "intermediateCatchEvent": CATCHES | {"link"},
    "intermediateThrowEvent": frozenset(
        {"none", "message", "signal", "escalation", "link", "compensate"}
    ),
    "boundaryEvent": CATCHES | RISING | {"compensate", "cancel"},
}
EVENT_SUBPROCESS_STARTS = CATCHES | RISING
NEVER_MIXED = frozenset({"link", "terminate", "cancel", "compensate", "error"})
REFUSED_TAGS = {
    "complexGateway": "cổng phức hợp (complexGateway)",
    "adHocSubProcess": "quy trình con tùy biến (adHocSubProcess)",
}


def support_findings(scope: Scope, *, by_event: bool, transaction: bool) -> Iterator[Finding]:
    """Yield what each node of a scope asks for and we do not run."""
    nodes = {n.id: n for n in scope.nodes}
    for node in scope.nodes:
        asked = [
            *_attributes(node),
            *_event(node, by_event=by_event),
            *_compensation(node, scope, nodes),
            *_cancel(node, nodes, transaction=transaction),
        ]
        for what in asked:
            yield finding(
                "unsupported", element=node.id, name=node.name, line=node.line, detail=what
            )


def _attributes(node: Node) -> Iterator[str]:
    if node.tag in REFUSED_TAGS:
        yield REFUSED_TAGS[node.tag]
    if node.quantities != ("1", "1"):
        yield f"số thẻ khác 1 ({'/'.join(node.quantities)})"
    if node.instantiate:
        yield "instantiate (bắt đầu quy trình từ bước nhận hoặc cổng sự kiện)"
    if node.parallel_multiple:
        yield "parallelMultiple"
    for association in node.unsupported:
        yield f"gán dữ liệu trong {association}"
    if node.loop is not None and node.loop.behavior != "All":
        yield f"multi-instance behavior {node.loop.behavior}"


def _event(node: Node, *, by_event: bool) -> Iterator[str]:
    if node.tag not in RUN:
        return
    starts_event_scope = node.tag == "startEvent" and by_event
    allowed = EVENT_SUBPROCESS_STARTS if starts_event_scope else RUN[node.tag]
    kind = node.event_kind
    kinds = [e.kind for e in node.events]
    if kind == "multiple":
        mixed = (set(kinds) - allowed) or (set(kinds) & NEVER_MIXED)
        if mixed:
            yield f"{node.tag} với nhiều sự kiện gồm {', '.join(sorted(mixed))}"
    elif kind == "none" and node.tag in {"intermediateCatchEvent", "boundaryEvent"}:
        yield f"{node.tag} không có loại sự kiện"
    elif kind not in allowed and not (kind == "none" and starts_event_scope):
        yield f"{node.tag} loại {kind}"


def _compensation(node: Node, scope: Scope, nodes: dict[str, Node]) -> Iterator[str]:
    boundary = node.tag == "boundaryEvent" and node.event_kind == "compensate"
    if boundary and not _is_handler(nodes.get(node.handler)):
        yield "sự kiện biên bù trừ không nối tới hoạt động bù trừ (isForCompensation)"
    if node.for_compensation and not any(n.handler == node.id for n in scope.nodes):
        yield "hoạt động bù trừ không gắn với sự kiện biên bù trừ nào"
    if boundary or node.event_kind != "compensate" or node.tag == "startEvent":
        return
    ref = node.events[0].ref
    if ref:
        handlers = [n for n in scope.nodes if n.attached_to == ref and n.event_kind == "compensate"]
        if not handlers:
            yield f"bù trừ cho «{ref}» không có xử lý trong cùng phạm vi"
    elif any(n.event_kind == "compensate" for s in list(scope.walk())[1:] for n in s.nodes):
        yield "bù trừ xuyên qua quy trình con"


def _is_handler(node: Node | None) -> bool:
    return node is not None and node.for_compensation and node.is_activity


def _cancel(node: Node, nodes: dict[str, Node], *, transaction: bool) -> Iterator[str]:
    if node.event_kind == "cancel":
        if node.tag == "endEvent" and not transaction:
            yield "kết thúc hủy (cancel) ngoài giao dịch (transaction)"
        host = nodes.get(node.attached_to)
        if node.tag == "boundaryEvent" and (host is None or host.tag != "transaction"):
            yield "sự kiện biên hủy (cancel) không gắn vào giao dịch (transaction)"
    if node.tag == "transaction" and node.scope is not None:
        cancels = any(n.event_kind == "cancel" for n in node.scope.nodes)
        caught = any(n.attached_to == node.id and n.event_kind == "cancel" for n in nodes.values())
        if cancels and not caught:
            yield "giao dịch bị hủy mà không có sự kiện biên hủy (cancel)"
