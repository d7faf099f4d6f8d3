"""Where an envelope belongs among those of its channel: next, early, known already, or a forgery.

Pure: what the channel knows is handed in. Out of order is no fault; another content under a number
that was used is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.bridge.envelope import FIRST

WINDOW = 5_000  # how far ahead of the first gap an envelope may be
MOST_MISSING = 200  # how many gaps are asked for at once


class Place(StrEnum):
    """What becomes of an envelope that was verified (chỗ của thư trên kênh)."""

    NEW = "new"
    KNOWN = "known"
    TAKEN = "taken"  # its number was used for another one
    BROKEN = "broken"  # it does not follow the one before it, or the next does not follow it
    TOO_EARLY = "too_early"


@dataclass(frozen=True, kw_only=True)
class Around:
    """What is known of a channel where an envelope would stand; empty hashes are unknown.

    `own` is the hash kept under its number, `before` that of the number before, `after_says` what
    the next one says of its predecessor.
    """

    through: int
    own: str = ""
    before: str = ""
    after_says: str | None = None


def place(sequence: int, previous: str, own: str, around: Around) -> Place:
    """Return where an envelope with this number, predecessor and hash belongs."""
    if around.own:
        return Place.KNOWN if around.own == own else Place.TAKEN
    if sequence > around.through + WINDOW:
        return Place.TOO_EARLY
    if sequence == 1 and previous != FIRST:
        return Place.BROKEN
    follows = sequence == 1 or not around.before or around.before == previous
    followed = around.after_says is None or around.after_says == own
    return Place.NEW if follows and followed else Place.BROKEN


def missing(through: int, known: list[int]) -> list[int]:
    """Return the numbers between what arrived without a gap and the highest known, at most some."""
    have, found = set(known), []
    for number in range(through + 1, max(known, default=through)):
        if number not in have:
            found.append(number)
            if len(found) == MOST_MISSING:
                break
    return found
