"""What goes out, ready to be carried: the body of a webhook, the words of a letter; and receipts.

Built after the commit, from what is in the database then. Carrying is the doors' part: they know
HTTP and SMTP. A webhook says codes, ids and status; a letter goes to one address and may say more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from engine.law.provisions import Role
from engine.timing.events import (
    ApologyIssued,
    DeadlineExtended,
    DeadlineWarned,
    Event,
    SupplementRequested,
)
from workflows import mail_addresses, secrecy
from workflows.announcing import APPLICANT, HEAD
from workflows.errors import NoKey
from workflows.mail_addresses import hash_of
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.store.outgoing import SubscriptionRow
from workflows.store.records import DossierRow, OutboxRow
from workflows.views import status_name

TYPE_PREFIX = "vn.motcua."
SOURCE = "urn:motcua:agency:"
SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's prefix, no secret
DETAILS: dict[type[Event], tuple[str, ...]] = {
    SupplementRequested: ("reason",),
    ApologyIssued: ("reason", "new_due_at"),
    DeadlineExtended: ("reason", "new_due_at"),
    DeadlineWarned: ("due_at",),
}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came of carrying something: the receiver's status, how long it took, what was wrong.

    `final` says why it must never be tried again; empty while trying again makes sense.
    `also` is what has to be written together with it.
    """

    status: int = 0
    took_ms: int = 0
    fault: str = ""
    final: str = ""
    also: Callable[[UnitOfWork], None] | None = None

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver has it."""
        return not self.fault and not self.final


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A webhook: the same id whenever it is sent again; every secret signs it."""

    id: str
    url: str
    secrets: tuple[str, ...]
    at: datetime
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter: which notice, to whom, and the words that go into it.

    `stop` is the token of the link by which whoever gets it stops such letters, empty for none.
    """

    id: str
    notice: str
    to: str
    at: datetime
    stop: str = ""
    words: dict[str, Any] = field(default_factory=dict)


Post = Callable[[Parcel], Receipt]
Mail = Callable[[Letter], Receipt]


def is_plain(kept: str) -> bool:
    """Tell whether a signing secret lies in the database as it is: from before it was sealed."""
    return kept.startswith(SECRET_PREFIX)


def signing_secrets(office: Office, subscription: SubscriptionRow) -> tuple[str, ...]:
    """Return the secrets that sign for a subscription, the newest first; "" for what stays shut."""
    key = office.personal_key
    return tuple(
        kept if is_plain(kept) else secrecy.unseal(kept, key, secrecy.WEBHOOK)
        for kept in subscription.secrets
    )


def parcel(office: Office, row: OutboxRow, subscription: SubscriptionRow) -> Parcel:
    """Return an event as CloudEvents 1.0 JSON for a subscription.

    Raises NoKey when its secrets were sealed under another key: nothing leaves unsigned.
    """
    secrets = tuple(filter(None, signing_secrets(office, subscription)))
    if not secrets:
        raise NoKey
    body = row.body
    said = {
        "specversion": "1.0",
        "id": row.id,
        "source": SOURCE + str(body.get("agency") or subscription.agency or "all"),
        "type": TYPE_PREFIX + row.name,
        "subject": body.get("code", ""),
        "time": body.get("at") or row.created_at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": f"{row.seq:010d}",
        "data": body,
    }
    return Parcel(
        id=row.id,
        url=subscription.url,
        secrets=secrets,
        at=office.clock.now(),
        body=orjson.dumps(said),
    )


def letter(uow: UnitOfWork, office: Office, row: OutboxRow) -> Letter | None:
    """Return the letter a notification asks for, None when nobody is there to write to."""
    to = next(iter(recipients(uow, office, row)), "")
    if not to:
        return None
    dossier, _ = uow.dossiers.get(row.dossier_id)
    key = office.personal_key
    return Letter(
        id=row.id,
        notice=row.name,
        to=to,
        at=office.clock.now(),
        stop=mail_addresses.stop_token(hash_of(to), row.name, key) if key else "",
        words=_words(uow, office, dossier, row),
    )


def recipients(uow: UnitOfWork, office: Office, row: OutboxRow) -> tuple[str, ...]:
    """Return the addresses that want the letter of a notification, in order.

    One that was shared out names its one recipient by a hash behind the audience.
    """
    dossier, _ = uow.dossiers.get(row.dossier_id)
    audience, _, only = row.key.partition(" ")
    return tuple(
        address
        for address in _addresses(uow, office, dossier, audience)
        if only in ("", hash_of(address))
        and row.name not in uow.letters.unwanted_by(hash_of(address))
    )


def share_out(office: Office, row: OutboxRow, to: Sequence[str]) -> list[OutboxRow]:
    """Return a letter of its own for each of several recipients, held as the first one is held.

    So that one full mailbox lets nobody else be written to twice.
    """
    return [
        replace(row, id=office.ids.new_id(), key=f"{row.key} {hash_of(address)}") for address in to
    ]


def _addresses(
    uow: UnitOfWork, office: Office, dossier: DossierRow, audience: str
) -> tuple[str, ...]:
    if audience == APPLICANT:
        noted = uow.intakes.get(dossier.id)
        return (noted.email,) if noted is not None and noted.email else ()
    now = office.clock.now()
    if audience == HEAD:
        role, agency = Role.HEAD_OF_SECTION.value, dossier.competent_agency
        people = uow.outgoing.people_at(agency, role, now)
    else:
        people = uow.outgoing.workers_on(dossier.id)
        if not people:
            role, agency = Role.ONE_STOP_CLERK.value, dossier.receiving_unit
            people = uow.outgoing.people_at(agency, role, now)
    return tuple(uow.outgoing.addresses(people))


def _words(uow: UnitOfWork, office: Office, dossier: DossierRow, row: OutboxRow) -> dict[str, Any]:
    """Return the words of the letter; only the applicant's own letter names the applicant."""
    agencies, procedure = office.catalogue.agencies, office.catalogue.at(dossier.digest).procedure
    words: dict[str, Any] = {
        "code": dossier.code,
        "procedure": procedure.name,
        "status": status_name(dossier.status),
        "receiving_unit": agencies.get(dossier.receiving_unit).name,
        "agency": agencies.get(dossier.competent_agency).name,
        "due_at": dossier.due_at,
        "papers": [],
    }
    if row.key.startswith(APPLICANT):
        words["applicant"] = dossier.applicant_name
    record = uow.events.of_dossier(dossier.id, after=row.seq - 1)
    event = revive(record[0]) if record else None
    for name in DETAILS.get(type(event), ()) if event else ():
        value = getattr(event, name)
        words[name] = datetime.fromisoformat(value) if name.endswith("_at") else value
    if isinstance(event, SupplementRequested):
        names = {c.id: c.name for c in procedure.components}
        words["papers"] = [names.get(each, each) for each in event.components]
    return words
