"""Failed attempts to sign in: each further one has to wait longer.

An attempt is counted before the password is looked at, and taken back when it was right: many at
once get no more tries than one after the other. Unknown accounts are counted like known ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.errors import WorkflowError
from workflows.store import UnitOfWork
from workflows.store.credentials import Attempts

FORGOTTEN_AFTER = timedelta(hours=24)
LONGEST_WAIT_SECONDS = 15 * 60
FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 30  # a whole office comes from one address
MOST_DOUBLINGS = 20


class TooManyAttempts(WorkflowError):
    """Too many failed attempts for this account or from this address; known or not."""

    code = "too_many_attempts"
    sentence = "Đăng nhập sai quá nhiều lần; hãy thử lại sau {retry_after} giây."

    def __init__(self, retry_after: int) -> None:
        """Say after how many whole seconds the next attempt is looked at."""
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Attempt:
    """An attempt that is counted: under which account and from which address."""

    account: str
    address: str

    @classmethod
    def of(cls, person: str, address: str) -> Attempt:
        """Return the attempt to sign in as a person from an address; only hashes are kept."""
        return cls(_key("account", person.casefold()), _key("address", address))

    def count(self, uow: UnitOfWork, now: datetime) -> None:
        """Count the attempt; raises TooManyAttempts when it comes too early."""
        known = uow.credentials.attempts((self.account, self.address))
        waits = [a.blocked_until for a in known.values() if a.blocked_until is not None]
        longest = max((w - now for w in waits), default=timedelta())
        if longest > timedelta():
            raise TooManyAttempts(max(1, -(-longest // timedelta(seconds=1))))
        free = {self.account: FREE_PER_ACCOUNT, self.address: FREE_PER_ADDRESS}
        counted = {key: _one_more(known.get(key), now, free[key]) for key in free}
        uow.credentials.save_attempts(counted)

    def take_back(self, uow: UnitOfWork) -> None:
        """Undo the counting: the password was right, the second factor is still to come."""
        known = uow.credentials.attempts((self.account, self.address))
        fewer = {
            key: Attempts(failures=max(a.failures - 1, 0), last_at=a.last_at, blocked_until=None)
            for key, a in known.items()
        }
        uow.credentials.save_attempts(fewer)

    def forgive(self, uow: UnitOfWork) -> None:
        """Forget what failed before under the account: its owner is in."""
        self.take_back(uow)
        uow.credentials.forget_attempts((self.account,))


def _one_more(before: Attempts | None, now: datetime, free: int) -> Attempts:
    stale = before is None or now - before.last_at > FORGOTTEN_AFTER
    failures = 1 if before is None or stale else before.failures + 1
    beyond = failures - free
    if beyond < 0:
        return Attempts(failures=failures, last_at=now, blocked_until=None)
    seconds = min(2 ** min(beyond, MOST_DOUBLINGS), LONGEST_WAIT_SECONDS)
    return Attempts(failures=failures, last_at=now, blocked_until=now + timedelta(seconds=seconds))


def _key(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}\n{name}".encode()).hexdigest()
