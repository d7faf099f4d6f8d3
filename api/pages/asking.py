"""Forms on pages: what was typed, what is wrong with it, and the conditions every command carries.

A command by form is the same command as by API: it has a key, so that sending it twice is
harmless, and the revision its sender saw. What is refused comes back on the same page with
everything that was typed. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from api.auth import office
from api.problems import status_of
from engine.errors import Rejected
from engine.law.working_time import ZONE
from workflows.errors import Forbidden, InvalidInput, NotFound, Unauthenticated, WorkflowError

T = TypeVar("T")
Page = Callable[["Asking"], str]
ELSEWHERE = (Forbidden, NotFound, Unauthenticated)  # these have a page of their own


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is wrong: the field it is about, empty for the whole, and what to do."""

    text: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a form shows: the values typed so far, the mistakes, and the hidden conditions."""

    key: str = ""
    revision: int | None = None
    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    mistakes: Sequence[Mistake] = ()

    def value(self, name: str, otherwise: object = "") -> str:
        """Return what was typed in a field, or what stands there at first."""
        return self.typed.get(name, "" if otherwise is None else str(otherwise))

    def ticked(self, name: str, value: str, otherwise: object = False) -> bool:  # noqa: FBT002 - a template's default
        """Tell whether a box is ticked."""
        return value in self.typed.getlist(name) if self.typed else bool(otherwise)

    def mistake(self, name: str) -> str:
        """Return what is wrong with a field, empty for nothing."""
        return next((m.text for m in self.mistakes if m.field == name), "")


def asking(
    *,
    revision: int | None = None,
    typed: Mapping[str, str] | None = None,
    mistakes: Sequence[Mistake] = (),
) -> Asking:
    """Return a form with a new key; `revision` is that of the dossier it is about."""
    return Asking(
        key=office().ids.new_id(),
        revision=revision,
        typed=MultiDict(typed or {}),
        mistakes=tuple(mistakes),
    )


def form_key() -> str:
    """Return the key of the form that was sent; a form without one is a new command."""
    return request.form.get("key", "") or office().ids.new_id()


def form_revision() -> int | None:
    """Return the revision the sender saw; raises InvalidInput for one that is no number."""
    text = request.form.get("revision", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise InvalidInput("revision", "hãy mở lại trang rồi làm lại")
    return int(text)


def moment_typed(name: str) -> datetime:
    """Return the moment of a field of the form; raises InvalidInput."""
    return moment_of(name, request.form.get(name, "").strip())


def moment_of(name: str, text: str) -> datetime:
    """Return the moment a text names in office time; raises InvalidInput."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        raise InvalidInput(name, "hãy điền ngày và giờ, ví dụ 2026-10-06T17:00") from None


def attempt(do: Callable[[], T], then: Callable[[T], str], again: Page) -> Answer:
    """Do a command and go on to the address `then` gives; refused, show the page again.

    The page is shown with everything typed and every mistake; the key is a new one, since the
    command was not done. What has a page of its own (not found, not allowed) is raised.
    """
    return _tried(do, lambda result: redirect(then(result), HTTPStatus.SEE_OTHER), again)


def attempt_here(do: Callable[[], T], shown: Callable[[T], str], again: Page) -> Answer:
    """Do a command and answer with a page that says what came of it; refused, as `attempt`.

    Loading that page again sends the same key, so nothing is done twice.
    """
    return _tried(do, lambda result: Response(shown(result)), again)


def _tried(do: Callable[[], T], well: Callable[[T], Answer], again: Page) -> Answer:
    try:
        result = do()
    except ELSEWHERE:
        raise
    except (Rejected, WorkflowError) as refused:
        typed = asking(typed=request.form, mistakes=mistakes_of(refused))
        return Response(again(typed), status=status_of(refused) or HTTPStatus.CONFLICT)
    return well(result)


def at_home(said: Asking, prefix: str) -> Asking:
    """Return a refused form with its mistakes at the fields of the form with this prefix."""
    names = {name.removeprefix(prefix) for name in request.form if name.startswith(prefix)}
    mistakes = tuple(
        replace(m, field=f"{prefix}{m.field}" if m.field in names else "") for m in said.mistakes
    )
    return replace(said, mistakes=mistakes) if prefix and names else said


def mistakes_of(refused: Rejected | WorkflowError) -> tuple[Mistake, ...]:
    """Return what a refusal says, at its field where it names one."""
    if isinstance(refused, InvalidInput):
        field, reason = str(refused.fields["field"]), str(refused.fields["reason"])
        return (Mistake(text=reason[:1].upper() + reason[1:], field=field),)
    return (Mistake(text=refused.message, field=getattr(refused, "element", "") or ""),)
