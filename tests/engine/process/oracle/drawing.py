"""A model of the oracle as BPMN 2.0 XML, for the engine and, where they differ, for the library."""

from __future__ import annotations

from tests.engine.process.diagrams import definitions
from tests.engine.process.oracle.models import Flow, Graph, Node


def draw(model: Graph, *, python: bool = False) -> bytes:
    """Return the document; with `python` the timer texts are quoted, as the bare library wants."""
    roots = '<error id="error" name="error" errorCode="stop"/>'
    for graph in model.walk():
        for node in graph.nodes:
            if node.event == "message":
                roots += f'<message id="m_{node.id}" name="{message(node.id)}"/>'
    body = _content(model, python=python)
    return definitions(roots, f'<process id="p" isExecutable="true">{body}</process>')


def message(element: str) -> str:
    """Return the name of the message an event waits for."""
    return f"to_{element}"


def _content(graph: Graph, *, python: bool) -> str:
    defaults = {f.source: f.id for f in graph.flows if f.default}
    nodes = [_node(n, graph, defaults.get(n.id, ""), python=python) for n in graph.nodes]
    return "".join(nodes) + "".join(_flow(f) for f in graph.flows)


def _node(node: Node, graph: Graph, default: str, *, python: bool) -> str:
    attributes = f' default="{default}"' if default else ""
    if node.host:
        attributes += f' attachedToRef="{node.host}"'
        if not node.interrupting:
            attributes += ' cancelActivity="false"'
    ways = [f"<incoming>{f.id}</incoming>" for f in graph.flows if f.target == node.id]
    ways += [f"<outgoing>{f.id}</outgoing>" for f in graph.flows if f.source == node.id]
    inner = "".join(ways) + _event(node, python=python) + _repeat(node)
    if node.content is not None:
        inner += _content(node.content, python=python)
    return f'<{node.tag} id="{node.id}"{attributes}>{inner}</{node.tag}>'


def _event(node: Node, *, python: bool) -> str:
    if node.event == "message":
        return f'<messageEventDefinition messageRef="m_{node.id}"/>'
    if node.event == "error":
        return '<errorEventDefinition errorRef="error"/>'
    if node.event == "terminate":
        return "<terminateEventDefinition/>"
    if node.event != "timer":
        return ""
    kind = "timeCycle" if node.timer.startswith("R") else "timeDuration"
    text = f'"{node.timer}"' if python else node.timer
    return (
        f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{text}</{kind}>'
        "</timerEventDefinition>"
    )


def _repeat(node: Node) -> str:
    repeat = node.repeat
    if repeat is None:
        return ""
    item = ' motcua:item="number"' if node.content is not None else ""
    sequential = "" if repeat.parallel else ' isSequential="true"'
    count = f'<loopCardinality xsi:type="tFormalExpression">{repeat.count}</loopCardinality>'
    stop = ""
    if repeat.stop:
        text = f"{repeat.stop} == 1"
        stop = f'<completionCondition xsi:type="tFormalExpression">{text}</completionCondition>'
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}{sequential}{item}>{count}{stop}</{tag}>"


def _flow(flow: Flow) -> str:
    condition = ""
    if flow.fact:
        text = f"{flow.fact} == {flow.value}"
        condition = (
            f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>'
        )
    ends = f'sourceRef="{flow.source}" targetRef="{flow.target}"'
    return f'<sequenceFlow id="{flow.id}" {ends}>{condition}</sequenceFlow>'
