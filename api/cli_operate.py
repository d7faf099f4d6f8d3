"""`motcua serve`, `motcua db`: what keeps an installation running."""

from __future__ import annotations

import threading
from functools import partial

import click
import waitress

from api import create_app, open_office
from api.cli_output import err, json_option, out, plainly, print_json
from api.sending import carriers_of
from config import Settings
from workflows import auditing, background, signing
from workflows.office import Office
from workflows.store import Store

STOP_SECONDS = 15
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
    """Serve until stopped; timers, webhooks and letters are looked after beside it."""
    app = create_app(settings, office=office)
    app.config["DEMO"] = demo
    stopping = threading.Event()
    carriers = carriers_of(settings)
    roots = auditing.DailyRoots(office, partial(signing.load_key, settings.audit_key))
    worker = threading.Thread(
        target=background.work, args=(office, carriers, stopping, roots), daemon=True
    )
    worker.start()
    err().print(f"Đang chạy tại http://{host}:{port} (Ctrl+C để dừng)")
    try:
        waitress.serve(app, host=host, port=port, threads=THREADS, ident="motcua")
    finally:
        stopping.set()
        worker.join(timeout=STOP_SECONDS)
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
