"""`motcua review` and `motcua rebuild`: where the time went, and does the record add up?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from api import open_office
from api.cli_costs import cost
from api.cli_exchange import export, figures, import_, logs
from api.cli_measures import measures, units
from api.cli_output import ANSWER_NO, DAY, err, json_option, out, plainly, print_json, table
from api.cli_plans import dossier, plan
from api.cli_reports import report
from api.figures import Spread, StepFigures, steps_of, summary_of
from api.formatting import moment, percent, short_minutes
from config import Settings
from workflows import reviews
from workflows.catalogue import Version
from workflows.office import Office
from workflows.review import timeliness
from workflows.review.timeliness import ProcedureTimeliness, Tally

COLUMNS = (
    "Bước", ">Lần", ">Chờ", ">P90", ">Làm", ">P90", ">Dừng", ">P90", ">Định mức", ">Phần",
)  # fmt: skip
TALLY = (">Trước hạn", ">Đúng hạn", ">Quá hạn", ">Chưa đến hạn", ">Tỷ lệ đúng")
DIFFERENCES_SHOWN = 20


@click.group()
def review() -> None:
    """Rà soát: thời gian đi đâu."""


for command in (
    figures, import_, logs, export, report, cost, measures, units, plan, dossier,
):  # fmt: skip
    review.add_command(command)


@review.command("steps")
@click.argument("code", metavar="MÃ_THỦ_TỤC")
@json_option
@plainly
def steps(code: str, *, as_json: bool) -> None:
    """In thời gian chờ, làm, dừng của từng bước: số lần, trung vị, P90 (giờ làm việc)."""
    office = open_office(Settings.from_environ())
    version = office.catalogue.latest(code)
    if as_json:
        print_json(review_record(office)[version.procedure.code])
    else:
        out().print(durations_table(office, version))
    office.store.close()


@review.command("overdue")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="Nhiều nhất mấy dòng.")
@json_option
@plainly
def late(limit: int, *, as_json: bool) -> None:
    """In các hồ sơ đang quá hạn, quá lâu nhất trước."""
    office = open_office(Settings.from_environ())
    if as_json:
        print_json([asdict(line) for line in reviews.overdue(office, limit=limit)])
    else:
        out().print(overdue_table(office, limit))
    office.store.close()


@review.command("timeliness")
@click.argument("code", required=False, default="", metavar="[MÃ_THỦ_TỤC]")
@click.option("--from", "first", type=DAY, help="Từ ngày nhận.")
@click.option("--to", "last", type=DAY, help="Đến ngày nhận.")
@json_option
@plainly
def on_time(code: str, first: datetime | None, last: datetime | None, *, as_json: bool) -> None:
    """Đếm hồ sơ và bước sớm, đúng, quá hạn, theo cả hai cách tính chính thức.

    Không ghi mã thủ tục thì đếm mọi thủ tục.
    """
    period = (first.date() if first else None, last.date() if last else None)
    office = open_office(Settings.from_environ())
    try:
        codes = [code] if code else [v.procedure.code for v in office.catalogue.procedures()]
        found = [timeliness.of_procedure(office, one, period) for one in codes]
    finally:
        office.store.close()
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        out().print(timeliness_table(found))
        for one in found:
            if one.steps:
                out().print(_steps_table(one))


@click.command()
@click.option("--check", is_flag=True, help="Chỉ so sánh, không ghi gì.")
@json_option
@plainly
def rebuild(*, check: bool, as_json: bool) -> None:
    """Bỏ mọi bảng suy ra, dựng lại từ nhật ký rồi so với bảng đang có.

    Mã thoát: 0 giống hệt, 1 có chỗ khác.
    """
    office = open_office(Settings.from_environ())
    with err().status("Đang dựng lại từ nhật ký…"):
        found = reviews.rebuild(office, check=check)
    office.store.close()
    if as_json:
        print_json({"differences": [asdict(difference) for difference in found]})
    elif found:
        out().print(_differences(found))
    else:
        out().print("Không có khác biệt nào: nhật ký đủ để dựng lại mọi bảng.")
    sys.exit(ANSWER_NO if found and check else 0)


def durations_table(office: Office, version: Version) -> Table:
    """Return the table of step durations of a procedure."""
    figures = steps_of(office, version)
    everything = round(sum(step.total_minutes for step in figures))
    summary = summary_of(office, version)
    on_time = percent(summary.ended - summary.ended_late, summary.ended)
    title = (
        f"{version.procedure.code} {version.procedure.name}: {summary.dossiers} hồ sơ, "
        f"{summary.ended} xong, đúng hạn {on_time}"
    )
    return table(title, COLUMNS, (_row(step, everything) for step in figures))


def overdue_table(office: Office, limit: int) -> Table:
    """Return the table of dossiers that are past their due moment."""
    lines = reviews.overdue(office, limit=limit)
    names = {v.procedure.code: v.procedure.name for v in office.catalogue.procedures()}
    rows = (
        (line.code, names.get(line.procedure, line.procedure), line.status_name,
         moment(line.received_at), moment(line.due_at))
        for line in lines
    )  # fmt: skip
    title = f"Hồ sơ đang quá hạn ({len(lines)} dòng đầu)" if lines else "Không hồ sơ nào quá hạn"
    return table(title, ("Mã hồ sơ", "Thủ tục", "Trạng thái", "Nhận lúc", "Hẹn trả"), rows)


def timeliness_table(found: Sequence[ProcedureTimeliness]) -> Table:
    """Return both measures of each procedure, one line for each measure."""
    rows = [
        (f"{one.code} {one.name}", measure, *_tally(tally))
        for one in found
        for measure, tally in (
            ("Phiếu kiểm soát", one.control_sheet),
            ("Quyết định 766", one.decision_766),
        )
    ]
    return table("Đúng hạn theo hai cách tính", ("Thủ tục", "Cách tính", *TALLY), rows)


def _steps_table(one: ProcedureTimeliness) -> Table:
    rows = (
        (step.name or step.element, short_minutes(step.norm_minutes), *_tally(step.tally))
        for step in one.steps
    )
    return table(f"{one.code}: từng bước theo định mức", ("Bước", ">Định mức", *TALLY), rows)


def _tally(tally: Tally) -> tuple[str, ...]:
    finished = tally.early + tally.on_time + tally.overdue
    kept = percent(finished - tally.overdue, finished)
    return str(tally.early), str(tally.on_time), str(tally.overdue), str(tally.open), kept


def review_record(office: Office) -> dict[str, Any]:
    """Return the same figures as plain values, by procedure."""
    return {
        version.procedure.code: {
            "name": version.procedure.name,
            "summary": asdict(summary_of(office, version)),
            "steps": [asdict(step) for step in steps_of(office, version)],
        }
        for version in office.catalogue.procedures()
    }


def _row(step: StepFigures, everything: int) -> tuple[str, ...]:
    share = percent(round(step.total_minutes), everything)
    return (
        step.name, str(step.count), *_pair(step.waiting), *_pair(step.working),
        *_pair(step.paused), short_minutes(step.norm_minutes), share,
    )  # fmt: skip


def _pair(spread: Spread) -> tuple[str, str]:
    if spread.total <= 0:
        return "", ""
    return short_minutes(spread.median), short_minutes(spread.p90)


def _differences(found: tuple[reviews.Difference, ...]) -> Table:
    rows = (
        (d.dossier, f"{d.table} {d.key}", d.column, str(d.stored), str(d.rebuilt))
        for d in found[:DIFFERENCES_SHOWN]
    )
    columns = ("Hồ sơ", "Dòng", "Cột", "Đang có", "Dựng lại")
    return table(f"{len(found)} chỗ khác", columns, rows)
