"""One appointment for a whole chain: real bundles as oracles, and what a net of legs may be.

Days off as in `test_deadlines`. Sources of the sums: TNT:d967ef494a99d4d5 and TNT:2c4ce9ec74331a71
(birth bundle, NĐ 63/2024), TNT:75c688aaa4ec20c7 (death bundle, QĐ 296/QĐ-VPCP 2024),
TNT:5a80798bbf985e87 (land, Đồng Tháp QĐ 138/2025), TNT:a4af79c6669a4264 (karaoke).
"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.chains import ChainDeadline, chain_due, longest, ordered
from engine.law.counting import Line
from engine.law.deadlines import due
from engine.law.procedure import check_procedure
from engine.law.provisions import Leg, TimeLimit, Unit
from engine.process import compile_definition, read
from engine.timing.events import DeadlineExtended, DossierReceived, Event, StepCompleted
from tests.builders import PROCESS
from tests.engine.law.calendars import OFFICE
from tests.engine.law.test_contradictions import SOUND
from tests.engine.law.test_deadlines import at, done, opened, procedure

BENEFITS = {
    "revolution": ("Trợ cấp người có công", 17),
    "welfare": ("Mai táng phí bảo trợ xã hội", 5),
    "insurance": ("Mai táng, tử tuất bảo hiểm xã hội", 8),
}


def leg(id_: str, amount: int, *after: str, **more: Any) -> dict[str, Any]:
    """Return a leg as a file has it, in working days."""
    values = {"id": id_, "name": id_, "agency": "competent", "amount": amount, "after": [*after]}
    return {**values, **more}


DEATH = [
    leg("death", 1, source="TNT:75c688aaa4ec20c7"),
    leg("residence", 0, "death"),
    *(
        leg(kind, days, "death", name=name, fact="kind", value=kind)
        for kind, (name, days) in BENEFITS.items()
    ),
]
BIRTH = [leg("birth", 1), leg("residence", 2, "birth"), leg("card", 2, "birth")]
VERIFIED = [leg("birth", 1), leg("residence", 5, "birth"), leg("card", 2, "birth")]
LAND = [
    leg("slip", 5),
    leg("tax", 5, "slip", counted=False, agency="partner:tax"),
    leg("certificate", 3, "tax"),
]
LAND_HOURS = [
    leg("one_stop", 4, unit="working_hour"),
    leg("land_office", 36, "one_stop", unit="working_hour"),
    leg("tax", 5, "land_office", counted=False),
    leg("certificate", 24, "tax", unit="working_hour"),
]
KARAOKE = [leg("household", 3), leg("security", 3, "household"), leg("licence", 10, "security")]
NESTED = [
    leg("a", 1),
    leg("b", 2, "a"),
    leg("c", 3, "b"),
    leg("d", 4, "a"),
    leg("e", 1, "c", "d"),
]

CHAINS = [
    # name, legs, limit in days, reception day counted, facts, received, due
    ("birth ≤ 03", BIRTH, 3, True, {}, "2026-03-02T08:00", "2026-03-04T17:00"),  # 2 | 3, 4
    ("birth after 15h", BIRTH, 3, True, {}, "2026-03-02T15:30", "2026-03-05T17:00"),  # 3 | 4, 5
    # 1 + 5 would be 09/03, but the text says 05 in all: 2, 3, 4, 5, 6
    ("birth verified ≤ 05", VERIFIED, 5, True, {}, "2026-03-02T08:00", "2026-03-06T17:00"),
    ("death, revolution ≤ 18", DEATH, 18, True, {"kind": "revolution"}, "2026-03-02T08:00",
     "2026-03-25T17:00"),  # 2 | 3-6, 9-13, 16-20, 23-25
    ("death, welfare ≤ 6", DEATH, 18, True, {"kind": "welfare"}, "2026-03-02T08:00",
     "2026-03-09T17:00"),  # 2 | 3, 4, 5, 6, 9
    ("death, insurance ≤ 9", DEATH, 18, True, {"kind": "insurance"}, "2026-03-02T08:00",
     "2026-03-12T17:00"),  # 2 | 3-6, 9-12
    ("death, none known", DEATH, 18, True, {}, "2026-03-02T08:00", "2026-03-25T17:00"),
    ("death, no benefit", DEATH, 18, True, {"kind": "none"}, "2026-03-02T08:00",
     "2026-03-02T17:00"),  # the day itself: registration and residence
    ("death before Tết", DEATH, 18, True, {"kind": "revolution"}, "2026-02-13T15:30",
     "2026-03-18T17:00"),  # 23/02 | 24-27, 02-06, 09-13, 16-18
    ("land 5 + 3", LAND, 8, False, {}, "2026-03-02T08:00", "2026-03-12T17:00"),  # 3-9 | 10-12
    ("land in hours", LAND_HOURS, 8, True, {}, "2026-03-02T07:30", "2026-03-11T17:00"),  # 64 h
    ("karaoke 3 + 3 + 10", KARAOKE, 16, False, {}, "2026-03-02T08:00",
     "2026-03-24T17:00"),  # 3-5 | 6, 9, 10 | 11-13, 16-20, 23, 24
    ("nested 1 + max(2 + 3, 4) + 1", NESTED, 7, False, {}, "2026-03-02T08:00",
     "2026-03-11T17:00"),  # 3 | 4, 5 | 6, 9, 10 | 11
]  # fmt: skip


def law_of(legs: list[dict[str, Any]], days: int, *, counts: bool, **more: Any) -> Any:
    """Return a procedure with this chain; its limit closes at 15:00."""
    limit = {
        "amount": days,
        "unit": "working_day",
        "counts_reception_day": counts,
        "cut_off": "15:00" if counts else "none",
    }
    facts = {"kind": {"type": "text", "set_by": ["received"]}}
    written = [one for one in legs if one["id"] != "residence" or one["amount"] != 5]
    made = procedure(limit, legs=written, facts=facts, **more)
    if len(written) == len(legs):
        return made
    return _with(made, legs)


def _with(made: Any, legs: list[dict[str, Any]]) -> Any:
    """Put in legs that a file may not have: longer than the limit of the whole."""
    fields = ("id", "name", "agency", "amount")
    whole = tuple(Leg(after=tuple(x["after"]), **{k: x[k] for k in fields}) for x in legs)
    return type(made)(**{**vars(made), "legs": whole})


def received(moment: str, **facts: Any) -> DossierReceived:
    """Return a reception with what is known at the counter."""
    return DossierReceived(
        at=at(moment), code="c", procedure="1.000001", version="1", channel="counter",
        receiving_unit="a", competent_agency="a", facts=facts,
    )  # fmt: skip


def deadline(law: Any, moment: str, *history: Event, **facts: Any) -> Any:
    """Return the deadline of a dossier of the chain."""
    record = [received(moment, **facts), *history]
    return due(law.time_limit, law, at(moment), "counter", record, OFFICE)


@pytest.mark.parametrize(
    ("legs", "days", "counts", "facts", "moment", "expected"),
    [pytest.param(*case[1:], id=case[0]) for case in CHAINS],
)
def test_a_chain_has_the_appointment_its_text_says(
    legs: list[dict], days: int, counts: bool, facts: dict, moment: str, expected: str
) -> None:
    found = deadline(law_of(legs, days, counts=counts), moment, **facts)
    assert found.due_at == at(expected), [line.text for line in found.explanation]


def test_the_explanation_says_which_legs_decide_and_how_long_the_others_may_wait() -> None:
    found = deadline(law_of(DEATH, 18, counts=True), "2026-03-02T08:00", kind="insurance")
    texts = [line.text for line in found.explanation]
    assert "Đường quyết định: death → Mai táng, tử tuất bảo hiểm xã hội." in texts
    residence = next(t for t in texts if "residence" in t)
    assert "trong ngày" in residence
    assert "còn dư 3840 phút làm việc" in residence  # 8 days of 8 hours
    assert not any("người có công" in t for t in texts)
    assert [(one.id, one.critical, one.slack_minutes) for one in found.legs] == [
        ("death", True, 0),
        ("residence", False, 3840),
        ("insurance", True, 0),
    ]
    source = next(line.source for line in found.explanation if "«death»" in line.text)
    assert source == "TNT:75c688aaa4ec20c7"


def test_the_limit_of_the_whole_wins_and_says_so() -> None:
    found = deadline(law_of(VERIFIED, 5, counts=True), "2026-03-02T08:00")
    said = "Các khâu dài hơn thời hạn chung: theo thời hạn chung, 17:00 06/03/2026."
    assert said in [line.text for line in found.explanation]


def test_slack_of_a_nested_chain_runs_back_through_its_followers() -> None:
    found = deadline(law_of(NESTED, 7, counts=False), "2026-03-02T08:00")
    assert {one.id: (one.critical, one.slack_minutes) for one in found.legs} == {
        "a": (True, 0),
        "b": (True, 0),
        "c": (True, 0),
        "d": (False, 480),  # 4 days beside 2 + 3
        "e": (True, 0),
    }


def test_a_fact_learnt_on_the_way_changes_the_appointment() -> None:
    law = law_of(DEATH, 18, counts=True)
    learnt = StepCompleted(
        at=at("2026-03-02T10:00"), step="s", element="work", facts={"kind": "welfare"}
    )
    assert deadline(law, "2026-03-02T08:00").due_at == at("2026-03-25T17:00")
    assert deadline(law, "2026-03-02T08:00", learnt).due_at == at("2026-03-09T17:00")


def test_what_does_not_count_moves_the_appointment_of_a_chain_too() -> None:
    law = law_of(LAND, 8, counts=False)
    waited = [opened("2026-03-09T08:00"), done("2026-03-10T08:00")]  # a day of working time
    assert deadline(law, "2026-03-02T08:00", *waited).due_at == at("2026-03-13T17:00")


def test_an_extension_goes_on_where_the_chain_ends() -> None:
    allowed = {"allowed": True, "amount": 3, "unit": "working_day"}
    law = law_of(LAND, 8, counts=False, extension=allowed)
    longer = DeadlineExtended(at=at("2026-03-03T08:00"), reason="r", new_due_at="", signer="s")
    assert deadline(law, "2026-03-02T08:00", longer).due_at == at("2026-03-17T17:00")  # 13,16,17


WRONG = [
    ([leg("a", 8), leg("a", 8)], "legs[1].id"),
    ([leg("a", 8, "b")], "legs[0].after"),
    ([leg("a", 8, "a")], "legs[0].after"),
    ([leg("a", 8), leg("b", 8, "c"), leg("c", 8, "b")], "legs"),
    ([leg("a", 4), leg("b", 5, "a")], "legs"),
    ([leg("a", -1)], "legs[0].amount"),
    ([leg("a", 0, unit="hour")], "legs[0].amount"),
    ([leg("a", 8, agency="somewhere")], "legs[0].agency"),
    ([leg("a", 8, fact="nothing", value=1)], "legs[0].fact"),
    ([leg("a", 8, fact="complete", value="yes")], "legs[0].value"),
]


def chained(legs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a sound file whose limit of eight days is that of a chain."""
    values = deepcopy(SOUND)
    values.pop("stages")
    return {**values, "legs": legs}


@pytest.mark.parametrize(("legs", "named"), WRONG)
def test_a_chain_that_cannot_be_is_named(legs: list[dict], named: str) -> None:
    assert [p.path for p in check_procedure(chained(legs))] == [named]


def test_a_short_chain_is_a_warning_and_other_units_are_not_compared() -> None:
    short = check_procedure(chained([leg("a", 7)]))
    assert [(p.path, p.severity) for p in short] == [("legs", "warning")]
    assert check_procedure(chained([leg("a", 700, unit="working_hour")])) == ()
    assert check_procedure(chained([leg("a", 8)])) == ()


def test_a_procedure_has_a_chain_or_several_appointments_not_both() -> None:
    values = {**deepcopy(SOUND), "legs": [leg("a", 8)]}
    assert [p.path for p in check_procedure(values)] == ["legs"]


def test_the_diagram_has_to_go_the_way_the_legs_do() -> None:
    definition = compile_definition(read(PROCESS.encode()))

    def said(*legs: dict[str, Any]) -> dict[str, str]:
        law = procedure({"amount": 8, "unit": "working_day"}, legs=legs)
        found = law.agrees_with(definition)
        return {p.path: p.severity for p in found if p.path.startswith("legs")}

    first, then = leg("a", 4, element="check"), leg("b", 4, "a", element="sign")
    assert said(first, then) == {}
    assert said(leg("a", 4, element="sign"), leg("b", 4, "a", element="check")) == {
        "legs[1].after": "warning"
    }
    assert said(leg("a", 8, element="nowhere")) == {"legs[0].element": "error"}


# --- any net ----------------------------------------------------------------------------------


@st.composite
def nets(draw: st.DrawFn) -> list[Leg]:
    """Return legs each of which follows some of those before it."""
    legs: list[Leg] = []
    for number in range(draw(st.integers(1, 7))):
        earlier = [one.id for one in legs]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        amount = draw(st.integers(0, 6))
        legs.append(
            Leg(id=f"l{number}", name="x", agency="competent", amount=amount, after=tuple(after))
        )
    return draw(st.permutations(legs))


def counted(legs: list[Leg], limit: TimeLimit, lines: list[Line]) -> ChainDeadline:
    start = at("2026-03-02T08:00")
    return chain_due(legs, limit, start, {}, OFFICE, lines)


@given(nets())
def test_a_chain_in_one_unit_takes_the_days_of_its_longest_way(legs: list[Leg]) -> None:
    limit = TimeLimit(amount=99, unit=Unit.WORKING_DAY)
    found = counted(legs, limit, [])
    days = OFFICE.working_days_between(at("2026-03-02T08:00").date(), found.counted.due_at.date())
    assert days == longest(legs)
    assert {one.id for one in found.legs} == {one.id for one in legs}
    assert any(one.critical for one in found.legs)
    by_id = {one.id: one for one in found.legs}
    for one in legs:
        assert all(by_id[e].due_at <= by_id[one.id].starts_at for e in one.after)
        assert by_id[one.id].slack_minutes >= 0


@given(nets())
def test_a_longer_leg_never_makes_a_chain_shorter(legs: list[Leg]) -> None:
    limit = TimeLimit(amount=199, unit=Unit.WORKING_DAY)
    before = counted(legs, limit, []).counted.due_at
    for number in range(len(legs)):
        values = vars(legs[number]) | {"amount": legs[number].amount + 1}
        longer = counted([*legs[:number], Leg(**values), *legs[number + 1 :]], limit, [])
        grown = longer.counted.due_at - before
        was_critical = next(x for x in counted(legs, limit, []).legs if x.id == legs[number].id)
        assert grown >= timedelta(0)
        assert (grown > timedelta(0)) == (was_critical.slack_minutes == 0)


def test_legs_are_worked_on_in_an_order_that_keeps_what_follows_behind() -> None:
    legs = [Leg(id=i, name=i, agency="competent", after=a) for i, a in (("b", ("a",)), ("a", ()))]
    assert [one.id for one in ordered(legs)] == ["a", "b"]
    assert all(set(y.after) <= {x.id} for x, y in pairwise(ordered(legs)))
