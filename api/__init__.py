"""The doors: HTTP for programs, pages for people, a command line; they only translate.

`create_app` is the one place where the parts are joined.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from flask import Flask

from api import browsing, headers, health, limits, pages, problems, rest, watching
from api.identity import Provider
from api.pages import signing_in
from api.premises import PREMISES, premises_of
from api.sending import carriers_of
from config import Settings
from workflows.catalogue import Catalogue
from workflows.clock import Clock, Ids, SystemClock, SystemIds
from workflows.envelopes import Keyring
from workflows.office import Office
from workflows.scanning import Clamd
from workflows.shelving import Shelf
from workflows.store import Store

MAX_BODY_BYTES = 1024 * 1024


def open_office(settings: Settings, clock: Clock | None = None, ids: Ids | None = None) -> Office:
    """Return the office of these settings: catalogue checked, database up to date.

    Raises CatalogueInvalid with every finding, or UnsafeDatabase.
    """
    clock = clock or SystemClock()
    catalogue = Catalogue.load(settings.bpmn_folder)
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url)
    catalogue.publish(store, clock.now())
    ids = ids or SystemIds()
    return Office(
        store,
        catalogue,
        clock,
        ids,
        shelf=Shelf(settings.file_store),
        scanner=Clamd(settings.virus_scanner) if settings.virus_scanner else None,
        personal_key=_personal_key(settings.personal_key, ids),
        keyring=Keyring.at(settings.installation, settings.bridge_key)
        if settings.installation
        else None,
    )


def _personal_key(file: Path, ids: Ids) -> bytes:
    """Return the key that hashes national ids; made once, readable by its owner alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(ids.new_token(), encoding="ascii")
    return file.read_bytes().strip()


def create_app(
    settings: Settings, clock: Clock | None = None, *, office: Office | None = None
) -> Flask:
    """Return the web application; `office` joins it to one that is open already."""
    office = office or open_office(settings, clock)
    app = Flask("api", static_folder="static", template_folder="templates")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # members in the order of the schema
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Vietnamese stays readable
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES, PROGRAM_VERSION=version("motcua"))
    join(app, settings, office)
    headers.register(app)
    app.config[browsing.PUBLIC_URL] = settings.public_url
    app.config[signing_in.PROVIDER] = Provider.of(settings)
    browsing.register(app)
    watching.register(app)
    limits.register(app, settings)
    problems.register(app)
    rest.register(app)
    pages.register(app)
    app.register_blueprint(health.blueprint)
    return app


def join(app: Flask, settings: Settings, office: Office) -> None:
    """Join the doors to an office; all they keep from one request to the next is kept here."""
    app.extensions["motcua"] = office
    app.extensions["motcua.forms"] = settings.bpmn_folder / "shared" / "forms"
    app.extensions["motcua.carriers"] = carriers_of(settings)
    app.extensions[PREMISES] = premises_of(settings)
    limits.join(app, settings)
    watching.join(app, office)
