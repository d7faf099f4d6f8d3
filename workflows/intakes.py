"""What the counter noted of a dossier: its checklist, its money, who handed it in, its receipt.

For who may read the dossier; personal ids are masked. Changing it is `corrections`.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from engine.law.checklist import ChecklistLine, checklist, missing, reason_for
from engine.law.fees import Account
from workflows.accounting import account_of
from workflows.office import Office
from workflows.permitting import READ, part_of, permit
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow, IntakeRow
from workflows.views import masked


@dataclass(frozen=True, kw_only=True)
class IntakeView:
    """An intake as it is now; `missing` are ids of papers, `asks` the sentence that asks for them.

    `token` is the look-up code on the receipt, `issue` the number of its issue.
    """

    dossier: str
    checklist: tuple[ChecklistLine, ...]
    missing: tuple[str, ...]
    asks: str
    account: Account
    applicant_phone: str
    address: str
    email: str
    submitter_kind: str
    submitter_name: str
    submitter_id: str
    submitter_phone: str
    authorisation: str
    result_by: str
    result_address: str
    token: str
    issue: int


def read_intake(office: Office, actor: Actor, dossier: str) -> IntakeView:
    """Return what was noted of a dossier; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> IntakeView:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        noted = uow.intakes.get(row.id) or IntakeRow(dossier_id=row.id, token="")
        return _view(office, row, noted, account_of(uow, row))

    return office.store.read(look)


def _view(office: Office, row: DossierRow, noted: IntakeRow, account: Account) -> IntakeView:
    procedure = office.catalogue.at(row.digest).procedure
    lacking = missing(procedure, row.components)
    return IntakeView(
        dossier=row.id,
        checklist=checklist(procedure, row.components),
        missing=tuple(line.component for line in lacking),
        asks=reason_for(lacking, {c.id: c.name for c in procedure.components}),
        account=account,
        applicant_phone=row.applicant_phone or "",
        address=noted.address,
        email=noted.email,
        submitter_kind=noted.submitter_kind,
        submitter_name=noted.submitter_name,
        submitter_id=masked(noted.submitter_id),
        submitter_phone=noted.submitter_phone,
        authorisation=noted.authorisation,
        result_by=noted.result_by,
        result_address=noted.result_address,
        token=noted.token,
        issue=noted.issue,
    )
