"""What the program could not do by itself: try it again, or give it up for a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.pages.admin.shared import admin_page
from api.pages.asking import Asking, asking, attempt, form_key
from workflows import jobs

blueprint = Blueprint("admin_jobs", __name__)

SORTS = {
    "timer": "hẹn giờ, cảnh báo",
    "event": "báo tin (webhook)",
    "notification": "thư",
    "message": "thông điệp",
}
TABS = (("", "Tất cả"), ("stuck", "Chờ quyết định"), ("failing", "Sẽ tự làm lại"))


@blueprint.get("/admin/jobs")
@declares("job.list")
def failed() -> str:
    """List the jobs that failed."""
    return _page(asking())


@blueprint.post("/admin/jobs")
@declares("job.manage")
def decide() -> Answer:
    """Decide about the jobs that were ticked."""

    def command() -> Any:
        asked = jobs.DecideJobs(
            jobs=tuple(request.form.getlist("job")),
            what=request.form.get("what", ""),
            reason=request.form.get("reason", "").strip(),
            idempotency_key=form_key(),
        )
        return jobs.decide_many(office(), current_actor(), asked)

    def then(decided: Any) -> str:
        refused = sum(bool(one.fault) for one in decided)
        return url_for("admin_jobs.failed", done=len(decided) - refused, refused=refused)

    return attempt(command, then, _page)


def _page(said: Asking) -> str:
    state = request.args.get("state", "")
    cursor = request.args.get("cursor", "")
    known = state if state in jobs.STATES else ""
    query = jobs.JobQuery(state=known, cursor=cursor, limit=100)
    found = jobs.failed_jobs(office(), current_actor(), query)
    return admin_page(
        "jobs.html",
        "jobs",
        asking=said,
        jobs=found.items,
        following=found.cursor,
        state=known,
        tabs=TABS,
        sorts=SORTS,
        most_reason=jobs.MAX_REASON,
        done=_done(),
    )


def _done() -> str:
    done, refused = request.args.get("done", ""), request.args.get("refused", "0")
    if not (done.isdecimal() and refused.isdecimal()):
        return ""
    left = f" {refused} việc chưa được: đã xong hoặc đang chờ sẵn." if int(refused) else ""
    return f"Đã quyết định {done} việc.{left}"
