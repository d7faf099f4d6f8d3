"""The stored form of an instance: compact, versioned, constant in size; opaque to everyone else.

JSON: `[format, digest, number, scopes]`, a scope `[owner, spec, facts, tokens]`, a token
`[number, element, state, marks]`. Only what waits is in it; history is in the log.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Rejected
from engine.process.gateways import InclusiveSpec
from engine.process.instance import Instance
from engine.process.tokens import Scope, Token

if TYPE_CHECKING:
    from datetime import datetime

    from engine.process.executable import Definition
    from engine.process.timers import WorkingTime

FORMAT = 1
CODES = {TaskState.WAITING: "w", TaskState.READY: "r", TaskState.STARTED: "s"}
STATES = {code: state for state, code in CODES.items()}


class WrongState(Rejected):
    """The stored state does not belong to this definition, or is damaged."""

    code = "wrong_state"


class AlreadyEnded(Rejected):
    """The process is over; nothing more can happen in it."""

    code = "already_ended"


def freeze(instance: Instance) -> bytes:
    """Return the instance as bytes."""
    scopes = [
        [
            scope.owner.id if scope.owner is not None else "",
            scope.spec.name,
            scope.facts,
            [[t.id, t.task_spec.name, CODES[t.state], t.marks] for t in scope.tasks.values()],
            *([scope.compensable] if scope.compensable else []),
        ]
        for scope in instance.scopes.values()
    ]
    content = [FORMAT, instance.definition.digest[:16], instance.number, scopes]
    if not scopes:
        content.append(instance.outcome)
        content.append(instance.final_facts)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def thaw(
    definition: Definition, state: bytes, now: datetime, working_time: WorkingTime | None = None
) -> Instance:
    """Return the instance to go on with; raises WrongState or AlreadyEnded."""
    content = _content(definition, state)
    if not content[3]:
        message = f"Quy trình đã kết thúc ({content[4]}); không thể thực hiện thêm."
        raise AlreadyEnded(message, outcome=content[4])
    instance = Instance(definition, now, working_time)
    instance.number = content[2]
    for owner, name, facts, rows, *rest in content[3]:
        holder = instance.find(owner) if owner else None
        scope = Scope(definition.scopes[name], instance, holder, facts)
        scope.compensable = rest[0] if rest else []
        for token_id, element, code, marks in rows:
            _restore(scope, token_id, element, code, marks)
    instance.touched.clear()
    return instance


def ended_as(definition: Definition, state: bytes) -> tuple[int, str, dict[str, Any]] | None:
    """Return the last token number, outcome and facts of an instance that is over, else None.

    Raises WrongState.
    """
    content = _content(definition, state)
    return None if content[3] else (content[2], content[4], content[5])


def facts_of(definition: Definition, state: bytes) -> dict[str, Any]:
    """Return the routing facts of an instance as they are now, or were at its end.

    Raises WrongState.
    """
    content = _content(definition, state)
    found = content[5] if not content[3] else next(s[2] for s in content[3] if not s[0])
    return dict(found or {})


def _content(definition: Definition, state: bytes) -> list[Any]:
    try:
        content = json.loads(state)
        known = content[0] == FORMAT
    except (ValueError, TypeError, IndexError, KeyError):
        raise WrongState("Trạng thái lưu trữ bị hỏng.") from None
    if not known:
        raise WrongState(f"Trạng thái có định dạng {content[0]!r:.20}, chỉ đọc được {FORMAT}.")
    if content[1] != definition.digest[:16]:
        raise WrongState("Trạng thái thuộc phiên bản quy trình khác; dùng đúng phiên bản đã lưu.")
    return list(content)


def _restore(scope: Scope, token_id: str, element: str, code: str, marks: dict[str, Any]) -> None:
    spec = scope.spec.task_specs.get(element)
    if spec is None or code not in STATES:
        raise WrongState(f"Trạng thái nhắc tới «{element}» không có trong quy trình.")
    token = Token(scope, spec, None, STATES[code], token_id)
    token.marks.update(marks)
    if isinstance(spec, InclusiveSpec):
        scope.instance.joins[scope, spec] = None
