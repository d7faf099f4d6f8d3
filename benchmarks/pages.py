"""Time to the first byte of the desk's pages with very many dossiers, against a thousand.

    python benchmarks/pages.py [--sqlite 200000] [--times 40]

The databases are those of `scale.py`; a clerk's browser asks over HTTP on this machine, one page
after the other, of the small and the large one in turn. Printed: median and p95 in milliseconds,
and the size of the page in kilobytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

import argparse
import http.client
import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from werkzeug.serving import make_server

from api import create_app
from api.browsing import PLAIN_COOKIE
from api.demo import hire
from benchmarks.scale import ASKED, SMALL, Filled, filled
from config import Settings
from workflows import accounts, signing_in
from workflows.signing_in import SignIn

PAGES = (
    "/desk",
    "/desk?tab=unclaimed&order=name",
    "/results",
    "/dossiers",
    "/dossiers?q=nguyen+van",
)
OWN = "một mật khẩu của riêng tôi"


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser, as far as a benchmark needs one."""

    port: int
    cookie: str

    def ask(self, path: str) -> tuple[float, int]:
        """Return the milliseconds to the first byte of a page, and its size in bytes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.connect()
        begin = time.perf_counter()
        line.request("GET", path, headers={"Cookie": self.cookie})
        answer = line.getresponse()
        taken = (time.perf_counter() - begin) * 1000
        body = answer.read()
        line.close()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path}: {answer.status}")
        return taken, len(body)


def main() -> None:
    """Fill two databases and ask every page of both in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sqlite", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=40)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    print("{:34}{:>16}{:>16}{:>7}".format("page", "small p50/p95", "large p50/p95", "kB"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        visitors = [
            stack.enter_context(visiting(filled(f"sqlite:///{folder}/{name}.db", size)))
            for name, size in (("small", SMALL), ("large", options.sqlite))
        ]
        for path in PAGES:
            taken: tuple[list[float], list[float]] = ([], [])
            size = 0
            for _ in range(options.times):
                for visitor, kept in zip(visitors, taken, strict=True):
                    lasted, size = visitor.ask(path)
                    kept.append(lasted)
            said = [f"{median(k):.0f} / {sorted(k)[int(len(k) * 0.95)]:.0f}" for k in taken]
            print(f"{path:34}{said[0]:>16}{said[1]:>16}{size / 1000:>7.0f}")


@contextmanager
def visiting(where: Filled) -> Iterator[Visitor]:
    """Serve an office and sign a clerk of the agency in."""
    office = where.office
    hire(office, ASKED.person, ASKED.agency, ASKED.role, "Nguyễn Thị An")
    begun = SignIn(person=ASKED.person, password=accounts.reset_password(office, ASKED.person))
    opened = signing_in.choose_password(office, signing_in.sign_in(office, begun).key, OWN)
    app = create_app(Settings(rate_limits="anonymous=off api=off"), office=office)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    yield Visitor(server.server_port, f"{PLAIN_COOKIE}={opened.key}")
    server.shutdown()
    worker.join()
    server.server_close()
    office.store.close()


if __name__ == "__main__":
    main()
