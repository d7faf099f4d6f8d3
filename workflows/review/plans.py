"""Review plans (kế hoạch rà soát): which procedures a year reviews, what is proposed, who approves.

NĐ 63/2010/NĐ-CP, Điều 27 to 31. Who proposes and submits does not approve. What was measured is
kept with the submission, so that the dossier says for ever what the leader saw. Not for the
measures themselves: `measuring`, `costing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.timing.proposals import FEWEST_STEPS, Change
from workflows.errors import Conflict, InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import (
    APPROVE_REVIEW,
    PLAN_REVIEW,
    PROPOSE_REVIEW,
    REVIEW,
    governed,
    permit,
)
from workflows.reasons import check_length, check_reason
from workflows.repeating import once
from workflows.review.evidence import evidence_of
from workflows.store import UnitOfWork
from workflows.store.review_plans import (
    APPROVED,
    PLANNED,
    RETURNED,
    SUBMITTED,
    ReviewEventRow,
    ReviewPlanRow,
)

MOST_PROPOSALS = 50
OPEN = frozenset({PLANNED, RETURNED})


class ReviewRefused(Rejected):
    """A review is not at the point where this can be done."""

    code = "review_refused"


class AlreadyPlanned(Conflict):
    """The procedure is in the plan of the year already."""

    code = "already_planned"
    sentence = "Thủ tục {procedure} đã có trong kế hoạch rà soát năm {year}."

    def __init__(self, procedure: str, year: int) -> None:
        """Name the procedure and the year."""
        super().__init__(procedure=procedure, year=year)


@dataclass(frozen=True, kw_only=True)
class PlanReview:
    """Put a procedure in the plan of the caller's agency: why, what is expected, until when."""

    procedure: str
    year: int
    reason: str
    expected: str = ""
    due_on: date | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One proposal: what changes, in which steps or papers, why, on which basis, what to amend.

    `limit` is the proposed time limit in the procedure's own unit, for `shorten_limit` alone.
    """

    change: Change
    content: str
    reason: str
    elements: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    limit: int | None = None
    legal_basis: tuple[str, ...] = ()
    amends: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposeChanges:
    """Say what is proposed in a review; what was said before is replaced. Nothing is a result."""

    review: str
    proposals: tuple[Proposal, ...]
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SubmitReview:
    """Hand a review to the leader, with what is measured today."""

    review: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class DecideReview:
    """Approve a review, or return it with what is to be done."""

    review: str
    approve: bool
    note: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanStatus:
    """How a year's plan stands: counts of procedures; `proposals` are those of reviewed ones."""

    year: int
    planned: int
    reviewed: int
    approved: int
    with_proposals: int
    proposals: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class ReviewFile:
    """The review dossier (hồ sơ rà soát): the row, its evidence as of now or as submitted."""

    row: ReviewPlanRow
    name: str
    evidence: Mapping[str, Any]
    events: tuple[ReviewEventRow, ...]


def plan(office: Office, actor: Actor, command: PlanReview) -> ReviewPlanRow:
    """Put a procedure in the plan of a year.

    Raises Forbidden, NotFound, InvalidInput, AlreadyPlanned or IdempotencyMismatch.
    """
    permit(actor, PLAN_REVIEW, governed(office.catalogue.agencies, actor.agency))
    office.catalogue.latest(command.procedure)
    check_reason(command.reason)
    check_length("expected", command.expected)
    if not date.min.year < command.year < date.max.year:
        raise InvalidInput("year", "hãy ghi năm bốn chữ số")

    def work(uow: UnitOfWork) -> ReviewPlanRow:
        known = uow.review_plans.of_year([actor.agency], command.year)
        if any(row.procedure == command.procedure for row in known):
            raise AlreadyPlanned(command.procedure, command.year)
        row = ReviewPlanRow(
            id=office.ids.new_id(),
            agency=actor.agency,
            year=command.year,
            procedure=command.procedure,
            reason=command.reason.strip(),
            expected=command.expected.strip(),
            due_on=command.due_on,
        )
        uow.review_plans.add(row)
        _tell(uow, office, actor, row.id, "planned", {"reason": row.reason})
        return row

    return _once(office, actor, command, work)


def propose(office: Office, actor: Actor, command: ProposeChanges) -> ReviewPlanRow:
    """Write down what a review proposes.

    Raises Forbidden, NotFound, ReviewRefused (submitted or approved), InvalidInput naming what the
    procedure does not have.
    """

    def work(uow: UnitOfWork) -> ReviewPlanRow:
        row = _got(uow, office, actor, command.review, PROPOSE_REVIEW)
        _must_be(row, OPEN)
        if len(command.proposals) > MOST_PROPOSALS:
            raise InvalidInput("proposals", f"nhiều nhất {MOST_PROPOSALS} phương án")
        for proposal in command.proposals:
            _check(office, row.procedure, proposal)
        proposals = [_plain(p) for p in command.proposals]
        uow.review_plans.change(row.id, {"proposals": proposals})
        _tell(uow, office, actor, row.id, "proposed", {"proposals": proposals})
        return _seen(uow, row.id)

    return _once(office, actor, command, work)


def submit(office: Office, actor: Actor, command: SubmitReview) -> ReviewPlanRow:
    """Hand a review to the leader; what is measured now is kept with it.

    A review without a proposal says that nothing is to be changed. Raises as `propose`.
    """
    row = office.store.read(lambda uow: _got(uow, office, actor, command.review, PROPOSE_REVIEW))
    evidence = evidence_of(office, actor, row)

    def work(uow: UnitOfWork) -> ReviewPlanRow:
        now = _got(uow, office, actor, command.review, PROPOSE_REVIEW)
        _must_be(now, OPEN)
        if now.proposals != row.proposals:
            raise Conflict
        values = {
            "state": SUBMITTED,
            "evidence": evidence,
            "submitted_by": actor.person,
            "submitted_at": office.clock.now(),
        }
        uow.review_plans.change(row.id, values)
        _tell(uow, office, actor, row.id, "submitted", {"evidence": evidence})
        return _seen(uow, row.id)

    return _once(office, actor, command, work)


def decide(office: Office, actor: Actor, command: DecideReview) -> ReviewPlanRow:
    """Approve or return a review; not by whoever submitted it.

    Raises Forbidden, NotFound, ReviewRefused (not submitted), InvalidInput (returned without a
    word why).
    """
    if command.approve:
        check_length("note", command.note)
    else:
        check_reason(command.note)

    def work(uow: UnitOfWork) -> ReviewPlanRow:
        row = _got(uow, office, actor, command.review, APPROVE_REVIEW)
        _must_be(row, frozenset({SUBMITTED}))
        state = APPROVED if command.approve else RETURNED
        values = {
            "state": state,
            "decided_by": actor.person,
            "decided_at": office.clock.now(),
            "note": command.note.strip(),
        }
        uow.review_plans.change(row.id, values)
        _tell(uow, office, actor, row.id, state, {"note": command.note.strip()})
        return _seen(uow, row.id)

    return _once(office, actor, command, work)


def plans(office: Office, actor: Actor, year: int, agency: str = "") -> list[ReviewPlanRow]:
    """Return the plans of an agency and those below it; raises Forbidden or NotFound."""
    agencies = office.catalogue.agencies
    top = agencies.get(agency or actor.agency).code
    permit(actor, REVIEW, governed(agencies, top))
    below = [a.code for a in agencies if agencies.within(a.code, top)]
    return office.store.read(lambda uow: uow.review_plans.of_year(below, year))


def status(rows: Sequence[ReviewPlanRow], year: int, today: date) -> PlanStatus:
    """Return how a plan stands on a day: reviewed are those submitted or approved."""
    reviewed = [row for row in rows if row.state in {SUBMITTED, APPROVED}]
    late = (row for row in rows if row.state in OPEN and row.due_on is not None)
    return PlanStatus(
        year=year,
        planned=len(rows),
        reviewed=len(reviewed),
        approved=sum(row.state == APPROVED for row in rows),
        with_proposals=sum(bool(row.proposals) for row in reviewed),
        proposals=sum(len(row.proposals) for row in reviewed),
        overdue=sum(row.due_on < today for row in late if row.due_on is not None),
    )


def read_file(office: Office, actor: Actor, review: str) -> ReviewFile:
    """Return the dossier of a review: as submitted, or else as it would be today.

    Raises Forbidden or NotFound.
    """
    row, events = office.store.read(
        lambda uow: (_got(uow, office, actor, review, REVIEW), uow.review_plans.events(review))
    )
    evidence = (
        row.evidence if row.state in {SUBMITTED, APPROVED} else evidence_of(office, actor, row)
    )
    name = office.catalogue.latest(row.procedure).procedure.name
    return ReviewFile(row=row, name=name, evidence=evidence, events=tuple(events))


def _got(uow: UnitOfWork, office: Office, actor: Actor, review: str, action: str) -> ReviewPlanRow:
    agencies = office.catalogue.agencies
    row = uow.review_plans.get(review)
    if row is None:
        permit(actor, action, governed(agencies, actor.agency))
        raise NotFound("hồ sơ rà soát", review)
    barred = frozenset({row.submitted_by} - {""})
    permit(actor, action, governed(agencies, row.agency, barred=barred))
    return row


def _seen(uow: UnitOfWork, review: str) -> ReviewPlanRow:
    row = uow.review_plans.get(review)
    if row is None:
        raise NotFound("hồ sơ rà soát", review)
    return row


def _must_be(row: ReviewPlanRow, states: frozenset[str]) -> None:
    if row.state not in states:
        raise ReviewRefused(
            f"Hồ sơ rà soát đang ở trạng thái «{STATES[row.state]}» nên không làm được việc này.",
            element=row.id,
        )


STATES = {
    PLANNED: "đã lập kế hoạch",
    SUBMITTED: "đã trình",
    APPROVED: "đã duyệt",
    RETURNED: "trả lại",
}


def _tell(
    uow: UnitOfWork, office: Office, actor: Actor, review: str, kind: str, body: dict[str, Any]
) -> None:
    uow.review_plans.record(
        ReviewEventRow(
            review_id=review,
            seq=len(uow.review_plans.events(review)) + 1,
            at=office.clock.now(),
            actor=actor.person,
            role=actor.role,
            agency=actor.agency,
            kind=kind,
            body=body,
        )
    )


def _once(
    office: Office, actor: Actor, command: Any, work: Callable[[UnitOfWork], ReviewPlanRow]
) -> ReviewPlanRow:
    """Do it once; a repeat is shown the review as it was left the first time."""
    kept = once(office, actor, command, lambda uow: row_record(work(uow)))
    moments = {n: kept[n] and datetime.fromisoformat(kept[n]) for n in MOMENTS}
    due = kept["due_on"] and date.fromisoformat(kept["due_on"])
    return ReviewPlanRow(**(kept | moments | {"due_on": due}))


MOMENTS = ("submitted_at", "decided_at")


def row_record(row: ReviewPlanRow) -> dict[str, Any]:
    """Return a review as JSON values."""
    moments = {n: at.isoformat() if (at := getattr(row, n)) else None for n in MOMENTS}
    due = row.due_on.isoformat() if row.due_on else None
    return asdict(row) | moments | {"due_on": due}


def _plain(proposal: Proposal) -> dict[str, Any]:
    lists = {n: list(getattr(proposal, n)) for n in ("elements", "components", "legal_basis")}
    return asdict(proposal) | lists | {"change": proposal.change.value}


def _check(office: Office, code: str, proposal: Proposal) -> None:
    """Raise InvalidInput for a proposal without words or about what the procedure has not."""
    procedure = office.catalogue.latest(code).procedure
    check_reason(proposal.reason)
    for name in ("content", "amends"):
        check_length(name, getattr(proposal, name))
    if not proposal.content.strip():
        raise InvalidInput("content", "hãy ghi nội dung phương án")
    _known("elements", proposal.elements, procedure.steps.keys(), "bước")
    _known("components", proposal.components, [c.id for c in procedure.components], "giấy tờ")
    if len(proposal.elements) < FEWEST_STEPS.get(proposal.change, 0):
        raise InvalidInput("elements", f"cần ít nhất {FEWEST_STEPS[proposal.change]} bước")
    if proposal.change is Change.DROP_PAPER and not proposal.components:
        raise InvalidInput("components", "hãy nêu giấy tờ được bỏ")
    if proposal.change is Change.SHORTEN_LIMIT:
        now = procedure.time_limit.amount
        if proposal.limit is None or not 0 <= proposal.limit < now:
            raise InvalidInput("limit", f"phải ít hơn thời hạn hiện nay ({now})")


def _known(field: str, given: Sequence[str], known: Any, what: str) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise InvalidInput(field, f"thủ tục không có {what} «{unknown[0]}»")
