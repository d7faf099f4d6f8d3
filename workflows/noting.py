"""What the counter notes at reception: papers, contact, submitter, how the result is wanted.

Checks it and makes rows of it; intake and corrections share it. Not for deciding what is missing:
that is `engine.law.checklist`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.law.checklist import COUNTS, PaperState, check_noted
from engine.law.procedure import Procedure
from engine.law.provisions import ComponentMode
from workflows.commanding import known_components
from workflows.errors import InvalidInput
from workflows.mail_addresses import checked
from workflows.office import Office
from workflows.reasons import check_length
from workflows.store.records import IntakeRow

MOST_TEXT = 500
MOST_PIECES = 1_000
TOKEN_BYTES = 15  # 120 random bits in 24 letters and digits
SUBMITTERS = ("self", "authorised", "post")
RESULT_BY = ("counter", "post", "electronic")
PERSONAL = frozenset(
    {
        "applicant_name", "applicant_id", "phone", "address", "email", "submitter_name",
        "submitter_id", "submitter_phone", "authorisation", "result_address",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Submitter:
    """Who hands the dossier in (người nộp): the applicant, somebody authorised, or the post.

    An authorised person names the paper that authorises (văn bản ủy quyền).
    """

    kind: str = "self"
    name: str = ""
    national_id: str | None = None
    phone: str = ""
    authorisation: str = ""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where the applicant is reached, and how the result is wanted."""

    address: str = ""
    email: str = ""
    result_by: str = "counter"
    result_address: str = ""


def id_hash(key: bytes, national_id: str | None) -> str | None:
    """Return the keyed hash a national id is searched by; None without a key or an id."""
    if not key or not national_id:
        return None
    plain = "".join(national_id.split()).upper()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def new_token(office: Office) -> str:
    """Return the random code that a receipt carries to the public look-up."""
    chance = hashlib.sha256(office.ids.new_token().encode()).digest()
    return base64.b32encode(chance[:TOKEN_BYTES]).decode().lower()


def intake_row(
    office: Office, dossier_id: str, national_id: str | None, who: Submitter, contact: Contact
) -> IntakeRow:
    """Return the row of a new intake; raises InvalidInput."""
    row = IntakeRow(
        dossier_id=dossier_id,
        token=new_token(office),
        id_hash=id_hash(office.personal_key, national_id),
        address=contact.address,
        email=contact.email,
        submitter_kind=who.kind,
        submitter_name=who.name,
        submitter_id=who.national_id,
        submitter_phone=who.phone,
        authorisation=who.authorisation,
        result_by=contact.result_by,
        result_address=contact.result_address,
    )
    check_intake(row)
    return row


def check_intake(row: IntakeRow) -> None:
    """Raise InvalidInput for an intake that cannot be acted on."""
    if row.submitter_kind not in SUBMITTERS:
        raise InvalidInput("submitter.kind", f"chỉ nhận: {', '.join(SUBMITTERS)}")
    if row.submitter_kind == "authorised" and not (row.submitter_name and row.authorisation):
        raise InvalidInput("submitter", "người được ủy quyền cần họ tên và văn bản ủy quyền")
    if row.result_by not in RESULT_BY:
        raise InvalidInput("result_by", f"chỉ nhận: {', '.join(RESULT_BY)}")
    if row.result_by == "post" and not (row.result_address or row.address):
        raise InvalidInput("result_address", "trả kết quả qua bưu chính cần địa chỉ")
    checked("email", row.email)
    for name, value in vars(row).items():
        if isinstance(value, str):
            check_length(name, value, MOST_TEXT)


def noted_papers(
    procedure: Procedure, given: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return what was noted of each paper, without what says nothing; raises InvalidInput.

    Raises WrongPaper of the law where the notes contradict each other.
    """
    known_components(procedure, given)
    papers = {c.id: c for c in procedure.components}
    found = {}
    for name, notes in given.items():
        noted: dict[str, Any] = {"originals": 0, "copies": 0}
        noted |= {k: v for k, v in notes.items() if v or k in noted}
        _check_words(name, noted)
        check_noted(papers[name], noted)
        found[name] = noted
    return found


def _check_words(name: str, noted: Mapping[str, Any]) -> None:
    allowed: tuple[tuple[str, Iterable[str]], ...] = (
        ("mode", [m.value for m in ComponentMode]),
        ("state", [s.value for s in PaperState]),
    )
    for key, words in allowed:
        if noted.get(key, "") not in {"", *words}:
            raise InvalidInput(f"components.{name}.{key}", f"chỉ nhận: {', '.join(words)}")
    for key in COUNTS:
        if not 0 <= int(noted.get(key, 0)) <= MOST_PIECES:
            raise InvalidInput(f"components.{name}.{key}", f"số bản từ 0 đến {MOST_PIECES}")
    check_length(f"components.{name}.note", str(noted.get("note", "")), MOST_TEXT)
