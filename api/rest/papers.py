"""Papers (giấy tờ): the statutory papers of a dossier, listed and as PDF/A; apology and refusal.

A paper is written when it is asked for, from the record. The printer is made once, at first use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Response, current_app
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.browsing import PUBLIC_URL
from api.handing_out import PDF, shown
from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding, page, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import apologies, documents, refusals
from workflows.printing import Printer
from workflows.views import Page

blueprint = Noun(
    "papers", __name__, description="Giấy tờ của hồ sơ: liệt kê, in, xin lỗi, từ chối."
)

FORMS = "motcua.forms"
PRINTER = "motcua.printer"


class PaperLine(Schema):
    """A paper of the dossier's form set."""

    form = schemas.text("Mã giấy, dùng trong địa chỉ.")
    number = schemas.text("Số mẫu trong bộ biểu mẫu.")
    title = schemas.text()
    ready = schemas.flag("In được lúc này.")
    missing = schemas.text("Còn thiếu gì để in.")


class RegisterQuery(Strict):
    """Which days of reception the register covers."""

    first_day = fields.Date(required=True, metadata={"description": "Từ ngày nhận."})
    last_day = fields.Date(required=True, metadata={"description": "Đến ngày nhận."})


class ApologyBody(Strict):
    """Why the result is late and when it will be there."""

    reason = Text(required=True, most=2000)
    new_due_at = fields.AwareDateTime(required=True)


class RefusalBody(Strict):
    """Why the dossier is refused, in words."""

    reason = Text(required=True, most=2000)


def printer() -> Printer:
    """Return the printer of this application."""
    made = current_app.extensions.get(PRINTER)
    if made is None:
        made = Printer(cast("Path", current_app.extensions[FORMS]), current_app.config[PUBLIC_URL])
        current_app.extensions[PRINTER] = made
    return cast("Printer", made)


@blueprint.route("/dossiers/<string:dossier>/papers")
@reading("dossier.read")
@answers(blueprint, 200, schemas.page_of(PaperLine, "PaperPage"))
def list_papers(dossier: str) -> Response:
    """Liệt kê giấy tờ của một hồ sơ: giấy nào in được, giấy nào còn thiếu gì."""
    lines = documents.available(office(), current_actor(), printer(), dossier)
    return page(PaperLine(), Page(items=lines))


@blueprint.route("/dossiers/<string:dossier>/papers/<string:form>.pdf")
@reading("dossier.read")
@Noun.doc(responses={409: "CONFLICT"})
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def print_paper(dossier: str, form: str) -> Response:
    """In một giấy tờ của hồ sơ (PDF/A), viết lại từ nhật ký mỗi lần in."""
    command = documents.RenderPaper(dossier=dossier, form=form)
    made = documents.render(office(), current_actor(), printer(), command)
    return shown(made.content, made.name)


@blueprint.route("/register.pdf")
@reading("dossier.list")
@blueprint.arguments(RegisterQuery, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def print_register(query: dict[str, Any]) -> Response:
    """In Sổ theo dõi hồ sơ của cơ quan mình, từ ngày đến ngày nhận (PDF/A)."""
    actor = current_actor()
    command = documents.RenderRegister(agency=actor.agency, **query)
    made = documents.render_register(office(), actor, printer(), command)
    return shown(made.content, made.name)


@blueprint.route("/dossiers/<string:dossier>/apology", methods=["POST"])
@commanding("apology.issue")
@blueprint.arguments(ApologyBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def apologise(body: dict[str, Any], dossier: str) -> Response:
    """Xin lỗi và hẹn lại ngày trả kết quả; người gọi là người ký."""
    return carry_out(apologies.apologise, apologies.IssueApology, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/refusal", methods=["POST"])
@commanding("refusal.issue")
@blueprint.arguments(RefusalBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def refuse(body: dict[str, Any], dossier: str) -> Response:
    """Từ chối hồ sơ bằng lời; người gọi là người ký."""
    return carry_out(refusals.refuse, refusals.IssueRefusal, dossier=dossier, **body)
