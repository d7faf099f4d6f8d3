"""Reads XES (IEEE 1849-2016, 1849-2023, and the logs of versions 1.0 and 2.0 before): bytes in.

Streams: a trace is handed out when it ends and then forgotten. Document types, entities and
anything outside the file are refused. A default value a log declares for its events stands in for a
missing lifecycle alone: a name, person or moment nobody recorded is not invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import NoReturn
from xml.parsers import expat

from engine.timing.exchange.logs import (
    Attribute,
    Classifier,
    Extension,
    LogEvent,
    LogHead,
    Trace,
    UnreadableLog,
)
from engine.timing.exchange.moments import VIET_NAM, iso_reader

DEEPEST = 40
LOG, TRACE, EVENT = 1, 2, 3
LIFECYCLE = "lifecycle:transition"

_Start = Callable[[str, list[str]], None]
_End = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class XesKeys:
    """Which attributes say what; the defaults are the standard extensions'."""

    case: str = "concept:name"
    activity: str = "concept:name"
    complete: str = "time:timestamp"
    start: str = "start_timestamp"
    lifecycle: str = LIFECYCLE
    instance: str = "concept:instance"
    resource: str = "org:resource"
    classifier: str = ""
    zone: tzinfo = VIET_NAM


class XesReader:
    """Reads one log; `head` is whole once the first trace was handed out.

    With `keep`, every attribute is kept, nested ones too; without, what figures need.
    """

    def __init__(self, keys: XesKeys | None = None, *, keep: bool = False) -> None:
        """Choose keys and whether to keep what figures do not need."""
        self.keys = keys or XesKeys()
        self.loose_events = 0
        self._keep = keep
        self._depth = 0
        self._number = 0
        self._trace: dict[str, str] | None = None
        self._events: list[LogEvent] = []
        self._values: dict[str, str] | None = None
        self._open: list[list[Attribute]] = []
        self._kept: list[Attribute] = []
        self._kept_trace: list[Attribute] = []
        self._pending: list[tuple[str, str, str]] = []
        self._extensions: list[Extension] = []
        self._classifiers: list[Classifier] = []
        self._globals: list[tuple[str, tuple[Attribute, ...]]] = []
        self._log: list[Attribute] = []
        self._scope = ""
        self._default_lifecycle = ""
        self._naming: tuple[str, ...] = ()
        self._done: list[Trace] = []
        self._moment = iso_reader(self.keys.zone)
        self._wanted = set(self._core())
        self._parser = self._make_parser()
        self._quick = self._quick_handlers()

    @property
    def head(self) -> LogHead:
        """Return what the log said of itself so far."""
        return LogHead(
            tuple(self._extensions), tuple(self._classifiers), tuple(self._globals),
            tuple(self._log),
        )  # fmt: skip

    def traces(self, chunks: Iterable[bytes]) -> Iterator[Trace]:
        """Yield the traces as they end. Raises UnreadableLog, naming line and column."""
        for chunk in chunks:
            self._feed(chunk, last=False)
            yield from self._taken()
        self._feed(b"", last=True)
        yield from self._taken()

    def _taken(self) -> list[Trace]:
        done, self._done = self._done, []
        return done

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._no_doctype
        return parser

    def _quick_handlers(self) -> tuple[_Start, _End]:
        """Return what listens inside an event when only figures are wanted.

        Most of a log is here, so these two do without the general ones' questions: attributes
        directly below the event are read, what is nested in them is only counted for its depth.
        """
        values: dict[str, str] = {}
        wanted = self._wanted
        add = self._adder()
        below, deepest = 0, DEEPEST - EVENT

        def start(_name: str, pairs: list[str]) -> None:
            nonlocal below
            if below:
                if below >= deepest:
                    self._refuse_depth()
            elif len(pairs) == 4 and pairs[0] == "key":  # noqa: PLR2004 - key and value
                if pairs[1] in wanted:
                    values[pairs[1]] = pairs[3]
            else:
                given = _as_dict(pairs)
                values[given.get("key", "")] = given.get("value", "")
            below += 1

        def end(_name: str) -> None:
            nonlocal below
            if below:
                below -= 1
                return
            self._depth = EVENT - 1
            add(values)
            values.clear()
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end

        return start, end

    def _feed(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            self._refuse(
                f"không phải XML đúng: {expat.ErrorString(error.code)}", error.lineno, error.offset
            )

    def _refuse(self, what: str, line: int = 0, column: int = -1) -> NoReturn:
        line = line or self._parser.CurrentLineNumber
        column = (column if column >= 0 else self._parser.CurrentColumnNumber) + 1
        raise UnreadableLog(f"Dòng {line}, cột {column}: {what}.", line=line, column=column)

    def _no_doctype(self, *_declared: object) -> None:
        self._refuse("nhật ký XES không được có DOCTYPE hay thực thể (entity)")

    # --- elements ---------------------------------------------------------------------------------

    def _start(self, name: str, pairs: list[str]) -> None:
        depth = self._depth = self._depth + 1
        if depth == EVENT and self._trace is not None and name.endswith("event"):
            if self._keep:
                self._values, self._kept = {}, []
            else:
                self._parser.StartElementHandler, self._parser.EndElementHandler = self._quick
        elif depth == EVENT + 1 and self._values is not None:
            self._attribute(name, pairs)
        elif depth <= EVENT:
            self._shallow(name, pairs, depth)
        else:
            self._nested(name, pairs, depth)

    def _end(self, _name: str) -> None:
        depth = self._depth = self._depth - 1
        if depth == EVENT - 1 and self._values is not None:
            self._adder()(self._values)
            self._values = None
        elif depth == TRACE - 1:
            self._close_shallow()
        elif self._open:
            self._close_attribute()

    def _shallow(self, name: str, pairs: list[str], depth: int) -> None:
        plain = name.rpartition(":")[2]
        if depth == LOG:
            if plain != "log":
                self._refuse(f"gốc của tệp là <{plain}>, không phải <log> của XES")
        elif depth == TRACE and plain == "trace":
            self._trace, self._events, self._kept_trace = {}, [], []
        elif depth == TRACE and plain == "global":
            self._scope = _as_dict(pairs).get("scope", "event")
            self._open = [[]]
        elif depth == TRACE and plain == "event":
            self.loose_events += 1
            self._pending.append(("event", "", ""))
            self._open.append([])
        elif depth == TRACE and plain in ("extension", "classifier"):
            self._declare(plain, _as_dict(pairs))
        else:
            self._attribute(plain, pairs)

    def _declare(self, kind: str, given: dict[str, str]) -> None:
        if kind == "extension":
            self._extensions.append(
                Extension(given.get("name", ""), given.get("prefix", ""), given.get("uri", ""))
            )
            return
        keys = _split_keys(given.get("keys", ""))
        found = Classifier(given.get("name", ""), keys, given.get("scope", "event"))
        self._classifiers.append(found)
        wanted = self.keys.classifier
        if found.scope == "event" and (found.name == wanted if wanted else not self._naming):
            self._naming = keys
            self._wanted.update(keys)

    def _attribute(self, name: str, pairs: list[str]) -> None:
        """Begin an attribute of a log, a default, a trace, or (kept) an event."""
        given = _as_dict(pairs)
        key, value = given.get("key", ""), given.get("value", "")
        if self._values is not None and self._depth == EVENT + 1:
            self._values[key] = value
        elif self._trace is not None and self._depth == EVENT:
            self._trace[key] = value
        elif self._scope == "event" and key == self.keys.lifecycle:
            self._default_lifecycle = value
        if self._keep or self._trace is None:
            self._pending.append((name, key, value))
            self._open.append([])

    def _nested(self, name: str, pairs: list[str], depth: int) -> None:
        if depth > DEEPEST:
            self._refuse_depth()
        if self._open:
            self._attribute_below(name, pairs)

    def _refuse_depth(self) -> NoReturn:
        self._refuse(f"thuộc tính lồng nhau quá {DEEPEST} tầng")

    def _attribute_below(self, name: str, pairs: list[str]) -> None:
        given = _as_dict(pairs)
        self._pending.append((name, given.get("key", ""), given.get("value", "")))
        self._open.append([])

    def _close_attribute(self) -> None:
        if not self._pending:
            return
        made = Attribute(*self._pending.pop(), nested=tuple(self._open.pop()))
        if self._open:
            self._open[-1].append(made)
        elif self._values is not None:
            if made.key not in self._core() or made.nested:
                self._kept.append(made)
        elif self._trace is not None:
            if made.key != self.keys.case or made.nested:
                self._kept_trace.append(made)
        elif made.kind != "event":
            self._log.append(made)

    def _core(self) -> frozenset[str]:
        k = self.keys
        return frozenset((k.activity, k.complete, k.start, k.lifecycle, k.instance, k.resource))

    def _close_shallow(self) -> None:
        if self._trace is not None:
            self._close_trace()
        elif self._scope:
            self._globals.append((self._scope, tuple(self._open.pop())))
            self._scope = ""
        else:
            self._close_attribute()

    def _adder(self) -> Callable[[dict[str, str]], None]:
        """Return what makes an event of its values: done for every event, so all is at hand."""
        k = self.keys
        named = "" if k.classifier else k.activity
        complete, began, lifecycle, instance, resource = (
            k.complete, k.start, k.lifecycle, k.instance, k.resource,
        )  # fmt: skip
        new, moment = tuple.__new__, self._time  # straight to the tuple: a third of the time

        def add(values: dict[str, str]) -> None:
            get = values.get
            at, start = get(complete), get(began)
            fields = (
                get(named) or self._name(values),
                moment(at) if at else None,
                moment(start) if start else None,
                get(lifecycle, self._default_lifecycle),
                get(instance, ""),
                get(resource, ""),
                tuple(self._kept),
            )
            self._events.append(new(LogEvent, fields))

        return add

    def _name(self, values: dict[str, str]) -> str:
        """Return what the log's classifier makes of an event that has no name."""
        return "+".join(value for key in self._naming if (value := values.get(key)))

    def _time(self, text: str) -> int:
        try:
            return self._moment(text)
        except (ValueError, OverflowError):
            self._refuse(f"«{text}» không phải thời điểm ISO 8601")

    def _close_trace(self) -> None:
        self._number += 1
        case = (self._trace or {}).get(self.keys.case) or f"#{self._number}"
        self._done.append(Trace(case, self._events, tuple(self._kept_trace)))
        self._trace, self._events = None, []


def _as_dict(pairs: list[str]) -> dict[str, str]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _split_keys(text: str) -> tuple[str, ...]:
    """Return the keys of a classifier: parted by spaces, in quotes where a key has spaces."""
    found: list[str] = []
    for number, part in enumerate(text.split("'")):
        found += [part] if number % 2 else part.split()
    return tuple(found)
