"""`motcua review …`: figures out, logs in and out, and a sentence for what is no log.

The files that are no logs are what people really hand over: never a traceback, always code 2.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main

EVENT = (
    '<event><string key="concept:name" value="{0}"/><string key="org:resource" value="{1}"/>'
    '<date key="time:timestamp" value="2026-03-02T{2}:00+07:00"/></event>\n'
)
XES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log>\n<trace><string key="concept:name" value="1"/>\n'
    + EVENT.format("Nhận", "An", "08:00")
    + EVENT.format("Duyệt", "Bình", "09:00")
    + "</trace>\n</log>\n"
)
CSV = "Số;Việc;Lúc;Ai\n1;Nhận;02/03/2026 08:00;An\n1;Duyệt;02/03/2026 09:00;Bình\n"
WORDS = ("--case", "Số", "--activity", "Việc", "--timestamp", "Lúc", "--resource", "Ai")
HEADER = "case,activity,timestamp\n"
WANT = {
    "cases": 1, "events": 2, "activities": 2, "variants": 1,
    "start": {"Nhận": 1}, "end": {"Duyệt": 1}, "rework_cases": {}, "service_s": {},
    "dfg": [["Nhận", "Duyệt", 1, 3600.0, 3600.0]], "handovers": [["An", "Bình", 1]],
    "duration_s": dict.fromkeys(("mean", "p10", "p25", "p50", "p75", "p90", "p95", "max"), 3600.0),
}  # fmt: skip


def _gzipped(data: bytes) -> bytes:
    """Return the data packed, the same every time: names of tests are made of it."""
    return gzip.compress(data, mtime=0)


@pytest.fixture
def run(settings, monkeypatch, tmp_path, clerk):
    """Run `motcua review` in a folder of its own, on the database of this test."""
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(settings.bpmn_folder))
    monkeypatch.chdir(tmp_path)

    def give(*words: str) -> Result:
        return CliRunner().invoke(main, ("review", *words), catch_exceptions=False)

    return give


def put(name: str, data: bytes | str) -> str:
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return name


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.xes", XES)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("log.xes", XES, ()),
        ("log.xes.gz", _gzipped(XES.encode()), ()),
        ("log.csv", CSV, WORDS),
        ("log.csv.gz", _gzipped(CSV.encode()), WORDS),
        ("tab.csv", CSV.replace(";", "\t"), WORDS),
        ("bom.csv", b"\xef\xbb\xbf" + CSV.encode(), WORDS),
        ("utf16.csv", CSV.encode("utf-16"), WORDS),
        ("utf16.xes", XES.replace("UTF-8", "UTF-16").encode("utf-16"), ()),
    ],
)
def test_one_log_in_any_dress_has_one_set_of_figures(run, name, data, words) -> None:
    found = run("figures", put(name, data), *words, "--json")
    assert found.exit_code == 0, found.stderr
    assert json.loads(found.stdout) == WANT


def test_a_line_end_inside_quotes_belongs_to_the_name(run) -> None:
    text = HEADER + '1,"Nhận,\nxem",02/03/2026 08:00\n'
    assert json.loads(run("figures", put("a.csv", text), "--json").stdout)["start"] == {
        "Nhận,\nxem": 1
    }


def test_figures_for_people_name_what_was_left_out(run) -> None:
    nameless = XES.replace('value="Duyệt"', 'value=""')
    found = run("figures", put("log.xes", nameless))
    assert found.exit_code == 0
    assert "1 hồ sơ" in " ".join(found.stdout.split())
    assert "1 sự việc không có tên hoạt động" in found.stderr


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.html", "<html><body>Lỗi 404</body></html>", "Dòng 1, cột 1: gốc của tệp là <html>"),
        ("b.html", "<!DOCTYPE html><html></html>", "Dòng 1, cột"),
        ("a.xes", b"", "tệp rỗng"),
        ("b.xes", XES[:300], "Dòng 5, cột 50: không phải XML đúng"),
        ("c.xes", XES.replace("T09:00:00", "T25:00:00"), "Dòng 5, cột 153: «2026-03-02T25"),
        ("a.gz", _gzipped(XES.encode())[:90], "bị hỏng hoặc bị cắt cụt"),
        ("b.gz", b"\x1f\x8b\x00rubbish", "bị hỏng hoặc bị cắt cụt"),
        ("c.gz", _gzipped(b""), "tệp rỗng"),
        ("a.zip", zipped(), "tệp nén ZIP"),
        ("a.xlsx", zipped(), "tệp nén ZIP"),
        ("a.csv", bytes(range(256)) * 40, "Dòng 1"),
        ("b.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "Dòng 1"),
        ("c.csv", HEADER + "1,A,mai\n", "Dòng 2, cột 3 «timestamp»: «mai»"),
        ("d.csv", HEADER + "1,A\n", "Dòng 2: có 2 ô"),
        ("e.csv", "a,b,c\n1,2,3\n", "Không biết cột nào là mã hồ sơ"),
        ("f.csv", "case,activity\n1,A\n", "Không biết cột nào là thời điểm"),
        ("g.csv", "case,activity,time,Time\n1,A,2026-01-01,2026-01-02\n", "hai cột cùng tên"),
        ("h.csv", (HEADER + "1,Nhân,2026-01-01\n").encode("latin-1"), "--encoding"),
        ("i.csv", HEADER + f'1,"{"x" * 1_000_001}",2026-01-01\n', "Dòng 2: không đọc được"),
        ("j.xes", XES.encode("utf-16")[:101], "Dòng 1, cột"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_a_sentence(run, name, data, sentence) -> None:
    found = run("figures", put(name, data))
    assert found.exit_code == 2
    assert found.stdout == ""
    assert sentence in " ".join(found.stderr.split())
    assert run("import", name, "--name", "x").exit_code == 2
    assert json.loads(run("logs", "--json").stdout) == []


def test_a_huge_attribute_is_read(run) -> None:
    huge = XES.replace('value="An"', f'value="{"x" * 3_000_000}"')
    found = run("figures", put("log.xes", huge), "--json")
    assert json.loads(found.stdout)["handovers"][0][2] == 1


def test_a_missing_file_a_folder_and_an_unknown_name_are_told_apart(run) -> None:
    Path("folder").mkdir()
    for log, sentence in (("no.xes", "no.xes"), ("folder", "folder"), ("nobody", "nobody")):
        found = run("figures", log)
        assert found.exit_code == 2, log
        assert sentence in found.stderr


def test_a_kept_log_is_listed_reviewed_and_removed(run) -> None:
    made = run("import", put("log.csv", CSV), "--name", "so-cu", *WORDS, "--json")
    assert json.loads(made.stdout)["events"] == 2
    assert run("import", "log.csv", "--name", "so-cu", *WORDS).exit_code == 2  # the name is taken
    assert "so-cu" in run("logs").stdout
    assert json.loads(run("figures", "so-cu", "--json").stdout) == WANT
    assert run("logs", "--remove", "so-cu").exit_code == 1  # nobody said yes
    assert run("logs", "--remove", "so-cu", "--yes", "--json").stdout.strip() == "[]"
    assert run("logs", "--remove", "so-cu", "--yes").exit_code == 2


@pytest.mark.parametrize("form", ["xes", "csv"])
def test_a_file_goes_out_in_another_form_with_the_same_figures(run, form) -> None:
    put("log.xes", XES)
    assert run("export", "log.xes", "--format", form, "--output", f"b.{form}").exit_code == 0
    assert json.loads(run("figures", f"b.{form}", "--json").stdout) == WANT
    assert "Nhận" in run("export", "log.xes", "--format", form).stdout


def test_the_record_goes_out_and_parquet_needs_a_file(run, clerk) -> None:
    clerk.receive()
    found = json.loads(run("export", "1.001193", "--format", "ocel").stdout)
    assert [o["type"] for o in found["objects"]].count("case") == 1
    assert run("export", "1.001193", "--format", "parquet").exit_code == 2
    assert run("export", "9.999999", "--format", "csv").exit_code == 2
