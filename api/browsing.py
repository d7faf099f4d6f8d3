"""What a browser brings along: the session's cookie, the word in its forms, where it comes from.

Cookies are sent by the browser whoever wrote the form; so an unsafe request by a session must also
come from our own pages (Origin) and carry the session's word (`csrf_token`).
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from workflows import session_keys
from workflows.errors import WorkflowError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD, HEADER = "csrf_token", "X-CSRF-Token"
SECURE_COOKIE, PLAIN_COOKIE = "__Host-motcua", "motcua"
PUBLIC_URL = "motcua.public_url"


class ForgedRequest(WorkflowError):
    """An unsafe request by a session did not come from a page of that session."""

    code = "forged_request"
    sentence = (
        "Yêu cầu không đến từ trang của phiên làm việc này; hãy tải lại trang rồi thực hiện lại."
    )


def public_origin() -> str:
    """Return where people reach the program: as the installation says, else as this request did."""
    return str(current_app.config.get(PUBLIC_URL) or request.host_url).rstrip("/")


def session_key() -> str:
    """Return the key the cookie holds, empty for none."""
    return request.cookies.get(_cookie_name(), "")


def hand_over(response: Response, key: str) -> Response:
    """Let the browser keep a session's key; an empty one takes it away."""
    response.set_cookie(
        _cookie_name(),
        key,
        max_age=None if key else 0,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def kept() -> str:
    """Return what the browser keeps while it is at the identity provider."""
    return request.cookies.get(f"{_cookie_name()}-trip", "")


def keep(response: Response, value: str, *, seconds: int) -> Response:
    """Let the browser keep a value for some seconds; none take it away."""
    response.set_cookie(
        f"{_cookie_name()}-trip",
        value,
        max_age=seconds,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def check_origin() -> None:
    """Raise ForgedRequest for an unsafe request that another site's page sent."""
    if request.method in SAFE_METHODS:
        return
    came_from = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if _origin(came_from) not in {_origin(public_origin()), _origin(request.host_url)}:
        raise ForgedRequest


def check_form(key: str) -> None:
    """Raise ForgedRequest for an unsafe request that no page of this session sent."""
    if request.method in SAFE_METHODS:
        return
    check_origin()
    brought = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not key or not hmac.compare_digest(brought.encode(), session_keys.guard_of(key).encode()):
        raise ForgedRequest


def local_path(path: str) -> str:
    """Return a path of our own to go to, `/` for anything that could lead elsewhere."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    if not ours or parts.scheme or parts.netloc or not path.isprintable():
        return "/"
    return path


def register(app: Flask) -> None:
    """Let every template write `{{ csrf_field() }}` into its forms."""

    def csrf_token() -> str:
        key = session_key()
        return session_keys.guard_of(key) if key else ""

    def csrf_field() -> Markup:
        return Markup('<input type="hidden" name="csrf_token" value="{}">').format(
            escape(csrf_token())
        )

    app.jinja_env.globals.update(csrf_token=csrf_token, csrf_field=csrf_field)


def _is_secure() -> bool:
    return urlsplit(public_origin()).scheme == "https"


def _cookie_name() -> str:
    """Return the name: `__Host-` forbids other hosts and plain HTTP to set it."""
    return SECURE_COOKIE if _is_secure() else PLAIN_COOKIE


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
