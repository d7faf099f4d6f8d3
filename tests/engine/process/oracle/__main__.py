"""`python -m tests.engine.process.oracle N [WALKS [LIBRARY]]`: N models of each family.

Prints models, walks and differences, and beside them how many of the same models the bare library
gets wrong on the first LIBRARY of the walks; it is slow, so it plays 3 of 10 and its figure is a
lower bound. Ends with 1 when there is a difference.
"""

from __future__ import annotations

import sys
import time

from tests.engine.process.oracle.models import FAMILIES
from tests.engine.process.oracle.running import run_family

HEAD = f"{'family':26} {'models':>7} {'nodes':>7} {'walks':>7} {'steps':>8} {'differences':>12} {'library wrong':>14} {'seconds':>8}"


def main(arguments: list[str]) -> int:
    """Play every family and print one line for each."""
    models = int(arguments[0]) if arguments else 100
    walks = int(arguments[1]) if len(arguments) > 1 else 10
    library = int(arguments[2]) if len(arguments) > 2 else 3
    print(HEAD)  # noqa: T201 - a runner prints
    differences = 0
    for family in FAMILIES:
        began = time.perf_counter()
        tally = run_family(family, range(models), walks, library=library)
        line = (
            f"{family:26} {tally.models:7} {tally.nodes / tally.models:7.1f} {tally.walks:7} "
            f"{tally.steps:8} {len(tally.differences):12} {tally.library_wrong:8} models "
            f"{time.perf_counter() - began:8.1f}"
        )
        print(line, flush=True)  # noqa: T201 - a runner prints
        for difference in tally.differences[:5]:
            print(f"    {difference}")  # noqa: T201 - a runner prints
        differences += len(tally.differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
