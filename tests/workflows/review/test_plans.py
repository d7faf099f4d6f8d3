"""A review from plan to approval: who may, what is kept, and what the paper says."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pypdf
import pytest
import sqlalchemy as sa

from engine.timing.proposals import Change, Spent, saved
from tests.builders import CODE, COMMUNE, REAL_SHARED, person
from tests.workflows.review.test_measuring import resolved
from workflows.errors import Conflict, Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.review import plans
from workflows.review.papers import ReviewPrinter, as_sheets, plan_sheet
from workflows.review.plans import (
    AlreadyPlanned,
    DecideReview,
    PlanReview,
    Proposal,
    ProposeChanges,
    ReviewRefused,
    SubmitReview,
)
from workflows.store.review_plans import ReviewPlanRow

REVIEWER, LEADER = person("reviewer"), person("leader")
HOUR = 3600
SPENT = {
    "check": Spent(waiting=HOUR, working=HOUR / 2),
    "review": Spent(waiting=2 * HOUR, working=HOUR),
    "sign": Spent(waiting=4 * HOUR, working=0),
}
MERGE = Proposal(
    change=Change.MERGE_STEPS,
    content="Gộp thẩm định và ký",
    reason="hồ sơ chờ ký lâu",
    elements=("review", "sign"),
    legal_basis=("Quy trình nội bộ",),
    amends="Sửa quy trình nội bộ",
)
DROP = Proposal(
    change=Change.DROP_PAPER, content="Bỏ tờ khai", reason="đã có dữ liệu", components=("form",)
)
SHORTEN = Proposal(
    change=Change.SHORTEN_LIMIT, content="Rút ngắn", reason="thực tế nhanh hơn", limit=3
)


@pytest.mark.parametrize(
    ("change", "elements", "seconds"),
    [
        (Change.CUT_STEP, ["review"], 3 * HOUR),  # its waiting and its working
        (Change.MERGE_STEPS, ["check", "review", "sign"], 6 * HOUR),  # waiting of the later two
        (Change.PARALLEL_STEPS, ["check", "review", "sign"], 4.5 * HOUR),  # 8.5 hours less 4
        (Change.DROP_PAPER, [], 0),
        (Change.SHORTEN_LIMIT, [], 0),
        (Change.CUT_STEP, ["other"], None),
    ],
)
def test_what_a_change_saves_is_read_off_the_medians(change, elements, seconds) -> None:
    assert saved(change, elements, SPENT) == seconds


def planned(office: Office, year: int = 2026) -> ReviewPlanRow:
    command = PlanReview(procedure=CODE, year=year, reason="nhiều hồ sơ", due_on=date(2026, 9, 30))
    return plans.plan(office, REVIEWER, command)


def test_a_review_goes_from_plan_to_approval_by_two_hands(office: Office) -> None:
    resolved(office, 5, wait=1)
    row = planned(office)
    with pytest.raises(AlreadyPlanned):
        planned(office)
    proposals = ProposeChanges(review=row.id, proposals=(MERGE, DROP, SHORTEN))
    plans.propose(office, REVIEWER, proposals)
    now = plans.read_file(office, REVIEWER, row.id)
    waits = {s["element"]: s["waiting_s"] for s in now.evidence["steps"]}
    assert waits["sign"] == HOUR / 2  # an hour of wall time each; the office closes meanwhile
    assert now.evidence["savings"] == [HOUR / 2, 0, 0]
    # one paper: 30 of 60 minutes at 39,000 and two pages at 1,000; five dossiers
    assert now.evidence["benefit"]["year_vnd"] == 5 * (19_500 + 2_000)

    sent = plans.submit(office, REVIEWER, SubmitReview(review=row.id, idempotency_key="a"))
    again = plans.submit(office, REVIEWER, SubmitReview(review=row.id, idempotency_key="a"))
    assert sent == again
    assert (sent.state, sent.submitted_by) == ("submitted", REVIEWER.person)
    with pytest.raises(ReviewRefused, match="đã trình"):
        plans.propose(office, REVIEWER, proposals)
    same_hand = replace(LEADER, person=REVIEWER.person)
    with pytest.raises(Forbidden, match="not_the_same_hand"):
        plans.decide(office, same_hand, DecideReview(review=row.id, approve=True))
    with pytest.raises(Forbidden):
        plans.decide(office, REVIEWER, DecideReview(review=row.id, approve=True))
    resolved(office, 1, wait=5)  # what comes later changes nothing of what was submitted
    done = plans.decide(office, LEADER, DecideReview(review=row.id, approve=True))
    assert done.state == "approved"
    file = plans.read_file(office, REVIEWER, row.id)
    assert file.evidence["dossiers"] == 5
    kinds = [e.kind for e in file.events]
    assert kinds == ["planned", "proposed", "submitted", "approved"]

    status = plans.status([done], 2026, date(2026, 12, 1))
    counts = (status.planned, status.reviewed, status.with_proposals, status.proposals)
    assert (*counts, status.overdue) == (1, 1, 1, 3, 0)
    [brief, _, table] = as_sheets(file)
    assert "Gộp bước" in table.rows[0]
    assert table.rows[0][6] == pytest.approx(1 / 16)
    assert "từ 5 ngày làm việc xuống 3 ngày làm việc" in str(table.rows[2][2])
    assert dict(brief.rows)["Lợi ích một năm"].startswith("107.500 đ")
    assert "1/1 thủ tục (100 %)" in plan_sheet([done], {}, status).lines[0]
    _paper_says_it(file)
    with pytest.raises(sa.exc.DBAPIError):
        office.store.write(lambda uow: uow.connection.execute(sa.text("DELETE FROM review_event")))


def _paper_says_it(file: plans.ReviewFile) -> None:
    printer = ReviewPrinter(REAL_SHARED / "forms")
    at = datetime(2026, 3, 4, tzinfo=UTC)
    content = printer.print_file(file, agency="UBND xã Thử", printed_at=at)
    assert content == printer.print_file(file, agency="UBND xã Thử", printed_at=at)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages).replace("\n", " ")
    for words in ("Gộp thẩm định và ký", "0,1 ngày làm việc", "Kiến nghị thực thi"):
        assert words in text


def test_a_returned_review_is_proposed_again(office: Office) -> None:
    row = planned(office)
    plans.submit(office, REVIEWER, SubmitReview(review=row.id))
    with pytest.raises(InvalidInput, match="lý do"):
        plans.decide(office, LEADER, DecideReview(review=row.id, approve=False))
    command = DecideReview(review=row.id, approve=False, note="cần số đo")
    back = plans.decide(office, LEADER, command)
    assert (back.state, back.note) == ("returned", "cần số đo")
    assert plans.status([back], 2026, date(2026, 10, 1)).overdue == 1
    assert plans.status([back], 2026, date(2026, 9, 30)).overdue == 0
    with pytest.raises(ReviewRefused):
        plans.decide(office, LEADER, DecideReview(review=row.id, approve=True))
    plans.propose(office, REVIEWER, ProposeChanges(review=row.id, proposals=(MERGE,)))
    file = plans.read_file(office, REVIEWER, row.id)
    assert file.evidence["savings"] == [None]  # nothing is measured of no dossiers
    assert "dưới 5 hồ sơ" in file.evidence["no_cost"]


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        (replace(MERGE, elements=("review",)), "elements"),
        (replace(MERGE, elements=("review", "x")), "elements"),
        (replace(MERGE, content=" "), "content"),
        (replace(MERGE, reason=" "), "reason"),
        (replace(DROP, components=()), "components"),
        (replace(DROP, components=("x",)), "components"),
        (replace(SHORTEN, limit=None), "limit"),
        (replace(SHORTEN, limit=5), "limit"),
    ],
)
def test_a_proposal_about_nothing_is_refused(office: Office, proposal, field) -> None:
    row = planned(office)
    with pytest.raises(InvalidInput) as refused:
        plans.propose(office, REVIEWER, ProposeChanges(review=row.id, proposals=(proposal,)))
    assert refused.value.fields["field"] == field


def test_strangers_see_no_plan_and_change_none(office: Office) -> None:
    row = planned(office)
    stranger = replace(REVIEWER, agency="H55.81.01")
    assert plans.plans(office, stranger, 2026) == []
    assert [r.id for r in plans.plans(office, REVIEWER, 2026)] == [row.id]
    for work in (
        lambda: plans.plans(office, stranger, 2026, COMMUNE),
        lambda: plans.read_file(office, stranger, row.id),
        lambda: plans.submit(office, stranger, SubmitReview(review=row.id)),
    ):
        with pytest.raises(Forbidden):
            work()
    with pytest.raises(NotFound):
        plans.read_file(office, REVIEWER, "x")
    with pytest.raises(InvalidInput):
        planned(office, year=0)
    assert issubclass(AlreadyPlanned, Conflict)
