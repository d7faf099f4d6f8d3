"""`motcua demo`: play some months, show where the time went, serve the pages.

The dossiers are played into a file beside the real one and moved into place when all went well,
so that an interrupted first start leaves nothing half done and a second start is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from api import open_office
from api.cli_operate import run_server
from api.cli_output import err, json_option, out, plainly, print_json, table
from api.cli_review import durations_table, overdue_table, review_record
from api.demo import (
    DOSSIERS,
    LAST_DAY,
    MONTHS,
    MOST_MONTHS,
    SEED,
    Demo,
    end_of_play,
    first_moment,
    hire,
    staff_code,
    staff_name,
)
from api.formatting import day_of
from api.pages.shell import ROLE_NAMES
from config import Settings
from engine.law.codes import NationalStatus
from workflows import passwords
from workflows.clock import ContinuedClock, SeededIds, SimulatedClock, SystemIds
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.referrals import ListedReferral, ReferralFilter

DATABASE = Path("var/demo.db")
NOTE = f"Dữ liệu mô phỏng đến {day_of(LAST_DAY)}: người, cơ quan, hồ sơ là mẫu."

# Who a visitor may play: role, agency, what to try.
POSTS = (
    ("one_stop_clerk", "H55.904.01", "tiếp nhận, trả kết quả"),
    ("officer", "H55.904", "thẩm định, giải quyết"),
    ("head_of_section", "H55.904", "phân công, kiểm tra"),
    ("leader", "H55.904", "ký"),
    ("registry_clerk", "H55.904", "vào sổ, đóng dấu"),
    ("officer", "H55.31.01", "đăng ký đất đai"),
    ("tax_officer", "H55.81.01", "trả lời về thuế"),
    ("opinion_officer", "H55.21", "trả lời lấy ý kiến"),
    ("administrator", "H55.904", "cán bộ, việc chạy nền"),
    ("reviewer", "H55.904", "xem số đo, báo cáo; không thấy hồ sơ"),
)


@click.command()
@click.option("--no-serve", is_flag=True, help="In bảng rồi dừng, không mở máy chủ.")
@click.option("--fresh", is_flag=True, help="Bỏ dữ liệu mô phỏng cũ, làm lại từ đầu.")
@click.option(
    "--months", type=click.IntRange(1, MOST_MONTHS), default=MONTHS, help="Mấy tháng làm việc."
)
@click.option(
    "--dossiers", type=click.IntRange(1, 20_000), help="Số hồ sơ; không ghi: 100 mỗi tháng."
)
@click.option("--seed", type=int, default=SEED, help="Hạt giống của mô phỏng.")
@click.option("--database", type=click.Path(path_type=Path), default=DATABASE, help="Tệp SQLite.")
@json_option
@plainly
def demo(  # noqa: PLR0913 - one argument per option
    *,
    no_serve: bool,
    fresh: bool,
    months: int,
    dossiers: int | None,
    seed: int,
    database: Path,
    as_json: bool,
) -> None:
    """Gửi 300 hồ sơ mẫu qua ba tháng làm việc, in bảng thời gian, rồi mở các trang."""
    settings = Settings.from_environ()
    if fresh:
        database.unlink(missing_ok=True)
    if database.exists():
        err().print(f"Đã có dữ liệu mô phỏng ở {database} (--fresh để làm lại).")
    else:
        wanted = DOSSIERS * months // MONTHS if dossiers is None else dossiers
        play_into(settings, database, Play(months=months, dossiers=wanted, seed=seed))
    settings = replace(settings, database_url=f"sqlite:///{database}")
    office = resume(settings)
    if as_json:
        print_json(review_record(office))
    else:
        show(office)
    if no_serve:
        office.store.close()
        return
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    settings = replace(settings, public_url=address)
    show_ways_in(office, address)
    run_server(office, settings, settings.host, settings.port, demo=NOTE)


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is played: so many dossiers over so many months, drawn from a seed."""

    months: int = MONTHS
    dossiers: int = DOSSIERS
    seed: int = SEED


def play_into(settings: Settings, database: Path, play: Play) -> None:
    """Play the months into a new database file; it appears only when all of it is there."""
    database.parent.mkdir(parents=True, exist_ok=True)
    part = database.with_suffix(".part")
    for leftover in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
        leftover.unlink(missing_ok=True)
    clock = SimulatedClock(first_moment(play.months))
    url = f"sqlite:///{part}"
    office = open_office(replace(settings, database_url=url), clock, SeededIds(play.seed))
    game = Demo(office, clock, play.seed)
    with _progress(play) as told:
        game.play(play.dossiers, told)
    office.store.close()
    part.rename(database)
    for refusal, times in game.refused.most_common():
        err().print(Text(f"bị từ chối {times} lần: {refusal}", style="yellow"))


def resume(settings: Settings) -> Office:
    """Return the office of the demo, its clock going on from the last thing that happened."""
    office = open_office(settings, ContinuedClock(end_of_play()), SystemIds())
    last = office.store.read(lambda u: (u.events.last_recorded(), u.accounts.last_issued()))
    start = max(end_of_play(), *(moment for moment in last if moment is not None))
    return replace(office, clock=ContinuedClock(start + timedelta(seconds=1)))


def show(office: Office) -> None:
    """Print where the time went and which dossiers are late."""
    for version in office.catalogue.procedures():
        out().print(durations_table(office, version))
    out().print(overdue_table(office, limit=15))


def show_ways_in(office: Office, address: str) -> None:
    """Print a token for each post, then who signs in where with which password, and where to begin.

    All of it holds for this start only: the next one gives others. A password need not be changed
    first: a visitor should be at a desk within a minute.
    """
    tokens: list[tuple[str, str]] = []
    ways: list[tuple[str, str, str]] = []
    for number, (role, agency, what) in enumerate(POSTS):
        person, password = staff_code(role, agency), passwords.one_time(office.ids)
        token, _ = hire(office, person, agency, role, staff_name(number))
        let_in(office, person, password)
        tokens.append((person, token))
        title = f"{ROLE_NAMES[role]}, {agency_name_of(office, agency)}: {what}"
        ways.append((title, f"{address}/sign-in?person={person}", password))
    title = "Mã truy cập của API (chỉ dùng cho lần chạy này)"
    out().print(table(title, ("Mã cán bộ", ">Bearer"), tokens))
    out().print(Text("Đăng nhập để thử (mật khẩu chỉ dùng cho lần chạy này)", style="bold"))
    for what, link, password in ways:
        out().print(Text(what))
        out().print(Text(f"  {link}  mật khẩu {password}", no_wrap=True), soft_wrap=True)
    out().print(Text("Bắt đầu", style="bold"))
    out().print(f"  {address}/", soft_wrap=True)
    if token := a_receipt(office):
        out().print("Như người dân quét mã QR trên giấy tiếp nhận")
        out().print(f"  {address}/tra-cuu/{token}", soft_wrap=True)
    if found := a_referral(office):
        asker, asked = (agency_name_of(office, code) for code in found[1:])
        out().print(
            f"Một phiếu liên thông, đăng nhập ở {asker} rồi ở {asked}: mỗi bên thấy phần mình"
        )
        out().print(f"  {address}/referrals/{found[0]}", soft_wrap=True)


def a_referral(office: Office) -> tuple[str, str, str] | None:
    """Return a referral between two agencies of `POSTS` with who asks and who is asked, an open one
    if there is any.
    """
    posts = {agency for _, agency, _ in POSTS}

    def look(uow: UnitOfWork) -> list[ListedReferral]:
        wanted = [ReferralFilter(agency=a, open_only=False, limit=200) for a in sorted(posts)]
        return [r for one in wanted for r in uow.referrals.find(one) if r.asked_by in posts]

    between = [r for r in office.store.read(look) if r.asked_by != r.referral.to_agency]
    found = next((r for r in between if r.referral.is_open), between[-1] if between else None)
    return (found.referral.id, found.asked_by, found.referral.to_agency) if found else None


def a_receipt(office: Office) -> str:
    """Return the token of a receipt worth looking up: papers are asked for, or it is under way."""

    def look(uow: UnitOfWork) -> str:
        rows = [uow.dossiers.get(dossier)[0] for dossier in uow.dossiers.ids()]
        going = [row for row in rows if row.ended_at is None]
        asked = [row for row in going if row.status == NationalStatus.SUPPLEMENT_REQUESTED]
        noted = uow.intakes.get((asked or going)[-1].id) if going else None
        return noted.token if noted is not None else ""

    return office.store.read(look)


def let_in(office: Office, person: str, password: str) -> None:
    """Give somebody of the demo a password that need not be changed first."""
    now, hashed = office.clock.now(), passwords.hash_of(password, office.ids)

    def give(uow: UnitOfWork) -> None:
        account = uow.credentials.account(person, now)
        if account is not None:
            uow.credentials.set_password(account.person_id, hashed, must_change=False, at=now)

    office.store.write(give)


def agency_name_of(office: Office, code: str) -> str:
    """Return the short name of an agency."""
    agency = office.catalogue.agencies.get(code)
    return agency.short_name or agency.name


@contextmanager
def _progress(play: Play) -> Iterator[Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("hồ sơ"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task(f"{play.months} tháng làm việc", total=play.dossiers)

        def told(day: date, received: int) -> None:
            bar.update(task, completed=received, description=f"Ngày {day_of(day)}")

        yield told
