"""Files of a dossier from its page: hand one in, open one. Served as attachments, never shown."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.pages.asking import attempt, form_key, form_revision
from api.pages.dossier_page import dossier_page
from workflows import files
from workflows.errors import InvalidInput
from workflows.views import DossierView

blueprint = Blueprint("file_pages", __name__)
ONE = "/dossiers/<string:dossier>/files"
MOST_NAME = 80


@blueprint.post(ONE)
@declares("file.attach")
def attach(dossier: str) -> Answer:
    """Add a file to the dossier, as a component of it or as something else."""
    here, actor = office(), current_actor()

    def command() -> DossierView:
        given = request.files.get("file")
        if given is None or not given.filename:
            raise InvalidInput("file", "hãy chọn một tệp")
        asked = files.AttachFile(
            dossier=dossier,
            component=request.form.get("file-component", "")[:MOST_NAME],
            revision=form_revision(),
            idempotency_key=form_key(),
        )
        return files.attach(
            here, actor, files.Upload(stream=given.stream, name=given.filename), asked
        )

    def then(_: DossierView) -> str:
        return url_for("dossier_pages.show_dossier", dossier=dossier, done="attached")

    return attempt(command, then, lambda said: dossier_page(dossier, said, "attach-"))


@blueprint.get(f"{ONE}/<string:file>")
@declares("dossier.read")
def download(dossier: str, file: str) -> Response:
    """Hand a file out as an attachment."""
    served = files.read(office(), current_actor(), dossier, file)
    response = Response(served.content, content_type=served.media_type)
    named = quote(served.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{named}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
