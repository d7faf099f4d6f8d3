"""The compliance cost of a year, worked out by hand from what was done at the counter."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.timing.cost import (
    CostTask,
    Income,
    Per,
    Price,
    PriceMissing,
    PriceTable,
    Subject,
    TaskKind,
)
from tests.builders import CLERK, CODE, COMMUNE, LEADER, OFFICER, person, receive, task_of
from workflows import results, supplements, tasks
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.results import ReturnResult
from workflows.review import costing
from workflows.review.costing import CostQuery, TooFewDossiers
from workflows.supplements import RequestSupplement, TakeSupplement
from workflows.tables import Tables, TaskRow, read_tables
from workflows.tasks import CompleteTask

REVIEWER = person("reviewer", COMMUNE)
TASKS = (
    # 30 minutes of 40,000 an hour is 20,000; two pages are 2,000: 22,000 a paper
    TaskRow(
        task=CostTask(
            id="prepare", name="Chuẩn bị", kind=TaskKind.PREPARE, minutes=30, buys={"page": 2}
        ),
        each_component=True,
    ),
    # 60 minutes are 40,000 and a ride is 20,000: 60,000 a visit
    TaskRow(
        task=CostTask(id="visit", name="Đi lại", kind=TaskKind.SUBMIT, minutes=60,
                      buys={"ride": 1}, per=Per.VISIT)
    ),
    # 30 minutes: 20,000 a round
    TaskRow(
        task=CostTask(id="again", name="Sửa", kind=TaskKind.OTHER, minutes=30, per=Per.ROUND)
    ),
)  # fmt: skip
PRICES = PriceTable(
    year=2025,
    incomes={
        Subject.INDIVIDUAL: Income(subject=Subject.INDIVIDUAL, amount_vnd=40_000, source="thử")
    },
    prices={
        "page": Price(id="page", name="In", amount_vnd=1_000, source="thử"),
        "ride": Price(id="ride", name="Đi", amount_vnd=20_000, source="thử", sample=True),
    },
)


@pytest.fixture
def priced(office: Office) -> Office:
    """An office whose tables are those above."""
    office.catalogue.tables = Tables(prices={2025: PRICES}, tasks=TASKS)
    return office


def a_year(office: Office) -> None:
    """Five dossiers at the counter; one is asked for a paper once, one is handed over by post."""
    views = [receive(office) for _ in range(5)]
    ask = RequestSupplement(
        dossier=views[0].id,
        task=task_of(views[0], "check").task,
        components=("form",),
        reason="mờ",
    )
    view = supplements.request(office, CLERK, ask)
    supplements.take(office, CLERK, TakeSupplement(dossier=view.id, components=("form",)))
    view = views[1]
    for element, actor in (("check", CLERK), ("review", OFFICER), ("sign", LEADER)):
        done = CompleteTask(dossier=view.id, task=task_of(view, element).task)
        view = tasks.complete(office, actor, done)
    results.return_result(
        office,
        CLERK,
        ReturnResult(
            dossier=view.id,
            manner="post",
            tracking_code="EA1",
        ),
    )


QUERY = CostQuery(code=CODE, year=2026)


def test_a_year_costs_what_its_dossiers_did(priced: Office) -> None:
    a_year(priced)
    found = costing.cost(priced, REVIEWER, QUERY)
    often = found.way.frequencies
    # five came to submit, one came again with a paper, four will come for the result
    assert (often.visits, often.rounds) == (Fraction(10, 5), Fraction(1, 5))
    # 22,000 + 2 x 60,000 + 0.2 x 20,000
    assert found.cost.dossier_vnd == 22_000 + 120_000 + 4_000
    assert found.cost.year_vnd == 146_000 * 5
    assert (found.benefit, found.prices.year, found.sample) == (None, 2025, True)


def test_what_is_dropped_is_saved(priced: Office) -> None:
    a_year(priced)
    query = replace(QUERY, drop_components=("form",), drop_tasks=("again",))
    found = costing.cost(priced, REVIEWER, query)
    assert found.benefit is not None
    assert found.benefit.year_vnd == (22_000 + 4_000) * 5
    assert found.benefit.basis_points == 1781  # 26,000 of 146,000
    [compared, before, after] = costing.as_sheets(found)
    assert compared.rows[1][1:] == (730_000, 600_000, 130_000)
    assert before.total is not None
    assert after.total is not None
    assert (before.total[7], after.total[7]) == (730_000, 600_000)
    assert costing.SAMPLE in after.notes


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (replace(QUERY, drop_components=("x",)), "«x»"),
        (replace(QUERY, drop_tasks=("x",)), "«x»"),
        (replace(QUERY, year=0), "năm bốn chữ số"),
    ],
)
def test_what_is_not_there_cannot_be_dropped(priced: Office, query: CostQuery, words: str) -> None:
    a_year(priced)
    with pytest.raises(InvalidInput, match=words):
        costing.cost(priced, REVIEWER, query)


def test_few_dossiers_a_stranger_and_a_year_without_prices_are_refused(priced: Office) -> None:
    receive(priced)
    with pytest.raises(TooFewDossiers, match="chỉ có 1 hồ sơ"):
        costing.cost(priced, REVIEWER, QUERY)
    with pytest.raises(Forbidden):
        costing.cost(priced, OFFICER, QUERY)
    with pytest.raises(Forbidden):
        costing.cost(priced, replace(REVIEWER, agency="H55.81.01"), replace(QUERY, agency=COMMUNE))
    with pytest.raises(NotFound, match="2024"):
        costing.cost(priced, REVIEWER, replace(QUERY, year=2024))


def test_an_income_nobody_wrote_down_is_named(priced: Office) -> None:
    a_year(priced)
    with pytest.raises(PriceMissing, match="enterprise"):
        costing.cost(priced, REVIEWER, replace(QUERY, subject=Subject.ENTERPRISE))


def test_an_earlier_year_is_compared_by_the_same_prices(priced: Office) -> None:
    a_year(priced)
    with pytest.raises(TooFewDossiers, match="2025"):
        costing.cost(priced, REVIEWER, replace(QUERY, before=2025))
    found = costing.cost(priced, REVIEWER, replace(QUERY, before=2026))
    assert found.benefit is not None
    assert found.benefit.year_vnd == 0


WRONG = {
    "prices.toml": ("", ""),
    "a price without a source": (
        '[[incomes]]\nsubject="individual"\namount_vnd=1\n', "không ghi nguồn"),
    "a price in hundredths": (
        '[[incomes]]\nsubject="individual"\namount_vnd=1.5\nsource="x"\n', "nguyên đồng"),
    "no such subject": ('[[incomes]]\nsubject="x"\namount_vnd=1\nsource="x"\n', "'x'"),
    "what a task buys": ("incomes=[]\n", "Thiếu giá «ride»"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_table_with_a_fault_is_named(tmp_path, case: str) -> None:
    text, words = WRONG[case]
    folder = tmp_path / "shared" / "compliance"
    folder.mkdir(parents=True)
    prices = "prices=[]\nyear=2026\n" + (text or "incomes=[]\n")
    (folder / "2026.toml").write_text(prices, encoding="utf-8")
    if case.startswith("what"):
        (folder / "tasks.toml").write_text(
            '[[tasks]]\nid="a"\nname="a"\nkind="pay"\nbuys={ride=1}\n', encoding="utf-8"
        )
    _, wrong = read_tables(tmp_path)
    assert [words in line for line in wrong] == ([True] if words else [])


def test_a_procedure_may_have_tasks_of_its_own(tmp_path) -> None:
    own = tmp_path / "birth" / "compliance.toml"
    own.parent.mkdir()
    own.write_text('[[tasks]]\nid="a"\nname="a"\nkind="pay"\nper="online"\n', encoding="utf-8")
    tables, wrong = read_tables(tmp_path)
    assert wrong == []
    assert [t.per for t in tables.tasks_of("birth", ())] == [Per.ONLINE]
    assert tables.tasks_of("other", ()) == ()
