"""The page of one's own account: password, second factor, sessions, tokens.

What protects an account is changed in a session only; a token opens none of this.
"""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Blueprint, Response, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from api import browsing
from api.auth import by_session, current_actor, declares, office
from api.formatting import moment
from api.pages import shell
from api.pages.letters import NAMES
from api.pages.shell import ROLE_NAMES, agency_name, show
from api.problems import status_of
from engine.errors import Rejected
from engine.law.authority import Actor
from workflows import accounts, letters, second_factors, sessions
from workflows.errors import Forbidden, WorkflowError
from workflows.second_factors import ChangePassword

blueprint = Blueprint("account", __name__)

OWN = "account.own"
MOST_TYPED = 400


@blueprint.get("/account")
@declares(OWN)
def own_account() -> Response:
    """Show what protects the account, where it is signed in, its tokens."""
    return _page()


@blueprint.get("/start")
@declares(OWN)
def start() -> AnyResponse:
    """Lead somebody who signed in to the first page of their work."""
    places = shell.looking(current_actor()).places
    endpoint = places[0].endpoint if places else "account.own_account"
    return redirect(url_for(endpoint), 303)


@blueprint.post("/account/password")
@declares(OWN)
def change_password() -> AnyResponse:
    """Change the password; every other session ends."""
    new, again = request.form.get("password", ""), request.form.get("again", "")
    if new != again:
        return _page(fault="Hai lần gõ mật khẩu mới không giống nhau.", status=422)
    command = ChangePassword(
        present=_typed("present"),
        new=new,
        session_key=browsing.session_key(),
        address=request.remote_addr or "",
    )
    return _done(lambda actor: second_factors.change_password(office(), actor, command))


@blueprint.post("/account/letters")
@declares(OWN)
def choose_letters() -> AnyResponse:
    """Set where letters go, and which are wanted."""
    wanted = tuple(request.form.getlist("notice"))
    command = letters.ChooseLetters(email=_typed("email"), wanted=wanted)
    return _done(lambda actor: letters.choose(office(), actor, command))


@blueprint.post("/account/second-factor")
@declares(OWN)
def enrol() -> AnyResponse:
    """Show a new secret as a QR code; it counts once a code of it was typed."""
    try:
        enrolment = second_factors.enrol(office(), _in_session())
    except WorkflowError as refused:
        return _page(fault=refused.message, status=status_of(refused))
    return _page(enrolment=enrolment, qr=_qr(enrolment.address))


@blueprint.post("/account/second-factor/confirm")
@declares(OWN)
def confirm() -> AnyResponse:
    """Put the second factor in force and show the recovery codes, once."""
    try:
        codes = second_factors.confirm(office(), _in_session(), _typed("code"))
    except WorkflowError as refused:
        return _page(fault=refused.message, status=status_of(refused))
    return _page(codes=codes)


@blueprint.post("/account/second-factor/remove")
@declares(OWN)
def remove() -> AnyResponse:
    """Take the second factor away."""
    address = request.remote_addr or ""
    return _done(
        lambda actor: second_factors.remove(office(), actor, _typed("present"), address=address)
    )


@blueprint.post("/account/sessions/<string:session>/end")
@declares(OWN)
def end_session(session: str) -> AnyResponse:
    """End one of the own sessions."""
    return _done(lambda actor: sessions.end_session(office(), actor, session))


@blueprint.post("/account/tokens")
@declares(OWN)
def new_token() -> AnyResponse:
    """Make a token for the own post and show it, once."""
    days = _typed("days")
    command = accounts.IssueToken(
        label=_typed("label"),
        scopes=tuple(request.form.getlist("scope")),
        days=int(days) if days.isascii() and days.isdecimal() and len(days) < len("9999") else 0,
    )
    try:
        issued = accounts.issue_own_token(office(), _in_session(), command)
    except WorkflowError as refused:
        return _page(fault=refused.message, status=status_of(refused))
    return _page(issued=issued)


@blueprint.post("/account/tokens/<string:token>/revoke")
@declares(OWN)
def revoke_token(token: str) -> AnyResponse:
    """End one of the own tokens."""
    command = accounts.RevokeToken(token=token)
    return _done(lambda actor: accounts.revoke_own_or_other(office(), actor, command))


def _in_session() -> Actor:
    actor = current_actor()
    if not by_session():
        raise Forbidden("session_only")
    return actor


def _done(work: Any) -> AnyResponse:
    """Do one thing and show the account again; what is refused is said above."""
    try:
        work(_in_session())
    except Forbidden:
        raise
    except (WorkflowError, Rejected) as refused:
        response = _page(fault=refused.message, status=status_of(refused))
        if wait := getattr(refused, "retry_after", 0):
            response.headers["Retry-After"] = str(wait)
        return response
    return redirect("/account", 303)


def _page(*, fault: str = "", status: int = 200, **values: Any) -> Response:
    actor, here = _in_session(), office()
    page = show(
        "account/own.html",
        section="account",
        actor=actor,
        fault=fault,
        account=second_factors.own(here, actor),
        letters=letters.own(here, actor),
        notice_names=NAMES,
        actor_role=ROLE_NAMES.get(actor.role, actor.role),
        actor_agency=agency_name(actor.agency),
        on_behalf_of=actor.on_behalf_of,
        sessions=sessions.own_sessions(here, actor, browsing.session_key()),
        tokens=[t for t in accounts.list_tokens(here, actor) if t.revoked_at is None],
        scopes=accounts.SCOPES,
        moment=moment,
        **values,
    )
    response = Response(page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _qr(address: str) -> Markup:
    """Return the QR code of an address as SVG that stands in the page: no picture is fetched."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 - made by us


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:MOST_TYPED]
