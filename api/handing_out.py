"""Hands out files: what a browser shows, what it keeps, and what people handed in.

The one place that writes the headers of a file. Not for who may have it: the use case said so.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

PDF = "application/pdf"


def shown(content: bytes, name: str, media_type: str = PDF) -> Response:
    """Answer a file of ours that a browser shows."""
    return _named(Response(content, mimetype=media_type), f'inline; filename="{name}"')


def kept(content: bytes, name: str, media_type: str) -> Response:
    """Answer a file of ours that is kept."""
    return _named(Response(content, mimetype=media_type), f'attachment; filename="{name}"')


def handed_in(content: bytes, name: str, media_type: str) -> Response:
    """Answer a file somebody handed in: never shown, nothing in it is run, whatever its name."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _named(response, f"attachment; filename*=UTF-8''{quote(name, safe='')}")


def _named(response: Response, disposition: str) -> Response:
    response.headers["Content-Disposition"] = disposition
    return response
