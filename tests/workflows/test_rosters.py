"""Lists of people: all that is wrong is said at once; a faulty list writes nothing."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.law.authority import Actor
from engine.law.working_time import ZONE
from tests.builders import CENTRE, COMMUNE
from tests.rosters import HEAD, row, xlsx
from workflows import people, rosters
from workflows.errors import Forbidden, InvalidInput
from workflows.office import Office
from workflows.roster_files import MOST_BYTES, MOST_ROWS, RosterUnreadable, read_roster
from workflows.rosters import NEW_PERSON, NEW_POST, NOTHING, RosterRefused, TakeRoster
from workflows.store import tables

ADMIN = Actor(person="quan.tri", agency=COMMUNE, role="administrator")
DAY = date(2026, 9, 1)


def counts(office: Office) -> tuple[int, ...]:
    written = (tables.person, tables.person_name, tables.membership, tables.past_post)
    ask = [sa.select(sa.func.count()).select_from(table) for table in written]
    return office.store.read(lambda uow: tuple(uow.connection.execute(q).scalar_one() for q in ask))


def test_every_cell_that_cannot_be_used_is_said_at_once() -> None:
    moved = unicodedata.normalize("NFD", "Hoàng  Thị Ngọc")
    content = xlsx(
        ("an", moved, COMMUNE, "Chuyên viên", DAY, "30/9/2026"),
        (12345.0, "Lý Văn Bình", COMMUNE, "officer", "2026-09-01", None),
        (),
        ("=1+1", "Cúc", True, "officer", "hôm qua", date(1800, 1, 1)),
        ("dung", "x" * 300, DAY, "officer", 46000, "31/02/2026"),
    )
    rows, faults = read_roster(content)
    assert [(r.row, r.person, r.name) for r in rows[:2]] == [
        (2, "an", "Hoàng Thị Ngọc"), (3, "12345", "Lý Văn Bình"),
    ]  # fmt: skip
    assert (rows[0].valid_from, rows[0].valid_to) == (DAY, date(2026, 9, 30))
    assert rows[1].valid_from == DAY
    assert [f.cell for f in faults] == ["A5", "C5", "E5", "F5", "B6", "C6", "E6", "F6"]
    assert "công thức" in faults[0].text
    assert "01/07/2026" in faults[2].text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"person,name\n", "không phải tệp XLSX"),
        (b"x" * (MOST_BYTES + 1), "lớn quá"),
        (xlsx(head=("Mã cán bộ", "Họ tên")), "tiêu đề"),
        (xlsx(head=(*HEAD, "Họ và tên")), "hai cột"),
        (xlsx(), "không có dòng nào"),
        (xlsx(*[("a", "b", "c", "d")] * (MOST_ROWS + 1)), "nhiều quá"),
    ],
    ids=["text", "large", "columns", "twice", "empty", "rows"],
)
def test_what_is_no_list_is_refused_with_what_to_do(content, said) -> None:
    with pytest.raises(RosterUnreadable, match=said):
        read_roster(content)


def test_a_template_filled_in_is_a_list(office: Office) -> None:
    import io  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(rosters.roster_template(office, ADMIN)))
    assert COMMUNE in {cell.value for (cell, *_) in book["Hướng dẫn"].iter_rows()}
    for at, value in enumerate(("an", "Trần Văn An", COMMUNE, "Chuyên viên", DAY), 1):
        book["Cán bộ"].cell(row=2, column=at, value=value)
    out = io.BytesIO()
    book.save(out)
    [line], faults = read_roster(out.getvalue())
    assert (line.person, line.role, line.valid_from, faults) == ("an", "Chuyên viên", DAY, ())
    with pytest.raises(Forbidden):
        rosters.roster_template(office, Actor(person="x", agency=COMMUNE, role="leader"))


def test_a_list_is_taken_whole_and_a_second_time_changes_nothing(office: Office) -> None:
    rows = (
        row(2, "an", COMMUNE, "Chuyên viên", name="Trần Văn An", valid_to=date(2026, 12, 31)),
        row(3, "an", COMMUNE, "leader", name="Trần Văn An"),
        row(4, "binh", CENTRE, "MỘT CỬA", valid_from=DAY),
    )
    plan = rosters.plan_roster(office, ADMIN, rows)
    assert [line.what for line in plan.lines] == [NEW_PERSON, NEW_POST, NEW_PERSON]
    assert counts(office) == (0, 0, 0, 0)
    done = rosters.take_roster(office, ADMIN, TakeRoster(rows=rows, idempotency_key="k1"))
    assert done == plan
    assert rosters.take_roster(office, ADMIN, TakeRoster(rows=rows, idempotency_key="k1")) == plan
    after = counts(office)
    assert after == (2, 2, 3, 0)
    again = rosters.take_roster(office, ADMIN, TakeRoster(rows=rows))
    assert [line.what for line in again.lines] == [NOTHING] * 3
    assert counts(office) == after
    posts = people.read_person(office, ADMIN, "an").posts
    assert [(p.role, p.valid_to) for p in posts] == [
        ("leader", None), ("officer", datetime(2027, 1, 1, tzinfo=ZONE)),
    ]  # fmt: skip
    [starts] = people.read_person(office, ADMIN, "binh").posts
    assert starts.valid_from == datetime(2026, 9, 1, tzinfo=ZONE)


BAD = {
    "code": (row(9, "có dấu", COMMUNE), "A9"),
    "name": (row(9, "moi", COMMUNE, name="123"), "B9"),
    "role": (row(9, "moi", COMMUNE, "vua"), "D9"),
    "agency": (row(9, "moi", "nowhere"), "C9"),
    "not governed": (row(9, "moi", "H55.21"), "C9"),
    "oneself": (row(9, "quan.tri", COMMUNE), "A9"),
    "another's code": (row(9, "an", COMMUNE, name="Lê Thị Khác"), "B9"),
    "backwards": (row(9, "moi", COMMUNE, valid_from=DAY, valid_to=date(2026, 8, 1)), "F9"),
    "over": (row(9, "moi", COMMUNE, valid_to=date(2026, 1, 1)), "F9"),
    "twice": (row(9, "an", COMMUNE, "head_of_section", name="Trần Văn An"), "A9"),
    "who left": (row(9, "cu", COMMUNE, name="Ngô Văn Cũ"), "A9"),
}
AN = row(2, "an", COMMUNE, "head_of_section", name="Trần Văn An")


@pytest.fixture
def staffed(office: Office) -> Office:
    before = (row(2, "an", COMMUNE, name="Trần Văn An"), row(3, "cu", COMMUNE, name="Ngô Văn Cũ"))
    rosters.take_roster(office, ADMIN, TakeRoster(rows=before))
    people.end_person(office, ADMIN, people.EndPerson(person="cu", reason="nghỉ hưu"))
    return office


def test_each_kind_of_fault_names_its_cell_and_nothing_is_written(staffed: Office) -> None:
    before = counts(staffed)
    for name, (bad, cell) in BAD.items():
        with pytest.raises(RosterRefused) as refused:
            rosters.take_roster(staffed, ADMIN, TakeRoster(rows=(AN, bad)))
        assert [fault.cell for fault in refused.value.faults] == [cell], name
    assert counts(staffed) == before


@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_with_faults_writes_nothing_and_one_without_writes_once(office, data) -> None:
    """Any mixture of rows: all of them or none, and the same list again changes nothing."""
    roles = st.sampled_from(["officer", "leader", "Chuyên viên", "vua"])
    codes = st.sampled_from(["a1", "a2", "a3", "b"])
    place = st.sampled_from([COMMUNE, CENTRE, CENTRE, COMMUNE, "nowhere"])
    drawn = data.draw(st.lists(st.tuples(codes, place, roles), max_size=6))
    rows = tuple(row(n, *values) for n, values in enumerate(drawn, 2))
    before, plan = counts(office), rosters.plan_roster(office, ADMIN, rows)
    assert counts(office) == before
    if plan.faults:
        with pytest.raises(RosterRefused):
            rosters.take_roster(office, ADMIN, TakeRoster(rows=rows))
        assert counts(office) == before
        return
    rosters.take_roster(office, ADMIN, TakeRoster(rows=rows))
    after = counts(office)
    assert after[0] == before[0] + plan.count(NEW_PERSON)
    assert after[2] == before[2] + plan.count(NEW_PERSON) + plan.count(NEW_POST)
    rosters.take_roster(office, ADMIN, TakeRoster(rows=rows))
    assert counts(office) == after


def test_a_list_that_is_too_long_and_a_stranger_are_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        rosters.plan_roster(office, ADMIN, [AN] * (MOST_ROWS + 1))
    for role in ("leader", "auditor", "one_stop_clerk"):
        with pytest.raises(Forbidden):
            rosters.plan_roster(office, Actor(person="x", agency=COMMUNE, role=role), ())


def test_the_longest_list_is_taken_in_seconds(office: Office) -> None:
    rows = tuple(row(n, f"nguoi.{n}", COMMUNE) for n in range(2, MOST_ROWS + 2))
    rosters.take_roster(office, ADMIN, TakeRoster(rows=rows))
    assert counts(office)[0] == MOST_ROWS
