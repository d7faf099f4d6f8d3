"""The reports of a period as a page, with what each tells, and as files to keep."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.pages.shell import show
from api.pages.tabular import shown
from api.period_reports import REPORTS, PeriodReport
from engine.law.working_time import ZONE
from workflows.errors import InvalidInput
from workflows.reports.statutory import Form

blueprint = Blueprint("report_pages", __name__)

ENDINGS = ("xlsx", "csv", "pdf")
MOST_ROWS = 500  # on a page; the files hold all of them


@blueprint.get("/reports")
@declares("report.read")
def report() -> str:
    """Show a report of the days asked for, of the last full month unless some are."""
    here, actor = office(), current_actor()
    first, last = _last_month(here.clock.now().astimezone(ZONE).date())
    asked = {
        "form": request.args.get("form") or Form.BY_FIELD.value,
        "first_day": request.args.get("first_day") or first.isoformat(),
        "last_day": request.args.get("last_day") or last.isoformat(),
    }
    kind, days = _query(asked)
    sheets = kind.sheets(here, kind.made(here, actor, *days))
    return show(
        "staff/report.html",
        section="reports",
        actor=actor,
        asked=asked,
        reports=[(one, urlencode(asked | {"form": one.name})) for one in REPORTS.values()],
        tables=[shown(sheet, MOST_ROWS) for sheet in sheets],
        files=[(ending, _address(kind, ending, asked)) for ending in ENDINGS],
    )


def _address(kind: PeriodReport, ending: str, asked: dict[str, str]) -> str:
    days = {name: asked[name] for name in ("first_day", "last_day")}
    if kind.is_form:
        return f"/api/v1/reports/statutory.{ending}?{urlencode(asked)}"
    return f"/api/v1/reports/{kind.name}.{ending}?{urlencode(days)}"


def _query(asked: dict[str, str]) -> tuple[PeriodReport, tuple[date, date]]:
    try:
        days = date.fromisoformat(asked["first_day"]), date.fromisoformat(asked["last_day"])
        return REPORTS[asked["form"]], days
    except (KeyError, ValueError):
        raise InvalidInput("first_day", "hãy chọn báo cáo và hai ngày") from None


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
