"""`motcua review cost`: what a procedure costs those who follow it, of a year, before and after."""

from __future__ import annotations

from pathlib import Path

import click

from api import open_office
from api.cli_output import json_option, out, plainly, print_json
from api.cli_sheets import contents, output_option, show, write
from config import Settings
from engine.law.authority import Actor
from engine.timing.cost import Subject
from workflows.review import costing
from workflows.review.cost_records import cost_record
from workflows.review.costing import CostQuery


@click.command("cost")
@click.argument("code", metavar="MÃ_THỦ_TỤC")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="Năm.")
@click.option("--before", type=click.IntRange(2000, 2100), help="So với năm nào trước đó.")
@click.option(
    "--subject",
    type=click.Choice([s.value for s in Subject]),
    default=Subject.INDIVIDUAL.value,
    show_default=True,
    help="Đối tượng tuân thủ.",
)
@click.option("--drop-component", "components", multiple=True, help="Bỏ giấy tờ (mã thành phần).")
@click.option("--drop-task", "tasks", multiple=True, help="Bỏ việc (mã trong bảng việc).")
@output_option
@json_option
@plainly
def cost(code: str, agency: str, output: Path | None, *, as_json: bool, **said: object) -> None:
    """Tính chi phí tuân thủ một thủ tục trong năm (TT 02/2017/TT-VPCP, Điều 27).

    Số lần làm mỗi việc đếm từ nhật ký của cơ quan và các cơ quan trực thuộc; giá và thu nhập lấy
    từ bpmn/shared/compliance. Có --drop-component, --drop-task hoặc --before thì so trước và sau.
    """
    settings = Settings.from_environ()
    query = _query(code, agency, said)
    office = open_office(settings)
    try:
        name = office.catalogue.agencies.get(agency).name
        operator = Actor(person="operator", agency=agency, role="reviewer")
        found = costing.cost(office, operator, query)
        sheets = costing.as_sheets(found)
        content = contents(office, settings, sheets, output, name)
    finally:
        office.store.close()
    if output is not None:
        write(output, content)
    elif as_json:
        print_json(cost_record(found))
    else:
        for sheet in sheets:
            show(sheet)
        for note in costing.notes_of(found):
            out().print(note)


def _query(code: str, agency: str, said: dict[str, object]) -> CostQuery:
    components, tasks = said.pop("components"), said.pop("tasks")
    return CostQuery(
        code=code,
        agency=agency,
        subject=Subject(str(said.pop("subject"))),
        drop_components=tuple(components),  # type: ignore[arg-type]
        drop_tasks=tuple(tasks),  # type: ignore[arg-type]
        **said,  # type: ignore[arg-type]
    )
