"""A worker process that delivers over HTTP and is killed in the middle: run by test_workers."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime

from api.sending.posting import HttpPost, networks
from tests.builders import office_on
from workflows import delivering
from workflows.clock import SimulatedClock
from workflows.delivering import Carriers
from workflows.parcels import Parcel, Receipt
from workflows.store import Store

LOCAL = networks("127.0.0.0/8")


def main(url: str, now: str, deliveries: int) -> None:
    """Take fifty messages, deliver some, and die as by a power cut: the last one unacknowledged."""
    office = replace(office_on(Store.open(url)), clock=SimulatedClock(datetime.fromisoformat(now)))
    post, sent = HttpPost(allowed=LOCAL), 0

    def deadly(parcel: Parcel) -> Receipt:
        nonlocal sent
        receipt = post(parcel)
        sent += 1
        if sent == deliveries:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt

    delivering.deliver(office, Carriers(post=deadly), limit=50)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
