"""Phiếu liên thông for people: the letter box of an agency, one referral, what each side does.

The asked agency sees its referral and what the procedure declares for it; whose dossier it is says
the page of the dossier, to its own agencies alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.handing_out import handed_in
from api.pages.asking import Asking, asking, attempt, form_key, form_revision
from api.pages.shell import agency_name, following, show
from api.pages.typed import fact_fields, facts_typed
from engine.law.referral import Shown
from workflows import files, keeping, referrals
from workflows.naming import names_of
from workflows.referring import RECEIVED, SENT, ReferralView

blueprint = Blueprint("referral_pages", __name__)

LINES = 50
ONE = "/referrals/<string:referral>"
SYSTEM_NAME = "hệ thống"
TONES = {
    "sent": "soon", "delivered": "soon", "accepted": "running", "returned": "late",
    "answered": "done", "silent": "paused", "withdrawn": "paused",
}  # fmt: skip
WHATS = {
    "sent": "Gửi phiếu",
    "delivered": "Phiếu đến hệ thống của cơ quan nhận",
    "accepted": "Tiếp nhận phiếu",
    "returned": "Trả lại phiếu",
    "resent": "Gửi lại phiếu",
    "reminded": "Đôn đốc",
    "overdue": "Quá hạn mà chưa trả lời",
    "answered": "Trả lời",
    "silent": "Hết hạn mà không trả lời, coi như đồng ý",
    "withdrawn": "Rút phiếu",
    "answer_kept": "Câu trả lời được giữ lại, không làm hồ sơ đổi hướng",
}
WHYS = {
    "early": "đến sớm",
    "late": "đến muộn, đã hết thời hạn trả lời",
    "double": "đến lần thứ hai",
    "withdrawn": "phiếu đã rút",
}
DONE = {
    "accept": "Đã tiếp nhận phiếu.",
    "return": "Đã trả lại phiếu cho cơ quan gửi.",
    "answer": "Đã trả lời.",
    "resend": "Đã gửi lại phiếu.",
    "remind": "Đã đôn đốc.",
    "withdraw": "Đã rút phiếu; hồ sơ đi tiếp.",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A referral in a list: its words, its marks."""

    id: str
    name: str
    code: str
    procedure: str
    other: str
    sent: str
    due: str
    state: str
    tone: str
    marks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One stamp as a line of the page."""

    what: str
    at: datetime
    who: str
    text: str
    tone: str
    theirs: str
    documents: tuple[dict[str, Any], ...]


@blueprint.get("/referrals")
@declares("referral.list")
def referral_list() -> str:
    """Show what the agency was asked, or what it asks others."""
    here, actor, asked = office(), current_actor(), request.args
    side = SENT if asked.get("side") == SENT else RECEIVED
    query = referrals.ReferralQuery(
        side=side,
        all=asked.get("all") == "yes",
        late=asked.get("late") == "yes",
        cursor=asked.get("cursor", ""),
        limit=LINES,
    )
    found = referrals.list_referrals(here, actor, query)
    return show(
        "staff/referrals.html",
        section="referrals",
        actor=actor,
        query=query,
        lines=tuple(lines(found.items)),
        following=following(found),
    )


@blueprint.get(ONE)
@declares("referral.read")
def show_referral(referral: str) -> str:
    """Show one referral as the reader's side may see it."""
    return _page(referral)


@blueprint.get(f"{ONE}/files/<string:file>")
@declares("referral.read")
def download(referral: str, file: str) -> Response:
    """Hand out a file that goes with a question or an answer."""
    served = files.read_enclosed(office(), current_actor(), referral, file)
    return handed_in(served.content, served.name, served.media_type)


@blueprint.post(f"{ONE}/accept")
@declares("referral.accept")
def accept(referral: str) -> Response:
    """Take the referral on."""
    return _do("accept", referral, referrals.accept, referrals.AcceptReferral)


@blueprint.post(f"{ONE}/return")
@declares("referral.return")
def give_back(referral: str) -> Response:
    """Give the question back."""
    said = {"reason": _typed("return-reason")}
    return _do("return", referral, referrals.give_back, referrals.ReturnReferral, **said)


@blueprint.post(f"{ONE}/answer")
@declares("referral.answer")
def answer(referral: str) -> Response:
    """Answer, with the facts that follow and a file if there is one."""
    here, actor = office(), current_actor()

    def command() -> ReferralView:
        view = referrals.read(here, actor, referral)
        procedure = here.catalogue.at(view.digest).procedure
        given = request.files.get("file")
        sent: tuple[str, ...] = ()
        if given is not None and given.filename:
            upload = keeping.Upload(stream=given.stream, name=given.filename)
            sent = (files.upload(here, actor, upload, f"{form_key()}-file").id,)
        said = referrals.AnswerReferral(
            referral=referral,
            answer=_typed("answer"),
            facts=facts_typed(procedure, view.wait_element, request.form),
            files=sent,
            revision=form_revision(),
            idempotency_key=form_key(),
        )
        return referrals.answer(here, actor, said)

    return _attempt("answer", referral, command)


@blueprint.post(f"{ONE}/resend")
@declares("referral.resend")
def resend(referral: str) -> Response:
    """Ask a returned question again."""
    said = {"note": _typed("resend-note")}
    return _do("resend", referral, referrals.resend, referrals.ResendReferral, **said)


@blueprint.post(f"{ONE}/remind")
@declares("referral.remind")
def remind(referral: str) -> Response:
    """Remind the other agency."""
    said = {"note": _typed("remind-note")}
    return _do("remind", referral, referrals.remind, referrals.RemindReferral, **said)


@blueprint.post(f"{ONE}/withdraw")
@declares("referral.withdraw")
def withdraw(referral: str) -> Response:
    """Take the question back."""
    said = {"reason": _typed("withdraw-reason")}
    return _do("withdraw", referral, referrals.withdraw, referrals.WithdrawReferral, **said)


def lines(found: Any) -> Iterator[Line]:
    """Yield referrals as lines of a list: the other agency is the one that is not the reader's."""
    for view in found:
        other = view.asked_by if view.side == RECEIVED else view.to_agency
        yield Line(
            id=view.id,
            name=view.name,
            code=view.dossier_code,
            procedure=view.procedure_name,
            other=agency_name(other),
            sent=moment(view.sent_at),
            due=moment(view.due_at) if view.due_at else "",
            state=view.state_name,
            tone=TONES[view.state],
            marks=tuple(_marks(view)),
        )


def _marks(view: ReferralView) -> Iterator[str]:
    now = office().clock.now()
    if view.overdue:
        yield "quá hạn trả lời"
    if view.late:
        yield "trả lời muộn"
    waiting = view.state in {"sent", "delivered"}
    if waiting and view.accept_due_at is not None and view.accept_due_at < now:
        yield "quá hạn tiếp nhận"
    if view.kept:
        yield f"{view.kept} câu trả lời giữ lại"


def _page(referral: str, said: Asking | None = None) -> str:
    here, actor = office(), current_actor()
    view = referrals.read(here, actor, referral)
    procedure = here.catalogue.at(view.digest).procedure
    people = names_of(here, (str(s.get("by", "")) for s in view.stamps))
    is_open = view.state in {"sent", "delivered", "accepted"}
    return show(
        "staff/referral.html",
        section="referrals",
        actor=actor,
        r=view,
        line=next(lines([view])),
        asking=replace(said, revision=view.revision) if said else asking(revision=view.revision),
        done=DONE.get(request.args.get("done", ""), ""),
        received=view.to_agency == actor.agency,
        sent=view.side == SENT,
        is_open=is_open,
        fields=tuple(fact_fields(procedure, view.wait_element)),
        shown=[(Shown(name).label, text) for name, text in view.shown.items()],
        stamps=tuple(_told(s, people) for s in view.stamps),
        asked_by=agency_name(view.asked_by),
        to_agency=agency_name(view.to_agency),
        moment=moment,
    )


def _told(stamp: dict[str, Any], people: Any) -> Told:
    what, by = stamp["what"], str(stamp.get("by", ""))
    name = SYSTEM_NAME if by == "system" else people.get(by, by)
    agency = agency_name(str(stamp["agency"])) if stamp.get("agency") else ""
    why = WHYS.get(str(stamp.get("why", "")), str(stamp.get("why", "")))
    late = "muộn" if stamp.get("late") else ""
    more = ", ".join(part for part in (why, late) if part)
    theirs = str(stamp.get("stamped_at", ""))
    return Told(
        what=f"{WHATS[what]} ({more})" if more else WHATS[what],
        at=datetime.fromisoformat(stamp["at"]),
        who=" · ".join(part for part in (name, agency) if part),
        text="" if what == "silent" else str(stamp.get("text", "")),
        tone="late" if late or what in {"overdue", "returned"} else "",
        theirs=moment(datetime.fromisoformat(theirs)) if theirs else "",
        documents=tuple(stamp.get("documents", ())),
    )


def _do(
    name: str, referral: str, use_case: Callable[..., ReferralView], made: Any, **said: str
) -> Response:
    def command() -> ReferralView:
        key, revision = form_key(), form_revision()
        return use_case(
            office(),
            current_actor(),
            made(referral=referral, revision=revision, idempotency_key=key, **said),
        )

    return _attempt(name, referral, command)


def _attempt(name: str, referral: str, command: Callable[[], ReferralView]) -> Response:
    def then(_: ReferralView) -> str:
        return url_for("referral_pages.show_referral", referral=referral, done=name)

    return attempt(command, then, lambda said: _page(referral, said))


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()
