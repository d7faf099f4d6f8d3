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


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which dossiers: received from the first to the last day, both in; empty means any.

    `agency` is the settling one with all below it, the caller's own unless named.
    """

    code: str = ""
    digest: str = ""
    agency: str = ""
    channel: str = ""
    first: date | None = None
    last: date | None = None


def wanted(office: Office, actor: Actor, scope: Scope) -> MeasuredFilter:
    """Return what to read; raises Forbidden, NotFound or InvalidInput (days the wrong way)."""
    agencies = office.catalogue.agencies
    top = scope.agency or actor.agency
    permit(actor, REVIEW, governed(agencies, top))
    if scope.code:
        office.catalogue.latest(scope.code)
    begins, ends = _moments(scope.first, scope.last)
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
    now = office.clock.now()
    return now if ends is None else min(now, ends)


def _moments(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    if first is not None and last is not None and first > last:
        raise InvalidInput("to", "ngày cuối phải không trước ngày đầu")
    begins = datetime.combine(first, time(0), ZONE) if first is not None else None
    ends = datetime.combine(last + timedelta(days=1), time(0), ZONE) if last is not None else None
    return begins, ends
