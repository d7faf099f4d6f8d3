"""What looking into a file comes to: its type, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """The file is not taken; `reason` is a short word, `detail` the Vietnamese sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        """Name the reason for programs and say it for people."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The type of a file by its content; `pages` counts pages of a PDF, else 1."""

    media_type: str
    extension: str
    pages: int = 1
