"""Warnings (cảnh báo thời hạn): dossiers due soon, with an apology due, or overdue."""

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
from engine.law.warning_times import SOON_HOURS, WarningKind
from workflows import warnings

blueprint = Noun("warnings", __name__, description="Cảnh báo: sắp đến hạn, phải xin lỗi, quá hạn.")

FARTHEST_HOURS = 24 * 30


class WarningsQuery(PageQuery):
    """Which warnings; by default all of the caller's agency."""

    agency = Text(most=40, load_default="")
    about = Choice(tuple(kind.value for kind in WarningKind), load_default="")
    soon_hours = Whole(
        least=1,
        most=FARTHEST_HOURS,
        load_default=SOON_HOURS,
        metadata={"description": "Còn bấy nhiêu giờ là sắp đến hạn."},
    )


class WarningLine(Schema):
    """A dossier and the gravest warning about it."""

    about = schemas.text("due_soon, apology_due hoặc overdue.")
    about_name = schemas.text()
    due_at = schemas.moment("Hẹn trả.")
    dossier = fields.Nested(DossierLine, required=True)


@blueprint.route("/warnings")
@reading("warning.list")
@blueprint.arguments(WarningsQuery, location="query")
@answers(blueprint, 200, schemas.page_of(WarningLine, "WarningPage"))
def list_warnings(query: dict[str, Any]) -> Response:
    """Liệt kê hồ sơ cần giục, hạn gần nhất trước."""
    found = warnings.list_warnings(office(), current_actor(), warnings.WarningsQuery(**query))
    return page(WarningLine(), found)
