"""The procedures, agencies and calendars this installation works with, checked as a whole.

A version is known by the digest of its bytes. What is in the folder is offered to new dossiers;
what a dossier was received under is rebuilt from the database, whatever the folder says today.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.errors import Rejected
from engine.law.norms import norm_problems
from engine.law.procedure import Procedure, ProcedureInvalid, parse_procedure
from engine.law.working_time import WorkingCalendar
from engine.process import (
    Definition,
    FactType,
    Refused,
    Unreadable,
    check,
    compile_definition,
    read,
)
from engine.timing.indices import ServiceIndex, parse_service_indices
from engine.timing.yardsticks import Yardsticks, parse_yardsticks
from workflows.agencies import Agencies, read_agencies
from workflows.calendars import Calendars, read_calendars
from workflows.errors import CatalogueInvalid, NotFound
from workflows.store import Store
from workflows.store.records import VersionRow
from workflows.tables import Tables, read_tables
from workflows.walking import Walker
from workflows.worktime import timer_time

PROCEDURE, PROCESS, SCENARIOS = "procedure.toml", "process.bpmn", "scenarios.toml"


@dataclass(frozen=True, kw_only=True, eq=False)
class Version:
    """One version of a procedure, ready to run; dossiers are pinned to its `digest`."""

    digest: str
    procedure: Procedure
    definition: Definition
    toml_bytes: bytes
    bpmn_bytes: bytes
    scenarios_bytes: bytes = b""
    folder: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def scenarios(self) -> tuple[Mapping[str, Any], ...]:
        """The named walks of the version, as the file has them."""
        return tuple(tomllib.loads(self.scenarios_bytes.decode()).get("scenario", ()))


@dataclass(kw_only=True)
class Findings:
    """Everything that is wrong in a folder, one line each; warnings apart."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, file: str, found: Iterable[Any]) -> None:
        """Add problems of a procedure or findings of a diagram."""
        for one in found:
            place = getattr(one, "path", "") or getattr(one, "element", "")
            line = f"{file}: {place}: {one.message} {one.advice}".rstrip()
            (self.errors if one.severity == "error" else self.warnings).append(line)


class Catalogue:
    """Hands out versions, agencies and calendars."""

    def __init__(
        self,
        versions: Iterable[Version],
        agencies: Agencies,
        calendars: Calendars,
        tables: Tables | None = None,
        yardsticks: Yardsticks | None = None,
        *,
        service_indices: tuple[ServiceIndex, ...] = (),
    ) -> None:
        """Use parts that were checked; `load` does so."""
        self._offered = tuple(versions)
        self._known = {v.digest: v for v in self._offered}
        self._store: Store | None = None
        self.agencies = agencies
        self.calendars = calendars
        self.tables = tables or Tables()
        self.yardsticks = yardsticks or Yardsticks()
        self.service_indices = service_indices

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Return the catalogue of a folder; raises CatalogueInvalid with every finding at once."""
        catalogue, findings = cls.examine(folder)
        if catalogue is None:
            raise CatalogueInvalid(tuple(findings.errors))
        return catalogue

    @classmethod
    def examine(cls, folder: Path) -> tuple[Catalogue | None, Findings]:
        """Return the catalogue, or None where there are errors, and everything found."""
        findings = Findings()
        shared = Path(folder) / "shared"
        values = _toml(shared / "agencies.toml", findings)
        agencies, wrong = read_agencies(values)
        findings.errors += [f"shared/agencies.toml: {line}" for line in wrong]
        calendars, wrong = read_calendars(shared / "calendar", values, agencies)
        findings.errors += wrong
        tables, wrong = read_tables(Path(folder))
        findings.errors += wrong
        yardsticks = _yardsticks(shared / "review.toml", findings)
        indices = _service_indices(shared / "decision_766.toml", findings)
        folders = [p.parent for p in sorted(Path(folder).glob(f"*/{PROCEDURE}"))]
        found = [v for v in (_examine(f, findings) for f in folders) if v is not None]
        if not findings.errors:
            for version in found:
                _norms(version, calendars.first(), findings)
        if findings.errors:
            return None, findings
        made = cls(found, agencies, calendars, tables, yardsticks, service_indices=indices)
        return made, findings

    def procedures(self) -> tuple[Version, ...]:
        """Return the latest version of every procedure, by code."""
        latest: dict[str, Version] = {}
        for version in sorted(self._offered, key=lambda v: v.procedure.effective_from):
            latest[version.procedure.code] = version
        return tuple(latest[code] for code in sorted(latest))

    def latest(self, code: str) -> Version:
        """Return the latest version of a procedure, in force or to come; raises NotFound."""
        for version in self.procedures():
            if version.procedure.code == code:
                return version
        raise NotFound("thủ tục", code)

    def current(self, code: str, on: date) -> Version:
        """Return the version in force on a day; raises NotFound."""
        found = [v for v in self._offered if v.procedure.code == code and _in_force(v, on)]
        if not found:
            raise NotFound("thủ tục đang có hiệu lực", code)
        return max(found, key=lambda v: v.procedure.effective_from)

    def at(self, digest: str) -> Version:
        """Return the version a dossier is pinned to; raises NotFound."""
        if digest not in self._known:
            row = self._store.read(lambda u: u.versions.get(digest)) if self._store else None
            if row is None:
                raise NotFound("phiên bản thủ tục", digest)
            self._known[digest] = version_of(
                row.procedure_toml, row.process_bpmn, row.scenarios_toml
            )
        return self._known[digest]

    def versions_of(self, code: str) -> tuple[Version, ...]:
        """Return the versions of a procedure this process has met, the newest first."""
        found = [v for v in self._known.values() if v.procedure.code == code]
        return tuple(sorted(found, key=lambda v: v.procedure.effective_from, reverse=True))

    def calendar(self, agency: str) -> WorkingCalendar:
        """Return the working calendar of an agency; raises NotFound."""
        return self.calendars.of(self.agencies.get(agency).hours)

    def publish(self, store: Store, now: datetime) -> None:
        """Store what the folder offers, so that dossiers can be pinned to it for ever."""
        self._store = store
        rows = [_row(v, now) for v in self._offered]
        known = set(store.read(lambda u: u.versions.digests()))
        new = [r for r in rows if r.digest not in known]
        if new:
            store.write(lambda u: u.versions.add(new))


def version_of(
    toml_bytes: bytes, bpmn_bytes: bytes, scenarios: bytes = b"", folder: str = ""
) -> Version:
    """Return a version from its bytes.

    Raises UnicodeDecodeError, TOMLDecodeError, ProcedureInvalid, Unreadable or Refused.
    """
    procedure = parse_procedure(tomllib.loads(toml_bytes.decode()))
    facts = fact_types(procedure)
    document = read(bpmn_bytes)
    return Version(
        digest=digest_of(toml_bytes, bpmn_bytes),
        procedure=procedure,
        definition=compile_definition(document, facts=facts),
        toml_bytes=toml_bytes,
        bpmn_bytes=bpmn_bytes,
        scenarios_bytes=scenarios,
        folder=folder,
        warnings=tuple(f.message for f in check(document, facts=facts) if not f.is_error),
    )


def digest_of(toml_bytes: bytes, bpmn_bytes: bytes) -> str:
    """Return the SHA-256 over both files of a version."""
    parts = (hashlib.sha256(part).digest() for part in (toml_bytes, bpmn_bytes))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def fact_types(procedure: Procedure) -> dict[str, FactType]:
    """Return the declared facts as the process engine wants them."""
    return {
        name: FactType(type=fact.type.value, values=fact.values)
        for name, fact in procedure.facts.items()
    }


def _in_force(version: Version, on: date) -> bool:
    procedure = version.procedure
    ends = procedure.effective_to
    return procedure.effective_from <= on and (ends is None or on <= ends)


def _row(version: Version, now: datetime) -> VersionRow:
    return VersionRow(
        digest=version.digest,
        code=version.procedure.code,
        version=version.procedure.version,
        effective_from=version.procedure.effective_from,
        procedure_toml=version.toml_bytes,
        process_bpmn=version.bpmn_bytes,
        scenarios_toml=version.scenarios_bytes,
        stored_at=now,
    )


def _examine(folder: Path, findings: Findings) -> Version | None:
    """Return the version in a folder, None where something is wrong; tell everything found."""
    name = folder.name
    before = len(findings.errors)
    _toml(folder / PROCEDURE, findings)
    if (folder / SCENARIOS).exists():
        _toml(folder / SCENARIOS, findings)
    if not (folder / PROCESS).exists():
        findings.errors.append(f"{name}/{PROCESS}: Thiếu tệp sơ đồ quy trình.")
    if len(findings.errors) > before:
        return None
    try:
        version = version_of(
            (folder / PROCEDURE).read_bytes(),
            (folder / PROCESS).read_bytes(),
            (folder / SCENARIOS).read_bytes() if (folder / SCENARIOS).exists() else b"",
            name,
        )
    except ProcedureInvalid as fault:
        findings.add(f"{name}/{PROCEDURE}", fault.findings)
    except (Unreadable, Refused) as fault:
        findings.add(f"{name}/{PROCESS}", fault.findings)
    except Rejected as fault:
        findings.errors.append(f"{name}: {fault.element}: {fault.message}")
    else:
        findings.add(f"{name}/{PROCEDURE}", version.procedure.agrees_with(version.definition))
        findings.warnings += [f"{name}/{PROCESS}: {line}" for line in version.warnings]
        return version
    return None


def _norms(version: Version, calendar: WorkingCalendar, findings: Findings) -> None:
    """Refuse step norms that exceed the limit on a walk that counts (ruling 5: the limit wins).

    Only the walks marked as counted are walked: they go the whole way of an ordinary dossier.
    """
    procedure = version.procedure
    walker = Walker(procedure, version.definition, calendar, timer_time(calendar))
    for scenario in version.scenarios:
        if not scenario.get("counted"):
            continue
        try:
            path = walker.walk(scenario).path
        except KeyError as missing:
            findings.errors.append(f"{version.folder}/{SCENARIOS}: Hồ sơ mẫu thiếu {missing}.")
        else:
            channel = scenario.get("channel", "counter")
            found = norm_problems(procedure, scenario["id"], channel, path)
            findings.add(f"{version.folder}/{PROCEDURE}", found)


def _yardsticks(path: Path, findings: Findings) -> Yardsticks:
    """Return what reviews are measured with; a folder without the file uses what is usual."""
    found, wrong = parse_yardsticks(_toml(path, findings) if path.exists() else {})
    findings.errors += [f"shared/review.toml: {line}" for line in wrong]
    return found


def _service_indices(path: Path, findings: Findings) -> tuple[ServiceIndex, ...]:
    """Return the indices of Decision 766; a folder without the file has none."""
    found, wrong = parse_service_indices(_toml(path, findings) if path.exists() else {})
    findings.errors += [f"shared/{path.name}: {line}" for line in wrong]
    return found


def _toml(path: Path, findings: Findings) -> dict[str, Any]:
    place = f"{path.parent.name}/{path.name}"
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        findings.errors.append(f"{place}: Thiếu tệp này.")
    except UnicodeDecodeError as fault:
        findings.errors.append(f"{place}: Byte {fault.start} không phải UTF-8; hãy lưu UTF-8.")
    except tomllib.TOMLDecodeError as fault:
        findings.errors.append(f"{place}: Không đọc được TOML: {fault}.")
    return {}
