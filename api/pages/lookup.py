"""The citizen's one sentence: where the dossier is, when, what to do; by receipt or by code.

No sign-in, no JavaScript, no name on the page. Guessing is bounded as by API.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from api.auth import PUBLIC, declares, office
from api.browsing import check_origin
from api.formatting import moment, money
from api.limits import check, limited, take
from api.rest.lookups import WRONG
from workflows import lookups
from workflows.lookups import NotThere, Whereabouts

blueprint = Blueprint("lookup_pages", __name__)

LANGUAGES = ("vi", "en")
MOST_TYPED = 60


@blueprint.get("/tra-cuu")
@declares(PUBLIC)
def ask() -> str:
    """Ask for the code of the receipt and the end of the telephone."""
    return _page("citizen/lookup.html")


@blueprint.get("/tra-cuu/<string:token>")
@declares(PUBLIC)
@limited("lookup")
def by_token(token: str) -> Response:
    """Show where the dossier of a receipt is."""
    try:
        return _answer(lookups.by_token(office(), token))
    except NotThere as nothing:
        return Response(_page("citizen/lookup.html", wrong=nothing.message), status=404)


@blueprint.post("/tra-cuu")
@declares(PUBLIC)
@limited("lookup")
def by_code() -> Response:
    """Show where the dossier of a code is, to who knows the end of its telephone."""
    check_origin()
    code = request.form.get("code", "").strip()[:MOST_TYPED]
    digits = request.form.get("digits", "").strip()[:MOST_TYPED]
    ends = ("", f"code:{code}")
    for end in ends:
        check(WRONG, end)
    try:
        return _answer(lookups.by_code(office(), code, digits))
    except NotThere as nothing:
        for end in ends:
            take(WRONG, end)
        page = _page("citizen/lookup.html", wrong=nothing.message, code=code)
        return Response(page, status=404)


def _answer(found: Whereabouts) -> Response:
    language = request.args.get("lang", "vi")
    language = language if language in LANGUAGES else "vi"
    page = _page(
        "citizen/status.html",
        language=language,
        w=found,
        due=moment(found.due_at) if found.due_at else "",
        owed=money(found.owed_vnd) if found.owed_vnd else "",
    )
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(template: str, **values: object) -> str:
    return render_template(template, **values)
