"""`motcua deadline` and `motcua calendar`: the calculator, why this date, what would move.

The calculator and the check of a year need no database.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from api import open_office
from api.cli_output import ANSWER_NO, err, json_option, out, plainly, print_json, refuse, table
from api.formatting import day_of, minutes, moment
from config import Settings
from engine.law import calculator
from engine.law.deadlines import Deadline
from engine.law.working_time import WorkingCalendar
from workflows import recounting
from workflows.catalogue import Catalogue

FIRST_AGENCY_HOURS = "standard"


@click.group()
def deadline() -> None:
    """Thời hạn: tính, giải thích, xem lại khi lịch đổi."""


@deadline.command("compute")
@click.option("--received", required=True, metavar="THỜI_ĐIỂM", help="Như 2026-02-13T15:30.")
@click.option("--limit", required=True, metavar="THỜI_HẠN", help="Như «5 working_day».")
@click.option("--cut-off", default="none", help="none, last_hour, hoặc giờ như 15:00.")
@click.option("--count-reception-day", is_flag=True, help="Ngày nhận là ngày thứ nhất.")
@click.option("--pause", "pauses", multiple=True, metavar="TỪ/ĐẾN", help="Không tính; nhiều lần.")
@click.option("--agency", default="", metavar="MÃ", help="Theo giờ làm việc của cơ quan này.")
@json_option
@plainly
def compute(*, received: str, limit: str, pauses: Sequence[str], **asked: Any) -> None:
    """Tính ngày hẹn trả, từng dòng vì sao. Không cần cơ sở dữ liệu."""
    law = calculator.read_limit(
        limit, cut_off=asked["cut_off"], counts_reception_day=asked["count_reception_day"]
    )
    start = calculator.read_moment(received)
    stretches = [calculator.read_pause(text) for text in pauses]
    calendar = _calendar(asked["agency"])
    _say(calculator.calculate(law, start, stretches, calendar), as_json=asked["as_json"])


@deadline.command("explain")
@click.argument("code", metavar="MÃ_HỒ_SƠ")
@json_option
@plainly
def explain(code: str, *, as_json: bool) -> None:
    """Vì sao hồ sơ này hẹn trả lúc đó, từng dòng, kèm nguồn."""
    office = open_office(Settings.from_environ())
    try:
        found = recounting.explain(office, code)
    finally:
        office.store.close()
    _say(found, as_json=as_json)


@deadline.command("recompute")
@click.option("--preview", is_flag=True, required=True, help="Chỉ xem, không ghi gì.")
@json_option
@plainly
def recompute(*, preview: bool, as_json: bool) -> None:
    """Hồ sơ đang giải quyết nào sẽ dời hạn theo lịch hiện nay, dời bao nhiêu.

    Ngày đã in trên giấy hẹn vẫn giữ. Mã thoát: 0 không hồ sơ nào dời, 1 có hồ sơ dời.
    """
    del preview  # required: nothing but a preview exists, and the word says so
    office = open_office(Settings.from_environ())
    try:
        moves = recounting.preview(office)
    finally:
        office.store.close()
    if as_json:
        print_json([asdict(move) for move in moves])
    else:
        rows = ((m.code, moment(m.promised_at), moment(m.recounted_at), _moved(m)) for m in moves)
        title = f"{len(moves)} hồ sơ sẽ có hạn khác; ngày đã hẹn vẫn giữ"
        out().print(table(title, ("Mã hồ sơ", "Đã hẹn", "Tính theo lịch này", "Dời"), rows))
    raise SystemExit(ANSWER_NO if moves else 0)


@click.group("calendar")
def calendar_group() -> None:
    """Lịch làm việc."""


@calendar_group.command("check")
@click.argument("year", type=click.IntRange(1900, 2200), metavar="NĂM")
@click.option("--agency", default="", metavar="MÃ", help="Theo giờ làm việc của cơ quan này.")
@json_option
@plainly
def check(year: int, agency: str, *, as_json: bool) -> None:
    """Năm này đã có lịch chưa, đã chính thức chưa, nghỉ và làm bù ngày nào, còn thiếu gì.

    Mã thoát: 0 dùng được để hẹn, 1 chưa có lịch hoặc lịch chưa chính thức.
    """
    found = _checked(_calendar(agency), year)
    if as_json:
        print_json(found)
    else:
        _print_year(found)
    raise SystemExit(0 if found["official"] else ANSWER_NO)


def _calendar(agency: str) -> WorkingCalendar:
    catalogue = Catalogue.load(Settings.from_environ().bpmn_folder)
    if agency:
        return catalogue.calendar(agency)
    return catalogue.calendars.of(FIRST_AGENCY_HOURS)


def _say(found: Deadline, *, as_json: bool) -> None:
    if as_json:
        print_json(deadline_record(found))
        return
    out().print(f"Hẹn trả: {moment(found.due_at)}" + ("" if found.running else " (đang dừng)"))
    for number, line in enumerate(found.explanation, 1):
        source = f"  [{line.source}]" if line.source else ""
        out().print(f"{number:>3}. {line.text}{source}", markup=False)
    if not found.official:
        err().print("Lịch nghỉ chính thức của năm đến hạn chưa nạp: ngày hẹn là dự kiến.")


def deadline_record(found: Deadline) -> dict[str, Any]:
    """Return a deadline as plain values; moments in ISO 8601 with their offset."""
    return {
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "due_on": found.due_on.isoformat() if found.due_on else None,
        "running": found.running,
        "overdue": found.overdue,
        "official": found.official,
        "explanation": [asdict(line) for line in found.explanation],
    }


def _moved(move: recounting.Move) -> str:
    if move.fault or move.moved_minutes is None:
        return move.fault or "—"
    word = "muộn hơn" if move.moved_minutes > 0 else "sớm hơn"
    return f"{word} {minutes(abs(move.moved_minutes), working=False)}"


def _checked(calendar: WorkingCalendar, year: int) -> dict[str, Any]:
    rules = calendar.years.get(year)
    if rules is None:
        missing = [f"Chưa có tệp lịch {year}.toml; không hẹn được vào năm {year}."]
        return {"year": year, "loaded": False, "official": False, "missing": missing}
    kinds: dict[str, list[dict[str, str]]] = {"day_off": [], "half_day": [], "makeup": []}
    for day in sorted(rules.days, key=lambda d: d.on):
        kinds[day.kind].append({"on": day.on.isoformat(), "name": day.name, "source": day.source})
    working = sum(day.year == year for day in calendar.open_days)
    missing = [] if rules.official else ["Lịch chưa chính thức: mọi ngày hẹn là dự kiến."]
    differences = _differences(rules.days, year)
    if differences is None:
        missing.append("Gói holidays chưa cài: không đối chiếu được ngày lễ.")
    return {
        "year": year,
        "loaded": True,
        "official": rules.official,
        "source": rules.source,
        "hours": calendar.hours.name,
        "working_days": working,
        **kinds,
        "differences": differences or [],
        "missing": missing,
    }


def _differences(days: Sequence[Any], year: int) -> list[str] | None:
    """Return where the file and the holidays package differ, None without the package."""
    if importlib.util.find_spec("holidays") is None:
        return None
    known: Mapping[date, str] = importlib.import_module("holidays").country_holidays(
        "VN", years=year, language="vi"
    )
    ours = {day.on for day in days if day.kind == "day_off"}
    theirs = {day for day in known if day.year == year}
    workdays = {day for day in theirs if day.isoweekday() <= 5}  # noqa: PLR2004 - Friday
    lacking = [f"{day_of(day)}: gói holidays nghỉ ({known[day]}), tệp lịch không ghi." for day in
               sorted(workdays - ours)]  # fmt: skip
    extra = [f"{day_of(day)}: tệp lịch nghỉ, gói holidays không có." for day in
             sorted(ours - theirs)]  # fmt: skip
    return lacking + extra


def _print_year(found: Mapping[str, Any]) -> None:
    if not found["loaded"]:
        refuse(found["missing"][0], ANSWER_NO)
    state = "chính thức" if found["official"] else "CHƯA chính thức"
    out().print(f"Lịch {found['year']}: {state}, {found['working_days']} ngày làm việc.")
    names = {"day_off": "Nghỉ", "half_day": "Nghỉ nửa ngày", "makeup": "Làm bù"}
    rows = [
        (names[kind], day_of(date.fromisoformat(day["on"])), day["name"])
        for kind in names
        for day in found[kind]
    ]
    out().print(table("", ("Loại", "Ngày", "Tên"), rows))
    for line in (*found["differences"], *found["missing"]):
        out().print(line, markup=False)
