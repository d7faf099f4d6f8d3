"""What happens to a referral (phiếu liên thông): one question to one agency, stamped by each side.

Every stamp says which `referral`. Where it was made by another installation, `by`, `agency` and
`stamped_at` (ISO 8601) are who made it there and when by their clock, and `at` is when it reached
us; made here they are empty, and the record itself says who did it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.timing.events.base import Event

Papers = tuple[dict[str, Any], ...]  # file, name, component, sha256, media_type, size of each


@dataclass(frozen=True, kw_only=True)
class ReferralSent(Event):
    """Another agency was asked (liên thông); `step` is the one that waits for its answer.

    `outside`: the agency works with another installation, so this one waits to be delivered.
    """

    kind: ClassVar[str] = "referral_sent"
    referral: str
    to_agency: str
    element: str
    step: str = ""
    key: str = ""
    documents: Papers = ()
    outside: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferralStamp(Event):
    """What all later stamps have in common; not a kind of its own."""

    referral: str
    by: str = ""
    agency: str = ""
    stamped_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralDelivered(ReferralStamp):
    """The referral reached the other agency's installation (đã chuyển đến)."""

    kind: ClassVar[str] = "referral_delivered"


@dataclass(frozen=True, kw_only=True)
class ReferralAccepted(ReferralStamp):
    """The other agency took the referral on (tiếp nhận phiếu)."""

    kind: ClassVar[str] = "referral_accepted"
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferralReturned(ReferralStamp):
    """The other agency cannot answer and gives the question back (trả lại); its time stands."""

    kind: ClassVar[str] = "referral_returned"
    reason: str
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralResent(ReferralStamp):
    """A returned question was mended and asked again (gửi lại); its time starts anew."""

    kind: ClassVar[str] = "referral_resent"
    note: str = ""
    documents: Papers = ()
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralReminded(ReferralStamp):
    """The other agency was reminded (đôn đốc), by people or because the due moment is near."""

    kind: ClassVar[str] = "referral_reminded"
    note: str = ""
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferralOverdue(ReferralStamp):
    """The due moment passed without an answer."""

    kind: ClassVar[str] = "referral_overdue"


@dataclass(frozen=True, kw_only=True)
class ReferralAnswered(ReferralStamp):
    """The other agency answered, or its silence took effect.

    `kept` names the answer that had come before it was asked for.
    """

    kind: ClassVar[str] = "referral_answered"
    answer: str
    late: bool = False
    silent: bool = False
    kept: str = ""
    documents: Papers = ()


@dataclass(frozen=True, kw_only=True)
class ReferralWithdrawn(ReferralStamp):
    """The question was taken back, or the dossier ended before it was answered."""

    kind: ClassVar[str] = "referral_withdrawn"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralAnswerKept(ReferralStamp):
    """An answer that moves nothing is kept and shown: `why` is early, late, double or withdrawn.

    An early one has no referral yet: as `kept` it waits for `message` and `key` to be asked for.
    """

    kind: ClassVar[str] = "referral_answer_kept"
    why: str
    answer: str
    message: str = ""
    key: str = ""
    kept: str = ""
    documents: Papers = ()
    facts: dict[str, Any] = field(default_factory=dict)
