"""`motcua people import`, `motcua people template`: people and posts of a whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from api import open_office
from api.cli_output import ANSWER_NO, err, json_option, out, plainly, print_json, table
from api.formatting import day_of
from config import Settings
from engine.law.authority import ROLE_NAMES, Actor
from workflows import people, rosters
from workflows.office import Office
from workflows.roster_files import CellFault, RosterRow, read_roster
from workflows.rosters import FAULTY, NEW_PERSON, NEW_POST, NOTHING, RosterPlan

WHATS = {
    NEW_PERSON: "thêm cán bộ, giao vị trí",
    NEW_POST: "giao thêm vị trí",
    NOTHING: "đã có, không đổi",
    FAULTY: "sai",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Chỉ xem từng dòng sẽ làm gì, không ghi.")
@json_option
@plainly
def import_people(file: Path, *, check: bool, as_json: bool) -> None:
    """Nhập cán bộ và vị trí từ tệp XLSX: ghi tất cả, hoặc không ghi gì nếu có một ô sai.

    Nhập lại cùng tệp thì không đổi gì. Mã thoát: 0 không có ô sai, 1 có ô sai.
    """
    rows, unread = read_roster(file.read_bytes())
    office = open_office(Settings.from_environ())
    try:
        plan = taken(office, rows, unread, check=check)
    finally:
        office.store.close()
    if as_json:
        print_json(asdict(plan) | {"written": not check and not plan.faults})
    else:
        _print(plan, written=not check and not plan.faults)
    raise SystemExit(ANSWER_NO if plan.faults else 0)


@click.command("template")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@plainly
def template(output: Path) -> None:
    """Ghi mẫu XLSX để điền danh sách cán bộ."""
    office = open_office(Settings.from_environ())
    try:
        output.write_bytes(rosters.roster_template(office, _operator(office, ())))
    finally:
        office.store.close()
    err().print(f"Đã ghi {output}.")


def taken(
    office: Office, rows: Sequence[RosterRow], unread: Sequence[CellFault], *, check: bool
) -> RosterPlan:
    """Return what the rows would do or did; cells that could not be read are faults too."""
    actor = _operator(office, rows)
    plan = rosters.plan_roster(office, actor, rows)
    merged = rosters.merged(plan, unread)
    if check or merged.faults:
        return merged
    return rosters.take_roster(office, actor, rosters.TakeRoster(rows=tuple(rows)))


def _operator(office: Office, rows: Sequence[RosterRow]) -> Actor:
    """Return who acts at the machine: for the highest agency above the first one of the list."""
    agencies = office.catalogue.agencies
    known = (row.agency for row in rows if row.agency in agencies)
    return people.operator(office, next(known, next(iter(agencies)).code))


def _print(plan: RosterPlan, *, written: bool) -> None:
    rows = (
        (str(line.row), line.person, line.name, line.agency, ROLE_NAMES.get(line.role, line.role),
         day_of(line.valid_from), day_of(line.valid_to), WHATS[line.what])
        for line in plan.lines
    )  # fmt: skip
    head = (">Dòng", "Mã", "Họ tên", "Cơ quan", "Vai trò", "Từ", "Đến", "Việc")
    out().print(table("Danh sách cán bộ", head, rows))
    for fault in plan.faults:
        err().print(f"Ô {fault.cell}: {fault.text}", markup=False)
    counted = ", ".join(f"{plan.count(what)} {words}" for what, words in WHATS.items())
    out().print(f"{counted}. {'Đã ghi.' if written else 'Chưa ghi gì.'}")
