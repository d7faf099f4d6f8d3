"""The envelope (thư liên thông): a CloudEvent from one installation to another, as canonical bytes.

What is signed never changes: the same bytes whenever it is sent again, each naming the hash of the
one before. When it was sent and until when it holds stands in the header of the signature instead,
so that a message that waited for a week is still no old one. Not for signing: see
`workflows.envelopes`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.errors import Rejected

SPEC = "1.0"
SOURCE = "urn:motcua:installation:"
TYPE = "vn.motcua.bridge."
FIRST = ""  # what the first envelope of a channel says of the one before
MOST_BYTES = 128 * 1024
MOST_FILES = 50
MOST_DEPTH = 8
MOST_SEQUENCE = 2**31 - 2  # it and the one after it are kept in 32 bits
LIFE = timedelta(minutes=10)
SKEW = timedelta(minutes=5)  # how far the clocks of two installations may differ
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
_HASH = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z][a-z_]{0,39}")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps a NUL, UTF-8 no half a pair
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BadEnvelope(Rejected):
    """The bytes are no envelope as we write them; which member is wrong is told."""

    code = "bad_envelope"


@dataclass(frozen=True, kw_only=True)
class FileNamed:
    """A file that belongs to an envelope, named by the hash of its bytes; fetched apart."""

    sha256: str
    size: int
    name: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One message on the channel from `source` to `audience`, the `sequence`-th from 1 on.

    `previous` is the hash of the envelope before it, empty for the first. `subject` is what must
    stay in order among itself.
    """

    id: str
    source: str
    audience: str
    sequence: int
    previous: str
    kind: str
    subject: str
    at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileNamed, ...] = ()

    def payload(self) -> bytes:
        """Return the bytes that are signed: sorted names, no blanks, UTF-8."""
        said = {
            "specversion": SPEC,
            "id": self.id,
            "source": SOURCE + self.source,
            "audience": SOURCE + self.audience,
            "type": TYPE + self.kind,
            "subject": self.subject,
            "time": self.at.isoformat(),
            "datacontenttype": "application/json",
            "sequence": f"{self.sequence:010d}",
            "previoushash": self.previous,
            "data": {"body": dict(self.body), "files": [vars(f) for f in self.files]},
        }
        return canonical(said)


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(payload: bytes) -> str:
    """Return the SHA-256 of signed bytes, as hex."""
    return hashlib.sha256(payload).hexdigest()


def is_hash(text: str) -> bool:
    """Tell whether this can be the SHA-256 of bytes, as hex."""
    return bool(_HASH.fullmatch(text))


def is_name(text: str) -> bool:
    """Tell whether this can be the name of an installation, like a host's."""
    return bool(_NAME.fullmatch(text))


def read_object(payload: bytes) -> dict[str, Any]:
    """Return the JSON object of signed bytes.

    Raises BadEnvelope, also for names said twice, deep nesting and texts that cannot be kept.
    """
    if len(payload) > MOST_BYTES:
        raise BadEnvelope(f"Thư liên thông lớn quá {MOST_BYTES} byte.", element="payload")
    try:
        found = json.loads(payload.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadEnvelope("Nội dung được ký không phải JSON.", element="payload") from None
    if not isinstance(found, dict) or not _is_sound(found, MOST_DEPTH):
        raise BadEnvelope("Nội dung được ký không phải một đối tượng JSON.", element="payload")
    return found


def read_envelope(payload: bytes) -> Envelope:
    """Return the envelope of signed bytes; raises BadEnvelope, naming the member that is wrong.

    Bytes that we would not have written that way are refused: one meaning, one hash.
    """
    said = read_object(payload)
    data = said.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("body"), dict):
        raise _bad("data")
    envelope = Envelope(
        id=_matching(said, "id", _ID),
        source=_installation(said, "source"),
        audience=_installation(said, "audience"),
        sequence=_sequence(said),
        previous=_matching(said, "previoushash", _HASH, empty=True),
        kind=_kind(said),
        subject=_text(said, "subject", 200),
        at=_moment(said, "time"),
        body=data["body"],
        files=_files(data.get("files")),
    )
    if envelope.payload() != payload:
        raise _bad("payload")
    return envelope


def _files(given: Any) -> tuple[FileNamed, ...]:
    if not isinstance(given, list) or len(given) > MOST_FILES:
        raise _bad("data/files")
    return tuple(_file(each) for each in given)


def _file(given: Any) -> FileNamed:
    if not isinstance(given, dict) or type(given.get("size")) is not int or given["size"] < 0:
        raise _bad("data/files")
    return FileNamed(
        sha256=_matching(given, "sha256", _HASH),
        size=given["size"],
        name=_text(given, "name", 255),
        media_type=_text(given, "media_type", 100),
    )


def _sequence(said: Mapping[str, Any]) -> int:
    text = said.get("sequence")
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{10}", text):
        raise _bad("sequence")
    if not 0 < int(text) <= MOST_SEQUENCE:
        raise _bad("sequence")
    return int(text)


def _installation(said: Mapping[str, Any], member: str) -> str:
    name = _text(said, member, 200).removeprefix(SOURCE)
    if not is_name(name):
        raise _bad(member)
    return name


def _kind(said: Mapping[str, Any]) -> str:
    kind = _text(said, "type", 80).removeprefix(TYPE)
    if not _KIND.fullmatch(kind):
        raise _bad("type")
    return kind


def _matching(
    said: Mapping[str, Any], member: str, shape: re.Pattern[str], *, empty: bool = False
) -> str:
    value = said.get(member)
    if isinstance(value, str) and (shape.fullmatch(value) or (empty and not value)):
        return value
    raise _bad(member)


def _text(said: Mapping[str, Any], member: str, most: int) -> str:
    value = said.get(member)
    if not isinstance(value, str) or len(value) > most:
        raise _bad(member)
    if not unicodedata.is_normalized("NFC", value):
        raise _bad(member)
    return value


def _moment(said: Mapping[str, Any], member: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(said, member, 40))
    except ValueError:
        raise _bad(member) from None
    if moment.tzinfo is None:
        raise _bad(member)
    return moment


def _bad(member: str) -> BadEnvelope:
    return BadEnvelope(f"Thư liên thông sai ở «{member}».", element=member)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name said twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _is_sound(value: Any, deep: int) -> bool:
    """Tell whether a value is nested no deeper than that, and each of its texts can be kept."""
    if isinstance(value, str):
        return not _UNKEEPABLE.search(value)
    if not isinstance(value, dict | list):
        return True
    inside = [*value, *value.values()] if isinstance(value, dict) else value
    return deep > 0 and all(_is_sound(each, deep - 1) for each in inside)
