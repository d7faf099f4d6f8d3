"""Rate limits: how often somebody may ask, one answer for all processes of an installation.

Nobody ever gets more than the limit; see `Limiter` for why most questions cost no statement.
Not for authority: who may ask at all is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from workflows.errors import WorkflowError
from workflows.office import Office
from workflows.store import UnitOfWork

MOST_REMEMBERED = 20_000  # holders a process remembers before it forgets all of them


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many in so many seconds, as a burst or spread; `portion` is how many are taken at once."""

    amount: int
    seconds: int
    portion: int = 1


class TooMany(WorkflowError):
    """Somebody asked more often than the limit allows; `retry_after` is in seconds."""

    code = "too_many_requests"
    sentence = "Bạn đã gửi quá nhiều yêu cầu; hãy thử lại sau {retry_after} giây."

    def __init__(self, retry_after: int) -> None:
        """Say after how many whole seconds asking again makes sense."""
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


@dataclass
class _Held:
    """What this process took from a bucket and has not given out, or until when it is empty."""

    left: int
    until: datetime


class Limiter:
    """Gives out what the shared buckets hold, a portion at a time.

    A process takes a portion in one statement and gives it out from memory. What it took and does
    not give out is lost, so several processes together give less than the limit, never more. An
    empty bucket is remembered too: a flood writes nothing.
    """

    def __init__(self) -> None:
        """Begin with nothing in hand."""
        self._held: dict[str, _Held] = {}
        self._turn = Lock()

    def take(self, office: Office, bucket: str, holder: str, limit: Limit) -> None:
        """Take one from the holder's bucket; raises TooMany when it is empty.

        `holder` is an address or a person; only a hash of it is stored.
        """
        key = hashlib.sha256(f"{bucket}\n{holder}".encode()).hexdigest()
        now = office.clock.now()
        with self._turn:
            held = self._held.get(key)
            if held is not None and now < held.until:
                if held.left == 0:
                    raise TooMany(_seconds(held.until - now))
                held.left -= 1
                if held.left == 0:
                    del self._held[key]
                return
        self._fetch(office, key, limit, now)

    def check(self, office: Office, bucket: str, holder: str, limit: Limit) -> None:
        """Raise TooMany when the holder's bucket is empty, and take nothing from it."""
        key = hashlib.sha256(f"{bucket}\n{holder}".encode()).hexdigest()
        now_ms = int(office.clock.now().timestamp() * 1000)
        each = limit.seconds * 1000 // limit.amount
        full_at = office.store.read(lambda uow: uow.limits.full_at_ms(key))
        wait = full_at + each - each * limit.amount - now_ms
        if wait > 0:
            raise TooMany(_seconds(timedelta(milliseconds=wait)))

    def _fetch(self, office: Office, key: str, limit: Limit, now: datetime) -> None:
        """Take a portion from the shared bucket, or one where a portion is not there."""
        each, now_ms = limit.seconds * 1000 // limit.amount, int(now.timestamp() * 1000)
        filling = each * limit.amount
        for portion in sorted({min(limit.portion, limit.amount), 1}, reverse=True):
            asked = {"now_ms": now_ms, "cost_ms": each * portion, "filling_ms": filling}
            if office.store.write(partial(_take, key=key, asked=asked)):
                self._keep(key, portion - 1, now + timedelta(seconds=limit.seconds))
                return
        full_at = office.store.read(lambda uow: uow.limits.full_at_ms(key))
        wait = timedelta(milliseconds=max(full_at + each - filling - now_ms, 1))
        self._keep(key, 0, now + wait, empty=True)
        raise TooMany(_seconds(wait))

    def _keep(self, key: str, left: int, until: datetime, *, empty: bool = False) -> None:
        if not left and not empty:
            return
        with self._turn:
            if len(self._held) >= MOST_REMEMBERED:
                self._held.clear()
            self._held[key] = _Held(left, until)


def _take(uow: UnitOfWork, key: str, asked: dict[str, int]) -> bool:
    return uow.limits.take(key, **asked)


def _seconds(wait: timedelta) -> int:
    return max(1, -(-wait // timedelta(seconds=1)))
