"""The question a worklist page asks, from its address: tab, filters, lists kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from api.formatting import number
from engine.law.authority import Actor
from workflows.errors import InvalidInput
from workflows.saved_views import SavedView
from workflows.store.worklists import Counts
from workflows.worklist import WorklistQuery

LINES = 50
ALL = "all"
TABS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("mine", "Của tôi", {"holder": "mine"}),
    ("unclaimed", "Chưa ai nhận", {"holder": "none"}),
    ("due_soon", "Sắp đến hạn", {"order": "due"}),
    ("overdue", "Quá hạn", {"overdue": "true"}),
    ("urgent", "Ưu tiên", {"order": "urgency"}),
    (ALL, "Tất cả", {}),
)
ORDERS = (
    ("urgency", "gấp nhất trước"),
    ("due", "hẹn trả gần nhất trước"),
    ("waiting", "chờ lâu nhất trước"),
    ("received", "nhận trước đứng trước"),
    ("name", "theo tên"),
)
SEEING_EVERYTHING = frozenset({"head_of_section", "leader"})
FILTERS = ("holder", "assignee", "procedure", "element", "q")


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab above the list: its words, its count, where it leads."""

    name: str
    label: str
    count: str
    address: str


def tab_asked() -> str:
    """Return the tab of the address."""
    return request.args.get("tab", ALL)


def query_asked(actor: Actor) -> WorklistQuery:
    """Return the question of the tab and the filters; raises InvalidInput for no such tab."""
    named = {name: asked for name, _, asked in TABS}
    if tab_asked() not in named:
        raise InvalidInput("tab", "hãy chọn một nhóm trong trang việc")
    asked, args = named[tab_asked()], request.args
    everyone = actor.role in SEEING_EVERYTHING and args.get("everyone") == "yes"
    said: dict[str, Any] = {n: args.get(n) or asked.get(n, "") for n in FILTERS}
    return WorklistQuery(
        role="" if everyone else actor.role,
        overdue=True if asked.get("overdue") or args.get("overdue") == "true" else None,
        order=args.get("order") or asked.get("order", "urgency"),
        cursor=args.get("cursor", ""),
        limit=LINES,
        **said,
    )


def tabs(counts: Counts) -> list[Tab]:
    """Return the tabs with their counts; what else was asked for stays asked for."""
    kept: dict[str, Any] = {
        k: v for k, v in request.args.items() if k in {"everyone", "procedure"} and v
    }
    return [
        Tab(
            name=name,
            label=label,
            count=number(getattr(counts, name)),
            address=url_for("work_pages.work", tab=name, **kept),
        )
        for name, label, _ in TABS
    ]


def kept_question(query: WorklistQuery) -> dict[str, Any]:
    """Return a question as it is kept under a name."""
    said = {n: getattr(query, n) for n in ("holder", "procedure", "element", "q", "order")}
    return {
        **{name: value for name, value in said.items() if value},
        **({"overdue": True} if query.overdue else {}),
        **({} if query.role else {"role": ""}),
    }


def address_of(view: SavedView) -> str:
    """Return where a kept question is asked again."""
    said: dict[str, Any] = {
        name: str(value) for name, value in view.query.items() if value not in ("", None)
    }
    if "overdue" in said:
        said["overdue"] = "true"
    if view.query.get("role") == "":
        said["everyone"] = "yes"
    said.pop("role", None)
    return url_for("work_pages.work", **said)
