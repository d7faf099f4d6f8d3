"""Who is calling: by the bearer token of the request, or by the session of the browser.

Every route declares the action it is for (`declares`); one that does not is refused by a test.
Whether the caller may do it to this dossier is decided below the doors, in `engine.law.authority`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from flask import abort, current_app, g, redirect, request

from api import browsing
from engine.law.authority import Actor
from workflows import accounts, sessions
from workflows.errors import Unauthenticated
from workflows.office import Office
from workflows.session_keys import Stage

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
SCHEME = "bearer"
API = "/api/"
SIGN_IN = "/sign-in"
PAGE_OF_STAGE = {
    Stage.SECOND_FACTOR: "/sign-in/second-factor",
    Stage.NEW_PASSWORD: "/sign-in/password",
    Stage.POST: "/sign-in/post",
}


def office() -> Office:
    """Return the office the application was joined with."""
    return cast("Office", current_app.extensions["motcua"])


def current_actor() -> Actor:
    """Return who is calling, by token or session; raises Unauthenticated. Asked once per request.

    A request that brings a token is never helped by a cookie.
    """
    if "actor" not in g:
        if "Authorization" in request.headers:
            caller = accounts.caller_of(office(), _bearer())
            g.actor, g.token_until = caller.actor, caller.until
        else:
            key = browsing.session_key()
            if not key:
                raise Unauthenticated
            g.actor = sessions.actor_of(office(), key)
            g.by_session = True
    return cast("Actor", g.actor)


def token_until() -> datetime | None:
    """Return when the token that was shown ends, None for a session."""
    return cast("datetime | None", g.get("token_until"))


def by_session() -> bool:
    """Tell whether the caller was known by the session of a browser."""
    return bool(g.get("by_session", False))


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise Unauthenticated
    return token.strip()


def declares(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which action a route is for; all but public ones need a known caller first.

    On a page somebody unknown is led to sign in and back; an unsafe request by a session must come
    from one of its own pages.
    """

    def decorator(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if action != PUBLIC:
                _know_caller()
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return decorator


def _know_caller() -> None:
    try:
        current_actor()
    except Unauthenticated:
        if request.path.startswith(API) or "Authorization" in request.headers:
            raise
        abort(redirect(_way_in(), 303))
    if by_session():
        browsing.check_form(browsing.session_key())


def _way_in() -> str:
    """Return the page that lets somebody in: the next one of a sign-in that has begun."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else "/"
    query = urlencode({"next": browsing.local_path(asked)})
    try:
        stage = sessions.stage_of(office(), browsing.session_key())
    except Unauthenticated:
        return f"{SIGN_IN}?{query}"
    return f"{PAGE_OF_STAGE.get(stage, SIGN_IN)}?{query}"
