"""`motcua procedures check` and `motcua walk`: is the folder of procedures sound, do its walks end?

Needs no database: procedures, agencies and calendars are files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from api.cli_output import ANSWER_NO, err, json_option, out, plainly, print_json, refuse, table
from config import Settings
from engine.law.working_time import ZONE
from workflows.catalogue import Catalogue, Version
from workflows.walking import Walk, Walker
from workflows.worktime import timer_time

COMMANDS = {
    "start": "nhận hồ sơ",
    "complete": "hoàn thành",
    "deliver": "tin đến",
    "expire": "đến hạn",
    "withdraw": "rút hồ sơ",
}


@click.group()
def procedures() -> None:
    """Thư mục thủ tục."""


@procedures.command("check")
@click.option("--folder", type=click.Path(path_type=Path), help="Thư mục thủ tục, mặc định bpmn.")
@json_option
@plainly
def check(folder: Path | None, *, as_json: bool) -> None:
    """Kiểm tra cả thư mục: từng tệp, từng sơ đồ, và chúng có khớp nhau không."""
    catalogue, findings = Catalogue.examine(folder or Settings.from_environ().bpmn_folder)
    found = catalogue.procedures() if catalogue is not None else ()
    if as_json:
        accepted = [version.procedure.code for version in found]
        print_json({"accepted": accepted, "errors": findings.errors, "warnings": findings.warnings})
    else:
        for line in findings.errors:
            out().print(Text("lỗi     ", style="red") + Text(line))
        for line in findings.warnings:
            out().print(Text("lưu ý   ", style="yellow") + Text(line))
        for version in found:
            out().print(Text("đạt     ", style="green") + Text(_title(version)))
    sys.exit(ANSWER_NO if findings.errors else 0)


@click.command()
@click.argument("procedure", required=False, metavar="[MÃ THỦ TỤC]")
@click.option("--all", "everything", is_flag=True, help="Đi hết mọi thủ tục.")
@click.option("--scenario", help="Chỉ đi kịch bản này.")
@click.option("--brief", is_flag=True, help="Mỗi kịch bản một dòng.")
@json_option
@plainly
def walk(
    procedure: str | None, *, everything: bool, scenario: str | None, brief: bool, as_json: bool
) -> None:
    """Đi thử các kịch bản của một thủ tục và in từng bước với giờ làm việc.

    Mã thoát: 0 mọi kịch bản đi đúng, 1 có kịch bản đi sai.
    """
    if bool(procedure) == everything:
        refuse("Hãy ghi một mã thủ tục (hoặc tên thư mục), hoặc --all.")
    catalogue = Catalogue.load(Settings.from_environ().bpmn_folder)
    versions = [v for v in catalogue.procedures() if everything or _is(v, procedure)]
    if not versions:
        known = ", ".join(v.procedure.code for v in catalogue.procedures())
        refuse(f"Không có thủ tục «{procedure}»; có: {known}.")
    walked = [(v, w) for v in versions for w in _walks(v, catalogue, scenario)]
    if not walked:
        refuse(f"Không có kịch bản «{scenario}».")
    if as_json:
        print_json([{"procedure": v.procedure.code, **asdict(w)} for v, w in walked])
    else:
        _show(walked, brief=brief)
    wrong = sum(not w.went_well for _, w in walked)
    err().print(f"{len(walked)} kịch bản, {wrong} đi sai.")
    sys.exit(ANSWER_NO if wrong else 0)


def _is(version: Version, named: str | None) -> bool:
    return named in {version.procedure.code, version.folder, *version.procedure.other_codes}


def _walks(version: Version, catalogue: Catalogue, only: str | None) -> Iterator[Walk]:
    calendar = catalogue.calendars.of("standard")
    walker = Walker(version.procedure, version.definition, calendar, timer_time(calendar))
    for scenario in version.scenarios:
        if only in {None, scenario["id"]}:
            yield walker.walk(scenario)


def _show(walked: list[tuple[Version, Walk]], *, brief: bool) -> None:
    for version, walk_ in walked:
        mark = Text("đúng ", style="green") if walk_.went_well else Text("SAI  ", style="red")
        title = f"{version.procedure.code} {walk_.scenario}: {walk_.name}"
        out().print(mark + Text(title))
        if not brief:
            out().print(_steps(walk_))
        for fault in walk_.faults:
            out().print(Text(f"     {fault}", style="red"))


def _steps(walk_: Walk) -> Any:
    rows = [
        (
            s.at.astimezone(ZONE).strftime("%d/%m/%Y %H:%M"),
            COMMANDS[s.command],
            s.name or s.element,
            ", ".join(s.opened),
        )
        for s in walk_.strides
    ]
    return table("", ("Lúc", "Việc", "Bước", "Mở ra"), rows)


def _title(version: Version) -> str:
    procedure = version.procedure
    return f"{procedure.code} {procedure.name} ({len(version.scenarios)} kịch bản)"
