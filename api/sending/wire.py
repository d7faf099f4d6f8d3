"""The wire to other installations and systems: posts JSON in bounded time, reads a bounded answer.

Never raises for what the other side does. Redirects are not followed. Who is spoken to was written
down by the administrator, so inner addresses are as good as public ones.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from workflows.bridging import Reply
from workflows.errors import WorkflowError

SECONDS = httpx.Timeout(10.0, connect=5.0)
MOST_ANSWER = 1024 * 1024
LIMITS = httpx.Limits(max_keepalive_connections=8, keepalive_expiry=20.0)


class FileNotHandedOver(WorkflowError):
    """The other side did not hand over a file that its envelope names; it is asked again later."""

    code = "file_not_handed_over"
    sentence = "Chưa lấy được tệp từ hệ thống gửi ({why}); sẽ tự lấy lại."

    def __init__(self, why: str) -> None:
        """Say what came instead."""
        super().__init__(why=why)


@dataclass
class HttpWire:
    """Posts signed bytes; one pool of connections for a process."""

    timeout: httpx.Timeout = field(default_factory=lambda: SECONDS)
    _client: httpx.Client | None = None

    def __call__(self, url: str, body: Mapping[str, Any]) -> Reply:
        """Post and return what was answered, JSON or nothing."""
        began = time.monotonic()
        status, content, fault = self._exchange(url, body, MOST_ANSWER)
        said = _object(content)
        if not fault and status != httpx.codes.OK:
            fault = str(said.get("code") or f"HTTP {status}")
        took = round((time.monotonic() - began) * 1000)
        return Reply(status=status, body=said, took_ms=took, fault=fault)

    def content(self, url: str, body: Mapping[str, Any], most: int) -> bytes:
        """Post and return the bytes that were answered; raises FileNotHandedOver."""
        status, content, fault = self._exchange(url, body, most)
        if fault or status != httpx.codes.OK:
            raise FileNotHandedOver(fault or f"HTTP {status}")
        return content

    def _exchange(self, url: str, body: Mapping[str, Any], most: int) -> tuple[int, bytes, str]:
        if self._client is None:
            trust = ssl.create_default_context()
            self._client = httpx.Client(
                timeout=self.timeout, limits=LIMITS, follow_redirects=False, verify=trust
            )
        try:
            with self._client.stream("POST", url, json=dict(body)) as answer:
                content = b""
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > most:
                        return answer.status_code, b"", "trả lời quá dài"
                return answer.status_code, content, ""
        except (httpx.HTTPError, ValueError) as error:
            return 0, b"", type(error).__name__


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
