"""Intake (tiếp nhận): a dossier begins, or is taken back by the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import process
from engine.law import fees as law
from engine.law.authority import Actor
from engine.law.codes import dossier_code
from engine.law.names import order_key
from engine.law.provisions import Channel
from engine.law.working_time import ZONE
from engine.process import WrongFact
from engine.timing.events import (
    DossierReceived,
    DossierWithdrawn,
    Event,
    FeeCharged,
    FeeExempted,
)
from workflows.attaching import NO_COMPONENT, arriving, attach
from workflows.catalogue import Version
from workflows.commanding import asked, known_components
from workflows.errors import InvalidInput
from workflows.holding import Held, hold
from workflows.noting import Contact, Submitter, intake_row, noted_papers
from workflows.office import Office
from workflows.permitting import RECEIVE, WITHDRAW, list_of, permit
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.store.commands import recall
from workflows.store.records import DossierRow, StateRow
from workflows.views import DossierView

MAX_TEXT = 500


@dataclass(frozen=True, kw_only=True)
class ReceiveDossier:
    """What the counter takes in: who, what for, which papers, which routing facts.

    `components` maps a paper to its counts (`originals`, `copies`, `electronic`) and to `mode`,
    `state` and `note`; `files` maps it to ids of files uploaded before. `pieces` says of fees on
    request how many, `exemptions` on which ground a fee is not owed. Without other agencies named,
    the caller's agency receives and the commune committee above it settles.
    """

    procedure: str
    channel: str = "counter"
    applicant_name: str
    applicant_id: str | None = None
    phone: str | None = None
    submitter: Submitter = field(default_factory=Submitter)
    contact: Contact = field(default_factory=Contact)
    components: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: Mapping[str, int] = field(default_factory=dict)
    exemptions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    receiving_unit: str = ""
    competent_agency: str = ""
    support_point: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawDossier:
    """The applicant takes the dossier back."""

    dossier: str
    revision: int | None = None
    reason: str = ""
    idempotency_key: str = ""


def receive(office: Office, actor: Actor, command: ReceiveDossier) -> DossierView:
    """Receive a dossier: give it a code, pin it to the law in force, start its process.

    Raises NotFound (procedure, agency), Forbidden, InvalidInput, IdempotencyMismatch, or a
    Rejected of the engine (a wrong fact).
    """
    _check(command)
    return office.store.write(lambda uow: receive_in(uow, office, actor, command))


def withdraw(office: Office, actor: Actor, command: WithdrawDossier) -> DossierView:
    """End the dossier at the applicant's wish.

    Raises NotFound, Forbidden, Stale, IdempotencyMismatch, or AlreadyEnded of the engine.
    """
    check_length("reason", command.reason, MAX_TEXT)
    return office.store.write(lambda uow: withdraw_in(uow, office, actor, command))


def _check(command: ReceiveDossier) -> None:
    if not command.applicant_name.strip() or len(command.applicant_name) > MAX_TEXT:
        raise InvalidInput("applicant_name", f"hãy ghi họ tên, không quá {MAX_TEXT} ký tự")
    channels = [c.value for c in Channel]
    if command.channel not in channels:
        raise InvalidInput("channel", f"chỉ nhận: {', '.join(channels)}")


def receive_in(
    uow: UnitOfWork, office: Office, actor: Actor, command: ReceiveDossier
) -> DossierView:
    """Receive a dossier in a transaction that does more; raises what `receive` raises."""
    if command.idempotency_key:
        answered = uow.commands.answered(actor.person, command.idempotency_key)
        result = recall(answered, command.idempotency_key, asked(command, actor))
        if result is not None:
            return DossierView.from_record(result)
    now = office.clock.now()
    version = office.catalogue.current(command.procedure, now.astimezone(ZONE).date())
    receiving, competent = _agencies(office, actor, command, now)
    permit(actor, RECEIVE, list_of(receiving))
    papers = noted_papers(version.procedure, command.components)
    known_components(version.procedure, set(command.files) - {NO_COMPONENT})
    facts = _first_facts(version, command)
    row = _row(uow, office, command, version, (receiving, competent), now)
    row = replace(row, components=papers)
    noted = intake_row(office, row.id, row.applicant_id, command.submitter, command.contact)
    attached = arriving(uow, actor, command.files, now)
    held = Held(
        uow=uow,
        office=office,
        actor=actor,
        command=command,
        version=version,
        row=row,
        state=StateRow(state=b""),
        steps={},
        now=now,
        is_new=True,
    )
    advance = process.start(version.definition, facts=facts, **held.engine)
    received = DossierReceived(
        at=now,
        code=row.code,
        procedure=row.procedure,
        version=row.digest,
        channel=row.channel,
        receiving_unit=receiving,
        competent_agency=competent,
        facts=facts,
    )
    owed = _owed(version, command, now)
    uow.dossiers.reachable = bool(noted.email)
    view = held.save(advance, before=(received,), after=(*owed, *attached))
    uow.intakes.add(noted)
    attach(uow, attached, row.id)
    return view


def _owed(version: Version, command: ReceiveDossier, now: datetime) -> list[Event]:
    """Return what is charged and exempted at reception, by the law of that day and channel."""
    day = now.astimezone(ZONE).date()
    fees = law.applicable(version.procedure, command.channel, day)
    events: list[Event] = []
    owed = 0
    for charge in law.charges(fees, command.pieces, command.exemptions):
        if charge.ground:
            exempted: dict[str, Any] = {"fee": charge.fee, "amount_vnd": 0, "ground": charge.ground}
            events.append(FeeExempted(at=now, owed_vnd=owed, **exempted))
        elif charge.amount_vnd:
            owed += charge.amount_vnd
            charged: dict[str, Any] = {"fee": charge.fee, "quantity": charge.quantity}
            amount = charge.amount_vnd
            events.append(FeeCharged(at=now, amount_vnd=amount, owed_vnd=owed, **charged))
    return events


def withdraw_in(
    uow: UnitOfWork, office: Office, actor: Actor, command: WithdrawDossier
) -> DossierView:
    """End a dossier in a transaction that does more; raises what `withdraw` raises."""
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(WITHDRAW)
    held.see(command.revision)
    advance = process.withdraw(
        held.version.definition, held.state.state, now=held.now, reason=command.reason
    )
    wish = DossierWithdrawn(at=held.now, reason=command.reason)
    return held.save(advance, before=(wish,))


def _agencies(
    office: Office, actor: Actor, command: ReceiveDossier, now: datetime
) -> tuple[str, str]:
    """Return who receives and who settles: named, or the caller's agency and the one above it.

    A service centre receives for the committee it stands under; any other agency settles what it
    receives.
    """
    agencies, today = office.catalogue.agencies, now.astimezone(ZONE).date()
    receiving = agencies.get(command.receiving_unit or actor.agency)
    competent = command.competent_agency
    if not competent:
        centre = receiving.kind == "service_centre" and receiving.parent
        competent = receiving.parent if centre else receiving.code
    settles = agencies.get(competent)
    supports = agencies.get(command.support_point) if command.support_point else receiving
    named = (("receiving_unit", receiving), ("competent_agency", settles))
    for name, agency in (*named, ("support_point", supports)):
        if not agency.is_valid(today):
            after = ", ".join(agency.successors) or "không có"
            raise InvalidInput(name, f"{agency.name} không còn hoạt động; kế thừa: {after}")
    return receiving.code, settles.code


def _first_facts(version: Version, command: ReceiveDossier) -> dict[str, Any]:
    """Return the facts a process starts with: defaults, the channel, what the counter gave."""
    declared = version.procedure.facts
    starts = {s.id for s in version.definition.starts}
    for name in command.facts:
        fact = declared.get(name)
        if fact is not None and fact.set_by and not starts & set(fact.set_by):
            message = f"Dữ kiện «{name}» không đặt được khi tiếp nhận; chỉ ở: {fact.set_by}."
            raise WrongFact(message, element=name)
    facts = {n: f.default for n, f in declared.items() if f.default is not None}
    if "channel" in declared:
        facts["channel"] = command.channel
    return facts | dict(command.facts)


def _row(
    uow: UnitOfWork,
    office: Office,
    command: ReceiveDossier,
    version: Version,
    places: tuple[str, str],
    now: datetime,
) -> DossierRow:
    receiving, competent = places
    day = now.astimezone(ZONE).date()
    number = uow.dossiers.next_number(competent, day)
    return DossierRow(
        id=office.ids.new_id(),
        code=dossier_code(competent, day, number),
        digest=version.digest,
        procedure=version.procedure.code,
        channel=command.channel,
        received_at=now,
        receiving_unit=receiving,
        competent_agency=competent,
        support_point=command.support_point,
        applicant_name=command.applicant_name,
        name_key=order_key(command.applicant_name),
        applicant_id=command.applicant_id,
        applicant_phone=command.phone,
    )
