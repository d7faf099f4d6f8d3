"""The log of looks (nhật ký truy cập): who was refused what, who looked at which dossiers."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.door import PageQuery, answers, page, reading
from api.rest.fields import Flag, Text
from api.rest.parsing import Noun
from workflows import access_log

blueprint = Noun("access_log", __name__, description="Nhật ký truy cập: từ chối và xem hồ sơ.")


class LookQuery(PageQuery):
    """Which lines; by default of people of the caller's agency and those below it."""

    agency = Text(most=40, load_default="")
    person = Text(most=80, load_default="")
    dossier = Text(most=80, load_default="")
    refused = Flag(load_default=None, metadata={"description": "true là chỉ những lần từ chối."})


class Look(Schema):
    """One refusal, or one look at personal data; never a name of an applicant."""

    seq = schemas.whole("Số thứ tự.")
    at = schemas.moment()
    person = schemas.text("Ai.")
    agency = schemas.text("Ở cơ quan nào.")
    role = schemas.text("Với vai trò nào.")
    on_behalf_of = schemas.text("Làm thay ai; trống là không.")
    action = schemas.text("Việc gì.")
    subject = schemas.text("Trên cái gì: dossier:…, agency:…, person:….")
    shown = fields.List(fields.String(), required=True)
    allowed = schemas.flag("Được hay bị từ chối.")
    rule = schemas.text("Quy tắc đã quyết định.")
    address = schemas.text("Từ địa chỉ nào.")
    request_id = schemas.text("Mã yêu cầu.")


@blueprint.route("/access-log")
@reading("access_log.read")
@blueprint.arguments(LookQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Look, "LookPage"))
def list_looks(query: dict[str, Any]) -> Response:
    """Liệt kê nhật ký truy cập, mới trước."""
    found = access_log.list_looks(office(), current_actor(), access_log.LookQuery(**query))
    return page(Look(), found)
