"""What a review asks for: which dossiers, of which agencies, received when; who may ask.

Own agency and those below it. Not for what is measured: `measuring`, `scoreboard`, `costing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows.errors import InvalidInput
from workflows.office import Office
from workflows.permitting import REVIEW, governed, permit
from workflows.store.timings import MeasuredFilter

YEARS = range(1900, 3000)
LAST_MOMENT = timedelta(microseconds=1)  # of a day: midnight is the next one already


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which dossiers: received from the first to the last day, both in; empty means any.

    `agency` is the settling one with all below it, the caller's own unless named. `on` is the day
    at whose end everything is looked at, now unless named: what happened later is not known.
    """

    code: str = ""
    digest: str = ""
    agency: str = ""
    channel: str = ""
    first: date | None = None
    last: date | None = None
    on: date | None = None


def admit(office: Office, actor: Actor) -> None:
    """Raise Forbidden unless the actor may review anything at all: for pages without figures."""
    permit(actor, REVIEW, governed(office.catalogue.agencies, actor.agency))


def wanted(office: Office, actor: Actor, scope: Scope) -> MeasuredFilter:
    """Return what to read; raises Forbidden, NotFound or InvalidInput (days the wrong way)."""
    agencies = office.catalogue.agencies
    top = scope.agency or actor.agency
    permit(actor, REVIEW, governed(agencies, top))
    if scope.code:
        office.catalogue.latest(scope.code)
    begins, ends = _moments(scope.first, scope.last)
    if scope.on is not None:
        known = seen_at(office, scope) + LAST_MOMENT
        ends = known if ends is None else min(ends, known)
    return MeasuredFilter(
        procedure=scope.code,
        digest=scope.digest,
        received_from=begins,
        received_to=ends,
        channel=scope.channel,
        agencies=tuple(a.code for a in agencies if agencies.within(a.code, top)),
    )


def as_of(office: Office, scope: Scope) -> datetime:
    """Return the moment to judge at: now, or the end of a period that is over."""
    _, ends = _moments(scope.first, scope.last)
    seen = seen_at(office, scope)
    return seen if ends is None else min(seen, ends - LAST_MOMENT)


def seen_at(office: Office, scope: Scope) -> datetime:
    """Return the moment whose knowledge is used: now, or the end of the day asked for."""
    now = office.clock.now()
    _check("on", scope.on)
    return now if scope.on is None else min(now, _end_of(scope.on) - LAST_MOMENT)


def _moments(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    if first is not None and last is not None and first > last:
        raise InvalidInput("to", "ngày cuối phải không trước ngày đầu")
    for name, day in (("from", first), ("to", last)):
        _check(name, day)
    begins = datetime.combine(first, time(0), ZONE) if first is not None else None
    return begins, _end_of(last) if last is not None else None


def _check(name: str, day: date | None) -> None:
    """Raise InvalidInput for a day no calendar of an office reaches."""
    if day is not None and day.year not in YEARS:
        reason = f"hãy chọn một ngày từ năm {YEARS.start} đến năm {YEARS.stop - 1}"
        raise InvalidInput(name, reason)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), ZONE)
