"""Releases (phát hành): the registry gives the signed result its number and date.

With that the dossier is finished for every measure of timeliness (ruling 13). Which step releases,
the procedure declares (`releases`). Not for handing it over: see `results`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import RELEASE_RESULT
from workflows.store import UnitOfWork
from workflows.views import DossierView

MAX_NUMBER = 60


@dataclass(frozen=True, kw_only=True)
class ReleaseResult:
    """Release the result under a number; `released_on` is its date, today when not given."""

    dossier: str
    task: str
    number: str
    released_on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    revision: int | None = None
    idempotency_key: str = ""


def release(office: Office, actor: Actor, command: ReleaseResult) -> DossierView:
    """Complete the step that releases; the result is there now.

    Clocks: the time limit stops for good and the due moment stays; what comes afterwards is the
    applicant's time. Raises NotWaiting at a step that does not release, and what completing a
    step raises.
    """
    if not command.number.strip() or len(command.number) > MAX_NUMBER:
        raise InvalidInput("number", f"hãy ghi số văn bản, không quá {MAX_NUMBER} ký tự")
    return office.store.write(lambda uow: _release(uow, office, actor, command))


def _release(uow: UnitOfWork, office: Office, actor: Actor, command: ReleaseResult) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(RELEASE_RESULT, step)
    held.not_taken(step)
    held.see(command.revision)
    law = held.version.procedure.steps.get(step.element)
    if law is None or not law.releases:
        raise NotWaiting("phát hành")
    today = held.now.astimezone(ZONE).date()
    day = command.released_on or today
    if day > today or day < held.row.received_at.astimezone(ZONE).date():
        raise InvalidInput("released_on", "phải từ ngày tiếp nhận đến hôm nay")
    said = Said(number=command.number.strip(), released_on=day.isoformat())
    return held.complete(step, command.facts, said)
