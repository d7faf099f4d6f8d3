"""The reformer's doors: figures without names, by agency, with a tag; pages that say their n."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from api.cli import main
from engine.law.authority import Actor
from tests.api.conftest import BIRTH, CENTRE, COMMUNE
from workflows import accounts, intake

PEOPLE = "Hoàng Thị Kín"
PAGES = (
    "", "/units", "/definitions", f"/{BIRTH}", f"/{BIRTH}/compare?a_last=2026-07-31",
    f"/{BIRTH}/dossiers", f"/{BIRTH}/dossiers?element=receive", f"/{BIRTH}/steps/receive?by=month",
    f"/{BIRTH}?on=2026-01-01", f"/{BIRTH}/diagram.bpmn",
)  # fmt: skip


@pytest.fixture
def reviewer(office):
    """What a reviewer at the commune sends, with six dossiers received there."""
    clerk = Actor(person="c", agency=CENTRE, role="one_stop_clerk")
    for _ in range(6):
        command = intake.ReceiveDossier(procedure=BIRTH, applicant_name=PEOPLE)
        intake.receive(office, clerk, command)
    expires = office.clock.now() + timedelta(days=1)

    def hired(agency: str, role: str = "reviewer") -> dict[str, str]:
        made = accounts.issue_token(office, f"{role}.{agency}", agency, role, (), expires)
        return {"Authorization": f"Bearer {made.bearer}"}

    return hired


def test_figures_come_with_a_tag_and_are_not_sent_twice(client, reviewer) -> None:
    headers = reviewer(COMMUNE)
    for address in ("", f"/{BIRTH}", f"/{BIRTH}/steps/receive?by=channel"):
        answer = client.get(f"/api/v1/review/procedures{address}", headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        again = {**headers, "If-None-Match": answer.headers["ETag"]}
        same = client.get(f"/api/v1/review/procedures{address}", headers=again)
        assert same.status_code == 304
    found = client.get(f"/api/v1/review/procedures/{BIRTH}", headers=headers).get_json()
    assert (found["dossiers"], found["finished"], found["hidden"]) == (6, 0, False)
    assert sum(found["wall"].values()) == found["elapsed"]
    step = next(s for s in found["steps"] if s["element"] == "receive")
    assert (step["open"], step["n"], step["hidden"], step["office"]) == (6, 0, True, {})


def test_a_step_no_version_has_is_not_found(client, reviewer) -> None:
    headers = reviewer(COMMUNE)
    for address in ("/review", "/api/v1/review/procedures"):
        answer = client.get(f"{address}/{BIRTH}/steps/nothing", headers=headers)
        assert answer.status_code == 404


def test_an_agency_above_sees_those_below_and_no_other(client, reviewer) -> None:
    address = f"/api/v1/review/procedures/{BIRTH}"
    assert client.get(address, headers=reviewer("H55")).get_json()["dossiers"] == 6
    other = reviewer("H55.903")
    assert client.get(address, headers=other).get_json()["dossiers"] == 0
    refused = client.get(f"{address}?agency={COMMUNE}", headers=other)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    clerk = client.get(address, headers=reviewer(CENTRE, "one_stop_clerk"))
    assert clerk.status_code == 403


def test_pages_say_their_figures_and_name_nobody(client, reviewer) -> None:
    headers = reviewer(COMMUNE)
    for page in PAGES:
        answer = client.get(f"/review{page}", headers=headers)
        said = answer.get_data(as_text=True)
        assert answer.status_code == 200, (page, said)
        assert PEOPLE not in said
    assert "6 hồ sơ" in client.get(f"/review/{BIRTH}", headers=headers).get_data(as_text=True)
    wrong = client.get("/review?first=mai", headers=headers)
    assert (wrong.status_code, "hãy chọn một ngày" in wrong.get_data(as_text=True)) == (422, True)


def test_the_command_line_prints_what_the_api_answers(
    client, reviewer, settings, monkeypatch
) -> None:
    headers = reviewer(COMMUNE)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(settings.bpmn_folder))
    words = ["review", "measures", BIRTH, COMMUNE, "--to", "2026-07-06", "--on", "2026-07-06"]
    printed = CliRunner().invoke(main, [*words, "--json"])
    assert printed.exit_code == 0, printed.output
    asked = f"/api/v1/review/procedures/{BIRTH}?to=2026-07-06&on=2026-07-06"
    found = client.get(asked, headers=headers).get_json()
    assert json.loads(printed.stdout)["conformance"] == found["conformance"]
    for words in (
        ["measures", BIRTH, COMMUNE],
        ["measures", BIRTH, COMMUNE, "--step", "receive", "--by", "role"],
        ["units", "H55"],
    ):
        table = CliRunner().invoke(main, ["review", *words])
        assert (table.exit_code, "│" in table.stdout) == (0, True), table.output
