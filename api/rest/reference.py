"""Reference (dữ liệu dùng chung): agencies, calendars, form sets, as the files say them."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import PDF, shown
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.fields import Flag, Strict, Text
from api.rest.papers import printer
from api.rest.parsing import Noun
from api.rest.people import AgencyQuery
from workflows import recounting, reference, samples
from workflows.errors import NotFound

blueprint = Noun("reference", __name__, description="Cơ quan, lịch làm việc, bộ biểu mẫu.")


class AgenciesQuery(Strict):
    """Which agencies: by words without marks, by level, of today or all there ever were."""

    q = Text(most=100, load_default="", blank=True)
    level = Text(most=40, load_default="", blank=True)
    today_only = Flag(load_default=True)


class HoursQuery(Strict):
    """Which kind of office hours; the usual one where none is named."""

    hours = Text(most=40, load_default="", blank=True)


class Agency(Schema):
    """An agency, with the days it exists."""

    code = schemas.text()
    name = schemas.text()
    short_name = schemas.text()
    kind = schemas.text()
    level = schemas.text()
    parent = schemas.text("Mã cơ quan cấp trên.")
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    successors = fields.List(fields.String(), required=True)
    hours = schemas.text("Loại giờ làm việc.")
    sample = schemas.flag("Dữ liệu mẫu, chưa đối chiếu.")
    source = schemas.text()


class Agencies(Schema):
    """The agencies that are meant."""

    items = schemas.listed(Agency)


class DayRule(Schema):
    """A day that is not as usual."""

    on = fields.Date(required=True)
    kind = schemas.text("day_off, half_day hoặc makeup.")
    name = schemas.text()
    source = schemas.text()
    session = schemas.text("full, morning hoặc afternoon.")


class CalendarYear(Schema):
    """One year of a kind of office hours."""

    year = schemas.whole()
    hours = schemas.text()
    official = schemas.flag("Đã có lịch nghỉ chính thức.")
    source = schemas.text()
    working_days = schemas.whole()
    days = schemas.listed(DayRule)


class CalendarYears(Schema):
    """The years that are loaded, the latest first."""

    items = schemas.listed(CalendarYear)


class Move(Schema):
    """A dossier the calendars of today would move; what was promised stays."""

    code = schemas.text()
    promised_at = schemas.moment(null=True)
    recounted_at = schemas.moment(null=True)
    moved_minutes = fields.Integer(required=True, allow_none=True)
    fault = schemas.text()


class Moves(Schema):
    """The dossiers that would move."""

    items = schemas.listed(Move)


class FormLine(Schema):
    """A paper of a form set."""

    id = schemas.text()
    number = schemas.text()
    title = schemas.text()
    size = schemas.text()
    ours = schemas.flag("Bố cục của chương trình, chưa có mẫu in chính thức.")
    source = schemas.text()


class FormSetView(Schema):
    """A form set with its papers and the procedures that use it."""

    id = schemas.text()
    name = schemas.text()
    text = schemas.text()
    forms = schemas.listed(FormLine)
    procedures = fields.List(fields.String(), required=True)


class FormSets(Schema):
    """Every form set."""

    items = schemas.listed(FormSetView)


@blueprint.route("/agencies")
@reading("reference.read")
@blueprint.arguments(AgenciesQuery, location="query")
@answers(blueprint, 200, Agencies)
def list_agencies(query: dict[str, Any]) -> Response:
    """Liệt kê cơ quan theo tên hoặc mã, không cần dấu."""
    asked = reference.AgencyQuery(**query)
    found = reference.list_agencies(office(), current_actor(), asked)
    return jsonify({"items": Agency().dump(found, many=True)})


@blueprint.route("/agencies/<string:agency>")
@reading("reference.read")
@answers(blueprint, 200, Agency)
def read_agency(agency: str) -> Response:
    """Đọc một cơ quan."""
    return jsonify(Agency().dump(reference.read_agency(office(), current_actor(), agency).agency))


@blueprint.route("/calendars")
@reading("reference.read")
@blueprint.arguments(HoursQuery, location="query")
@answers(blueprint, 200, CalendarYears)
def calendars(query: dict[str, Any]) -> Response:
    """Liệt kê các năm đã nạp lịch, năm nào đã chính thức."""
    found = reference.calendar_years(office(), current_actor(), query["hours"])
    return jsonify({"items": CalendarYear().dump(found, many=True)})


@blueprint.route("/calendars/<string:year>")
@reading("reference.read")
@blueprint.arguments(HoursQuery, location="query")
@answers(blueprint, 200, CalendarYear)
def calendar(query: dict[str, Any], year: str) -> Response:
    """Đọc lịch một năm: ngày nghỉ, nghỉ nửa ngày, làm bù, kèm nguồn."""
    found = reference.calendar_year(office(), current_actor(), whole_year(year), query["hours"])
    return jsonify(CalendarYear().dump(found))


@blueprint.route("/deadlines/recount")
@reading("deadline.preview")
@blueprint.arguments(AgencyQuery, location="query")
@answers(blueprint, 200, Moves)
def recount(query: dict[str, Any]) -> Response:
    """Xem hồ sơ nào sẽ có hạn khác theo lịch hiện nay; ngày đã hẹn vẫn giữ."""
    found = recounting.preview_below(office(), current_actor(), query["agency"])
    return jsonify({"items": Move().dump(found, many=True)})


@blueprint.route("/form-sets")
@reading("reference.read")
@answers(blueprint, 200, FormSets)
def form_sets() -> Response:
    """Liệt kê bộ biểu mẫu, giấy trong bộ, thủ tục dùng bộ đó."""
    found = reference.form_sets(office(), current_actor(), printer().form_sets)
    items = [
        {**vars(each), "forms": list(each.forms.values()),
         "procedures": [v.procedure.code for v in users]}
        for each, users in found
    ]  # fmt: skip
    return jsonify({"items": FormSetView().dump(items, many=True)})


@blueprint.route("/form-sets/<string:form_set>/<string:form>.pdf")
@reading("reference.read")
@Noun.doc(responses={409: "CONFLICT"})
@blueprint.arguments(AgencyQuery, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def sample(query: dict[str, Any], form_set: str, form: str) -> Response:
    """In thử một giấy của bộ biểu mẫu với dữ liệu mẫu (PDF/A)."""
    asked = samples.SamplePaper(form_set=form_set, form=form, agency=query["agency"])
    made = samples.sample_paper(office(), current_actor(), printer(), asked)
    return shown(made.content, made.name)


def whole_year(text: str) -> int:
    """Return the year that an address names; raises NotFound for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) == len("2026")):
        raise NotFound("lịch năm", text[:20])
    return int(text)
