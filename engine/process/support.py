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
# What is refused, in Vietnamese and English.
Sentence = tuple[str, str]
REFUSED_TAGS: dict[str, Sentence] = {
    "complexGateway": ("cổng phức hợp (complexGateway)", "a complex gateway"),
    "adHocSubProcess": ("quy trình con tùy biến (adHocSubProcess)", "an ad-hoc sub-process"),
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
        for vi, en in asked:
            yield finding(
                "unsupported",
                element=node.id,
                name=node.name,
                line=node.line,
                detail=vi,
                detail_en=en,
            )


def _attributes(node: Node) -> Iterator[Sentence]:
    if node.tag in REFUSED_TAGS:
        yield REFUSED_TAGS[node.tag]
    if node.quantities != ("1", "1"):
        amounts = "/".join(node.quantities)
        yield f"số thẻ khác 1 ({amounts})", f"a token quantity other than 1 ({amounts})"
    if node.instantiate:
        vi = "instantiate (bắt đầu quy trình từ bước nhận hoặc cổng sự kiện)"
        yield vi, "instantiate (a receive task or event gateway that starts the process)"
    if node.parallel_multiple:
        yield "parallelMultiple", "parallelMultiple"
    for association in node.unsupported:
        yield f"gán dữ liệu trong {association}", f"data moved by {association}"
    if node.loop is not None and node.loop.behavior != "All":
        what = f"multi-instance behavior {node.loop.behavior}"
        yield what, what


def _event(node: Node, *, by_event: bool) -> Iterator[Sentence]:
    if node.tag not in RUN:
        return
    starts_event_scope = node.tag == "startEvent" and by_event
    allowed = EVENT_SUBPROCESS_STARTS if starts_event_scope else RUN[node.tag]
    kind = node.event_kind
    kinds = [e.kind for e in node.events]
    if kind == "multiple":
        mixed = (set(kinds) - allowed) or (set(kinds) & NEVER_MIXED)
        if mixed:
            names = ", ".join(sorted(mixed))
            yield f"{node.tag} với nhiều sự kiện gồm {names}", f"{node.tag} of several with {names}"
    elif kind == "none" and node.tag in {"intermediateCatchEvent", "boundaryEvent"}:
        yield f"{node.tag} không có loại sự kiện", f"{node.tag} without an event definition"
    elif kind not in allowed and not (kind == "none" and starts_event_scope):
        yield f"{node.tag} loại {kind}", f"{node.tag} of kind {kind}"


def _compensation(node: Node, scope: Scope, nodes: dict[str, Node]) -> Iterator[Sentence]:
    boundary = node.tag == "boundaryEvent" and node.event_kind == "compensate"
    if boundary and not _is_handler(nodes.get(node.handler)):
        vi = "sự kiện biên bù trừ không nối tới hoạt động bù trừ (isForCompensation)"
        yield vi, "a compensation boundary event without an isForCompensation handler"
    if node.for_compensation and not any(n.handler == node.id for n in scope.nodes):
        vi = "hoạt động bù trừ không gắn với sự kiện biên bù trừ nào"
        yield vi, "a compensation handler that no boundary event leads to"
    if boundary or node.event_kind != "compensate" or node.tag == "startEvent":
        return
    ref = node.events[0].ref
    if ref:
        handlers = [n for n in scope.nodes if n.attached_to == ref and n.event_kind == "compensate"]
        if not handlers:
            vi = f"bù trừ cho «{ref}» không có xử lý trong cùng phạm vi"
            yield vi, f"compensation of '{ref}' without a handler in the same scope"
    elif any(n.event_kind == "compensate" for s in list(scope.walk())[1:] for n in s.nodes):
        yield "bù trừ xuyên qua quy trình con", "compensation that reaches into a sub-process"


def _is_handler(node: Node | None) -> bool:
    return node is not None and node.for_compensation and node.is_activity


def _cancel(node: Node, nodes: dict[str, Node], *, transaction: bool) -> Iterator[Sentence]:
    if node.event_kind == "cancel":
        if node.tag == "endEvent" and not transaction:
            vi = "kết thúc hủy (cancel) ngoài giao dịch (transaction)"
            yield vi, "a cancel end event outside a transaction"
        host = nodes.get(node.attached_to)
        if node.tag == "boundaryEvent" and (host is None or host.tag != "transaction"):
            vi = "sự kiện biên hủy (cancel) không gắn vào giao dịch (transaction)"
            yield vi, "a cancel boundary event on what is no transaction"
    if node.tag == "transaction" and node.scope is not None:
        cancels = any(n.event_kind == "cancel" for n in node.scope.nodes)
        caught = any(n.attached_to == node.id and n.event_kind == "cancel" for n in nodes.values())
        if cancels and not caught:
            vi = "giao dịch bị hủy mà không có sự kiện biên hủy (cancel)"
            yield vi, "a cancelled transaction without a cancel boundary event"
