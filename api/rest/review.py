"""Review (rà soát): where the time of dossiers went, per procedure, step and unit."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import conditional
from api.rest.door import answers, reading
from api.rest.fields import Choice, Strict, Text
from api.rest.parsing import Noun
from api.reviewing import record_of
from engine.law.provisions import Channel
from workflows.review import drilling, measuring, scoreboard
from workflows.review.scope import Scope

blueprint = Noun("review", __name__, description="Rà soát: thời gian của hồ sơ đi đâu.")

CODE_SPACE = 100


def _name(description: str) -> Text:
    return Text(most=CODE_SPACE, load_default="", metadata={"description": description})


def _day(description: str, key: str) -> fields.Date:
    described = {"description": description}
    return fields.Date(data_key=key, load_default=None, metadata=described)


class ScopeQuery(Strict):
    """Which dossiers; without anything all of the caller's agency and those below it."""

    agency = _name("Cơ quan giải quyết và các cơ quan trực thuộc; trống là cơ quan của mình.")
    channel = Choice(
        ("", *(c.value for c in Channel)),
        load_default="",
        metadata={"description": "Cách nộp; trống là mọi cách."},
    )
    first = _day("Nhận từ ngày.", "from")
    last = _day("Nhận đến hết ngày.", "to")
    on = _day("Xem như vào cuối ngày này; trống là bây giờ.", "on")


class ProcedureScope(ScopeQuery):
    """Which dossiers of a procedure."""

    digest = _name("Phiên bản thủ tục; trống là mọi phiên bản.")


class StepScope(ProcedureScope):
    """Which dossiers, and by what the figures of the step are told apart."""

    by = Choice(
        tuple(measuring.BY),
        load_default="agency",
        metadata={"description": "Tách theo cơ quan, vai trò, cách nộp, phiên bản hay tháng nhận."},
    )


def _number(description: str = "") -> fields.Float:
    described = {"description": description}
    return fields.Float(required=True, allow_none=True, metadata=described)


class Measure(Schema):
    """A sample in four numbers; null where there is nothing to measure."""

    n = schemas.whole("Dựa trên bao nhiêu lần hoặc hồ sơ.")
    median = _number("Trung vị, giây.")
    p90 = _number("Chín trong mười không lâu hơn, giây.")
    mean = _number("Trung bình, giây; đừng đọc một mình.")


class Conformance(Schema):
    """Dossiers by how they stand to their due date."""

    early = schemas.whole()
    on_time = schemas.whole()
    late = schemas.whole("Xong quá hạn.")
    open_in_time = schemas.whole("Đang giải quyết, trong hạn.")
    open_late = schemas.whole("Đang giải quyết, quá hạn.")


class OverviewLine(Schema):
    """A procedure or a unit in a line."""

    key = schemas.text("Mã thủ tục hoặc mã cơ quan.")
    dossiers = schemas.whole()
    finished = schemas.whole()
    hidden = schemas.flag("Quá ít hồ sơ nên không in số.")
    lead = fields.Nested(Measure, required=True)
    waiting_share = _number("Phần chờ trong giờ làm việc từ nhận đến xong.")
    limit_used = fields.Nested(Measure, required=True)
    conformance = fields.Nested(Conformance, required=True)


class Overview(Schema):
    """Procedures, each in a line."""

    items = schemas.listed(OverviewLine)


class Rework(Schema):
    """What was done more than once."""

    cases = schemas.whole()
    repeated_in = schemas.whole("Trong bao nhiêu hồ sơ bị làm lại.")
    extra = schemas.whole("Bao nhiêu lần quá một.")
    extra_seconds = schemas.whole("Giờ làm việc của những lần đó, giây.")


class StepFigures(Schema):
    """One step; seconds; measures by clock."""

    element = schemas.text("Phần tử của sơ đồ, hoặc giá trị được tách ra.")
    name = schemas.text()
    clock = schemas.text("Đồng hồ của ai.")
    n = schemas.whole()
    dossiers = schemas.whole()
    open = schemas.whole()
    withdrawn = schemas.whole()
    left_out = schemas.whole("Bỏ ra vì dọn dẹp hàng loạt.")
    hidden = schemas.flag("Quá ít hồ sơ nên không in số.")
    wall = fields.Dict(keys=fields.String(), values=fields.Nested(Measure), required=True)
    office = fields.Dict(keys=fields.String(), values=fields.Nested(Measure), required=True)
    share_of_lead = _number("Phần thời gian trôi qua của mọi hồ sơ.")
    share_of_limit = _number("Phần thời hạn đã dùng.")
    share_when_late = _number("Phần thời hạn đã dùng ở hồ sơ quá hạn.")
    rework = fields.Nested(Rework, required=True, allow_none=True)


class Clocks(Schema):
    """Seconds by what they went to."""

    unassigned = schemas.whole()
    assigned = schemas.whole()
    working = schemas.whole()
    applicant = schemas.whole()
    other_agency = schemas.whole()
    force_majeure = schemas.whole()
    closed = schemas.whole()


class Flow(Schema):
    """A flow of the diagram dossiers went."""

    flow = schemas.text("Mã nhánh trong sơ đồ.")
    count = schemas.whole()
    again = schemas.whole("Trong đó để làm lại một bước.")


class Handover(Schema):
    """Work went from one agency to another."""

    from_agency = schemas.text()
    to_agency = schemas.text()
    count = schemas.whole()
    cases = schemas.whole()


class Variant(Schema):
    """A way dossiers went."""

    elements = fields.List(fields.String(), required=True)
    dossiers = schemas.whole()


class Saving(Schema):
    """What a step would save if its long waits came down to the best unit's median."""

    element = schemas.text()
    n = schemas.whole()
    waiting = schemas.whole("Tổng giờ chờ, giây.")
    could_save = schemas.whole("Phần chờ vượt, giây.")
    best = schemas.whole("Trung vị chờ của cơ quan nhanh nhất, giây.", null=True)
    unit = schemas.text("Mã cơ quan đó.")


class Review(Schema):
    """Where the time of the dossiers of a procedure went; seconds."""

    code = schemas.text("Mã thủ tục.")
    name = schemas.text()
    at = schemas.moment("Xem như vào lúc này.")
    dossiers = schemas.whole()
    finished = schemas.whole()
    hidden = schemas.flag("Quá ít hồ sơ nên không in số.")
    wall = fields.Nested(Clocks, required=True)
    office = fields.Nested(Clocks, required=True)
    elapsed = schemas.whole("Tổng thời gian trôi qua; bằng tổng các đồng hồ của wall.")
    grounds = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    lead = fields.Nested(Measure, required=True)
    office_lead = fields.Nested(Measure, required=True)
    median_with_open = _number("Trung vị kể cả hồ sơ đang mở, giây.")
    limit_used = fields.Nested(Measure, required=True)
    conformance = fields.Nested(Conformance, required=True)
    steps = schemas.listed(StepFigures)
    left_out = schemas.whole("Bỏ ra vì dọn dẹp hàng loạt.")
    flows = schemas.listed(Flow)
    handovers = schemas.listed(Handover)
    ping_pong = schemas.whole("Bao nhiêu lần chuyển đi rồi chuyển lại.")
    variants = schemas.listed(Variant)
    other_variants = schemas.whole("Hồ sơ đi những đường ít hồ sơ đi.")
    savings = schemas.listed(Saving)
    versions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Bao nhiêu hồ sơ theo từng phiên bản thủ tục."},
    )


class Breakdown(Schema):
    """One step, told apart."""

    items = schemas.listed(StepFigures)


class Index(Schema):
    """An index with its arithmetic."""

    id = schemas.text("on_time, online hoặc first_time.")
    name = schemas.text()
    numerator = schemas.whole()
    denominator = schemas.whole()
    points = _number("Điểm đạt.")
    most = _number("Điểm cao nhất.")
    threshold = _number("Từ tỷ lệ này trở lên được đủ điểm.")
    source = schemas.text()
    sample = schemas.flag()


class Unit(Schema):
    """A unit of the scoreboard."""

    unit = schemas.text("Mã cơ quan.")
    band = schemas.text("tốt, khá, trung bình hoặc yếu.")
    percent = _number("Điểm đạt / điểm có thể đạt, phần trăm.")
    indices = schemas.listed(Index)


class Scoreboard(Schema):
    """Units in their order; how many are not shown."""

    items = schemas.listed(Unit)
    hidden = schemas.whole("Đơn vị có quá ít hồ sơ.")


class Behind(Schema):
    """A dossier behind a figure; id and code only for who may read it."""

    pseudonym = schemas.text("Bí danh.")
    id = schemas.text()
    code = schemas.text()
    agency = schemas.text()
    channel = schemas.text()
    received_at = schemas.moment()
    elapsed = schemas.whole("Giây trôi qua.")
    finished = schemas.flag()
    stands = schemas.text("early, on_time, overdue hoặc open.")
    rounds = schemas.whole("Số lần bổ sung.")
    spent = fields.Nested(Clocks, required=True)


class Drilled(Schema):
    """The slowest dossiers behind a figure."""

    total = schemas.whole()
    hidden = schemas.flag("Quá ít hồ sơ nên không liệt kê.")
    items = schemas.listed(Behind)


@blueprint.route("/review/procedures")
@reading("review.read", conditional=True)
@blueprint.arguments(ScopeQuery, location="query")
@answers(blueprint, 200, Overview, tag=True)
def overview(query: dict[str, Any]) -> Response:
    """Xem mỗi thủ tục một dòng: bao nhiêu hồ sơ, bao lâu, đúng hạn, đã dùng bao nhiêu thời hạn."""
    found = measuring.overview(office(), current_actor(), Scope(**query))
    return _tagged({"items": OverviewLine().dump(found, many=True)})


@blueprint.route("/review/procedures/<string:code>")
@reading("review.read", conditional=True)
@blueprint.arguments(ProcedureScope, location="query")
@answers(blueprint, 200, Review, tag=True)
def review(query: dict[str, Any], code: str) -> Response:
    """Xem thời gian của hồ sơ một thủ tục đi đâu, theo năm đồng hồ, từng bước."""
    found = measuring.review(office(), current_actor(), Scope(code=code, **query))
    return _tagged(Review().dump(record_of(found)))


@blueprint.route("/review/procedures/<string:code>/steps/<string:element>")
@reading("review.read", conditional=True)
@blueprint.arguments(StepScope, location="query")
@answers(blueprint, 200, Breakdown, tag=True)
def breakdown(query: dict[str, Any], code: str, element: str) -> Response:
    """Xem một bước, tách theo cơ quan, vai trò, cách nộp, phiên bản hoặc tháng."""
    by = query.pop("by")
    scope = Scope(code=code, **query)
    found = measuring.breakdown(office(), current_actor(), scope, element, by)
    return _tagged({"items": StepFigures().dump(found, many=True)})


@blueprint.route("/review/procedures/<string:code>/dossiers")
@reading("review.read")
@blueprint.arguments(ProcedureScope, location="query")
@answers(blueprint, 200, Drilled)
def behind(query: dict[str, Any], code: str) -> Response:
    """Xem những hồ sơ lâu nhất, bằng bí danh; ai được đọc hồ sơ thì thấy mã."""
    found = drilling.dossiers(office(), current_actor(), Scope(code=code, **query))
    items = Behind().dump(found.dossiers, many=True)
    return jsonify({"total": found.total, "hidden": found.hidden, "items": items})


@blueprint.route("/review/units")
@reading("review.read", conditional=True)
@blueprint.arguments(ScopeQuery, location="query")
@answers(blueprint, 200, Scoreboard, tag=True)
def units(query: dict[str, Any]) -> Response:
    """Xếp loại các đơn vị, kèm tử số, mẫu số và điểm của từng chỉ số."""
    found = scoreboard.scores(office(), current_actor(), Scope(**query))
    return _tagged(Scoreboard().dump(record_of(found)))


def _tagged(values: dict[str, Any]) -> Response:
    """Answer with a tag of the very bytes: a second look at the same figures costs no line."""
    response = jsonify(values)
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)
