"""Tasks (bước công việc): claim, release and complete."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Facts, Strict, Text
from api.rest.parsing import Noun
from workflows import tasks

blueprint = Noun("tasks", __name__, description="Bước công việc: nhận, trả lại, xong.")

ONE_TASK = "/dossiers/<string:dossier>/tasks/<string:task>"


class CompleteBody(Strict):
    """What was decided on a step."""

    facts = Facts(load_default=dict, metadata={"description": "Dữ kiện bước này được đặt."})
    note = Text(load_default="", blank=True)


class Nothing(Strict):
    """An empty object."""


@blueprint.route(f"{ONE_TASK}/claim", methods=["POST"])
@commanding("task.claim")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def claim(_body: dict[str, Any], dossier: str, task: str) -> Response:
    """Nhận một bước để làm."""
    return carry_out(tasks.claim, tasks.ClaimTask, dossier=dossier, task=task)


@blueprint.route(f"{ONE_TASK}/release", methods=["POST"])
@commanding("task.release")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def release(_body: dict[str, Any], dossier: str, task: str) -> Response:
    """Trả lại một bước đã nhận, để người khác làm."""
    return carry_out(tasks.release, tasks.ReleaseTask, dossier=dossier, task=task)


@blueprint.route(f"{ONE_TASK}/complete", methods=["POST"])
@commanding("task.complete")
@blueprint.arguments(CompleteBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def complete(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Hoàn thành một bước và đặt dữ kiện của nó."""
    return carry_out(tasks.complete, tasks.CompleteTask, dossier=dossier, task=task, **body)
