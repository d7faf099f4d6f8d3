"""`motcua worker`, `jobs`, `webhooks`, `export`: background work and what leaves, for operators."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from api import open_office
from api.cli_output import ANSWER_NO, UNUSABLE, err, json_option, out, plainly, print_json, table
from api.formatting import moment
from api.sending import carriers_of
from config import Settings
from engine.law.authority import Actor
from engine.timing.events import KINDS
from workflows import background, exporting, jobs, webhooks
from workflows.office import Office
from workflows.permitting import INSTALLATION

OPERATOR = Actor(person="operator", agency=INSTALLATION, role="administrator")
WHEN = click.DateTime(["%Y-%m-%dT%H:%M:%S%z"])


def _office() -> Office:
    return open_office(Settings.from_environ())


@click.command()
@click.option("--once", is_flag=True, help="Làm hết việc đến hạn rồi dừng.")
@plainly
def worker(*, once: bool) -> None:
    """Làm việc nền: đồng hồ đến hạn, cảnh báo, báo tin, gửi thư. Chạy bao nhiêu cái cũng được."""
    settings = Settings.from_environ()
    office, carriers = open_office(settings), carriers_of(settings)
    try:
        if once:
            while background.work_once(office, carriers).busy:
                pass
            return
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        err().print("Đang làm việc nền (Ctrl+C để dừng)")
        background.work(office, carriers, stopping)
    finally:
        office.store.close()


@click.group("jobs")
def jobs_group() -> None:
    """Việc nền bị lỗi: xem, làm lại, bỏ qua."""


@jobs_group.command("list")
@click.option("--state", type=click.Choice(["stuck", "failing"]), default=None, help="Loại việc.")
@json_option
@plainly
def list_jobs(*, state: str | None, as_json: bool) -> None:
    """Liệt kê việc bị lỗi, mới nhất trước."""
    office = _office()
    query = jobs.JobQuery(state=state or "", limit=200)
    found = jobs.failed_jobs(office, OPERATOR, query).items
    office.store.close()
    if as_json:
        print_json([asdict(job) for job in found])
        return
    rows = (
        (j.id, j.sort, j.name, j.dossier_code, j.state, str(j.attempts), moment(j.at), j.fault)
        for j in found
    )
    columns = ("Mã việc", "Loại", "Tên", "Hồ sơ", "Tình trạng", ">Số lần", "Lúc", "Lỗi")
    out().print(table(f"{len(found)} việc bị lỗi", columns, rows))


@jobs_group.command("retry")
@click.argument("which", nargs=-1, required=True, metavar="MÃ_VIỆC…")
@click.option("--reason", required=True, help="Vì sao làm lại.")
@plainly
def retry(which: tuple[str, ...], reason: str) -> None:
    """Cho những việc bị lỗi làm lại từ đầu."""
    _decide(which, "retry", reason)


@jobs_group.command("skip")
@click.argument("which", nargs=-1, required=True, metavar="MÃ_VIỆC…")
@click.option("--reason", required=True, help="Vì sao bỏ qua.")
@plainly
def skip(which: tuple[str, ...], reason: str) -> None:
    """Bỏ qua những việc bị lỗi; hồ sơ ghi lại lý do."""
    _decide(which, "skip", reason)


def _decide(which: tuple[str, ...], what: str, reason: str) -> None:
    office = _office()
    command = jobs.DecideJobs(jobs=which, what=what, reason=reason)
    try:
        decided = jobs.decide_many(office, OPERATOR, command)
    finally:
        office.store.close()
    for one in decided:
        out().print(Text(f"{one.job}: {one.state or one.fault}"))
    refused = sum(bool(one.fault) for one in decided)
    if refused:
        raise SystemExit(UNUSABLE if refused == len(decided) else ANSWER_NO)


@click.group("webhooks")
def webhooks_group() -> None:
    """Báo tin cho hệ thống khác."""


@webhooks_group.command("add")
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(sorted(KINDS)), help="Loại tin.")
@click.option("--agency", default="", help="Chỉ hồ sơ của cơ quan này.")
@plainly
def add(url: str, kinds: tuple[str, ...], agency: str) -> None:
    """Đăng ký nhận tin; khóa ký chỉ in ra một lần."""
    office = _office()
    asked = webhooks.Subscribe(url=url, kinds=kinds, agency=agency)
    made = webhooks.subscribe(office, OPERATOR, asked)
    office.store.close()
    print_json({"id": made.id, "secret": made.secret})


@webhooks_group.command("list")
@json_option
@plainly
def list_webhooks(*, as_json: bool) -> None:
    """Liệt kê các đăng ký nhận tin."""
    office = _office()
    found = webhooks.subscriptions(office, OPERATOR)
    office.store.close()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = (
        (w.id, w.url, ", ".join(w.kinds) or "mọi loại", w.agency or "mọi cơ quan", w.state,
         moment(w.failing_since))
        for w in found
    )  # fmt: skip
    columns = ("Mã", "Địa chỉ", "Loại tin", "Cơ quan", "Tình trạng", "Lỗi từ")
    out().print(table(f"{len(found)} đăng ký", columns, rows))


@webhooks_group.command("change")
@click.argument("webhook")
@click.argument("what", type=click.Choice([*webhooks.STATES, "rotate"]))
@plainly
def change(webhook: str, what: str) -> None:
    """Tạm dừng, cho nhận lại, bỏ, hoặc đổi khóa ký (rotate)."""
    office = _office()
    command = webhooks.ChangeSubscription(subscription=webhook, what=what)
    changed = webhooks.change(office, OPERATOR, command)
    office.store.close()
    said: dict[str, Any] = {"id": changed.id, "state": changed.state}
    print_json(said | ({"secret": changed.secret} if changed.secret else {}))


@webhooks_group.command("test")
@click.argument("webhook")
@plainly
def test(webhook: str) -> None:
    """Gửi thử một tin và in câu trả lời của bên nhận."""
    settings = Settings.from_environ()
    office, carriers = open_office(settings), carriers_of(settings)
    if carriers.post is not None:
        print_json(asdict(webhooks.try_out(office, OPERATOR, webhook, carriers.post)))
    office.store.close()


@click.group("export")
def export_group() -> None:
    """Xuất dữ liệu theo dòng JSON (NDJSON)."""


def _lines(
    role: str, agency: str, since: datetime | None, until: datetime | None, what: str
) -> None:
    office = _office()
    actor = Actor(person="operator", agency=agency, role=role)
    query = exporting.ExportQuery(since=since, until=until)
    make = exporting.events if what == "events" else exporting.dossiers
    lines: Iterator[bytes] = make(office, actor, query)
    for line in lines:
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    office.store.close()


def _options(command: Any) -> Any:
    for option in (
        click.option("--full", is_flag=True, help="Có mã hồ sơ và tên cán bộ; không thì ẩn danh."),
        click.option("--agency", required=True, help="Mã cơ quan."),
        click.option("--from", "since", type=WHEN, help="Từ lúc này, có múi giờ."),
        click.option("--to", "until", type=WHEN, help="Trước lúc này, có múi giờ."),
    ):
        command = option(command)
    return command


@export_group.command("events")
@_options
@plainly
def export_events(
    *, full: bool, agency: str, since: datetime | None, until: datetime | None
) -> None:
    """Xuất nhật ký của một cơ quan, theo thứ tự ghi."""
    _lines("leader" if full else exporting.REVIEWER, agency, since, until, "events")


@export_group.command("dossiers")
@_options
@plainly
def export_dossiers(
    *, full: bool, agency: str, since: datetime | None, until: datetime | None
) -> None:
    """Xuất các hồ sơ của một cơ quan, theo thứ tự tiếp nhận."""
    _lines("leader" if full else exporting.REVIEWER, agency, since, until, "dossiers")
