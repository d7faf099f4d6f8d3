"""From what was typed in a form to routing facts, and from facts to the fields that ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.law.procedure import Procedure
from engine.law.provisions import Fact, FactKind
from workflows.errors import InvalidInput

PREFIX = "fact-"
YES_NO = (("true", "Có"), ("false", "Không"))
WIDGETS = {
    FactKind.BOOLEAN: "radios",
    FactKind.INTEGER: "number",
    FactKind.NUMBER: "number",
    FactKind.DATE: "date",
    FactKind.LIST: "lines",
}


@dataclass(frozen=True, kw_only=True)
class FactField:
    """A field that asks for one fact; `options` are (value, words) to choose from."""

    name: str
    label: str
    widget: str
    options: tuple[tuple[str, str], ...]
    value: str


def fact_fields(procedure: Procedure, element: str) -> Iterator[FactField]:
    """Yield the fields a step asks for: the facts it may set, in the order of the file."""
    for fact in procedure.facts.values():
        if element in fact.set_by:
            yield _field(fact)


def facts_typed(procedure: Procedure, element: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the facts a form sets; what was left empty is not set. Raises InvalidInput."""
    found: dict[str, Any] = {}
    for fact in procedure.facts.values():
        text = form.get(PREFIX + fact.name, "").strip()
        if element in fact.set_by and text:
            found[fact.name] = _value(fact, text)
    return found


def _field(fact: Fact) -> FactField:
    options: tuple[tuple[str, str], ...] = ()
    widget = WIDGETS.get(fact.type, "text")
    if fact.type is FactKind.BOOLEAN:
        options = YES_NO
    elif fact.values:
        widget, options = "choice", tuple((str(v), str(v)) for v in fact.values)
    return FactField(
        name=PREFIX + fact.name,
        label=fact.label or fact.name,
        widget=widget,
        options=options,
        value=_text(fact.default),
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "\n".join(str(v) for v in value)
    return str(value)


def _value(fact: Fact, text: str) -> Any:
    """Return what the text means for this fact; the process checks values again."""
    try:
        if fact.type is FactKind.BOOLEAN:
            return {"true": True, "false": False}[text]
        if fact.type is FactKind.INTEGER:
            return int(text)
        if fact.type is FactKind.NUMBER:
            return float(text.replace(",", "."))
    except (KeyError, ValueError):
        raise InvalidInput(PREFIX + fact.name, f"«{fact.label}»: hãy điền đúng kiểu") from None
    if fact.type is FactKind.LIST:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text
