"""Receiving at the counter: choose the procedure, one form, then the receipt is ready to print."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.formatting import money
from api.pages.asking import Asking, asking, attempt, form_key
from api.pages.doing import RESULTS
from api.pages.parcel import Parcel
from api.pages.shell import show
from api.pages.showing import limit_words, version_of
from engine.law.checklist import missing
from engine.law.fees import applicable
from engine.law.provisions import ComponentMode
from engine.law.working_time import ZONE
from workflows import intake, supplements
from workflows.catalogue import Version
from workflows.errors import InvalidInput
from workflows.intake import ReceiveDossier
from workflows.noting import Contact, Submitter
from workflows.permitting import RECEIVE, list_of, permit
from workflows.supplements import RequestSupplement
from workflows.views import DossierView

blueprint = Blueprint("receive_pages", __name__)

CHANNELS = (("counter", "Trực tiếp tại quầy"), ("post", "Bưu chính"), ("online", "Trực tuyến"))
SUBMITTERS = (
    ("self", "Chính người có hồ sơ"),
    ("authorised", "Người được ủy quyền"),
    ("post", "Bưu chính"),
)
NOT_BROUGHT = frozenset({ComponentMode.LOOKUP, ComponentMode.HELD})
MOST_OF_A_PAPER = 99
MOST_PIECES = 1_000
USUAL_REASON = "Bổ sung giấy tờ còn thiếu."


@blueprint.get("/receive")
@declares("dossier.receive")
def start() -> str:
    """Ask which procedure."""
    may_receive()
    procedures = [v.procedure for v in office().catalogue.procedures()]
    return show(
        "staff/receive_start.html",
        section="receive",
        actor=current_actor(),
        procedures=sorted(procedures, key=lambda p: (p.field, p.name)),
        limit_words=limit_words,
    )


@blueprint.get("/receive/<string:code>")
@declares("dossier.receive")
def form(code: str) -> str:
    """Ask for the person, the papers, the fees, how the result is wanted."""
    may_receive()
    return _form(code)


@blueprint.post("/receive/<string:code>")
@declares("dossier.receive")
def receive(code: str) -> Response:
    """Receive the dossier, and show it with its receipt."""
    may_receive()
    here, actor = office(), current_actor()
    version = version_of(here, code)
    parcel = Parcel()

    def command() -> DossierView:
        parcel.take_in(c.id for c in version.procedure.components)
        view = intake.receive(here, actor, _command(version, parcel))
        return _ask_for(view, version) if request.form.get("then") == "ask" else view

    def then(view: DossierView) -> str:
        asked = view.supplement_rounds > 0
        done = "asked" if asked else "received"
        return url_for("dossier_pages.show_dossier", dossier=view.id, done=done)

    return attempt(command, then, lambda said: _form(code, said, parcel))


def _ask_for(view: DossierView, version: Version) -> DossierView:
    """Ask for every paper that is missing, at the step that may ask; the dossier as it is then."""
    procedure = version.procedure
    lacking = tuple(line.component for line in missing(procedure, view.components))
    law = procedure.supplement
    asks = procedure.facts[law.fact].set_by if law is not None else ()
    step = next((s for s in view.tasks if s.element in asks), None)
    if not lacking or step is None:
        return view
    command = RequestSupplement(
        dossier=view.id,
        task=step.task,
        components=lacking,
        reason=request.form.get("reason", "").strip() or USUAL_REASON,
        idempotency_key=f"{form_key()}:ask",
    )
    return supplements.request(office(), current_actor(), command)


def may_receive() -> None:
    """Raise Forbidden before a form is shown to whoever may not send it."""
    actor = current_actor()
    permit(actor, RECEIVE, list_of(actor.agency))


def _form(code: str, said: Asking | None = None, parcel: Parcel | None = None) -> str:
    version = version_of(office(), code)
    today = office().clock.now().astimezone(ZONE).date()
    channel = said.value("channel", "counter") if said else "counter"
    return show(
        "staff/receive.html",
        section="receive",
        actor=current_actor(),
        asking=said or asking(),
        p=version.procedure,
        limit=limit_words(version.procedure.time_limit),
        papers=version.procedure.components,
        looked_up=NOT_BROUGHT,
        fees=[(f, money(f.amount_vnd)) for f in applicable(version.procedure, channel, today)],
        channels=CHANNELS,
        results=RESULTS,
        submitters=SUBMITTERS,
        handed_in=parcel.names if parcel is not None else {},
        asks=version.procedure.supplement is not None,
        usual_reason=USUAL_REASON,
    )


def _command(version: Version, parcel: Parcel) -> ReceiveDossier:
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    if not typed["applicant_name"]:
        raise InvalidInput("applicant_name", "hãy điền họ tên người có hồ sơ")
    procedure = version.procedure
    return ReceiveDossier(
        procedure=procedure.code,
        channel=typed["channel"] or "counter",
        applicant_name=typed["applicant_name"],
        applicant_id=typed["applicant_id"] or None,
        phone=typed["phone"] or None,
        submitter=Submitter(
            kind=typed["submitter"] or "self",
            name=typed["submitter_name"],
            phone=typed["submitter_phone"],
            authorisation=typed["authorisation"],
        ),
        contact=Contact(
            address=typed["address"],
            email=typed["email"],
            result_by=typed["result_by"] or "counter",
            result_address=typed["result_address"],
        ),
        components={c.id: noted for c in procedure.components if (noted := _paper(c.id, parcel))},
        files=parcel.files,
        exemptions={
            f.id: ground
            for f in procedure.fees
            if (ground := request.form.get(f"exempt-{f.id}", "").strip())
        },
        pieces={
            f.id: pieces
            for f in procedure.fees
            if f.on_request and (pieces := _count(f"pieces-{f.id}", MOST_PIECES))
        },
        idempotency_key=form_key(),
    )


TYPED = (
    "channel", "applicant_name", "applicant_id", "phone", "submitter", "submitter_name",
    "submitter_phone", "authorisation", "address", "email", "result_by", "result_address",
)  # fmt: skip


def _paper(component: str, parcel: Parcel) -> dict[str, int]:
    """Return what was typed of a paper: its counts; nothing for a paper that was not brought."""
    counted = {n: _count(f"{n}-{component}", MOST_OF_A_PAPER) for n in ("originals", "copies")}
    counted["electronic"] = len(parcel.files.get(component, ()))
    return {name: number for name, number in counted.items() if number}


def _count(name: str, most: int) -> int:
    """Return the number typed in a field, none for an empty one; raises InvalidInput."""
    text = request.form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < len("10000")) or int(text) > most:
        raise InvalidInput(name, f"hãy điền số bản, từ 0 đến {most}")
    return int(text)
