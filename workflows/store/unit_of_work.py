"""One unit of work: everything in it is kept together or not at all; the only commit is here.

Losing a race for a lock is not an error of anybody: the work is done again from the start, and
after too many times the caller is told that somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from threading import Lock
from typing import TypeVar

from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine

from workflows.errors import Conflict, Unavailable
from workflows.store import tables
from workflows.store.access_log import AccessLog
from workflows.store.accounts import Accounts
from workflows.store.audits import Audits
from workflows.store.bridge import Bridge
from workflows.store.commands import Commands
from workflows.store.connections import WRITES, check_settings, open_engine
from workflows.store.credentials import Credentials
from workflows.store.dossiers import Dossiers
from workflows.store.events import Events
from workflows.store.files import Files
from workflows.store.imported import ImportedLogs
from workflows.store.intakes import Intakes
from workflows.store.jobs import Jobs
from workflows.store.joint import Joint
from workflows.store.letters import Letters
from workflows.store.limits import Limits
from workflows.store.migrating import upgrade
from workflows.store.names import Names
from workflows.store.outgoing import Outgoing
from workflows.store.posts import Posts
from workflows.store.referrals import Referrals
from workflows.store.reporting import Reporting
from workflows.store.review_plans import ReviewPlans
from workflows.store.searching import Searching
from workflows.store.supplements import Supplements
from workflows.store.tasks import Steps
from workflows.store.timings import Timings
from workflows.store.versions import Versions
from workflows.store.vitals import Vitals
from workflows.store.worklists import Worklists

TRIES = 4
BEFORE_SAVE, AFTER_SAVE = "before save", "after save"
BEFORE_COMMIT, AFTER_COMMIT = "before commit", "after commit"
POINTS = (BEFORE_SAVE, AFTER_SAVE, BEFORE_COMMIT, AFTER_COMMIT)

# serialization failure, deadlock, lock not available, unique violation
_CONTENDED = {"40001", "40P01", "55P03", "23505"}

T = TypeVar("T")


def _pass(_point: str) -> None:
    """Do nothing at a named point; a crash test does something else."""


class UnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, connection: Connection, at_point: Callable[[str], None] = _pass) -> None:
        """Work on one connection."""
        self.connection = connection
        self.at_point = at_point

    @cached_property
    def dossiers(self) -> Dossiers:
        """Dossiers and their states."""
        return Dossiers(self.connection)

    @cached_property
    def steps(self) -> Steps:
        """Steps: worklist and intervals."""
        return Steps(self.connection)

    @cached_property
    def events(self) -> Events:
        """The record."""
        return Events(self.connection)

    @cached_property
    def audits(self) -> Audits:
        """The record as texts, and the signed roots over it."""
        return Audits(self.connection)

    @cached_property
    def jobs(self) -> Jobs:
        """Timers, subscriptions and the outbox."""
        return Jobs(self.connection)

    @cached_property
    def letters(self) -> Letters:
        """Which letters an address does not want."""
        return Letters(self.connection)

    @cached_property
    def referrals(self) -> Referrals:
        """Questions to other agencies."""
        return Referrals(self.connection)

    @cached_property
    def supplements(self) -> Supplements:
        """Rounds of asking for papers."""
        return Supplements(self.connection)

    @cached_property
    def intakes(self) -> Intakes:
        """What the counter noted beside the dossiers."""
        return Intakes(self.connection)

    @cached_property
    def files(self) -> Files:
        """Which bytes belong to which dossier."""
        return Files(self.connection)

    @cached_property
    def review_plans(self) -> ReviewPlans:
        """What is to be reviewed in a year, and what is proposed."""
        return ReviewPlans(self.connection)

    @cached_property
    def commands(self) -> Commands:
        """Answers already given."""
        return Commands(self.connection)

    @cached_property
    def versions(self) -> Versions:
        """Procedure versions."""
        return Versions(self.connection)

    @cached_property
    def accounts(self) -> Accounts:
        """People, posts and tokens."""
        return Accounts(self.connection)

    @cached_property
    def names(self) -> Names:
        """What people were called from when."""
        return Names(self.connection)

    @cached_property
    def access_log(self) -> AccessLog:
        """Who was refused what, and who looked at what."""
        return AccessLog(self.connection)

    @cached_property
    def credentials(self) -> Credentials:
        """Passwords, second factors, attempts and sessions."""
        return Credentials(self.connection)

    @cached_property
    def posts(self) -> Posts:
        """Posts, and who stands in for whom in them."""
        return Posts(self.connection)

    @cached_property
    def outgoing(self) -> Outgoing:
        """Subscriptions and deliveries."""
        return Outgoing(self.connection)

    @cached_property
    def bridge(self) -> Bridge:
        """Partners, their keys, channels and envelopes."""
        return Bridge(self.connection)

    @cached_property
    def joint(self) -> Joint:
        """Legs whose two dossiers lie in two installations."""
        return Joint(self.connection)

    @cached_property
    def limits(self) -> Limits:
        """How often somebody may still ask."""
        return Limits(self.connection)

    @cached_property
    def imported(self) -> ImportedLogs:
        """Logs recorded elsewhere."""
        return ImportedLogs(self.connection)

    @cached_property
    def reporting(self) -> Reporting:
        """What reports of a period read."""
        return Reporting(self.connection)

    @cached_property
    def searching(self) -> Searching:
        """The words dossiers are found by."""
        return Searching(self.connection)

    @cached_property
    def vitals(self) -> Vitals:
        """What tells whether the installation is well."""
        return Vitals(self.connection)

    @cached_property
    def worklists(self) -> Worklists:
        """Lists of open steps, their counts, and the views people keep of them."""
        return Worklists(self.connection)

    @cached_property
    def timings(self) -> Timings:
        """Measured steps."""
        return Timings(self.connection)


class Store:
    """The database of one installation."""

    def __init__(self, engine: Engine, *, at_point: Callable[[str], None] = _pass) -> None:
        """Use an engine of `connections.open_engine`."""
        self.engine = engine
        self._at_point = at_point
        # SQLite has one writer and lets the others sleep and ask again, the unlucky for a second;
        # within one process they take turns instead.
        one_writer = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = Lock() if one_writer else nullcontext()

    @classmethod
    def open(cls, url: str, *, at_point: Callable[[str], None] = _pass) -> Store:
        """Return the store at an SQLite or PostgreSQL URL, its tables up to date.

        Raises UnsafeDatabase when the database would not keep what was acknowledged.
        """
        store = cls(open_engine(url), at_point=at_point)
        with store.engine.connect() as connection:
            check_settings(connection)
        upgrade(store.engine)
        return store

    def create_tables(self) -> None:
        """Make all tables at once, without migrations: for tests and throw-away databases."""
        tables.metadata.create_all(self.engine)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Return what `work` reads, all of it as of one moment; nothing is kept.

        Raises Unavailable where the database is too busy or cannot be reached.
        """
        with self._connected() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            return work(UnitOfWork(connection))

    def glance(self, work: Callable[[UnitOfWork], T]) -> T:
        """Return what `work` reads in one statement; nothing is begun or rolled back around it."""
        with self._connected() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            return work(UnitOfWork(connection))

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do `work` in one transaction and keep all of it; an exception undoes all of it.

        `work` may be done several times, so it must touch nothing but the unit of work. Raises
        Conflict when somebody else was faster every time, or Unavailable.
        """
        for _ in range(TRIES):
            try:
                return self._once(work)
            except exc.DBAPIError as fault:
                if not _is_contended(fault):
                    raise
                last = fault
        raise Conflict from last

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Yield a connection; raises Unavailable where none can be had in time."""
        try:
            connection = self.engine.connect()
        except (exc.TimeoutError, exc.OperationalError) as fault:
            raise Unavailable from fault
        with connection:
            yield connection

    def _once(self, work: Callable[[UnitOfWork], T]) -> T:
        with self._turn, self._connected() as connection:
            connection.execution_options(**{WRITES: True})
            result = work(UnitOfWork(connection, self._at_point))
            self._at_point(BEFORE_COMMIT)
            connection.commit()
        self._at_point(AFTER_COMMIT)
        return result


def _is_contended(fault: exc.DBAPIError) -> bool:
    """Tell whether the database says that another transaction was in the way."""
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state in _CONTENDED
    text = str(fault.orig)
    return "locked" in text or "busy" in text or "UNIQUE constraint failed" in text
