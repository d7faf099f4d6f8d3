"""Jobs, webhooks and exports over HTTP and on the command line: the same words, the same rules."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.api.conftest import COMMUNE
from tests.receiving import Receiver
from workflows import background, jobs
from workflows.delivering import Carriers
from workflows.parcels import Receipt


@pytest.fixture
def admin(hire):
    return hire("administrator", COMMUNE)


def failing(_parcel) -> Receipt:
    return Receipt(status=500, fault="HTTP 500")


def test_a_subscription_lives_through_the_doors(admin, clerk, office):
    body = {"url": "https://example.vn/hook", "kinds": ["dossier_received"]}
    made = admin.post("/webhooks", body, key="one")
    assert made.status_code == 201, made.get_json(force=True)
    assert made.get_json()["secret"].startswith("whsec_")
    assert admin.post("/webhooks", body, key="one").get_json() == made.get_json()
    path = f"/webhooks/{made.get_json()['id']}"
    assert admin.get("/webhooks").get_json()["items"][0]["secret"] == ""
    assert clerk.receive().status_code == 201
    background.work_once(office, Carriers(post=failing))
    (message,) = admin.get(f"{path}/deliveries").get_json()["items"]
    assert [(t["status"], t["fault"]) for t in message["tries"]] == [(500, "HTTP 500")]
    (job,) = admin.get("/jobs").get_json()["items"]
    assert (job["sort"], job["state"]) == ("event", "failing")
    skipped = admin.post(f"/jobs/{job['id']}/skip", {"reason": "bên nhận đã có"})
    assert skipped.get_json()["state"] == "skipped"
    assert admin.get("/jobs").get_json()["items"] == []
    again = admin.post(f"{path}/deliveries/{message['id']}/replay")
    assert again.get_json()["state"] == "pending"
    for what, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert admin.post(f"{path}/{what}").get_json()["state"] == state
    assert admin.post(f"{path}/rotate").status_code == 404


def test_a_test_is_sent_at_once_and_the_own_network_is_refused(admin):
    receiver = Receiver().start()
    made = admin.post("/webhooks", {"url": receiver.url}).get_json()
    answer = admin.post(f"/webhooks/{made['id']}/test").get_json()
    receiver.stop()
    assert (answer["delivered"], answer["fault"]) == (False, "địa chỉ nội bộ không được phép")
    assert receiver.requests == []


def test_a_decision_needs_a_reason_and_a_job(admin):
    assert admin.post("/jobs/no/skip", {"reason": ""}).status_code == 422
    assert admin.post("/jobs/no/skip", {"reason": "vì"}).status_code == 404


@pytest.mark.parametrize("path", ["/jobs", "/webhooks"])
def test_whoever_works_on_dossiers_does_not_run_the_program(clerk, path):
    assert clerk.get(path).status_code == 403


def test_an_export_streams_lines(clerk, hire, clock):
    clerk.receive()
    clock.advance_to(clock.now() + 2 * jobs.LEASE)
    leader = hire("leader")
    answer = leader.get("/export/events.ndjson")
    assert answer.mimetype == "application/x-ndjson"
    events = [json.loads(line) for line in answer.data.splitlines()]
    assert events[0]["kind"] in {"dossier_received", "process_started"}
    dossiers = leader.get("/export/dossiers.ndjson").data.splitlines()
    assert len(dossiers) == 1
    assert b"M\xe1\xba\xabu" not in answer.data + dossiers[0]
    assert leader.get("/export/events.ndjson?from=yesterday").status_code == 422
    assert clerk.get("/export/events.ndjson").status_code == 403


@pytest.fixture
def run(settings, office, monkeypatch):
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(settings.bpmn_folder))

    def command(*words):
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        return done.exit_code, done.stdout

    return command


def test_the_command_line_says_the_same(run):
    code, said = run("webhooks", "add", "https://example.vn/hook")
    made = json.loads(said)
    assert code == 0
    assert [w["id"] for w in json.loads(run("webhooks", "list", "--json")[1])] == [made["id"]]
    assert json.loads(run("webhooks", "change", made["id"], "pause")[1])["state"] == "paused"
    assert json.loads(run("jobs", "list", "--json")[1]) == []
    assert run("jobs", "retry", "no", "--reason", "vì")[0] == 2
    assert run("worker", "--once")[0] == 0
    assert run("export", "events", "--agency", COMMUNE) == (0, "")
