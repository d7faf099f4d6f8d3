"""The page behind the link in a letter: stop such letters in one step, or have them again.

Mail programs press the same button by themselves (RFC 8058): no session, no cookie, no form of
ours; the link is the proof. Looking changes nothing: programs look at links too.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from api.auth import PUBLIC, declares, office
from api.pages.citizen import is_english, page
from workflows import letters
from workflows.errors import WorkflowError
from workflows.letters import LetterStanding

blueprint = Blueprint("letter_pages", __name__)

NAMES = {
    "received": "báo đã tiếp nhận hồ sơ",
    "supplement": "yêu cầu bổ sung hồ sơ",
    "apology": "xin lỗi và hẹn lại ngày trả kết quả",
    "extension": "báo gia hạn giải quyết",
    "result_ready": "báo đã có kết quả",
    "due_soon": "báo hồ sơ sắp đến hạn",
    "overdue": "báo hồ sơ quá hạn",
}
NAMES_EN = {
    "received": "that a dossier was received",
    "supplement": "that papers are missing",
    "apology": "of apology with a new date",
    "extension": "that a time limit was extended",
    "result_ready": "that a result is ready",
    "due_soon": "that a dossier is due soon",
    "overdue": "that a dossier is overdue",
}
ADDRESS = "/ngung-thu/<string:notice>/<string:token>"
MOST_TYPED = 20


@blueprint.get(ADDRESS)
@declares(PUBLIC)
def ask(notice: str, token: str) -> Response:
    """Show what the link stops, and the buttons that do."""
    try:
        return _answer(letters.standing(office(), notice, token))
    except WorkflowError as refused:
        return _refused(refused)


@blueprint.post(ADDRESS)
@declares(PUBLIC)
def decide(notice: str, token: str) -> Response:
    """Stop such letters, all letters, or send them again; a mail program's own step stops them."""
    what = request.form.get("what", letters.STOP)[:MOST_TYPED]
    try:
        return _answer(letters.decide(office(), notice, token, what), done=True)
    except WorkflowError as refused:
        return _refused(refused)


def _answer(found: LetterStanding, *, done: bool = False) -> Response:
    name = (NAMES_EN if is_english() else NAMES).get(found.notice, found.notice)
    return _unseen(Response(page("citizen/letter.html", standing=found, name=name, done=done)))


def _refused(refused: WorkflowError) -> Response:
    wrong = page("citizen/letter.html", standing=None, wrong=refused.message)
    return _unseen(Response(wrong, status=404))


def _unseen(response: Response) -> Response:
    """Keep the page out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
