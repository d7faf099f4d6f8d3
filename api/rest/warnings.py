"""Warnings (cảnh báo thời hạn): dossiers due soon, with an apology due, overdue or escalated."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.door import PageQuery, answers, page, reading
from api.rest.dossiers import DossierLine
from api.rest.fields import Choice, Text, Whole
from api.rest.parsing import Noun
from workflows import warnings

blueprint = Noun("warnings", __name__, description="Cảnh báo: sắp đến hạn, phải xin lỗi, quá hạn.")

FARTHEST_HOURS = 24 * 30


class WarningsQuery(PageQuery):
    """Which warnings; by default all of the caller's agency."""

    agency = Text(most=40, load_default="")
    about = Choice(warnings.ABOUT, load_default="")
    soon_hours = Whole(
        least=1,
        most=FARTHEST_HOURS,
        load_default=None,
        metadata={"description": "Còn bấy nhiêu giờ là sắp đến hạn; mặc định theo thủ tục."},
    )


class WarningLine(Schema):
    """A dossier and the gravest warning about it."""

    about = schemas.text("due_soon, apology_due, overdue hoặc escalated.")
    about_name = schemas.text()
    due_at = schemas.moment("Hẹn trả.", null=True)
    escalated_to = schemas.text("Vai trò đã được báo cáo.")
    escalated_at = schemas.moment("Lúc báo cáo cấp trên.", null=True)
    dossier = fields.Nested(DossierLine, required=True)


@blueprint.route("/warnings")
@reading("task.list")
@blueprint.arguments(WarningsQuery, location="query")
@answers(blueprint, 200, schemas.page_of(WarningLine, "WarningPage"))
def list_warnings(query: dict[str, Any]) -> Response:
    """Liệt kê hồ sơ cần giục, hạn gần nhất trước."""
    found = warnings.list_warnings(office(), current_actor(), warnings.WarningsQuery(**query))
    return page(WarningLine(), found)
