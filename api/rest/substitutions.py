"""Substitutions (làm thay): who stands in for whom, in which post, from when until when."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import answers, posting, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from api.rest.people import AgencyQuery, NoBody
from workflows import substitutions

blueprint = Noun("substitutions", __name__, description="Làm thay, uỷ quyền có thời hạn.")

ONE = "/substitutions/<string:substitution>"


class SubstitutionBody(Strict):
    """Who is to stand in for whom."""

    absent = Text(most=80, required=True, metadata={"description": "Mã người vắng mặt."})
    agency = Text(most=40, required=True)
    role = Text(most=40, required=True)
    substitute = Text(most=80, required=True, metadata={"description": "Mã người làm thay."})
    valid_from = fields.AwareDateTime(required=True)
    valid_to = fields.AwareDateTime(required=True)
    ground = Text(
        most=substitutions.MOST_GROUND,
        required=True,
        metadata={"description": "Căn cứ: số, ngày văn bản.", "example": "QĐ 12/QĐ-UBND"},
    )


class Substitution(Schema):
    """A substitution, in force or not."""

    id = schemas.text()
    absent = schemas.text("Người vắng mặt.")
    agency = schemas.text()
    role = schemas.text()
    substitute = schemas.text("Người làm thay.")
    valid_from = schemas.moment()
    valid_to = schemas.moment()
    ground = schemas.text("Căn cứ.")
    proposed_by = schemas.text()
    proposed_at = schemas.moment()
    approved_by = schemas.text("Người duyệt; trống là chưa duyệt.")
    approved_at = schemas.moment(null=True)
    ended_by = schemas.text()
    ended_at = schemas.moment(null=True)
    in_force = schemas.flag("Đang có hiệu lực.")


class Substitutions(Schema):
    """A list of substitutions."""

    items = schemas.listed(Substitution)


@blueprint.route("/substitutions")
@reading("substitution.list")
@blueprint.arguments(AgencyQuery, location="query")
@answers(blueprint, 200, Substitutions)
def list_substitutions(query: dict[str, Any]) -> Response:
    """Liệt kê việc làm thay ở cơ quan; người thường chỉ thấy việc có mình."""
    found = substitutions.list_substitutions(office(), current_actor(), query["agency"])
    return jsonify({"items": Substitution().dump(found, many=True)})


@blueprint.route("/substitutions", methods=["POST"])
@posting("substitution.propose")
@blueprint.arguments(SubstitutionBody)
@answers(blueprint, 201, Substitution)
def propose(body: dict[str, Any]) -> tuple[Response, int]:
    """Đề nghị cho người làm thay; chưa có hiệu lực khi chưa duyệt."""
    command = substitutions.ProposeSubstitution(**body, idempotency_key=idempotency_key())
    return _answer(substitutions.propose(office(), current_actor(), command)), 201


@blueprint.route(f"{ONE}/approve", methods=["POST"])
@posting("substitution.approve")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Substitution)
def approve(_body: dict[str, Any], substitution: str) -> Response:
    """Duyệt việc làm thay; không tự duyệt cho mình làm thay."""
    command = substitutions.ApproveSubstitution(
        substitution=substitution, idempotency_key=idempotency_key()
    )
    return _answer(substitutions.approve(office(), current_actor(), command))


@blueprint.route(f"{ONE}/end", methods=["POST"])
@posting("substitution.end")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Substitution)
def end(_body: dict[str, Any], substitution: str) -> Response:
    """Chấm dứt việc làm thay ngay bây giờ."""
    command = substitutions.EndSubstitution(
        substitution=substitution, idempotency_key=idempotency_key()
    )
    return _answer(substitutions.end(office(), current_actor(), command))


def _answer(view: substitutions.SubstitutionView) -> Response:
    return jsonify(Substitution().dump(view))
