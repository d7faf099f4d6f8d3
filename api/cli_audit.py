"""`motcua verify`, `audit`, `keys`: is the record as it was written, and who says so."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.text import Text

from api import open_office
from api.cli_output import ANSWER_NO, UNUSABLE, err, json_option, out, plainly, print_json, refuse
from api.cli_output import table as laid_out
from api.formatting import moment
from config import Settings
from workflows import auditing, signing
from workflows.proving import Finding

SHOWN = 20
WHAT = {"changed": "bị sửa", "missing": "bị mất", "added": "thêm vào"}
TABLES = {
    "event": "sự kiện",
    "dossier": "hồ sơ",
    "audit_root": "gốc ký",
    "audit_leaf": "lá của gốc ký",
}


@click.command()
@click.argument("codes", metavar="[MÃ_HỒ_SƠ]…", nargs=-1)
@click.option(
    "--kept",
    multiple=True,
    metavar="SỐ:HASH",
    help="Gốc ký đã cất ở nơi khác; cơ sở dữ liệu phải còn đúng gốc đó.",
)
@json_option
@plainly
def verify(codes: tuple[str, ...], kept: tuple[str, ...], *, as_json: bool) -> None:
    """Kiểm chứng nhật ký: chuỗi băm của từng hồ sơ và mọi gốc ký.

    Mã thoát: 0 nguyên vẹn, 1 có chỗ bị sửa, mất hoặc thêm, 2 không kiểm được.
    """
    settings = Settings.from_environ()
    wanted = dict(_kept(each) for each in kept)
    office = open_office(settings)
    trusted = signing.trusted_keys(settings.audit_key)
    with err().status("Đang đọc nhật ký…"):
        found = auditing.verify(office, trusted, codes=codes, kept=wanted)
    office.store.close()
    if as_json:
        print_json({"intact": not found.findings, **asdict(found)})
    else:
        _tell(found)
    sys.exit(ANSWER_NO if found.findings else 0)


@click.group()
def audit() -> None:
    """Gốc ký của nhật ký, và bản xuất để người ngoài kiểm chứng."""


@audit.command("root")
@json_option
@plainly
def root(*, as_json: bool) -> None:
    """Ký một gốc trên mọi hồ sơ có thay đổi từ gốc trước; máy chủ tự làm mỗi ngày."""
    settings = Settings.from_environ()
    signer = signing.load_key(settings.audit_key)
    office = open_office(settings)
    made = auditing.make_root(office, signer)
    office.store.close()
    if as_json:
        print_json(asdict(made) if made else None)
    elif made is None:
        out().print("Không có hồ sơ nào thay đổi từ gốc trước.")
    else:
        out().print(Text(f"Gốc {made.number}: {made.leaves} hồ sơ, lúc {moment(made.at)}"))
        out().print(Text(f"{made.number}:{made.hash}"))
        err().print("Hãy cất dòng cuối ở nơi khác; sau này kiểm bằng: motcua verify --kept DÒNG_ĐÓ")


@audit.command("export")
@click.argument("file", metavar="TỆP", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@plainly
def export(file: Path, *, as_json: bool) -> None:
    """Xuất nhật ký, các gốc ký và khóa công khai ra một tệp NDJSON (có dữ liệu cá nhân)."""
    settings = Settings.from_environ()
    office = open_office(settings)
    progress = Progress(SpinnerColumn(), TextColumn("Đang xuất…"), console=err())
    with progress, file.open("xb") as target:
        progress.add_task("")
        count = auditing.export(office, target.write)
    office.store.close()
    if as_json:
        print_json({"file": str(file), "lines": count})
    else:
        out().print(Text(f"{count} dòng trong {file}."))
        err().print("Kiểm chứng không cần chương trình này: python tools/verify_export.py TỆP")


@click.group()
def keys() -> None:
    """Khóa ký gốc của nhật ký."""


@keys.command("new")
@json_option
@plainly
def new(*, as_json: bool) -> None:
    """Tạo khóa ký Ed25519; in ra khóa công khai để công bố."""
    file = Settings.from_environ().audit_key
    public = signing.new_key(file).public_key
    if as_json:
        print_json({"file": str(file), "public_key": public})
    else:
        out().print(Text(public))
        err().print(f"Khóa riêng ở {file}: cất một bản ở nơi khác, đừng để cùng cơ sở dữ liệu.")


@keys.command("show")
@json_option
@plainly
def show(*, as_json: bool) -> None:
    """In khóa công khai của khóa đang ký."""
    public = signing.load_key(Settings.from_environ().audit_key).public_key
    if as_json:
        print_json({"public_key": public})
    else:
        out().print(Text(public))


def place_of(found: Finding) -> str:
    """Say where something is wrong, as exactly as is known, in one line."""
    parts = [TABLES[found.table]]
    if found.root:
        parts.append(f"số {found.root}")
    if found.dossier:
        parts.append(f"của hồ sơ {found.code or found.dossier}")
    if found.seq:
        parts.append(f"thứ {found.seq}")
    if found.field:
        parts.append(f"cột {found.field}")
    if found.byte is not None:
        parts.append(f"byte {found.byte}")
    return " ".join(parts)


def _tell(found: auditing.Verification) -> None:
    out().print(f"{found.dossiers} hồ sơ, {found.events} sự kiện, {found.roots} gốc ký.")
    if found.findings:
        rows = [
            (WHAT[f.what], place_of(f), f.found[:60], f.was[:60]) for f in found.findings[:SHOWN]
        ]
        title = f"{len(found.findings)} chỗ không còn như lúc ghi"
        out().print(laid_out(title, ("Điều gì", "Ở đâu", "Đang có", "Lúc ghi"), rows))
        return
    out().print("Nguyên vẹn: không sự kiện nào bị sửa, mất hay thêm.")
    if found.last_root is not None:
        text = f"Gốc ký mới nhất: {found.last_root.number}, lúc {moment(found.last_root.at)}"
        out().print(Text(f"{text}; {found.unrooted} hồ sơ thay đổi sau đó."))
    else:
        out().print(
            "Chưa có gốc ký nào: phần cuối của nhật ký chưa được bảo vệ (motcua audit root)."
        )


def _kept(text: str) -> tuple[int, str]:
    number, _, hash_ = text.partition(":")
    if not number.isdecimal() or not hash_:
        refuse(f"--kept {text}: hãy viết SỐ:HASH như motcua audit root đã in ra.", UNUSABLE)
    return int(number), hash_
