"""Evidence (chứng cứ) of what two installations told each other about a dossier.

Every envelope with the sender's signature and the receiver's acknowledgement, and the public keys
that check them: a third party needs nothing else, see `tools/verify_evidence.py`. It holds what the
envelopes say, personal data included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.envelopes import from_text
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.bridge import EnvelopeRow, KeyRow

FORMAT = "motcua-evidence/1"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The envelopes of a dossier, and the keys of everybody who signed one."""

    dossier_code: str
    installation: str
    envelopes: tuple[EnvelopeRow, ...]
    keys: tuple[KeyRow, ...]

    def document(self) -> dict[str, Any]:
        """Return what is handed to a third party, as JSON values."""
        return {
            "format": FORMAT,
            "dossier": self.dossier_code,
            "installation": self.installation,
            "keys": [_key(k) for k in self.keys],
            "envelopes": [_envelope(e) for e in self.envelopes],
        }


def collect(office: Office, code: str) -> Evidence:
    """Return the evidence of a dossier, for operators at the machine itself; raises NotFound."""
    own = office.keyring.name if office.keyring is not None else ""

    def look(uow: UnitOfWork) -> Evidence:
        rows = tuple(uow.bridge.of_dossier(uow.dossiers.id_of(code)))
        names = sorted({row.partner for row in rows} | {own})
        keys = tuple(key for name in names for key in uow.bridge.keys(name))
        return Evidence(dossier_code=code, installation=own, envelopes=rows, keys=keys)

    return office.store.read(look)


def _key(row: KeyRow) -> dict[str, Any]:
    return {
        "kid": row.kid,
        "installation": row.partner,
        "public_key": row.public_key,
        "valid_from": _iso(row.valid_from),
        "valid_to": _iso(row.valid_to),
        "statement": from_text(row.statement) if row.statement else None,
    }


def _envelope(row: EnvelopeRow) -> dict[str, Any]:
    return {
        "partner": row.partner,
        "direction": row.direction,
        "sequence": row.sequence,
        "id": row.id,
        "kind": row.kind,
        "hash": row.hash,
        "signed": from_text(row.signed) if row.signed else None,
        "acknowledgement": from_text(row.acknowledgement) if row.acknowledgement else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
