"""The catalogue is checked as a whole, and a dossier keeps the law it was received under."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import CODE, MONDAY, PROCEDURE, PROCESS, catalogue_folder, office_on, receive
from workflows.catalogue import Catalogue
from workflows.errors import CatalogueInvalid, NotFound
from workflows.store import Store

REAL = Path(__file__).parent.parent.parent / "bpmn"


def findings(folder: Path) -> str:
    with pytest.raises(CatalogueInvalid) as refused:
        Catalogue.load(folder)
    return "\n".join(refused.value.findings)


def test_the_real_procedures_load() -> None:
    codes = [v.procedure.code for v in Catalogue.load(REAL).procedures()]
    assert codes == ["1.001193", "1.009994", "1.013831", "2.002621", "2.002622"]


def test_the_version_in_force_depends_on_the_day(tmp_path: Path) -> None:
    catalogue = Catalogue.load(catalogue_folder(tmp_path))
    assert catalogue.current(CODE, MONDAY.date()).procedure.version == "1"
    with pytest.raises(NotFound):
        catalogue.current(CODE, MONDAY.date().replace(year=2024))


def test_every_finding_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    folder = catalogue_folder(tmp_path, procedure=PROCEDURE.replace("amount = 5", 'amount = "5"'))
    broken = folder / "broken"
    broken.mkdir()
    (broken / "procedure.toml").write_text("code = ", encoding="utf-8")
    found = findings(folder)
    assert "small/procedure.toml: time_limit.amount" in found
    assert "broken/procedure.toml" in found
    assert "broken/process.bpmn: Thiếu tệp" in found


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("procedure.toml", b"\xff\xfe"),
        ("process.bpmn", b"not xml"),
        ("process.bpmn", b"\xff\xfe\x00"),
        ("process.bpmn", PROCESS.replace("userTask", "adHocSubProcess").encode()),
        ("scenarios.toml", b"= 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, file: str, content: bytes) -> None:
    folder = catalogue_folder(tmp_path)
    (folder / "small" / file).write_bytes(content)
    assert f"small/{file}" in findings(folder)


def test_a_procedure_that_contradicts_its_diagram_is_refused(tmp_path: Path) -> None:
    wrong = PROCEDURE.replace('element = "ask_opinion"', 'element = "ask_nobody"')
    assert "small/procedure.toml" in findings(catalogue_folder(tmp_path, procedure=wrong))


WALK = """
[[scenario]]
id = "straight"
name = "Hồ sơ đủ, đúng hạn"
received_at = 2026-03-02T08:00:00+07:00
channel = "counter"
counted = true
step = [{ complete = "check" }, { complete = "review" }, { complete = "sign" }]
"""


def with_walk(folder: Path, walk: str) -> Path:
    (folder / "small" / "scenarios.toml").write_text(walk, encoding="utf-8")
    return folder


def test_step_norms_that_exceed_the_limit_are_refused(tmp_path: Path) -> None:
    sound = with_walk(catalogue_folder(tmp_path), WALK)  # 1 + 2 + 2 days of 5
    assert Catalogue.examine(sound)[1].warnings == []
    longer = PROCEDURE.replace("norm_minutes = 480", "norm_minutes = 481")
    found = findings(with_walk(catalogue_folder(tmp_path, procedure=longer), WALK))
    assert "small/procedure.toml: scenario.straight: Các bước dài hơn thời hạn." in found
    free = WALK.replace("counted = true", "counted = false")
    with_walk(catalogue_folder(tmp_path, procedure=longer), free)
    assert Catalogue.load(sound).latest(CODE).procedure.steps["check"].norm_minutes == 481


def test_a_counted_walk_that_cannot_be_begun_is_named(tmp_path: Path) -> None:
    broken = WALK.replace("received_at = 2026-03-02T08:00:00+07:00\n", "")
    found = findings(with_walk(catalogue_folder(tmp_path), broken))
    assert "small/scenarios.toml: Hồ sơ mẫu thiếu 'received_at'." in found


def test_an_end_without_a_national_status_is_refused(tmp_path: Path) -> None:
    without = PROCEDURE.replace("[ends.closed]\nstatus = 8\n", "")
    assert "small/procedure.toml: ends.closed" in findings(
        catalogue_folder(tmp_path, procedure=without)
    )


def test_an_agency_nobody_knows_is_named(tmp_path: Path) -> None:
    folder = catalogue_folder(tmp_path)
    agencies = folder / "shared" / "agencies.toml"
    text = agencies.read_text(encoding="utf-8").replace('tax = "H55.81.01"', 'tax = "H99"')
    agencies.write_text(text, encoding="utf-8")
    assert "H99" in findings(folder)


def test_a_folder_without_calendars_is_refused(tmp_path: Path) -> None:
    folder = catalogue_folder(tmp_path)
    for year in (folder / "shared" / "calendar").glob("*.toml"):
        year.unlink()
    assert "shared/calendar" in findings(folder)


def test_a_dossier_goes_on_under_its_law_after_the_file_has_changed(
    store: Store, tmp_path: Path
) -> None:
    before = office_on(store)
    view = receive(before)
    changed = PROCEDURE.replace("Thủ tục thử", "Thủ tục mới")
    catalogue = Catalogue.load(catalogue_folder(tmp_path, procedure=changed))
    catalogue.publish(store, MONDAY)
    assert catalogue.latest(CODE).procedure.name == "Thủ tục mới"
    assert catalogue.latest(CODE).digest != view.digest
    assert catalogue.at(view.digest).procedure.name == "Thủ tục thử"


def test_an_unknown_digest_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Catalogue.load(catalogue_folder(tmp_path)).at("0" * 64)
