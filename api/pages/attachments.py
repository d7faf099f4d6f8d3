"""Files of a dossier from its page: hand one in, open one. Served as attachments, never shown."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.handing_out import handed_in
from api.pages.asking import form_key, form_revision
from api.pages.dossier_page import attempt_on
from workflows import files, keeping
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
            here, actor, keeping.Upload(stream=given.stream, name=given.filename), asked
        )

    return attempt_on(dossier, "attached", command, opened="attach-")


@blueprint.get(f"{ONE}/<string:file>")
@declares("dossier.read")
def download(dossier: str, file: str) -> Response:
    """Hand a file out as an attachment."""
    served = files.read(office(), current_actor(), dossier, file)
    return handed_in(served.content, served.name, served.media_type)
