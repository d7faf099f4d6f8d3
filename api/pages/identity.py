"""Going to the identity provider and coming back from it."""

from __future__ import annotations

import hmac

from flask import Blueprint, current_app, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from api import browsing
from api.auth import PAGE_OF_STAGE, PUBLIC, declares, office
from api.identity import IdentityRefused, Provider, Trip
from api.pages.signing_in import PROVIDER
from workflows import sessions, signing_in

blueprint = Blueprint("identity", __name__)

BACK = "/sign-in/provider/callback"
TRIP_SECONDS = 600
MOST_TYPED = 2_000


@blueprint.get("/sign-in/provider")
@declares(PUBLIC)
def begin() -> Response:
    """Send the browser to the provider."""
    ids = office().ids
    trip = Trip(
        state=ids.new_token(),
        nonce=ids.new_token(),
        verifier=ids.new_token(),
        next=browsing.local_path(request.args.get("next", "/")),
    )
    away = redirect(_provider().way_in(trip, _back()), 303)
    return browsing.keep(away, trip.pack(), seconds=TRIP_SECONDS)


@blueprint.get(BACK)
@declares(PUBLIC)
def callback() -> Response:
    """Take somebody in whom the provider vouches for, on the trip this browser began."""
    provider, trip = _provider(), Trip.unpack(browsing.kept())
    state, code = _given("state"), _given("code")
    if trip is None or not hmac.compare_digest(trip.state.encode(), state.encode()):
        raise IdentityRefused(provider.name, "yêu cầu này không bắt đầu từ trình duyệt này")
    if not code:
        raise IdentityRefused(provider.name, "nơi cấp danh tính từ chối")
    vouched = provider.vouched(trip, code, _back(), office().clock.now())
    opened = signing_in.sign_in_vouched(
        office(),
        vouched.person,
        identity_token=vouched.identity_token,
        address=request.remote_addr or "",
        browser=request.headers.get("User-Agent", ""),
    )
    sessions.sign_out(office(), browsing.session_key())
    to = PAGE_OF_STAGE.get(opened.stage, browsing.local_path(trip.next))
    return browsing.keep(browsing.hand_over(redirect(to, 303), opened.key), "", seconds=0)


def _provider() -> Provider:
    provider = current_app.config.get(PROVIDER)
    if not isinstance(provider, Provider):
        raise NotFound
    return provider


def _back() -> str:
    return browsing.public_origin() + BACK


def _given(name: str) -> str:
    return request.args.get(name, "")[:MOST_TYPED]
