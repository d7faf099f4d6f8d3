"""Who is calling: the bearer token of the request, bound to a person, an agency and a role.

Every route declares the action it is for (`declares`); one that does not is refused by a test.
Whether the caller may do it to this dossier is decided below the doors, in `engine.law.authority`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, request

from engine.law.authority import Actor
from workflows import accounts
from workflows.errors import Unauthenticated
from workflows.office import Office

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
SCHEME = "bearer"


def office() -> Office:
    """Return the office the application was joined with."""
    return cast("Office", current_app.extensions["motcua"])


def current_actor() -> Actor:
    """Return who is calling; raises Unauthenticated. Asked once per request."""
    if "actor" not in g:
        g.actor = accounts.actor_of(office(), _bearer())
    return cast("Actor", g.actor)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise Unauthenticated
    return token.strip()


def declares(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which action a route is for; all but public ones need a known caller first."""

    def decorator(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if action != PUBLIC:
                current_actor()
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return decorator
