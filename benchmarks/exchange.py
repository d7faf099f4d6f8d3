"""A log of half a million events out as XES and CSV and in again, without losing anything.

    python benchmarks/exchange.py [--events 500000] [--folder DIR]

The events are made up as they are needed; what comes back is compared with what was made, event by
event, so nothing is held. Printed: processor seconds, events a second, the memory at its highest.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import zip_longest

from engine.timing.exchange.csv_out import write_csv
from engine.timing.exchange.logs import Attribute, LogEvent, Trace, flat
from engine.timing.exchange.xes_out import write_xes
from workflows.exchanging import review_file, review_traces
from workflows.opening import LogFile

STEPS = ("Tiếp nhận", "Kiểm tra, «đối chiếu»", 'Xin "ý kiến"', "Trình ký\nlần hai", "Trả <kết quả>")
EVENTS_PER_CASE = 10
BEGINNING = 1_750_000_000_000_000
DAY = 86_400_000_000


def made(events: int) -> Iterator[Trace]:
    """Yield the same traces every time: names that need quoting, starts, people, microseconds."""
    chance = random.Random(20_260_302)  # noqa: S311 - a seed, not a secret
    for number in range(events // EVENTS_PER_CASE):
        at, steps = BEGINNING + number * 60_000_000, []
        for place in range(EVENTS_PER_CASE):
            start = at + chance.randrange(DAY)
            at = start + chance.randrange(DAY)
            extras = (Attribute("string", "phí", str(chance.randrange(10**6))),)
            who = f"CB-{chance.randrange(400):04d}"
            steps.append(
                LogEvent(chance.choice(STEPS), at, start, "complete", f"i{place}", who, extras)
            )
        yield Trace(f"HS-{number:06d}", steps)


def differing(source: LogFile, events: int) -> int:
    """Return how many events are not what was made, missing ones and new ones too."""

    def count(traces: Iterator[Trace]) -> int:
        return sum(bool(a != b) for a, b in zip_longest(flat(traces), flat(made(events))))

    return source.whole(count, keep=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--events", type=int, default=500_000)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        expected = review_traces(made(given.events)).figures
        for form in ("xes", "csv"):
            path = Path(folder) / f"log.{form}"
            began = time.process_time()
            pieces = (
                write_xes(made(given.events))
                if form == "xes"
                else write_csv(flat(made(given.events)), extras=("phí",))
            )
            with path.open("w", encoding="utf-8", newline="") as target:
                target.writelines(pieces)
            written = time.process_time()
            differ = differing(LogFile(path), given.events)
            compared = time.process_time()
            same = review_file(LogFile(path)).figures == expected
            told = time.process_time()
            print(
                f"{form}: {path.stat().st_size / 1e6:.0f} MB, {given.events} events, "
                f"{differ} differ, figures {'equal' if same else 'NOT EQUAL'}; "
                f"written {_rate(given.events, written - began)}, "
                f"read whole and compared {_rate(given.events, compared - written)}, "
                f"figures {_rate(given.events, told - compared)}",
                flush=True,
            )
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _rate(events: int, seconds: float) -> str:
    return f"{seconds:.1f} s ({events / seconds:,.0f}/s)"


if __name__ == "__main__":
    main()
