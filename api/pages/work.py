"""The desk: what is to be done, in the order of working time left; one step or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.formatting import minutes, moment
from api.pages import queue
from api.pages.asking import Asking, asking, attempt, attempt_here, form_key
from api.pages.shell import HEADS, NOT_AT_WORK, ROLE_NAMES, following, show
from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from workflows import bulk, members, saved_views, worklist
from workflows.bulk import BulkItem, BulkResult, BulkTasks
from workflows.errors import InvalidInput
from workflows.members import Member
from workflows.naming import names_of
from workflows.worklist import TakeNext, TaskLine, WorklistQuery

blueprint = Blueprint("work_pages", __name__)

PRIORITIES = {1: "ưu tiên cao", 2: "khẩn"}
DONE = {
    "empty": "Không còn việc nào chờ vai trò của bạn.",
    "kept": "Đã lưu danh sách.",
    "renamed": "Đã đổi tên danh sách.",
    "dropped": "Đã bỏ danh sách.",
}
MANY = (("claim", "Nhận"), ("complete", "Xong bước"), ("release", "Trả lại"))
MANY_OF_HEADS = (("assign", "Giao"), ("recall", "Thu hồi"))
MANY_DONE = {
    "claim": "đã nhận",
    "complete": "đã xong bước",
    "release": "đã trả lại",
    "assign": "đã giao",
    "recall": "đã thu hồi",
}
ITEM_PARTS = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the list as a person reads it; `item` names it when many are done at once."""

    item: str
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


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of one of many: the dossier, and what was done or why not."""

    address: str
    what: str
    done: bool
    words: str


@blueprint.get("/desk")
@declares("task.list")
def work() -> str:
    """Show what waits for the person's role, the most urgent first."""
    return work_page()


def work_page(said: Asking | None = None, came: Sequence[Came] = ()) -> str:
    """Return the page; `said` is a form that was refused, `came` what came of many steps."""
    actor, here = current_actor(), office()
    query = queue.query_asked(actor)
    found = worklist.worklist(here, actor, query)
    counts = worklist.counts(here, actor, WorklistQuery(role=query.role))
    heads = actor.role in HEADS
    return show(
        "staff/work.html",
        section="work",
        actor=actor,
        asking=said or asking(),
        done=DONE.get(request.args.get("done", ""), ""),
        came=came,
        tab=queue.tab_asked(),
        tabs=queue.tabs(counts),
        rows=_rows(found.items, actor),
        following=following(found),
        query=query,
        orders=queue.ORDERS,
        procedures=[(v.procedure.code, v.procedure.name) for v in here.catalogue.procedures()],
        views=saved_views.saved_views(here, actor),
        view_address=queue.address_of,
        acts=MANY,
        acts_of_heads=MANY_OF_HEADS if heads else (),
        colleagues=_colleagues(actor) if heads else (),
        asked=request.args.to_dict(),
    )


@blueprint.post("/desk/next")
@declares("task.next")
def take_next() -> Response:
    """Take the most urgent step nobody has, and open its dossier."""
    here, actor = office(), current_actor()
    command = TakeNext(idempotency_key=form_key())
    return attempt(lambda: worklist.take_next(here, actor, command), _taken, work_page)


@blueprint.post("/desk/many")
@declares("task.bulk")
def do_many() -> Response:
    """Do one thing with the ticked steps, and say of each what came of it."""
    here, actor = office(), current_actor()
    lines = {i.dossier: i for i in worklist.worklist(here, actor, queue.query_asked(actor)).items}
    act = request.form.get("act", "")

    def command() -> tuple[BulkResult, ...]:
        asked = BulkTasks(
            act=act,
            items=tuple(_item(text) for text in request.form.getlist("item")),
            to=request.form.get("to", ""),
            reason=request.form.get("reason", "").strip(),
            idempotency_key=form_key(),
        )
        return bulk.bulk(here, actor, asked)

    return attempt_here(command, lambda found: _told(found, act, lines), work_page)


def _told(found: Iterable[BulkResult], act: str, lines: Mapping[str, TaskLine]) -> str:
    """Return the page with what came of each step; `lines` are those the list had before."""
    return work_page(came=[_came(one, act, lines.get(one.dossier)) for one in found])


def _came(one: BulkResult, act: str, line: TaskLine | None) -> Came:
    named = f"{line.applicant_name}: {line.step.name}" if line is not None else one.dossier
    refused = one.refused.message if one.refused is not None else ""
    return Came(
        address=url_for("dossier_pages.show_dossier", dossier=one.dossier),
        what=named,
        done=one.done,
        words=MANY_DONE[act] if one.done else refused,
    )


def _item(text: str) -> BulkItem:
    """Return the step a ticked box names; raises InvalidInput for what is none."""
    parts = text.split(" ")
    if len(parts) != ITEM_PARTS or not (parts[2].isascii() and parts[2].isdecimal()):
        raise InvalidInput("items", "hãy mở lại trang rồi chọn việc")
    return BulkItem(dossier=parts[0], task=parts[1], revision=int(parts[2]))


def _colleagues(actor: Actor) -> list[tuple[str, str]]:
    found = members.members(office(), actor)
    return [(m.person, f"{m.name} ({roles_of(m)}, {m.open} việc)") for m in found if _works(m)]


def roles_of(member: Member) -> str:
    """Return the posts of a member in words."""
    return ", ".join(ROLE_NAMES.get(role, role) for role in member.roles)


def _works(member: Member) -> bool:
    return bool(set(member.roles) - NOT_AT_WORK)


def _taken(taken: worklist.Taken) -> str:
    if taken.dossier is None:
        return url_for("work_pages.work", done="empty")
    return url_for("dossier_pages.show_dossier", dossier=taken.dossier.id, done="claimed")


def _rows(lines: Iterable[TaskLine], actor: Actor) -> list[Row]:
    found = tuple(lines)
    people = names_of(office(), (line.step.assignee for line in found))
    return [_row(line, actor, people) for line in found]


def _row(line: TaskLine, actor: Actor, people: Mapping[str, str]) -> Row:
    left, tone = time_left(line)
    mine = line.step.assignee == actor.person
    holder = "bạn" if mine else people.get(line.step.assignee, line.step.assignee)
    return Row(
        item=f"{line.dossier} {line.step.task} {line.revision}",
        address=url_for("dossier_pages.show_dossier", dossier=line.dossier),
        code=line.dossier_code,
        applicant=line.applicant_name,
        step=line.step.name,
        procedure=line.procedure_name,
        who=holder or _nobody(line, actor),
        left=left,
        tone=tone,
        due=moment(line.due_at),
        priority=PRIORITIES.get(line.priority, ""),
    )


def _nobody(line: TaskLine, actor: Actor) -> str:
    """Say that nobody has the step; whose it is, where it is not the role of who looks."""
    role = "" if line.step.role == actor.role else ROLE_NAMES.get(line.step.role, "")
    return f"chưa ai nhận ({role})" if role else "chưa ai nhận"


def time_left(line: TaskLine) -> tuple[str, str]:
    """Say how much working time is left, and how that is to be taken."""
    left = line.minutes_left
    if line.status == NationalStatus.RESOLVED:
        return "đã có kết quả", "done"
    if left is None:
        return ("đang dừng", "paused") if line.due_at else ("chưa có hạn", "paused")
    if line.overdue:
        return f"quá {minutes(-left)}", "late"
    return f"còn {minutes(left)}", "soon" if left < worklist.SOON_MINUTES else "running"
