"""Webhooks (đăng ký nhận tin): subscriptions, secrets, deliveries, replay and test."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import PageQuery, answers, page, posting, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from api.rest.tasks import Nothing
from workflows import webhooks
from workflows.delivering import Carriers
from workflows.parcels import Receipt
from workflows.views import Page

blueprint = Noun("webhooks", __name__, description="Báo tin cho hệ thống khác (webhook).")

CARRIERS = "motcua.carriers"
ONE = "/webhooks/<string:webhook>"


class WebhookBody(Strict):
    """Whom to tell, of which kinds of events, of which agency's dossiers."""

    url = Text(required=True, most=webhooks.MAX_URL, metadata={"description": "Địa chỉ https."})
    kinds = fields.List(Text(most=80), load_default=list)
    agency = Text(
        most=40,
        load_default="",
        blank=True,
        metadata={
            "description": "Trống là cơ quan mình; của quản trị cấp cao nhất là mọi cơ quan."
        },
    )


class Webhook(Schema):
    """A subscription; its secret is shown only when it was just made."""

    id = schemas.text()
    url = schemas.text()
    kinds = fields.List(fields.String(), required=True)
    agency = schemas.text("Trống là mọi cơ quan.")
    state = schemas.text("active, paused, disabled (lỗi quá lâu) hoặc removed.")
    failing_since = schemas.moment("Bắt đầu không nhận được tin.", null=True)
    created_at = schemas.moment()
    created_by = schemas.text()
    secrets = schemas.whole("Số khóa đang dùng để ký.")
    secret = schemas.text("Khóa ký mới, chỉ hiện một lần; trống ở các câu trả lời khác.")


class Try(Schema):
    """One try of delivering."""

    attempt = schemas.whole()
    at = schemas.moment()
    status = schemas.whole("Mã trạng thái của bên nhận; 0 là không trả lời.")
    took_ms = schemas.whole()
    fault = schemas.text()


class Delivery(Schema):
    """A message for a subscription and how its delivery went."""

    id = schemas.text("Cũng là webhook-id.")
    kind = schemas.text()
    dossier_code = schemas.text()
    seq = schemas.whole()
    state = schemas.text("pending, done, stuck hoặc skipped.")
    created_at = schemas.moment()
    sent_at = schemas.moment(null=True)
    attempts = schemas.whole()
    tries = schemas.listed(Try)


class TestResult(Schema):
    """What the receiver answered to a test."""

    delivered = schemas.flag()
    status = schemas.whole()
    took_ms = schemas.whole()
    fault = schemas.text()


@blueprint.route("/webhooks")
@reading("webhook.manage")
@answers(blueprint, 200, schemas.page_of(Webhook, "WebhookPage"))
def list_webhooks() -> Response:
    """Liệt kê các đăng ký nhận tin."""
    return page(Webhook(), Page(items=webhooks.subscriptions(office(), current_actor())))


@blueprint.route("/webhooks", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(WebhookBody)
@answers(blueprint, 201, Webhook)
def add(body: dict[str, Any]) -> tuple[Response, int]:
    """Đăng ký nhận tin; câu trả lời có khóa ký, chỉ hiện lần này."""
    body["kinds"] = tuple(body["kinds"])
    command = webhooks.Subscribe(idempotency_key=idempotency_key(), **body)
    made = webhooks.subscribe(office(), current_actor(), command)
    return jsonify(Webhook().dump(made)), 201


@blueprint.route(f"{ONE}/pause", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, Webhook)
def pause(_body: dict[str, Any], webhook: str) -> Response:
    """Tạm dừng một đăng ký."""
    return _change(webhook, "pause")


@blueprint.route(f"{ONE}/resume", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, Webhook)
def resume(_body: dict[str, Any], webhook: str) -> Response:
    """Cho một đăng ký nhận tin trở lại."""
    return _change(webhook, "resume")


@blueprint.route(f"{ONE}/rotate", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, Webhook)
def rotate(_body: dict[str, Any], webhook: str) -> Response:
    """Thêm khóa ký mới; khóa trước vẫn ký cho tới lần đổi sau."""
    return _change(webhook, "rotate")


@blueprint.route(f"{ONE}/remove", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, Webhook)
def remove(_body: dict[str, Any], webhook: str) -> Response:
    """Bỏ một đăng ký."""
    return _change(webhook, "remove")


@blueprint.route(f"{ONE}/test", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, TestResult)
def test(_body: dict[str, Any], webhook: str) -> Response:
    """Gửi thử một tin ngay bây giờ và xem bên nhận trả lời gì."""
    carriers = cast("Carriers", current_app.extensions[CARRIERS])
    if carriers.post is None:
        receipt = Receipt(fault="no carrier")
    else:
        receipt = webhooks.try_out(office(), current_actor(), webhook, carriers.post)
    return jsonify(TestResult().dump(receipt))


@blueprint.route(f"{ONE}/deliveries")
@reading("webhook.manage")
@blueprint.arguments(PageQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Delivery, "DeliveryPage"))
def list_deliveries(query: dict[str, Any], webhook: str) -> Response:
    """Xem các tin của một đăng ký và từng lần gửi, mới nhất trước."""
    found = webhooks.deliveries(office(), current_actor(), webhook, **query)
    return page(Delivery(), found)


@blueprint.route(f"{ONE}/deliveries/<string:message>/replay", methods=["POST"])
@posting("webhook.manage")
@blueprint.arguments(Nothing)
@answers(blueprint, 200, Delivery)
def replay(_body: dict[str, Any], webhook: str, message: str) -> Response:
    """Gửi lại một tin với đúng mã cũ."""
    command = webhooks.ReplayDelivery(
        subscription=webhook, message=message, idempotency_key=idempotency_key()
    )
    return jsonify(Delivery().dump(webhooks.replay(office(), current_actor(), command)))


def _change(webhook: str, what: str) -> Response:
    command = webhooks.ChangeSubscription(
        subscription=webhook, what=what, idempotency_key=idempotency_key()
    )
    return jsonify(Webhook().dump(webhooks.change(office(), current_actor(), command)))
