"""Posts webhooks: signed as Standard Webhooks asks, to public addresses alone, in bounded time.

The name is resolved once, every address it has is judged, and the connection goes to the address
that was judged: a name that answers differently the second time gains nothing. Redirects are an
answer like any other that is not 2xx: they are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook

from workflows.parcels import Parcel, Receipt

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
MOST_READ = 4_096
OK = range(200, 300)
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in the last 32 bits
PRIVATE = "địa chỉ nội bộ không được phép"
PLAIN = "địa chỉ công khai phải là https"


class Refused(Exception):
    """The address may not be connected to."""


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks named in a setting; raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(part) for part in text.split())


def judged(address: str, allowed: tuple[Network, ...], *, secure: bool) -> None:
    """Raise Refused unless the address is public (and the connection secure) or allowed."""
    given = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(given)
    if any(inner.version == network.version and inner in network for network in allowed):
        return
    if not inner.is_global or inner.is_multicast or not given.is_global:
        raise Refused(PRIVATE)
    if not secure:
        raise Refused(PLAIN)


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, or the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


@dataclass(frozen=True)
class HttpPost:
    """Posts a parcel and returns what came of it; never raises for what a receiver does."""

    allowed: tuple[Network, ...] = ()
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __call__(self, parcel: Parcel) -> Receipt:
        """Sign, connect, post; a receiver that does not end its answer is cut off."""
        began = time.monotonic()
        status, fault = 0, ""
        try:
            status = self._send(parcel)
            fault = "" if status in OK else f"HTTP {status}"
        except Refused as refusal:
            fault = str(refusal)
        except (OSError, HTTPException, ValueError) as error:
            fault = type(error).__name__
        took = round((time.monotonic() - began) * 1000)
        return Receipt(status=status, took_ms=took, fault=fault)

    def _send(self, parcel: Parcel) -> int:
        url = urlsplit(parcel.url)
        connection = self._connect(url)
        cut = Timer(self.answer_seconds, _cut, [connection.sock])
        cut.daemon = True
        cut.start()
        try:
            connection.request("POST", _path(url), body=parcel.body, headers=signed(parcel))
            answer = connection.getresponse()
            answer.read(MOST_READ)
            return answer.status
        finally:
            cut.cancel()
            connection.close()

    def _connect(self, url: SplitResult) -> HTTPConnection:
        """Return a connection to an address that was judged; raises Refused or OSError."""
        host, secure = url.hostname or "", url.scheme == "https"
        port = url.port or (443 if secure else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for entry in found:
            judged(str(entry[4][0]), self.allowed, secure=secure)
        made = socket.create_connection((str(found[0][4][0]), port), self.connect_seconds)
        made.settimeout(self.answer_seconds)
        if not secure:
            plain = HTTPConnection(host, port)
            plain.sock = made
            return plain
        safe = HTTPSConnection(host, port, context=self.trust)
        try:
            safe.sock = self.trust.wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise
        return safe


def signed(parcel: Parcel) -> dict[str, str]:
    """Return the headers of a webhook: its id, when it is sent, a signature by each secret."""
    text = parcel.body.decode()
    signatures = [Webhook(s).sign(parcel.id, parcel.at, text) for s in parcel.secrets]
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "motcua-webhooks",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(parcel.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _path(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def _cut(connection: socket.socket) -> None:
    """End a connection that takes too long; whoever waits on it gets an error."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself meanwhile
