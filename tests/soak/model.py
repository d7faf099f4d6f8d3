"""A small model of what may happen to a dossier, written apart from the program.

It knows the one diagram of tests/builders.py by heart: who may do what where, and what comes of it.
Where law or calendar would have to be computed again it says nothing; the machine asks about those
in another way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.law.authority import Actor
from tests.builders import CENTRE, CLERK, LEADER, OFFICER, TAX, person

OTHER_CLERK = person("one_stop_clerk", CENTRE, "other.clerk")
DUAL_OFFICER = person("officer", OFFICER.agency, "dual")
DUAL_LEADER = person("leader", LEADER.agency, "dual")
OPINION = person("opinion_officer", TAX)
STRANGER = person("one_stop_clerk", "H55.81.01", "stranger")
PEOPLE = (CLERK, OTHER_CLERK, OFFICER, DUAL_OFFICER, LEADER, DUAL_LEADER, OPINION, STRANGER)

CHECK, REVIEW, SIGN, RETURN = "check", "review", "sign", "return_result"
PAPERS, OPINIONS, ENDED = "wait_supplement", "wait_opinion", "ended"
DESKS = {
    CHECK: ("one_stop_clerk", CENTRE),
    REVIEW: ("officer", OFFICER.agency),
    SIGN: ("leader", LEADER.agency),
    RETURN: ("one_stop_clerk", CENTRE),
}
STATUS = {CHECK: 2, REVIEW: 4, SIGN: 4, RETURN: 9, PAPERS: 5, OPINIONS: 4}
ROUNDS = 2
EXTENSIONS = 1
SILENCE = timedelta(days=12)


@dataclass
class Model:
    """One dossier: at which element, in whose hands, and what was counted."""

    id: str
    at: str = CHECK
    hand: str = ""
    revision: int = 1
    since: datetime | None = None
    reviewer: str = ""
    suspended: datetime | None = None
    stood: timedelta = timedelta()  # how long since it came here it was suspended
    counts: Counter[str] = field(default_factory=Counter)

    def moved(self, where: str, now: datetime) -> None:
        """Go on to an element; a new step is in nobody's hands."""
        self.at, self.hand, self.since = where, "", now
        self.suspended, self.stood = None, timedelta()


# What came of asking the model: nothing changes, it is refused, or the change to make.
Change = Callable[[], None]
SAME = "same"
REFUSED = "refused"
UNKNOWN = "unknown"
Answer = str | Change


def at_desk(model: Model, who: Actor) -> bool:
    """Tell whether somebody may work on the step that is open, whoever has taken it."""
    return DESKS.get(model.at) == (who.role, who.agency)


def _free(model: Model, who: Actor) -> bool:
    return model.hand in ("", who.person)


def _barred(model: Model, who: Actor) -> bool:
    return model.at == SIGN and model.reviewer == who.person


def _at_counter(who: Actor) -> bool:
    return (who.role, who.agency) == DESKS[CHECK]


def claim(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if not at_desk(model, who) or not _free(model, who) or _barred(model, who):
        return REFUSED
    if model.hand == who.person:
        return SAME

    def change() -> None:
        model.hand = who.person

    return REFUSED if stale else change


def release(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if not at_desk(model, who) or not _free(model, who):
        return REFUSED
    if not model.hand:
        return SAME

    def change() -> None:
        model.hand = ""

    return REFUSED if stale else change


def complete(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if not at_desk(model, who) or not _free(model, who) or _barred(model, who) or stale:
        return REFUSED

    def change() -> None:
        if model.at == REVIEW:
            model.reviewer = who.person
        following = {CHECK: REVIEW, REVIEW: SIGN, SIGN: RETURN, RETURN: ENDED}
        model.moved(following[model.at], now)

    return change


def ask(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    """Complete the check so that another agency is asked."""
    if model.at != CHECK or not at_desk(model, who) or not _free(model, who) or stale:
        return REFUSED

    def change() -> None:
        model.counts["referral_sent"] += 1
        model.moved(OPINIONS, now)

    return change


def request(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if model.at != CHECK or not at_desk(model, who) or not _free(model, who) or stale:
        return REFUSED
    if model.counts["supplement_requested"] >= ROUNDS:
        return REFUSED

    def change() -> None:
        model.counts["supplement_requested"] += 1
        model.moved(PAPERS, now)

    return change


def take(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if model.at != PAPERS or not _at_counter(who) or stale:
        return REFUSED

    def change() -> None:
        model.counts["supplement_taken"] += 1
        model.moved(CHECK, now)

    return change


def answer(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if model.at != OPINIONS or who.agency != TAX or stale:
        return REFUSED

    def change() -> None:
        model.counts["referral_answered"] += 1
        model.moved(REVIEW, now)

    return UNKNOWN if who.role != OPINION.role else change


def extend(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if who.role != "leader" or stale or model.at in (RETURN, ENDED):
        return REFUSED
    if model.counts["deadline_extended"] >= EXTENSIONS:
        return REFUSED
    if model.at in (PAPERS, OPINIONS):
        return UNKNOWN  # whether there is a date to move then is for the law to say

    def change() -> None:
        model.counts["deadline_extended"] += 1

    return change


def withdraw(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if model.at == ENDED or not _at_counter(who) or stale:
        return REFUSED

    def change() -> None:
        model.counts["dossier_withdrawn"] += 1
        model.moved(ENDED, now)

    return change


def hand_over(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if model.at != RETURN or not _at_counter(who) or not _free(model, who) or stale:
        return REFUSED

    def change() -> None:
        model.counts["result_returned"] += 1
        model.moved(ENDED, now)

    return change


def _at_lead(who: Actor) -> bool:
    return (who.role, who.agency) == DESKS[SIGN]


def suspend(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if not _at_lead(who) or stale or model.at in (RETURN, ENDED):
        return REFUSED

    def change() -> None:
        model.counts["dossier_suspended"] += 1
        model.suspended = now

    return change


def resume(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    since = model.suspended
    if since is None or not _at_lead(who) or stale:
        return REFUSED

    def change() -> None:
        model.counts["dossier_resumed"] += 1
        model.suspended, model.stood = None, model.stood + (now - since)

    return change


def stop(model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    if not _at_lead(who) or stale or model.at in (RETURN, ENDED):
        return REFUSED

    def change() -> None:
        model.counts["dossier_stopped"] += 1
        model.moved(ENDED, now)

    return change


ALSO_SUSPENDED = ("resume", "withdraw", "stop")  # what can be done while a dossier stands still


def judge(name: str, model: Model, who: Actor, now: datetime, *, stale: bool) -> Answer:
    """Return what has to come of a command."""
    if model.suspended is not None and name not in ALSO_SUSPENDED:
        return REFUSED
    verdict: Answer = globals()[name](model, who, now, stale=stale)
    return verdict


def ring(model: Model, now: datetime) -> None:
    """Let the timer of a dossier fire whose time has come."""
    if model.at == PAPERS:
        model.moved(ENDED, now)
    elif model.at == OPINIONS:
        model.counts["referral_answered"] += 1  # silence is an answer, and written as one
        model.moved(REVIEW, now)
    model.revision += 1
