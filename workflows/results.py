"""Results (trả kết quả): the applicant takes the result and the dossier is over."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.timing.events import ResultReturned
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import RETURN_RESULT
from workflows.store import UnitOfWork
from workflows.store.records import StepRow
from workflows.views import DossierView

MANNERS = ("counter", "post", "online")
SHOWN = ("receipt", "identity", "authorisation")
SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_TEXT = 200


@dataclass(frozen=True, kw_only=True)
class ReturnResult:
    """Hand the result over: at the counter, by post or online.

    At the counter `shown` is what the collector brought (receipt, identity, authorisation) and
    `collected_by` who that was; by post `tracking_code` of the parcel; online `file_hash`, the
    SHA-256 of the file the applicant got.
    """

    dossier: str
    revision: int | None = None
    manner: str = "counter"
    shown: str = ""
    collected_by: str = ""
    tracking_code: str = ""
    file_hash: str = ""
    idempotency_key: str = ""


def return_result(office: Office, actor: Actor, command: ReturnResult) -> DossierView:
    """Complete the step that returns the result (NĐ 118/2025 Điều 6: receipt or identity).

    Clocks: the step is closed; the time limit stood since the release and the due moment stays.

    Raises NotFound, NotWaiting, AlreadyClaimed, Forbidden, Stale, InvalidInput or
    IdempotencyMismatch.
    """
    _check(command)
    return office.store.write(lambda uow: _return(uow, office, actor, command))


def _check(command: ReturnResult) -> None:
    """Raise InvalidInput unless what proves the hand-over is there."""
    if command.manner not in MANNERS:
        raise InvalidInput("manner", f"chỉ nhận: {', '.join(MANNERS)}")
    if command.manner == "counter":
        if command.shown not in SHOWN:
            raise InvalidInput("shown", f"người nhận xuất trình gì: {', '.join(SHOWN)}")
        _text("collected_by", command.collected_by, "hãy ghi họ tên người nhận")
    elif command.manner == "post":
        _text("tracking_code", command.tracking_code, "hãy ghi mã bưu gửi")
    elif not SHA256.fullmatch(command.file_hash):
        raise InvalidInput("file_hash", "cần mã SHA-256 của tệp kết quả (64 chữ số hệ 16)")


def _text(name: str, value: str, wanted: str) -> None:
    if not value.strip() or len(value) > MAX_TEXT:
        raise InvalidInput(name, f"{wanted}, không quá {MAX_TEXT} ký tự")


def _return(uow: UnitOfWork, office: Office, actor: Actor, command: ReturnResult) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = _returning_step(held)
    held.permit(RETURN_RESULT, step)
    held.not_taken(step)
    held.see(command.revision)
    returned = ResultReturned(
        at=held.now,
        manner=command.manner,
        shown=command.shown,
        collected_by=command.collected_by.strip(),
        tracking_code=command.tracking_code.strip(),
        file_hash=command.file_hash,
    )
    return held.complete(step, {}, Said(), after=(returned,))


def _returning_step(held: Held) -> StepRow:
    """Return the open step whose status says that all is resolved but not yet handed over."""
    laws = held.version.procedure.steps
    for step in held.steps.values():
        law = laws.get(step.element)
        listed = step.state in {"open", "claimed"}
        if listed and law is not None and law.status == NationalStatus.RESOLVED:
            return step
    raise NotWaiting("trả kết quả")
