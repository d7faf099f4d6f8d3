"""Procedures over HTTP and as pages: what the law says, the diagram, what was measured."""

from __future__ import annotations

import pytest

CODES = ["1.001193", "1.009994", "1.013831", "2.002621", "2.002622"]


def test_the_procedures_are_listed(clerk):
    items = clerk.get("/procedures").get_json()["items"]
    assert [item["code"] for item in items] == CODES


def test_a_procedure_tells_its_papers_and_who_may_set_a_fact(clerk):
    procedure = clerk.get("/procedures/1.001193").get_json()
    assert procedure["time_limit"]["cut_off"] == "15:00"
    assert "birth_record" in {paper["id"] for paper in procedure["components"]}
    facts = {fact["name"]: fact["set_by"] for fact in procedure["facts"]}
    assert facts["approved"] == ["sign"]


def test_a_procedure_is_found_by_its_other_code(clerk):
    assert clerk.get("/procedures/1.013225").get_json()["code"] == "1.009994"


def test_an_unknown_procedure_is_404(clerk):
    for path in ("", "/diagram", "/durations"):
        assert clerk.get(f"/procedures/9.999999{path}").status_code == 404


def test_the_diagram_is_the_file_that_runs(clerk):
    response = clerk.get("/procedures/1.001193/diagram")
    assert response.mimetype == "application/xml"
    assert b"bpmn:definitions" in response.data


def test_durations_are_those_of_completed_steps(clerk):
    assert clerk.get("/procedures/1.001193/durations").get_json()["items"] == []
    received = clerk.receive()
    dossier, etag = received.get_json(), received.headers["ETag"]
    path = f"/dossiers/{dossier['id']}/tasks/{dossier['tasks'][0]['task']}/complete"
    clerk.post(path, {"facts": {"components_complete": True, "eligible": True}}, etag)
    items = {
        i["element"]: i for i in clerk.get("/procedures/1.001193/durations").get_json()["items"]
    }
    assert items["receive"]["count"] == 1
    assert items["appraise"]["open"] == 1


def test_the_first_page_says_what_to_try_and_names_every_procedure(client):
    text = client.get("/").get_data(as_text=True)
    assert text.count('class="card"') == len(CODES)
    for place in ("/sign-in", "/tra-cuu", "/thu-tuc", "/api"):
        assert f'href="{place}' in text


@pytest.mark.parametrize("code", CODES)
def test_the_page_of_a_procedure_stands_without_dossiers(client, code):
    text = client.get(f"/procedures/{code}").get_data(as_text=True)
    assert code in text
    assert "Chưa có hồ sơ nào" in text


@pytest.mark.parametrize("path", ["/", "/procedures/1.001193", "/api", "/nothing", "/livez"])
def test_pages_run_no_script_but_ours(client, path):
    response = client.get(path)
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    relaxed = path in {"/procedures/1.001193", "/api"}
    assert ("'unsafe-inline'" in policy["style-src"]) == relaxed
    text = response.get_data(as_text=True)
    assert "<script>" not in text
    assert " style=" not in text
    assert "onclick" not in text


def test_the_program_says_that_it_lives_and_can_work(client, office):
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    engine, office.store.engine = office.store.engine, None
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503
    office.store.engine = engine


def test_a_diagram_of_another_version_is_refused_as_a_problem(clerk):
    answer = clerk.get("/procedures/1.001193/diagram", **{"If-Match": '"another"'})
    assert answer.status_code == 412
    assert answer.mimetype == "application/problem+json"
