"""Who does a step, decided by people: transfer, recall, assign; and how urgent a dossier is."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Strict, Text, Whole
from api.rest.parsing import Noun
from api.rest.tasks import ONE_TASK
from workflows import assigning

blueprint = Noun("assigning", __name__, description="Chuyển, thu hồi, giao việc; mức ưu tiên.")

REASON = {"description": "Vì sao, để người sau đọc.", "example": "Anh An nghỉ phép từ chiều nay"}


class TransferBody(Strict):
    """To whom a step goes, and why."""

    to = Text(most=80, required=True, metadata={"example": "tran.van.an"})
    reason = Text(most=2000, required=True, metadata=REASON)


class AssignBody(Strict):
    """To whom a step is given."""

    to = Text(most=80, required=True, metadata={"example": "tran.van.an"})
    reason = Text(most=2000, load_default="", blank=True, metadata=REASON)


class RecallBody(Strict):
    """Why a step is taken back."""

    reason = Text(most=2000, required=True, metadata=REASON)


class PriorityBody(Strict):
    """How urgent a dossier is, and why."""

    priority = Whole(
        most=2, required=True, metadata={"description": "0 thường, 1 cao, 2 khẩn.", "example": 1}
    )
    reason = Text(most=2000, required=True, metadata=REASON)


@blueprint.route(f"{ONE_TASK}/transfer", methods=["POST"])
@commanding("task.transfer")
@blueprint.arguments(TransferBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def transfer(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Chuyển bước đang giữ cho đồng nghiệp cùng vai trò."""
    return carry_out(assigning.transfer, assigning.TransferTask, dossier=dossier, task=task, **body)


@blueprint.route(f"{ONE_TASK}/assign", methods=["POST"])
@commanding("task.assign")
@blueprint.arguments(AssignBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def assign(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Giao bước cho một người giữ vai trò đó."""
    return carry_out(assigning.assign, assigning.AssignTask, dossier=dossier, task=task, **body)


@blueprint.route(f"{ONE_TASK}/recall", methods=["POST"])
@commanding("task.assign")
@blueprint.arguments(RecallBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def recall(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Thu hồi bước đang có người giữ, để người khác làm."""
    return carry_out(assigning.recall, assigning.RecallTask, dossier=dossier, task=task, **body)


@blueprint.route("/dossiers/<string:dossier>/priority", methods=["POST"])
@commanding("priority.set")
@blueprint.arguments(PriorityBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def prioritise(body: dict[str, Any], dossier: str) -> Response:
    """Đặt mức ưu tiên của hồ sơ."""
    return carry_out(assigning.prioritise, assigning.SetPriority, dossier=dossier, **body)
