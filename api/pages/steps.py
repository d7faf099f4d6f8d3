"""Doing steps from the page of a dossier: take, give back, complete, ask for papers, take them.

Every form is one command of `workflows`, the same as by API. What is refused comes back on the
page of the dossier with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.pages.asking import form_key, form_revision
from api.pages.dossier_page import attempt_on
from api.pages.typed import facts_typed
from engine.law.authority import Actor
from workflows import dossiers, releases, results, sign_offs, supplements, tasks
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


@blueprint.post(f"{TASK}/give-back")
@declares("task.release")
def release(dossier: str, task: str) -> Response:
    """Give a step back to everybody with its role."""
    return _do("released", tasks.release, tasks.ReleaseTask, dossier, task=task)


@blueprint.post(f"{TASK}/complete")
@declares("task.complete")
def complete(dossier: str, task: str) -> Response:
    """Complete a step with the facts it asked for."""
    return _finish("completed", tasks.complete, tasks.CompleteTask, dossier, task, note=_note())


@blueprint.post(f"{TASK}/sign-off")
@declares("result.sign_off")
def sign_off(dossier: str, task: str) -> Response:
    """Sign the result at the step that signs."""
    return _finish("signed", sign_offs.sign_off, sign_offs.SignOff, dossier, task, note=_note())


@blueprint.post(f"{TASK}/release")
@declares("result.release")
def release_result(dossier: str, task: str) -> Response:
    """Release the result under its number."""
    number = request.form.get("number", "").strip()
    made = releases.ReleaseResult
    return _finish("issued", releases.release, made, dossier, task, number=number)


@blueprint.post(f"{TASK}/supplement")
@declares("supplement.request")
def request_supplement(dossier: str, task: str) -> Response:
    """Ask the applicant for papers, all at once."""
    asked = tuple(request.form.getlist("component"))
    said = {name: request.form.get(f"reason-{name}", "").strip() for name in asked}
    return _do(
        "asked",
        supplements.request,
        supplements.RequestSupplement,
        dossier,
        task=task,
        components=asked,
        reasons={name: words for name, words in said.items() if words},
        reason=request.form.get("reason", "").strip(),
    )


@blueprint.post(f"{ONE}/supplement")
@declares("supplement.take")
def take_supplement(dossier: str) -> Response:
    """Take the papers the applicant brought."""
    brought = tuple(request.form.getlist("component"))
    partly = request.form.get("partly", "")
    made = supplements.TakeSupplement
    return _do("taken", supplements.take, made, dossier, components=brought, partly=partly)


RETURNED = ("shown", "collected_by", "tracking_code", "file_hash")


@blueprint.post(f"{ONE}/result")
@declares("result.return")
def return_result(dossier: str) -> Response:
    """Hand the result over."""
    words = {name: request.form.get(name, "").strip() for name in RETURNED}
    manner = request.form.get("manner", "counter")
    made = results.ReturnResult
    return _do("returned", results.return_result, made, dossier, manner=manner, **words)


def _note() -> str:
    return request.form.get("note", "").strip()


def _finish(
    done: str, use_case: UseCase, kind: type, dossier: str, task: str, **said: Any
) -> Response:
    """Complete a step by the command that fits it, with the facts the form set."""
    here, actor = office(), current_actor()

    def command() -> DossierView:
        view = dossiers.read(here, actor, dossier)
        step = next((s for s in view.tasks if s.task == task), None)
        law = here.catalogue.at(view.digest).procedure
        facts = facts_typed(law, step.element, request.form) if step is not None else {}
        on = {"dossier": dossier, "task": task, "revision": form_revision()}
        asked = kind(**on, facts=facts, idempotency_key=form_key(), **said)
        return use_case(here, actor, asked)

    return attempt_on(dossier, done, command)


def _do(done: str, use_case: UseCase, kind: type, dossier: str, **said: Any) -> Response:
    """Do a command on a dossier and show the dossier again, with what was done or what is wrong."""
    here, actor = office(), current_actor()

    def command() -> DossierView:
        asked = kind(dossier=dossier, revision=form_revision(), idempotency_key=form_key(), **said)
        return use_case(here, actor, asked)

    return attempt_on(dossier, done, command)
