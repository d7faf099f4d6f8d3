"""What the API answers: dossiers, steps, lists. Bodies that come in stand beside their routes.

Moments leave in office time with its offset (RFC 3339); nothing here decides what may be seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields

from engine.law.working_time import ZONE


class Moment(fields.DateTime):
    """A moment in office time, RFC 3339 with offset and whole seconds."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        if value is None:
            return None
        return value.astimezone(ZONE).isoformat(timespec="seconds")


def text(description: str = "", **options: Any) -> fields.String:
    """Return a text of an answer."""
    return fields.String(required=True, metadata={"description": description}, **options)


def label(name: str) -> fields.String:
    """Return the Vietnamese words for another member of an answer."""
    return fields.String(required=True, attribute=f"{name}.label")


def moment(description: str = "", *, null: bool = False) -> Moment:
    """Return a moment of an answer."""
    return Moment(required=True, allow_none=null, metadata={"description": description})


def whole(description: str = "", *, null: bool = False) -> fields.Integer:
    """Return a whole number of an answer."""
    return fields.Integer(required=True, allow_none=null, metadata={"description": description})


def flag(description: str = "") -> fields.Boolean:
    """Return a yes or no of an answer."""
    return fields.Boolean(required=True, metadata={"description": description})


def listed(schema: type[ma.Schema], description: str = "") -> fields.List[Any]:
    """Return a list of an answer."""
    described = {"description": description}
    return fields.List(fields.Nested(schema), required=True, metadata=described)


class Task(ma.Schema):
    """A step of a dossier somebody works on, or somebody outside is asked for."""

    task = text("Mã bước; gửi lại trong địa chỉ khi nhận hoặc hoàn thành bước.")
    element = text("Mã phần tử trong sơ đồ.")
    name = text("Tên bước.")
    kind = text("Loại phần tử BPMN.")
    agency = text("Mã cơ quan làm bước này.")
    role = text("Vai trò làm bước này.")
    assignee = text("Người đã nhận; trống là chưa ai nhận.")
    state = text("open, claimed, waiting, done hoặc withdrawn.")
    clock = text("Đồng hồ của ai đang chạy: agency, applicant, other_agency.")
    enabled_at = moment("Lúc bước mở ra.")
    started_at = moment("Lúc bắt đầu làm.", null=True)
    closed_at = moment("Lúc xong.", null=True)
    index = whole("Thứ tự trong bước lặp, từ 0.", null=True)


class Timer(ma.Schema):
    """A timer that will fire by itself."""

    id = text()
    element = text()
    name = text()
    due_at = moment("Lúc đồng hồ đến hạn.")


class Wait(ma.Schema):
    """A message that is waited for."""

    id = text()
    element = text()
    kind = text()
    name = text("Tên tin chờ.")
    key = text("Khóa của tin, thường là mã cơ quan.")


class Dossier(ma.Schema):
    """A dossier (hồ sơ) as this revision of it is."""

    id = text()
    code = text("Mã số hồ sơ.")
    procedure = text("Mã thủ tục.")
    procedure_name = text()
    version = text("Phiên bản thủ tục mà hồ sơ theo đến cuối.")
    digest = text("Dấu vân tay của phiên bản đó.")
    revision = whole("Phiên bản của hồ sơ, cũng là ETag.")
    status = whole("Trạng thái quốc gia 1-10.")
    status_name = text()
    channel = text("counter, online hoặc post.")
    receiving_unit = text()
    competent_agency = text()
    support_point = text()
    applicant_name = text()
    applicant_id = text("Đã che, chỉ còn ba chữ số cuối.")
    components = fields.Dict(required=True)
    received_at = moment()
    due_at = moment("Hẹn trả; null khi thời hạn đang dừng.", null=True)
    clock_running = flag("Thời hạn đang chạy.")
    overdue = flag()
    supplement_rounds = whole("Số lần đã yêu cầu bổ sung.")
    resolved_at = moment("Lúc có kết quả.", null=True)
    ended_at = moment("Lúc quy trình kết thúc.", null=True)
    outcome = text("completed, terminated, error, withdrawn; trống là chưa xong.")
    end_element = text()
    finance = text("none, due, paid hoặc exempted: các khoản phải nộp.")
    finance_name = label("finance")
    delivery = text("none, ready hoặc returned: trả kết quả.")
    delivery_name = label("delivery")
    sync = text("none, pending, done hoặc refused: đồng bộ với hệ thống khác.")
    sync_name = label("sync")
    suspended_ground = text("Căn cứ đang tạm dừng; trống là không tạm dừng.")
    suspended_until = moment("Lúc tự tiếp tục; null là chưa định.", null=True)
    tasks = listed(Task, "Các bước đang mở.")
    timers = listed(Timer)
    waits = listed(Wait)


DOSSIER = Dossier()  # making a schema costs more than using it


class Problem(ma.Schema):
    """A problem (RFC 9457): what was refused, why, and what to do."""

    type = fields.String(required=True, metadata={"format": "uri"})
    status = fields.Integer(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    element = fields.String(metadata={"description": "Phần tử hoặc trường có lỗi."})
    current_revision = fields.Integer(metadata={"description": "Phiên bản hiện nay của hồ sơ."})
    errors = fields.List(fields.Dict(), metadata={"description": "Từng trường có lỗi."})


def page_of(schema: type[ma.Schema], name: str) -> type[ma.Schema]:
    """Return the schema of one page of a list."""
    cursor = "Gửi lại trong cursor để lấy trang sau; null là hết."
    members: dict[str, Any] = {
        "items": listed(schema),
        "next_cursor": fields.String(
            required=True, allow_none=True, metadata={"description": cursor}
        ),
    }
    return ma.Schema.from_dict(members, name=name)
