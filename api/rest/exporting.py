"""Exports (xuất dữ liệu): the record and the dossiers of an agency, a line of JSON each."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.auth import current_actor, office
from api.rest.door import reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import exporting

blueprint = Noun("export", __name__, description="Xuất nhật ký và hồ sơ theo dòng (NDJSON).")

NDJSON = "application/x-ndjson"
LINES = {"type": "string", "description": "Mỗi dòng một đối tượng JSON."}


class ExportQuery(Strict):
    """Which lines: of the caller's agency unless named; from a moment, before another."""

    agency = Text(most=40, load_default="")
    since = fields.AwareDateTime(
        load_default=None, data_key="from", metadata={"description": "Từ lúc này, có múi giờ."}
    )
    until = fields.AwareDateTime(
        load_default=None, data_key="to", metadata={"description": "Trước lúc này, có múi giờ."}
    )


def _lines(example: str) -> Any:
    content = {NDJSON: {"schema": LINES, "example": example}}
    answer = {"description": "Một dòng cho mỗi mục.", "content": content}
    return Noun.doc(responses={200: answer})


@blueprint.route("/export/events.ndjson")
@reading("record.export")
@blueprint.arguments(ExportQuery, location="query")
@_lines('{"dossier":"…","seq":1,"kind":"dossier_received","at":"2026-07-06T01:00:00Z"}\n')
def export_events(query: dict[str, Any]) -> Response:
    """Xuất nhật ký của cơ quan, theo thứ tự ghi; người rà soát nhận bản đã ẩn danh."""
    asked = exporting.ExportQuery(**query)
    return Response(exporting.events(office(), current_actor(), asked), mimetype=NDJSON)


@blueprint.route("/export/dossiers.ndjson")
@reading("record.export")
@blueprint.arguments(ExportQuery, location="query")
@_lines('{"dossier":"…","procedure":"1.001193","status":4}\n')
def export_dossiers(query: dict[str, Any]) -> Response:
    """Xuất các hồ sơ của cơ quan, theo thứ tự tiếp nhận, không có tên người nộp."""
    asked = exporting.ExportQuery(**query)
    return Response(exporting.dossiers(office(), current_actor(), asked), mimetype=NDJSON)
