"""Cases: everything the statutory papers of a dossier are computed from, read from the store.

Shared by what prints papers and by what has to know whether one could be printed. Not for what a
paper says: see `engine.law.papers`.
"""

from __future__ import annotations

from engine.law.papers import Applicant, Case, Entry, Issuer
from workflows.office import Office
from workflows.printing import place_of
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.store.records import DossierRow
from workflows.views import masked

_RESULT_BY = {
    "counter": "nhận tại bộ phận Một cửa",
    "post": "gửi qua bưu chính công ích",
    "electronic": "nhận bản điện tử",
}


def case_of(uow: UnitOfWork, office: Office, row: DossierRow, *, full_id: bool = False) -> Case:
    """Return the case of a dossier; the applicant's personal id is masked unless `full_id`."""
    record = uow.events.of_dossier(row.id)
    entries = tuple(
        Entry(event=revive(e), actor=e.actor, role=e.role, agency=e.agency) for e in record
    )
    signers = {str(getattr(entry.event, "signer", "")) for entry in entries}
    agencies = office.catalogue.agencies
    names = {a.code: a.name for a in agencies}
    version = office.catalogue.at(row.digest)
    noted = uow.intakes.get(row.id)
    return Case(
        procedure=version.procedure,
        digest=version.digest,
        calendar=office.catalogue.calendar(row.competent_agency),
        record=entries,
        applicant=Applicant(
            name=row.applicant_name,
            id_number=(row.applicant_id or "") if full_id else masked(row.applicant_id),
            phone=row.applicant_phone or "",
            address=noted.address if noted else "",
            email=noted.email if noted else "",
        ),
        token=noted.token if noted else "",
        result_by=_RESULT_BY[noted.result_by] if noted else "",
        agencies=names,
        superiors={a.code: names.get(a.parent, "") for a in agencies},
        people=uow.names.of({*signers, *(entry.actor for entry in entries)} - {""}),
        components=row.components,
        place=place_of(names.get(row.receiving_unit, ""))
        or place_of(names.get(row.competent_agency, "")),
    )


def issuer(office: Office, agency: str) -> Issuer:
    """Return an agency as it stands at the head of a paper; raises NotFound."""
    agencies = office.catalogue.agencies
    found = agencies.get(agency)
    superior = agencies.get(found.parent).name if found.parent else ""
    return Issuer(code=agency, name=found.name, superior=superior, place=place_of(found.name))
