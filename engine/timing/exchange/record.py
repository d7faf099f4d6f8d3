"""Our own record as a log: a dossier is a case, a step an instance, people are pseudonyms.

Steps keep their whole lifecycle in the words of XES; what happened to the dossier itself completes
in the moment. Nothing anybody typed leaves: neither reasons nor facts, names nor numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from engine.timing.events import Event, StepEnabled, StepEvent
from engine.timing.exchange.logs import Attribute, LogEvent, Trace
from engine.timing.exchange.moments import micros

TRANSITIONS = {
    "step_enabled": "schedule",
    "step_assigned": "assign",
    "step_started": "start",
    "step_suspended": "suspend",
    "step_resumed": "resume",
    "step_completed": "complete",
    "step_withdrawn": "withdraw",
}
# A step that is sent back is withdrawn in the same moment: that says it, in a word XES has.
PASSING = frozenset(("element_passed", "process_started", "process_ended", "step_returned"))
NOBODY = frozenset(("", "system"))


class Recorded(NamedTuple):
    """An event of the record with who did it, in which role and agency, and whose time ran."""

    event: Event
    actor: str
    role: str
    agency: str
    clock: str


class Pseudonyms:
    """Names people by the order in which they appear: the same within one log, nowhere else."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._known: dict[str, str] = {}

    def of(self, person: str) -> str:
        """Return the pseudonym of a person; empty for nobody."""
        if person in NOBODY:
            return ""
        return self._known.setdefault(person, f"CB-{len(self._known) + 1:04d}")


def trace_of(
    code: str,
    recorded: Iterable[Recorded],
    alias: Callable[[str], str],
    extras: Mapping[str, str],
) -> Trace:
    """Return the log of one dossier; `alias` names people, `extras` describe the dossier.

    Activities are called as on the diagram, by the name the step was enabled with. `extras` must
    name nobody.
    """
    kept = [r for r in recorded if r.event.kind not in PASSING]
    enabled = (r.event for r in kept if isinstance(r.event, StepEnabled))
    names = {event.element: event.name for event in enabled if event.name}
    events = [_event(r, names, alias) for r in kept]
    return Trace(code, events, tuple(Attribute("string", k, v) for k, v in extras.items() if v))


def _event(recorded: Recorded, names: Mapping[str, str], alias: Callable[[str], str]) -> LogEvent:
    event = recorded.event
    element = event.element if isinstance(event, StepEvent) else ""
    extras = {"element": element, "clock": recorded.clock, "org:role": recorded.role,
              "org:group": recorded.agency}  # fmt: skip
    return LogEvent(
        names.get(element, element) if element else event.kind,
        micros(event.at),
        None,
        TRANSITIONS.get(event.kind, "complete"),
        event.step if isinstance(event, StepEvent) else "",
        alias(recorded.actor),
        tuple(Attribute("string", key, value) for key, value in extras.items() if value),
    )
