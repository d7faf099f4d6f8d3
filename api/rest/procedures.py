"""Procedures (thủ tục hành chính): what the law says, the diagram, the measured durations."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import office
from api.figures import steps_of
from api.rest import schemas
from api.rest.conditions import conditional
from api.rest.door import answers, reading
from api.rest.parsing import Noun
from workflows.catalogue import Version
from workflows.errors import NotFound

blueprint = Noun("procedures", __name__, description="Thủ tục: quy định, sơ đồ, thời gian đo được.")


class Limit(Schema):
    """The statutory time limit."""

    amount = schemas.whole()
    unit = schemas.text("hour, working_hour, working_day, calendar_day hoặc month.")
    counts_reception_day = schemas.flag()
    cut_off = schemas.text("none, last_hour hoặc giờ, ví dụ 15:00.")
    on_supplement = schemas.text("restart hoặc pause.")
    source = schemas.text()


class Paper(Schema):
    """A paper of the dossier."""

    id = schemas.text()
    name = schemas.text()
    originals = schemas.whole()
    copies = schemas.whole()
    mode = schemas.text("submit, present, lookup hoặc held.")
    required = schemas.flag()


class FactDeclared(Schema):
    """A routing fact and the steps that may set it."""

    name = schemas.text()
    type = schemas.text()
    values = fields.List(fields.Raw(), required=True)
    set_by = fields.List(fields.String(), required=True)
    label = schemas.text()


class ProcedureLine(Schema):
    """A procedure in a list."""

    code = schemas.text("Mã thủ tục.")
    name = schemas.text()
    field = schemas.text("Lĩnh vực.")
    level = schemas.text()
    version = schemas.text()
    digest = schemas.text("Dấu vân tay của phiên bản.")
    time_limit = fields.Nested(Limit, required=True)


class Procedure(ProcedureLine):
    """A procedure with what a program needs to send a dossier through it."""

    decision = schemas.text()
    result_name = schemas.text()
    components = schemas.listed(Paper)
    facts = schemas.listed(FactDeclared)


class Spread(Schema):
    """Lengths of time in working minutes of the office."""

    median = fields.Float(required=True, allow_none=True)
    p90 = fields.Float(required=True, allow_none=True)
    total = fields.Float(required=True)


class StepDuration(Schema):
    """What was measured on one step: executions that were completed."""

    element = schemas.text("Mã phần tử trong sơ đồ.")
    name = schemas.text()
    clock = schemas.text("Đồng hồ của ai: agency, applicant, other_agency.")
    count = schemas.whole("Số lần đã xong.")
    open = schemas.whole("Số lần đang mở, chưa tính vào số đo.")
    waiting = fields.Nested(Spread, required=True)
    working = fields.Nested(Spread, required=True)
    paused = fields.Nested(Spread, required=True)
    norm_minutes = schemas.whole("Định mức, phút làm việc.", null=True)


@blueprint.route("/procedures")
@reading("procedure.read")
@answers(blueprint, 200, schemas.page_of(ProcedureLine, "ProcedurePage"))
def list_procedures() -> Response:
    """Liệt kê các thủ tục đang áp dụng."""
    lines = [_values(version) for version in office().catalogue.procedures()]
    return jsonify({"items": ProcedureLine().dump(lines, many=True), "next_cursor": None})


@blueprint.route("/procedures/<string:code>")
@reading("procedure.read")
@answers(blueprint, 200, Procedure)
def read(code: str) -> Response:
    """Đọc một thủ tục: thời hạn, thành phần hồ sơ, dữ kiện rẽ nhánh."""
    return jsonify(Procedure().dump(_values(version_named(code))))


@blueprint.route("/procedures/<string:code>/diagram")
@reading("procedure.read", conditional=True)
@blueprint.response(200, {"type": "string"}, content_type="application/xml")
def diagram(code: str) -> Response:
    """Tải sơ đồ BPMN đang chạy."""
    version = version_named(code)
    response = Response(version.bpmn_bytes, mimetype="application/xml")
    response.set_etag(version.digest)
    return conditional(response)


@blueprint.route("/procedures/<string:code>/durations")
@reading("procedure.read")
@answers(blueprint, 200, schemas.page_of(StepDuration, "StepDurationPage"))
def durations(code: str) -> Response:
    """Xem thời gian đo được của từng bước, tính bằng phút làm việc."""
    found = steps_of(office(), version_named(code))
    return jsonify({"items": StepDuration().dump(found, many=True), "next_cursor": None})


def version_named(code: str) -> Version:
    """Return the procedure of this code; raises NotFound."""
    for version in office().catalogue.procedures():
        if code in {version.procedure.code, *version.procedure.other_codes}:
            return version
    raise NotFound("thủ tục", code)


def _values(version: Version) -> dict[str, Any]:
    procedure = version.procedure
    names = [name for name in Procedure().fields if hasattr(procedure, name)]
    values = {name: getattr(procedure, name) for name in names}
    return {**values, "digest": version.digest, "facts": list(procedure.facts.values())}
