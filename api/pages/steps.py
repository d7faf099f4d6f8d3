"""Doing steps from the page of a dossier: take, give back, complete, ask for papers, take them.

Every form is one command of `workflows`, the same as by API. What is refused comes back on the
page of the dossier with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.pages.asking import attempt, form_key, form_revision
from api.pages.dossier_page import dossier_page
from api.pages.typed import facts_typed
from engine.law.authority import Actor
from workflows import dossiers, intake, results, supplements, tasks
from workflows.office import Office
from workflows.views import DossierView

blueprint = Blueprint("step_pages", __name__)

ONE = "/dossiers/<string:dossier>"
TASK = f"{ONE}/tasks/<string:task>"
UseCase = Callable[[Office, Actor, Any], DossierView]


@blueprint.post(f"{TASK}/claim")
@declares("task.claim")
def claim(dossier: str, task: str) -> Response:
    """Take a step."""
    return _do("claimed", tasks.claim, tasks.ClaimTask, dossier, task=task)


@blueprint.post(f"{TASK}/release")
@declares("task.release")
def release(dossier: str, task: str) -> Response:
    """Give a step back to everybody with its role."""
    return _do("released", tasks.release, tasks.ReleaseTask, dossier, task=task)


@blueprint.post(f"{TASK}/complete")
@declares("task.complete")
def complete(dossier: str, task: str) -> Response:
    """Complete a step with the facts it asked for."""
    here, actor = office(), current_actor()

    def command() -> DossierView:
        view = dossiers.read(here, actor, dossier)
        step = next((s for s in view.tasks if s.task == task), None)
        law = here.catalogue.at(view.digest).procedure
        facts = facts_typed(law, step.element, request.form) if step is not None else {}
        return tasks.complete(
            here,
            actor,
            tasks.CompleteTask(
                dossier=dossier,
                task=task,
                facts=facts,
                note=request.form.get("note", "").strip(),
                revision=form_revision(),
                idempotency_key=form_key(),
            ),
        )

    return attempt(
        command, lambda _: _page(dossier, "completed"), lambda a: dossier_page(dossier, a)
    )


@blueprint.post(f"{TASK}/supplement")
@declares("supplement.request")
def request_supplement(dossier: str, task: str) -> Response:
    """Ask the applicant for papers, all at once."""
    return _do(
        "asked",
        supplements.request,
        supplements.RequestSupplement,
        dossier,
        task=task,
        components=tuple(request.form.getlist("component")),
        reason=request.form.get("reason", "").strip(),
    )


@blueprint.post(f"{ONE}/supplement")
@declares("supplement.take")
def take_supplement(dossier: str) -> Response:
    """Take the papers the applicant brought."""
    brought = tuple(request.form.getlist("component"))
    return _do("taken", supplements.take, supplements.TakeSupplement, dossier, components=brought)


RETURNED = ("shown", "collected_by", "tracking_code", "file_hash")


@blueprint.post(f"{ONE}/result")
@declares("result.return")
def return_result(dossier: str) -> Response:
    """Hand the result over."""
    words = {name: request.form.get(name, "").strip() for name in RETURNED}
    manner = request.form.get("manner", "counter")
    made = results.ReturnResult
    return _do("returned", results.return_result, made, dossier, manner=manner, **words)


@blueprint.post(f"{ONE}/withdraw")
@declares("dossier.withdraw")
def withdraw(dossier: str) -> Response:
    """Take the dossier back as the applicant asks."""
    reason = request.form.get("reason", "").strip()
    return _do("withdrawn", intake.withdraw, intake.WithdrawDossier, dossier, reason=reason)


def _do(done: str, use_case: UseCase, kind: type, dossier: str, **said: Any) -> Response:
    """Do a command on a dossier and show the dossier again, with what was done or what is wrong."""
    here, actor = office(), current_actor()

    def command() -> DossierView:
        asked = kind(dossier=dossier, revision=form_revision(), idempotency_key=form_key(), **said)
        return use_case(here, actor, asked)

    return attempt(command, lambda _: _page(dossier, done), lambda a: dossier_page(dossier, a))


def _page(dossier: str, done: str) -> str:
    return url_for("dossier_pages.show_dossier", dossier=dossier, done=done)
