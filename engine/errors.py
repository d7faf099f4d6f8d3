"""What the rules answer when they say no; every class is an answer, never a bug."""

from __future__ import annotations


class Rejected(Exception):
    """The rules refuse this command; nothing has changed."""

    code = "rejected"

    def __init__(self, message: str, *, element: str = "", **fields: object) -> None:
        """Keep the Vietnamese sentence, the element or field it names, and typed extras."""
        super().__init__(message)
        self.message = message
        self.element = element
        self.fields = fields
