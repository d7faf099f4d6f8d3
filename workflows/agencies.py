"""Agencies (cơ quan) with their dates, successors and partners: sample or real, as data says.

An agency never changes under a dossier: who took over is asked for, not written over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from workflows.errors import InvalidInput, NotFound

# What may decide which step is taken next: priority and due moment, due moment, time waited.
NEXT_RULES = ("urgency", "due", "waiting")


@dataclass(frozen=True, kw_only=True)
class Agency:
    """One agency from `valid_from` to the end of `valid_to`.

    `next_by` names, by role, which of `NEXT_RULES` hands out the next step of that queue.
    `installation` names the other installation that the agency works with, empty for this one.
    """

    code: str
    name: str
    short_name: str = ""
    kind: str = ""
    level: str = ""
    parent: str = ""
    area_code: str = ""
    valid_from: date = date.min
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    partners: Mapping[str, str] = field(default_factory=dict)
    hours: str = "standard"
    next_by: Mapping[str, str] = field(default_factory=dict)
    installation: str = ""
    sample: bool = False
    source: str = ""

    def is_valid(self, on: date) -> bool:
        """Tell whether the agency exists on this day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Agencies:
    """All agencies of one file, by code."""

    def __init__(self, version: str, agencies: Mapping[str, Agency]) -> None:
        """Use agencies that `read_agencies` has checked."""
        self.version = version
        self._agencies = agencies

    def __iter__(self) -> Iterator[Agency]:
        """Yield every agency in the order of the file."""
        return iter(self._agencies.values())

    def __contains__(self, code: object) -> bool:
        """Tell whether there is, or was, an agency with this code."""
        return code in self._agencies

    def get(self, code: str) -> Agency:
        """Return the agency; raises NotFound."""
        try:
            return self._agencies[code]
        except KeyError:
            raise NotFound("cơ quan", code) from None

    def is_elsewhere(self, code: str) -> bool:
        """Tell whether an agency works with another installation: it is reached by messages."""
        agency = self._agencies.get(code)
        return agency is not None and bool(agency.installation)

    def children(self, code: str) -> tuple[Agency, ...]:
        """Return the agencies directly under one."""
        return tuple(a for a in self if a.parent == code)

    def partner(self, code: str, name: str) -> str:
        """Return the code of an agency's partner, its own or its parents'.

        Raises InvalidInput when nobody up the line names such a partner.
        """
        self.get(code)
        for agency in map(self.get, self.above(code)):
            if name in agency.partners:
                return agency.partners[name]
        raise InvalidInput("competent_agency", f"cơ quan {code} chưa khai báo đối tác «{name}»")

    def within(self, code: str, ancestor: str) -> bool:
        """Tell whether an agency is another or stands under it."""
        return ancestor in self.above(code)

    def above(self, code: str) -> tuple[str, ...]:
        """Return an agency and everything it stands under, itself first; nothing if unknown."""
        agency, found = self._agencies.get(code), []
        while agency is not None:
            found.append(agency.code)
            agency = self._agencies.get(agency.parent)
        return tuple(found)

    def below(self, code: str) -> tuple[str, ...]:
        """Return an agency and everything that stands under it, in the order of the file."""
        return tuple(a.code for a in self if self.within(a.code, code))


def read_agencies(values: Mapping[str, Any]) -> tuple[Agencies, list[str]]:
    """Return the agencies a file describes, and everything that is wrong with it."""
    found: dict[str, Agency] = {}
    wrong: list[str] = []
    known = {f.name for f in fields(Agency)}
    for number, table in enumerate(values.get("agency", ()), 1):
        if not table.get("code") or not table.get("name"):
            wrong.append(f"agency[{number}]: Thiếu `code` hoặc `name`.")
            continue
        if table["code"] in found:
            wrong.append(f"agency[{number}]: Mã {table['code']} đã dùng cho cơ quan khác.")
        used: dict[str, Any] = {k: table[k] for k in known & table.keys()}
        used["successors"] = tuple(used.get("successors", ()))
        found[table["code"]] = Agency(**used)
    for agency in found.values():
        named = [agency.parent, *agency.successors, *agency.partners.values()]
        wrong += [
            f"agency {agency.code}: Không có cơ quan nào mang mã {code}."
            for code in named
            if code and code not in found
        ]
        wrong += [
            f"agency {agency.code}: Quy tắc lấy việc «{rule}» không có; dùng: "
            f"{', '.join(NEXT_RULES)}."
            for rule in agency.next_by.values()
            if rule not in NEXT_RULES
        ]
    return Agencies(str(values.get("version", "")), found), wrong
