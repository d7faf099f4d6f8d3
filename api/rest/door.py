"""What every REST route shares: its declared action, its documented problems, its paging.

Views stay three lines long because of this module; it asks no use case itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from marshmallow import Schema

from api.auth import declares
from api.rest.conditions import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_IF_ANY,
    idempotency_key,
    seen_revision,
    seen_revision_if_any,
)
from api.rest.examples import example_of
from api.rest.fields import Strict, Text, Whole
from api.rest.parsing import Noun
from engine.law.authority import RULES
from workflows.paging import MOST_ROWS
from workflows.views import Page

View = Callable[..., Any]

READ_PROBLEMS = (400, 401, 403, 404, 405, 422, 429, 500, 503)
WRITE_PROBLEMS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
COMMAND_PROBLEMS = (*WRITE_PROBLEMS, 412, 428)
PAGE_USUAL = 50


class PageQuery(Strict):
    """Which part of a list: at most `limit` rows, going on after an opaque `cursor`."""

    limit = Whole(
        least=1,
        most=MOST_ROWS,
        load_default=PAGE_USUAL,
        metadata={"description": f"Số dòng mỗi trang, nhiều nhất {MOST_ROWS}."},
    )
    cursor = Text(
        most=500,
        load_default="",
        metadata={"description": "Giá trị next_cursor của trang trước; không tự đặt."},
    )


def reading(action: str, *, conditional: bool = False) -> Callable[[View], View]:
    """Declare a route that only reads; `conditional` where If-None-Match and If-Match count."""
    return _door(action, (*READ_PROBLEMS, 304, 412) if conditional else READ_PROBLEMS)


def posting(action: str) -> Callable[[View], View]:
    """Declare a route that makes something new: an Idempotency-Key is required."""
    return _door(action, WRITE_PROBLEMS, (IDEMPOTENCY_KEY, idempotency_key))


def commanding(action: str) -> Callable[[View], View]:
    """Declare a command on a dossier: If-Match and Idempotency-Key are required."""
    key, revision = (IDEMPOTENCY_KEY, idempotency_key), (IF_MATCH, seen_revision)
    return _door(action, COMMAND_PROBLEMS, revision, key)


def answering(action: str) -> Callable[[View], View]:
    """Declare an answer from outside: an Idempotency-Key is required, If-Match is honoured.

    Several agencies answer for one dossier at once; one that answers changes what the others saw,
    and that is no reason to refuse them.
    """
    key, revision = (IDEMPOTENCY_KEY, idempotency_key), (IF_MATCH_IF_ANY, seen_revision_if_any)
    return _door(action, (*WRITE_PROBLEMS, 412), revision, key)


def _door(
    action: str, problems: tuple[int, ...], *headers: tuple[dict[str, Any], Callable[[], Any]]
) -> Callable[[View], View]:
    """Declare the action; check the headers before anything is read of the body."""
    documented: dict[str, Any] = {
        "responses": {status: HTTPStatus(status).name for status in problems},
        "security": [{"bearer": []}],
        "x-action": action,
    }
    if headers:
        documented["parameters"] = [description for description, _ in headers]

    def decorator(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            for _, read in headers:
                read()
            return view(*args, **kwargs)

        said = {**documented, "description": _described(view, action)}
        return declares(action)(Noun.doc(**said)(checked))

    return decorator


def _described(view: View, action: str) -> str:
    """Return what a route says beside its summary: the rest of its docstring, and who may ask."""
    _, _, rest = (view.__doc__ or "").strip().partition("\n")
    more = " ".join(rest.split())
    rule = RULES.get(action)
    who = f"Ai được gọi: {rule.sentence}" if rule is not None else "Ai được gọi: xem tài liệu."
    return f"{more}\n\n{who}".strip()


def answers(blueprint: Noun, status: int, schema: type[Schema], *, tag: bool = False) -> Any:
    """Document and serialise the answer of a route; `tag` where it carries an ETag."""
    headers = {"ETag": ETAG} if tag else None
    return blueprint.response(status, schema, headers=headers, example=example_of(schema))


def page(schema: Schema, found: Page) -> Response:
    """Answer one page of a list, with the address of the next one in `Link`."""
    items = schema.dump(found.items, many=True)
    response = jsonify({"items": items, "next_cursor": found.cursor or None})
    if found.cursor:
        query = {**request.args.to_dict(), "cursor": found.cursor}
        response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return response
