"""Dossiers are found by words without marks, in pages, by the agencies that take part in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import CLERK, OFFICER, receive
from tests.workflows.counting import statements
from workflows import dossiers, reviews
from workflows.clock import SimulatedClock
from workflows.dossiers import DossierQuery
from workflows.office import Office


def names(office: Office, actor=CLERK, **asked) -> list[str]:
    page = dossiers.list_dossiers(office, actor, DossierQuery(**asked))
    return [line.applicant_name for line in page.items]


def test_words_in_any_order_and_their_beginnings_find_a_dossier(office: Office) -> None:
    receive(office, name="Đặng Thị Hồng Nhung")
    receive(office, name="Nguyễn Hồng Đăng")
    both = {"Nguyễn Hồng Đăng", "Đặng Thị Hồng Nhung"}
    assert set(names(office, q="hong dang")) == both
    assert names(office, q="nhung dang") == ["Đặng Thị Hồng Nhung"]
    assert names(office, q="hon ngu") == ["Nguyễn Hồng Đăng"]
    assert names(office, q="hong x") == []


def test_every_agency_of_a_dossier_finds_it_and_no_other(office: Office) -> None:
    receive(office, name="Lê An")
    assert names(office, OFFICER, q="le") == ["Lê An"]
    other = type(OFFICER)(person="x", agency="H55.999", role="officer")
    assert names(office, other, q="le") == []


def test_a_search_is_paged_like_the_list(office: Office) -> None:
    for number in range(7):
        receive(office, name=f"Lê Số {number}")
    seen, cursor = [], ""
    for _ in range(4):
        asked = DossierQuery(q="le so", limit=3, cursor=cursor)
        page = dossiers.list_dossiers(office, CLERK, asked)
        seen += [line.code for line in page.items]
        cursor = page.cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_search_keeps_to_the_other_conditions(office: Office) -> None:
    view = receive(office, name="Lê An")
    assert names(office, q="le", procedure=view.procedure) == ["Lê An"]
    assert names(office, q="le", procedure="9.999999") == []
    assert names(office, q="le", overdue=True) == []
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(days=90))
    assert names(office, q="le", overdue=True) == ["Lê An"]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "🙂", "ư" * 120])
def test_what_is_no_word_finds_nothing_and_breaks_nothing(office: Office, text: str) -> None:
    receive(office, name="Lê An")
    assert names(office, q=text) in ([], ["Lê An"])
    if text in {"🙂", "ư" * 120}:
        assert names(office, q=text) == []


def test_a_search_takes_as_many_statements_as_it_has_words_and_two(office: Office) -> None:
    receive(office, name="Lê Văn An")
    with statements(office.store) as sent:
        names(office, q="le van")
    assert len(sent) <= 4


def test_a_dossier_that_cannot_be_found_is_a_difference_and_is_mended(office: Office) -> None:
    view = receive(office, name="Lê An")

    def lose(uow) -> None:
        row, _ = uow.dossiers.get(view.id)
        uow.searching.index(row, frozenset({"khac"}), is_new=False)

    office.store.write(lose)
    assert [d.table for d in reviews.rebuild(office)] == ["search_word"]
    reviews.rebuild(office, check=False)
    assert reviews.rebuild(office) == ()
    assert names(office, q="le an") == ["Lê An"]
