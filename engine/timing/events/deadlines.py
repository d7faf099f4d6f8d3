"""What happened to the promised date: moved, apologised for, warned of, escalated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ApologyIssued(Event):
    """The agency apologised for being late and gave a new date (xin lỗi, hẹn lại).

    `new_due_at` is ISO 8601 text with an offset; it replaces the due moment. `late` marks one
    written less than one working day before the moment it replaces.
    """

    kind: ClassVar[str] = "apology_issued"
    reason: str
    new_due_at: str
    signer: str
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class DeadlineExtended(Event):
    """The limit was extended as the procedure allows (gia hạn).

    `new_due_at` is what was promised then, ISO 8601 text with an offset; what the limit does not
    count afterwards still moves it. `round` counts the extensions of the dossier from 1.
    """

    kind: ClassVar[str] = "deadline_extended"
    reason: str
    new_due_at: str
    signer: str
    round: int = 1


@dataclass(frozen=True, kw_only=True)
class DeadlineWarned(Event):
    """The program warned of the due moment: `about` is due_soon, apology_due or overdue.

    `due_at` is the moment it warned of, ISO 8601 text; another due moment is warned of anew.
    """

    kind: ClassVar[str] = "deadline_warned"
    about: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class Escalated(Event):
    """Somebody higher up was told (báo cáo cấp trên), by a warning or by the diagram.

    `about` is the warning, with the due moment `due_at` (ISO 8601 text) it warned of; else `name`
    is the escalation thrown by `element`. `to_role` at `to_agency` is whom it is addressed to,
    empty where the procedure does not say.
    """

    kind: ClassVar[str] = "escalated"
    about: str = ""
    name: str = ""
    element: str = ""
    to_role: str = ""
    to_agency: str = ""
    due_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptReissued(Event):
    """The appointment of a chain moved and the receipt is issued anew (cấp lại giấy hẹn).

    `due_at` is the new appointment and `before` the old one, ISO 8601 texts; `why` is what moved
    it: a leg that is now part of the chain or no longer, or time that does not count.
    """

    kind: ClassVar[str] = "receipt_reissued"
    due_at: str
    before: str
    why: str = ""
