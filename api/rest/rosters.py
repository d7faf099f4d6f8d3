"""Rosters (danh sách cán bộ): people and posts of an XLSX file, all of it or nothing."""

from __future__ import annotations

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import kept
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import answers, posting, reading
from api.rest.parsing import Noun
from api.rest.uploading import given_file, one_file
from workflows import rosters
from workflows.roster_files import MOST_BYTES, CellFault, RosterRow, read_roster

blueprint = Noun("rosters", __name__, description="Danh sách cán bộ dạng XLSX.")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RosterLine(Schema):
    """One row, and what it does."""

    row = schemas.whole("Số dòng trong tệp.")
    person = schemas.text()
    name = schemas.text()
    agency = schemas.text()
    role = schemas.text()
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)
    what = schemas.text("new_person, new_post, nothing hoặc faulty.")


class RosterFault(Schema):
    """One cell that has to be put right."""

    cell = schemas.text("Ô trong tệp, ví dụ C4.")
    row = schemas.whole()
    text = schemas.text("Sai gì, sửa thế nào.")


class Roster(Schema):
    """A list with what each row does; with faults nothing was or would be written."""

    written = schemas.flag()
    lines = schemas.listed(RosterLine)
    faults = schemas.listed(RosterFault)


@blueprint.route("/people/roster-check", methods=["POST"])
@posting("person.import")
@blueprint.doc(**one_file())
@answers(blueprint, 200, Roster)
def check() -> Response:
    """Xem trước một danh sách: từng dòng sẽ làm gì, mọi ô sai; không ghi gì."""
    rows, unread = rows_of_request()
    plan = rosters.merged(rosters.plan_roster(office(), current_actor(), rows), unread)
    return _answer(plan, written=False)


@blueprint.route("/people/roster", methods=["POST"])
@posting("person.import")
@blueprint.doc(**one_file())
@answers(blueprint, 200, Roster)
def take() -> Response:
    """Nhập một danh sách; có một ô sai thì không ghi gì và trả lời 422 nêu mọi ô."""
    rows, unread = rows_of_request()
    if unread:
        plan = rosters.plan_roster(office(), current_actor(), rows)
        raise rosters.RosterRefused(rosters.merged(plan, unread).faults)
    command = rosters.TakeRoster(rows=rows, idempotency_key=idempotency_key())
    return _answer(rosters.take_roster(office(), current_actor(), command), written=True)


@blueprint.route("/people/roster.xlsx")
@reading("person.import")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def template() -> Response:
    """Tải mẫu XLSX để điền danh sách cán bộ."""
    return as_xlsx(rosters.roster_template(office(), current_actor()))


def as_xlsx(content: bytes) -> Response:
    """Answer a template as a file to keep."""
    return kept(content, "danh-sach-can-bo.xlsx", XLSX)


def rows_of_request() -> tuple[tuple[RosterRow, ...], tuple[CellFault, ...]]:
    """Return the rows of the file in the request, once its sender may bring one at all.

    Raises Forbidden, RosterUnreadable, or InvalidRequest where there is no file.
    """
    rosters.may_import(office(), current_actor())
    return read_roster(given_file().stream.read(MOST_BYTES + 1))


def _answer(plan: rosters.RosterPlan, *, written: bool) -> Response:
    said = {"written": written, "lines": plan.lines, "faults": plan.faults}
    return jsonify(Roster().dump(said))
