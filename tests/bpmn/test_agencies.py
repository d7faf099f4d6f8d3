"""The agencies of Chợ Mới form one history: parents, successors, partners and opinion agencies.

Not for authority: who may do what is decided in engine.law.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tests.bpmn.files import ALL, ROOT, load

AGENCIES = load(ROOT / "shared" / "agencies.toml")["agency"]
BY_CODE: dict[str, dict[str, Any]] = {a["code"]: a for a in AGENCIES}
CODE = re.compile(r"[A-Z]\d\d(\.[0-9A-Z]+)*|\d{3}(\.[0-9A-Z]+)*\.[A-Z]\d\d")
SEVEN_2025 = date(2025, 7, 1)


def test_codes_are_unique_and_have_the_form_of_the_decision() -> None:
    assert len(BY_CODE) == len(AGENCIES)
    for code in BY_CODE:
        assert CODE.fullmatch(code)
        assert len(code) <= 35


def test_every_agency_named_by_another_exists() -> None:
    for agency in AGENCIES:
        named = [*agency.get("successors", []), *agency.get("partners", {}).values()]
        named += [agency["parent"]] if "parent" in agency else []
        assert set(named) <= set(BY_CODE), agency["code"]


def test_a_closed_agency_has_a_successor_and_chains_end_with_an_open_one() -> None:
    for agency in AGENCIES:
        seen = {agency["code"]}
        ends = [agency]
        while any("valid_to" in a for a in ends):
            following = [s for a in ends if "valid_to" in a for s in a["successors"]]
            assert following
            assert not seen & set(following)
            seen |= set(following)
            ends = [BY_CODE[s] for s in following]


def test_a_successor_begins_the_day_after_at_the_latest() -> None:
    for agency in AGENCIES:
        for successor in agency.get("successors", []):
            gap = BY_CODE[successor]["valid_from"] - agency["valid_to"]
            assert gap.days <= 1


def test_the_district_of_2017_had_sixteen_communes_and_the_area_has_five_today() -> None:
    on = date(2017, 12, 1)
    assert len([a for a in AGENCIES if is_commune(a) and is_valid(a, on)]) == 16
    assert len([a for a in AGENCIES if is_commune(a) and is_valid(a, SEVEN_2025)]) == 5


def test_no_district_agency_outlives_the_two_tier_government() -> None:
    assert not [a for a in AGENCIES if a["level"] == "district" and is_valid(a, SEVEN_2025)]


def test_an_agency_lies_within_the_life_of_its_parent() -> None:
    for agency in AGENCIES:
        if "parent" in agency:
            parent = BY_CODE[agency["parent"]]
            assert parent["valid_from"] <= agency["valid_from"]
            assert last_day(agency) <= last_day(parent)


def test_what_nobody_verified_is_marked() -> None:
    assert all(a["sample"] for a in AGENCIES)


def test_service_centres_have_every_partner_the_procedures_call() -> None:
    called = {
        agency.removeprefix("partner:")
        for folder in ALL
        for agency in (
            *(lane.agency for lane in folder.procedure.lanes.values()),
            *(r.to for r in folder.procedure.referrals),
        )
        if agency.startswith("partner:")
    }
    centres = [a for a in AGENCIES if a["kind"] == "service_centre" and a["level"] == "commune"]
    assert centres
    assert all(called <= set(a["partners"]) for a in centres)


def test_consulted_agencies_of_the_scenarios_exist() -> None:
    steps = [s for folder in ALL for sc in folder.scenarios for s in sc["step"]]
    asked = {a for s in steps for a in s.get("facts", {}).get("consulted_agencies", [])}
    assert asked
    assert asked <= set(BY_CODE)


def is_commune(agency: dict[str, Any]) -> bool:
    """Tell whether it is the committee of a commune or town."""
    return bool(agency["kind"] == "commune_committee")


def is_valid(agency: dict[str, Any], on: date) -> bool:
    """Tell whether the agency exists on a day."""
    return bool(agency["valid_from"] <= on <= last_day(agency))


def last_day(agency: dict[str, Any]) -> date:
    """Return the last day of the agency, far away when it is open."""
    day: date = agency.get("valid_to", date.max)
    return day
