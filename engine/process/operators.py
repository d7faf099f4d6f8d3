"""Operators and functions of the expression language, each bounded in what it can produce."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

MAX_NUMBER = 10**15
MAX_TEXT = 10_000

Value = Any


def bounded(value: Value) -> Value:
    """Return the value; raises OverflowError for a number or text beyond the bounds."""
    if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
        raise OverflowError
    if isinstance(value, str | list) and len(value) > MAX_TEXT:
        raise OverflowError
    return value


def number_of(value: Value) -> Value:
    """Return the value; raises TypeError when it is no number (a truth value is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def _add(a: Value, b: Value) -> Value:
    if isinstance(a, str) and isinstance(b, str):
        return bounded(a + b)
    return bounded(number_of(a) + number_of(b))


def _arithmetic(function: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def apply(a: Value, b: Value) -> Value:
        return bounded(function(number_of(a), number_of(b)))

    return apply


def _ordered(function: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def apply(a: Value, b: Value) -> Value:
        if a is None or b is None:
            return False
        if isinstance(a, bool) or isinstance(b, bool):
            raise TypeError
        return function(a, b)

    return apply


def _equal(a: Value, b: Value) -> bool:
    # In Python True == 1; a jurist would not agree.
    if isinstance(a, bool) is not isinstance(b, bool):
        return False
    return bool(a == b)


def _contains(item: Value, container: Value) -> bool:
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    if not isinstance(container, list | tuple):
        raise TypeError
    return any(_equal(item, c) for c in container)


BINARY: dict[str, tuple[int, str, Callable[[Value, Value], Value]]] = {
    "==": (4, "boolean", _equal),
    "!=": (4, "boolean", lambda a, b: not _equal(a, b)),
    "<": (4, "boolean", _ordered(operator.lt)),
    "<=": (4, "boolean", _ordered(operator.le)),
    ">": (4, "boolean", _ordered(operator.gt)),
    ">=": (4, "boolean", _ordered(operator.ge)),
    "in": (4, "boolean", _contains),
    "+": (5, "add", _add),
    "-": (5, "number", _arithmetic(operator.sub)),
    "*": (6, "number", _arithmetic(operator.mul)),
    "/": (6, "number", _arithmetic(operator.truediv)),
    "//": (6, "number", _arithmetic(operator.floordiv)),
    "%": (6, "number", _arithmetic(operator.mod)),
}
SYNONYMS: dict[str, str] = {"&&": "and", "||": "or", "!": "not"}


def _length(value: Value) -> int:
    if not isinstance(value, str | list | tuple):
        raise TypeError
    return len(value)


def _text_of(value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return str(value)


FUNCTIONS: dict[str, tuple[int, str, Callable[..., Value]]] = {
    "len": (1, "number", _length),
    "abs": (1, "number", lambda a: abs(number_of(a))),
    "min": (2, "number", lambda a, b: min(number_of(a), number_of(b))),
    "max": (2, "number", lambda a, b: max(number_of(a), number_of(b))),
    "lower": (1, "text", lambda a: a.lower() if isinstance(a, str) else number_of("")),
    "upper": (1, "text", lambda a: a.upper() if isinstance(a, str) else number_of("")),
    "text": (1, "text", _text_of),
}
