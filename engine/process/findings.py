"""Findings (phát hiện): what is wrong with a document, where, and what to do; in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Rejected


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding: rule id, severity (`error` refuses, `warning` does not), element and line.

    `message` and `advice` are Vietnamese, `message_en` English.
    """

    rule: str
    severity: str
    element: str
    name: str
    line: int
    message: str
    message_en: str
    advice: str

    @property
    def is_error(self) -> bool:
        """Tell whether the document is refused because of it."""
        return self.severity == "error"


class Unreadable(Rejected):
    """The bytes are no BPMN document; `findings` say why."""

    code = "unreadable"

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings; the first is the message."""
        self.findings = tuple(findings)
        super().__init__(self.findings[0].message, element=self.findings[0].element)


class Refused(Rejected):
    """The document breaks rules of the gate; `findings` are all of them, with their elements."""

    code = "refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep every finding; the message counts the errors and tells the first."""
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.is_error]
        first = errors[0]
        message = f"Sơ đồ có {len(errors)} lỗi; lỗi đầu: {first.message}"
        super().__init__(message, element=first.element)
