"""`motcua files`: the store of files: what nobody needs is swept, what waits is scanned."""

from __future__ import annotations

from dataclasses import asdict

import click

from api import open_office
from api.cli_output import json_option, out, plainly, print_json
from config import Settings
from workflows import files as use_case


@click.group("files")
def files() -> None:
    """Kho tệp."""


@files.command()
@json_option
@plainly
def sweep(*, as_json: bool) -> None:
    """Dọn tệp tải lên quá 7 ngày mà không nộp, và nội dung không còn tệp nào dùng."""
    office = open_office(Settings.from_environ())
    swept = use_case.sweep(office)
    if as_json:
        print_json(asdict(swept))
    else:
        out().print(f"Đã bỏ {swept.loose} tệp chưa nộp, {swept.unnamed} nội dung không ai dùng.")
    office.store.close()


@files.command()
@json_option
@plainly
def scan(*, as_json: bool) -> None:
    """Quét vi-rút những tệp đang chờ."""
    office = open_office(Settings.from_environ())
    told = use_case.scan_waiting(office)
    if as_json:
        print_json({"scanned": told})
    else:
        out().print(f"Đã quét {told} tệp.")
    office.store.close()
