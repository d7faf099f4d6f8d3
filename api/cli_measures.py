"""`motcua review measures`, `units`: where the time went on five clocks; how units stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from api import open_office
from api.cli_output import DAY, json_option, out, plainly, print_json, table
from api.formatting import NOTHING, number, percent, short_minutes
from api.reviewing import record_of
from config import Settings
from engine.law.authority import Actor
from engine.timing.measures import Measure
from workflows.office import Office
from workflows.review import measuring, scoreboard
from workflows.review.gauging import StepFigures
from workflows.review.measuring import BY, Review
from workflows.review.scope import Scope
from workflows.review.scoreboard import Scores

MINUTE = 60
CLOCKS = ("unassigned", "assigned", "working", "applicant", "other_agency")
COLUMNS = (
    "Bước", ">n", ">Chưa ai nhận", ">Đã nhận", ">Làm", ">Người nộp", ">Cơ quan khác",
    ">P90 cả bước", ">Phần thời gian", ">Phần thời hạn", ">Làm lại", ">Bỏ ra",
)  # fmt: skip

Command = Callable[..., None]


def scope_options(command: Command) -> Command:
    """Add the options that say which dossiers."""
    for option in (
        click.option("--on", type=DAY, help="Xem như vào cuối ngày này."),
        click.option("--to", "last", type=DAY, help="Nhận đến hết ngày."),
        click.option("--from", "first", type=DAY, help="Nhận từ ngày."),
        click.option("--channel", default="", help="counter, online hoặc post."),
    ):
        command = option(command)
    return command


@click.command("measures")
@click.argument("code", metavar="MÃ_THỦ_TỤC")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@scope_options
@click.option("--digest", default="", help="Phiên bản thủ tục.")
@click.option("--step", "element", default="", help="Tách một bước, theo --by.")
@click.option("--by", type=click.Choice(tuple(BY)), default="agency", help="Tách theo gì.")
@json_option
@plainly
def measures(code: str, agency: str, element: str, by: str, *, as_json: bool, **scope: Any) -> None:
    """In thời gian của hồ sơ theo năm đồng hồ, từng bước: trung vị, giờ làm việc.

    Cơ quan được nêu tên và các cơ quan trực thuộc. Ô ít hồ sơ không in số.
    """
    office = open_office(Settings.from_environ())
    try:
        actor, asked = _operator(office, agency), _scope(code, scope)
        if element:
            told = measuring.breakdown(office, actor, asked, element, by)
            _print([asdict(one) for one in told], as_json, _steps_table(element, told))
        else:
            found = measuring.review(office, actor, asked)
            _print(record_of(found), as_json, _steps_table(_title(found), found.steps))
            if not as_json:
                out().print(_clocks_table(found))
    finally:
        office.store.close()


@click.command("units")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@scope_options
@json_option
@plainly
def units(agency: str, *, as_json: bool, **scope: Any) -> None:
    """In bảng xếp loại các đơn vị trực thuộc, kèm tử số, mẫu số của từng chỉ số."""
    office = open_office(Settings.from_environ())
    try:
        found = scoreboard.scores(office, _operator(office, agency), _scope("", scope))
        _print(record_of(found), as_json, _units_table(office, found))
    finally:
        office.store.close()


def _operator(office: Office, agency: str) -> Actor:
    """Return who runs it at the machine and holds the database anyway: a reviewer there."""
    return Actor(
        person="operator", agency=office.catalogue.agencies.get(agency).code, role="reviewer"
    )


def _scope(code: str, values: dict[str, Any]) -> Scope:
    days: dict[str, Any] = {
        n: v.date() if isinstance(v, datetime) else v for n, v in values.items()
    }
    return Scope(code=code, **days)


def _print(record: Any, as_json: bool, shown: Table) -> None:  # noqa: FBT001 - the option's value
    if as_json:
        print_json(record)
    else:
        out().print(shown)


def _title(found: Review) -> str:
    if found.hidden:
        return f"{found.code} {found.name}: {found.dossiers} hồ sơ, quá ít để in số"
    with_open = short_minutes(_minutes(found.median_with_open), working=False)
    return (
        f"{found.code} {found.name}: {found.dossiers} hồ sơ, {found.finished} xong; trung vị kể cả "
        f"hồ sơ mở {with_open}; bỏ ra vì dọn dẹp {found.left_out}"
    )


def _steps_table(title: str, steps: Sequence[StepFigures]) -> Table:
    return table(title, COLUMNS, (_row(step) for step in steps))


def _row(step: StepFigures) -> tuple[str, ...]:
    name = step.name if step.name != step.element else step.element
    if step.hidden:
        return (name, f"ít hơn ({step.dossiers})", *[NOTHING] * 8, NOTHING, str(step.left_out))
    again = step.rework.extra if step.rework is not None else 0
    return (
        name, str(step.n), *(_median(step.office[clock]) for clock in CLOCKS),
        short_minutes(_minutes(step.office["total"].p90)), _share(step.share_of_lead),
        _share(step.share_of_limit), str(again), str(step.left_out),
    )  # fmt: skip


def _clocks_table(found: Review) -> Table:
    return table("Mọi giây của mọi hồ sơ, giờ đồng hồ", ("Đồng hồ", ">Phần"), _clock_rows(found))


def _clock_rows(found: Review) -> Iterator[tuple[str, str]]:
    wall = found.wall
    parts = (
        ("Chưa ai nhận", wall.unassigned),
        ("Đã nhận, chưa mở", wall.assigned),
        ("Làm", wall.working),
        ("Người nộp", wall.applicant),
        ("Cơ quan khác", wall.other_agency),
        ("Ngoài giờ, bất khả kháng", wall.still),
    )
    for name, seconds in parts:
        yield name, percent(seconds, found.elapsed)


def _units_table(office: Office, found: Scores) -> Table:
    names = [f">{i.name}" for i in office.catalogue.yardsticks.indices]
    rows = []
    for standing in found.standings:
        cells = (f"{s.numerator}/{s.denominator}" for s in standing.scored)
        share = number(float(standing.percent)) if standing.percent is not None else NOTHING
        name = office.catalogue.agencies.get(standing.unit).short_name or standing.unit
        rows.append((name, standing.band, share, *cells))
    title = f"Xếp loại; {found.hidden} đơn vị có quá ít hồ sơ"
    return table(title, ("Đơn vị", "Mức", ">Phần trăm", *names), rows)


def _median(measure: Measure) -> str:
    return short_minutes(_minutes(measure.median)) if measure.median else ""


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / MINUTE


def _share(share: float | None) -> str:
    return NOTHING if share is None else f"{number(100 * share)} %"
