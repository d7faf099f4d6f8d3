"""What the statutory papers (biểu mẫu) say: each a frozen value computed from the record alone.

Here stand what every paper shares and the receipt; letters are in `papers_letters`, the control
sheet and the register in `papers_ledgers`. A paper that may not be printed is refused by name
(ruling: preconditions before printing). Not for layout: that is bpmn/shared/forms. Personal data
is handed in beside the record, because the record is for ever and personal data is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from engine.errors import Rejected
from engine.law.codes import NationalStatus
from engine.law.deadlines import Deadline, due
from engine.law.fees import applicable
from engine.law.procedure import Component, Procedure
from engine.law.reopening import counted_since
from engine.law.working_time import ZONE, WorkingCalendar
from engine.timing.events import (
    DossierReceived,
    Event,
    IntakeCorrected,
    IntakeRefused,
    ProcessEnded,
    ReceiptReissued,
    ResultReturned,
    StepEnabled,
)

CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}


class PaperNotPossible(Rejected):
    """The record does not hold what this paper has to say."""

    code = "paper_not_possible"


class NotReceived(PaperNotPossible):
    """No reception stands in the record, or the dossier was refused: there is no receipt."""

    code = "paper_not_received"


class OtherVersion(PaperNotPossible):
    """The dossier was received under another version of the procedure."""

    code = "paper_other_version"


class NoDueDate(PaperNotPossible):
    """No due moment follows from the pinned version, so none can be promised."""

    code = "paper_no_due_date"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the record: what happened, and who wrote it."""

    event: Event
    actor: str = ""
    role: str = ""
    agency: str = ""


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Whom the paper is for (người nộp); `id_number` as it may be shown."""

    name: str
    id_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a paper is computed from: the record and the law it is read by.

    `agencies` are names by code, `superiors` the name of the agency above, `people` what each
    person was called from when, `components` the counts of papers handed in, `place` where papers
    are signed.
    """

    procedure: Procedure
    digest: str
    calendar: WorkingCalendar
    record: Sequence[Entry]
    applicant: Applicant
    agencies: Mapping[str, str] = field(default_factory=dict)
    superiors: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Sequence[tuple[datetime, str]]] = field(default_factory=dict)
    components: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    place: str = ""
    token: str = ""
    result_by: str = ""

    @property
    def events(self) -> list[Event]:
        """The events of the record, without who wrote them."""
        return [entry.event for entry in self.record]

    @property
    def received(self) -> DossierReceived:
        """The reception; raises NotReceived, or OtherVersion when another law was read."""
        found = next((e for e in self.events if isinstance(e, DossierReceived)), None)
        if found is None:
            raise NotReceived("Hồ sơ chưa được tiếp nhận: nhật ký không có việc tiếp nhận.")
        if found.version != self.digest:
            raise OtherVersion(
                "Hồ sơ được tiếp nhận theo phiên bản thủ tục khác; hãy dùng đúng phiên bản ấy.",
                element=found.version,
            )
        return found

    def agency(self, code: str) -> str:
        """The name of an agency, its code where the name is not known."""
        return self.agencies.get(code, code)

    def person(self, code: str, at: datetime) -> str:
        """The name a person had at a moment, the code where no name is known."""
        names = [name for since, name in self.people.get(code, ()) if since <= at]
        return names[-1] if names else code

    def deadline(self, before: Event | None = None) -> Deadline:
        """Return the deadline as the record had it before an event (None: as it is now).

        What happens once the result is there moves nothing.
        """
        received, history = self.received, []
        upto = self.events if before is None else self.events[: self.events.index(before)]
        since, events = counted_since(received.at, upto)
        for event in events:
            if decides(self.procedure, event):
                break
            history.append(event)
        limit, channel = self.procedure.time_limit, received.channel
        return due(limit, self.procedure, since, channel, history, self.calendar)

    def due_at(self, before: Event | None = None) -> datetime:
        """Return that due moment in office time; raises NoDueDate when none follows."""
        found = self.deadline(before).due_at
        if found is None:
            raise NoDueDate("Chưa xác định được ngày hẹn trả theo quy định của thủ tục.")
        return found.astimezone(ZONE)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An agency at the head of a paper that is of no single dossier."""

    code: str
    name: str
    superior: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above every paper: who issues it, for which dossier, where and when."""

    superior: str
    agency: str
    place: str
    issued_at: datetime
    dossier: str
    procedure: str
    procedure_name: str
    applicant: Applicant


@dataclass(frozen=True, kw_only=True)
class ComponentLine:
    """One row of the table of papers handed in."""

    number: int
    name: str
    originals: int
    copies: int
    manner: str


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    """A fee with its amount in whole đồng."""

    name: str
    amount_vnd: int
    per: str
    exemption: str


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """One appointment of several; no date while it has not begun."""

    name: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""

    form: ClassVar[str] = "receipt"

    head: Head
    components: tuple[ComponentLine, ...]
    sets: int
    limit: str
    channel: str
    received_at: datetime
    due_at: datetime
    official: bool
    appointments: tuple[Appointment, ...]
    fees: tuple[FeeLine, ...]
    result: str
    competent: str
    clerk: str
    issue: int = 1
    moved: bool = False
    token: str = ""
    result_by: str = ""


def head(case: Case, issued_at: datetime, agency: str = "") -> Head:
    """Return the head of a paper issued by an agency, by default the one that received."""
    received = case.received
    code = agency or received.receiving_unit
    return Head(
        superior=case.superiors.get(code, ""),
        agency=case.agency(code),
        place=case.place,
        issued_at=issued_at.astimezone(ZONE),
        dossier=received.code,
        procedure=received.procedure,
        procedure_name=case.procedure.name,
        applicant=case.applicant,
    )


def decides(procedure: Procedure, event: Event) -> bool:
    """Tell whether with this event the decision is there: signed, returned, or all is over."""
    if isinstance(event, StepEnabled):
        law = procedure.steps.get(event.element)
        return law is not None and law.status >= NationalStatus.RESOLVED
    return isinstance(event, ProcessEnded | ResultReturned)


def receipt(case: Case) -> Receipt:
    """Return the receipt with the appointment of the day of reception.

    The promise is what the pinned version says of the moment of reception: what happened later
    never changes it (ruling 12), but for a chain whose receipt was issued anew. Raises NotReceived,
    OtherVersion or NoDueDate.
    """
    received = case.received
    if any(isinstance(e, IntakeRefused) for e in case.events):
        raise NotReceived("Hồ sơ đã bị từ chối: không có giấy tiếp nhận.")
    clerk = next(entry.actor for entry in case.record if entry.event is received)
    procedure = case.procedure
    limit = procedure.time_limit
    promised = due(limit, procedure, received.at, received.channel, [received], case.calendar)
    if promised.due_at is None:
        raise NoDueDate("Chưa xác định được ngày hẹn trả theo quy định của thủ tục.")
    own = limit.channel.get(received.channel)
    unit = (own.unit if own else None) or limit.unit
    stages = tuple(
        Appointment(name=s.name, due_at=s.due_at.astimezone(ZONE) if s.due_at else None)
        for s in promised.stages
    )
    return Receipt(
        head=head(case, received.at),
        components=_components(case),
        sets=1,
        limit=f"{own.amount if own else limit.amount} {unit.label}",
        channel=CHANNELS.get(received.channel, received.channel),
        received_at=received.at.astimezone(ZONE),
        due_at=_promised_anew(case) or promised.due_at.astimezone(ZONE),
        official=promised.official,
        appointments=stages,
        fees=_fees(case),
        result=procedure.result_name,
        competent=case.agency(received.competent_agency),
        clerk=case.person(clerk, received.at),
        issue=1 + sum(isinstance(e, IntakeCorrected | ReceiptReissued) for e in case.events),
        moved=_promised_anew(case) is not None,
        token=case.token,
        result_by=case.result_by,
    )


def _promised_anew(case: Case) -> datetime | None:
    """Return the appointment of the receipt issued last, None where the first one holds."""
    anew = [e for e in case.events if isinstance(e, ReceiptReissued)]
    return datetime.fromisoformat(anew[-1].due_at).astimezone(ZONE) if anew else None


def _components(case: Case) -> tuple[ComponentLine, ...]:
    """Return what was handed in; where nothing was counted, what the procedure requires."""
    known = [c for c in case.procedure.components if c.id in case.components]
    papers = known or [c for c in case.procedure.components if c.required]
    return tuple(_component(n, c, case) for n, c in enumerate(papers, 1))


def _component(number: int, paper: Component, case: Case) -> ComponentLine:
    manners = {"present": "Xuất trình", "lookup": "Khai thác dữ liệu", "held": "Đã có trong kho"}
    counted = case.components.get(paper.id, {})
    return ComponentLine(
        number=number,
        name=paper.name,
        originals=int(counted.get("originals", 0 if counted else paper.originals)),
        copies=int(counted.get("copies", 0 if counted else paper.copies)),
        manner=manners.get(paper.mode.value, ""),
    )


def _fees(case: Case) -> tuple[FeeLine, ...]:
    """Return the fees of the channel that were valid on the day of reception."""
    day = case.received.at.astimezone(ZONE).date()

    return tuple(
        FeeLine(name=f.name, amount_vnd=f.amount_vnd, per=f.per, exemption=f.exemption)
        for f in applicable(case.procedure, case.received.channel, day)
    )
