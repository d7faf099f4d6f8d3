"""The bridge (liên thông giữa hai hệ thống): where partners hand in envelopes and ask questions.

Nobody signs in: what is sent is signed by a key that was exchanged before, and that is checked
below. Every body is a flattened JWS (RFC 7515); refusals are on record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from flask import Response, jsonify
from marshmallow import Schema, fields

from api import limits
from api.auth import PUBLIC, declares, office
from api.limits import limited
from api.rest import schemas
from api.rest.door import View, answers
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import bridging, comparing, partners
from workflows.envelopes import MOST_MEMBER

blueprint = Noun("bridge", __name__, description="Liên thông với hệ thống khác: thư có chữ ký.")

BUCKET = limits.BRIDGE
STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
PROBLEMS = {status: HTTPStatus(status).name for status in STATUSES}
PARTNERS = {
    "security": [],
    "description": "Ai được gọi: hệ thống đã được khai báo là đối tác, bằng chữ ký Ed25519 của "
    "mình trên chính nội dung gửi; không dùng mã truy cập.",
}


class SignedBody(Strict):
    """A flattened JWS: three texts in base64url."""

    protected = Text(required=True, most=2_000, metadata={"example": "eyJhbGciOiJFZDI1NTE5In0"})
    payload = Text(required=True, most=MOST_MEMBER, metadata={"example": "e30"})
    signature = Text(required=True, most=200, metadata={"example": "c2ln"})


class SignedAnswer(Schema):
    """A flattened JWS of the answering side."""

    protected = schemas.text()
    payload = schemas.text()
    signature = schemas.text()


class Acknowledged(Schema):
    """The signed acknowledgement, and the numbers that are missing before the envelope."""

    acknowledgement = fields.Nested(SignedAnswer, required=True)
    missing = fields.List(fields.Integer(), required=True)


class Statement(Schema):
    """How far both ways have come, signed."""

    statement = fields.Nested(SignedAnswer, required=True)


class KeyLearnt(Schema):
    """The name of the key that is believed now."""

    kid = schemas.text()


def _door(name: str) -> Callable[[View], View]:
    """Declare a door of partners: anybody may knock, so often, with a signed body."""

    def opened(view: View) -> View:
        taking = blueprint.arguments(SignedBody)(view)
        documented = Noun.doc(responses=PROBLEMS, **PARTNERS)(taking)
        counted = declares(PUBLIC)(limited(BUCKET)(documented))
        route = blueprint.route(f"/bridge/{name}", methods=["POST"])
        return cast(View, route(counted))

    return opened


@_door("envelopes")
@answers(blueprint, 200, Acknowledged)
def accept(body: dict[str, Any]) -> Response:
    """Nhận một thư liên thông; gửi lại thì được đúng biên nhận cũ."""
    found = bridging.accept(office(), body)
    said = {"acknowledgement": json.loads(found.acknowledgement), "missing": list(found.missing)}
    return jsonify(said)


@_door("keys")
@answers(blueprint, 200, KeyLearnt)
def learn(body: dict[str, Any]) -> Response:
    """Nhận bản báo đổi khóa, ký bằng khóa trước đó."""
    return jsonify({"kid": partners.learn(office(), body).kid})


@_door("state")
@answers(blueprint, 200, Statement)
def state(body: dict[str, Any]) -> Response:
    """Trả lời đối chiếu: hai chiều đã nhận, đã gửi đến đâu."""
    return jsonify({"statement": comparing.answer_state(office(), body)})


@_door("files")
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
)
def file(body: dict[str, Any]) -> Response:
    """Giao một tệp theo mã băm, nếu thư gửi cho đối tác có nêu tệp đó."""
    content = comparing.answer_file(office(), body)
    response = Response(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
