"""Other systems that are told what happens: webhooks, their secrets, deliveries and failures."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page, choice_of_agencies
from api.pages.asking import Asking, asking, attempt, form_key
from api.rest.webhooks import CARRIERS
from engine.timing.events import KINDS
from workflows import webhooks
from workflows.delivering import Carriers
from workflows.parcels import Receipt
from workflows.permitting import MANAGE_WEBHOOKS, list_of, permit

blueprint = Blueprint("admin_partners", __name__)

ONE = "/admin/partners/<string:webhook>"
STATES = {
    "active": ("đang nhận", "running"),
    "paused": ("tạm dừng", "paused"),
    "disabled": ("đã ngừng vì lỗi quá lâu", "late"),
}
SENT = {
    "done": ("đã nhận", "done"),
    "pending": ("đang chờ gửi", "soon"),
    "stuck": ("gửi không được", "late"),
    "skipped": ("đã bỏ", "paused"),
}
DONE = {
    "pause": "Đã tạm dừng.",
    "resume": "Nhận tin trở lại.",
    "remove": "Đã bỏ đăng ký.",
    "replay": "Tin sẽ được gửi lại với đúng mã cũ.",
}


@blueprint.get("/admin/partners")
@declares("webhook.manage")
def partners() -> str:
    """List who is told."""
    return _all(asking())


@blueprint.post("/admin/partners")
@declares("webhook.manage")
def subscribe() -> Answer:
    """Add a subscription and show its secret, this once."""
    permit(current_actor(), MANAGE_WEBHOOKS, list_of(current_actor().agency))
    asked = webhooks.Subscribe(
        url=request.form.get("url", "").strip(),
        kinds=tuple(request.form.getlist("kind")),
        agency=request.form.get("agency", ""),
        idempotency_key=form_key(),
    )
    made: list[webhooks.SubscriptionView] = []
    answer = attempt(
        lambda: made.append(webhooks.subscribe(office(), current_actor(), asked)),
        lambda _: url_for("admin_partners.partners"),
        _all,
    )
    return _once(_one(made[0].id, asking(), secret=made[0].secret)) if made else answer


@blueprint.get(ONE)
@declares("webhook.manage")
def partner(webhook: str) -> str:
    """Show a subscription and what was delivered to it."""
    return _one(webhook, asking())


@blueprint.post(f"{ONE}/test")
@declares("webhook.manage")
def test(webhook: str) -> str:
    """Send a message about nothing, and show what came back."""
    permit(current_actor(), MANAGE_WEBHOOKS, list_of(current_actor().agency))
    post = cast("Carriers", current_app.extensions[CARRIERS]).post
    if post is None:
        receipt = Receipt(fault="chưa có đường gửi")
    else:
        receipt = webhooks.try_out(office(), current_actor(), webhook, post)
    return _one(webhook, asking(), receipt=receipt)


@blueprint.post(f"{ONE}/rotate")
@declares("webhook.manage")
def rotate(webhook: str) -> Answer:
    """Add a new secret and show it, this once."""
    changed = _change(webhook, "rotate")
    return _once(_one(webhook, asking(), secret=changed.secret))


@blueprint.post(f"{ONE}/pause", defaults={"what": "pause"}, endpoint="pause")
@blueprint.post(f"{ONE}/resume", defaults={"what": "resume"}, endpoint="resume")
@blueprint.post(f"{ONE}/remove", defaults={"what": "remove"}, endpoint="remove")
@declares("webhook.manage")
def change(webhook: str, what: str) -> Answer:
    """Pause, resume or remove a subscription."""

    def then(_: Any) -> str:
        if what == "remove":
            return url_for("admin_partners.partners", done=what)
        return url_for("admin_partners.partner", webhook=webhook, done=what)

    return attempt(lambda: _change(webhook, what), then, lambda said: _one(webhook, said))


@blueprint.post(f"{ONE}/deliveries/<string:message>/replay")
@declares("webhook.manage")
def replay(webhook: str, message: str) -> Answer:
    """Send a message once more."""
    asked = webhooks.ReplayDelivery(
        subscription=webhook, message=message, idempotency_key=form_key()
    )
    return attempt(
        lambda: webhooks.replay(office(), current_actor(), asked),
        lambda _: url_for("admin_partners.partner", webhook=webhook, done="replay"),
        lambda said: _one(webhook, said),
    )


def _change(webhook: str, what: str) -> webhooks.SubscriptionView:
    command = webhooks.ChangeSubscription(
        subscription=webhook, what=what, idempotency_key=form_key()
    )
    return webhooks.change(office(), current_actor(), command)


def _all(said: Asking) -> str:
    return admin_page(
        "partners.html",
        "partners",
        asking=said,
        subscriptions=webhooks.subscriptions(office(), current_actor()),
        states=STATES,
        kinds=sorted(KINDS),
        agencies=choice_of_agencies(),
        done=DONE.get(request.args.get("done", ""), ""),
    )


def _one(webhook: str, said: Asking, *, secret: str = "", receipt: Receipt | None = None) -> str:
    here, actor = office(), current_actor()
    cursor = request.args.get("cursor", "")
    found = webhooks.deliveries(here, actor, webhook, cursor=cursor, limit=25)
    known = {each.id: each for each in webhooks.subscriptions(here, actor)}
    return admin_page(
        "partner.html",
        "partners",
        asking=said,
        it=known[next(i for i in known if i.replace("-", "") == webhook.replace("-", ""))],
        secret=secret,
        receipt=receipt,
        deliveries=found.items,
        following=found.cursor,
        states=STATES,
        sent=SENT,
        done=DONE.get(request.args.get("done", ""), ""),
    )


def _once(page: str) -> Response:
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
