"""Review plans (kế hoạch rà soát): the procedures of a year, and the dossier of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Response, current_app, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import PDF, kept
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.costs import FIRST_YEAR, LAST_YEAR
from api.rest.door import answers, posting, reading
from api.rest.fields import Choice, Flag, Strict, Text, Whole
from api.rest.papers import FORMS
from api.rest.parsing import Noun
from api.rest.people import NoBody
from api.rest.reports import FILE, XLSX
from engine.law.working_time import ZONE
from engine.timing.proposals import Change
from workflows.review import papers, plans
from workflows.review.papers import ReviewPrinter
from workflows.review.plans import Proposal
from workflows.sheets import to_xlsx

blueprint = Noun("review_plans", __name__, description="Kế hoạch và hồ sơ rà soát thủ tục.")

PRINTER = "motcua.review_printer"
ONE = "/review-plans/<string:review>"
MOST_WORDS = 2_000
MOST_LISTED = 50


class ReviewYearQuery(Strict):
    """Which year's plan, of which agency and those below it."""

    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True, metadata={"example": 2026})
    agency = Text(most=50, load_default="", metadata={"description": "Bỏ trống là cơ quan mình."})


class ReviewPlanBody(Strict):
    """A procedure to be reviewed in a year."""

    procedure = Text(most=40, required=True, metadata={"description": "Mã thủ tục."})
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True, metadata={"example": 2026})
    reason = Text(most=MOST_WORDS, required=True, metadata={"description": "Lý do lựa chọn."})
    expected = Text(
        most=MOST_WORDS, load_default="", blank=True, metadata={"description": "Sản phẩm dự kiến."}
    )
    due_on = fields.Date(load_default=None, allow_none=True)


def _names(most: int) -> fields.List[Any]:
    return fields.List(Text(most=most), load_default=list)


class ReviewProposalBody(Strict):
    """One proposal."""

    change = Choice(tuple(c.value for c in Change), required=True)
    content = Text(most=MOST_WORDS, required=True)
    reason = Text(most=MOST_WORDS, required=True)
    elements = _names(100)
    components = _names(100)
    limit = Whole(most=10_000, load_default=None, allow_none=True)
    legal_basis = _names(500)
    amends = Text(most=MOST_WORDS, load_default="", blank=True)


class ReviewProposalsBody(Strict):
    """Everything a review proposes; what was said before is replaced."""

    proposals = fields.List(fields.Nested(ReviewProposalBody), required=True)


class ReviewDecisionBody(Strict):
    """Approve, or return with a word why."""

    approve = Flag(required=True)
    note = Text(most=MOST_WORDS, load_default="", blank=True)


class ReviewProposal(Schema):
    """One proposal."""

    change = schemas.text()
    content = schemas.text()
    reason = schemas.text()
    elements = fields.List(fields.String(), required=True)
    components = fields.List(fields.String(), required=True)
    limit = schemas.whole("Thời hạn đề nghị, theo đơn vị của thủ tục.", null=True)
    legal_basis = fields.List(fields.String(), required=True)
    amends = schemas.text("Kiến nghị sửa đổi văn bản nào.")


class PlannedReview(Schema):
    """A procedure in a plan, with what is proposed."""

    id = schemas.text()
    agency = schemas.text()
    year = schemas.whole()
    procedure = schemas.text()
    reason = schemas.text()
    expected = schemas.text()
    due_on = fields.Date(required=True, allow_none=True)
    state = schemas.text("planned, submitted, approved hoặc returned.")
    proposals = schemas.listed(ReviewProposal)
    submitted_by = schemas.text()
    submitted_at = schemas.moment(null=True)
    decided_by = schemas.text()
    decided_at = schemas.moment(null=True)
    note = schemas.text()


class PlanOfYear(Schema):
    """The plan of a year and how it stands."""

    year = schemas.whole()
    planned = schemas.whole("Thủ tục trong kế hoạch.")
    reviewed = schemas.whole("Đã trình hoặc đã duyệt.")
    approved = schemas.whole()
    with_proposals = schemas.whole("Thủ tục có kiến nghị.")
    proposals = schemas.whole("Phương án.")
    overdue = schemas.whole("Quá hạn trong kế hoạch.")
    items = schemas.listed(PlannedReview)


class ReviewDossier(Schema):
    """The dossier of a review; `evidence` is what was measured, as submitted or as of now."""

    review = fields.Nested(PlannedReview, required=True)
    name = schemas.text()
    evidence = fields.Dict(required=True)


@blueprint.route("/review-plans")
@reading("review.read")
@blueprint.arguments(ReviewYearQuery, location="query")
@answers(blueprint, 200, PlanOfYear)
def plan_of_year(query: dict[str, Any]) -> Response:
    """Đọc kế hoạch rà soát của năm và tình hình thực hiện."""
    rows = plans.plans(office(), current_actor(), query["year"], query["agency"])
    today = office().clock.now().astimezone(ZONE).date()
    now = plans.status(rows, query["year"], today)
    return jsonify(PlanOfYear().dump(vars(now) | {"items": rows}))


@blueprint.route("/review-plans", methods=["POST"])
@posting("review.plan")
@blueprint.arguments(ReviewPlanBody)
@answers(blueprint, 201, PlannedReview)
def plan(body: dict[str, Any]) -> tuple[Response, int]:
    """Đưa một thủ tục vào kế hoạch rà soát của cơ quan mình."""
    command = plans.PlanReview(**body, idempotency_key=idempotency_key())
    return _told(plans.plan(office(), current_actor(), command)), 201


@blueprint.route(ONE)
@reading("review.read")
@answers(blueprint, 200, ReviewDossier)
def read_file(review: str) -> Response:
    """Đọc hồ sơ rà soát: số đo, phương án, lợi ích."""
    file = plans.read_file(office(), current_actor(), review)
    found = {"review": file.row, "name": file.name, "evidence": file.evidence}
    return jsonify(ReviewDossier().dump(found))


@blueprint.route(f"{ONE}/proposals", methods=["POST"])
@posting("review.propose")
@blueprint.arguments(ReviewProposalsBody)
@answers(blueprint, 200, PlannedReview)
def propose(body: dict[str, Any], review: str) -> Response:
    """Ghi các phương án đơn giản hóa; thay cho những phương án đã ghi trước."""
    command = plans.ProposeChanges(
        review=review,
        proposals=tuple(_proposal(p) for p in body["proposals"]),
        idempotency_key=idempotency_key(),
    )
    return _told(plans.propose(office(), current_actor(), command))


@blueprint.route(f"{ONE}/submit", methods=["POST"])
@posting("review.propose")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, PlannedReview)
def submit(_body: dict[str, Any], review: str) -> Response:
    """Trình lãnh đạo; số đo hôm nay được giữ cùng hồ sơ."""
    command = plans.SubmitReview(review=review, idempotency_key=idempotency_key())
    return _told(plans.submit(office(), current_actor(), command))


@blueprint.route(f"{ONE}/decide", methods=["POST"])
@posting("review.approve")
@blueprint.arguments(ReviewDecisionBody)
@answers(blueprint, 200, PlannedReview)
def decide(body: dict[str, Any], review: str) -> Response:
    """Duyệt hoặc trả lại; không phải người đã trình."""
    command = plans.DecideReview(review=review, **body, idempotency_key=idempotency_key())
    return _told(plans.decide(office(), current_actor(), command))


@blueprint.route(f"{ONE}/file.xlsx")
@reading("review.read")
@blueprint.response(200, FILE, content_type=XLSX)
def file_workbook(review: str) -> Response:
    """Tải hồ sơ rà soát dưới dạng bảng tính."""
    file = plans.read_file(office(), current_actor(), review)
    return kept(to_xlsx(papers.as_sheets(file)), f"ra-soat-{file.row.procedure}.xlsx", XLSX)


@blueprint.route(f"{ONE}/file.pdf")
@reading("review.read")
@blueprint.response(200, FILE, content_type=PDF)
def file_paper(review: str) -> Response:
    """In hồ sơ rà soát (PDF/A)."""
    file = plans.read_file(office(), current_actor(), review)
    agency = office().catalogue.agencies.get(file.row.agency).name
    content = _printer().print_file(file, agency=agency, printed_at=office().clock.now())
    return kept(content, f"ra-soat-{file.row.procedure}.pdf", PDF)


def _proposal(body: dict[str, Any]) -> Proposal:
    lists = {n: tuple(body[n]) for n in ("elements", "components", "legal_basis")}
    return Proposal(**(body | lists | {"change": Change(body["change"])}))


def _told(row: Any) -> Response:
    return jsonify(PlannedReview().dump(row))


def _printer() -> ReviewPrinter:
    made = current_app.extensions.get(PRINTER)
    if made is None:
        made = ReviewPrinter(cast("Path", current_app.extensions[FORMS]))
        current_app.extensions[PRINTER] = made
    return cast("ReviewPrinter", made)
