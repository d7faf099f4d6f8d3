"""What every answer carries: the request's id and the headers that keep a browser safe.

Scripts and styles come from us alone, never inline. bpmn-js and RapiDoc write inline styles, so
the pages that show them (and only those) allow inline styles, not inline scripts.
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from api.auth import office

REQUEST_ID = "X-Request-Id"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
STRICT = "'self'"
RELAXED = "'self' 'unsafe-inline'"
RELAXED_ENDPOINTS = frozenset(
    {"pages.procedure", "pages.api_reference", "dossier_pages.show_place"}
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask) -> None:
    """Give every request an id, and every answer its headers."""

    def name_request() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if GIVEN_ID.fullmatch(given) else office().ids.new_id()

    def protect(response: Response) -> Response:
        styles = RELAXED if request.endpoint in RELAXED_ENDPOINTS else STRICT
        response.headers["Content-Security-Policy"] = POLICY.format(styles=styles)
        response.headers.extend(FIXED)
        response.headers[REQUEST_ID] = g.get("request_id", "")
        if request.path.startswith("/api/v1/") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.before_request(name_request)
    app.after_request(protect)
