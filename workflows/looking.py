"""Notes every refusal, and every look at personal data, while a request is answered.

Whoever asks the law of authority is noted here without doing anything for it; the door that opened
the watch writes the notes down before it answers. Commands that were allowed are in the record of
their dossier already.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace

from engine.law.authority import SYSTEM, Actor, Decision, Resource

# What the verbs of actions say: these show something. Their nouns that hold no personal data of
# applicants are named, so that an action added later is noted unless somebody thought about it.
READING_VERBS = frozenset({"read", "list", "search", "export", "count", "print"})
NOT_PERSONAL = frozenset(
    {
        "account", "person", "token", "substitution", "job", "audit", "webhook", "status",
        "procedure", "measure", "report", "calendar", "reference",
    }
)  # fmt: skip
# Who gave whom a post or another password stands in no dossier's record: it stands here.
ON_RECORD = frozenset({"credential.manage", "person.change", "person.import"})
MOST_SHOWN = 500


@dataclass(frozen=True, kw_only=True)
class Look:
    """Who was refused what, or looked at what; `shown` are the dossiers of a list."""

    person: str
    agency: str
    role: str
    on_behalf_of: str
    action: str
    subject: str
    allowed: bool
    rule: str
    shown: tuple[str, ...] = ()


@dataclass
class Watch:
    """The looks of one request, each once however often it was tried."""

    looks: dict[tuple[str, str, str, bool], Look] = field(default_factory=dict)
    last: tuple[str, str, str, bool] | None = None


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


def begin() -> Token[Watch | None]:
    """Open a watch: what is asked for from now on is noted."""
    return _WATCH.set(Watch())


def end(token: Token[Watch | None]) -> None:
    """Close the watch."""
    _WATCH.reset(token)


def noted() -> tuple[Look, ...]:
    """Return what was noted so far, and forget it."""
    watch = _WATCH.get()
    if watch is None:
        return ()
    looks = tuple(watch.looks.values())
    watch.looks.clear()
    watch.last = None
    return looks


def shows_people(action: str) -> bool:
    """Tell whether doing this action shows personal data of applicants and changes nothing."""
    noun, _, verb = action.partition(".")
    return verb in READING_VERBS and noun not in NOT_PERSONAL


def note(actor: Actor, action: str, resource: Resource, decision: Decision) -> None:
    """Note a refusal or a look; what the system does by itself is nobody's look."""
    watch = _WATCH.get()
    if watch is None or actor.role == SYSTEM:
        return
    if decision.allowed and not shows_people(action) and action not in ON_RECORD:
        return
    look = Look(
        person=actor.person,
        agency=actor.agency,
        role=actor.role,
        on_behalf_of=actor.on_behalf_of,
        action=action,
        subject=resource.subject,
        allowed=decision.allowed,
        rule=decision.rule,
    )
    watch.last = (actor.person, action, resource.subject, decision.allowed)
    watch.looks[watch.last] = look


def saw(dossiers: Iterable[str]) -> None:
    """Add to the latest look which dossiers the list showed."""
    watch = _WATCH.get()
    if watch is None or watch.last is None:
        return
    look = watch.looks[watch.last]
    shown = tuple(dict.fromkeys((*look.shown, *dossiers)))[:MOST_SHOWN]
    watch.looks[watch.last] = replace(look, shown=shown)
