"""Tables of every hand are read; what cannot be is named by line and column."""

from __future__ import annotations

import pytest

from engine.timing.exchange.csv_in import CsvMapping, delimiter_of, encoding_of, read_csv
from engine.timing.exchange.csv_out import BOM, write_csv
from engine.timing.exchange.logs import (
    Attribute,
    LogEvent,
    ScatteredCases,
    Trace,
    UnreadableLog,
    by_case,
    each_once,
)
from engine.timing.exchange.moments import iso, iso_reader, order_of, pattern_reader, reader_for

NOON = 1_772_427_600_000_000  # 2026-03-02 12:00 in Viet Nam


def read(text: str, mapping: CsvMapping | None = None, **options):
    return list(read_csv(text.splitlines(keepends=True), mapping, **options))


def test_usual_names_in_two_languages_are_found() -> None:
    want = [("1", LogEvent("A", NOON, None, "", "", "An"))]
    assert read("Mã hồ sơ\tHoạt động\tThời điểm\tCán bộ\n1\tA\t2026-03-02 12:00\tAn\n") == want
    pm4py = "case:concept:name,concept:name,time:timestamp,org:resource\n"
    assert read(pm4py + "1,A,2026-03-02T05:00:00Z,An\n") == want
    assert read("Case ID;Activity;Complete Timestamp;Resource\n1;A;02/03/2026 12:00;An\n") == want


def test_a_mapping_wins_over_usual_names_and_ignores_case() -> None:
    mapping = CsvMapping(case="PHIẾU", activity="việc", complete="xong", start="nhận")
    text = "Phiếu,activity,Việc,Nhận,Xong\n1,no,A,2026-03-02 11:00,2026-03-02 12:00\n"
    assert read(text, mapping) == [("1", LogEvent("A", NOON, NOON - 3_600_000_000))]


def test_quoted_cells_may_hold_anything_and_lines_are_still_counted() -> None:
    text = 'case,activity,timestamp\n1,"A, ""b""\nc",2026-03-02 12:00\n\n2,B,never\n'
    with pytest.raises(UnreadableLog, match="Dòng 5, cột 3 «timestamp»: «never»"):
        read(text)
    assert read(text.replace("2,B,never\n", ""))[0][1].activity == 'A, "b"\nc'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Dòng 1: tệp rỗng"),
        ("a,b\n", "Không biết cột nào là mã hồ sơ .*«a», «b»"),
        ("case,b\n", "Không biết cột nào là hoạt động"),
        ("case,activity\n", "Không biết cột nào là thời điểm"),
        ("case,activity,time\n1,A\n", "Dòng 2: có 2 ô, nhưng dòng tên cột có 3 ô"),
        ("case,activity,time\n1,A,2026-03-02,x\n", "Dòng 2: có 4 ô"),
        ("case,activity,time\n ,A,2026-03-02\n", "Dòng 2, cột 1 «case»: không có mã hồ sơ"),
        ("case,activity,time\n1,A,31/02/2026\n", "Dòng 2, cột 3 «time»: «31/02/2026»"),
        ("case,activity,time\n1,A,9999-12-31T23:59:59.9-9\n", "Dòng 2, cột 3"),
        (f'case,activity,time\n1,"{"x" * 1_000_001}",2026\n', "Dòng 2: không đọc được"),
    ],
)
def test_a_refusal_names_line_and_column(text: str, words: str) -> None:
    with pytest.raises(UnreadableLog, match=words):
        read(text)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreadableLog, match="Không có cột «Who»; tệp có: «case»"):
        read("case,activity,time\n", CsvMapping(resource="Who"))


def test_a_wrong_encoding_is_named_not_guessed() -> None:
    def lines():
        yield "case,activity,time\n"
        yield b"1,Nh\xe2n,2026-01-01\n".decode("utf-8")

    with pytest.raises(UnreadableLog, match=r"Sau dòng 1: .*«utf-8».*--encoding"):
        list(read_csv(lines()))


def test_an_empty_trailing_cell_does_no_harm_and_an_empty_moment_is_none() -> None:
    assert read("case,activity,time\n1,A,,\n") == [("1", LogEvent("A", None))]


def test_other_columns_are_kept_when_asked_for() -> None:
    text = "case,activity,time,phí\n1,A,2026-03-02 12:00,5\n2,B,2026-03-02 12:00,\n"
    kept = [event.extras for _, event in read(text, keep=True)]
    assert kept == [(Attribute("string", "phí", "5"),), ()]
    assert [event.extras for _, event in read(text)] == [(), ()]


def test_encodings_are_told_by_their_mark() -> None:
    assert encoding_of(b"\xef\xbb\xbfcase") == "utf-8-sig"
    assert encoding_of("case".encode("utf-16")) == "utf-16"
    assert encoding_of(b"case") == "utf-8"


def test_the_delimiter_is_the_most_frequent_outside_quotes() -> None:
    assert delimiter_of('"a,b,c";d;e') == ";"
    assert delimiter_of("a|b") == "|"
    assert delimiter_of("a") == ","


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:00:00+07:00", "2026-03-02T05:00:00Z", "2026-03-02 12:00", "20260302T120000",
        "02/03/2026 12:00", "2/3/2026 12:00:00", "02-03-2026 12:00:00.000", "02.03.26 12:00",
        "2026/03/02 12:00:00.000", "02/03/2026 12:00 PM", "02/03/2026 12:00 CH",
        "02/03/2026 05:00:00 UTC", "02/03/2026 04:00 -0100",
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_and_programs_write_it(text: str) -> None:
    assert reader_for([text])(text) == NOON


def test_the_order_of_a_date_is_told_by_all_samples() -> None:
    assert order_of(["03/04/2019", "04/05/2019"]) == "dmy"
    assert order_of(["03/04/2019", "04/13/2019"]) == "mdy"
    assert order_of(["13/04/2019", "04/13/2019"]) == "dmy"
    assert order_of(["2019/04/13"]) == "ymd"
    assert reader_for(["12/31/2025 11:00 PM"])("1/2/2026 12:30 AM") == iso_reader()(
        "2026-01-02 00:30"
    )
    assert pattern_reader("%d %b %Y")("02 Mar 2026") == iso_reader()("2026-03-02")
    assert pattern_reader("%Y-%m-%d %z")("2026-03-02 +0000") == iso_reader()("2026-03-02T00:00Z")


@pytest.mark.parametrize("text", ["", "hôm qua", "32/01/2026", "1/1/1", "2026-13-01", "1772427600"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    read = reader_for(["01/02/2026"])
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own, with Python's own words
        read(text)


def test_moments_are_written_as_exact_as_they_are() -> None:
    assert iso(NOON) == "2026-03-02T05:00:00.000+00:00"
    assert iso(NOON + 1) == "2026-03-02T05:00:00.000001+00:00"


def test_a_table_for_spreadsheets_begins_with_its_mark() -> None:
    events = [("1", LogEvent("Nhận, xem", NOON, extras=(Attribute("string", "x", "y"),)))]
    text = "".join(write_csv(events, extras=("x", "z"), bom=True))
    assert text == (
        BOM + "case_id,activity,start_timestamp,timestamp,lifecycle,instance,resource,x,z\r\n"
        '1,"Nhận, xem",,2026-03-02T05:00:00.000+00:00,,,,y,\r\n'
    )
    many = "".join(write_csv([("1", LogEvent("A", 0))] * 2001))
    assert many.count("\r\n") == 2002


def test_cases_come_together_only_while_they_are_together() -> None:
    a, b = LogEvent("a", 0), LogEvent("b", 1)
    assert list(by_case([("1", a), ("1", b), ("2", a)])) == [Trace("1", [a, b]), Trace("2", [a])]
    assert list(by_case([])) == []
    with pytest.raises(ScatteredCases, match="«1» nằm rải rác"):
        list(each_once(by_case([("1", a), ("2", a), ("1", b)])))
