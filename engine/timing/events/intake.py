"""What happened at the counter around the papers themselves: corrections, files, fees.

Personal data never stands here: a corrected name is told by the name of its field and keyed hashes
of both values; the values themselves lie beside the record and can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class IntakeCorrected(Event):
    """What was written at intake was put right (đính chính); the receipt is issued anew.

    `issue` is the number of the receipt that holds from now on, `changes` the old and new value by
    field: as they are, or keyed hashes where the field holds personal data.
    """

    kind: ClassVar[str] = "intake_corrected"
    issue: int
    reason: str
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    """A file came to the dossier; `sha256` says which bytes, for ever."""

    kind: ClassVar[str] = "file_attached"
    file: str
    sha256: str
    media_type: str
    size: int
    component: str = ""


@dataclass(frozen=True, kw_only=True)
class FileDetached(Event):
    """A file was taken off the dossier; its bytes stay as long as the record."""

    kind: ClassVar[str] = "file_detached"
    file: str
    sha256: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeeCharged(Event):
    """A fee is owed (phải nộp), in whole đồng; `owed_vnd` is all that is owed with it."""

    kind: ClassVar[str] = "fee_charged"
    fee: str
    quantity: int
    amount_vnd: int
    owed_vnd: int


@dataclass(frozen=True, kw_only=True)
class FeeExempted(Event):
    """A fee need not be paid, or no longer (miễn); `owed_vnd` is what is still owed."""

    kind: ClassVar[str] = "fee_exempted"
    fee: str
    amount_vnd: int
    ground: str
    owed_vnd: int


@dataclass(frozen=True, kw_only=True)
class FeePaid(Event):
    """Money came in, in whole đồng; `receipt` is the number of the fee receipt (biên lai)."""

    kind: ClassVar[str] = "fee_paid"
    amount_vnd: int
    manner: str
    receipt: str
    owed_vnd: int
