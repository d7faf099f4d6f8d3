"""The statutory report of a period as a page, and as files to keep."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.pages.shell import show
from api.pages.tabular import shown
from engine.law.working_time import ZONE
from workflows import reports
from workflows.errors import InvalidInput
from workflows.reports import Form, ReportQuery

blueprint = Blueprint("report_pages", __name__)

FORMS = (
    (Form.BY_FIELD.value, "II.06a, theo lĩnh vực"),
    (Form.BY_PROCEDURE.value, "II.06b, theo thủ tục"),
    (Form.BY_UNIT.value, "theo đơn vị"),
)


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
    query = _query(asked)
    sheet = reports.as_sheet(here, query.form, reports.statutory(here, actor, query))
    return show(
        "staff/report.html",
        section="reports",
        actor=actor,
        asked=asked,
        forms=FORMS,
        table=shown(sheet),
        files=[(e, f"/api/v1/reports/statutory.{e}?{urlencode(asked)}") for e in ENDINGS],
    )


ENDINGS = ("xlsx", "csv", "pdf")


def _query(asked: dict[str, str]) -> ReportQuery:
    try:
        return ReportQuery(
            form=Form(asked["form"]),
            first_day=date.fromisoformat(asked["first_day"]),
            last_day=date.fromisoformat(asked["last_day"]),
        )
    except ValueError:
        raise InvalidInput("first_day", "hãy chọn biểu và hai ngày") from None


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
