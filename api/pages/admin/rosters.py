"""New people: one by form, or a whole XLSX file, shown before it is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.errors import InvalidRequest
from api.pages.admin.shared import admin_page, choice_of_agencies, choice_of_roles
from api.pages.asking import Asking, Mistake, asking, form_key, mistakes_of
from api.problems import status_of
from api.rest.rosters import as_xlsx, rows_of_request
from workflows import rosters
from workflows.errors import InvalidInput
from workflows.roster_files import MOST_ROWS, RosterRow, RosterUnreadable, read_day
from workflows.rosters import FAULTY, NEW_PERSON, NEW_POST, NOTHING, RosterPlan, RosterRefused

blueprint = Blueprint("admin_rosters", __name__)

FIELDS = ("person", "name", "agency", "role", "valid_from", "valid_to")
WHATS = {
    NEW_PERSON: ("thêm cán bộ và giao vị trí", "running"),
    NEW_POST: ("giao thêm vị trí", "running"),
    NOTHING: ("đã có, không đổi", "done"),
    FAULTY: ("có ô sai", "late"),
}


@blueprint.get("/admin/people/new")
@declares("person.import")
def new() -> str:
    """Ask for a new person and their first post."""
    rosters.may_import(office(), current_actor())
    return _new(asking())


@blueprint.post("/admin/people/new")
@declares("person.import")
def add() -> Answer:
    """Add a person with a post; somebody known gets one more post."""
    here, actor = office(), current_actor()
    rosters.may_import(here, actor)
    typed = {name: " ".join(request.form.get(name, "").split()) for name in FIELDS}
    row = _of_texts(1, typed, {name: name for name in FIELDS})
    command = rosters.TakeRoster(rows=(row,), idempotency_key=form_key())
    try:
        plan = rosters.take_roster(here, actor, command)
    except RosterRefused as refused:
        wrong = [Mistake(text=f.text, field=f.cell.removesuffix("1")) for f in refused.faults]
        return Response(_new(asking(typed=request.form, mistakes=wrong)), 422)
    done = "new" if plan.count(NEW_PERSON) else "posts"
    return redirect(url_for("admin_person.show_person", person=row.person, done=done), 303)


@blueprint.get("/admin/people/import")
@declares("person.import")
def importing() -> str:
    """Ask for a file."""
    rosters.may_import(office(), current_actor())
    return _import(asking())


@blueprint.get("/admin/people/roster.xlsx")
@declares("person.import")
def template() -> Response:
    """Hand out the template."""
    return as_xlsx(rosters.roster_template(office(), current_actor()))


@blueprint.post("/admin/people/import")
@declares("person.import")
def show_import() -> Answer:
    """Show what every row would do and every faulty cell; nothing is written."""
    try:
        rows, unread = rows_of_request()
    except RosterUnreadable as refused:
        return Response(_import(asking(mistakes=mistakes_of(refused))), status_of(refused))
    except InvalidRequest:
        wrong = Mistake(text="Hãy chọn tệp XLSX.", field="file")
        return Response(_import(asking(mistakes=[wrong])), 422)
    plan = rosters.merged(rosters.plan_roster(office(), current_actor(), rows), unread)
    return Response(_import(asking(), plan=plan, rows=_packed(rows)), 422 if plan.faults else 200)


@blueprint.post("/admin/people/import/confirm")
@declares("person.import")
def confirm() -> Answer:
    """Take the rows that were shown, checked anew."""
    here, actor = office(), current_actor()
    rosters.may_import(here, actor)
    try:
        rows = _unpacked(request.form.get("rows", ""))
        command = rosters.TakeRoster(rows=rows, idempotency_key=form_key())
        plan = rosters.take_roster(here, actor, command)
    except RosterRefused:
        changed = rosters.plan_roster(here, actor, rows)
        return Response(_import(asking(), plan=changed), 422)
    except InvalidInput as refused:
        return Response(_import(asking(mistakes=mistakes_of(refused))), 422)
    taken = plan.count(NEW_PERSON) + plan.count(NEW_POST)
    return redirect(url_for("admin_people.everybody", taken=taken), 303)


def _new(said: Asking) -> str:
    return admin_page(
        "new_person.html",
        "people",
        asking=said,
        agencies=choice_of_agencies(),
        roles=choice_of_roles(),
    )


def _import(said: Asking, *, plan: RosterPlan | None = None, rows: str = "") -> str:
    return admin_page(
        "import.html",
        "people",
        asking=said,
        plan=plan,
        rows=rows,
        whats=WHATS,
        counts=[(words, plan.count(what)) for what, (words, _) in WHATS.items()] if plan else (),
        most=MOST_ROWS,
    )


def _packed(rows: tuple[RosterRow, ...]) -> str:
    """Return the rows as the confirming form carries them."""
    lines = [[r.row, *(str(getattr(r, n) or "") for n in FIELDS), dict(r.columns)] for r in rows]
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":"))


def _unpacked(text: str) -> tuple[RosterRow, ...]:
    """Return the rows a form carried; raises InvalidInput for what no page of ours wrote."""
    try:
        return tuple(map(_row, json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InvalidInput("rows", "hãy tải tệp lên lại") from None


def _row(line: Any) -> RosterRow:
    number, *values, columns = line
    if not isinstance(number, int) or not all(isinstance(v, str) for v in values):
        raise TypeError
    texts = dict(zip(FIELDS, values, strict=True))
    return _of_texts(number, texts, {str(k): str(v) for k, v in columns.items()})


def _of_texts(number: int, texts: Mapping[str, str], columns: Mapping[str, str]) -> RosterRow:
    return RosterRow(
        row=number,
        columns=columns,
        person=texts["person"],
        name=texts["name"],
        agency=texts["agency"],
        role=texts["role"],
        valid_from=read_day(texts["valid_from"]),
        valid_to=read_day(texts["valid_to"]),
    )
