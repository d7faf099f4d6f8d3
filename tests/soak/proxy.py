"""A network of our own between two installations: it loses, doubles, reorders and delays.

    python -m tests.soak.proxy LISTEN_PORT TARGET_PORT SEED

Plain HTTP, one request a connection. What happens to a request comes from a seeded generator.
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOSE, LOSE_ANSWER, DOUBLE, DELAY, HOLD_BACK = 0.06, 0.06, 0.10, 0.10, 0.06
MOST_DELAY_SECONDS = 0.3
HOLD_SECONDS = 3.0


class Network:
    """Carries requests to the target, as badly as the chances say."""

    def __init__(self, target: int, seed: int) -> None:
        self.target = target
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.counts: dict[str, int] = {}

    def draw(self, what: str, share: float) -> bool:
        with self.lock:
            happens = self.chance.random() < share
            self.counts[what] = self.counts.get(what, 0) + happens
        return happens

    def forward(self, path: str, body: bytes) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=10)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get_content_type()
        finally:
            connection.close()

    def quietly(self, path: str, body: bytes, after: float) -> None:
        """Send a request once more, or long after it was given up; nobody hears the answer."""

        def run() -> None:
            time.sleep(after)
            try:
                self.forward(path, body)
            except (OSError, http.client.HTTPException):
                return

        threading.Thread(target=run, daemon=True).start()


def carried(network: Network, path: str, body: bytes) -> tuple[int, bytes, str] | None:
    """Return what is answered; None when nobody hears an answer."""
    if network.draw("lost", LOSE):
        return None
    if network.draw("held back", HOLD_BACK):
        network.quietly(path, body, network.chance.uniform(0.5, HOLD_SECONDS))
        return None
    if network.draw("delayed", DELAY):
        time.sleep(network.chance.uniform(0, MOST_DELAY_SECONDS))
    if network.draw("doubled", DOUBLE):
        network.quietly(path, body, network.chance.uniform(0, 1))
    try:
        answer = network.forward(path, body)
    except (OSError, http.client.HTTPException):
        return None
    return None if network.draw("answer lost", LOSE_ANSWER) else answer


def handler_for(network: Network) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.close_connection = True
            found = carried(network, self.path, body)
            if found is None:
                return
            status, answer, kind = found
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def start(listen: int, target: int, seed: int) -> tuple[ThreadingHTTPServer, Network]:
    """Listen in a thread of this process."""
    network = Network(target, seed)
    server = ThreadingHTTPServer(("127.0.0.1", listen), handler_for(network))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server, network


if __name__ == "__main__":
    start(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    threading.Event().wait()
