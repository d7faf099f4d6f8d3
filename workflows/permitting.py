"""Asks the law of authority before anything is done or shown; decides nothing itself.

The actions are the words every door declares; the rules are `engine.law.authority`.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.law.authority import Actor, Resource, allow
from workflows.errors import Forbidden
from workflows.store.accounts import TokenHolder
from workflows.store.records import DossierRow, StepRow

RECEIVE = "dossier.receive"
READ = "dossier.read"
WITHDRAW = "dossier.withdraw"
WORKLIST = "task.list"
CLAIM = "task.claim"
RELEASE = "task.release"
COMPLETE = "task.complete"
REQUEST_SUPPLEMENT = "supplement.request"
TAKE_SUPPLEMENT = "supplement.take"
ANSWER_REFERRAL = "referral.answer"
RETURN_RESULT = "result.return"
FIRE_TIMER = "timer.fire"

SYSTEM = Actor(person="system", agency="", role="system")


def actor_from(holder: TokenHolder) -> Actor:
    """Return the actor a token stands for."""
    return Actor(
        person=holder.person,
        agency=holder.agency,
        role=holder.role,
        permissions=frozenset(holder.scopes),
    )


def permit(
    actor: Actor,
    action: str,
    dossier: DossierRow | None = None,
    step: StepRow | None = None,
    barred: frozenset[str] = frozenset(),
    *,
    agency: str = "",
    parties: Iterable[str] = (),
) -> None:
    """Raise Forbidden unless the rules let this actor do this to this dossier and step.

    `barred` are people whose own work this step checks; `agency` is whose list is asked for;
    `parties` are agencies that take part besides those that receive and settle.
    """
    own = (dossier.receiving_unit, dossier.competent_agency) if dossier is not None else ()
    resource = Resource(
        agency=agency or (step.agency if step is not None else ""),
        role=step.role if step is not None else "",
        assignee=step.assignee if step is not None else "",
        barred=barred,
        agencies=frozenset((*own, *parties)) - {""},
    )
    decision = allow(actor, action, resource)
    if not decision.allowed:
        raise Forbidden(decision.rule)
