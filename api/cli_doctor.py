"""`motcua doctor`: is this installation well, and what should be seen to? For operators."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from api.cli_output import ANSWER_NO, json_option, out, plainly, print_json
from api.premises import premises_of
from config import Settings
from workflows.agencies import Agencies
from workflows.calendars import Calendars
from workflows.catalogue import Catalogue
from workflows.checks import Check, State, worst
from workflows.clock import SystemClock, SystemIds
from workflows.doctor import examine_at_machine
from workflows.office import Office
from workflows.shelving import Shelf
from workflows.store import Store
from workflows.store.connections import open_engine

MARKS = {State.OK: ("✓", "green"), State.ATTENTION: ("!", "yellow"), State.FAULT: ("✗", "red")}
WORDS = {State.OK: "tốt", State.ATTENTION: "cần xem", State.FAULT: "hỏng"}


@click.command()
@json_option
@plainly
def doctor(*, as_json: bool) -> None:
    """Khám hệ thống: cơ sở dữ liệu, ổ đĩa, việc nền, lịch, sao lưu, khóa ký, thư, đường truyền.

    Không thay đổi gì, cũng không nâng cấp các bảng. Mã thoát: 0 không có gì hỏng, 1 có thứ hỏng.
    """
    checks = examined(Settings.from_environ())
    if as_json:
        print_json({"state": worst(checks), "checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    raise SystemExit(ANSWER_NO if worst(checks) is State.FAULT else 0)


def examined(settings: Settings) -> tuple[Check, ...]:
    """Return every check of the installation with these settings, whatever state it is in."""
    catalogue, found = Catalogue.examine(settings.bpmn_folder)
    nothing = Catalogue((), Agencies("", {}), Calendars({}))
    office = Office(
        Store(open_engine(settings.database_url)),
        catalogue or nothing,
        SystemClock(),
        SystemIds(),
        shelf=Shelf(settings.file_store),
    )
    try:
        return examine_at_machine(office, premises_of(settings), found.errors)
    finally:
        office.store.close()


def _print(checks: tuple[Check, ...]) -> None:
    lines = Table.grid(padding=(0, 2))
    for check in checks:
        mark, colour = MARKS[check.state]
        lines.add_row(Text(mark, style=colour), Text(check.title, style="bold"), Text(check.text))
    out().print(lines)
    counted = {state: sum(check.state is state for check in checks) for state in State}
    said = ", ".join(f"{number} {WORDS[state]}" for state, number in counted.items())
    out().print(Text(f"\n{said}."))
