"""Corrections (đính chính): what was written at intake is put right, and the receipt issued anew.

The record keeps that it happened, which fields and why; values that are personal data lie beside
it. Facts the law's clock rests on are not corrected: they would move a promise silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.names import order_key
from engine.timing.events import IntakeCorrected
from workflows.errors import InvalidInput
from workflows.holding import Held, hold
from workflows.noting import MOST_TEXT, PERSONAL, check_intake, id_hash, new_token, noted_papers
from workflows.office import Office
from workflows.permitting import CORRECT_INTAKE
from workflows.reasons import check_reason
from workflows.store import UnitOfWork
from workflows.store.records import CorrectionRow, IntakeRow
from workflows.store.types import canonical
from workflows.views import DossierView

OF_DOSSIER = {
    "applicant_name": "applicant_name",
    "applicant_id": "applicant_id",
    "phone": "applicant_phone",
    "support_point": "support_point",
    "components": "components",
}
OF_INTAKE = frozenset(
    {
        "address", "email", "submitter_kind", "submitter_name", "submitter_id", "submitter_phone",
        "authorisation", "result_by", "result_address",
    }
)  # fmt: skip
FIXED = frozenset(
    {
        "procedure", "channel", "received_at", "receiving_unit", "competent_agency", "facts",
        "code", "due_at",
    }
)  # fmt: skip


class NotCorrectable(Rejected):
    """The field decides the due date or who settles; it cannot be corrected afterwards."""

    code = "not_correctable"


@dataclass(frozen=True, kw_only=True)
class CorrectIntake:
    """Put fields of the intake right: field -> new value, and why."""

    dossier: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    revision: int | None = None
    idempotency_key: str = ""


def correct(office: Office, actor: Actor, command: CorrectIntake) -> DossierView:
    """Correct what was noted at intake; the receipt of the next number holds from now on.

    Clocks: none stops or starts; the promise on the receipt stays. Raises NotCorrectable for what
    the promise rests on, and NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    check_reason(command.reason)
    for name in command.changes:
        if name in FIXED:
            message = (
                f"Không đính chính «{name}» được: hạn trả và nơi giải quyết tính theo mục này. "
                "Hãy rút hồ sơ rồi tiếp nhận lại cho đúng."
            )
            raise NotCorrectable(message, element=name)
        if name not in OF_DOSSIER and name not in OF_INTAKE:
            raise InvalidInput(name, "không có mục này để đính chính")
    return office.store.write(lambda uow: _correct(uow, office, actor, command))


def _correct(uow: UnitOfWork, office: Office, actor: Actor, command: CorrectIntake) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(CORRECT_INTAKE)
    held.see(command.revision)
    before = uow.intakes.get(held.row.id)
    noted = before or IntakeRow(dossier_id=held.row.id, token=new_token(office))
    new = _wanted(held, command)
    changes = {
        name: {"old": old, "new": value}
        for name, value in new.items()
        if (old := _now(held, noted, name)) != value
    }
    if not changes:
        raise InvalidInput("changes", "không có gì khác với điều đang ghi")
    row = replace(noted, issue=noted.issue + 1, **_of_intake(office, new))
    check_intake(row)
    held.row = replace(held.row, **{OF_DOSSIER[n]: v for n, v in new.items() if n in OF_DOSSIER})
    held.row = replace(held.row, name_key=order_key(held.row.applicant_name))
    view = held.save(None, after=(_event(office, held, command, changes, row.issue),))
    (uow.intakes.save if before is not None else uow.intakes.add)(row)
    values: dict[str, Any] = {"actor": actor.person, "reason": command.reason}
    uow.intakes.correct(
        CorrectionRow(
            dossier_id=row.dossier_id, issue=row.issue, at=held.now, changes=changes, **values
        )
    )
    return view


def _wanted(held: Held, command: CorrectIntake) -> dict[str, Any]:
    """Return the new values, checked; papers that are not named stay as they are."""
    new = dict(command.changes)
    for name in new.keys() - {"components"}:
        value = new[name]
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            raise InvalidInput(name, f"hãy ghi chữ, không quá {MOST_TEXT} ký tự")
    if not new.get("applicant_name", "x").strip():
        raise InvalidInput("applicant_name", "hãy ghi họ tên")
    if place := new.get("support_point"):
        held.office.catalogue.agencies.get(place)
    if "components" in new:
        if not isinstance(new["components"], Mapping):
            raise InvalidInput("components", "hãy ghi mã giấy tờ và số bản")
        papers = noted_papers(held.version.procedure, new["components"])
        new["components"] = {**held.row.components, **papers}
    return new


def _now(held: Held, noted: IntakeRow, name: str) -> Any:
    place = OF_DOSSIER.get(name)
    found = getattr(held.row, place) if place else getattr(noted, name)
    return "" if found is None else found


def _of_intake(office: Office, new: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in new.items() if name in OF_INTAKE}
    if "applicant_id" in new:
        values["id_hash"] = id_hash(office.personal_key, new["applicant_id"])
    return values


def _event(
    office: Office,
    held: Held,
    command: CorrectIntake,
    changes: Mapping[str, dict[str, Any]],
    issue: int,
) -> IntakeCorrected:
    """Return the event: what is personal stands in it as keyed hashes, or not at all."""
    told = {
        name: {k: id_hash(office.personal_key, canonical(v)) for k, v in change.items()}
        if name in PERSONAL
        else _unnoted(change)
        for name, change in changes.items()
    }
    reason = command.reason
    return IntakeCorrected(at=held.now, issue=issue, reason=reason, changes=told)


def _unnoted(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return old and new value without the free notes on papers, which may name people."""
    return {
        side: {p: {k: v for k, v in n.items() if k != "note"} for p, n in value.items()}
        if isinstance(value, Mapping)
        else value
        for side, value in change.items()
    }
