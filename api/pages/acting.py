"""Does the acts of a dossier's life from its page: every row of `acts` is one route.

The action is asked for before anything else of the form is looked at; then the form is the same
command as by API. What is refused comes back on the page with the form open and all that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.pages.acts import ALL, STEP, Act, prefix_of
from api.pages.asking import form_key, form_revision, moment_of
from api.pages.doing import Case, resource_of
from api.pages.dossier_page import attempt_on
from workflows import dossiers
from workflows.errors import InvalidInput, NotFound
from workflows.permitting import permit
from workflows.views import DossierView

blueprint = Blueprint("act_pages", __name__)
ONE = "/dossiers/<string:dossier>"
PATHS = {STEP: f"{ONE}/tasks/<string:task>"}


def _route(act: Act) -> Callable[..., Response]:
    def do(dossier: str, task: str = "") -> Response:
        return _act(act, dossier, task)

    do.__doc__ = act.title
    return do


for _one in ALL:
    blueprint.add_url_rule(
        f"{PATHS.get(_one.at, ONE)}/{_one.name}",
        endpoint=_one.name,
        view_func=declares(_one.action)(_route(_one)),
        methods=["POST"],
    )


def _act(act: Act, dossier: str, task: str) -> Response:
    here, actor = office(), current_actor()
    view = dossiers.read(here, actor, dossier)
    permit(actor, act.action, resource_of(act, _case(view, task)))
    prefix = prefix_of(act, task)

    def command() -> DossierView:
        at = {"dossier": dossier} | ({"task": task} if task else {})
        said = {ask.name: _typed(ask.widget, ask.name, prefix) for ask in act.asks}
        made = act.command(
            **at,
            **{name: value for name, value in said.items() if value is not None},
            revision=form_revision(),
            idempotency_key=form_key(),
        )
        return act.use_case(here, actor, made)

    return attempt_on(dossier, act.name, command, opened=prefix)


def _case(view: DossierView, task: str) -> Case:
    """Return the dossier with the step the act is about; raises NotFound for none."""
    step = next((s for s in view.tasks if s.task == task), None)
    if task and step is None:
        raise NotFound("bước", task)
    version = office().catalogue.at(view.digest)
    return Case(view=view, version=version, actor=current_actor(), record=(), step=step)


def _typed(widget: str, name: str, prefix: str) -> Any:
    """Return what was typed in a field as its command wants it; None for nothing of its own."""
    if widget == "papers":
        return tuple(request.form.getlist(f"{prefix}{name}"))
    text = request.form.get(f"{prefix}{name}", "").strip()
    if widget == "lines":
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if widget in READ:
        return READ[widget](name, text) if text or name != "until" else None
    return int(text) if name == "priority" and text in {"0", "1", "2"} else text


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(name, "hãy điền ngày, ví dụ 2026-10-06") from None


def _number(name: str, text: str) -> int:
    digits = text.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < len("1000000000000")):
        raise InvalidInput(name, "hãy điền một số nguyên")
    return int(digits)


READ: dict[str, Callable[[str, str], Any]] = {"moment": moment_of, "date": _day, "number": _number}
