"""A real HTTP server that receives webhooks as badly as it is told to: fails, delays, redirects."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in the body."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What arrived, and how to answer the next requests: a status, or something to do instead."""

    requests: list[Received] = field(default_factory=list)
    answers: list[int | Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    url: str = ""
    server: ThreadingHTTPServer | None = None

    def start(self) -> Receiver:
        """Listen on a free port."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                head = {name.lower(): value for name, value in self.headers.items()}
                owner.requests.append(Received(head, self.rfile.read(length), self.path))
                answer = owner.answers.pop(0) if owner.answers else 204
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                if answer // 100 == 3:
                    self.send_header("Location", f"{owner.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, without end."""
    try:
        for letter in "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 1000:
            handler.wfile.write(letter.encode())
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer, after the request was read."""
    handler.close_connection = True
