"""Signs envelopes and checks signatures: JWS (RFC 7515) with Ed25519, in flattened JSON.

The only user of the private key of the bridge; it lies in a file, apart from the database. A
signature names its key, the moment it was made and the moment until which it holds. Not for what
is signed: that is `engine.bridge`; not for who may say what: see `bridging`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import to_bytes, urlsafe_b64decode, urlsafe_b64encode

from engine.bridge.envelope import LIFE, MOST_BYTES, SKEW, BadEnvelope, read_object
from workflows.errors import WorkflowError
from workflows.signing import KeySigner, KeyUnusable, load_key, new_key, write_key

ALGORITHM = "Ed25519"  # RFC 9864; the older name EdDSA says less and is not taken
ENVELOPE, ACKNOWLEDGEMENT = "motcua-envelope", "motcua-acknowledgement"
QUESTION, STATEMENT = "motcua-question", "motcua-statement"
NEW_KEY = "motcua-key"
MEMBERS = {"protected", "payload", "signature"}
HEADER = {"alg", "kid", "typ", "iat", "exp"}
MOST_MEMBER = MOST_BYTES * 2
_KID = re.compile(r"[0-9a-f]{32}")
# Our five names are checked by `header_of`; the library bounds sizes and picks the algorithm.
_RULES = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
_RULES.max_payload_length = MOST_MEMBER
MAKE = "motcua partners own"


class Signed(TypedDict):
    """A flattened JWS: three texts in base64url."""

    protected: str
    payload: str
    signature: str


class EnvelopeRefused(WorkflowError):
    """What came over the bridge is not taken; nothing has changed."""

    code = "envelope_refused"
    sentence = "Thư liên thông không được nhận."


class WrongSignature(EnvelopeRefused):
    """The signature is missing, of another algorithm or type, or does not fit."""

    code = "wrong_signature"
    sentence = "Chữ ký của thư liên thông không đúng ({what}); thư không được nhận."

    def __init__(self, what: str) -> None:
        """Say in Vietnamese what does not fit."""
        super().__init__(what=what)


class UnknownKey(EnvelopeRefused):
    """Nobody here knows the key, or it does not hold any more."""

    code = "unknown_key"
    sentence = (
        "Khóa ký «{kid}» chưa được biết hoặc đã hết hiệu lực; hãy gửi bản báo đổi khóa trước."
    )

    def __init__(self, kid: str) -> None:
        """Name the key."""
        super().__init__(kid=kid[:64])


class OutOfTime(EnvelopeRefused):
    """The signature has expired, or was made in the future: a replay, or a clock that is wrong."""

    code = "out_of_time"
    sentence = "Chữ ký ngoài thời gian hiệu lực (từ {since} đến {until}); hãy xem đồng hồ hai máy."

    def __init__(self, since: str, until: str) -> None:
        """Tell from when to when it holds."""
        super().__init__(since=since, until=until)


class WrongAddress(EnvelopeRefused):
    """The envelope is for another installation, or not from who signed it."""

    code = "wrong_address"
    sentence = "Thư gửi cho «{audience}» từ «{source}» không phải cho nơi này, hoặc sai bên ký."

    def __init__(self, source: str, audience: str) -> None:
        """Name both."""
        super().__init__(source=source[:80], audience=audience[:80])


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a signature says of itself; `since` and `until` bound the time in which it holds."""

    kid: str
    typ: str
    since: datetime
    until: datetime

    def holds_at(self, now: datetime, skew: timedelta = SKEW) -> None:
        """Raise OutOfTime unless it holds now, up to a difference between the two clocks."""
        long = self.until - self.since > 2 * LIFE
        if long or now < self.since - skew or now > self.until + skew:
            raise OutOfTime(self.since.isoformat(), self.until.isoformat())


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Signed bytes whose signature was found right, and by which key."""

    header: Header
    payload: bytes


class Keyring:
    """This installation on the bridge: its name, and the file of its private key."""

    def __init__(self, name: str, file: Path) -> None:
        """Use a name like a host's and a PEM file; the file is read anew when it was replaced."""
        self.name = name
        self.file = file
        self._read: tuple[int, KeySigner] | None = None

    @classmethod
    def at(cls, name: str, file: Path) -> Keyring:
        """Return the keyring of a file, made at the first start; raises KeyUnusable."""
        if not file.exists():
            try:
                new_key(file)
            except KeyUnusable:
                load_key(file, MAKE)  # another process was faster
        return cls(name, file)

    @property
    def signer(self) -> KeySigner:
        """Return the key that signs now; raises KeyUnusable."""
        stamp = self.file.stat().st_mtime_ns if self.file.exists() else 0
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, load_key(self.file, MAKE))
        return self._read[1]

    @property
    def public_key(self) -> str:
        """Return the public key that signs now, as hex."""
        return self.signer.public_key

    def replace(self, signer: KeySigner) -> None:
        """Put another key in the place of the one that signs; the old one is gone then."""
        coming = self.file.with_name(self.file.name + ".coming")
        coming.unlink(missing_ok=True)
        write_key(signer, coming)
        coming.replace(self.file)
        self._read = None

    def sign(self, payload: bytes, typ: str, now: datetime, life: timedelta = LIFE) -> Signed:
        """Return signed bytes that hold from now on for a while."""
        return sign(self.signer, payload, typ, (now, now + life))


def kid_of(public_key: str) -> str:
    """Return the name of a key: the start of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]


def sign(signer: KeySigner, payload: bytes, typ: str, times: tuple[datetime, datetime]) -> Signed:
    """Return a flattened JWS by a key, with the two moments between which it holds."""
    header = {
        "alg": ALGORITHM,
        "kid": kid_of(signer.public_key),
        "typ": typ,
        "iat": int(times[0].timestamp()),
        "exp": int(times[1].timestamp()),
    }
    key = OKPKey.import_key(signer.key)
    made = jws.serialize_json({"protected": header}, payload, key, registry=_RULES)
    return Signed(protected=made["protected"], payload=made["payload"], signature=made["signature"])


def header_of(given: Mapping[str, Any], typ: str) -> Header:
    """Return what a JWS says of itself before anything of it is believed.

    Raises WrongSignature for another shape, algorithm or type.
    """
    if set(given) != MEMBERS or not all(isinstance(v, str) for v in given.values()):
        raise WrongSignature("không phải JWS dạng phẳng")
    said = _header(given["protected"])
    if said.get("alg") != ALGORITHM:
        raise WrongSignature(f"thuật toán «{str(said.get('alg'))[:20]}», cần {ALGORITHM}")
    if said.get("typ") != typ:
        raise WrongSignature(f"loại «{str(said.get('typ'))[:40]}», cần {typ}")
    kid = said.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid) or set(said) != HEADER:
        raise WrongSignature("phần đầu có mục lạ hoặc thiếu mục")
    return Header(kid=kid, typ=typ, since=_moment(said["iat"]), until=_moment(said["exp"]))


def opened(given: Mapping[str, Any], header: Header, public_key: str) -> Opened:
    """Return the signed bytes, checked with a public key; raises WrongSignature."""
    try:
        flat: Any = {name: given[name] for name in sorted(MEMBERS)}
        found = jws.deserialize_json(flat, _key(public_key), registry=_RULES)
    except (JoseError, ValueError):
        raise WrongSignature("không khớp với nội dung") from None
    if found.payload is None:
        raise WrongSignature("không có nội dung")
    return Opened(header=header, payload=found.payload)


def payload_of(given: Mapping[str, Any]) -> bytes:
    """Return the signed bytes of a JWS unchecked: for what was checked when it was kept."""
    return bytes(urlsafe_b64decode(to_bytes(given["payload"])))


def as_text(signed: Mapping[str, Any]) -> str:
    """Return a JWS as the text it is kept as."""
    return json.dumps({name: signed[name] for name in sorted(MEMBERS)}, separators=(",", ":"))


def from_text(text: str) -> Signed:
    """Return a JWS from the text it is kept as."""
    found: Signed = json.loads(text)
    return found


@lru_cache(maxsize=256)
def _key(public_key: str) -> OKPKey:
    x = urlsafe_b64encode(bytes.fromhex(public_key)).decode()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


def _header(protected: str) -> dict[str, Any]:
    try:
        return read_object(urlsafe_b64decode(to_bytes(protected)))
    except (ValueError, BadEnvelope):
        raise WrongSignature("phần đầu không đọc được") from None


def _moment(given: Any) -> datetime:
    if type(given) is not int or not 0 <= given < 2**40:
        raise WrongSignature("thời điểm không phải số giây")
    try:
        return datetime.fromtimestamp(given, UTC)
    except (OverflowError, ValueError, OSError):
        raise WrongSignature("thời điểm không có thật") from None
