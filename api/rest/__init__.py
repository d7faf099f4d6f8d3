"""REST: one blueprint per noun, joined to one OpenAPI 3.1 document.

Problems are documented as what they are, `application/problem+json`.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api

from api import problems
from api.auth import PUBLIC, declares
from api.rest import (
    access_log,
    assigning,
    audit,
    bridge,
    costs,
    counter,
    credentials,
    dossiers,
    exporting,
    extensions,
    files,
    installation,
    jobs,
    life,
    lookups,
    papers,
    people,
    period_reports,
    procedures,
    reference,
    referrals,
    reports,
    results,
    review,
    review_plans,
    rosters,
    substitutions,
    supplements,
    synchronising,
    tasks,
    timeliness,
    tokens,
    warnings,
    webhooks,
    worklist,
)
from api.rest.schemas import Problem

DESCRIPTION = """\
Tiếp nhận, giải quyết, hỏi ý kiến, bổ sung và trả kết quả hồ sơ thủ tục hành chính, và đo thời gian
từng bước.

- Mọi lời gọi cần `Authorization: Bearer …`; mã truy cập gắn với một người, cơ quan, vai trò.
- Mọi POST cần `Idempotency-Key`; gửi lại cùng khóa thì nhận lại đúng câu trả lời cũ.
- Lệnh trên một hồ sơ cần `If-Match` với ETag đã đọc: thiếu là 428, đã cũ là 412, chậm chân là 409.
- Lỗi theo RFC 9457: `detail` nói phải làm gì, `errors` chỉ từng trường, `code` để máy phân biệt.
"""

NOUNS = (
    counter, files, lookups,
    procedures, dossiers, tasks, supplements, referrals, results, papers, extensions, life,
    warnings, audit,
    people, tokens, substitutions, access_log,
    synchronising, timeliness,
    jobs, webhooks, exporting,
    reports, period_reports, costs, review, review_plans, worklist, assigning,
    bridge,
    rosters, credentials, installation, reference,
)  # fmt: skip


class MotcuaApi(Api):
    """flask-smorest with our problems instead of its errors.

    Each route says all its answers; a default would let any other pass for documented.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                _, title, _ = problems.HTTP.get(status, ("", status.phrase, ""))
                content = {problems.MEDIA_TYPE: {"schema": Problem}}
                response: dict[str, Any] = {"description": title, "content": content}
            else:
                response = {"description": status.phrase}
            self.spec.components.response(status.name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave errors to `api.problems`, which answers pages as well."""


def register(app: Flask) -> None:
    """Add every noun to the application, and the document that describes them."""
    app.config.update(
        API_TITLE="motcua",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    bearer = {"type": "http", "scheme": "bearer"}
    api = MotcuaApi(app, spec_kwargs={"info": {"description": DESCRIPTION}})
    api.spec.components.security_scheme("bearer", bearer)
    files.register(app)
    for noun in NOUNS:
        api.register_blueprint(noun.blueprint, url_prefix="/api/v1")
    _declare(app, "api-docs.openapi_json", PUBLIC)
    _declare(app, "static", PUBLIC)


def _declare(app: Flask, endpoint: str, action: str) -> None:
    view: Callable[..., Any] = app.view_functions[endpoint]
    app.view_functions[endpoint] = declares(action)(view)
