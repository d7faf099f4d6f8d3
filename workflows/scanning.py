"""Virus scanners (quét vi-rút): clamd over its INSTREAM protocol, by TCP or a local socket.

A scanner that cannot be reached says nothing: the file stays in quarantine and is scanned later.
"""

from __future__ import annotations

import socket
import struct
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

CHUNK = 64 * 1024
SECONDS = 30.0
REACH_SECONDS = 3.0
PORT = 3310
MOST_ANSWER = 4_096


class Scan(StrEnum):
    """What a scanner said of a file; the words are the states of files."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "quarantined"


class Scanner(Protocol):
    """Looks for viruses in bytes."""

    def scan(self, content: bytes) -> Scan:
        """Return what the scanner said; UNKNOWN when it could not be asked."""
        ...


class Clamd:
    """A clamd at `tcp://host:port` or `unix:/path/of/socket`."""

    def __init__(self, address: str) -> None:
        """Use the daemon at this address; nothing is asked yet."""
        self._address = urlsplit(address)

    def scan(self, content: bytes) -> Scan:
        """Send the bytes in chunks and read the verdict."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    piece = content[start : start + CHUNK]
                    connection.sendall(struct.pack("!I", len(piece)) + piece)
                connection.sendall(struct.pack("!I", 0))
                answer = _read(connection)
        except OSError:
            return Scan.UNKNOWN
        if answer.endswith(" FOUND"):
            return Scan.INFECTED
        return Scan.CLEAN if answer.endswith(": OK") else Scan.UNKNOWN

    def reach(self) -> str:
        """Return what stands in the way of scanning, empty for nothing."""
        try:
            with self._connected() as connection:
                connection.settimeout(REACH_SECONDS)
                connection.sendall(b"zPING\0")
                answer = _read(connection)
        except OSError as fault:
            return type(fault).__name__
        return "" if answer == "PONG" else "không trả lời PONG"

    def _connected(self) -> socket.socket:
        if self._address.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(SECONDS)
            connection.connect(str(Path(self._address.path)))
            return connection
        place = (self._address.hostname or "localhost", self._address.port or PORT)
        return socket.create_connection(place, timeout=SECONDS)


def _read(connection: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < MOST_ANSWER:
        piece = connection.recv(MOST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()
