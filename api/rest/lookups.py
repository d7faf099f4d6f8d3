"""Public look-up (tra cứu công khai): where a dossier is, to who holds its receipt.

Nobody signs in. Guessing is bounded per address and per code, and every look is on record.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import PUBLIC, declares, office
from api.limits import check, limited, take
from api.rest import schemas
from api.rest.door import answers
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import lookups as use_case
from workflows.lookups import NotThere

blueprint = Noun("lookups", __name__, description="Tra cứu công khai bằng mã trên giấy tiếp nhận.")

PROBLEMS = {status: HTTPStatus(status).name for status in (404, 405, 429, 500)}
BODY_PROBLEMS = PROBLEMS | {status: HTTPStatus(status).name for status in (400, 413, 415, 422)}
WRONG = "wrong_code"
ANYBODY = {
    "security": [],
    "description": "Ai được gọi: bất kỳ ai có giấy tiếp nhận; số lần tra cứu có giới hạn.",
}


class Issued(Schema):
    """The result as it left the office."""

    number = schemas.text("Số văn bản kết quả.")
    released_on = fields.Date(required=True, allow_none=True)
    file_hash = schemas.text("SHA-256 của tệp kết quả đã gửi; trống khi giao bản giấy.")


class Whereabouts(Schema):
    """Where a dossier is; no name, no address, no id."""

    status = schemas.whole("Trạng thái quốc gia 1-10.")
    status_name = schemas.text()
    turn = fields.Enum(use_case.Turn, by_value=True, required=True)
    due_at = schemas.moment("Hẹn trả.", null=True)
    sentence = schemas.text("Hồ sơ đang ở đâu, khi nào xong.")
    sentence_en = schemas.text("Như trên, bằng tiếng Anh.")
    todo = schemas.text("Việc người nộp cần làm; trống là không có.")
    todo_en = schemas.text("Như trên, bằng tiếng Anh.")
    missing = fields.List(fields.String(), required=True)
    owed_vnd = schemas.whole("Còn phải nộp, đồng.")
    agency = schemas.text("Cơ quan giải quyết.")
    clock_running = schemas.flag("Thời hạn của cơ quan đang chạy.")
    result = fields.Nested(
        Issued, required=True, allow_none=True, metadata={"description": "null khi chưa phát hành."}
    )


class StatusBody(Strict):
    """The code on the receipt, and the end of the phone number given with it."""

    code = Text(required=True, most=60, metadata={"example": "H55.904-260706-0001"})
    phone_last_digits = Text(required=True, most=4, metadata={"example": "5678"})


@blueprint.route("/status/<string:token>")
@declares(PUBLIC)
@limited("lookup")
@Noun.doc(responses=PROBLEMS, **ANYBODY)
@answers(blueprint, 200, Whereabouts)
def by_token(token: str) -> Response:
    """Tra cứu bằng mã QR trên giấy tiếp nhận."""
    return jsonify(Whereabouts().dump(use_case.by_token(office(), token)))


@blueprint.route("/status", methods=["POST"])
@declares(PUBLIC)
@limited("lookup")
@Noun.doc(responses=BODY_PROBLEMS, **ANYBODY)
@blueprint.arguments(StatusBody)
@answers(blueprint, 200, Whereabouts)
def by_code(body: dict[str, Any]) -> Response:
    """Tra cứu bằng mã hồ sơ và bốn số cuối điện thoại."""
    ends = ("", f"code:{body['code']}")
    for end in ends:  # asked before, or a right guess after too many would still be told
        check(WRONG, end)
    try:
        found = use_case.by_code(office(), **body)
    except NotThere:
        for end in ends:
            take(WRONG, end)
        raise
    return jsonify(Whereabouts().dump(found))
