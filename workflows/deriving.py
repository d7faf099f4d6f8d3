"""What a step of the process means for the dossier: who has to act, supplements, referrals.

The engine says which step opened and closed; the procedure says what that means. Pure.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.law.procedure import Escalation, Procedure, Referral
from engine.law.provisions import Silence
from engine.law.working_time import ZONE
from engine.process import Advance
from engine.timing.events import (
    ElementPassed,
    Escalated,
    Event,
    ReferralAnswered,
    ReferralSent,
    ReferralWithdrawn,
    ResultReleased,
    ResultSignedOff,
    StepCompleted,
    StepEnabled,
    StepWithdrawn,
    SupplementRequested,
    SupplementTaken,
)
from engine.timing.events.referrals import Papers
from workflows.agencies import Agencies
from workflows.store.records import DossierRow, OutboxRow, StateRow, StepRow

REFERRALS = uuid.UUID("5f0c8a52-6f0e-4d6b-9d1e-2c7c6f3b8a11")  # name space of referral ids
ENDED = "hồ sơ kết thúc trước khi được trả lời"
THROWN = "escalation"  # the kind of outgoing that nothing in the diagram caught


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command adds to what the process does: words, not routing."""

    components: tuple[str, ...] = ()
    reason: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    number: str = ""  # of the released document
    released_on: str = ""  # ISO date
    answer: str = ""
    note: str = ""
    step: str = ""  # the step the note is about
    by: str = ""  # who answered at another installation, where and when by their clock
    agency: str = ""
    stamped_at: str = ""
    documents: Papers = ()
    due_at: datetime | None = None  # of the referral that is answered
    kept: str = ""  # the answer had come before it was asked for
    withdrawn: bool = False  # the question is taken back


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is needed to understand the events of one command."""

    procedure: Procedure
    agencies: Agencies
    dossier: DossierRow
    before: StateRow
    steps: Mapping[str, StepRow]
    referral_due: Callable[[Referral, datetime], datetime | None]
    said: Said = field(default_factory=Said)
    signer: str = ""
    enclosed: Callable[[Referral], Papers] = lambda _: ()


def referral_id(dossier_id: str, step: str) -> str:
    """Return the id of the referral that a step waits for: the same in every rebuild."""
    return str(uuid.uuid5(REFERRALS, f"{dossier_id}/{step}"))


def referral_of(procedure: Procedure, element: str) -> Referral | None:
    """Return the referral whose answer an element waits for."""
    for referral in procedure.referrals:
        if element == (referral.wait_element or referral.element):
            return referral
    return None


def understand(setting: Setting, advance: Advance) -> list[Event]:
    """Return the events of an advance with what they mean for the dossier put between them."""
    tasks = {t.id: t for t in advance.open_tasks}
    keys = {s.id: s for s in advance.subscriptions}
    found: list[Event] = []
    opened: dict[str, StepEnabled] = {}
    for event in advance.events:
        if isinstance(event, StepEnabled):
            task, waits = tasks.get(event.step), keys.get(event.step)
            item = task.item if task is not None else waits.key if waits is not None else ""
            given = _given(setting, event, item, is_task=task is not None)
            opened[event.step] = given
            found.append(given)
            found += _asked(setting, given, waits.name if waits else "", waits.key if waits else "")
        elif isinstance(event, StepCompleted | StepWithdrawn):
            found.append(_noted(setting.said, event))
            found += _answered(setting, event, opened.get(event.step), ended=advance.ended)
            found += _result(setting, event, advance.facts)
        else:
            found.append(event)
            found += _thrown(setting, advance, event)
    return found


def _thrown(setting: Setting, advance: Advance, event: Event) -> list[Event]:
    """Return the escalations of the diagram that an element threw to nobody inside it."""
    if not isinstance(event, ElementPassed):
        return []
    names = [o.name for o in advance.outgoing if (o.kind, o.element) == (THROWN, event.element)]
    rules = {e.name: e for e in setting.procedure.escalations}
    return [
        Escalated(at=event.at, name=name, element=event.element, **_told(setting, rules.get(name)))
        for name in names
    ]


def escalations_about(setting: Setting, about: str, due_at: str, at: datetime) -> list[Event]:
    """Return whom the procedure tells of a warning about a due moment, as events."""
    rules = [rule for rule in setting.procedure.escalations if rule.about == about]
    return [Escalated(at=at, about=about, due_at=due_at, **_told(setting, r)) for r in rules]


def _told(setting: Setting, rule: Escalation | None) -> dict[str, str]:
    if rule is None:
        return {}
    return {"to_role": rule.to.value, "to_agency": agency_of(setting, rule.agency)}


def _noted(said: Said, event: StepCompleted | StepWithdrawn) -> Event:
    if said.note and isinstance(event, StepCompleted) and event.step == said.step:
        return replace(event, note=said.note)
    return event


def _given(setting: Setting, event: StepEnabled, item: Any, *, is_task: bool) -> StepEnabled:
    """Return the event with the agency and role that the procedure gives the step to.

    Whoever at the other agency may answer for it: a wait for its answer is given to no role.
    """
    referral = referral_of(setting.procedure, event.element)
    lane = setting.procedure.lanes.get(event.lane)
    if referral is not None:
        agency = agency_of(setting, referral.to, item)
        role = lane.role.value if lane is not None and is_task else ""
        return replace(event, agency=agency, role=role)
    if lane is None:
        return event
    return replace(event, agency=agency_of(setting, lane.agency, item), role=lane.role.value)


def agency_of(setting: Setting, place: str, item: Any = "") -> str:
    """Return the code of the agency a lane or referral names; raises InvalidInput.

    `place` is receiving, competent, item (the item is the code) or partner:<name>.
    """
    if place == "receiving":
        return setting.dossier.receiving_unit
    if place == "item":
        return str(item or "")
    if place.startswith("partner:"):
        name = place.removeprefix("partner:")
        return setting.agencies.partner(setting.dossier.competent_agency, name)
    return setting.dossier.competent_agency


def asks_unsaid(setting: Setting, advance: Advance) -> bool:
    """Tell whether the applicant would now be waited for although nobody said what is missing."""
    supplement, said = setting.procedure.supplement, setting.said
    if supplement is None or said.components or said.reason:
        return False
    waited = {s["id"] for s in setting.before.subscriptions}
    return any(s.name == supplement.message and s.id not in waited for s in advance.subscriptions)


def _asked(setting: Setting, event: StepEnabled, message: str, key: str) -> list[Event]:
    """Return the request for papers or the referral that a step's opening means."""
    supplement = setting.procedure.supplement
    if supplement is not None and message == supplement.message:
        return [
            SupplementRequested(
                at=event.at,
                step=event.step,
                round=setting.dossier.supplement_rounds + 1,
                components=setting.said.components,
                reason=setting.said.reason,
                reasons=dict(setting.said.reasons),
            )
        ]
    referral = referral_of(setting.procedure, event.element)
    if referral is None:
        return []
    return [
        ReferralSent(
            at=event.at,
            referral=referral_id(setting.dossier.id, event.step),
            to_agency=event.agency,
            element=referral.element,
            step=event.step,
            key=key,
            documents=setting.enclosed(referral),
            outside=setting.agencies.is_elsewhere(event.agency),
        )
    ]


def _result(
    setting: Setting, event: StepCompleted | StepWithdrawn, facts: Mapping[str, Any]
) -> list[Event]:
    """Return the signature or release of the result that a step's completion means."""
    law = setting.procedure.steps.get(event.element)
    if law is None or isinstance(event, StepWithdrawn):
        return []
    found: list[Event] = []
    named: dict[str, Any] = {"at": event.at, "step": event.step, "element": event.element}
    if law.signs_off and (not law.signs_off_fact or facts.get(law.signs_off_fact) is True):
        found.append(ResultSignedOff(signer=setting.signer, **named))
    if law.releases:
        day = setting.said.released_on or event.at.astimezone(ZONE).date().isoformat()
        found.append(ResultReleased(number=setting.said.number, released_on=day, **named))
    return found


def _answered(
    setting: Setting,
    event: StepCompleted | StepWithdrawn,
    opened: StepEnabled | None,
    *,
    ended: bool,
) -> list[Event]:
    """Return the arrival of papers or the answer that a step's closing means."""
    waited = {s["id"]: s for s in setting.before.subscriptions}.get(event.step)
    supplement = setting.procedure.supplement
    if waited is not None and supplement is not None and waited["name"] == supplement.message:
        if isinstance(event, StepWithdrawn):
            return []
        number, brought = setting.dossier.supplement_rounds, setting.said.components
        return [SupplementTaken(at=event.at, round=number, components=brought)]
    referral = referral_of(setting.procedure, event.element)
    row = setting.steps.get(event.step)
    sent_at = row.enabled_at if row is not None else opened.at if opened is not None else None
    if referral is None or sent_at is None:
        return []
    due_at = setting.referral_due(referral, sent_at)
    return [_answer(setting, event, referral, due_at, ended=ended)]


def _answer(
    setting: Setting,
    event: StepCompleted | StepWithdrawn,
    referral: Referral,
    due_at: datetime | None,
    *,
    ended: bool,
) -> Event:
    """Return what closing the wait means: an answer, silence by rule, or a question taken back."""
    said = setting.said
    named: dict[str, Any] = {
        "at": event.at,
        "referral": referral_id(setting.dossier.id, event.step),
    }
    stamp: dict[str, Any] = {"by": said.by, "agency": said.agency, "stamped_at": said.stamped_at}
    gone = isinstance(event, StepWithdrawn)
    if said.withdrawn and not gone:
        return ReferralWithdrawn(reason=said.reason, **named)
    if gone and (ended or referral.silence is not Silence.AGREED):
        return ReferralWithdrawn(reason=ENDED if ended else "", **named)
    if gone:
        return ReferralAnswered(answer=referral.silence.value, silent=True, **named)
    due_at = said.due_at or due_at
    late = due_at is not None and event.at > due_at
    given: dict[str, Any] = {"documents": said.documents, "kept": said.kept}
    return ReferralAnswered(answer=said.answer, late=late, **given, **named, **stamp)


def outside(procedure: Procedure, advance: Advance) -> Iterable[Any]:
    """Return what was thrown and is not a referral: those reach the other agency by its list."""
    asked = {r.element for r in procedure.referrals}
    return [o for o in advance.outgoing if o.element not in asked]


def outbox_rows(
    setting: Setting, advance: Advance, new_id: Callable[[], str], now: datetime
) -> list[OutboxRow]:
    """Return what was thrown and goes outside, as messages to send after the commit."""
    body = {"dossier": setting.dossier.code, "procedure": setting.dossier.procedure}
    return [
        OutboxRow(
            id=new_id(),
            dossier_id=setting.dossier.id,
            kind=out.kind,
            name=out.name,
            element=out.element,
            to_agency="",
            key=out.key,
            body=body,
            created_at=now,
            retry_at=now,
        )
        for out in outside(setting.procedure, advance)
    ]


def next_state(advance: Advance) -> StateRow:
    """Return the state after an advance, with the timers and subscriptions that wait in it."""
    timers = [
        {"id": t.id, "element": t.element, "name": t.name, "due_at": t.due_at.isoformat()}
        for t in advance.timers
    ]
    waits = [
        {"id": s.id, "element": s.element, "kind": s.kind, "name": s.name, "key": s.key}
        for s in advance.subscriptions
    ]
    return StateRow(state=advance.state, timers=tuple(timers), subscriptions=tuple(waits))
