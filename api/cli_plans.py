"""`motcua review plan|dossier`: a year's review plan, and the dossier of one review as a file."""

from __future__ import annotations

from pathlib import Path

import click

from api import open_office
from api.cli_output import json_option, plainly, print_json
from api.cli_sheets import contents, output_option, show, write
from config import Settings
from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows.review import papers, plans
from workflows.review.papers import ReviewPrinter


@click.command("plan")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="Năm.")
@output_option
@json_option
@plainly
def plan(agency: str, year: int, output: Path | None, *, as_json: bool) -> None:
    """In kế hoạch rà soát của năm và tình hình thực hiện (cơ quan và các cơ quan trực thuộc)."""
    settings = Settings.from_environ()
    office = open_office(settings)
    try:
        name = office.catalogue.agencies.get(agency).name
        operator = Actor(person="operator", agency=agency, role="reviewer")
        rows = plans.plans(office, operator, year, agency)
        now = plans.status(rows, year, office.clock.now().astimezone(ZONE).date())
        names = {v.procedure.code: v.procedure.name for v in office.catalogue.procedures()}
        sheet = papers.plan_sheet(rows, names, now)
        content = contents(office, settings, [sheet], output, name)
    finally:
        office.store.close()
    if output is not None:
        write(output, content)
    elif as_json:
        print_json(vars(now) | {"items": [plans.row_record(row) for row in rows]})
    else:
        show(sheet)


@click.command("dossier")
@click.argument("review", metavar="MÃ_HỒ_SƠ_RÀ_SOÁT")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@output_option
@plainly
def dossier(review: str, agency: str, output: Path | None) -> None:
    """In hồ sơ rà soát một thủ tục: số đo, phương án, căn cứ, lợi ích."""
    settings = Settings.from_environ()
    office = open_office(settings)
    try:
        name = office.catalogue.agencies.get(agency).name
        operator = Actor(person="operator", agency=agency, role="reviewer")
        file = plans.read_file(office, operator, review)
        sheets = papers.as_sheets(file)
        if output is not None and output.suffix == ".pdf":
            printer = ReviewPrinter(settings.bpmn_folder / "shared" / "forms")
            content = printer.print_file(file, agency=name, printed_at=office.clock.now())
        else:
            content = contents(office, settings, sheets, output, name)
    finally:
        office.store.close()
    if output is not None:
        write(output, content)
        return
    for sheet in sheets:
        show(sheet)
