"""What is wrong with a procedure file, all of it at once, in words a jurist can act on.

Not for refusing commands on a dossier: those are subclasses of `Rejected` beside their rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Rejected

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong: where (`path`, e.g. `steps.review.norm_minutes`), what, and what to do.

    `severity` is error (the file cannot be used) or warning (it can, but somebody should look).
    """

    path: str
    message: str
    advice: str
    severity: str = ERROR

    def __str__(self) -> str:
        """Return one line for a console."""
        return f"{self.path}: {self.message} {self.advice}".rstrip()


class ProcedureInvalid(Rejected):
    """The procedure file cannot be used; `findings` holds every problem, not only the first."""

    code = "procedure_invalid"

    def __init__(self, findings: Iterable[Problem]) -> None:
        """Keep every problem; the message counts the errors and quotes the first."""
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity == ERROR]
        message = f"Tệp thủ tục có {len(errors)} lỗi; lỗi đầu tiên: {errors[0]}"
        super().__init__(message, element=errors[0].path)


class ProblemList:
    """Collects problems; the first one at a path wins, so that one mistake is told once."""

    def __init__(self) -> None:
        """Start empty."""
        self._problems: list[Problem] = []
        self._paths: set[str] = set()

    def error(self, path: str, message: str, advice: str) -> None:
        """Add an error unless this path has a problem already."""
        self._add(Problem(path=path, message=message, advice=advice))

    def warning(self, path: str, message: str, advice: str) -> None:
        """Add a warning unless this path has a problem already."""
        self._add(Problem(path=path, message=message, advice=advice, severity=WARNING))

    def touched(self, path: str) -> bool:
        """Tell whether there is an error at this path or anywhere below it."""
        below = (f"{path}.", f"{path}[")
        errors = (p.path for p in self._problems if p.severity == ERROR)
        return any(at == path or at.startswith(below) for at in errors)

    def all(self) -> tuple[Problem, ...]:
        """Return what was collected, in order."""
        return tuple(self._problems)

    def _add(self, problem: Problem) -> None:
        if problem.path not in self._paths:
            self._paths.add(problem.path)
            self._problems.append(problem)
