"""Samples (bản in thử): each paper of a form set, written for a dossier that does not exist.

The dossier is the first walk of a procedure that uses the set, as its own scenarios tell it; so a
form can be looked at before anybody stands at the counter. Nothing is read of any real dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine.law import papers_ledgers
from engine.law.authority import Actor
from engine.law.form_sets import FORMS, FormSet
from engine.law.papers import Applicant, Case, Entry
from engine.law.papers_letters import latest_extension
from engine.law.working_time import ZONE
from engine.timing.events import (
    ApologyIssued,
    DossierReceived,
    DossierWithdrawn,
    Event,
    IntakeRefused,
    ProcessEnded,
    StepEnabled,
    SupplementRequested,
)
from workflows.cases import issuer
from workflows.catalogue import Version
from workflows.documents import WRITERS, Document
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import READ_REFERENCE, list_of, permit
from workflows.printing import Paper, Printer, place_of
from workflows.walking import Walker
from workflows.worktime import timer_time

CLERK, LEADER = "can-bo-mau", "lanh-dao-mau"
DAY = timedelta(days=1)
DONE_BEFORE_A_LETTER = 2  # steps that were done when a letter of the sample is written
WHO = Applicant(
    name="NGUYỄN VĂN MẪU (bản in thử)",
    id_number="001*****1234",
    address="Thôn Mẫu, xã Mẫu",
    phone="0900 000 000",
    email="mau@example.vn",
)


@dataclass(frozen=True, kw_only=True)
class SamplePaper:
    """Which paper of which set, for which agency; the caller's own where none is named."""

    form_set: str
    form: str
    agency: str = ""


def sample_paper(office: Office, actor: Actor, printer: Printer, asked: SamplePaper) -> Document:
    """Return a paper as PDF/A with sample data.

    Raises NotFound (set, agency, no procedure), InvalidInput (form), FormNotInSet or Forbidden.
    """
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    if asked.form not in FORMS:
        raise InvalidInput("form", f"chỉ nhận: {', '.join(FORMS)}")
    if asked.form_set not in printer.form_sets:
        raise NotFound("bộ biểu mẫu", asked.form_set)
    form_set = printer.form_sets[asked.form_set]
    form_set.form(asked.form)
    paper = _paper(office, asked.form, asked.agency or actor.agency, form_set)
    name = f"mau-{form_set.id}-{asked.form}.pdf"
    return Document(name=name, content=printer.render(paper, form_set))


def _paper(office: Office, form: str, agency: str, form_set: FormSet) -> Paper:
    version = _version(office, form_set)
    walked = _walked(office, version, agency)
    if form in LETTERS:
        return WRITERS[form](LETTERS[form](_case(office, version, agency, _begun(walked))))
    case = _case(office, version, agency, walked)
    if form != "register":
        return WRITERS[form](case)
    day, unit = case.received.at.astimezone(ZONE).date(), issuer(office, agency)
    return papers_ledgers.register([case], unit, (day, day), case.received.at + DAY)


def _version(office: Office, form_set: FormSet) -> Version:
    """Return a procedure that uses the set, any where none does; raises NotFound for none."""
    known = [v for v in office.catalogue.procedures() if v.scenarios]
    users = [v for v in known if v.procedure.form_set == form_set.id]
    if not known:
        raise NotFound("thủ tục có hồ sơ mẫu", form_set.id)
    return (users or known)[0]


def _walked(office: Office, version: Version, agency: str) -> list[Event]:
    calendar = office.catalogue.calendar(agency)
    walker = Walker(version.procedure, version.definition, calendar, timer_time(calendar))
    counted = [s for s in version.scenarios if s.get("counted")] or list(version.scenarios)
    history = walker.walk(counted[0]).history
    at = history[0].at
    received = DossierReceived(
        at=at,
        code=f"{agency}-{at.astimezone(ZONE):%y%m%d}-0042",
        procedure=version.procedure.code,
        version=version.digest,
        channel="counter",
        receiving_unit=agency,
        competent_agency=agency,
    )
    return [received, *history]


def _begun(events: Sequence[Event]) -> list[Event]:
    """Return the record while the dossier is still being worked on."""
    done, kept = 0, []
    for event in events:
        done += event.kind == "step_completed"
        if done > DONE_BEFORE_A_LETTER or isinstance(event, ProcessEnded):
            break
        kept.append(event)
    return kept


def _case(office: Office, version: Version, agency: str, events: Sequence[Event]) -> Case:
    agencies = office.catalogue.agencies
    names = {a.code: a.name for a in agencies}
    entries = (Entry(event=e, actor=CLERK, role="one_stop_clerk", agency=agency) for e in events)
    begins = events[0].at - DAY
    people = {CLERK: (begins, "Trần Thị Cán Bộ"), LEADER: (begins, "Lê Văn Lãnh Đạo")}
    return Case(
        procedure=version.procedure,
        digest=version.digest,
        calendar=office.catalogue.calendar(agency),
        record=tuple(entries),
        applicant=WHO,
        agencies=names,
        superiors={a.code: names.get(a.parent, "") for a in agencies},
        people={code: (name,) for code, name in people.items()},
        place=place_of(names.get(agency, "")),
    )


def _adding(case: Case, *events: Event) -> Case:
    more = (Entry(event=e, actor=LEADER, role="leader") for e in events)
    return Case(**{**vars(case), "record": (*case.record, *more)})


def _supplement(case: Case) -> Case:
    step = next(e.step for e in case.events if isinstance(e, StepEnabled))
    papers = tuple(c.id for c in case.procedure.components[:2])
    reason = "Bản chụp mờ; đề nghị nộp lại bản đọc được."
    at = case.events[-1].at
    asked = SupplementRequested(at=at, step=step, round=1, components=papers, reason=reason)
    return _adding(case, asked)


def _refusal(case: Case) -> Case:
    reason = "Hồ sơ không thuộc thẩm quyền giải quyết của cơ quan."
    return _adding(case, IntakeRefused(at=case.events[-1].at, reason=reason, signer=LEADER))


def _stop(case: Case) -> Case:
    at = case.events[-1].at
    wish = DossierWithdrawn(at=at, reason="Người nộp không còn nhu cầu.")
    return _adding(case, wish, ProcessEnded(at=at, outcome="withdrawn"))


def _apology(case: Case) -> Case:
    old, law = case.due_at(), case.procedure.extension
    new = latest_extension(law, old, case.calendar) if law is not None else old + 7 * DAY
    said = ApologyIssued(
        at=case.events[-1].at,
        new_due_at=new.astimezone(ZONE).isoformat(),
        reason="Chờ kết quả xác minh của cơ quan khác.",
        signer=LEADER,
    )
    return _adding(case, said)


LETTERS: dict[str, Callable[[Case], Case]] = {
    "supplement": _supplement,
    "refusal": _refusal,
    "stop": _stop,
    "apology": _apology,
}
