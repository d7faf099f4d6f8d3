"""Codes of the second factor (mã xác thực): time-based (RFC 6238), and recovery codes.

Asks nobody and stores nothing. A code's step is returned so that it can be refused the second time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

import pyotp

from workflows.clock import Ids

ISSUER = "motcua"
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a telephone's clock may be half a minute off
RECOVERY_CODES = 10
RECOVERY_LETTERS = 16  # 80 bits

_BLANKS = re.compile(r"[\s-]+")


def new_secret(ids: Ids) -> str:
    """Return a secret of 160 bits as authenticator apps take it."""
    return base64.b32encode(hashlib.sha256(ids.new_token().encode()).digest()[:20]).decode()


def address_of(secret: str, person: str) -> str:
    """Return the `otpauth://` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step a code is for, None when it is not the code of now."""
    if not secret:
        return None
    typed = _BLANKS.sub("", code)
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def new_recovery_codes(ids: Ids) -> tuple[str, ...]:
    """Return recovery codes of 80 bits each, to be shown once."""
    return tuple(_recovery_code(ids) for _ in range(RECOVERY_CODES))


def recovery_hash(code: str) -> str:
    """Return the hash under which a recovery code is kept, however it was typed."""
    return hashlib.sha256(_BLANKS.sub("", code).lower().encode()).hexdigest()


def _recovery_code(ids: Ids) -> str:
    digest = hashlib.sha256(ids.new_token().encode()).digest()
    letters = base64.b32encode(digest).decode().lower()[:RECOVERY_LETTERS]
    return "-".join(letters[n : n + 4] for n in range(0, RECOVERY_LETTERS, 4))
