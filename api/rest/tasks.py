"""Tasks (bước công việc): the worklist; claim, release and complete."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key, seen_revision, tagged
from api.rest.door import PageQuery, answers, commanding, page, reading
from api.rest.fields import Choice, Facts, Strict, Text
from api.rest.parsing import Noun
from workflows import tasks

blueprint = Noun("tasks", __name__, description="Bước công việc: danh sách, nhận, trả lại, xong.")

ONE_TASK = "/dossiers/<string:dossier>/tasks/<string:task>"


class WorklistQuery(PageQuery):
    """Which open steps; by default those of the caller's agency and role."""

    agency = Text(most=40, load_default="")
    role = Text(most=40, load_default="")
    state = Choice(("open", "claimed"), load_default="")
    assignee = Text(most=80, load_default="")


class CompleteBody(Strict):
    """What was decided on a step."""

    facts = Facts(load_default=dict, metadata={"description": "Dữ kiện bước này được đặt."})
    note = Text(load_default="", blank=True)


class Nothing(Strict):
    """An empty object."""


class WorkItem(Schema):
    """A line of the worklist: a step and the dossier it belongs to."""

    step = fields.Nested(schemas.Task, required=True)
    dossier = schemas.text("Mã nội bộ của hồ sơ, dùng trong địa chỉ.")
    dossier_code = schemas.text()
    procedure = schemas.text()
    status = schemas.whole("Trạng thái quốc gia 1-10.")
    status_name = schemas.text()
    revision = schemas.whole("Phiên bản của hồ sơ, dùng trong If-Match.")
    due_at = schemas.moment(null=True)
    applicant_name = schemas.text()


@blueprint.route("/tasks")
@reading("task.list")
@blueprint.arguments(WorklistQuery, location="query")
@answers(blueprint, 200, schemas.page_of(WorkItem, "TaskPage"))
def worklist(query: dict[str, Any]) -> Response:
    """Liệt kê các bước đang chờ cơ quan và vai trò của người gọi."""
    found = tasks.worklist(office(), current_actor(), tasks.WorklistQuery(**query))
    return page(WorkItem(), found)


@blueprint.route(f"{ONE_TASK}/claim", methods=["POST"])
@commanding("task.claim")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def claim(_body: dict[str, Any], dossier: str, task: str) -> Response:
    """Nhận một bước để làm."""
    return _answer(tasks.claim(office(), current_actor(), _command(tasks.ClaimTask, dossier, task)))


@blueprint.route(f"{ONE_TASK}/release", methods=["POST"])
@commanding("task.release")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def release(_body: dict[str, Any], dossier: str, task: str) -> Response:
    """Trả lại một bước đã nhận, để người khác làm."""
    command = _command(tasks.ReleaseTask, dossier, task)
    return _answer(tasks.release(office(), current_actor(), command))


@blueprint.route(f"{ONE_TASK}/complete", methods=["POST"])
@commanding("task.complete")
@blueprint.arguments(CompleteBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def complete(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Hoàn thành một bước và đặt dữ kiện của nó."""
    command = _command(tasks.CompleteTask, dossier, task, **body)
    return _answer(tasks.complete(office(), current_actor(), command))


def _command(kind: Any, dossier: str, task: str, **said: Any) -> Any:
    return kind(
        dossier=dossier,
        task=task,
        revision=seen_revision(),
        idempotency_key=idempotency_key(),
        **said,
    )


def _answer(view: Any) -> Response:
    return tagged(schemas.DOSSIER.dump(view), view.revision)
