"""The one table that turns every exception into an answer: status, code, Vietnamese title.

Answers follow RFC 9457 (`application/problem+json`). The code stands with the exception's class
and so does the sentence that says what to do; this module adds the HTTP status and the title. It
decides nothing else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api import errors as door
from api.browsing import ForgedRequest
from api.identity import IdentityRefused
from engine import process
from engine.bridge.envelope import BadEnvelope
from engine.errors import Rejected
from engine.law.checklist import WrongPaper
from engine.law.codes import BadCode
from engine.law.fees import FeeRefused, PaymentRequired
from engine.law.working_time import OutsideCalendar
from engine.process.expressions import CannotEvaluate
from workflows import errors as workflow
from workflows import second_factors, signing_in
from workflows.arrivals import Overtaken
from workflows.attempts import TooManyAttempts
from workflows.bridging import Forked, TooEarly
from workflows.corrections import NotCorrectable
from workflows.envelopes import EnvelopeRefused, WrongAddress
from workflows.extensions import ExtensionRefused
from workflows.files import FileInQuarantine
from workflows.inspecting import FileRefused
from workflows.limiting import TooMany
from workflows.lookups import NotThere
from workflows.reopenings import ReopeningRefused
from workflows.review.costing import TooFewDossiers
from workflows.review.plans import ReviewRefused
from workflows.roster_files import RosterUnreadable
from workflows.rosters import RosterRefused
from workflows.send_backs import SendBackRefused
from workflows.session_keys import NoPost
from workflows.supplements import PartlyBrought, TooManyRounds
from workflows.suspensions import SuspensionRefused

LOG = logging.getLogger("motcua.api")
MEDIA_TYPE = "application/problem+json"
TYPE = "urn:motcua:problem:"
API_ROOT = "/api/v1/"
SERVER_ERROR = 500

# Exception class -> status and title. The nearest class in the exception's ancestry counts.
TABLE: Mapping[type[Exception], tuple[int, str]] = {
    Rejected: (409, "Quy định không cho phép làm việc này lúc này"),
    BadCode: (422, "Mã không đúng cách viết"),
    process.WrongFact: (422, "Dữ kiện không hợp lệ"),
    process.NoBranch: (422, "Dữ kiện không dẫn tới nhánh nào"),
    process.AlreadyEnded: (409, "Hồ sơ đã kết thúc"),
    CannotEvaluate: (422, "Dữ kiện không dùng được trong điều kiện của quy trình"),
    OutsideCalendar: (422, "Chưa có lịch làm việc của năm đó"),
    ReviewRefused: (409, "Hồ sơ rà soát chưa ở bước này"),
    TooFewDossiers: (422, "Quá ít hồ sơ để tính"),
    ExtensionRefused: (409, "Không được gia hạn"),
    TooManyRounds: (409, "Đã hết số lần yêu cầu bổ sung"),
    PartlyBrought: (409, "Giấy tờ bổ sung chưa đủ"),
    SuspensionRefused: (409, "Không được tạm dừng"),
    SendBackRefused: (409, "Không được trả lại bước đó"),
    ReopeningRefused: (409, "Không được mở lại hồ sơ"),
    workflow.Suspended: (409, "Hồ sơ đang tạm dừng"),
    TooMany: (429, "Gửi quá nhiều yêu cầu"),
    workflow.NotFound: (404, "Không tìm thấy"),
    RosterRefused: (422, "Danh sách có chỗ sai"),
    RosterUnreadable: (422, "Không đọc được danh sách"),
    NotThere: (404, "Không tìm thấy hồ sơ"),
    FileRefused: (422, "Tệp không được nhận"),
    FileInQuarantine: (409, "Tệp chưa mở được"),
    FeeRefused: (409, "Khoản thu không hợp lệ"),
    PaymentRequired: (409, "Chưa nộp phí, lệ phí"),
    WrongPaper: (422, "Thành phần hồ sơ ghi mâu thuẫn"),
    NotCorrectable: (409, "Không đính chính được mục này"),
    workflow.Stale: (412, "Hồ sơ đã thay đổi"),
    workflow.Conflict: (409, "Có người khác vừa thao tác"),
    workflow.NotOpen: (409, "Bước không còn mở"),
    workflow.ReferralStands: (409, "Phiếu liên thông không ở trạng thái đó"),
    workflow.AlreadyClaimed: (409, "Bước đã có người nhận"),
    workflow.NotWaiting: (409, "Hồ sơ không ở bước đó"),
    workflow.IdempotencyMismatch: (422, "Khóa chống gửi trùng đã dùng cho việc khác"),
    workflow.Forbidden: (403, "Không có quyền"),
    workflow.Unauthenticated: (401, "Cần mã truy cập"),
    workflow.InvalidInput: (422, "Dữ liệu không hợp lệ"),
    TooManyAttempts: (429, "Đăng nhập sai quá nhiều lần"),
    signing_in.WrongSignIn: (401, "Chưa đăng nhập được"),
    signing_in.WrongCode: (401, "Mã xác thực không đúng"),
    signing_in.UnknownPerson: (403, "Chưa có tài khoản"),
    second_factors.WrongPassword: (403, "Mật khẩu hiện tại không đúng"),
    workflow.Unavailable: (503, "Hệ thống đang bận"),
    workflow.NoKey: (503, "Chưa có khóa"),
    second_factors.CodeDoesNotMatch: (422, "Mã không khớp"),
    IdentityRefused: (401, "Chưa xác thực được danh tính"),
    NoPost: (403, "Chưa có vị trí công tác"),
    ForgedRequest: (403, "Yêu cầu không đến từ phiên này"),
    BadEnvelope: (422, "Thư liên thông không đúng cách viết"),
    EnvelopeRefused: (401, "Thư liên thông không được nhận"),
    WrongAddress: (403, "Thư liên thông sai địa chỉ"),
    Forked: (409, "Thư liên thông không nối tiếp"),
    TooEarly: (409, "Thư liên thông đến quá sớm"),
    Overtaken: (409, "Thư liên thông đã được xử lý"),
    workflow.WorkflowError: (503, "Hệ thống chưa sẵn sàng"),
    door.RevisionMissing: (428, "Thiếu If-Match"),
    door.RevisionUnreadable: (412, "If-Match không khớp phiên bản nào"),
    door.KeyMissing: (400, "Thiếu Idempotency-Key"),
    door.KeyUnusable: (400, "Idempotency-Key không dùng được"),
    door.NotUtf8: (400, "Nội dung không phải UTF-8"),
    door.NotJson: (400, "Nội dung không phải JSON"),
    door.InvalidRequest: (422, "Dữ liệu không hợp lệ"),
    door.DoorError: (400, "Yêu cầu không đọc được"),
}

# What the web framework itself refuses: status -> code, title, what to do.
HTTP: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "Yêu cầu không đọc được", "Hãy kiểm tra lại yêu cầu theo tài liệu API."),
    404: ("no_such_address", "Không có địa chỉ này", "Hãy xem danh sách địa chỉ tại /api."),
    405: ("method_not_allowed", "Địa chỉ này không nhận phương thức đó", "Hãy dùng {allow}."),
    406: ("not_acceptable", "Không có dạng dữ liệu đó", "Hãy yêu cầu application/json."),
    413: ("too_large", "Nội dung gửi lên quá lớn", "Hãy gửi không quá {limit} byte mỗi lần."),
    414: ("uri_too_long", "Địa chỉ quá dài", "Hãy rút ngắn các tham số."),
    415: (
        "unsupported_media_type",
        "Không nhận dạng dữ liệu này",
        "Hãy gửi JSON với tiêu đề Content-Type: application/json.",
    ),
    500: (
        "internal_error",
        "Lỗi của hệ thống",
        "Chưa có gì thay đổi. Hãy thử lại; nếu vẫn lỗi, báo quản trị mã yêu cầu kèm theo.",
    ),
}


def register(app: Flask) -> None:
    """Make every exception of the application leave as a problem (or as a page for people)."""
    for family in (Rejected, workflow.WorkflowError, door.DoorError):
        app.register_error_handler(family, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_bug)


def answer_refusal(error: Any) -> Response:
    """Answer an exception of one of our three families."""
    body = problem_of(error)
    status = body["status"]
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if wait := getattr(error, "retry_after", 0):
        headers["Retry-After"] = str(wait)
    return _respond(status, body, headers)


def problem_of(error: Any) -> dict[str, Any]:
    """Return the problem an exception of one of our three families stands for."""
    status, title = _row(type(error))
    body = problem(status, str(error.code), title, error.message)
    if errors := _errors(error):
        body["errors"] = errors
    if element := getattr(error, "element", ""):
        body["element"] = element
    if isinstance(error, workflow.Stale):
        body["current_revision"] = error.fields["current"]
    return body


def answer_http(error: HTTPException) -> Response:
    """Answer what the web framework refuses by itself."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:  # a redirect of the router is no error
        return Response(headers=dict(error.get_headers()), status=status)
    code, title, advice = HTTP.get(status, HTTP[400 if status < SERVER_ERROR else 500])
    methods = error.valid_methods or () if isinstance(error, MethodNotAllowed) else ()
    allow = ", ".join(sorted(methods))
    detail = advice.format(allow=allow, limit=request.max_content_length)
    return _respond(status, problem(status, code, title, detail), {"Allow": allow} if allow else {})


def answer_bug(error: Exception) -> Response:
    """Answer a bug: the log keeps the traceback, the caller gets the request's id."""
    LOG.error("request %s failed", g.get("request_id", ""), exc_info=error)
    code, title, advice = HTTP[500]
    return _respond(500, problem(500, code, title, advice))


def problem(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    """Return the members every problem has."""
    return {
        "type": TYPE + code,
        "status": int(status),
        "title": title,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id", ""),
    }


def status_of(error: Exception) -> int:
    """Return the HTTP status an exception of our families is answered with."""
    return _row(type(error))[0]


def _row(kind: type[Exception]) -> tuple[int, str]:
    return next(TABLE[ancestor] for ancestor in kind.__mro__ if ancestor in TABLE)


def _errors(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, door.InvalidRequest):
        return [dict(entry) for entry in error.errors]
    if isinstance(error, workflow.InvalidInput):
        pointer = "/" + str(error.fields["field"]).replace(".", "/")
        return [{"pointer": pointer, "detail": str(error.fields["reason"])}]
    if isinstance(error, RosterRefused):
        return [{"pointer": f"/file/{f.cell}", "detail": f.text} for f in error.faults]
    if isinstance(error, process.WrongFact):
        return [{"pointer": f"/facts/{error.element}", "detail": error.message}]
    return []


def _respond(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    if request.path.startswith(API_ROOT):
        text = json.dumps(body, ensure_ascii=False)
        return Response(text, status=status, mimetype=MEDIA_TYPE, headers=dict(headers or {}))
    page = render_template("problem.html", problem=body)
    return Response(page, status=status, mimetype="text/html", headers=dict(headers or {}))
