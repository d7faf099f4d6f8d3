"""Acts upon envelopes that arrived: once, in order per subject, in one transaction with the mark.

Their files are brought here first. What fails is tried again and then left to people, like any
other waiting work. Not for what a message means: handlers are handed in.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from engine.bridge.envelope import Envelope, digest, read_envelope
from workflows.bridging import Wire, question
from workflows.envelopes import EnvelopeRefused
from workflows.inspecting import FileRefused
from workflows.keeping import MOST_BYTES, Upload, kept, shelf_of
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.bridge import EnvelopeRow, PartnerRow

LEASE = timedelta(minutes=5)
FILES = "/api/v1/bridge/files"

log = logging.getLogger(__name__)


class Overtaken(EnvelopeRefused):
    """Another worker acted upon the envelope meanwhile; what this one did is undone."""

    code = "overtaken"
    sentence = "Thư này đã được xử lý ở nơi khác."


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """An envelope to act upon, from whom, and the row it is kept in."""

    partner: PartnerRow
    envelope: Envelope
    row: EnvelopeRow


Handler = Callable[[UnitOfWork, Office, Arrived], str | None]
"""Acts upon an envelope in the transaction that marks it done; returns the dossier it is about."""


def act_upon_due(
    office: Office, handlers: Mapping[str, Handler], wire: Wire | None, limit: int = 50
) -> tuple[int, int]:
    """Act upon envelopes whose turn it is; return how many went well and how many did not."""
    now = office.clock.now()
    first = office.store.read(lambda uow: uow.bridge.next_received())
    if first is None or first > now:  # looking is cheaper than taking
        return 0, 0
    rows = office.store.write(lambda uow: uow.bridge.take_received(now, LEASE, limit))
    done = sum(_act(office, row, handlers, wire) for row in rows)
    return done, len(rows) - done


def fetch(office: Office, wire: Wire, arrived: Arrived) -> None:
    """Bring the files of an envelope here; raises what the wire or a bad file raises.

    Bytes that are here already are not asked for; others are looked into like any upload.
    """
    for named in arrived.envelope.files:
        shelf = shelf_of(office)
        if shelf.has(named.sha256):
            continue
        to = arrived.partner
        asked = question(office, to.name, "file", sha256=named.sha256)
        content = wire.content(to.address + FILES, asked, MOST_BYTES)
        if digest(content) != named.sha256:
            raise FileRefused("hash", "nội dung không khớp mã băm trong thư")
        given = Upload(stream=io.BytesIO(content), name=named.name)
        with kept(office, given, f"partner:{to.name}", ""):
            pass


def _act(
    office: Office, row: EnvelopeRow, handlers: Mapping[str, Handler], wire: Wire | None
) -> bool:
    try:
        partner = office.store.read(lambda uow: uow.bridge.partner(row.partner))
        envelope = read_envelope(row.payload.encode())
        arrived = Arrived(partner=partner, envelope=envelope, row=row)
        handler = handlers[row.kind]
        if wire is not None:
            fetch(office, wire, arrived)
        office.store.write(lambda uow: _do(uow, office, handler, arrived))
    except Exception as fault:
        log.exception("Acting upon envelope %s of %s failed", row.sequence, row.partner)
        text = f"{type(fault).__name__} {getattr(fault, 'code', '')}".strip()
        now, chance = office.clock.now(), office.ids.chance()
        office.store.write(lambda uow: uow.bridge.failed(row, now, text, chance))
        return False
    return True


def _do(uow: UnitOfWork, office: Office, handler: Handler, arrived: Arrived) -> None:
    """Act and mark it done together; whoever was too slow changes nothing."""
    dossier = handler(uow, office, arrived)
    if not uow.bridge.acted(arrived.row, dossier):
        raise Overtaken
