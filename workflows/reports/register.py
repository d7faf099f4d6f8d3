"""The register (sổ theo dõi hồ sơ) of a period as a report: what came in, as it stood at the end.

From the record: the register of a past day comes out again as it was. Names only of dossiers the
caller's own agency receives or settles, and never for a reviewer. Not for the statutory paper of
the register: `workflows.documents`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.timeliness import Timeliness, control_sheet
from engine.timing.events import ResultReturned
from engine.timing.reports import Period, columns_of
from workflows import looking
from workflows.office import Office
from workflows.permitting import LIST_DOSSIERS, list_of, permit
from workflows.reports.past import PastDossier, asked_period, end_of, finished_at, past_dossiers
from workflows.sheets import Column, Kind, Sheet
from workflows.store import UnitOfWork

TITLE = "Sổ theo dõi hồ sơ"
REVIEWER = "reviewer"
CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính"}
NOTE = (
    "Hồ sơ cơ quan mình và các cơ quan trực thuộc tiếp nhận hoặc giải quyết, tiếp nhận trong kỳ; "
    "phần các cơ quan ấy giải quyết là cột (4) + (5) của Biểu II.06. Kết quả so theo ngày, như "
    "phiếu kiểm soát. Tên người nộp chỉ hiện với hồ sơ của chính cơ quan mình."
)
INSTANT = timedelta(microseconds=1)
RETURNED = frozenset({ResultReturned.kind})


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """One dossier of the register; `applicant` is None where the name is not for the caller."""

    id: str
    code: str
    procedure: str
    procedure_name: str
    applicant: str | None
    unit: str
    channel: str
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    status: NationalStatus
    timeliness: Timeliness


@dataclass(frozen=True, kw_only=True)
class PeriodRegister:
    """The dossiers received in a period, in the order of reception."""

    period: Period
    lines: tuple[RegisterLine, ...]


def register(office: Office, actor: Actor, first_day: date, last_day: date) -> PeriodRegister:
    """Return what the caller's agency and those below it took in, or others for them to settle.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    period = asked_period(actor, first_day, last_day)
    named = actor.role != REVIEWER
    if named:
        permit(actor, LIST_DOSSIERS, list_of(actor.agency))

    def look(uow: UnitOfWork) -> PeriodRegister:
        lines = [
            _line(office, past, period, named=named and _own(past, actor))
            for past in past_dossiers(uow, office, actor, period, RETURNED, received_too=True)
            if past.standing.received_on >= period.first and columns_of(past.standing, period)
        ]
        since = uow.reporting.names_then([x.id for x in lines if x.applicant], end_of(period.last))
        return PeriodRegister(
            period=period,
            lines=tuple(replace(x, applicant=since.get(x.id, x.applicant)) for x in lines),
        )

    found = office.store.read(look)
    if named:
        looking.saw(line.id for line in found.lines if line.applicant)
    return found


def as_sheet(office: Office, made: PeriodRegister) -> Sheet:
    """Return the register as a table."""
    return Sheet(
        title=TITLE,
        tab="Sổ theo dõi",
        lines=(f"{made.period.said()}: {len(made.lines)} hồ sơ",),
        columns=(
            Column(label="TT", kind=Kind.WHOLE),
            Column(label="Mã hồ sơ", width=4),
            Column(label="Thủ tục", width=6),
            Column(label="Người nộp", width=4),
            Column(label="Đơn vị giải quyết", width=4),
            Column(label="Kênh", width=2),
            Column(label="Tiếp nhận", kind=Kind.MOMENT, width=3),
            Column(label="Hạn trả", kind=Kind.MOMENT, width=3),
            Column(label="Xong", kind=Kind.MOMENT, width=3),
            Column(label="Trả kết quả", kind=Kind.MOMENT, width=3),
            Column(label="Trạng thái", width=3),
            Column(label="Kết quả", width=2),
        ),
        rows=tuple(
            (
                number,
                line.code,
                line.procedure_name,
                line.applicant,
                office.catalogue.agencies.get(line.unit).name,
                CHANNELS.get(line.channel, line.channel),
                line.received_at,
                line.due_at,
                line.finished_at,
                line.returned_at,
                line.status.label,
                line.timeliness.label,
            )
            for number, line in enumerate(made.lines, 1)
        ),
        notes=(NOTE,),
    )


def _own(past: PastDossier, actor: Actor) -> bool:
    return actor.agency in {past.row.receiving_unit, past.row.competent_agency}


def _line(office: Office, past: PastDossier, period: Period, *, named: bool) -> RegisterLine:
    row = past.row
    returned = [e.at for e in past.events]
    as_of = min(end_of(period.last) - INSTANT, office.clock.now())  # still on the last day
    return RegisterLine(
        id=row.id,
        code=row.code,
        procedure=row.procedure,
        procedure_name=office.catalogue.at(row.digest).procedure.name,
        applicant=row.applicant_name if named else None,
        unit=row.competent_agency,
        channel=row.channel,
        received_at=row.received_at,
        due_at=row.due_at,
        finished_at=finished_at(row),
        returned_at=returned[-1] if returned else None,
        status=NationalStatus(row.status),
        timeliness=_timeliness(past, as_of),
    )


def _timeliness(past: PastDossier, as_of: datetime) -> Timeliness:
    """Return how it stood by the control sheet; without a result it was on time, as in II.06."""
    row, finished = past.row, finished_at(past.row)
    if past.standing.without_result and finished is not None:
        return Timeliness.ON_TIME
    running = row.clock_running or finished is not None
    return control_sheet(row.due_at if running else None, finished, as_of)
