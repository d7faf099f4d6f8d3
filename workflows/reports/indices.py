"""The indices of Decision 766/QĐ-TTg (bộ chỉ số) of a period, as of its last day, as sheets.

Not for what is counted over what: `engine.timing.indices`. Not for the scoreboard of a review,
which counts by the control sheet: `workflows.review.scoreboard`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from engine.law.authority import Actor
from engine.law.deadlines import due
from engine.law.timeliness import Timeliness, decision_766, waited_for
from engine.timing.events import Event, FeePaid, FileAttached, FileDetached, ResultReturned
from engine.timing.indices import (
    DEFINITIONS,
    IndexFacts,
    MeanTime,
    ServiceIndex,
    mean_times,
    scored,
)
from engine.timing.reports import ONLINE, Period, columns_of
from engine.timing.scores import Scored
from workflows.office import Office
from workflows.reports.past import PastDossier, asked_period, end_of, finished_at, past_dossiers
from workflows.sheets import Column, Kind, Sheet
from workflows.store import UnitOfWork

TITLE = "Bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg)"
MEAN_TITLE = "Chỉ số 2.2: thời gian giải quyết trung bình theo thủ tục"
SAMPLE = (
    "Điểm và ngưỡng là DỮ LIỆU MẪU: chưa đối chiếu với văn bản; sửa ở "
    "bpmn/shared/decision_766.toml."
)
MEAN_NOTE = (
    "Giờ làm việc từ lúc tiếp nhận đến lúc xong, trừ thời gian chờ người nộp bổ sung; chia cho số "
    "hồ sơ có kết quả trong kỳ. 8 giờ là một ngày làm việc."
)
KINDS = frozenset(
    {
        "dossier_received", "supplement_requested", "supplement_taken", "process_ended",
        "fee_paid", "file_attached", "file_detached", "result_returned",
    }
)  # fmt: skip
HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Indices:
    """The indices of a period, scored where dossiers tell, and the mean times by procedure."""

    period: Period
    scored: tuple[tuple[ServiceIndex, Scored | None], ...]
    times: tuple[MeanTime, ...]

    @property
    def points(self) -> Fraction:
        """Return the points reached."""
        return sum((s.points or Fraction(0) for _, s in self.scored if s), Fraction(0))

    @property
    def reachable(self) -> Fraction:
        """Return the points that could be reached: of indices with something to count."""
        return sum((s.index.points for _, s in self.scored if s and s.denominator), Fraction(0))


def indices(office: Office, actor: Actor, first_day: date, last_day: date) -> Indices:
    """Return the indices of the caller's agency and those below it.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    period = asked_period(actor, first_day, last_day)

    def look(uow: UnitOfWork) -> Indices:
        found = past_dossiers(uow, office, actor, period, KINDS)
        facts = [_facts(office, one, period) for one in found if columns_of(one.standing, period)]
        return Indices(
            period=period,
            scored=scored(office.catalogue.service_indices, facts),
            times=mean_times(facts),
        )

    return office.store.read(look)


def as_sheets(office: Office, made: Indices) -> tuple[Sheet, ...]:
    """Return the table of indices with its arithmetic, and the mean times."""
    return (_index_sheet(made), _time_sheet(office, made))


def _index_sheet(made: Indices) -> Sheet:
    sample = any(one.index.sample for one, _ in made.scored)
    needs = tuple(f"{one.number}: {one.needs}." for one, found in made.scored if found is None)
    means = tuple(
        f"{one.number} = {DEFINITIONS[one.count][0]} ÷ {DEFINITIONS[one.count][1]}."
        for one, found in made.scored
        if found is not None
    )
    return Sheet(
        title=TITLE,
        tab="QĐ 766",
        lines=(made.period.said(),),
        columns=(
            Column(label="Số"),
            Column(label="Nhóm", width=3),
            Column(label="Chỉ số", width=5),
            Column(label="Tử số", kind=Kind.WHOLE),
            Column(label="Mẫu số", kind=Kind.WHOLE),
            Column(label="Tỷ lệ", kind=Kind.PERCENT),
            Column(label="Ngưỡng", kind=Kind.PERCENT),
            Column(label="Điểm", kind=Kind.DECIMAL),
            Column(label="Điểm tối đa", kind=Kind.WHOLE),
        ),
        rows=tuple(_row(one, found) for one, found in made.scored),
        total=("", "", "Tổng các chỉ số tính được", None, None, None, None, made.points,
               made.reachable),
        notes=(*((SAMPLE,) if sample else ()), *means, *(f"Dòng không có số, {n}" for n in needs)),
    )  # fmt: skip


def _row(one: ServiceIndex, found: Scored | None) -> tuple[object, ...]:
    head = (one.number, one.group, one.index.name)
    if found is None:
        return (*head, None, None, None, None, None, None)
    numbers = (found.numerator, found.denominator, found.rate)
    return (*head, *numbers, one.index.threshold, found.points, one.index.points)


def _time_sheet(office: Office, made: Indices) -> Sheet:
    return Sheet(
        title=MEAN_TITLE,
        tab="2.2",
        lines=(made.period.said(),),
        columns=(
            Column(label="Mã thủ tục", width=2),
            Column(label="Thủ tục", width=6),
            Column(label="Hồ sơ có kết quả", kind=Kind.WHOLE),
            Column(label="Tổng giờ làm việc", kind=Kind.DECIMAL),
            Column(label="Trung bình (giờ làm việc)", kind=Kind.DECIMAL),
        ),
        rows=tuple(
            (
                one.procedure,
                office.catalogue.latest(one.procedure).procedure.name,
                one.settled,
                Fraction(one.seconds, HOUR),
                one.mean_seconds / HOUR,
            )
            for one in made.times
        ),
        notes=(MEAN_NOTE,),
    )


def _facts(office: Office, past: PastDossier, period: Period) -> IndexFacts:
    row, standing = past.row, past.standing
    ends = min(end_of(period.last), office.clock.now())
    procedure = office.catalogue.at(row.digest).procedure
    calendar = office.catalogue.calendar(row.competent_agency)
    # Only a chain is promised by what was known at the counter, as `review.judging` says.
    begun = [e for e in past.events if e.kind == "dossier_received"] if procedure.legs else []
    promised = due(
        procedure.time_limit, procedure, row.received_at, row.channel, begun, calendar
    ).due_at
    waited = waited_for(past.events, ends, calendar)
    finished = finished_at(row)
    judged = decision_766(promised, finished, waited, ends, calendar)
    received = standing.received_on >= period.first
    paid = [e for e in past.events if isinstance(e, FeePaid)] if received else []
    returned = [e for e in past.events if isinstance(e, ResultReturned)]
    settling = None
    if finished is not None and not standing.without_result:
        settling = calendar.working_seconds(row.received_at, finished) - waited.seconds
    return IndexFacts(
        procedure=row.procedure,
        received=received,
        settled=finished is not None,
        in_time=judged is not Timeliness.OVERDUE,
        online=received and row.channel == ONLINE,
        paid=bool(paid),
        paid_online=any(e.manner == ONLINE for e in paid),
        digitised=received and _digitised(past.events),
        returned=bool(returned),
        electronic=any(e.manner == ONLINE for e in returned),
        settling_seconds=settling,
    )


def _digitised(events: tuple[Event, ...]) -> bool:
    """Tell whether a file of one of the papers is there, and was not taken off again."""
    there: set[str] = set()
    for event in events:
        if isinstance(event, FileAttached) and event.component:
            there.add(event.file)
        elif isinstance(event, FileDetached):
            there.discard(event.file)
    return bool(there)
