"""`motcua review report`: a statutory report of a period on screen, or as a file by its ending."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from api import open_office
from api.cli_output import DAY, err, json_option, out, plainly, print_json, table
from config import Settings
from engine.law.authority import Actor
from engine.timing.reports import Report
from workflows import reports
from workflows.office import Office
from workflows.reports import Form, ReportQuery
from workflows.sheets import Sheet, SheetPrinter, said, to_csv, to_xlsx

ENDINGS = (".xlsx", ".csv", ".pdf")


def _file(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix not in ENDINGS:
        raise click.BadParameter(f"tên tệp phải có đuôi {', '.join(ENDINGS)}")
    return value


@click.command("report")
@click.argument("form", type=click.Choice([f.value for f in Form]), metavar="BIỂU")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày.")
@click.option("--to", "last", type=DAY, required=True, help="Đến hết ngày.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_file,
    help="Ghi ra tệp .xlsx, .csv hoặc .pdf.",
)
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
        content = _content(office, settings, sheet, output.suffix, name) if output else b""
    finally:
        office.store.close()
    if output is not None:
        output.write_bytes(content)
        err().print(f"Đã ghi {output} ({len(content) // 1024} KB).")
    elif as_json:
        print_json(_record(made))
    else:
        kinds = [column.kind for column in sheet.columns]
        rows = [[said(v, k) for v, k in zip(r, kinds, strict=True)] for r in sheet.everything()]
        heads = [("" if c.kind == "text" else ">") + f"{c.number}" for c in sheet.columns]
        out().print(table(sheet.lines[0], heads, rows))
        out().print(sheet.notes[0])


def _content(office: Office, settings: Settings, sheet: Sheet, ending: str, agency: str) -> bytes:
    if ending == ".xlsx":
        return to_xlsx([sheet])
    if ending == ".csv":
        return to_csv(sheet)
    printer = SheetPrinter(settings.bpmn_folder / "shared" / "forms")
    return printer.render([sheet], agency=agency, printed_at=office.clock.now())


def _record(made: Report) -> dict[str, object]:
    derived = ("received", "settled", "open")
    lines = [asdict(line) | {n: getattr(line, n) for n in derived} for line in made.lines]
    total = asdict(made.total) | {n: getattr(made.total, n) for n in derived}
    period = {"first_day": made.period.first, "last_day": made.period.last}
    return period | {"lines": lines, "total": total}
