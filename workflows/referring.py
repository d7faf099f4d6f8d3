"""A referral as each side may see it: the asking agency all of it, the other what is declared.

The asking agency sees the dossier behind it; the asked one the question, the fields and papers that
the procedure declares for it (`shows`, `papers`), the stamps, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import orjson

from engine.law.authority import Actor
from engine.law.procedure import Referral
from engine.law.provisions import Channel
from engine.law.referral import Shown
from engine.law.working_time import ZONE
from workflows.catalogue import Version
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow, ReferralRow
from workflows.store.referrals import ListedReferral
from workflows.views import masked

RECEIVED, SENT = "received", "sent"  # which side of it the reader stands on
STATES = {
    "sent": "đã gửi, chưa chuyển đến",
    "delivered": "đã chuyển đến, chưa tiếp nhận",
    "accepted": "đã tiếp nhận",
    "returned": "đã trả lại",
    "answered": "đã trả lời",
    "silent": "im lặng, coi như đồng ý",
    "withdrawn": "đã rút",
}
_CHANNELS = {
    Channel.COUNTER: "trực tiếp",
    Channel.ONLINE: "trực tuyến",
    Channel.POST: "qua bưu chính",
}


@dataclass(frozen=True, kw_only=True)
class ReferralView:
    """A referral for one side; `revision` counts its stamps.

    `side` is received or sent. `dossier`, `element` and `step` are empty for the asked agency.
    `shown` are the declared fields by name, of one referral read by itself; `stamps` say what,
    when, by whom at which agency. The law it is asked under: `digest`, and `wait_element`, whose
    facts an answer may set.
    """

    id: str
    side: str
    name: str
    state: str
    state_name: str
    revision: int
    dossier: str
    dossier_code: str
    procedure: str
    procedure_name: str
    element: str
    step: str
    asked_by: str
    to_agency: str
    sent_at: datetime
    accept_due_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    answer: str
    late: bool
    silent: bool
    overdue: bool
    silence: str
    outside: bool
    kept: int
    digest: str
    wait_element: str
    shown: dict[str, str] = field(default_factory=dict)
    documents: tuple[dict[str, Any], ...] = ()
    stamps: tuple[dict[str, Any], ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        values: dict[str, Any] = orjson.loads(orjson.dumps(self))
        return values

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> ReferralView:
        """Return the value `to_record` came from."""
        moments = {f.name for f in fields(cls) if f.name.endswith("_at")}
        values: dict[str, Any] = {
            k: datetime.fromisoformat(v) if k in moments and v is not None else v
            for k, v in record.items()
        }
        values |= {name: tuple(values[name]) for name in ("documents", "stamps")}
        return cls(**values)


def side_of(actor: Actor, dossier: DossierRow) -> str:
    """Return on which side of a referral somebody stands; who asks itself sees both."""
    own = (dossier.receiving_unit, dossier.competent_agency)
    return SENT if actor.agency in own else RECEIVED


def law_of(version: Version, row: ReferralRow) -> Referral | None:
    """Return what the procedure says of this referral."""
    laws = version.procedure.referrals
    return next((law for law in laws if law.element == row.element), None)


def listed_view(office: Office, row: ListedReferral, side: str) -> ReferralView:
    """Return a line of a list."""
    return _view(office, row.referral, row, side, {})


def referral_view(
    uow: UnitOfWork, office: Office, row: ReferralRow, dossier: DossierRow, side: str
) -> ReferralView:
    """Return one referral, with the fields of the dossier that are declared for it."""
    about = ListedReferral(
        referral=row,
        dossier_code=dossier.code,
        procedure=dossier.procedure,
        digest=dossier.digest,
        asked_by=dossier.competent_agency,
        receiving_unit=dossier.receiving_unit,
    )
    return _view(office, row, about, side, shown(uow, office, row, dossier))


def shown(uow: UnitOfWork, office: Office, row: ReferralRow, dossier: DossierRow) -> dict[str, str]:
    """Return the declared fields of the dossier, in the order of the declaration."""
    law = law_of(office.catalogue.at(dossier.digest), row)
    if law is None or not law.shows:
        return {}
    noted = uow.intakes.get(dossier.id) if Shown.APPLICANT_ADDRESS in law.shows else None
    values = {
        Shown.APPLICANT_NAME: dossier.applicant_name,
        Shown.APPLICANT_ID: masked(dossier.applicant_id),
        Shown.APPLICANT_PHONE: dossier.applicant_phone or "",
        Shown.APPLICANT_ADDRESS: noted.address if noted else "",
        Shown.RECEIVED_AT: _day(dossier.received_at),
        Shown.DUE_AT: _day(dossier.due_at),
        Shown.CHANNEL: _CHANNELS.get(Channel(dossier.channel), ""),
    }
    return {name.value: values[name] for name in law.shows}


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%d/%m/%Y}" if moment is not None else ""


def _view(
    office: Office, row: ReferralRow, about: ListedReferral, side: str, fields_: dict[str, str]
) -> ReferralView:
    version, now = office.catalogue.at(about.digest), office.clock.now()
    law = law_of(version, row)
    whole = side == SENT
    return ReferralView(
        id=row.id,
        side=side,
        name=law.name if law is not None else "",
        state=row.state,
        state_name=STATES[row.state],
        revision=row.revision,
        dossier=row.dossier_id if whole else "",
        dossier_code=about.dossier_code,
        procedure=about.procedure,
        procedure_name=version.procedure.name,
        element=row.element if whole else "",
        step=row.step if whole else "",
        asked_by=about.asked_by,
        to_agency=row.to_agency,
        sent_at=row.sent_at,
        accept_due_at=row.accept_due_at,
        accepted_at=row.accepted_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        answer=row.answer,
        late=row.late,
        silent=row.silent,
        overdue=row.is_open and row.due_at is not None and row.due_at < now,
        silence=law.silence.value if law is not None else "",
        outside=row.outside,
        kept=row.kept,
        digest=about.digest,
        wait_element=(law.wait_element or law.element) if law is not None else "",
        shown=fields_,
        documents=tuple(row.documents),
        stamps=tuple(row.stamps),
    )
