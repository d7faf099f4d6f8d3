"""The conditions of a command: which revision the caller saw, and the key that makes retries safe.

Also the ETag of answers. Comparing the revision with the stored one happens inside the use case's
transaction, never here.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Response, jsonify, request

from api.errors import KeyMissing, KeyUnusable, RevisionMissing, RevisionUnreadable

REVISION = re.compile(r'\s*"(\d{1,15})"\s*')
KEY = re.compile(r"[\x21-\x7e]{1,200}")

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag của hồ sơ mà người gọi đã đọc; thiếu thì nhận 428, đã cũ thì nhận 412.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$'},
    "example": '"3"',
}
IF_MATCH_IF_ANY = {
    **IF_MATCH,
    "required": False,
    "description": "ETag của hồ sơ mà người gọi đã đọc (revision trong danh sách). Có thì phải còn "
    "đúng, đã cũ thì nhận 412; không có thì câu trả lời được nhận ở bản hiện nay của hồ sơ.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Giá trị mới cho mỗi việc (nên dùng UUID); gửi lại cùng việc thì giữ nguyên, "
    "kết quả như lần đầu.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "example": "7c0f3f6e-5a0e-4b7e-9d53-1f1b6a0f6c11",
}
ETAG = {
    "description": "Phiên bản của hồ sơ; gửi lại trong If-Match khi ra lệnh tiếp theo.",
    "schema": {"type": "string"},
}


def seen_revision() -> int:
    """Return the revision the caller saw; raises RevisionMissing or RevisionUnreadable."""
    value = request.headers.get("If-Match")
    if value is None:
        raise RevisionMissing
    if not (match := REVISION.fullmatch(value)):
        raise RevisionUnreadable(value[:40])
    return int(match[1])


def seen_revision_if_any() -> int | None:
    """Return the revision the caller saw, None when it says none; raises RevisionUnreadable."""
    return seen_revision() if "If-Match" in request.headers else None


def idempotency_key() -> str:
    """Return the key of this command; raises KeyMissing or KeyUnusable."""
    value = request.headers.get("Idempotency-Key")
    if value is None:
        raise KeyMissing
    if not KEY.fullmatch(value):
        raise KeyUnusable
    return value


def tagged(body: object, revision: int, status: int = 200) -> Response:
    """Answer a dossier with its strong ETag; 304 where the caller has this revision already."""
    response = jsonify(body)
    response.status_code = status
    response.set_etag(str(revision))
    if request.method == "GET":
        conditional(response)
    return response


def conditional(response: Response) -> Response:
    """Return what a reader with If-None-Match or If-Match is answered: whole, 304, or a refusal.

    Raises RevisionUnreadable where If-Match names another version: a 412 without the thing itself.
    """
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise RevisionUnreadable(request.headers.get("If-Match", "")[:40])
    return response
