"""What runs by itself, one round after the other: timers and warnings, deliveries, tidying.

The same round in every worker, on both databases; as many workers as wanted, in one process with
the server or in their own. Whatever fails is written down by the use case it belongs to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from workflows import arrivals, comparing, delivering, files, jobs, joint, reminders, webhooks
from workflows.delivering import Carriers, Delivered
from workflows.jobs import Done
from workflows.office import Office

IDLE = timedelta(seconds=2)
TIDY_EVERY = timedelta(hours=1)
BEAT_EVERY = timedelta(seconds=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round came to."""

    timers: Done
    deliveries: Delivered
    envelopes: tuple[int, int] = (0, 0)

    @property
    def busy(self) -> bool:
        """Tell whether there was anything to do: then there may be more."""
        waited = self.timers != Done() or self.deliveries != Delivered()
        return waited or self.envelopes != (0, 0)


class Pulse:
    """Says at intervals that this worker lives."""

    def __init__(self, office: Office) -> None:
        """Begin now, under an id of its own."""
        self._office = office
        self._id, self._began = office.ids.new_id(), office.clock.now()
        self._last: datetime | None = None

    def beat(self) -> None:
        """Write it down, unless it was just written."""
        now = self._office.clock.now()
        if self._last is None or now - self._last >= BEAT_EVERY:
            self._office.store.write(lambda uow: uow.vitals.beat(self._id, self._began, now))
            self._last = now


def work_once(office: Office, carriers: Carriers) -> Round:
    """Do what is due now, a bounded portion of each sort."""
    timers = jobs.run_due(office)
    reminders.run_due(office)  # after the timers: what silence closed is not reminded of
    deliveries, envelopes = delivering.deliver(office, carriers), (0, 0)
    if office.keyring is not None:
        envelopes = arrivals.act_upon_due(office, joint.HANDLERS, carriers.wire)
        joint.follow(office)
        if carriers.wire is not None:
            comparing.compare_due(office, carriers.wire)
    return Round(timers=timers, deliveries=deliveries, envelopes=envelopes)


def work(
    office: Office,
    carriers: Carriers,
    stopping: Event,
    also: Callable[[], None] = lambda: None,
) -> None:
    """Work until told to stop; a round that fails as a whole is tried again after a rest.

    `also` is done after every round: what an installation adds at intervals.
    """
    tidied: datetime | None = None
    pulse = Pulse(office)
    while not stopping.is_set():
        busy = False
        try:
            pulse.beat()
            busy = work_once(office, carriers).busy
            also()
            now = office.clock.now()
            if tidied is None or now - tidied >= TIDY_EVERY:
                tidy(office)
                tidied = now
        except Exception:
            log.exception("A round of background work failed; the next one follows")
        if not busy:
            stopping.wait(IDLE.total_seconds())


def tidy(office: Office) -> int:
    """Forget what says nothing any more: full buckets, uploads nobody handed in; return how many.

    Files in quarantine are shown to the scanner again, secrets from before sealing are sealed.
    """
    webhooks.seal_secrets(office)
    if office.shelf is not None:
        files.scan_waiting(office)
        files.sweep(office)
    now_ms = int(office.clock.now().timestamp() * 1000)
    return office.store.write(lambda uow: uow.limits.forget_full(now_ms))
