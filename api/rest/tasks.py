"""Tasks (bước công việc): claim, release and complete."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key, seen_revision, tagged
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
