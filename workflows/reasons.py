"""Reasons and notes (lý do, ghi chú): how long the words of a command may be, and the refusal."""

from __future__ import annotations

from workflows.errors import InvalidInput

MOST_REASON = 2_000


def check_reason(text: str, most: int = MOST_REASON) -> None:
    """Raise InvalidInput for a reason of blanks alone or of more than `most` characters."""
    if not text.strip() or len(text) > most:
        raise InvalidInput("reason", f"hãy nêu lý do, không quá {most} ký tự")


def check_length(name: str, text: str, most: int = MOST_REASON) -> None:
    """Raise InvalidInput, naming the field, for a text of more than `most` characters."""
    if len(text) > most:
        raise InvalidInput(name, f"hãy viết không quá {most} ký tự")
