"""Supplements (bổ sung hồ sơ): ask the applicant for papers, and take them in."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Choice, Flag, Strict, Text, uploads
from api.rest.parsing import Noun
from workflows import supplements

blueprint = Noun("supplements", __name__, description="Yêu cầu bổ sung và nhận giấy tờ bổ sung.")


class RequestBody(Strict):
    """Which papers are missing or wrong, and why; all of them in one notice."""

    task = Text(required=True, most=80, metadata={"description": "Bước đang làm."})
    components = fields.List(Text(most=80), required=True, metadata={"example": ["form"]})
    reason = Text(load_default="", most=2000, metadata={"example": "Tờ khai chưa có chữ ký."})
    reasons = fields.Dict(
        keys=Text(most=80),
        values=Text(most=2000),
        load_default=dict,
        metadata={"description": "Lý do của từng giấy tờ.", "example": {"form": "Thiếu chữ ký"}},
    )


class RequestNowBody(RequestBody):
    """What is asked for: papers by name, what the checklist lacks now, or both."""

    components = fields.List(Text(most=80), load_default=list, metadata={"example": ["form"]})
    missing = Flag(
        load_default=False,
        metadata={
            "description": "Yêu cầu cả những giấy tờ danh mục đang thiếu, bằng câu của danh mục.",
            "example": False,
        },
    )


class TakeBody(Strict):
    """Which papers arrived."""

    components = fields.List(Text(most=80), load_default=list, metadata={"example": ["form"]})
    partly = Choice(
        ("wait", "enough"),
        load_default="",
        metadata={"description": "Còn thiếu thì: wait chờ tiếp, enough coi là đủ."},
    )
    files = uploads()


class ProposalBody(RequestBody):
    """Why the applicant has to be asked once more than the procedure allows."""


class ApprovalBody(Strict):
    """What whoever approves notes."""

    note = Text(load_default="", most=2000, metadata={"example": "Đồng ý."})


@blueprint.route("/dossiers/<string:dossier>/supplements", methods=["POST"])
@commanding("supplement.request")
@blueprint.arguments(RequestNowBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def request_supplement(body: dict[str, Any], dossier: str) -> Response:
    """Yêu cầu người nộp bổ sung, hoàn thiện hồ sơ."""
    body["components"] = tuple(body["components"])
    return carry_out(supplements.request, supplements.RequestSupplement, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/supplements/take", methods=["POST"])
@commanding("supplement.take")
@blueprint.arguments(TakeBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def take_supplement(body: dict[str, Any], dossier: str) -> Response:
    """Nhận giấy tờ bổ sung của người nộp, kèm tệp đã tải lên."""
    body["components"] = tuple(body["components"])
    body["files"] = {name: tuple(ids) for name, ids in body["files"].items()}
    return carry_out(supplements.take, supplements.TakeSupplement, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/supplements/proposal", methods=["POST"])
@commanding("supplement.propose")
@blueprint.arguments(ProposalBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def propose_round(body: dict[str, Any], dossier: str) -> Response:
    """Đề nghị thêm một lần bổ sung ngoài số lần thủ tục cho phép."""
    body["components"] = tuple(body["components"])
    return carry_out(supplements.propose, supplements.ProposeRound, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/supplements/approval", methods=["POST"])
@commanding("supplement.approve")
@blueprint.arguments(ApprovalBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def approve_round(body: dict[str, Any], dossier: str) -> Response:
    """Duyệt thêm một lần bổ sung; không phải người đã đề nghị."""
    return carry_out(supplements.approve, supplements.ApproveRound, dossier=dossier, **body)
