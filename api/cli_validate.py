"""`motcua validate`: would this file run? Every finding at once, with what to do.

Reads BPMN diagrams and procedure files; asks `engine` and decides nothing.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.text import Text

from api.cli_output import ANSWER_NO, UNUSABLE, json_option, out, plainly, print_json, table
from engine import process
from engine.law.procedure import check_procedure

ACCEPTED, REFUSED, UNREADABLE = "accepted", "refused", "unreadable"
WORDS = {ACCEPTED: "CHẠY ĐƯỢC", REFUSED: "TỪ CHỐI", UNREADABLE: "KHÔNG ĐỌC ĐƯỢC"}
COLOURS = {ACCEPTED: "green", REFUSED: "red", UNREADABLE: "red"}
SEVERITY = {"error": "lỗi", "warning": "lưu ý"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found in one file."""

    file: str
    verdict: str
    findings: tuple[dict[str, Any], ...] = ()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="TỆP…", type=click.Path(path_type=Path))
@json_option
@plainly
def validate(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Kiểm tra sơ đồ BPMN hoặc tệp thủ tục (.toml): có chạy được không, sửa gì.

    Mã thoát: 0 chạy được, 1 bị từ chối, 2 không đọc được.
    """
    reports = [_report(file) for file in files]
    if as_json:
        print_json({"files": [asdict(report) for report in reports]})
    else:
        for report in reports:
            out().print(_shown(report))
    verdicts = {report.verdict for report in reports}
    sys.exit(UNUSABLE if UNREADABLE in verdicts else ANSWER_NO if REFUSED in verdicts else 0)


def _report(file: Path) -> Report:
    try:
        content = file.read_bytes()
    except OSError as error:
        what = _finding("file", f"Không mở được tệp: {error.strerror}.", "Hãy kiểm tra tên tệp.")
        return Report(file=str(file), verdict=UNREADABLE, findings=(what,))
    if file.suffix == ".toml":
        return _procedure_file(str(file), content)
    return _diagram(str(file), content)


def _diagram(file: str, content: bytes) -> Report:
    try:
        document = process.read(content)
    except process.Unreadable as error:
        found = tuple(asdict(finding) for finding in error.findings)
        return Report(file=file, verdict=UNREADABLE, findings=found)
    return _judged(file, (asdict(finding) for finding in process.check(document)))


def _procedure_file(file: str, content: bytes) -> Report:
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        what = _finding(
            "utf8", f"Byte thứ {error.start + 1} không phải UTF-8.", "Hãy lưu lại tệp bằng UTF-8."
        )
        return Report(file=file, verdict=UNREADABLE, findings=(what,))
    except tomllib.TOMLDecodeError as error:
        what = _finding("toml", f"Không phải TOML: {error}.", "Hãy sửa chỗ đó.")
        return Report(file=file, verdict=UNREADABLE, findings=(what,))
    problems = check_procedure(values)
    return _judged(
        file,
        (
            _finding("procedure", p.message, p.advice, element=p.path, severity=p.severity)
            for p in problems
        ),
    )


def _judged(file: str, findings: Iterable[dict[str, Any]]) -> Report:
    found = tuple(findings)
    wrong = any(finding["severity"] == "error" for finding in found)
    return Report(file=file, verdict=REFUSED if wrong else ACCEPTED, findings=found)


def _finding(
    rule: str, message: str, advice: str, *, element: str = "", severity: str = "error"
) -> dict[str, Any]:
    return {
        "rule": rule,
        "severity": severity,
        "element": element,
        "name": "",
        "line": 0,
        "message": message,
        "advice": advice,
    }


def _shown(report: Report) -> Group:
    head = Text(f"{report.file}: ") + Text(WORDS[report.verdict], style=COLOURS[report.verdict])
    if not report.findings:
        return Group(head)
    rows = [
        (SEVERITY[f["severity"]], str(f["line"] or ""), _place(f), f["message"], f["advice"])
        for f in report.findings
    ]
    return Group(head, table("", ("Mức", ">Dòng", "Ở đâu", "Điều gì", "Làm gì"), rows))


def _place(finding: dict[str, Any]) -> str:
    return " ".join(part for part in (finding["name"], finding["element"]) if part)
