"""Logs of other systems are kept, reviewed and forgotten; the record goes out naming nobody."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from engine.timing.exchange.columns import write_parquet
from engine.timing.exchange.csv_in import CsvMapping, read_csv
from engine.timing.exchange.logs import LogEvent, UnreadableLog, flat
from engine.timing.exchange.xes_in import XesReader
from tests.builders import CLERK, CODE, COMMUNE, OFFICER, receive, task_of
from workflows import dossiers, exchanging, tasks
from workflows.errors import NotFound
from workflows.exchanging import LogNameTaken
from workflows.office import Office
from workflows.opening import LogFile, mapped, read_mapping
from workflows.spilling import together
from workflows.tasks import ClaimTask, CompleteTask

TABLE = """Mã hồ sơ;Hoạt động;Bắt đầu;Kết thúc;Cán bộ
HS1;Nhận;02/03/2026 08:00;02/03/2026 08:10;An
HS2;Nhận;02/03/2026 08:10;02/03/2026 08:25;An
HS1;Duyệt;02/03/2026 09:10;02/03/2026 09:40;Bình
HS2;Duyệt;02/03/2026 08:20;02/03/2026 10:25;An
"""


def table(tmp_path: Path, text: str = TABLE, name: str = "log.csv") -> LogFile:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return LogFile(path)


def test_figures_of_a_stored_log_are_those_of_its_file(office: Office, tmp_path: Path) -> None:
    source = table(tmp_path)
    kept = exchanging.import_log(office, source, "Sổ cũ")
    assert (kept.name, kept.state, kept.cases, kept.events) == ("Sổ cũ", "ready", 2, 4)
    assert exchanging.imported_logs(office) == [kept]
    from_file = exchanging.review_file(table(tmp_path)).figures
    assert exchanging.review_imported(office, "Sổ cũ").figures == from_file
    # HS1 08:00 -> 09:40 is 6000 s, HS2 08:10 -> 10:25 is 8100 s
    assert from_file.duration_s["mean"] == 7050.0
    # 08:10 -> 09:10 is 3600 s; HS2's second begins before the first ends: 0
    assert from_file.dfg == (("Nhận", "Duyệt", 2, 1800.0, 1800.0),)
    assert from_file.handovers == (("An", "An", 1), ("An", "Bình", 1))


def test_a_removed_log_leaves_nothing_and_its_name_is_free(office: Office, tmp_path: Path) -> None:
    exchanging.import_log(office, table(tmp_path), "a")
    with pytest.raises(LogNameTaken):
        exchanging.import_log(office, table(tmp_path), "a")
    exchanging.remove_log(office, "a")
    assert exchanging.imported_logs(office) == []
    with pytest.raises(NotFound):
        exchanging.review_imported(office, "a")
    exchanging.import_log(office, table(tmp_path), "a")


def test_a_log_that_breaks_off_is_forgotten_whole(office: Office, tmp_path: Path) -> None:
    broken = table(tmp_path, TABLE + "HS3;Nhận;hôm qua;02/03/2026 08:10;An\n")
    with pytest.raises(UnreadableLog, match="Dòng 6, cột 3 «Bắt đầu»: «hôm qua»"):
        exchanging.import_log(office, broken, "a")
    assert exchanging.imported_logs(office) == []


def test_pieces_are_written_and_removed_whole(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.exchanging.ROWS_AT_ONCE", 3)
    monkeypatch.setattr("workflows.store.imported.ROWS_AT_ONCE", 3)
    kept = exchanging.import_log(office, table(tmp_path), "a")
    assert kept.events == 4
    assert exchanging.review_imported(office, "a").figures.events == 4
    exchanging.remove_log(office, "a")
    assert list(office.store.read(lambda uow: list(uow.imported.traces(kept.id)))) == []


def test_a_packed_file_is_read_and_a_torn_one_refused(tmp_path: Path) -> None:
    whole = tmp_path / "log.csv.gz"
    whole.write_bytes(gzip.compress(TABLE.encode()))
    assert exchanging.review_file(LogFile(whole)).figures.events == 4
    whole.write_bytes(gzip.compress(TABLE.encode() * 1)[:-20])
    with pytest.raises(UnreadableLog, match="hỏng hoặc bị cắt cụt"):
        exchanging.review_file(LogFile(whole))


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    source = replace(table(tmp_path), notice=lambda done, size: told.append((done, size)))
    exchanging.review_file(source)
    size = source.path.stat().st_size
    assert told[-1] == (size, size)


def test_a_log_that_never_completes_counts_every_event(office: Office, tmp_path: Path) -> None:
    text = "case,activity,timestamp,lifecycle\n1,A,2026-01-01,In Progress\n1,B,2026-01-02,Closed\n"
    review = exchanging.review_file(table(tmp_path, text))
    assert (review.figures.events, review.notes["never_complete"]) == (2, 1)
    exchanging.import_log(office, table(tmp_path, text), "a")
    assert exchanging.review_imported(office, "a").figures == review.figures


def test_a_mapping_file_says_which_column_is_what(tmp_path: Path) -> None:
    toml = tmp_path / "mapping.toml"
    toml.write_text('case = "ID"\nactivity = "What"\ntimestamp = "When"\ntimezone = "UTC"\n')
    text = "ID,What,When\n1,A,2026-01-01 00:00\n"
    source = replace(table(tmp_path, text), mapping=read_mapping(toml))
    assert source.whole(list)[0].events == [LogEvent("A", 1_767_225_600_000_000)]
    toml.write_text('{"case": "ID", "activity": "What", "complete": "When"}')
    assert read_mapping(toml) == CsvMapping(case="ID", activity="What", complete="When")
    toml.write_text('kase = "ID"')
    with pytest.raises(UnreadableLog, match="không hiểu «kase»"):
        read_mapping(toml)
    with pytest.raises(UnreadableLog, match="múi giờ «Mars»"):
        mapped(CsvMapping(), {"timezone": "Mars"})


def test_spilled_events_come_back_case_by_case_and_whole(tmp_path: Path) -> None:
    xes = "<log>" + "".join(
        f'<trace><string key="concept:name" value="{case}"/><event>'
        f'<string key="concept:name" value="{name}"/><string key="x" value="1">'
        '<int key="y" value="2"/></string></event></trace>'
        for case, name in (("b", "1"), ("a", "2"), ("b", "3"))
    )
    path = tmp_path / "log.xes"
    path.write_text(xes + "</log>")
    source = LogFile(path)
    found = source.whole(list, keep=True)
    assert [(t.case, [e.activity for e in t.events]) for t in found] == [
        ("b", ["1", "3"]),
        ("a", ["2"]),
    ]
    plain = flat(XesReader(keep=True).traces([path.read_bytes()]))
    assert [e for _, e in flat(found)] == [e for _, e in sorted(plain, key=lambda h: h[0] != "b")]
    assert source.scattered
    assert list(together([])) == []


@pytest.fixture
def worked(office: Office) -> Office:
    for number in range(3):
        view = receive(office, f"Người thứ {number}")
        step = task_of(view, "check").task
        tasks.claim(office, CLERK, ClaimTask(dossier=view.id, task=step))
        tasks.complete(office, CLERK, CompleteTask(dossier=view.id, task=step, note="Đủ giấy tờ"))
        step = task_of(dossiers.read(office, CLERK, view.id), "review").task
        tasks.complete(office, OFFICER, CompleteTask(dossier=view.id, task=step))
    return office


def test_the_record_of_some_agencies_is_of_their_dossiers_alone(worked: Office) -> None:
    whole = [trace.case for trace in exchanging.record_of(worked, CODE, None).traces]
    own = worked.catalogue.agencies.below(COMMUNE)
    assert [trace.case for trace in exchanging.record_of(worked, CODE, own).traces] == whole
    assert list(exchanging.record_of(worked, CODE, {"H55.81.01"}).traces) == []


def test_the_record_goes_out_naming_nobody(worked: Office) -> None:
    for form in ("xes", "ocel", "csv"):
        text = "".join(exchanging.write_log(exchanging.record_of(worked, CODE, None), form))
        for secret in ("Người thứ", CLERK.person, OFFICER.person, "001090001234", "Đủ giấy"):
            assert secret not in text, (form, secret)
        assert "CB-0001" in text
        assert "Kiểm tra" in text


def test_the_record_comes_back_from_xes_and_csv_as_it_was(worked: Office) -> None:
    traces = list(exchanging.record_of(worked, CODE, None).traces)
    xes = "".join(exchanging.write_log(exchanging.record_of(worked, CODE, None), "xes"))
    assert list(XesReader(keep=True).traces([xes.encode()])) == traces
    out = exchanging.record_of(worked, CODE, None)
    csv = "".join(exchanging.write_log(out, "csv", bom=True))
    assert csv.startswith("\ufeff")
    lines = io.StringIO(csv.removeprefix("\ufeff"), newline="")
    assert list(read_csv(lines, keep=True)) == list(flat(traces))


def test_the_steps_of_the_record_have_their_whole_life(worked: Office) -> None:
    trace = next(exchanging.record_of(worked, CODE, None).traces)
    lives = [e.transition for e in trace.events if e.activity == "Kiểm tra"]
    assert lives[0] == "schedule"
    assert lives[-1] == "complete"
    figures = exchanging.review_traces(exchanging.record_of(worked, CODE, None).traces).figures
    assert figures.cases == 3
    assert figures.service_s["Kiểm tra"].n == 3


def test_objects_of_ocel_are_all_known(worked: Office) -> None:
    text = "".join(exchanging.write_log(exchanging.record_of(worked, CODE, None), "ocel"))
    found = json.loads(text)
    objects = {o["id"]: o["type"] for o in found["objects"]}
    types = {t["name"]: {a["name"] for a in t["attributes"]} for t in found["eventTypes"]}
    assert set(objects.values()) == {t["name"] for t in found["objectTypes"]} == {"case", "person"}
    for event in found["events"]:
        assert {a["name"] for a in event["attributes"]} <= types[event["type"]]
        assert {r["objectId"] for r in event["relationships"]} <= objects.keys()


def test_parquet_says_the_same_as_the_record(worked: Office, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    with path.open("wb") as target:
        assert write_parquet(flat(exchanging.record_of(worked, CODE, None).traces), target) > 0
    rows = parquet.read_table(path).to_pylist()
    events = list(flat(exchanging.record_of(worked, CODE, None).traces))
    assert [(r["case_id"], r["activity"], r["resource"]) for r in rows] == [
        (case, e.activity, e.resource) for case, e in events
    ]
    assert rows[0]["timestamp"].utcoffset() is not None


def test_an_unknown_procedure_has_no_record(office: Office) -> None:
    with pytest.raises(NotFound):
        exchanging.record_of(office, "9.999999", None)
