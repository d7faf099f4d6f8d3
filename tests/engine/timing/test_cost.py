"""Compliance cost, worked out by hand: what each figure rests on stands beside it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timing.cost import (
    Cost,
    CostTask,
    Frequencies,
    Income,
    Per,
    Price,
    PriceMissing,
    PriceTable,
    Subject,
    TaskKind,
    Volume,
    Way,
    benefit_of,
    compare,
    cost_of,
    frequencies_of,
    rounded,
    without_components,
    without_tasks,
)

PRICES = PriceTable(
    year=2026,
    incomes={
        Subject.INDIVIDUAL: Income(subject=Subject.INDIVIDUAL, amount_vnd=30_000, sample=True)
    },
    prices={
        "copy": Price(id="copy", name="Chứng thực một bản sao", amount_vnd=6_000, sample=True),
        "ride": Price(id="ride", name="Một lượt đi và về", amount_vnd=20_000, sample=True),
    },
)
OFTEN = Frequencies(
    dossiers=10,
    visits=Fraction(22, 10),
    rounds=Fraction(3, 10),
    counter=Fraction(8, 10),
    online=Fraction(2, 10),
    post=Fraction(0),
    collected_in_person=Fraction(1),
)
TASKS = (
    # 30 minutes at 30,000 an hour = 15,000; two copies = 12,000; once a dossier: 27,000
    CostTask(
        id="land",
        name="Chuẩn bị giấy tờ đất",
        kind=TaskKind.PREPARE,
        minutes=30,
        buys={"copy": 2},
        component="land_paper",
    ),
    # 60 minutes = 30,000 and a ride = 20,000; 2.2 visits a dossier: 110,000
    CostTask(
        id="visit",
        name="Đi và chờ ở bộ phận một cửa",
        kind=TaskKind.SUBMIT,
        minutes=60,
        buys={"ride": 1},
        per=Per.VISIT,
    ),
    # 20 minutes = 10,000; two dossiers in ten: 2,000
    CostTask(
        id="upload",
        name="Nộp trực tuyến",
        kind=TaskKind.SUBMIT,
        minutes=20,
        per=Per.ONLINE,
    ),
)
WAY = Way(
    subject=Subject.INDIVIDUAL,
    tasks=TASKS,
    fees_vnd=75_000,
    frequencies=OFTEN,
    volume=Volume(times=1, subjects=400),
)


def test_every_line_is_minutes_and_purchases_times_its_frequency():
    cost = cost_of(WAY, PRICES)
    assert [line.once_vnd for line in cost.lines] == [27_000, 50_000, 10_000]
    assert [line.dossier_vnd for line in cost.lines] == [27_000, 110_000, 2_000]


def test_a_dossier_costs_its_lines_and_its_fees_and_a_year_all_its_dossiers():
    cost = cost_of(WAY, PRICES)
    assert cost.dossier_vnd == 27_000 + 110_000 + 2_000 + 75_000
    assert cost.fees_vnd == 75_000
    assert cost.year_vnd == 214_000 * 400


def test_dropping_a_paper_drops_the_tasks_that_prepare_it():
    benefit = benefit_of(WAY, without_components(WAY, ["land_paper"]), PRICES)
    assert benefit.year_vnd == 27_000 * 400
    assert benefit.basis_points == rounded(Fraction(27_000 * 10_000, 214_000))  # 12.62 %
    assert benefit.percent == Fraction(1262, 100)


def test_dropping_a_task_drops_it_alone():
    left = without_tasks(WAY, ["upload"])
    assert [task.id for task in left.tasks] == ["land", "visit"]


def test_the_published_case_of_procedure_2_000635_comes_out():
    """Hà Nội, QĐ 1811/QĐ-TTPVHCC (24/12/2025): 1.024.000 to 231.000, 3.228 subjects, 77,44 %."""
    volume = Volume(times=1, subjects=3_228)

    def published(dossier: int) -> Cost:
        way = replace(WAY, tasks=(), fees_vnd=dossier, volume=volume)
        return cost_of(way, PRICES)

    benefit = compare(published(1_024_000), published(231_000))
    assert benefit.before.year_vnd == 3_305_472_000
    assert benefit.after.year_vnd == 745_668_000
    assert benefit.year_vnd == 2_559_804_000
    assert benefit.percent == Fraction(7744, 100)


def test_of_a_cost_of_nothing_nothing_is_saved():
    free = cost_of(replace(WAY, tasks=(), fees_vnd=0), PRICES)
    assert compare(free, free).basis_points == 0


def test_frequencies_are_counted_from_dossiers():
    often = frequencies_of(
        ["counter", "counter", "online", "post"], [0, 2, 1, 0], [True, True, False, True]
    )
    # two intakes at the counter, two rounds brought there, three results collected: 7 of 4
    assert often.visits == Fraction(7, 4)
    assert often.rounds == Fraction(3, 4)
    assert (often.counter, often.online, often.post) == (
        Fraction(1, 2),
        Fraction(1, 4),
        Fraction(1, 4),
    )
    assert often.collected_in_person == Fraction(3, 4)
    assert often.dossiers == 4


@pytest.mark.parametrize(
    ("channels", "rounds", "hands"), [([], [], []), (["counter"], [0, 1], [True])]
)
def test_frequencies_of_nothing_or_of_unequal_lists_are_refused(channels, rounds, hands):
    with pytest.raises(ValueError, match="per dossier"):
        frequencies_of(channels, rounds, hands)


def test_a_price_that_is_not_in_the_table_is_named():
    task = replace(TASKS[0], buys={"notary": 1})
    with pytest.raises(PriceMissing, match=r"notary.*land"):
        cost_of(replace(WAY, tasks=(task,)), PRICES)


def test_an_income_that_is_not_in_the_table_is_named():
    with pytest.raises(PriceMissing, match="enterprise"):
        cost_of(replace(WAY, subject=Subject.ENTERPRISE), PRICES)


@pytest.mark.parametrize(("value", "whole"), [("1/2", 1), ("3/2", 2), ("5/4", 1), ("7/4", 2)])
def test_half_a_dong_is_rounded_up(value, whole):
    assert rounded(Fraction(value)) == whole


tasks = st.builds(
    CostTask,
    id=st.uuids().map(str),
    name=st.just("việc"),
    kind=st.sampled_from(TaskKind),
    minutes=st.integers(0, 500),
    buys=st.dictionaries(st.sampled_from(["copy", "ride"]), st.integers(0, 5)),
    per=st.sampled_from(Per),
    component=st.sampled_from(["", "a", "b"]),
)


@given(st.lists(tasks, max_size=6), st.sampled_from(["a", "b"]))
def test_less_to_do_never_costs_more(found, dropped):
    way = replace(WAY, tasks=tuple(found))
    assert benefit_of(way, without_components(way, [dropped]), PRICES).year_vnd >= 0


@given(st.lists(tasks, max_size=6))
def test_the_order_of_tasks_does_not_matter(found):
    way, other = replace(WAY, tasks=tuple(found)), replace(WAY, tasks=tuple(reversed(found)))
    assert cost_of(way, PRICES).dossier_vnd == cost_of(other, PRICES).dossier_vnd
