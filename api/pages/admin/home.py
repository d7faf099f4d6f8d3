"""The administrator's first page: what needs attention today, and where to see to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, url_for

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page
from api.premises import premises
from engine.law.authority import Actor
from workflows import accounts, doctor, jobs, people, substitutions
from workflows.checks import Check, State
from workflows.office import Office

blueprint = Blueprint("admin_home", __name__)

TOKEN_SOON, SUBSTITUTION_SOON = timedelta(days=14), timedelta(days=7)
MANY = 200
DEEDS = (
    ("admin_rosters.new", "Thêm một cán bộ"),
    ("admin_rosters.importing", "Nhập danh sách cán bộ từ XLSX"),
    ("admin_partners.partners", "Báo tin cho hệ thống khác"),
    ("admin_calendars.recount", "Xem hồ sơ nào dời hạn khi đổi lịch"),
)


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One thing to see to: how many there are of it, what it is, and the page for it."""

    count: int
    text: str
    address: str
    grave: bool = False


@blueprint.get("/admin")
@declares("installation.check")
def home() -> str:
    """Say what needs attention."""
    here, actor = office(), current_actor()
    checks = doctor.examine(here, actor, premises())
    concerns = [c for c in _concerns(here, actor) if c.count]
    return admin_page(
        "home.html",
        "admin",
        deeds=DEEDS,
        faults=[c for c in checks if c.state is State.FAULT],
        attentions=[c for c in checks if c.state is State.ATTENTION],
        well=sum(c.state is State.OK for c in checks),
        concerns=concerns,
        address_of=_address_of,
    )


def _concerns(here: Office, actor: Actor) -> Iterator[Concern]:
    """Yield what lists of the agency and those below it hold for an administrator to see to."""
    now = here.clock.now()
    failed = jobs.failed_jobs(here, actor, jobs.JobQuery(limit=MANY)).items
    stuck = sum(job.state == "stuck" for job in failed)
    yield Concern(
        count=stuck,
        text="việc nền chờ người quyết định: làm lại hay bỏ qua",
        address=url_for("admin_jobs.failed", state="stuck"),
        grave=True,
    )
    yield Concern(
        count=len(failed) - stuck,
        text="việc nền bị lỗi, chương trình sẽ tự làm lại",
        address=url_for("admin_jobs.failed", state="failing"),
    )
    staff = people.list_people(here, actor)
    locked = sum(p.locked_until is not None and p.locked_until > now for p in staff)
    yield Concern(
        count=locked,
        text="tài khoản đang bị khóa vì đăng nhập sai nhiều lần",
        address=url_for("admin_people.everybody", which="locked"),
        grave=True,
    )
    yield from _ending(here, actor)


def _ending(here: Office, actor: Actor) -> Iterator[Concern]:
    now = here.clock.now()
    tokens = accounts.list_tokens(here, actor, actor.agency)
    living = [t for t in tokens if t.revoked_at is None and t.expires_at > now]
    yield Concern(
        count=sum(t.expires_at - now <= TOKEN_SOON for t in living),
        text="mã truy cập hết hạn trong 14 ngày",
        address=url_for("admin_tokens.tokens"),
    )
    standing = substitutions.list_substitutions(here, actor)
    open_ones = [s for s in standing if s.ended_at is None and s.valid_to > now]
    yield Concern(
        count=sum(s.approved_at is None for s in open_ones),
        text="việc làm thay chờ lãnh đạo duyệt",
        address=url_for("admin_people.everybody") + "#lam-thay",
    )
    yield Concern(
        count=sum(s.in_force and s.valid_to - now <= SUBSTITUTION_SOON for s in open_ones),
        text="việc làm thay hết hạn trong 7 ngày",
        address=url_for("admin_people.everybody") + "#lam-thay",
    )


PAGES = {
    "stuck": "admin_jobs.failed",
    "calendar": "admin_calendars.calendars",
    "next_calendar": "admin_calendars.calendars",
    "agencies": "admin_agencies.agencies",
}


def _address_of(check: Check) -> str:
    """Return the page on which a check can be seen to."""
    return url_for(PAGES.get(check.name, "admin_health.health"))
