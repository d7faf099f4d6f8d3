"""One command on a dossier from a request to its answer, the same for every route that has one.

The headers say which revision the caller saw and which key makes a repeat harmless; the answer is
the dossier with its ETag. Not for asking the headers of every request: see `door`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key, seen_revision, tagged
from workflows.views import DossierView


def carry_out(
    use_case: Callable[..., DossierView], kind: Callable[..., Any], **said: Any
) -> Response:
    """Run a command of this kind, as the caller said it and for the revision the caller saw."""
    command = kind(revision=seen_revision(), idempotency_key=idempotency_key(), **said)
    return dossier_answer(use_case(office(), current_actor(), command))


def dossier_answer(view: DossierView, status: int = 200) -> Response:
    """Answer a dossier with its strong ETag."""
    return tagged(schemas.DOSSIER.dump(view), view.revision, status)
