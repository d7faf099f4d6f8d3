"""Joint dossiers (hồ sơ liên thông): one matter, two installations, a dossier of its own in each.

A question to an agency elsewhere leaves on the channel; where it arrives, a child dossier begins
under the procedure that the partner's question is mapped to. What becomes of the child goes back
as stamps, which the asking side applies once. Not for the channel itself: see `bridging`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from engine import process
from engine.bridge.envelope import Envelope, FileNamed
from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE
from workflows import channels, intake, referrals, stamps
from workflows.arrivals import Arrived, Handler
from workflows.attaching import NO_COMPONENT
from workflows.channels import Message
from workflows.errors import InvalidInput, NotFound, WorkflowError
from workflows.office import Office
from workflows.parcels import Receipt
from workflows.permitting import SYSTEM
from workflows.scanning import Scan
from workflows.store import UnitOfWork
from workflows.store.joint import JointRow
from workflows.store.records import DossierRow, FileRow, OutboxRow
from workflows.views import status_name

STAMP = "stamp"
BATCH = 50
RECEPTION = "one_stop_clerk"
GIVEN_BACK = frozenset(
    {NationalStatus.NOT_ACCEPTED, NationalStatus.WITHDRAWAL_REQUESTED, NationalStatus.STOPPED}
)
_TOLD = (
    "name", "dossier_code", "procedure", "procedure_name", "asked_by", "to_agency", "sent_at",
    "due_at", "accept_due_at", "silence", "shown",
)  # fmt: skip
_FILE = ("sha256", "size", "name", "media_type")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """What a partner takes back."""

    idempotency_key: str = ""


def forward(office: Office, row: OutboxRow) -> Receipt:
    """Put what our side says of a referral on the channel of the agency's installation."""
    agency = office.catalogue.agencies.get(row.to_agency)
    return Receipt(also=partial(_forward, office=office, row=row, partner=agency.installation))


def follow(office: Office) -> int:
    """Tell partners what became of the child dossiers they asked for; return how many changed."""
    changed = office.store.read(lambda uow: uow.joint.changed(BATCH))
    for one in changed:
        try:
            office.store.write(partial(_follow, office=office, leg=one))
        except WorkflowError:
            log.exception("Following the joint dossier of leg %s failed", one.leg)
    return len(changed)


def _forward(uow: UnitOfWork, *, office: Office, row: OutboxRow, partner: str) -> None:
    told = referrals.content(uow, office, row.key)
    referral = uow.referrals.get(row.key)
    dossier, _ = uow.dossiers.get(row.dossier_id)
    procedure = office.catalogue.at(dossier.digest).procedure
    law = next((r for r in procedure.referrals if r.element == referral.element), None)
    waits = (law.wait_element or law.element) if law is not None else ""
    body = {name: told[name] for name in _TOLD} | {
        "question": (law.message or law.element) if law is not None else "",
        "wants": sorted(n for n, fact in procedure.facts.items() if waits in fact.set_by),
        "text": row.body.get("text", ""),
    }
    message = Message(
        partner=partner,
        kind=row.name,
        subject=row.key,
        dossier_id=row.dossier_id,
        body=body,
        files=tuple(FileNamed(**{n: d[n] for n in _FILE}) for d in told["documents"]),
    )
    channels.send(uow, office, message)


def _asked(uow: UnitOfWork, office: Office, arrived: Arrived) -> str | None:
    """Begin a child dossier for a question, and say so; one that has begun goes on."""
    body, partner = arrived.envelope.body, arrived.partner
    known = uow.joint.get(partner.name, arrived.envelope.subject)
    if known is not None and known.closed_at is None:
        return known.dossier_id
    agency = office.catalogue.agencies.get(str(body.get("to_agency", ""))).code
    code = _procedure_for(arrived)
    actor = Actor(person=f"partner:{partner.name}", agency=agency, role=RECEPTION)
    asked = _child(uow, office, arrived, actor)
    view = intake.receive_in(uow, office, actor, replace(asked, procedure=code))
    row = JointRow(
        partner=partner.name,
        leg=arrived.envelope.subject,
        direction="in",
        dossier_id=view.id,
        other_code=str(body.get("dossier_code", ""))[:80],
        wants=[str(name)[:120] for name in body.get("wants", [])][:200],
        agency=agency,
        due_at=view.due_at,
    )
    uow.joint.put(row)
    _tell(uow, office, row, "delivered")
    until = f", hẹn trả {_day(view.due_at)}" if view.due_at is not None else ""
    promise = {"code": view.code, "due_at": _iso(view.due_at)}
    _tell(uow, office, row, "accepted", text=f"Hồ sơ {view.code}{until}", **promise)
    return view.id


def _child(
    uow: UnitOfWork, office: Office, arrived: Arrived, actor: Actor
) -> intake.ReceiveDossier:
    """Return what is taken in: what the asking side shows, and its files."""
    body = arrived.envelope.body
    given = body.get("shown")
    shown: Mapping[str, Any] = given if isinstance(given, dict) else {}
    name = str(shown.get("applicant_name") or f"Hồ sơ liên thông {body.get('dossier_code', '')}")
    ids = [_file(office, arrived, named, actor) for named in arrived.envelope.files]
    for row in ids:
        uow.files.add(row)
    return intake.ReceiveDossier(
        procedure="",
        channel="online",
        applicant_name=name[: intake.MAX_TEXT],
        phone=str(shown["applicant_phone"])[:30] if shown.get("applicant_phone") else None,
        files={NO_COMPONENT: tuple(row.id for row in ids)} if ids else {},
        receiving_unit=actor.agency,
        competent_agency=actor.agency,
    )


def _file(office: Office, arrived: Arrived, named: FileNamed, actor: Actor) -> FileRow:
    """Return a file of an envelope as an upload: its bytes were looked into when they came."""
    state = Scan.CLEAN if office.scanner is None else Scan.UNKNOWN
    return FileRow(
        id=office.ids.new_id(),
        name=named.name,
        media_type=named.media_type,
        size=named.size,
        sha256=named.sha256,
        state=state.value,
        uploaded_at=arrived.row.at,
        uploaded_by=actor.person,
        uploaded_agency=actor.agency,
    )


def _procedure_for(arrived: Arrived) -> str:
    """Return the procedure here that follows from a question; raises NotFound."""
    body, mapped = arrived.envelope.body, arrived.partner.procedures
    question = str(body.get("question", ""))
    for name in (f"{body.get('procedure', '')}:{question}", question):
        if name in mapped:
            return mapped[name]
    raise NotFound("thủ tục nối tiếp của việc", question[:80])


def _taken_back(uow: UnitOfWork, office: Office, arrived: Arrived) -> str | None:
    """End the child dossier of a question that is taken back; one that is over stays so."""
    known = uow.joint.get(arrived.partner.name, arrived.envelope.subject)
    if known is None or known.closed_at is not None:
        return known.dossier_id if known is not None else None
    dossier, _ = uow.dossiers.get(known.dossier_id)
    if dossier.ended_at is None:
        actor = Actor(person=f"partner:{known.partner}", agency=known.agency, role=RECEPTION)
        said = str(arrived.envelope.body.get("text", ""))[: intake.MAX_TEXT]
        reason = said or "Cơ quan hỏi rút lại việc liên thông."
        command = intake.WithdrawDossier(dossier=known.dossier_id, reason=reason)
        intake.withdraw_in(uow, office, actor, command)
    uow.joint.put(replace(known, closed_at=office.clock.now()))
    return known.dossier_id


def _reminded(uow: UnitOfWork, _office: Office, arrived: Arrived) -> str | None:
    """Keep a reminder with the child dossier: the envelope is shown among its evidence."""
    known = uow.joint.get(arrived.partner.name, arrived.envelope.subject)
    return known.dossier_id if known is not None else None


def _stamped(uow: UnitOfWork, office: Office, arrived: Arrived) -> str | None:
    """Apply what the other side did with our referral; timing is never refused, only kept."""
    said, envelope = arrived.envelope.body, arrived.envelope
    agency = str(said.get("agency", ""))
    if office.catalogue.agencies.get(agency).installation != arrived.partner.name:
        raise InvalidInput("agency", f"{agency} không thuộc hệ thống {arrived.partner.name}")
    stamps.receive_in(uow, office, SYSTEM, _stamp(envelope, said, agency))
    found = uow.referrals.named([envelope.subject])
    if not found:
        return None
    if said.get("code"):
        uow.joint.put(_theirs(arrived, found[0].dossier_id, agency))
    return found[0].dossier_id


def _theirs(arrived: Arrived, dossier_id: str, agency: str) -> JointRow:
    """Return what is known here of the child dossier at the other side: its code, its promise."""
    said = arrived.envelope.body
    until = said.get("due_at")
    return JointRow(
        partner=arrived.partner.name,
        leg=arrived.envelope.subject,
        direction="out",
        dossier_id=dossier_id,
        other_code=str(said["code"])[:80],
        agency=agency,
        due_at=datetime.fromisoformat(until) if isinstance(until, str) and until else None,
    )


def _stamp(envelope: Envelope, said: Mapping[str, Any], agency: str) -> stamps.Stamp:
    facts = said.get("facts")
    papers = tuple({**vars(f), "file": "", "component": ""} for f in envelope.files)
    return stamps.Stamp(
        message=envelope.id,
        what=str(said.get("what", "")),
        agency=agency,
        by=str(said.get("by", ""))[:200],
        stamped_at=envelope.at,
        referral=envelope.subject,
        text=str(said.get("text", ""))[:4_000],
        facts=dict(facts) if isinstance(facts, dict) else {},
        documents=papers,
    )


def _follow(uow: UnitOfWork, *, office: Office, leg: JointRow) -> None:
    """Say what changed of a child dossier: its promise, its result, or that it is given back."""
    dossier, state = uow.dossiers.lock(leg.dossier_id)
    now = uow.joint.get(leg.partner, leg.leg)
    if now is None or now.closed_at is not None:
        return
    if dossier.ended_at is None and dossier.resolved_at is None:
        text = f"Hồ sơ {dossier.code}, hẹn trả {_day(dossier.due_at)}"
        promise = {"code": dossier.code, "due_at": _iso(dossier.due_at)}
        _tell(uow, office, leg, "accepted", text=text, **promise)
        uow.joint.put(replace(now, due_at=dossier.due_at))
        return
    version = office.catalogue.at(dossier.digest)
    facts = process.facts_of(version.definition, state.state)
    status = NationalStatus(dossier.status)
    if status in GIVEN_BACK:
        _tell(uow, office, leg, "returned", text=_result(dossier))
    else:
        given = {name: facts[name] for name in now.wants if name in facts}
        _tell(uow, office, leg, "answered", text=_result(dossier), facts=given)
    uow.joint.put(replace(now, closed_at=office.clock.now(), due_at=dossier.due_at))


def _result(dossier: DossierRow) -> str:
    number = f", số {dossier.release_number}" if dossier.release_number else ""
    return f"Hồ sơ {dossier.code}: {status_name(dossier.status)}{number}"


def _tell(uow: UnitOfWork, office: Office, leg: JointRow, what: str, **more: Any) -> None:
    message = Message(
        partner=leg.partner,
        kind=STAMP,
        subject=leg.leg,
        dossier_id=leg.dossier_id,
        body={"what": what, "agency": leg.agency, **more},
    )
    channels.send(uow, office, message)


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%d/%m/%Y}" if moment is not None else "chưa có"


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


HANDLERS: dict[str, Handler] = {
    "referral_sent": _asked,
    "referral_resent": _asked,
    "referral_reminded": _reminded,
    "referral_withdrawn": _taken_back,
    STAMP: _stamped,
}
