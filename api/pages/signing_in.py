"""Pages to sign in and out: password, second factor, a new password, the choice of a post.

Plain forms that need no JavaScript. They decide nothing: which page comes next is the session's
stage, and it is looked up again for every request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from api import browsing
from api.auth import PAGE_OF_STAGE, PUBLIC, declares, office
from api.pages.shell import ROLE_NAMES, agency_name, show
from api.problems import status_of
from workflows import sessions, signing_in
from workflows.errors import WorkflowError
from workflows.session_keys import Opened, Stage
from workflows.signing_in import SignIn

blueprint = Blueprint("signing_in", __name__)

MOST_TYPED = 400
PROVIDER = "motcua.identity_provider"
START = "/start"  # leads everybody to their own first page


@blueprint.get("/sign-in")
@declares(PUBLIC)
def sign_in_page() -> Response:
    """Ask for code and password."""
    return _form("sign_in.html")


@blueprint.post("/sign-in")
@declares(PUBLIC)
def sign_in() -> AnyResponse:
    """Begin a session; an older one of this browser ends."""
    browsing.check_origin()

    def begin() -> Opened:
        command = SignIn(
            person=_typed("person"),
            password=request.form.get("password", "")[:MOST_TYPED],
            address=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
        )
        opened = signing_in.sign_in(office(), command)
        sessions.sign_out(office(), browsing.session_key())
        return opened

    return _step("sign_in.html", begin)


@blueprint.get("/sign-in/second-factor")
@declares(PUBLIC)
def second_factor_page() -> AnyResponse:
    """Ask for the code of the telephone."""
    return _page_of(Stage.SECOND_FACTOR, "second_factor.html")


@blueprint.post("/sign-in/second-factor")
@declares(PUBLIC)
def second_factor() -> AnyResponse:
    """Go on by the code, or by a recovery code."""
    key = _own_form()
    return _step(
        "second_factor.html",
        lambda: signing_in.prove_second_factor(office(), key, _typed("code")),
    )


@blueprint.get("/sign-in/password")
@declares(PUBLIC)
def password_page() -> AnyResponse:
    """Ask for a password of one's own instead of the one-time one."""
    return _page_of(Stage.NEW_PASSWORD, "new_password.html")


@blueprint.post("/sign-in/password")
@declares(PUBLIC)
def password() -> AnyResponse:
    """Keep the new password and go on."""
    key = _own_form()
    new, again = request.form.get("password", ""), request.form.get("again", "")
    if new != again:
        return _form("new_password.html", fault="Hai lần gõ không giống nhau.", status=422)
    return _step("new_password.html", lambda: signing_in.choose_password(office(), key, new))


@blueprint.get("/sign-in/post")
@declares(PUBLIC)
def post_page() -> AnyResponse:
    """Ask in which post the person acts now."""
    key = browsing.session_key()
    stage = _stage()
    if stage not in {Stage.POST, Stage.OPEN}:
        return _elsewhere(stage)
    choices = [
        {
            "id": choice.id,
            "role": ROLE_NAMES.get(choice.role, choice.role),
            "agency": agency_name(choice.agency),
            "on_behalf_of": choice.on_behalf_of,
        }
        for choice in signing_in.post_choices(office(), key)
    ]
    return _form("post.html", choices=choices)


@blueprint.post("/sign-in/post")
@declares(PUBLIC)
def post() -> AnyResponse:
    """Act in the chosen post from now on."""
    key = _own_form()
    return _moved(signing_in.choose_post(office(), key, _typed("post")))


@blueprint.post("/sign-out")
@declares(PUBLIC)
def sign_out() -> AnyResponse:
    """End the session, here and at the identity provider it came by."""
    key = _own_form()
    identity_token = sessions.sign_out(office(), key)
    to = _way_out(identity_token)
    return browsing.hand_over(_go(to), "")


def _way_out(identity_token: str) -> str:
    """Return where to go after signing out; a provider that is down keeps nobody in."""
    provider = current_app.config.get(PROVIDER)
    if provider is None or not identity_token:
        return "/sign-in"
    try:
        return str(provider.way_out(identity_token, browsing.public_origin() + "/sign-in"))
    except WorkflowError:
        return "/sign-in"


def _own_form() -> str:
    key = browsing.session_key()
    browsing.check_form(key)
    return key


def _step(template: str, begin: Callable[[], Opened]) -> AnyResponse:
    """Do one step of signing in; what is refused is said above the form."""
    try:
        return _moved(begin())
    except WorkflowError as refused:
        status = status_of(refused)
        response = _form(template, fault=refused.message, status=status)
        if wait := getattr(refused, "retry_after", 0):
            response.headers["Retry-After"] = str(wait)
        return response


def _moved(session: Opened) -> AnyResponse:
    to = _next()
    if session.stage in PAGE_OF_STAGE:
        to = f"{PAGE_OF_STAGE[session.stage]}?{urlencode({'next': to})}"
    return browsing.hand_over(_go(to), session.key)


def _page_of(stage: Stage, template: str) -> AnyResponse:
    found = _stage()
    return _form(template) if found is stage else _elsewhere(found)


def _elsewhere(stage: Stage | None) -> AnyResponse:
    if stage is Stage.OPEN:
        return _go(_next())
    to = PAGE_OF_STAGE[stage] if stage is not None else "/sign-in"
    return _go(f"{to}?{urlencode({'next': _next()})}")


def _stage() -> Stage | None:
    try:
        return sessions.stage_of(office(), browsing.session_key())
    except WorkflowError:
        return None


def _form(template: str, *, fault: str = "", status: int = 200, **values: Any) -> Response:
    page = show(
        f"account/{template}",
        section="account",
        fault=fault,
        next=_next(),
        person=request.values.get("person", "").strip()[:MOST_TYPED],
        provider=current_app.config.get(PROVIDER),
        **values,
    )
    response = Response(page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _next() -> str:
    return browsing.local_path(request.values.get("next", START))


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:MOST_TYPED]


def _go(to: str) -> AnyResponse:
    return redirect(to, 303)
