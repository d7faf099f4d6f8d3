"""`motcua referrals …`: what two installations told each other about a dossier, as evidence."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.text import Text

from api import open_office
from api.cli_output import err, json_option, out, plainly, print_json, table
from api.formatting import moment
from config import Settings
from workflows import evidence

DIRECTIONS = {"in": "đến", "out": "đi"}


@click.group("referrals")
def referrals_group() -> None:
    """Phiếu liên thông với hệ thống khác."""


@referrals_group.command("evidence")
@click.argument("code", metavar="MÃ_HỒ_SƠ")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Ghi ra tệp JSON để bên thứ ba kiểm chứng (có dữ liệu cá nhân).",
)
@json_option
@plainly
def show(code: str, output: Path | None, *, as_json: bool) -> None:
    """In các thư liên thông của một hồ sơ: ai ký, biên nhận lúc nào; xuất làm chứng cứ."""
    office = open_office(Settings.from_environ())
    found = evidence.collect(office, code)
    office.store.close()
    if output is not None:
        text = json.dumps(found.document(), ensure_ascii=False, indent=1)
        output.write_text(text, encoding="utf-8")
        err().print("Kiểm chứng không cần chương trình này: python tools/verify_evidence.py TỆP")
    if as_json:
        print_json(found.document())
        return
    rows = (
        (DIRECTIONS[e.direction], e.partner, str(e.sequence), e.kind, moment(e.at),
         moment(e.acknowledged_at) or "chưa", e.hash[:16])
        for e in found.envelopes
    )  # fmt: skip
    columns = ("Chiều", "Hệ thống", ">Số", "Loại", "Lúc", "Biên nhận", "Mã băm")
    out().print(table(f"Hồ sơ {code}: {len(found.envelopes)} thư liên thông", columns, rows))
    out().print(Text(f"{len(found.keys)} khóa công khai kèm theo."))
