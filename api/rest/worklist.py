"""The worklist (việc): a page of it, its counts, the next step, many at once, views people keep."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.problems import problem_of
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import PageQuery, answers, page, posting, reading
from api.rest.fields import Choice, Facts, Flag, Strict, Text, Whole
from api.rest.parsing import Noun
from workflows import bulk, saved_views, worklist
from workflows.store.worklists import ORDERS
from workflows.views import Page

blueprint = Noun(
    "worklist", __name__, description="Việc: danh sách, số đếm, việc tiếp theo, làm nhiều việc."
)

PRIORITY = {"description": "0 thường, 1 cao, 2 khẩn."}


class Question(Strict):
    """Which open steps; what is left out is not asked for."""

    agency = Text(most=40, load_default="", metadata={"example": "H55.904"})
    role = Text(most=40, load_default="", metadata={"example": "officer"})
    state = Choice(("open", "claimed"), load_default="")
    holder = Choice(
        tuple(h for h in worklist.HOLDERS if h),
        load_default="",
        metadata={"description": "mine: của tôi; none: chưa ai nhận; others: người khác giữ."},
    )
    assignee = Text(most=80, load_default="")
    procedure = Text(most=40, load_default="", metadata={"example": "1.001193"})
    element = Text(most=120, load_default="")
    status = Whole(least=1, most=10, load_default=None, allow_none=True)
    channel = Choice(("counter", "online", "post"), load_default="")
    receiving_unit = Text(most=40, load_default="")
    priority = Whole(most=2, load_default=None, allow_none=True, metadata=PRIORITY)
    due_before = fields.AwareDateTime(load_default=None)
    overdue = Flag(load_default=None, allow_none=True)
    q = Text(
        most=120,
        load_default="",
        blank=True,
        metadata={"description": "Tìm không dấu: tên, mã hoặc đuôi mã, điện thoại."},
    )


class WorklistQuery(Question, PageQuery):
    """Which open steps, in which order, from where."""

    order = Choice(tuple(ORDERS), load_default="urgency")


class WorkItem(Schema):
    """A line of the worklist: a step and the dossier it belongs to."""

    step = fields.Nested(schemas.Task, required=True)
    dossier = schemas.text("Mã nội bộ của hồ sơ, dùng trong địa chỉ.")
    dossier_code = schemas.text()
    procedure = schemas.text()
    procedure_name = schemas.text()
    status = schemas.whole("Trạng thái quốc gia 1-10.")
    status_name = schemas.text()
    revision = schemas.whole("Phiên bản của hồ sơ, dùng trong If-Match.")
    due_at = schemas.moment(null=True)
    clock_running = schemas.flag()
    minutes_left = schemas.whole("Phút làm việc còn lại; âm là đã quá hạn.", null=True)
    overdue = schemas.flag()
    priority = schemas.whole("0 thường, 1 cao, 2 khẩn.")
    applicant_name = schemas.text()
    receiving_unit = schemas.text()
    channel = schemas.text()
    received_at = schemas.moment()


class WorkCounts(Schema):
    """How many steps each tab of the list has."""

    all = schemas.whole()
    mine = schemas.whole("Của tôi.")
    unclaimed = schemas.whole("Chưa ai nhận.")
    overdue = schemas.whole("Quá hạn.")
    due_soon = schemas.whole("Đến hạn trong một ngày làm việc.")
    urgent = schemas.whole("Ưu tiên cao hoặc khẩn.")


class NextBody(Strict):
    """Of which procedure or element, if not of all."""

    procedure = Text(most=40, load_default="", metadata={"example": "1.001193"})
    element = Text(most=120, load_default="")


class NextTask(Schema):
    """The step that was taken, and its dossier; both empty when the queue was."""

    task = schemas.text("Mã bước; trống là không còn việc nào.")
    dossier = fields.Nested(schemas.Dossier, required=True, allow_none=True)


class Item(Strict):
    """One step of one dossier."""

    dossier = Text(most=40, required=True)
    task = Text(most=40, required=True)
    revision = Whole(load_default=None, allow_none=True)


class BulkBody(Strict):
    """One thing to do with many steps."""

    act = Choice(tuple(bulk.ACTS), required=True, metadata={"example": "claim"})
    items = fields.List(
        fields.Nested(Item),
        required=True,
        metadata={"description": f"Từ 1 đến {bulk.MOST_ITEMS} việc."},
    )
    facts = Facts(load_default=dict)
    note = Text(load_default="", blank=True)
    to = Text(most=80, load_default="", metadata={"description": "Giao cho ai (assign)."})
    reason = Text(most=2000, load_default="", blank=True)


class BulkAnswer(Schema):
    """What came of one item."""

    dossier = schemas.text()
    task = schemas.text()
    done = schemas.flag()
    revision = schemas.whole("Phiên bản mới của hồ sơ khi đã làm.", null=True)
    problem = fields.Nested(schemas.Problem, required=True, allow_none=True)


class BulkAnswers(Schema):
    """What came of every item, in their order."""

    items = schemas.listed(BulkAnswer)


class ViewBody(Strict):
    """A question to keep under a name."""

    name = Text(most=80, required=True, metadata={"example": "Đất đai sắp đến hạn"})
    query = Facts(load_default=dict, metadata={"description": "Các điều kiện của danh sách việc."})
    shared = Flag(load_default=False)


class View(Schema):
    """A view somebody keeps."""

    id = schemas.text()
    name = schemas.text()
    query = fields.Dict(required=True)
    shared = schemas.flag("Cả cơ quan thấy.")
    own = schemas.flag("Do người gọi lưu.")
    created_at = schemas.moment()


@blueprint.route("/tasks")
@reading("task.list")
@blueprint.arguments(WorklistQuery, location="query")
@answers(blueprint, 200, schemas.page_of(WorkItem, "TaskPage"))
def tasks_page(query: dict[str, Any]) -> Response:
    """Liệt kê các bước đang chờ cơ quan của người gọi, gấp nhất trước."""
    found = worklist.worklist(office(), current_actor(), worklist.WorklistQuery(**query))
    return page(WorkItem(), found)


@blueprint.route("/tasks/counts")
@reading("task.list")
@blueprint.arguments(Question, location="query")
@answers(blueprint, 200, WorkCounts)
def counts(query: dict[str, Any]) -> Response:
    """Đếm việc theo từng nhóm."""
    found = worklist.counts(office(), current_actor(), worklist.WorklistQuery(**query))
    return jsonify(WorkCounts().dump(found))


@blueprint.route("/tasks/next", methods=["POST"])
@posting("task.next")
@blueprint.arguments(NextBody)
@answers(blueprint, 200, NextTask)
def take_next(body: dict[str, Any]) -> Response:
    """Nhận việc gấp nhất chưa ai nhận, của vai trò người gọi."""
    command = worklist.TakeNext(idempotency_key=idempotency_key(), **body)
    return jsonify(NextTask().dump(worklist.take_next(office(), current_actor(), command)))


@blueprint.route("/tasks/bulk", methods=["POST"])
@posting("task.bulk")
@blueprint.arguments(BulkBody)
@answers(blueprint, 200, BulkAnswers)
def do_many(body: dict[str, Any]) -> Response:
    """Làm một việc với nhiều bước; mỗi bước có câu trả lời riêng."""
    items = tuple(bulk.BulkItem(**item) for item in body.pop("items"))
    command = bulk.BulkTasks(items=items, idempotency_key=idempotency_key(), **body)
    found = bulk.bulk(office(), current_actor(), command)
    return jsonify(BulkAnswers().dump({"items": [_answer(one) for one in found]}))


@blueprint.route("/views")
@reading("view.keep")
@answers(blueprint, 200, schemas.page_of(View, "ViewPage"))
def list_views() -> Response:
    """Liệt kê các danh sách đã lưu của mình và của cơ quan."""
    return page(View(), Page(items=saved_views.saved_views(office(), current_actor())))


@blueprint.route("/views", methods=["POST"])
@posting("view.keep")
@blueprint.arguments(ViewBody)
@answers(blueprint, 201, View)
def keep_view(body: dict[str, Any]) -> tuple[Response, int]:
    """Lưu một danh sách; cùng tên thì thay danh sách cũ."""
    command = saved_views.KeepView(idempotency_key=idempotency_key(), **body)
    return jsonify(View().dump(saved_views.keep_view(office(), current_actor(), command))), 201


@blueprint.route("/views/<string:view>", methods=["DELETE"])
@reading("view.keep")
@blueprint.response(204)
def drop_view(view: str) -> Response:
    """Bỏ một danh sách của mình."""
    saved_views.drop_view(office(), current_actor(), view)
    return Response(status=204)


def _answer(one: bulk.BulkResult) -> dict[str, Any]:
    return {
        "dossier": one.dossier,
        "task": one.task,
        "done": one.done,
        "revision": one.view.revision if one.view is not None else None,
        "problem": problem_of(one.refused) if one.refused is not None else None,
    }
