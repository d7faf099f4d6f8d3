"""What every event is: a frozen fact in the past tense, with a moment; and whose time runs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self


class Clock(StrEnum):
    """Whose time runs (đồng hồ của ai): the party that has to act now."""

    AGENCY = "agency"
    APPLICANT = "applicant"
    OTHER_AGENCY = "other_agency"
    FORCE_MAJEURE = "force_majeure"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at a moment (aware, UTC); the base of every kind."""

    kind: ClassVar[str] = "event"

    at: datetime

    def to_record(self) -> dict[str, Any]:
        """Return plain JSON values: `kind`, `at` as ISO 8601 text, and the fields of the kind."""
        return {"kind": self.kind, **vars(self), "at": self.at.astimezone(UTC).isoformat()}

    @classmethod
    def from_values(cls, record: dict[str, Any]) -> Self:
        """Build the event from the values of `to_record`, ignoring unknown keys."""
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in record.items() if k in known}
        values["at"] = datetime.fromisoformat(values["at"])
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class StepEvent(Event):
    """Something happened to one execution (`step`, unique in the dossier) of one element."""

    step: str
    element: str
