"""A real browser on the real pages: Debian's Chromium, driven from here."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from api import create_app, open_office
from config import Settings
from workflows.clock import ContinuedClock, SeededIds, SimulatedClock

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
VENDOR = ROOT / "api" / "static" / "vendor" / "bpmn-js"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a few dossiers played into it."""
    from api.demo import FIRST_MOMENT, Demo, end_of_play  # noqa: PLC0415

    url = f"sqlite:///{tmp_path_factory.mktemp('browser') / 'demo.db'}"
    settings = Settings(database_url=url, bpmn_folder=ROOT / "bpmn")
    clock = SimulatedClock(FIRST_MOMENT)
    office = open_office(settings, clock, SeededIds(6))
    Demo(office, clock, 6).play(9, lambda *_: None)
    office.store.close()
    app = create_app(settings, ContinuedClock(end_of_play()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    worker.join()
    server.server_close()
    app.extensions["motcua"].store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    if not Path(CHROMIUM).exists() or not VENDOR.exists():
        pytest.skip("needs chromium and `make assets`")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of an office screen; what the console says of errors fails the test."""
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield opened
    opened.close()
    assert complaints == []
