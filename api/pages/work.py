"""The desk: what is to be done, in the order of working time left; the next one by one key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.formatting import minutes, moment
from api.pages.asking import asking, attempt, form_key
from api.pages.shell import ROLE_NAMES, agency_name, following, show
from engine.law.authority import Actor
from workflows import saved_views, worklist
from workflows.errors import InvalidInput
from workflows.naming import names_of
from workflows.worklist import TakeNext, TaskLine, WorklistQuery

blueprint = Blueprint("work_pages", __name__)

LINES = 50
TABS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("mine", "Của tôi", {"holder": "mine"}),
    ("unclaimed", "Chưa ai nhận", {"holder": "none"}),
    ("due_soon", "Sắp đến hạn", {"order": "due"}),
    ("overdue", "Quá hạn", {"overdue": "true"}),
    ("urgent", "Ưu tiên", {"order": "urgency"}),
    ("all", "Tất cả", {}),
)
ORDERS = (
    ("urgency", "gấp nhất trước"),
    ("due", "hẹn trả gần nhất trước"),
    ("waiting", "chờ lâu nhất trước"),
    ("received", "nhận trước đứng trước"),
    ("name", "theo tên"),
)
PRIORITIES = {1: "ưu tiên cao", 2: "khẩn"}
DONE = {"empty": "Không còn việc nào chờ vai trò của bạn.", "kept": "Đã lưu danh sách."}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab above the list: its words, its count, where it leads."""

    name: str
    label: str
    count: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the list as a person reads it."""

    address: str
    code: str
    applicant: str
    step: str
    procedure: str
    who: str
    left: str
    tone: str
    due: str
    priority: str


@blueprint.get("/desk")
@declares("task.list")
def work() -> str:
    """Show what waits for the person's role, the most urgent first."""
    actor, here = current_actor(), office()
    tab = request.args.get("tab", "all")
    query = _query(actor, tab)
    found = worklist.worklist(here, actor, query)
    counts = worklist.counts(here, actor, WorklistQuery(role=query.role))
    return show(
        "staff/work.html",
        section="work",
        actor=actor,
        asking=asking(),
        done=DONE.get(request.args.get("done", ""), ""),
        tab=tab,
        tabs=[_tab(name, label, getattr(counts, name)) for name, label, _ in TABS],
        rows=_rows(found.items, actor),
        following=following(found),
        query=query,
        orders=ORDERS,
        procedures=[(v.procedure.code, v.procedure.name) for v in here.catalogue.procedures()],
        views=saved_views.saved_views(here, actor),
        view_address=lambda view: url_for("work_pages.work", **view.query),
    )


@blueprint.post("/desk/next")
@declares("task.next")
def take_next() -> Response:
    """Take the most urgent step nobody has, and open its dossier."""
    here, actor = office(), current_actor()
    command = TakeNext(idempotency_key=form_key())
    return attempt(lambda: worklist.take_next(here, actor, command), _taken, lambda _: work())


def _taken(taken: worklist.Taken) -> str:
    if taken.dossier is None:
        return url_for("work_pages.work", done="empty")
    return url_for("dossier_pages.show_dossier", dossier=taken.dossier.id, done="claimed")


def _query(actor: Actor, tab: str) -> WorklistQuery:
    """Return the question of the tab and the filters; raises InvalidInput for no such tab."""
    named = {name: asked for name, _, asked in TABS}
    if tab not in named:
        raise InvalidInput("tab", "hãy chọn một nhóm trong trang việc")
    asked = named[tab]
    args = request.args
    everyone = actor.role in {"head_of_section", "leader"} and args.get("everyone") == "yes"
    return WorklistQuery(
        role="" if everyone else actor.role,
        holder=asked.get("holder", ""),
        overdue=True if asked.get("overdue") else None,
        procedure=args.get("procedure", ""),
        q=args.get("q", ""),
        order=args.get("order") or asked.get("order", "urgency"),
        cursor=args.get("cursor", ""),
        limit=LINES,
    )


def _tab(name: str, label: str, count: int) -> Tab:
    return Tab(name=name, label=label, count=count, address=url_for("work_pages.work", tab=name))


def _rows(lines: Iterable[TaskLine], actor: Actor) -> list[Row]:
    found = tuple(lines)
    people = names_of(office(), (line.step.assignee for line in found))
    return [_row(line, actor, people) for line in found]


def _row(line: TaskLine, actor: Actor, people: Mapping[str, str]) -> Row:
    left, tone = time_left(line)
    mine = line.step.assignee == actor.person
    holder = "bạn" if mine else people.get(line.step.assignee, line.step.assignee)
    return Row(
        address=url_for("dossier_pages.show_dossier", dossier=line.dossier),
        code=line.dossier_code,
        applicant=line.applicant_name,
        step=line.step.name,
        procedure=line.procedure_name,
        who=holder or f"{ROLE_NAMES.get(line.step.role, '')}, {agency_name(line.step.agency)}",
        left=left,
        tone=tone,
        due=moment(line.due_at),
        priority=PRIORITIES.get(line.priority, ""),
    )


def time_left(line: TaskLine) -> tuple[str, str]:
    """Say how much working time is left, and how that is to be taken."""
    left = line.minutes_left
    if left is None:
        return ("đang dừng", "paused") if line.due_at else ("chưa có hạn", "paused")
    if line.overdue:
        return f"quá {minutes(-left)}", "late"
    return f"còn {minutes(left)}", "soon" if left <= worklist.SOON_MINUTES else "running"
