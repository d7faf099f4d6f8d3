"""Is the installation well? The page of `motcua doctor`."""

from __future__ import annotations

from flask import Blueprint

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page
from api.premises import premises
from workflows import doctor
from workflows.checks import State

blueprint = Blueprint("admin_health", __name__)

WORDS = {State.OK: "tốt", State.ATTENTION: "cần xem", State.FAULT: "hỏng"}
TONES = {State.OK: "done", State.ATTENTION: "soon", State.FAULT: "late"}


@blueprint.get("/admin/health")
@declares("installation.check")
def health() -> str:
    """Show every check, the broken first."""
    checks = doctor.examine(office(), current_actor(), premises())
    worst_first = sorted(checks, key=lambda check: list(reversed(State)).index(check.state))
    return admin_page(
        "health.html",
        "health",
        checks=worst_first,
        words=WORDS,
        tones=TONES,
        counts=[(WORDS[s], sum(c.state is s for c in checks)) for s in reversed(State)],
    )
