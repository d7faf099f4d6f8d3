"""Files (tệp): upload before intake or to a dossier, list, download, take off.

An upload is one part named `file` of a multipart body. Downloads are attachments, never shown.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request
from marshmallow import Schema

from api.auth import current_actor, office
from api.handing_out import handed_in
from api.rest import schemas
from api.rest.commanding import carry_out, dossier_answer
from api.rest.conditions import idempotency_key, seen_revision
from api.rest.door import answers, commanding, page, posting, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from api.rest.uploading import given_file, one_file
from workflows import files, keeping
from workflows.views import Page

blueprint = Noun("files", __name__, description="Tệp: tải lên, liệt kê, tải về, gỡ.")

ENDPOINTS = frozenset(
    {
        "files.upload",
        "files.attach",
        "file_pages.attach",
        "receive_pages.receive",
        "lookup_pages.check_file",
    }
)
MOST_BODY = keeping.MOST_BYTES + 64 * 1024
COMPONENT = {"type": "string", "maxLength": 80, "example": "form"}
MULTIPART = one_file(component=COMPONENT)


class File(Schema):
    """A file of a dossier, or one that was uploaded and not handed in yet."""

    id = schemas.text("Mã tệp; gửi trong files khi tiếp nhận.")
    component = schemas.text("Thành phần hồ sơ; trống là tệp khác.")
    name = schemas.text()
    media_type = schemas.text("Theo nội dung, không theo tên.")
    size = schemas.whole("Số byte.")
    sha256 = schemas.text()
    pages = schemas.whole()
    state = schemas.text("quarantined, clean hoặc infected.")
    uploaded_at = schemas.moment()
    uploaded_by = schemas.text()
    detached_at = schemas.moment(null=True)
    detach_reason = schemas.text()


class DetachBody(Strict):
    """Why the file does not belong there."""

    reason = Text(required=True, most=2000, metadata={"example": "Nộp nhầm hồ sơ"})


def register(app: Flask) -> None:
    """Let uploads be as large as a file may be; every other body stays small."""

    def widen() -> None:
        if request.endpoint in ENDPOINTS:
            request.max_content_length = MOST_BODY

    app.before_request_funcs.setdefault(None, []).insert(0, widen)


@blueprint.route("/files", methods=["POST"])
@posting("file.upload")
@blueprint.doc(**MULTIPART)
@answers(blueprint, 201, File)
def upload() -> Response:
    """Tải tệp lên trước khi tiếp nhận hồ sơ."""
    view = files.upload(office(), current_actor(), _given(), idempotency_key())
    response = jsonify(File().dump(view))
    response.status_code = 201
    return response


@blueprint.route("/dossiers/<string:dossier>/files", methods=["POST"])
@commanding("file.attach")
@blueprint.doc(**MULTIPART)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def attach(dossier: str) -> Response:
    """Thêm một tệp vào hồ sơ."""
    command = files.AttachFile(
        dossier=dossier,
        component=request.form.get("component", "")[:80],
        revision=seen_revision(),
        idempotency_key=idempotency_key(),
    )
    view = files.attach(office(), current_actor(), _given(), command)
    return dossier_answer(view)


@blueprint.route("/dossiers/<string:dossier>/files")
@reading("dossier.read")
@answers(blueprint, 200, schemas.page_of(File, "FilePage"))
def list_files(dossier: str) -> Response:
    """Liệt kê tệp của hồ sơ, kể cả tệp đã gỡ."""
    return page(File(), Page(items=files.list_files(office(), current_actor(), dossier)))


@blueprint.route("/dossiers/<string:dossier>/files/<string:file>")
@reading("dossier.read")
@Noun.doc(responses={409: "CONFLICT", 503: "SERVICE_UNAVAILABLE"})
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
)
def download(dossier: str, file: str) -> Response:
    """Tải một tệp của hồ sơ về."""
    served = files.read(office(), current_actor(), dossier, file)
    return handed_in(served.content, served.name, served.media_type)


@blueprint.route("/dossiers/<string:dossier>/files/<string:file>/detach", methods=["POST"])
@commanding("file.detach")
@blueprint.arguments(DetachBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def detach(body: dict[str, Any], dossier: str, file: str) -> Response:
    """Gỡ một tệp khỏi hồ sơ, có lý do."""
    return carry_out(files.detach, files.DetachFile, dossier=dossier, file=file, **body)


def _given() -> keeping.Upload:
    """Return the one file of the body; raises InvalidRequest."""
    found = given_file()
    return keeping.Upload(stream=found.stream, name=found.filename or "")
