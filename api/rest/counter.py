"""The counter (quầy Một cửa): put an intake right, take money, exempt."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding, reading
from api.rest.fields import Choice, Strict, Text, Whole, papers
from api.rest.parsing import Noun
from engine.law.checklist import PaperState
from engine.law.provisions import ComponentMode
from workflows import corrections, fees, intakes

blueprint = Noun("counter", __name__, description="Quầy: đính chính, thu và miễn phí, lệ phí.")


class ChangesBody(Strict):
    """New values of what was written at intake; what is not named stays."""

    applicant_name = Text(most=200)
    applicant_id = Text(most=20, blank=True)
    phone = Text(most=20, blank=True)
    address = Text(most=500, blank=True)
    email = Text(most=200, blank=True)
    support_point = Text(most=40, blank=True)
    submitter_kind = Choice(("self", "authorised", "post"))
    submitter_name = Text(most=200, blank=True)
    submitter_id = Text(most=20, blank=True)
    submitter_phone = Text(most=20, blank=True)
    authorisation = Text(most=500, blank=True)
    result_by = Choice(("counter", "post", "electronic"))
    result_address = Text(most=500, blank=True)
    components = papers()
    channel = Text(most=20, metadata={"description": "Luôn bị từ chối: hạn trả tính theo kênh."})
    competent_agency = Text(most=40, metadata={"description": "Luôn bị từ chối."})
    receiving_unit = Text(most=40, metadata={"description": "Luôn bị từ chối."})


class CorrectionBody(Strict):
    """What to put right, and why."""

    changes = fields.Nested(ChangesBody, required=True)
    reason = Text(required=True, most=2000, metadata={"example": "Ghi nhầm số điện thoại"})


class PaymentBody(Strict):
    """Money that came in."""

    amount_vnd = Whole(
        required=True, least=1, metadata={"description": "Số đồng.", "example": 75000}
    )
    receipt = Text(
        required=True, most=100, metadata={"description": "Số biên lai.", "example": "AA/25-0012"}
    )
    manner = Choice(("cash", "transfer", "online"), load_default="cash")


class ExemptionBody(Strict):
    """Why a fee need not be paid."""

    fee = Text(required=True, most=80)
    ground = Text(required=True, most=500, metadata={"example": "Hộ nghèo, có giấy xác nhận"})


class ChecklistLine(Schema):
    """A paper of the checklist."""

    component = schemas.text()
    name = schemas.text()
    required = schemas.flag()
    mode = fields.Enum(ComponentMode, by_value=True, required=True)
    state = fields.Enum(PaperState, by_value=True, required=True)
    originals = schemas.whole()
    copies = schemas.whole()
    electronic = schemas.whole()
    note = schemas.text()
    alternatives = fields.List(fields.String(), required=True)


class Account(Schema):
    """The money of a dossier, in whole đồng."""

    charged_vnd = schemas.whole()
    exempted_vnd = schemas.whole()
    paid_vnd = schemas.whole()
    owed_vnd = schemas.whole("Còn phải nộp.")


class Intake(Schema):
    """What the counter noted of a dossier; ids are masked."""

    dossier = schemas.text()
    checklist = schemas.listed(ChecklistLine)
    missing = fields.List(fields.String(), required=True)
    asks = schemas.text("Câu yêu cầu bổ sung những giấy tờ còn thiếu.")
    account = fields.Nested(Account, required=True)
    applicant_phone = schemas.text()
    address = schemas.text()
    email = schemas.text()
    submitter_kind = schemas.text()
    submitter_name = schemas.text()
    submitter_id = schemas.text("Đã che.")
    submitter_phone = schemas.text()
    authorisation = schemas.text()
    result_by = schemas.text()
    result_address = schemas.text()
    token = schemas.text("Mã tra cứu trên giấy tiếp nhận.")
    issue = schemas.whole("Lần cấp của giấy tiếp nhận.")


@blueprint.route("/dossiers/<string:dossier>/intake")
@reading("dossier.read")
@answers(blueprint, 200, Intake)
def read_intake(dossier: str) -> Response:
    """Đọc điều quầy đã ghi khi tiếp nhận: giấy tờ, còn thiếu gì, tiền, người nộp."""
    return jsonify(Intake().dump(intakes.read_intake(office(), current_actor(), dossier)))


@blueprint.route("/dossiers/<string:dossier>/corrections", methods=["POST"])
@commanding("intake.correct")
@blueprint.arguments(CorrectionBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def correct(body: dict[str, Any], dossier: str) -> Response:
    """Đính chính điều đã ghi khi tiếp nhận và cấp lại giấy tiếp nhận."""
    return carry_out(corrections.correct, corrections.CorrectIntake, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/payments", methods=["POST"])
@commanding("fee.pay")
@blueprint.arguments(PaymentBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def pay(body: dict[str, Any], dossier: str) -> Response:
    """Ghi nhận phí, lệ phí đã nộp."""
    return carry_out(fees.pay, fees.PayFee, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/exemptions", methods=["POST"])
@commanding("fee.exempt")
@blueprint.arguments(ExemptionBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def exempt(body: dict[str, Any], dossier: str) -> Response:
    """Miễn một khoản phí, lệ phí."""
    return carry_out(fees.exempt, fees.ExemptFee, dossier=dossier, **body)
