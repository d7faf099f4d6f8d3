"""The year's review plan and the dossier of each review, as pages, with what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages.shell import show
from api.pages.tabular import shown
from engine.law.working_time import ZONE
from engine.timing.proposals import Change
from workflows.errors import InvalidInput
from workflows.review import papers, plans
from workflows.review.papers import CHANGES
from workflows.review.plans import STATES, DecideReview, PlanReview, Proposal, ProposeChanges
from workflows.store.review_plans import ReviewPlanRow

blueprint = Blueprint("plan_pages", __name__, url_prefix="/review-plans")

ONE = "/<string:review>"


@blueprint.get("")
@declares("review.read")
def plan_list() -> str:
    """Show the plan of a year, this one unless another is asked for."""
    here, actor = office(), current_actor()
    today = here.clock.now().astimezone(ZONE).date()
    year = _whole(request.args.get("year") or str(today.year), "year")
    rows = plans.plans(here, actor, year)
    names = {v.procedure.code: v.procedure.name for v in here.catalogue.procedures()}
    now = plans.status(rows, year, today)
    return show(
        "staff/review_plans.html",
        section="review",
        actor=actor,
        year=year,
        rows=rows,
        names=names,
        states=STATES,
        now=now,
        line=papers.plan_sheet(rows, names, now).lines[0],
    )


@blueprint.post("")
@declares("review.plan")
def plan() -> Answer:
    """Put a procedure in the plan."""
    said = request.form
    due = said.get("due_on", "")
    row = plans.plan(
        office(),
        current_actor(),
        PlanReview(
            procedure=said.get("procedure", ""),
            year=_whole(said.get("year", ""), "year"),
            reason=said.get("reason", ""),
            expected=said.get("expected", ""),
            due_on=_day(due) if due else None,
        ),
    )
    return redirect(url_for(".file", review=row.id), 303)


@blueprint.get(ONE)
@declares("review.read")
def file(review: str) -> str:
    """Show the dossier of a review, with what can be done next."""
    here, actor = office(), current_actor()
    found = plans.read_file(here, actor, review)
    procedure = here.catalogue.latest(found.row.procedure).procedure
    names = {s["element"]: s["name"] for s in found.evidence["steps"]}
    return show(
        "staff/review_file.html",
        section="review",
        actor=actor,
        found=found,
        states=STATES,
        brief=papers.brief_rows(found),
        tables=[shown(sheet) for sheet in papers.as_sheets(found)[1:]],
        changes=[(c.value, CHANGES[c]) for c in Change],
        steps=[(e, names.get(e, e)) for e in procedure.steps],
        papers=[(c.id, c.name) for c in procedure.components],
        bases=[b.text for b in procedure.legal_basis],
        events=[(moment(e.at), papers.EVENTS[e.kind], e.actor) for e in found.events],
        may_decide=actor.role == "leader" and actor.person != found.row.submitted_by,
    )


@blueprint.post(f"{ONE}/proposals")
@declares("review.propose")
def propose(review: str) -> Answer:
    """Add one proposal to those there are, or take one away."""
    here, actor = office(), current_actor()
    row = plans.read_file(here, actor, review).row
    kept = [_kept(p) for p in row.proposals]
    if request.form.get("remove"):
        number = _whole(request.form["remove"], "remove")
        kept = [p for n, p in enumerate(kept, 1) if n != number]
    else:
        kept.append(_typed())
    plans.propose(here, actor, ProposeChanges(review=review, proposals=tuple(kept)))
    return _back(row)


@blueprint.post(f"{ONE}/submit")
@declares("review.propose")
def submit(review: str) -> Answer:
    """Hand the review to the leader."""
    command = plans.SubmitReview(review=review)
    return _back(plans.submit(office(), current_actor(), command))


@blueprint.post(f"{ONE}/decide")
@declares("review.approve")
def decide(review: str) -> Answer:
    """Approve the review or return it."""
    said = request.form
    approve, note = said.get("decision") == "approve", said.get("note", "")
    command = DecideReview(review=review, approve=approve, note=note)
    return _back(plans.decide(office(), current_actor(), command))


def _back(row: ReviewPlanRow) -> Answer:
    return redirect(url_for(".file", review=row.id), 303)


def _typed() -> Proposal:
    said = request.form
    try:
        change = Change(said.get("change", ""))
    except ValueError:
        raise InvalidInput("change", "hãy chọn loại phương án") from None
    limit = said.get("limit", "")
    return Proposal(
        change=change,
        content=said.get("content", ""),
        reason=said.get("reason", ""),
        elements=tuple(filter(None, said.getlist("elements"))),
        components=tuple(filter(None, said.getlist("components"))),
        limit=_whole(limit, "limit") if limit and change is Change.SHORTEN_LIMIT else None,
        legal_basis=tuple(filter(None, said.getlist("legal_basis"))),
        amends=said.get("amends", ""),
    )


def _kept(one: Mapping[str, Any]) -> Proposal:
    lists = {n: tuple(one[n]) for n in ("elements", "components", "legal_basis")}
    return Proposal(**(dict(one) | lists | {"change": Change(one["change"])}))


def _whole(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - nothing here is longer
        raise InvalidInput(name, "hãy ghi một số nguyên")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("due_on", "hãy chọn ngày") from None
