"""An office of its own for every test: real procedures, real store, a clock that stands still."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app, join
from config import Settings
from workflows import accounts, session_keys
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.office import Office
from workflows.shelving import Shelf
from workflows.store import Store

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 7, 6, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
CENTRE, COMMUNE = "H55.904.01", "H55.904"
BIRTH = "1.001193"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The procedures of the repository, read once."""
    return Catalogue.load(ROOT / "bpmn")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    file = tmp_path_factory.mktemp("db") / "empty.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def clock() -> SimulatedClock:
    """A Monday morning; it stands still until a test goes on."""
    return SimulatedClock(MONDAY)


@pytest.fixture
def settings(tmp_path: Path, empty_database: Path) -> Settings:
    """The settings of an installation with an empty database."""
    file = tmp_path / "motcua.db"
    shutil.copy(empty_database, file)
    return Settings(database_url=f"sqlite:///{file}", bpmn_folder=ROOT / "bpmn")


@pytest.fixture
def office(
    settings: Settings, catalogue: Catalogue, clock: SimulatedClock, tmp_path: Path
) -> Iterator[Office]:
    """An office with nobody and nothing in it."""
    store = Store.open(settings.database_url)
    catalogue.publish(store, clock.now())
    shelf = Shelf(str(tmp_path / "files"))
    yield Office(store, catalogue, clock, SeededIds(1), shelf=shelf, personal_key=b"key")
    store.close()


class Caller:
    """Somebody with a token, calling the API as a program would."""

    keys = count(1)

    def __init__(self, client: FlaskClient, bearer: str) -> None:
        """Call with this token."""
        self._client = client
        self._auth = {"Authorization": f"Bearer {bearer}"}

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET below /api/v1."""
        return self._client.get(f"/api/v1{path}", headers={**self._auth, **headers})

    def post(self, path: str, body: Any = None, etag: str = "", key: str = "") -> TestResponse:
        """POST below /api/v1 with a new key, unless one is given."""
        headers = {**self._auth, "Idempotency-Key": key or f"test-{next(self.keys)}"}
        if etag:
            headers["If-Match"] = etag
        return self._client.post(f"/api/v1{path}", json=body or {}, headers=headers)

    def receive(self, **said: Any) -> TestResponse:
        """Hand in a birth registration."""
        body = {"procedure": BIRTH, "applicant_name": "Hoàng Thị Mẫu", **said}
        return self.post("/dossiers", body)


@pytest.fixture(scope="session")
def doors(catalogue: Catalogue, empty_database: Path) -> Flask:
    """The application, made once: every test joins it to an office of its own."""
    settings = Settings(database_url=f"sqlite:///{empty_database}", bpmn_folder=ROOT / "bpmn")
    store = Store.open(settings.database_url)
    app = create_app(
        settings, office=Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(1))
    )
    store.close()
    app.testing = False  # problems, not tracebacks
    return app


@pytest.fixture
def client(doors: Flask, settings: Settings, office: Office) -> FlaskClient:
    """A client of the application."""
    join(doors, settings, office)
    return doors.test_client()


@pytest.fixture
def hire(client: FlaskClient, office: Office) -> Callable[..., Caller]:
    """Give somebody a post; returns who calls with that token."""

    def give(role: str, agency: str = COMMUNE, person: str = "") -> Caller:
        expires = office.clock.now() + timedelta(days=30)
        issued = accounts.issue_token(office, person or role, agency, role, (), expires)
        return Caller(client, issued.bearer)

    return give


class Browser:
    """Somebody signed in by a session, sending forms as a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        """Use a client whose jar holds the cookie."""
        self.client = client

    @property
    def word(self) -> str:
        """The word that forms of this session carry."""
        cookie = self.client.get_cookie("motcua")
        return session_keys.guard_of(cookie.value) if cookie is not None else ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **options)

    def send(self, path: str, **form: Any) -> TestResponse:
        """Send a form of the session's own page."""
        form.setdefault("csrf_token", self.word)
        return self.client.post(path, data=form, headers={"Origin": "http://localhost"})


@pytest.fixture
def sign_in(client: FlaskClient, office: Office) -> Callable[..., Browser]:
    """Give somebody a post and a password, and sign them in with it."""

    def enter(role: str, agency: str = COMMUNE, person: str = "") -> Browser:
        who = person or role
        expires = office.clock.now() + timedelta(days=30)
        accounts.issue_token(office, who, agency, role, (), expires)
        browser = Browser(client.application.test_client())
        browser.send("/sign-in", person=who, password=accounts.reset_password(office, who))
        own = "một mật khẩu của riêng tôi"
        browser.send("/sign-in/password", password=own, again=own)
        return browser

    return enter


@pytest.fixture
def clerk(hire: Callable[..., Caller]) -> Caller:
    """A one-stop clerk at the service centre of Chợ Mới."""
    return hire("one_stop_clerk", CENTRE)
