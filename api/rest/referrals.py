"""Referrals (phiếu liên thông): lists of both sides, one referral, and what each side does.

The ETag is the referral's own: how often it was stamped.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import handed_in
from api.rest import schemas
from api.rest.conditions import idempotency_key, seen_revision_if_any, tagged
from api.rest.door import PageQuery, answering, answers, page, reading
from api.rest.fields import Choice, Facts, Flag, Strict, Text
from api.rest.parsing import Noun
from workflows import files, referrals
from workflows.referring import ReferralView
from workflows.reports import referrals as counts

blueprint = Noun(
    "referrals", __name__, description="Phiếu liên thông: hỏi cơ quan khác và câu trả lời."
)


class ReferralPaper(Schema):
    """A paper that goes with a question or an answer, by its hash."""

    file = schemas.text("Mã tệp.")
    name = schemas.text()
    component = schemas.text("Thành phần hồ sơ; trống là giấy tờ khác.")
    sha256 = schemas.text()
    media_type = schemas.text()
    size = schemas.whole("Số byte.")


class ReferralMark(Schema):
    """One stamp: what was done, when, by whom at which agency."""

    what = schemas.text(
        "sent, delivered, accepted, returned, resent, reminded, overdue, answered, silent, "
        "withdrawn hoặc answer_kept."
    )
    at = schemas.text("Lúc hệ thống này ghi nhận, RFC 3339.")
    by = fields.String(metadata={"description": "Ai làm; system là hệ thống tự làm."})
    agency = fields.String()
    stamped_at = fields.String(metadata={"description": "Lúc làm, theo hệ thống của bên kia."})
    text = fields.String(metadata={"description": "Nội dung trả lời, lý do hoặc ghi chú."})
    why = fields.String(
        metadata={"description": "Vì sao chỉ giữ lại: early, late, double, withdrawn."}
    )
    late = fields.Boolean()
    automatic = fields.Boolean()
    documents = fields.List(fields.Nested(ReferralPaper))


class Referral(Schema):
    """A question to another agency as the caller's side may see it."""

    id = schemas.text()
    side = schemas.text("received: cơ quan mình được hỏi; sent: cơ quan mình hỏi.")
    name = schemas.text("Việc được hỏi.")
    state = schemas.text("sent, delivered, accepted, returned, answered, silent, withdrawn.")
    state_name = schemas.text()
    revision = schemas.whole("Số lần phiếu được ghi nhận thêm; cũng là ETag.")
    dossier = schemas.text("Mã trong hệ thống; trống với cơ quan được hỏi.")
    dossier_code = schemas.text()
    procedure = schemas.text()
    procedure_name = schemas.text()
    element = schemas.text("Phần tử của sơ đồ đã hỏi; trống với cơ quan được hỏi.")
    step = schemas.text("Bước đang chờ câu trả lời; trống với cơ quan được hỏi.")
    asked_by = schemas.text("Cơ quan hỏi.")
    to_agency = schemas.text("Cơ quan được hỏi.")
    sent_at = schemas.moment()
    accept_due_at = schemas.moment("Hạn tiếp nhận phiếu; null là không có hạn.", null=True)
    accepted_at = schemas.moment(null=True)
    due_at = schemas.moment("Hạn trả lời; null là không có hạn, hoặc đang trả lại.", null=True)
    answered_at = schemas.moment(null=True)
    answer = schemas.text()
    late = schemas.flag("Trả lời sau hạn.")
    silent = schemas.flag("Không trả lời; quy định về im lặng đã được áp dụng.")
    overdue = schemas.flag("Đã quá hạn mà chưa trả lời.")
    silence = schemas.text("agreed: hết hạn mà không trả lời coi như đồng ý; none: không có nghĩa.")
    outside = schemas.flag("Cơ quan được hỏi làm trên hệ thống khác.")
    kept = schemas.whole("Số câu trả lời đến muộn hoặc trùng, được giữ lại.")
    shown = fields.Dict(
        required=True, metadata={"description": "Thông tin hồ sơ mà thủ tục cho cơ quan này xem."}
    )
    documents = schemas.listed(ReferralPaper, "Giấy tờ gửi kèm.")
    stamps = schemas.listed(ReferralMark, "Mọi lần ghi nhận của hai bên, theo thứ tự.")


class CountsPeriod(Strict):
    """Which days, both included."""

    first_day = fields.Date(required=True, metadata={"example": "2026-07-01"})
    last_day = fields.Date(required=True, metadata={"example": "2026-09-30"})


class LegCounts(Schema):
    """The referrals of one agency on one side."""

    agency = schemas.text()
    side = schemas.text("sent: cơ quan gửi; received: cơ quan nhận.")
    dossiers = schemas.whole("Số hồ sơ có phiếu, mỗi hồ sơ một lần, ở bên gửi.")
    referrals = schemas.whole("= on_time + late + silent + withdrawn + open")
    on_time = schemas.whole("Trả lời đúng hạn.")
    late = schemas.whole("Trả lời muộn.")
    silent = schemas.whole("Im lặng, coi như đồng ý.")
    withdrawn = schemas.whole("Đã rút, hoặc hồ sơ kết thúc trước.")
    open = schemas.whole("Chưa trả lời.")
    overdue = schemas.whole("Trong số chưa trả lời: đã quá hạn.")


class ReferralCounts(Schema):
    """Counts of referrals in a period."""

    lines = schemas.listed(LegCounts)


REFERRAL = Referral()


class AnswerBody(Strict):
    """What the other agency says."""

    answer = Text(required=True, most=4_000, metadata={"description": "Nội dung trả lời."})
    facts = Facts(load_default=dict)
    files = fields.List(
        Text(most=40),
        load_default=list,
        validate=ma.validate.Length(max=50),
        metadata={"description": "Mã các tệp đã tải lên, gửi kèm câu trả lời.", "example": []},
    )


class AcceptBody(Strict):
    """Taking a referral on needs no words."""


class ReturnReferralBody(Strict):
    """Why the question cannot be answered."""

    reason = Text(required=True, most=4_000, metadata={"description": "Lý do trả lại."})


class ResendBody(Strict):
    """What was mended."""

    note = Text(required=True, most=4_000, metadata={"description": "Đã sửa, bổ sung gì."})


class RemindBody(Strict):
    """What to say with the reminder."""

    note = Text(most=4_000, load_default="", metadata={"description": "Nội dung đôn đốc."})


class WithdrawReferralBody(Strict):
    """Why the question is taken back."""

    reason = Text(required=True, most=4_000, metadata={"description": "Lý do rút phiếu."})


class ReferralQuery(PageQuery):
    """Which referrals: of the caller's agency, or of another it stands for."""

    agency = Text(most=40, load_default="")
    side = Choice(
        ("received", "sent"),
        load_default="received",
        metadata={"description": "received: được hỏi; sent: đã hỏi."},
    )
    all = Flag(load_default=False, metadata={"description": "Cả những phiếu đã xong."})
    late = Flag(load_default=False, metadata={"description": "Chỉ những phiếu đã quá hạn."})


@blueprint.route("/reports/referrals")
@reading("report.read")
@blueprint.arguments(CountsPeriod, location="query")
@answers(blueprint, 200, ReferralCounts)
def referral_report(query: dict[str, Any]) -> dict[str, Any]:
    """Đếm phiếu liên thông gửi và nhận của cơ quan mình và các cơ quan trực thuộc."""
    asked = counts.CountsQuery(**query)
    return {"lines": counts.count_referrals(office(), current_actor(), asked)}


@blueprint.route("/referrals")
@reading("referral.list")
@blueprint.arguments(ReferralQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Referral, "ReferralPage"))
def list_referrals(query: dict[str, Any]) -> Response:
    """Liệt kê phiếu liên thông cơ quan người gọi nhận hoặc gửi."""
    found = referrals.list_referrals(office(), current_actor(), referrals.ReferralQuery(**query))
    return page(REFERRAL, found)


@blueprint.route("/referrals/<string:referral>")
@reading("referral.read", conditional=True)
@answers(blueprint, 200, Referral, tag=True)
def read_referral(referral: str) -> Response:
    """Xem một phiếu liên thông: cơ quan được hỏi chỉ thấy những gì thủ tục cho xem."""
    return _told(referrals.read(office(), current_actor(), referral))


@blueprint.route("/referrals/<string:referral>/files/<string:file>")
@reading("referral.read")
@Noun.doc(responses={409: "CONFLICT", 503: "SERVICE_UNAVAILABLE"})
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
)
def download_enclosed(referral: str, file: str) -> Response:
    """Tải một tệp gửi kèm phiếu hoặc kèm câu trả lời."""
    served = files.read_enclosed(office(), current_actor(), referral, file)
    return handed_in(served.content, served.name, served.media_type)


@blueprint.route("/dossiers/<string:dossier>/referrals")
@reading("referral.read")
@answers(blueprint, 200, schemas.page_of(Referral, "DossierReferrals"))
def list_dossier_referrals(dossier: str) -> dict[str, Any]:
    """Liệt kê các phiếu liên thông của một hồ sơ, cho cơ quan của hồ sơ."""
    found = referrals.of_dossier(office(), current_actor(), dossier)
    return {"items": found, "next_cursor": None}


@blueprint.route("/referrals/<string:referral>/accept", methods=["POST"])
@answering("referral.accept")
@blueprint.arguments(AcceptBody)
@answers(blueprint, 200, Referral, tag=True)
def accept(body: dict[str, Any], referral: str) -> Response:
    """Tiếp nhận một phiếu liên thông."""
    command = referrals.AcceptReferral(**_said(referral, body))
    return _told(referrals.accept(office(), current_actor(), command))


@blueprint.route("/referrals/<string:referral>/return", methods=["POST"])
@answering("referral.return")
@blueprint.arguments(ReturnReferralBody)
@answers(blueprint, 200, Referral, tag=True)
def give_back(body: dict[str, Any], referral: str) -> Response:
    """Trả lại một phiếu liên thông, có lý do."""
    command = referrals.ReturnReferral(**_said(referral, body))
    return _told(referrals.give_back(office(), current_actor(), command))


@blueprint.route("/referrals/<string:referral>/answer", methods=["POST"])
@answering("referral.answer")
@blueprint.arguments(AnswerBody)
@answers(blueprint, 200, Referral, tag=True)
def answer(body: dict[str, Any], referral: str) -> Response:
    """Trả lời một phiếu liên thông; đến muộn hoặc trùng thì được giữ lại và ghi rõ."""
    said = _said(referral, body | {"files": tuple(body["files"])})
    return _told(referrals.answer(office(), current_actor(), referrals.AnswerReferral(**said)))


@blueprint.route("/referrals/<string:referral>/resend", methods=["POST"])
@answering("referral.resend")
@blueprint.arguments(ResendBody)
@answers(blueprint, 200, Referral, tag=True)
def resend(body: dict[str, Any], referral: str) -> Response:
    """Gửi lại một phiếu đã bị trả lại."""
    command = referrals.ResendReferral(**_said(referral, body))
    return _told(referrals.resend(office(), current_actor(), command))


@blueprint.route("/referrals/<string:referral>/remind", methods=["POST"])
@answering("referral.remind")
@blueprint.arguments(RemindBody)
@answers(blueprint, 200, Referral, tag=True)
def remind(body: dict[str, Any], referral: str) -> Response:
    """Đôn đốc cơ quan được hỏi."""
    command = referrals.RemindReferral(**_said(referral, body))
    return _told(referrals.remind(office(), current_actor(), command))


@blueprint.route("/referrals/<string:referral>/withdraw", methods=["POST"])
@answering("referral.withdraw")
@blueprint.arguments(WithdrawReferralBody)
@answers(blueprint, 200, Referral, tag=True)
def withdraw(body: dict[str, Any], referral: str) -> Response:
    """Rút một phiếu liên thông; hồ sơ đi tiếp theo quy định của thủ tục."""
    command = referrals.WithdrawReferral(**_said(referral, body))
    return _told(referrals.withdraw(office(), current_actor(), command))


def _said(referral: str, body: dict[str, Any]) -> dict[str, Any]:
    key, revision = idempotency_key(), seen_revision_if_any()
    return {"referral": referral, "revision": revision, "idempotency_key": key, **body}


def _told(view: ReferralView) -> Response:
    return tagged(REFERRAL.dump(view), view.revision)
