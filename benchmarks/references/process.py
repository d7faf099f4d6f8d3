"""The process of the benchmarks: 12 flow nodes, a supplement loop, a parallel pair, five lanes."""

from __future__ import annotations

NODES = (
    ("startEvent", "start", "Bắt đầu"),
    ("userTask", "receive", "Tiếp nhận hồ sơ"),
    ("exclusiveGateway", "again", ""),
    ("userTask", "check", "Kiểm tra hồ sơ"),
    ("exclusiveGateway", "enough", "Đủ hồ sơ?"),
    ("userTask", "supplement", "Bổ sung hồ sơ"),
    ("parallelGateway", "fork", ""),
    ("userTask", "opinion_a", "Ý kiến cơ quan A"),
    ("userTask", "opinion_b", "Ý kiến cơ quan B"),
    ("parallelGateway", "join", ""),
    ("userTask", "sign", "Lãnh đạo ký"),
    ("endEvent", "end", "Kết thúc"),
)
FLOWS = (
    ("start", "receive", ""),
    ("receive", "again", ""),
    ("again", "check", ""),
    ("check", "enough", ""),
    ("enough", "fork", "complete"),
    ("enough", "supplement", "default"),
    ("supplement", "again", ""),
    ("fork", "opinion_a", ""),
    ("fork", "opinion_b", ""),
    ("opinion_a", "join", ""),
    ("opinion_b", "join", ""),
    ("join", "sign", ""),
    ("sign", "end", ""),
)
LANES = {
    "one_stop": ("start", "receive", "again", "check", "enough"),
    "applicant": ("supplement",),
    "agency_a": ("opinion_a",),
    "agency_b": ("opinion_b", "fork", "join"),
    "leader": ("sign", "end"),
}


def bpmn() -> bytes:
    """Return the diagram as BPMN 2.0."""
    default = {s: f"{s}_{t}" for s, t, condition in FLOWS if condition == "default"}
    lanes = "".join(
        f'<lane id="{lane}" name="{lane}">'
        + "".join(f"<flowNodeRef>{n}</flowNodeRef>" for n in nodes)
        + "</lane>"
        for lane, nodes in LANES.items()
    )
    nodes = "".join(
        f'<{tag} id="{i}" name="{name}"'
        + (f' default="{default[i]}"' if i in default else "")
        + "/>"
        for tag, i, name in NODES
    )
    flows = "".join(
        f'<sequenceFlow id="{s}_{t}" sourceRef="{s}" targetRef="{t}">'
        + (
            f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
            if condition not in {"", "default"}
            else ""
        )
        + "</sequenceFlow>"
        for s, t, condition in FLOWS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:motcua:bench">'
        '<process id="bench" name="Thủ tục đo" isExecutable="true">'
        f'<laneSet id="lanes">{lanes}</laneSet>{nodes}{flows}</process></definitions>'
    ).encode()
