"""Public look-up (tra cứu công khai): by the token of the receipt, or by code and a second fact.

A wrong second fact and a code that is not there get the same answer after the same statements.
Every look is on record without personal data, before it is answered.
"""

from __future__ import annotations

import hmac
import re

from engine.law.whereabouts import IssuedResult, Seen, Turn, Whereabouts, whereabouts
from engine.law.working_time import ZONE
from engine.timing.events import ResultReturned
from workflows.accounting import account_of
from workflows.errors import WorkflowError
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow

TOKEN = re.compile(r"[a-z2-7]{16,32}")
LAST_DIGITS = 4
__all__ = ["NotThere", "Turn", "Whereabouts", "by_code", "by_token"]
PUBLIC, ACTION = "public", "status.read"


class NotThere(WorkflowError):
    """No dossier has this token, or not this code together with these digits."""

    code = "lookup_not_found"
    sentence = "Không có hồ sơ nào khớp; hãy xem lại mã trên giấy tiếp nhận và số điện thoại."


def by_token(office: Office, token: str) -> Whereabouts:
    """Return where the dossier of a receipt is; raises NotThere."""
    plain = token.strip().lower()

    def find(uow: UnitOfWork) -> str | None:
        return uow.intakes.by_token(plain)

    found = office.store.read(find) if TOKEN.fullmatch(plain) else None
    return _answer(office, found, "token")


def by_code(office: Office, code: str, phone_last_digits: str) -> Whereabouts:
    """Return where the dossier of a code is, to who knows the end of a phone number given with it.

    Raises NotThere.
    """
    found = office.store.read(lambda uow: uow.intakes.phones_of(code.strip()))
    dossier, phones = found if found is not None else (None, [])
    ends = {"".join(c for c in phone if c.isdigit())[-LAST_DIGITS:] for phone in phones}
    asked = phone_last_digits.strip().encode()
    good = len(asked) == LAST_DIGITS
    matches = [hmac.compare_digest(end.encode(), asked) for end in ends]
    return _answer(office, dossier if good and any(matches) else None, "code")


def _issued(uow: UnitOfWork, row: DossierRow) -> IssuedResult | None:
    """Return the result as it left the office, None before it did."""
    happened = uow.events.concerning(row.id, kinds=("result_returned",), elements=())
    sent = [e for e in happened if isinstance(e, ResultReturned)]
    if row.released_at is None and not sent:
        return None
    day = row.released_at.astimezone(ZONE).date() if row.released_at is not None else None
    sent_hash = sent[-1].file_hash if sent else ""
    return IssuedResult(number=row.release_number, released_on=day, file_hash=sent_hash)


def _answer(office: Office, dossier: str | None, how: str) -> Whereabouts:
    """Write the look down, then answer."""
    look = {
        "at": office.clock.now(),
        "person": "",
        "agency": "",
        "role": PUBLIC,
        "on_behalf_of": "",
        "action": ACTION,
        "subject": dossier or "",
        "shown": [],
        "allowed": dossier is not None,
        "rule": how,
        "address": "",
        "request_id": "",
    }
    office.store.write(lambda uow: uow.access_log.append([look]))
    if dossier is None:
        raise NotThere
    return office.store.read(lambda uow: _seen(uow, office, dossier))


def _seen(uow: UnitOfWork, office: Office, dossier: str) -> Whereabouts:
    row, _ = uow.dossiers.get(dossier)
    procedure = office.catalogue.at(row.digest).procedure
    names = {c.id: c.name for c in procedure.components}
    rounds = [r for r in uow.supplements.of_dossier(row.id) if r.taken_at is None]
    asked = rounds[-1].components if rounds else []
    waiting = [s for s in uow.steps.of_dossier(row.id, only_open=True) if s.is_open]
    noted = uow.intakes.get(row.id)
    seen = Seen(
        status=row.status,
        ended=row.ended_at is not None,
        agency=office.catalogue.agencies.get(row.competent_agency).name,
        due_at=row.due_at,
        running=row.clock_running,
        owed_vnd=account_of(uow, row).owed_vnd,
        missing=[names.get(one, one) for one in asked],
        waits_elsewhere=bool(waiting) and all(s.clock == "other_agency" for s in waiting),
        result_by=noted.result_by if noted is not None else "counter",
        result=_issued(uow, row),
    )
    return whereabouts(seen, office.clock.now())
