"""Counts of referrals in a period: each dossier once, each leg by both its sides.

What an agency received is answered in time, answered late, silent, withdrawn or open: nothing else,
and nothing twice. All that is sent is received by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.law.authority import Actor
from workflows.office import Office
from workflows.reports.past import asked_period, end_of
from workflows.store import UnitOfWork
from workflows.store.referrals import Tally

OVER = {"answered", "silent", "withdrawn"}


@dataclass(frozen=True, kw_only=True)
class LegCounts:
    """The referrals of one agency on one side; `dossiers` counts each dossier once, on sending."""

    agency: str
    side: str
    dossiers: int
    referrals: int
    on_time: int
    late: int
    silent: int
    withdrawn: int
    open: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class CountsQuery:
    """Referrals sent from the first to the last day, both included."""

    first_day: date
    last_day: date


def count_referrals(office: Office, actor: Actor, query: CountsQuery) -> tuple[LegCounts, ...]:
    """Return the counts of the caller's agency and those below it, senders first.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    days = asked_period(actor, query.first_day, query.last_day)
    period = (end_of(days.first - timedelta(days=1)), end_of(days.last))
    now = office.clock.now()

    def look(uow: UnitOfWork) -> tuple[list[Tally], dict[str, int]]:
        return list(uow.referrals.tallies(period, now)), uow.referrals.chains(period)

    tallies, chains = office.store.read(look)
    agencies = office.catalogue.agencies

    def own(code: str) -> bool:
        return agencies.within(code, actor.agency)

    senders = sorted({t.asked_by for t in tallies if own(t.asked_by)})
    asked = sorted({t.to_agency for t in tallies if own(t.to_agency)})
    sent = (_counts(a, "sent", [t for t in tallies if t.asked_by == a], chains) for a in senders)
    got = (_counts(a, "received", [t for t in tallies if t.to_agency == a], {}) for a in asked)
    return (*sent, *got)


def _counts(agency: str, side: str, tallies: Iterable[Tally], chains: dict[str, int]) -> LegCounts:
    found = list(tallies)

    def count(state: str, *, late: bool | None = None) -> int:
        return sum(t.referrals for t in found if t.state == state and late in (None, t.late))

    still = [t for t in found if t.state not in OVER]
    return LegCounts(
        agency=agency,
        side=side,
        dossiers=chains.get(agency, 0),
        referrals=sum(t.referrals for t in found),
        on_time=count("answered", late=False),
        late=count("answered", late=True),
        silent=count("silent"),
        withdrawn=count("withdrawn"),
        open=sum(t.referrals for t in still),
        overdue=sum(t.referrals for t in still if t.overdue),
    )
