"""Form sets (bộ biểu mẫu): number, title and paper size of each statutory paper, by issuer.

The same paper has another number in another set: TT 03/2025 inserted the stop notice. Data comes
from bpmn/shared/forms/form_sets.toml; this module only reads the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.errors import Rejected
from engine.law.papers import PaperNotPossible

FORMS = ("receipt", "supplement", "refusal", "apology", "stop", "control", "register")
FULL, MASKED = "full", "masked"


class FormNotInSet(PaperNotPossible):
    """The form set does not have this paper."""

    code = "paper_form_not_in_set"


class FormSetInvalid(Rejected):
    """The file of form sets cannot be used."""

    code = "form_set_invalid"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One paper of a set; `ours` marks a layout for which no official one was found."""

    id: str
    number: str
    title: str
    size: str = "a4"
    landscape: bool = False
    symbol: str = ""
    ours: bool = True
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSet:
    """The papers of one issuer; `personal_id` is how they show the applicant's: full or masked."""

    id: str
    name: str
    text: str
    forms: Mapping[str, Form]
    personal_id: str = MASKED

    def form(self, name: str) -> Form:
        """Return a paper of the set; raises FormNotInSet."""
        try:
            return self.forms[name]
        except KeyError:
            message = f"Bộ biểu mẫu {self.name} không có biểu mẫu «{name}»."
            raise FormNotInSet(message, element=name) from None


def read_form_sets(values: Mapping[str, Any]) -> dict[str, FormSet]:
    """Return the sets by id; raises FormSetInvalid naming the first thing that is wrong."""
    found = {}
    known = {f.name for f in fields(Form)} - {"id"}
    for name, table in values.get("sets", {}).items():
        forms = {}
        for form, entry in table.get("forms", {}).items():
            wrong = set(entry) - known or {"number", "title"} - set(entry) or {form} - set(FORMS)
            if wrong:
                where = f"sets.{name}.forms.{form}"
                raise FormSetInvalid(f"{where}: thiếu hoặc không hiểu {sorted(wrong)}.")
            forms[form] = Form(id=form, **entry)
        shown = table.get("personal_id", MASKED)
        if shown not in {FULL, MASKED}:
            raise FormSetInvalid(f"sets.{name}.personal_id: chỉ nhận {FULL} hoặc {MASKED}.")
        try:
            found[name] = FormSet(
                id=name, name=table["name"], text=table["text"], forms=forms, personal_id=shown
            )
        except KeyError as missing:
            raise FormSetInvalid(f"sets.{name}: thiếu {missing}.") from None
    return found
