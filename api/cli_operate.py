"""`motcua serve`, `motcua tokens`, `motcua db`: what keeps an installation running."""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from datetime import timedelta

import click
import waitress
from rich.text import Text

from api import create_app, open_office
from api.cli_output import err, json_option, out, plainly, print_json
from api.demo import TOKEN_DAYS
from api.formatting import moment
from config import Settings
from engine.law.provisions import Role
from workflows import accounts, jobs
from workflows.office import Office
from workflows.store import Store

LOG = logging.getLogger("motcua.jobs")
JOBS_EVERY_SECONDS = 15
THREADS = 8


@click.command()
@click.option("--host", help="Địa chỉ lắng nghe, mặc định 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng, mặc định 8000.")
@plainly
def serve(host: str | None, port: int | None) -> None:
    """Chạy máy chủ: API, các trang, và những việc đến hạn."""
    settings = Settings.from_environ()
    run_server(open_office(settings), settings, host or settings.host, port or settings.port)


def run_server(office: Office, settings: Settings, host: str, port: int, demo: str = "") -> None:
    """Serve until stopped; timers are looked after beside it."""
    app = create_app(settings, office=office)
    app.config["DEMO"] = demo
    stopping = threading.Event()
    worker = threading.Thread(target=look_after_jobs, args=(office, stopping), daemon=True)
    worker.start()
    err().print(f"Đang chạy tại http://{host}:{port} (Ctrl+C để dừng)")
    try:
        waitress.serve(app, host=host, port=port, threads=THREADS, ident="motcua")
    finally:
        stopping.set()
        worker.join(timeout=JOBS_EVERY_SECONDS)
        office.store.close()


def look_after_jobs(office: Office, stopping: threading.Event) -> None:
    """Fire the timers whose time has come, every few seconds."""
    while not stopping.wait(JOBS_EVERY_SECONDS):
        try:
            jobs.run_due(office)
        except Exception:
            LOG.exception("jobs failed; trying again in %s seconds", JOBS_EVERY_SECONDS)


@click.group()
def tokens() -> None:
    """Mã truy cập API."""


@tokens.command("new")
@click.option("--person", required=True, help="Mã cán bộ, ví dụ nguyen.van.an.")
@click.option("--agency", required=True, help="Mã cơ quan, ví dụ H55.904.01.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--days", type=click.IntRange(1, 3650), default=TOKEN_DAYS, help="Có hiệu lực.")
@json_option
@plainly
def new_token(*, person: str, agency: str, role: str, days: int, as_json: bool) -> None:
    """Cấp mã truy cập cho một người, cơ quan, vai trò; chỉ in ra một lần."""
    office = open_office(Settings.from_environ())
    expires = office.clock.now() + timedelta(days=days)
    issued = accounts.issue_token(office, person, agency, role, (), expires)
    if as_json:
        print_json(asdict(issued))
    else:
        out().print(Text(issued.bearer))
        err().print(f"Có hiệu lực đến {moment(expires)}. Hãy cất kỹ: mã không hiện lại lần nữa.")
    office.store.close()


@click.group()
def db() -> None:
    """Cơ sở dữ liệu."""


@db.command("upgrade")
@json_option
@plainly
def upgrade(*, as_json: bool) -> None:
    """Đưa các bảng lên phiên bản của chương trình; chạy lại không sao."""
    settings = Settings.from_environ()
    Store.open(settings.database_url).close()
    if as_json:
        print_json({"status": "up_to_date"})
    else:
        out().print("Cơ sở dữ liệu đã ở phiên bản mới nhất.")
