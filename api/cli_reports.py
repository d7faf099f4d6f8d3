"""`motcua review report`: a report of a period on screen, or as a file by its ending."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from api import open_office
from api.cli_output import DAY, json_option, out, plainly, print_json
from api.cli_sheets import contents, output_option, show, write
from api.period_reports import REPORTS
from config import Settings
from engine.law.authority import Actor

PAPER_OF_NAMES = "register"  # the reviewer sees no names, and who keeps the register does


@click.command("report")
@click.argument("name", type=click.Choice(list(REPORTS)), metavar="BÁO_CÁO")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày.")
@click.option("--to", "last", type=DAY, required=True, help="Đến hết ngày.")
@output_option
@json_option
@plainly
def report(
    name: str, agency: str, first: datetime, last: datetime, output: Path | None, *, as_json: bool
) -> None:
    """In một báo cáo của kỳ, tính đến hết kỳ: II.06a, II.06b, units, indices, register, overdue,
    apologies.

    Cơ quan được nêu tên và các cơ quan trực thuộc. Kỳ đã qua in lại vẫn ra đúng như cũ.
    """
    settings = Settings.from_environ()
    kind = REPORTS[name]
    office = open_office(settings)
    try:
        # Who runs it at the machine holds the database anyway: it acts for the agency it names.
        title = office.catalogue.agencies.get(agency).name
        role = "leader" if name == PAPER_OF_NAMES else "reviewer"
        operator = Actor(person="operator", agency=agency, role=role)
        made = kind.made(office, operator, first.date(), last.date())
        sheets = kind.sheets(office, made)
        content = contents(office, settings, sheets, output, title)
    finally:
        office.store.close()
    if output is not None:
        write(output, content)
    elif as_json:
        print_json(kind.record(made))
    else:
        for sheet in sheets:
            show(sheet, numbered=kind.is_form)
            for note in sheet.notes:
                out().print(note)
