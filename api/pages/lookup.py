"""The citizen's one sentence: where the dossier is, when, what to do; by receipt or by code.

No sign-in, no JavaScript, no name on the page. Guessing is bounded as by API.
"""

from __future__ import annotations

import hashlib
from datetime import UTC

from flask import Blueprint, Response, request, url_for

from api.auth import PUBLIC, declares, office
from api.browsing import check_origin
from api.formatting import day_of, moment, money
from api.limits import check, limited, take
from api.pages.citizen import is_english, page
from api.rest.lookups import WRONG
from workflows import lookups
from workflows.lookups import NotThere, Turn, Whereabouts

blueprint = Blueprint("lookup_pages", __name__)

NOT_THERE_EN = "No dossier matches; look again at the code on the receipt and the telephone."
CLOCKS = {
    Turn.AGENCY: "Đang tính vào thời hạn của cơ quan.",
    Turn.APPLICANT: "Đang chờ bạn; thời hạn của cơ quan không chạy.",
    Turn.OTHER_AGENCY: "Đang chờ cơ quan khác trả lời.",
    Turn.NOBODY: "Không còn tính thời gian.",
}
CLOCKS_EN = {
    Turn.AGENCY: "The agency's time limit is running.",
    Turn.APPLICANT: "It waits for you; the agency's time limit stands still.",
    Turn.OTHER_AGENCY: "It waits for another agency to answer.",
    Turn.NOBODY: "No time is counted any more.",
}
MOST_TYPED = 60


@blueprint.get("/tra-cuu")
@declares(PUBLIC)
def ask() -> str:
    """Ask for the code of the receipt and the end of the telephone."""
    return page("citizen/lookup.html")


@blueprint.get("/tra-cuu/<string:token>")
@declares(PUBLIC)
@limited("lookup")
def by_token(token: str) -> Response:
    """Show where the dossier of a receipt is."""
    try:
        return _answer(lookups.by_token(office(), token), token)
    except NotThere:
        return _nothing()


@blueprint.post("/tra-cuu/<string:token>/tep")
@declares(PUBLIC)
@limited("lookup")
def check_file(token: str) -> Response:
    """Say whether a file is the result that was sent; the file is read once and not kept."""
    check_origin()
    given = request.files.get("file")
    try:
        found = lookups.by_token(office(), token)
    except NotThere:
        return _nothing()
    if given is None or not given.filename or found.result is None:
        return _answer(found, token, "none")
    digest = hashlib.file_digest(given.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # reads bytes
    given.close()
    return _answer(found, token, "same" if found.result.is_this(digest) else "other")


@blueprint.get("/tra-cuu/<string:token>/hen.ics")
@declares(PUBLIC)
@limited("lookup")
def appointment(token: str) -> Response:
    """Hand out the appointment for the calendar of a telephone."""
    try:
        found = lookups.by_token(office(), token)
    except NotThere:
        return _nothing()
    if found.due_at is None:
        return _nothing()
    start = found.due_at.astimezone(UTC)
    stamp = f"{start:%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//motcua//vi", "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(token.encode()).hexdigest()[:32]}@motcua", f"DTSTAMP:{stamp}",
        f"DTSTART:{stamp}", "DURATION:PT30M", "SUMMARY:Hẹn trả kết quả hồ sơ",
        f"URL:{url_for('lookup_pages.by_token', token=token, _external=True)}",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    response = Response("\r\n".join(lines), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="hen-tra-ket-qua.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _nothing() -> Response:
    wrong = NOT_THERE_EN if is_english() else NotThere.sentence
    return Response(page("citizen/lookup.html", wrong=wrong), status=404)


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
    except NotThere:
        for end in ends:
            take(WRONG, end)
        wrong = NOT_THERE_EN if is_english() else NotThere.sentence
        return Response(page("citizen/lookup.html", wrong=wrong, code=code), status=404)


def _answer(found: Whereabouts, token: str = "", checked: str = "") -> Response:
    turns = CLOCKS_EN if is_english() else CLOCKS
    clock = turns[found.turn] if found.clock_running or found.turn != Turn.AGENCY else ""
    text = page(
        "citizen/status.html",
        w=found,
        token=token,
        clock=clock,
        settled=found.clock_running or found.result is not None or found.turn == Turn.NOBODY,
        due=moment(found.due_at) if found.due_at else "",
        owed=money(found.owed_vnd) if found.owed_vnd else "",
        day_of=day_of,
        checked=checked,
    )
    response = Response(text)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
