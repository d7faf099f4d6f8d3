"""Extensions (gia hạn): a leader makes the limit of a dossier longer."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import extensions

blueprint = Noun("extensions", __name__, description="Gia hạn giải quyết hồ sơ.")


class ExtendBody(Strict):
    """Why the limit is extended; by how much is the procedure's to say."""

    reason = Text(required=True, metadata={"description": "Lý do gia hạn, in trên thông báo."})


@blueprint.route("/dossiers/<string:dossier>/extension", methods=["POST"])
@commanding("deadline.extend")
@blueprint.arguments(ExtendBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def extend(body: dict[str, Any], dossier: str) -> Response:
    """Gia hạn theo số ngày thủ tục cho phép; người gọi là lãnh đạo ký."""
    return carry_out(extensions.extend, extensions.ExtendDeadline, dossier=dossier, **body)
