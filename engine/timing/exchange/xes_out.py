"""Writes XES (IEEE 1849-2023): traces in, pieces of text out, one trace at a time.

Moments are written in UTC. Keys and texts are written as XML allows them; a character XML has no
place for is written as U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from engine.timing.exchange.logs import Attribute, Extension, LogEvent, LogHead, Trace
from engine.timing.exchange.moments import iso

KINDS = frozenset(("string", "date", "int", "float", "boolean", "id", "list"))
STANDARD = tuple(
    Extension(name, prefix, f"http://www.xes-standard.org/{prefix}.xesext")
    for name, prefix in (
        ("Concept", "concept"), ("Lifecycle", "lifecycle"), ("Time", "time"),
        ("Organizational", "org"),
    )
)  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^\W\d][\w.\-·]*", re.UNICODE)


def write_xes(traces: Iterable[Trace], head: LogHead | None = None) -> Iterator[str]:
    """Yield the text of a log; `head` is what a log that was read said of itself."""
    head = head or LogHead()
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<log xes.version="1849.2023" xes.features="nested-attributes">\n'
    )
    yield from _declarations(head)
    for trace in traces:
        yield "".join(_trace(trace))
    yield "</log>\n"


def _declarations(head: LogHead) -> Iterator[str]:
    declared = {extension.prefix for extension in head.extensions}
    more = [extension for extension in STANDARD if extension.prefix not in declared]
    for extension in (*head.extensions, *more):
        name, prefix, uri = map(_quoted, extension)
        yield f"  <extension name={name} prefix={prefix} uri={uri}/>\n"
    for scope, attributes in head.globals:
        inner = "".join(_attribute(a, "    ") for a in attributes)
        yield f"  <global scope={_quoted(scope)}>\n{inner}  </global>\n"
    for classifier in head.classifiers:
        keys = _quoted(" ".join(f"'{k}'" if " " in k else k for k in classifier.keys))
        name = _quoted("_".join(_NAME.findall(classifier.name)) or "classifier")
        yield f"  <classifier name={name} scope={_quoted(classifier.scope)} keys={keys}/>\n"
    for attribute in head.attributes:
        yield _attribute(attribute, "  ")


def _trace(trace: Trace) -> Iterator[str]:
    yield "  <trace>\n"
    if all(a.key != "concept:name" for a in trace.extras):
        yield _line("    ", "string", "concept:name", trace.case)
    for attribute in trace.extras:
        yield _attribute(attribute, "    ")
    for event in trace.events:
        yield "    <event>\n"
        yield from _event(event)
        yield "    </event>\n"
    yield "  </trace>\n"


def _event(event: LogEvent) -> Iterator[str]:
    kept = {a.key for a in event.extras}
    known = (
        ("string", "concept:name", event.activity),
        ("string", "concept:instance", event.instance),
        ("string", "org:resource", event.resource),
        ("string", "lifecycle:transition", event.transition),
        ("date", "time:timestamp", "" if event.at is None else iso(event.at)),
        ("date", "start_timestamp", "" if event.start is None else iso(event.start)),
    )
    for kind, key, value in known:
        if value and key not in kept:
            yield _line("      ", kind, key, value)
    for attribute in event.extras:
        yield _attribute(attribute, "      ")


def _line(indent: str, kind: str, key: str, value: str) -> str:
    return f"{indent}<{kind} key={_quoted(key)} value={_quoted(value)}/>\n"


def _attribute(attribute: Attribute, indent: str) -> str:
    """Return an attribute; a kind no standard knows (old logs had `container`) becomes a string."""
    kind = attribute.kind if attribute.kind in (*KINDS, "values") else "string"
    words = kind
    if kind != "values":
        words += f" key={_quoted(attribute.key)}"
    if kind not in ("list", "values"):
        words += f" value={_quoted(attribute.value)}"
    if not attribute.nested:
        return f"{indent}<{words}/>\n"
    inner = "".join(_attribute(below, indent + "  ") for below in attribute.nested)
    return f"{indent}<{words}>\n{inner}{indent}</{kind}>\n"


def _quoted(text: str) -> str:
    # XML turns a line end inside a value into a space unless it is written as a reference.
    clean = _NOT_XML.sub("\ufffd", text)
    return quoteattr(clean, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
