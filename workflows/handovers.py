"""Hand-overs (giao nhận): papers go from one hand to another, and the control sheet has a row.

Not for who does a step: that is the worklist's. Nothing of the process moves here.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from engine.timing.events import DossierHandedOver
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import HAND_OVER, part_of, permit
from workflows.store import UnitOfWork
from workflows.views import DossierView

MAX_TEXT = 500
MAX_PAPERS = 100


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """The caller hands the dossier to a person at an agency, with these papers."""

    dossier: str
    to_agency: str
    receiver: str
    papers: tuple[str, ...] = ()
    note: str = ""
    revision: int | None = None
    idempotency_key: str = ""


def hand_over(office: Office, actor: Actor, command: HandOver) -> DossierView:
    """Write into the record who handed the dossier to whom, when, with which papers.

    Clocks: none stops or starts; the due moment stays. Raises NotFound (dossier, agency),
    NotWaiting after the end, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    if not command.receiver.strip() or len(command.receiver) > MAX_TEXT:
        raise InvalidInput("receiver", f"hãy ghi người nhận, không quá {MAX_TEXT} ký tự")
    if len(command.papers) > MAX_PAPERS or len(command.note) > MAX_TEXT:
        raise InvalidInput("papers", f"không quá {MAX_PAPERS} giấy tờ; ghi chú ≤ {MAX_TEXT} ký tự")
    return office.store.write(lambda uow: _hand_over(uow, office, actor, command))


def _hand_over(uow: UnitOfWork, office: Office, actor: Actor, command: HandOver) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    parties = {s.agency for s in held.steps.values()}
    permit(actor, HAND_OVER, part_of(held.row, parties=parties))
    held.see(command.revision)
    if held.row.ended_at is not None:
        raise NotWaiting("còn đang giải quyết")
    to = office.catalogue.agencies.get(command.to_agency)
    event = DossierHandedOver(
        at=held.now,
        from_agency=actor.agency,
        giver=actor.person,
        to_agency=to.code,
        receiver=command.receiver,
        papers=tuple(command.papers),
        note=command.note,
    )
    return held.save(None, after=(event,))
