"""Who stands in for whom at the agency: proposed, approved by another, ended; one page for all."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.asking import Asking, asking, attempt, form_key, moment_typed
from api.pages.shell import NOT_AT_WORK, ROLE_NAMES, show
from api.pages.work import roles_of
from engine.law.authority import Actor, allow
from workflows import members, substitutions
from workflows.errors import InvalidInput
from workflows.naming import names_of
from workflows.permitting import APPROVE_SUBSTITUTION, PROPOSE_SUBSTITUTION, governed
from workflows.substitutions import (
    ApproveSubstitution,
    EndSubstitution,
    ProposeSubstitution,
    SubstitutionView,
)

blueprint = Blueprint("substitution_pages", __name__)
ONE = "/substitutions/<string:substitution>"
DONE = {
    "proposed": "Đã đề nghị; chờ lãnh đạo đồng ý.",
    "approved": "Đã đồng ý; người làm thay chọn vị trí này khi đăng nhập.",
    "ended": "Đã chấm dứt việc làm thay.",
}


@blueprint.get("/substitutions")
@declares("substitution.list")
def list_all() -> str:
    """Show who stands in for whom, and ask for another."""
    return _page()


@blueprint.post("/substitutions")
@declares("substitution.propose")
def propose() -> Response:
    """Propose that somebody stands in."""
    here, actor = office(), current_actor()

    def command() -> SubstitutionView:
        absent, _, role = request.form.get("post", "").partition(" ")
        if not role:
            raise InvalidInput("post", "hãy chọn người vắng mặt")
        asked = ProposeSubstitution(
            absent=absent,
            agency=actor.agency,
            role=role,
            substitute=request.form.get("substitute", ""),
            valid_from=moment_typed("valid_from"),
            valid_to=moment_typed("valid_to"),
            ground=request.form.get("ground", ""),
            idempotency_key=form_key(),
        )
        return substitutions.propose(here, actor, asked)

    return attempt(command, lambda _: _address("proposed"), _page)


@blueprint.post(f"{ONE}/approve")
@declares("substitution.approve")
def approve(substitution: str) -> Response:
    """Put a proposed substitution in force."""
    command = ApproveSubstitution(substitution=substitution, idempotency_key=form_key())
    return attempt(
        lambda: substitutions.approve(office(), current_actor(), command),
        lambda _: _address("approved"),
        _page,
    )


@blueprint.post(f"{ONE}/end")
@declares("substitution.end")
def end(substitution: str) -> Response:
    """End a substitution now."""
    command = EndSubstitution(substitution=substitution, idempotency_key=form_key())
    return attempt(
        lambda: substitutions.end(office(), current_actor(), command),
        lambda _: _address("ended"),
        _page,
    )


def _address(done: str) -> str:
    return url_for("substitution_pages.list_all", done=done)


def _page(said: Asking | None = None) -> str:
    here, actor = office(), current_actor()
    found = substitutions.list_substitutions(here, actor)
    at_work = actor.role not in NOT_AT_WORK
    there = members.members(here, actor) if at_work else ()
    posts = [
        (f"{m.person} {role}", f"{m.name}, {ROLE_NAMES.get(role, role)}")
        for m in there
        for role in m.roles
        if role not in NOT_AT_WORK and _may_propose(actor, m.person)
    ]
    return show(
        "staff/substitutions.html",
        section="unit",
        actor=actor,
        asking=said or asking(),
        done=DONE.get(request.args.get("done", ""), ""),
        lines=[(s, *_state(s, here.clock.now()), _may_approve(actor, s)) for s in found],
        people=names_of(here, [c for s in found for c in (s.absent, s.substitute, s.approved_by)]),
        roles=ROLE_NAMES,
        posts=posts,
        substitutes=[
            (m.person, f"{m.name} ({roles_of(m)})") for m in there if set(m.roles) - NOT_AT_WORK
        ],
        moment=moment,
    )


def _state(one: SubstitutionView, now: datetime) -> tuple[str, str]:
    """Say how it stands with a substitution, and how that is to be taken."""
    if one.ended_at is not None:
        return "đã chấm dứt", "status"
    if one.valid_to <= now:
        return "đã hết hạn", "status"
    if one.approved_at is None:
        return "chờ đồng ý", "soon"
    return ("đang làm thay", "done") if one.in_force else ("sắp bắt đầu", "running")


def _may_propose(actor: Actor, person: str) -> bool:
    about = governed(office().catalogue.agencies, actor.agency, person=person)
    return allow(actor, PROPOSE_SUBSTITUTION, about).allowed


def _may_approve(actor: Actor, one: SubstitutionView) -> bool:
    about = governed(
        office().catalogue.agencies,
        one.agency,
        person=one.absent,
        barred=frozenset({one.substitute}),
    )
    return allow(actor, APPROVE_SUBSTITUTION, about).allowed
