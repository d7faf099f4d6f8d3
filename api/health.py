"""Is the program alive, and can it work? For load balancers and operators, without a token."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from api.auth import PUBLIC, declares, office

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@declares(PUBLIC)
def livez() -> Response:
    """Answer as long as the process answers at all."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@declares(PUBLIC)
def readyz() -> tuple[Response, int]:
    """Answer 200 only when the database can be used."""
    ready = _database_answers()
    return jsonify({"status": "ok" if ready else "unavailable"}), 200 if ready else 503


def _database_answers() -> bool:
    try:
        office().store.read(lambda unit: unit.versions.digests())
    except Exception:  # noqa: BLE001 - whatever stands in the way, we are not ready
        return False
    return True
