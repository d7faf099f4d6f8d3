"""`motcua papers render`: a statutory paper of a dossier as a PDF/A file, for operators."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from api import open_office
from api.cli_output import DAY, err, plainly
from config import Settings
from engine.law.authority import Actor
from workflows.documents import (
    WRITERS,
    Document,
    RenderPaper,
    RenderRegister,
    render_by_code,
    render_register,
)
from workflows.printing import Printer


@click.group()
def papers() -> None:
    """Giấy tờ theo biểu mẫu."""


@papers.command("render")
@click.argument("code", metavar="MÃ_HỒ_SƠ")
@click.argument("form", type=click.Choice(list(WRITERS)), metavar="GIẤY")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp PDF, mặc định theo mã hồ sơ.",
)
@click.option("--form-set", default="", help="Bộ biểu mẫu, mặc định của thủ tục (2025, 2018).")
@plainly
def render(code: str, form: str, output: Path | None, form_set: str) -> None:
    """In một giấy tờ của hồ sơ: receipt, supplement, refusal, apology, stop, control."""
    settings = Settings.from_environ()
    office = open_office(settings)
    try:
        printer = Printer(settings.bpmn_folder / "shared" / "forms")
        command = RenderPaper(dossier=code, form=form, form_set=form_set)
        made = render_by_code(office, printer, command)
    finally:
        office.store.close()
    _write(made, output)


@papers.command("register")
@click.argument("agency", metavar="MÃ_CƠ_QUAN")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày nhận.")
@click.option("--to", "last", type=DAY, required=True, help="Đến ngày nhận.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Tệp PDF.")
@plainly
def register(agency: str, first: datetime, last: datetime, output: Path | None) -> None:
    """In Sổ theo dõi hồ sơ của một cơ quan, theo ngày nhận."""
    settings = Settings.from_environ()
    office = open_office(settings)
    try:
        printer = Printer(settings.bpmn_folder / "shared" / "forms")
        command = RenderRegister(agency=agency, first_day=first.date(), last_day=last.date())
        # Who runs it at the machine holds the database anyway: it acts for the agency it names.
        operator = Actor(person="operator", agency=agency, role="one_stop_clerk")
        made = render_register(office, operator, printer, command)
    finally:
        office.store.close()
    _write(made, output)


def _write(made: Document, output: Path | None) -> None:
    file = output or Path(made.name)
    file.write_bytes(made.content)
    err().print(f"Đã ghi {file} ({len(made.content) // 1024} KB).")
