"""Doctor (khám hệ thống): measures an installation and says what an operator should see to.

Whatever cannot be reached is a finding, never an exception: it is asked when something is wrong.
It changes nothing. What a measure means is `checks`.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.law.authority import Actor
from workflows import auditing
from workflows.checks import Check, Measured, judge
from workflows.errors import WorkflowError
from workflows.office import Office
from workflows.permitting import CHECK_INSTALLATION, list_of, permit
from workflows.signing import load_key, trusted_keys
from workflows.store import UnitOfWork

SAMPLE = 20  # dossiers whose record is walked; all of them is `motcua verify`
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO

Reach = Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Premises:
    """Where an installation stands: its folders, its keys, and how to reach what is beside it.

    `data` is the folder whose disk fills up, `database` the file of the database, None where they
    are on other machines. `mail` and `scanner` return what stands in the way, empty for nothing;
    None where none is set up.
    """

    data: Path | None
    database: Path | None
    audit_key: Path
    secrets: tuple[Path, ...] = ()
    backups: Path | None = None
    mail: Reach | None = None
    scanner: Reach | None = None
    public_url: str = ""
    host: str = ""


def examine(office: Office, actor: Actor, premises: Premises) -> tuple[Check, ...]:
    """Return every check of this installation; raises Forbidden."""
    permit(actor, CHECK_INSTALLATION, list_of(actor.agency))
    return examine_at_machine(office, premises)


def examine_at_machine(
    office: Office, premises: Premises, faults: Sequence[str] = ()
) -> tuple[Check, ...]:
    """Return every check, for operators at the machine itself: nobody is asked for.

    `faults` are those of a folder of procedures that could not be loaded.
    """
    values = _of_machine(office, premises) | _of_catalogue(office, faults)
    values |= _of_database(office, premises)
    return judge(Measured(now=office.clock.now(), python=sys.version_info[:3], **values))


def _of_machine(office: Office, premises: Premises) -> dict[str, Any]:
    key_fault = ""
    try:
        load_key(premises.audit_key)
    except (WorkflowError, OSError) as fault:
        key_fault = getattr(fault, "message", "") or f"Khóa ký: {type(fault).__name__}."
    backup_folder = premises.backups
    return {
        "free_bytes": _free(premises.data),
        "shelf_fault": office.shelf.reach() if office.shelf is not None else "chưa đặt",
        "mail_fault": premises.mail() if premises.mail is not None else None,
        "scanner_fault": premises.scanner() if premises.scanner is not None else None,
        "backups": backup_folder is not None,
        "backup_at": _newest(backup_folder) if backup_folder is not None else None,
        "key_fault": key_fault,
        "open_files": tuple(p.name for p in premises.secrets if _others_read(p)),
        "public_url": premises.public_url,
        "host": premises.host,
    }


def _of_catalogue(office: Office, faults: Sequence[str]) -> dict[str, Any]:
    catalogue = office.catalogue
    years = dict(catalogue.calendars.first().years) if not faults else {}
    return {
        "catalogue_faults": tuple(faults),
        "procedures": len(catalogue.procedures()),
        "sample_agencies": sum(agency.sample for agency in catalogue.agencies),
        "official": {year: rules.official for year, rules in years.items()},
    }


def _of_database(office: Office, premises: Premises) -> dict[str, Any]:
    """Return what the database says; one that cannot be used is said, and nothing is made."""
    if premises.database is not None and not premises.database.exists():
        return {"database_fault": "chưa có tệp dữ liệu", "signs": False}
    try:
        values = office.store.read(lambda uow: _basics(uow, office))
    except Exception as fault:  # noqa: BLE001 - whatever it is, the database cannot be used
        return {"database_fault": type(fault).__name__, "signs": False}
    if values["revision"][0] != values["revision"][1]:
        return values | {"signs": False}
    values |= office.store.read(_signs)
    codes = office.store.read(lambda uow: uow.vitals.latest_codes(SAMPLE))
    if codes:
        seen = auditing.verify(office, trusted_keys(premises.audit_key), codes=codes)
        values |= {"looked_at": seen.dossiers, "broken": len(seen.findings)}
    return values


def _basics(uow: UnitOfWork, office: Office) -> dict[str, Any]:
    there = uow.vitals.database_time()
    apart = (office.clock.now() - there).total_seconds() if there is not None else None
    return {
        "setting_fault": uow.vitals.unsafe_setting(),
        "revision": uow.vitals.revision(),
        "sqlite": uow.vitals.library_version(),
        "skew_seconds": apart,
    }


def _signs(uow: UnitOfWork) -> dict[str, Any]:
    timer, message = uow.vitals.waiting_since()
    return {
        "worker_seen_at": uow.vitals.last_beat(),
        "timer_since": timer,
        "message_since": message,
        "stuck": uow.vitals.stuck(),
        "root_at": uow.vitals.last_root(),
    }


def _free(folder: Path | None) -> int | None:
    """Return the bytes free where a folder is, or will be."""
    if folder is None:
        return None
    place = next((p for p in (folder, *folder.absolute().parents) if p.exists()), None)
    return shutil.disk_usage(place).free if place is not None else None


def _newest(folder: Path) -> datetime | None:
    try:
        times = [p.stat().st_mtime for p in folder.iterdir() if p.is_file() and p.stat().st_size]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _others_read(path: Path) -> bool:
    if os.name != "posix" or not path.exists():
        return False
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS_MAY)
