"""`motcua review report`: a statutory report of a period on screen, or as a file by its ending."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from api import open_office
from api.cli_output import DAY, json_option, out, plainly, print_json
from api.cli_sheets import contents, output_option, show, write
from config import Settings
from engine.law.authority import Actor
from engine.timing.reports import Report
from workflows import reports
from workflows.reports import Form, ReportQuery


@click.command("report")
@click.argument("form", type=click.Choice([f.value for f in Form]), metavar="BIỂU")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày.")
@click.option("--to", "last", type=DAY, required=True, help="Đến hết ngày.")
@output_option
@json_option
@plainly
def report(
    form: str, agency: str, first: datetime, last: datetime, output: Path | None, *, as_json: bool
) -> None:
    """In báo cáo II.06a (lĩnh vực), II.06b (thủ tục) hoặc units (đơn vị), tính đến hết kỳ.

    Cơ quan được nêu tên và các cơ quan trực thuộc. Kỳ đã qua in lại vẫn ra đúng như cũ.
    """
    settings = Settings.from_environ()
    query = ReportQuery(form=Form(form), first_day=first.date(), last_day=last.date())
    office = open_office(settings)
    try:
        # Who runs it at the machine holds the database anyway: it acts for the agency it names.
        name = office.catalogue.agencies.get(agency).name
        operator = Actor(person="operator", agency=agency, role="reviewer")
        made = reports.statutory(office, operator, query)
        sheet = reports.as_sheet(office, query.form, made)
        content = contents(office, settings, [sheet], output, name)
    finally:
        office.store.close()
    if output is not None:
        write(output, content)
    elif as_json:
        print_json(_record(made))
    else:
        show(sheet, numbered=True)
        out().print(sheet.notes[0])


def _record(made: Report) -> dict[str, object]:
    derived = ("received", "settled", "open")
    lines = [asdict(line) | {n: getattr(line, n) for n in derived} for line in made.lines]
    total = asdict(made.total) | {n: getattr(made.total, n) for n in derived}
    period = {"first_day": made.period.first, "last_day": made.period.last}
    return period | {"lines": lines, "total": total}
