"""People of an agency: found by name, one page each, every change an ordinary command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page, choice_of_agencies
from engine.law.names import folded, order_key
from workflows import people, substitutions
from workflows.naming import names_of
from workflows.people import PersonView, PostView

blueprint = Blueprint("admin_people", __name__)

SHOWN = 100
WHICH = (
    ("now", "Đang làm việc"),
    ("locked", "Đang bị khóa"),
    ("no-password", "Chưa có mật khẩu"),
    ("gone", "Đã thôi việc, hết vị trí"),
    ("all", "Tất cả"),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A person as the list shows them: with the posts they hold now, and what stands out."""

    view: PersonView
    posts: tuple[PostView, ...]
    locked: bool


@blueprint.get("/admin/people")
@declares("person.list")
def everybody() -> str:
    """List the people of an agency and those below it."""
    here, actor, now = office(), current_actor(), office().clock.now()
    agency = request.args.get("agency", "") or actor.agency
    which = request.args.get("which", "now")
    found = [_entry(view, now) for view in people.list_people(here, actor, agency)]
    words = folded(request.args.get("q", "")).split()
    kept = [e for e in found if _is_meant(e, which) and _has(e.view, words)]
    kept.sort(key=lambda e: (order_key(e.view.name), e.view.person))
    first = max(0, request.args.get("from", 0, type=int))
    standing = substitutions.list_substitutions(here, actor, agency)
    living = [s for s in standing if s.ended_at is None and s.valid_to > now]
    return admin_page(
        "people.html",
        "people",
        entries=kept[first : first + SHOWN],
        total=len(kept),
        first=first,
        following=first + SHOWN if first + SHOWN < len(kept) else None,
        before=max(0, first - SHOWN) if first else None,
        which=which,
        whiches=WHICH,
        agency=agency,
        agencies=choice_of_agencies(),
        standing=living,
        names=names_of(here, [code for s in living for code in (s.absent, s.substitute)]),
        done=_done(),
    )


def in_force(posts: tuple[PostView, ...], now: datetime) -> tuple[PostView, ...]:
    """Return the posts that are held at a moment."""
    return tuple(
        p for p in posts if p.valid_from <= now and (p.valid_to is None or p.valid_to > now)
    )


def _entry(view: PersonView, now: datetime) -> Entry:
    locked = view.locked_until is not None and view.locked_until > now
    return Entry(view=view, posts=in_force(view.posts, now), locked=locked)


def _is_meant(entry: Entry, which: str) -> bool:
    at_work = bool(entry.posts) and entry.view.ended_at is None
    return {
        "now": at_work,
        "locked": entry.locked,
        "no-password": at_work and not entry.view.has_password,
        "gone": not at_work,
    }.get(which, True)


def _has(view: PersonView, words: list[str]) -> bool:
    text = f"{folded(view.name)} {view.person.casefold()}"
    return all(word in text for word in words)


def _done() -> str:
    count = request.args.get("taken", "")
    return f"Đã nhập danh sách: {count} dòng được ghi." if count.isdecimal() else ""
