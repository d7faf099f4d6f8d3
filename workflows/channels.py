"""The channel to another installation: what is put on it, in the transaction that causes it.

Sent afterwards, by `delivering` and `bridging`. Not for what the messages mean: see `joint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bridge.envelope import MOST_BYTES, Envelope, FileNamed, digest
from workflows.errors import InvalidInput, WorkflowError
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.bridge import ENVELOPE, OUT, SENT, EnvelopeRow
from workflows.store.records import OutboxRow


class NoBridge(WorkflowError):
    """This installation has no name on the bridge, so it can send and take nothing."""

    code = "no_bridge"
    sentence = "Hệ thống này chưa nối với hệ thống khác: hãy đặt thiết lập INSTALLATION."


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a partner is told: of which kind, about what, with which files.

    Messages of one subject are acted upon in the order in which they were sent.
    """

    partner: str
    kind: str
    subject: str
    dossier_id: str
    body: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileNamed, ...] = ()


def send(uow: UnitOfWork, office: Office, message: Message) -> Envelope:
    """Put a message on the channel of a partner and return its envelope.

    Raises NotFound for a partner nobody knows, NoBridge, InvalidInput for a message too large.
    """
    if office.keyring is None:
        raise NoBridge
    now, channel = office.clock.now(), uow.bridge.channel(message.partner, lock=True)
    envelope = Envelope(
        id=office.ids.new_id(),
        source=office.keyring.name,
        audience=message.partner,
        sequence=channel.sent_through + 1,
        previous=channel.sent_hash,
        kind=message.kind,
        subject=message.subject,
        at=now,
        body=message.body,
        files=message.files,
    )
    payload = envelope.payload()
    if len(payload) > MOST_BYTES:
        raise InvalidInput("body", f"thư liên thông không quá {MOST_BYTES} byte; tệp gửi riêng")
    own = digest(payload)
    uow.bridge.move(message.partner, sent_through=envelope.sequence, sent_hash=own)
    uow.bridge.add(_kept(envelope, message, payload.decode(), own))
    uow.bridge.may_fetch(message.partner, [f.sha256 for f in message.files])
    uow.jobs.send([_waiting(envelope, message)])
    return envelope


def _kept(envelope: Envelope, message: Message, payload: str, own: str) -> EnvelopeRow:
    return EnvelopeRow(
        partner=envelope.audience,
        direction=OUT,
        sequence=envelope.sequence,
        id=envelope.id,
        dossier_id=message.dossier_id,
        kind=envelope.kind,
        subject=envelope.subject,
        payload=payload,
        hash=own,
        at=envelope.at,
        state=SENT,
        retry_at=envelope.at,
    )


def _waiting(envelope: Envelope, message: Message) -> OutboxRow:
    return OutboxRow(
        id=envelope.id,
        dossier_id=message.dossier_id,
        kind=ENVELOPE,
        name=envelope.kind,
        element="",
        to_agency="",
        key="",
        body={},
        created_at=envelope.at,
        retry_at=envelope.at,
        subscription=envelope.audience,
        seq=envelope.sequence,
    )
