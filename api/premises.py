"""Where this installation stands, as the settings say: what `motcua doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

from flask import current_app

from api.sending.mail import SmtpMail
from api.sending.notices import Notices
from config import Settings
from workflows.doctor import Premises
from workflows.scanning import Clamd

PREMISES = "motcua.premises"
REACH_SECONDS = 3.0


def premises_of(settings: Settings) -> Premises:
    """Return the premises of these settings; nothing is reached for yet."""
    return Premises(
        data=_data(settings),
        database=_database(settings),
        audit_key=settings.audit_key,
        secrets=(settings.audit_key, settings.personal_key),
        backups=Path(settings.backup_folder) if settings.backup_folder else None,
        mail=_mail_reach(settings) if settings.smtp_host else None,
        scanner=Clamd(settings.virus_scanner).reach if settings.virus_scanner else None,
        public_url=settings.public_url,
        host=settings.host,
    )


def premises() -> Premises:
    """Return the premises of this application."""
    return cast("Premises", current_app.extensions[PREMISES])


def _database(settings: Settings) -> Path | None:
    file = settings.database_url.removeprefix("sqlite:///")
    return Path(file) if file != settings.database_url else None


def _data(settings: Settings) -> Path | None:
    """Return the folder whose disk fills up: of the database file, else of the file store."""
    file = _database(settings)
    if file is not None:
        return file.parent
    return Path(settings.file_store) if "://" not in settings.file_store else None


def _mail_reach(settings: Settings) -> Callable[[], str]:
    return replace(SmtpMail.of(settings, Notices({})), seconds=REACH_SECONDS).reach
