"""Synchronising (đồng bộ): what another system was told of a dossier, and what it answered."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.commanding import dossier_answer
from api.rest.conditions import idempotency_key, seen_revision_if_any
from api.rest.door import answering, answers
from api.rest.fields import Flag, Strict, Text, Whole
from api.rest.parsing import Noun
from workflows import synchronising

blueprint = Noun("synchronising", __name__, description="Đồng bộ trạng thái với hệ thống khác.")


class ReportBody(Strict):
    """Which system was told which status, and whether it took it."""

    system = Text(
        required=True, most=synchronising.MAX_SYSTEM, metadata={"description": "Tên hệ thống."}
    )
    status = Whole(required=True, least=1, most=10)
    accepted = Flag(load_default=True)
    note = Text(most=synchronising.MAX_NOTE, load_default="", blank=True)


@blueprint.route("/dossiers/<string:dossier>/status-reports", methods=["POST"])
@answering("status.report")
@blueprint.arguments(ReportBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def report(body: dict[str, Any], dossier: str) -> Response:
    """Ghi lại: hệ thống khác đã được báo trạng thái nào, có nhận không."""
    command = synchronising.ReportStatus(
        dossier=dossier,
        revision=seen_revision_if_any(),
        idempotency_key=idempotency_key(),
        **body,
    )
    view = synchronising.report(office(), current_actor(), command)
    return dossier_answer(view)
