"""Access tokens of an agency: who has one for what, used when, ended by hand."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page, choice_of_agencies
from api.pages.asking import Asking, asking, attempt, form_key
from workflows import accounts
from workflows.naming import names_of

blueprint = Blueprint("admin_tokens", __name__)


@blueprint.get("/admin/tokens")
@declares("token.list")
def tokens() -> str:
    """List the tokens of an agency and those below it."""
    return _page(asking())


@blueprint.post("/admin/tokens/<string:token>/revoke")
@declares("token.revoke")
def revoke(token: str) -> Answer:
    """End a token at once."""
    asked = accounts.RevokeToken(token=token, idempotency_key=form_key())
    return attempt(
        lambda: accounts.revoke_own_or_other(office(), current_actor(), asked),
        lambda _: url_for("admin_tokens.tokens", done="revoked"),
        _page,
    )


def _page(said: Asking) -> str:
    here, actor, now = office(), current_actor(), office().clock.now()
    agency = request.args.get("agency", "") or actor.agency
    found = accounts.list_tokens(here, actor, agency)
    living = [t for t in found if t.revoked_at is None and t.expires_at > now]
    ended = [t for t in found if t not in living]
    return admin_page(
        "tokens.html",
        "tokens",
        asking=said,
        tokens=sorted(living, key=lambda t: t.expires_at),
        ended=len(ended),
        names=names_of(here, [t.person for t in living]),
        agency=agency,
        agencies=choice_of_agencies(),
        done="Mã truy cập đã thu hồi." if request.args.get("done") else "",
    )
