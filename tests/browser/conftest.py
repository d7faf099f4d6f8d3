"""A real browser on the real pages: Debian's Chromium, driven from here."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from api import create_app, open_office
from api.demo import hire
from config import Settings
from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows import accounts, dossiers, intake, tasks
from workflows.clock import ContinuedClock, SeededIds, SimulatedClock
from workflows.office import Office
from workflows.views import DossierView

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CENTRE, COMMUNE = "H55.904.01", "H55.904"
MONDAY = datetime(2026, 7, 6, 8, 0, tzinfo=ZONE)
OWN = "một mật khẩu của riêng tôi"
LONG_NAME = "Công Tằng Tôn Nữ Huyền Trân Thị Phương Thảo"
GOOD = {"components_complete": True, "eligible": True, "verification_needed": False,
        "approved": True}  # fmt: skip
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
    opened.set_default_timeout(10_000)
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 422" not in message.text:  # a refused form
            complaints.append(message.text)

    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", heard)
    yield opened
    opened.close()
    assert complaints == []


class Desk:
    """A server on an office of its own, and what a test needs to be somebody there."""

    def __init__(self, address: str, app: Flask) -> None:
        """Look at the office of this application through this address."""
        self.address = address
        self.app = app
        self._numbers = count(1)
        self.name_of: Callable[[str], str] = lambda person: f"{LONG_NAME} {person}"
        self.office: Office = app.extensions["motcua"]

    def hire(self, role: str, agency: str, name: str = "") -> str:
        """Give somebody new a post, with the longest kind of name; returns the code."""
        person = f"nguoi{next(self._numbers)}"
        name = name or self.name_of(person)
        self.office.store.write(
            lambda u: u.accounts.ensure_person(self.office.ids.new_id(), person, name)
        )
        hire(self.office, person, agency, role)
        return person

    def actor(self, role: str, agency: str = COMMUNE) -> Actor:
        """Return somebody new in a post, who acts by use case."""
        return Actor(person=self.hire(role, agency), agency=agency, role=role)

    def sign_in(self, page: Page, role: str, agency: str = COMMUNE, name: str = "") -> str:
        """Sign somebody new in by the pages, with a one-time password; returns the code."""
        person = self.hire(role, agency, name)
        page.goto(f"{self.address}/sign-in?person={person}")
        page.fill("#password", accounts.reset_password(self.office, person))
        page.click("main button")
        page.fill("#password", OWN)
        page.fill("#again", OWN)
        page.click("main button")
        page.wait_for_load_state("load")
        return person

    def receive(self, name: str = "Hoàng Thị Mẫu", **said: Any) -> DossierView:
        """Receive a birth registration with all its papers."""
        papers = {"declaration": {"originals": 1}, "birth_record": {"originals": 1}}
        said.setdefault("components", papers)
        command = intake.ReceiveDossier(procedure="1.001193", applicant_name=name, **said)
        return intake.receive(self.office, self.actor("one_stop_clerk", CENTRE), command)

    def go_on(self, dossier: str, until: str) -> DossierView:
        """Let other hands do the steps up to one of these elements."""
        for _ in range(20):
            clerk = Actor(person="x", agency=CENTRE, role="one_stop_clerk")
            view = dossiers.read(self.office, clerk, dossier)
            step = view.tasks[0]
            if step.element == until:
                return view
            law = self.office.catalogue.at(view.digest).procedure
            facts = {
                n: v
                for n, v in GOOD.items()
                if n in law.facts and (step.element in law.facts[n].set_by)
            }
            command = tasks.CompleteTask(dossier=dossier, task=step.task, facts=facts)
            tasks.complete(self.office, self.actor(step.role, step.agency), command)
        raise AssertionError(f"{dossier} never came to {until}")

    def token(self, dossier: str) -> str:
        """Return what the QR of a receipt leads to."""
        row = self.office.store.read(lambda uow: uow.intakes.get(dossier))
        assert row is not None
        return row.token


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office on a Monday morning; every test hires its own people and receives its own."""
    with a_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    """Serve an office that keeps everything in a folder."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'desk.db'}",
        bpmn_folder=ROOT / "bpmn",
        file_store=str(folder / "files"),
        personal_key=folder / "key",
        rate_limits="sign_in=off lookup=off anonymous=off",
    )
    office = open_office(settings, SimulatedClock(MONDAY), SeededIds(7))
    app = create_app(settings, office=office)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    yield Desk(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    worker.join()
    server.server_close()
    office.store.close()
