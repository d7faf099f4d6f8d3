"""Exchange (trao đổi nhật ký): logs of other systems in, our record out, figures of either.

An imported log is history to review, never part of the record. What goes out names nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from engine.errors import Rejected
from engine.timing.exchange.csv_out import write_csv
from engine.timing.exchange.figures import NEVER_COMPLETE, Figures, Tally
from engine.timing.exchange.logs import Happening, LogHead, Trace, flat
from engine.timing.exchange.ocel import write_ocel
from engine.timing.exchange.record import Pseudonyms, Recorded, trace_of
from engine.timing.exchange.xes_out import write_xes
from workflows.errors import NotFound
from workflows.office import Office
from workflows.opening import LogFile
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.store.imported import LOADING, READY, REMOVING, ROWS_AT_ONCE, ImportedLog
from workflows.store.records import DossierRow

RECORD_COLUMNS = ("element", "clock", "org:role", "org:group")
XES, OCEL, CSV = "xes", "ocel", "csv"


class LogNameTaken(Rejected):
    """There is a log of this name already."""

    code = "log_name_taken"


@dataclass(frozen=True, kw_only=True)
class Review:
    """The figures of a log, and how many events or cases were left out of them and why."""

    figures: Figures
    notes: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A log to be written; `columns` are the extras a table gets."""

    traces: Iterator[Trace]
    columns: tuple[str, ...] = ()
    head: LogHead | None = None


def review_file(source: LogFile) -> Review:
    """Return the figures of a log file. Raises UnreadableLog.

    A log in which nothing ever completes speaks another vocabulary: then, in a second reading,
    every event counts as it stands.
    """
    tally = source.whole(_tally)
    if tally.speaks_otherwise:
        tally = _noted(source.whole(partial(_tally, every=True)))
    return Review(figures=tally.figures(), notes=dict(tally.notes))


def review_traces(traces: Iterable[Trace]) -> Review:
    """Return the figures of traces that complete things, such as our own record."""
    tally = _tally(traces)
    return Review(figures=tally.figures(), notes=dict(tally.notes))


def review_imported(office: Office, name: str) -> Review:
    """Return the figures of an imported log: those of its file. Raises NotFound."""
    log = _log(office, name)

    def count(uow: UnitOfWork) -> Tally:
        tally = _tally(uow.imported.traces(log.id))
        if tally.speaks_otherwise:
            tally = _noted(_tally(uow.imported.traces(log.id), every=True))
        return tally

    tally = office.store.read(count)
    return Review(figures=tally.figures(), notes=dict(tally.notes))


def _tally(traces: Iterable[Trace], *, every: bool = False) -> Tally:
    tally = Tally(every=every)
    for trace in traces:
        tally.add(trace)
    return tally


def _noted(tally: Tally) -> Tally:
    tally.notes[NEVER_COMPLETE] = 1
    return tally


def import_log(office: Office, source: LogFile, name: str) -> ImportedLog:
    """Keep a log file under a name and return what was kept. Raises UnreadableLog, LogNameTaken.

    Events are written in pieces, each its own transaction; a log that could not be read to its
    end is forgotten again.
    """
    if name in {log.name for log in imported_logs(office)}:
        raise LogNameTaken(f"Đã có nhật ký tên «{name}»; hãy chọn tên khác (--name).", element=name)
    log = ImportedLog(
        id=office.ids.new_id(),
        name=name,
        file=source.path.name,
        state=LOADING,
        cases=0,
        events=0,
        imported_at=office.clock.now(),
    )
    office.store.write(lambda uow: uow.imported.add(log))
    try:
        done = source.whole(partial(_keep, office, log))
    except BaseException:
        _forget(office, log)
        raise
    known = {"state": READY, "cases": done["cases"], "events": done["events"]}
    office.store.write(lambda uow: uow.imported.update(log.id, **known))
    return replace(log, state=READY, cases=done["cases"], events=done["events"])


def _keep(office: Office, log: ImportedLog, traces: Iterable[Trace]) -> Counter[str]:
    """Write the events of traces; begins anew when it is called again."""
    _empty(office, log)
    done: Counter[str] = Counter()

    def counted() -> Iterator[Trace]:
        for trace in traces:
            done["cases"] += bool(trace.events)
            yield trace

    happenings = flat(counted())
    while batch := list(islice(happenings, ROWS_AT_ONCE)):
        office.store.write(partial(_append, log.id, done["events"] + 1, batch))
        done["events"] += len(batch)
    return done


def _append(log: str, first: int, batch: list[Happening], uow: UnitOfWork) -> None:
    uow.imported.append(log, first, batch)


def _empty(office: Office, log: ImportedLog) -> None:
    _forget(office, log)
    office.store.write(lambda uow: uow.imported.add(log))


def _forget(office: Office, log: ImportedLog) -> None:
    office.store.write(lambda uow: uow.imported.update(log.id, state=REMOVING))
    while office.store.write(lambda uow: uow.imported.remove_some(log.id)):
        pass


def imported_logs(office: Office) -> list[ImportedLog]:
    """Return every imported log, by name."""
    return office.store.read(lambda uow: uow.imported.all())


def remove_log(office: Office, name: str) -> ImportedLog:
    """Forget an imported log with all its events and return what it was. Raises NotFound."""
    log = _log(office, name, whole=False)
    _forget(office, log)
    return log


def _log(office: Office, name: str, *, whole: bool = True) -> ImportedLog:
    found = [log for log in imported_logs(office) if log.name == name]
    if not found or (whole and found[0].state != READY):
        raise NotFound("nhật ký", name)
    return found[0]


def write_log(outgoing: Outgoing, form: str, *, bom: bool = False) -> Iterator[str]:
    """Yield the text of a log in XES, OCEL or CSV; `bom` is for spreadsheets."""
    if form == XES:
        return write_xes(outgoing.traces, outgoing.head)
    if form == OCEL:
        return write_ocel(outgoing.traces)
    return write_csv(flat(outgoing.traces), extras=outgoing.columns, bom=bom)


def record_of(office: Office, procedure: str, agencies: Collection[str] | None) -> Outgoing:
    """Return the record of a procedure's dossiers as a log, people under pseudonyms.

    Of dossiers that these agencies receive or settle; None is of all, for an operator at the
    machine itself. Raises NotFound for an unknown procedure. Each dossier is read as of one moment.
    """
    office.catalogue.latest(procedure)
    people = Pseudonyms()
    wanted = _Wanted(procedure=procedure, agencies=agencies)
    read: Callable[[str], Trace | None] = partial(_dossier, office, wanted, people)
    found = (read(dossier) for dossier in office.store.read(lambda uow: uow.dossiers.ids()))
    traces = (trace for trace in found if trace is not None)
    return Outgoing(traces=traces, columns=RECORD_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Which dossiers: of a procedure, of some agencies or (None) of all."""

    procedure: str
    agencies: Collection[str] | None

    def has(self, row: DossierRow) -> bool:
        """Tell whether a dossier is among them."""
        own = {row.receiving_unit, row.competent_agency}
        theirs = self.agencies is None or not own.isdisjoint(self.agencies)
        return row.procedure == self.procedure and theirs


def _dossier(office: Office, wanted: _Wanted, people: Pseudonyms, dossier: str) -> Trace | None:
    row, _ = office.store.read(lambda uow: uow.dossiers.get(dossier))
    if not wanted.has(row):
        return None
    rows = office.store.read(lambda uow: uow.events.of_dossier(dossier))
    recorded = [Recorded(revive(r), r.actor, r.role, r.agency, r.clock) for r in rows]
    extras = {
        "procedure": row.procedure,
        "version": row.digest,
        "channel": row.channel,
        "receiving_unit": row.receiving_unit,
        "competent_agency": row.competent_agency,
    }
    return trace_of(row.code, recorded, people.of, extras)
