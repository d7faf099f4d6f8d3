"""Jobs (việc nền): what the program could not do by itself; try it again, or give it up."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import PageQuery, answers, page, posting, reading
from api.rest.fields import Choice, Strict, Text
from api.rest.parsing import Noun
from workflows import jobs

blueprint = Noun("jobs", __name__, description="Việc nền bị lỗi: xem, làm lại, bỏ qua.")


class JobsQuery(PageQuery):
    """Which jobs: those left to people, those that are tried again by themselves, or both."""

    state = Choice(("stuck", "failing"), load_default="")


class DecisionBody(Strict):
    """Why it is tried again or given up; the record of the dossier keeps it."""

    reason = Text(required=True, most=jobs.MAX_REASON)


class DecisionsBody(Strict):
    """Which jobs, what is decided about them, and why."""

    what = Choice(tuple(jobs.DECISIONS), required=True)
    reason = Text(required=True, most=jobs.MAX_REASON)
    jobs = fields.List(Text(most=200), required=True)


class Decided(Schema):
    """What became of one of several jobs."""

    job = schemas.text()
    state = schemas.text("Trống là chưa quyết định được.")
    fault = schemas.text("Vì sao chưa được.")


class Decisions(Schema):
    """What became of each job."""

    items = schemas.listed(Decided)


class Job(Schema):
    """A timer, warning, webhook or letter that failed."""

    id = schemas.text("Mã việc, dùng trong địa chỉ.")
    sort = schemas.text("timer, event (webhook), notification (thư) hoặc message.")
    name = schemas.text()
    dossier = schemas.text()
    dossier_code = schemas.text()
    state = schemas.text("stuck: chờ người quyết định; failing: sẽ tự làm lại; skipped: đã bỏ.")
    attempts = schemas.whole("Đã thử mấy lần.")
    since = schemas.moment("Lẽ ra phải làm từ lúc này.", null=True)
    at = schemas.moment("Lúc làm lại, hoặc lúc bỏ cuộc.")
    fault = schemas.text("Loại lỗi; không có dữ liệu của hồ sơ.")
    reason = schemas.text("Lý do người quản trị đã ghi.")


@blueprint.route("/jobs")
@reading("job.list")
@blueprint.arguments(JobsQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Job, "JobPage"))
def list_jobs(query: dict[str, Any]) -> Response:
    """Liệt kê việc nền bị lỗi, mới nhất trước."""
    found = jobs.failed_jobs(office(), current_actor(), jobs.JobQuery(**query))
    return page(Job(), found)


@blueprint.route("/jobs/decide", methods=["POST"])
@posting("job.manage")
@blueprint.arguments(DecisionsBody)
@answers(blueprint, 200, Decisions)
def decide_many(body: dict[str, Any]) -> Response:
    """Làm lại hoặc bỏ qua nhiều việc cùng một lý do; việc nào không được thì nói riêng."""
    body["jobs"] = tuple(body["jobs"])
    command = jobs.DecideJobs(**body, idempotency_key=idempotency_key())
    found = jobs.decide_many(office(), current_actor(), command)
    return jsonify({"items": Decided().dump(found, many=True)})


@blueprint.route("/jobs/<string:job>/retry", methods=["POST"])
@posting("job.manage")
@blueprint.arguments(DecisionBody)
@answers(blueprint, 200, Job)
def retry(body: dict[str, Any], job: str) -> Response:
    """Cho một việc bị lỗi làm lại từ đầu."""
    return _decide(job, "retry", body["reason"])


@blueprint.route("/jobs/<string:job>/skip", methods=["POST"])
@posting("job.manage")
@blueprint.arguments(DecisionBody)
@answers(blueprint, 200, Job)
def skip(body: dict[str, Any], job: str) -> Response:
    """Bỏ qua một việc bị lỗi; hồ sơ ghi lại ai bỏ và vì sao."""
    return _decide(job, "skip", body["reason"])


def _decide(job: str, what: str, reason: str) -> Response:
    command = jobs.DecideJob(job=job, what=what, reason=reason, idempotency_key=idempotency_key())
    return jsonify(Job().dump(jobs.decide(office(), current_actor(), command)))
