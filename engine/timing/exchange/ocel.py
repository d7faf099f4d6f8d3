"""Writes OCEL 2.0 as JSON: a case and the people and steps in it are objects its events point to.

Events stream; objects come after them, so what grows is one line per case, person and instance.
Every attribute is a string: a foreign log's types cannot be trusted to be one type per name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from engine.timing.exchange.logs import COMPLETE, LogEvent, Trace
from engine.timing.exchange.moments import iso

CASE, PERSON = "case", "person"
TRANSITION, STARTED, INSTANCE = "lifecycle", "started", "instance"


def write_ocel(traces: Iterable[Trace]) -> Iterator[str]:
    """Yield the text of one JSON object: events, objects, eventTypes, objectTypes.

    An event without a moment has no place in OCEL and is left out.
    """
    types: dict[str, dict[str, None]] = {}
    cases: dict[str, dict[str, str]] = {}
    people: dict[str, None] = {}
    names: dict[str, None] = {}
    number = 0
    yield '{"events":['
    for trace in traces:
        cases[trace.case] = values = {a.key: a.value for a in trace.extras}
        names.update(dict.fromkeys(values))
        for event in trace.events:
            if event.at is None and event.start is None:
                continue
            number += 1
            yield ("," if number > 1 else "") + _event(number, trace.case, event, types)
            if event.resource:
                people[event.resource] = None
    yield '],"objects":['
    yield from _objects(cases, people)
    yield "],"
    yield f'"eventTypes":{_text([_type(name, keys) for name, keys in types.items()])},'
    kinds = [_type(CASE, names), *([_type(PERSON, ())] if people else [])]
    yield f'"objectTypes":{_text(kinds)}}}'


def _event(number: int, case: str, event: LogEvent, types: dict[str, dict[str, None]]) -> str:
    known = types.setdefault(event.activity or "?", {})
    values = {
        TRANSITION: event.transition or COMPLETE,
        STARTED: "" if event.start is None else iso(event.start),
        INSTANCE: event.instance,
        **{a.key: a.value for a in event.extras if a.value},
    }
    given = {name: value for name, value in values.items() if value}
    known.update(dict.fromkeys(given))
    points = [{"objectId": f"{CASE}:{case}", "qualifier": CASE}]
    if event.resource:
        points.append({"objectId": f"{PERSON}:{event.resource}", "qualifier": "performer"})
    moment = event.start if event.at is None else event.at
    return _text(
        {
            "id": f"e{number}",
            "type": event.activity or "?",
            "time": iso(moment or 0),
            "attributes": [{"name": name, "value": value} for name, value in given.items()],
            "relationships": points,
        }
    )


def _objects(cases: dict[str, dict[str, str]], people: Iterable[str]) -> Iterator[str]:
    mark = ""
    for case, values in cases.items():
        begun = iso(0)  # OCEL dates every value; these hold from the beginning
        attributes = [{"name": n, "value": v, "time": begun} for n, v in values.items()]
        yield mark + _object(CASE, case, attributes)
        mark = ","
    for person in people:
        yield mark + _object(PERSON, person, [])


def _object(kind: str, name: str, attributes: list[dict[str, str]]) -> str:
    return _text({"id": f"{kind}:{name}", "type": kind, "attributes": attributes})


def _type(name: str, keys: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": key, "type": "string"} for key in keys]}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
