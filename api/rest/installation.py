"""Installation (hệ thống): is it well, and what should be seen to? As `motcua doctor` says it."""

from __future__ import annotations

from flask import Response, jsonify
from marshmallow import Schema

from api.auth import current_actor, office
from api.premises import premises
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.parsing import Noun
from workflows import checks, doctor

blueprint = Noun("installation", __name__, description="Hệ thống: có khỏe không, cần làm gì.")


class Check(Schema):
    """One thing that was looked at."""

    name = schemas.text("Tên cho máy, không đổi giữa các phiên bản.")
    title = schemas.text()
    state = schemas.text("ok, attention hoặc fault.")
    text = schemas.text("Hiện trạng và việc phải làm.")


class Checkup(Schema):
    """How the installation stands, thing by thing."""

    state = schemas.text("Tình trạng xấu nhất: ok, attention hoặc fault.")
    checks = schemas.listed(Check)


@blueprint.route("/installation/checkup")
@reading("installation.check")
@answers(blueprint, 200, Checkup)
def checkup() -> Response:
    """Khám hệ thống: mọi mục, tình trạng và việc phải làm."""
    found = doctor.examine(office(), current_actor(), premises())
    return jsonify(Checkup().dump({"state": checks.worst(found), "checks": found}))
