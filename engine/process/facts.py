"""Routing facts (dữ kiện định tuyến): the few typed values a diagram decides on.

Not for forms or documents: those never enter the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import Rejected

MAX_FACTS_BYTES = 64 * 1024
MAX_TEXT = 4_000
MAX_NUMBER = 10**15
MAX_LIST = 500
MAX_DEPTH = 8
MAX_PARTS = 5_000
TYPES = ("boolean", "integer", "number", "text", "date", "list")


class WrongFact(Rejected):
    """A fact has a name or a value the process does not accept."""

    code = "wrong_fact"


@dataclass(frozen=True, kw_only=True)
class FactType:
    """The declared type of a fact; `values` lists what it may be, empty for anything."""

    type: str
    values: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a type this language does not have."""
        if self.type not in TYPES:
            message = f"Kiểu dữ kiện «{self.type}» không có; dùng một trong: {', '.join(TYPES)}."
            raise WrongFact(message)


def check_facts(facts: Mapping[str, Any], declared: Mapping[str, FactType] | None) -> None:
    """Raise WrongFact for the first fact that is undeclared, of the wrong type or too large.

    With `declared` None (plain BPMN) any name that can be written in an expression and any bounded
    JSON value passes.
    """
    for name, value in facts.items():
        if not name.isidentifier() or name.startswith("_"):
            message = f"Tên dữ kiện «{name}» không hợp lệ; dùng chữ, số và gạch dưới."
            raise WrongFact(message, element=name)
        if declared is None:
            _bounded(name, value)
        elif name not in declared:
            known = ", ".join(sorted(declared)) or "không có"
            message = f"Dữ kiện «{name}» chưa khai báo; các dữ kiện có: {known}."
            raise WrongFact(message, element=name)
        else:
            _typed(name, value, declared[name])


def _typed(name: str, value: Any, declared: FactType) -> None:
    _bounded(name, value)
    if not _is_a(value, declared.type):
        message = f"Dữ kiện «{name}» phải là kiểu {declared.type}, nhận được {value!r:.60}."
        raise WrongFact(message, element=name)
    if declared.values and value not in declared.values:
        allowed = ", ".join(str(v) for v in declared.values)
        message = f"Dữ kiện «{name}» chỉ nhận: {allowed}; nhận được {value!r:.60}."
        raise WrongFact(message, element=name)


def _is_a(value: Any, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "list":
        return isinstance(value, list | tuple)
    return isinstance(value, str) and (kind == "text" or _is_date(value))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _bounded(name: str, value: Any) -> None:
    """Refuse a value too deep, too long or of too many parts; shared parts count every time."""
    parts = text = 0
    pending = [(value, 0)]
    while pending:
        part, depth = pending.pop()
        parts += 1
        if depth > MAX_DEPTH or parts > MAX_PARTS:
            _refuse(name, "lồng quá sâu" if depth > MAX_DEPTH else f"có hơn {MAX_PARTS} phần tử")
        if not isinstance(part, list | tuple | Mapping):
            _simple(name, part)
            text += len(part) if isinstance(part, str) else 0
            if text > MAX_FACTS_BYTES:
                _refuse(name, "là văn bản quá dài")
            continue
        if isinstance(part, Mapping) and not all(isinstance(key, str) for key in part):
            _refuse(name, "có khóa không phải văn bản")
        items = list(part.values()) if isinstance(part, Mapping) else part
        if len(items) > MAX_LIST:
            _refuse(name, f"có hơn {MAX_LIST} phần tử")
        pending.extend((item, depth + 1) for item in items)


def _simple(name: str, value: Any) -> None:
    if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
        _refuse(name, "là số quá lớn")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        _refuse(name, "là văn bản quá dài")
    if value is not None and not isinstance(value, int | float | str):
        _refuse(name, f"có kiểu {type(value).__name__}, không phải JSON")


def _refuse(name: str, why: str) -> None:
    message = f"Dữ kiện «{name}» {why}."
    raise WrongFact(message, element=name)
