"""Referrals (liên thông): what other agencies are asked, and their answers."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.commanding import dossier_answer
from api.rest.conditions import idempotency_key, seen_revision_if_any
from api.rest.door import PageQuery, answering, answers, page, reading
from api.rest.fields import Facts, Strict, Text
from api.rest.parsing import Noun
from workflows import referrals

blueprint = Noun("referrals", __name__, description="Việc hỏi cơ quan khác và câu trả lời.")


class Referral(Schema):
    """A question to another agency."""

    id = schemas.text()
    name = schemas.text("Việc được hỏi.")
    dossier = schemas.text()
    dossier_code = schemas.text()
    procedure = schemas.text()
    revision = schemas.whole("Phiên bản của hồ sơ.")
    element = schemas.text("Phần tử của sơ đồ đã hỏi.")
    step = schemas.text("Bước đang chờ câu trả lời.")
    asked_by = schemas.text("Cơ quan hỏi.")
    to_agency = schemas.text("Cơ quan được hỏi.")
    sent_at = schemas.moment()
    due_at = schemas.moment("Hạn trả lời; null là không có hạn.", null=True)


class AnswerBody(Strict):
    """What the other agency says."""

    answer = Text(required=True, most=4_000, metadata={"description": "Nội dung trả lời."})
    facts = Facts(load_default=dict)


class ReferralQuery(PageQuery):
    """Which questions: those to the caller's agency, or to another it stands for."""

    agency = Text(most=40, load_default="")


@blueprint.route("/referrals")
@reading("referral.list")
@blueprint.arguments(ReferralQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Referral, "ReferralPage"))
def list_referrals(query: dict[str, Any]) -> Response:
    """Liệt kê những việc cơ quan người gọi được hỏi và chưa trả lời."""
    found = referrals.open_for(office(), current_actor(), referrals.ReferralQuery(**query))
    return page(Referral(), found)


@blueprint.route("/referrals/<string:referral>/answer", methods=["POST"])
@answering("referral.answer")
@blueprint.arguments(AnswerBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def answer(body: dict[str, Any], referral: str) -> Response:
    """Trả lời một việc được hỏi."""
    command = referrals.AnswerReferral(
        referral=referral,
        revision=seen_revision_if_any(),
        idempotency_key=idempotency_key(),
        **body,
    )
    view = referrals.answer(office(), current_actor(), command)
    return dossier_answer(view)
