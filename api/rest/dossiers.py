"""Dossiers (hồ sơ): receive, read, list, history, deadline, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.commanding import carry_out, dossier_answer
from api.rest.conditions import idempotency_key
from api.rest.door import PageQuery, answers, commanding, page, posting, reading
from api.rest.fields import Choice, Facts, Flag, Strict, Text, Whole, papers, uploads
from api.rest.parsing import Noun
from workflows import dossiers, intake
from workflows.noting import Contact, Submitter
from workflows.views import Page

blueprint = Noun("dossiers", __name__, description="Hồ sơ: tiếp nhận, đọc, lịch sử, thời hạn, rút.")

CHANNELS = ("counter", "online", "post")


class SubmitterBody(Strict):
    """Who hands the dossier in."""

    kind = Choice(("self", "authorised", "post"), load_default="self")
    name = Text(most=200, load_default="", blank=True)
    national_id = Text(most=20, load_default=None)
    phone = Text(most=20, load_default="", blank=True)
    authorisation = Text(
        most=500,
        load_default="",
        blank=True,
        metadata={"description": "Văn bản ủy quyền.", "example": "Giấy ủy quyền ngày 02/03/2026"},
    )


class ContactBody(Strict):
    """Where the applicant is reached, and how the result is wanted."""

    address = Text(most=500, load_default="", blank=True)
    email = Text(most=200, load_default="", blank=True)
    result_by = Choice(("counter", "post", "electronic"), load_default="counter")
    result_address = Text(most=500, load_default="", blank=True)


class ReceiveBody(Strict):
    """A dossier handed in at a counter, online or by post."""

    procedure = Text(required=True, most=40, metadata={"description": "Mã thủ tục."})
    channel = Choice(CHANNELS, load_default="counter")
    applicant_name = Text(required=True, most=200)
    applicant_id = Text(most=20, load_default=None)
    phone = Text(most=20, load_default=None)
    submitter = fields.Nested(SubmitterBody, load_default=None)
    contact = fields.Nested(ContactBody, load_default=None)
    components = papers(load_default=dict)
    files = uploads()
    pieces = fields.Dict(
        keys=Text(most=80),
        values=Whole(most=1_000),
        load_default=dict,
        metadata={"description": "Khoản thu theo yêu cầu: mã -> số lượng."},
    )
    exemptions = fields.Dict(
        keys=Text(most=80),
        values=Text(most=500),
        load_default=dict,
        metadata={"description": "Khoản được miễn: mã -> căn cứ."},
    )
    facts = Facts(load_default=dict)
    receiving_unit = Text(most=40, load_default="", blank=True)
    competent_agency = Text(most=40, load_default="", blank=True)
    support_point = Text(most=40, load_default="", blank=True)


class ListQuery(PageQuery):
    """Which dossiers; by default those of the caller's agency."""

    agency = Text(most=40, load_default="")
    procedure = Text(most=40, load_default="")
    status = Whole(least=1, most=10, load_default=None)
    overdue = Flag(load_default=None)
    q = Text(
        most=120,
        load_default="",
        blank=True,
        metadata={"description": "Tìm không dấu: tên, mã hoặc đuôi mã, điện thoại."},
    )


class WithdrawBody(Strict):
    """Why the applicant takes the dossier back."""

    reason = Text(required=True, most=500)


class DossierLine(Schema):
    """A line of a list of dossiers."""

    id = schemas.text()
    code = schemas.text("Mã số hồ sơ.")
    procedure = schemas.text()
    status = schemas.whole("Trạng thái quốc gia 1-10.")
    status_name = schemas.text()
    revision = schemas.whole()
    receiving_unit = schemas.text()
    competent_agency = schemas.text()
    applicant_name = schemas.text()
    received_at = schemas.moment()
    due_at = schemas.moment(null=True)
    overdue = schemas.flag()
    ended_at = schemas.moment(null=True)
    finance = schemas.text("none, due, paid hoặc exempted.")
    delivery = schemas.text("none, ready hoặc returned.")
    sync = schemas.text("none, pending, done hoặc refused.")


class Event(Schema):
    """One line of the record."""

    seq = schemas.whole("Thứ tự trong hồ sơ, từ 1, không đứt quãng.")
    at = schemas.moment("Lúc xảy ra.")
    recorded_at = schemas.moment("Lúc ghi vào hệ thống.")
    kind = schemas.text("Điều gì đã xảy ra.")
    step = schemas.text()
    element = schemas.text()
    actor = schemas.text("Ai làm.")
    role = schemas.text()
    agency = schemas.text()
    clock = schemas.text("Đồng hồ của ai đang chạy.")
    data = fields.Dict(required=True)
    hash = schemas.text("Mắt xích của chuỗi: SHA-256 trên dòng này và dòng trước.")


class DeadlineLine(Schema):
    """One line of the explanation of a deadline."""

    text = schemas.text()
    source = schemas.text()


class Stage(Schema):
    """One appointment of several."""

    id = schemas.text()
    name = schemas.text()
    started_at = schemas.moment(null=True)
    due_at = schemas.moment(null=True)
    ended_at = schemas.moment(null=True)


class LegOfChain(Schema):
    """One leg of a chain that has one appointment."""

    id = schemas.text()
    name = schemas.text()
    starts_at = schemas.moment()
    due_at = schemas.moment()
    critical = schemas.flag("Khâu này quyết định ngày hẹn.")
    slack_minutes = schemas.whole("Còn dư bao nhiêu phút làm việc.")


class Deadline(Schema):
    """When the dossier is due, and why."""

    due_at = schemas.moment(null=True)
    due_on = fields.Date(required=True, allow_none=True)
    running = schemas.flag()
    overdue = schemas.flag()
    official = schemas.flag("Lịch nghỉ của năm đến hạn đã được công bố.")
    stages = schemas.listed(Stage)
    legs = schemas.listed(LegOfChain)
    explanation = schemas.listed(DeadlineLine)


@blueprint.route("/dossiers", methods=["POST"])
@posting("dossier.receive")
@blueprint.arguments(ReceiveBody)
@answers(blueprint, 201, schemas.Dossier, tag=True)
def receive(body: dict[str, Any]) -> Response:
    """Tiếp nhận hồ sơ."""
    who = Submitter(**(body.pop("submitter") or {}))
    contact = Contact(**(body.pop("contact") or {}))
    body["files"] = {name: tuple(ids) for name, ids in body["files"].items()}
    command = intake.ReceiveDossier(
        idempotency_key=idempotency_key(), submitter=who, contact=contact, **body
    )
    view = intake.receive(office(), current_actor(), command)
    response = dossier_answer(view, 201)
    response.headers["Location"] = f"/api/v1/dossiers/{view.id}"
    return response


@blueprint.route("/dossiers")
@reading("dossier.list")
@blueprint.arguments(ListQuery, location="query")
@answers(blueprint, 200, schemas.page_of(DossierLine, "DossierPage"))
def list_dossiers(query: dict[str, Any]) -> Response:
    """Liệt kê hồ sơ của cơ quan người gọi, mới nhận trước."""
    found = dossiers.list_dossiers(office(), current_actor(), dossiers.DossierQuery(**query))
    return page(DossierLine(), found)


@blueprint.route("/dossiers/<string:dossier>")
@reading("dossier.read", conditional=True)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def read(dossier: str) -> Response:
    """Đọc một hồ sơ; ETag là phiên bản của nó."""
    view = dossiers.read(office(), current_actor(), dossier)
    return dossier_answer(view)


@blueprint.route("/dossiers/<string:dossier>/history")
@reading("dossier.read")
@answers(blueprint, 200, schemas.page_of(Event, "EventPage"))
def history(dossier: str) -> Response:
    """Đọc toàn bộ lịch sử của một hồ sơ, việc xảy ra trước đứng trước."""
    events = dossiers.history(office(), current_actor(), dossier)
    return page(Event(), Page(items=events))


@blueprint.route("/dossiers/<string:dossier>/deadline")
@reading("dossier.read")
@answers(blueprint, 200, Deadline)
def deadline(dossier: str) -> Response:
    """Xem hạn trả của một hồ sơ và vì sao là hạn đó."""
    found = dossiers.deadline(office(), current_actor(), dossier)
    return jsonify(Deadline().dump(found.as_of(office().clock.now())))


@blueprint.route("/dossiers/<string:dossier>/withdraw", methods=["POST"])
@commanding("dossier.withdraw")
@blueprint.arguments(WithdrawBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def withdraw(body: dict[str, Any], dossier: str) -> Response:
    """Rút hồ sơ theo yêu cầu của người nộp."""
    return carry_out(intake.withdraw, intake.WithdrawDossier, dossier=dossier, **body)
