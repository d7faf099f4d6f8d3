"""The only reader of the wall clock and of chance, so that a seeded run can drive the program.

Not for counting working time: that is `engine.law.working_time`.
"""

from __future__ import annotations

import random
import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Protocol

TOKEN_BITS = 256


class Clock(Protocol):
    """Tells what time it is."""

    def now(self) -> datetime:
        """Return the moment: aware, UTC."""
        ...


class Ids(Protocol):
    """Gives names that nobody has used, and secrets that nobody can guess."""

    def new_id(self) -> str:
        """Return a UUID as text."""
        ...

    def new_token(self) -> str:
        """Return a secret of 256 bits as text that fits in a header."""
        ...

    def chance(self) -> float:
        """Return a number from 0 to 1 that spreads what would else happen all at once."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the moment: aware, UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware moment."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment: aware, UTC."""
        return self._now

    def advance_to(self, moment: datetime) -> None:
        """Go on to an aware moment; raises ValueError for one in the past."""
        if moment < self._now:
            raise ValueError(f"The clock does not go back from {self._now} to {moment}.")
        self._now = moment.astimezone(UTC)


class ContinuedClock:
    """A clock that goes on from a given moment at the pace of the machine: for sample data."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware moment, now."""
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the moment: aware, UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)


class SystemIds:
    """Names and secrets from the operating system's source of chance."""

    def new_id(self) -> str:
        """Return a random UUID as text."""
        return str(uuid.uuid4())

    def new_token(self) -> str:
        """Return a secret of 256 bits as text that fits in a header."""
        return secrets.token_urlsafe(TOKEN_BITS // 8)

    def chance(self) -> float:
        """Return a number from 0 to 1 that nobody can foresee."""
        return random.SystemRandom().random()


class SeededIds:
    """The same names in the same order for the same seed: for simulations, never for secrets."""

    def __init__(self, seed: int) -> None:
        """Start the sequence of this seed."""
        self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def new_id(self) -> str:
        """Return the next UUID of the sequence as text."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def new_token(self) -> str:
        """Return the next token of the sequence; anybody who knows the seed can guess it."""
        return f"{self._chance.getrandbits(TOKEN_BITS):064x}"

    def chance(self) -> float:
        """Return the next number from 0 to 1 of the sequence."""
        return self._chance.random()
