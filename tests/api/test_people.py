"""People, tokens, substitutions and the log of looks over HTTP: what works, and for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.law.authority import RULES
from tests.api.conftest import CENTRE, COMMUNE
from workflows import accounts
from workflows.store import tables


@pytest.fixture
def admin(hire):
    return hire("administrator", COMMUNE, "quan.tri")


def add(admin, person="tran.van.an", name="Trần Văn An"):
    added = admin.post("/people", {"person": person, "name": name})
    assert added.status_code == 201, added.get_json()
    return added.get_json()


def give(admin, person="tran.van.an", role="officer", agency=COMMUNE, **more):
    return admin.post(f"/people/{person}/posts", {"agency": agency, "role": role, **more})


def test_a_person_is_added_given_a_post_renamed_and_ended(admin, clock) -> None:
    assert add(admin)["posts"] == []
    assert give(admin).status_code == 201
    clock.advance_to(clock.now() + timedelta(days=1))
    renamed = admin.post("/people/tran.van.an/rename", {"name": "Trần Văn Anh"}).get_json()
    assert renamed["name"] == "Trần Văn Anh"
    assert [n["name"] for n in renamed["names"]] == ["Trần Văn An", "Trần Văn Anh"]
    listed = admin.get("/people").get_json()["items"]
    assert "tran.van.an" in [p["person"] for p in listed]
    ended = admin.post("/people/tran.van.an/end").get_json()
    assert ended["ended_at"] is not None
    assert ended["posts"][0]["valid_to"] is not None
    assert give(admin).status_code == 404  # who has left gets no post


def test_a_code_is_never_given_twice_and_a_repeat_is_harmless(admin) -> None:
    body = {"person": "an", "name": "An"}
    first = admin.post("/people", body, key="k1")
    assert admin.post("/people", body, key="k1").get_json() == first.get_json()
    again = admin.post("/people", body)
    assert (again.status_code, again.get_json()["code"]) == (409, "person_exists")
    assert admin.post("/people", {"person": "có dấu", "name": "An"}).status_code == 422


def test_a_post_held_again_keeps_when_it_was_held_before(admin, clock) -> None:
    add(admin)
    post = give(admin).get_json()["posts"][0]["id"]
    assert give(admin).status_code == 409
    clock.advance_to(clock.now() + timedelta(days=1))
    assert admin.post(f"/people/tran.van.an/posts/{post}/end").status_code == 200
    clock.advance_to(clock.now() + timedelta(days=1))
    assert give(admin).status_code == 201
    held = admin.get("/people/tran.van.an/posts").get_json()["items"]
    assert [p["valid_to"] is None for p in held] == [False, True]


@pytest.mark.parametrize("address", ["/dossiers", "/tasks"])
def test_a_list_leaves_on_record_which_dossiers_it_showed(clerk, office, address) -> None:
    shown = clerk.receive().get_json()["id"]
    listed = clerk.get(address)
    assert shown in listed.get_data(as_text=True)
    query = sa.select(tables.access_log)
    looks = office.store.read(lambda uow: uow.connection.execute(query).all())
    assert [shown in str(look) for look in looks] == [True]  # one row, and it names the dossier


def test_nobody_gives_themselves_a_post_or_ends_themselves(admin) -> None:
    assert give(admin, "quan.tri", "one_stop_clerk").status_code == 403
    assert admin.post("/people/quan.tri/end").status_code == 403
    assert admin.post("/people/quan.tri/rename", {"name": "Khác"}).status_code == 403


def test_an_administrator_looks_after_the_agencies_below_and_no_others(admin, hire) -> None:
    add(admin)
    assert give(admin, agency=CENTRE, role="one_stop_clerk").status_code == 201
    assert give(admin, agency="H55.21").status_code == 403
    assert admin.get("/people?agency=H55.21").status_code == 403
    elsewhere = hire("administrator", "H55.21", "nguoi.khac")
    assert elsewhere.get("/people/tran.van.an").status_code == 403
    assert elsewhere.post("/people/tran.van.an/end").status_code == 403


def test_a_token_is_made_for_ones_own_post_shown_once_and_ended(hire, client) -> None:
    clerk = hire("one_stop_clerk", CENTRE)
    body = {"label": "máy quét", "scopes": ["task.list", "account.own"], "days": 300}
    made = clerk.post("/tokens", body, key="k1")
    assert made.status_code == 201
    token = made.get_json()
    again = clerk.post("/tokens", body, key="k1").get_json()
    assert (again["id"], again["bearer"]) == (token["id"], "")
    narrow = type(clerk)(client, token["bearer"])
    assert narrow.get("/tasks").status_code == 200
    refused = narrow.receive()
    assert (refused.status_code, "token_scope" in refused.get_json()["detail"]) == (403, True)
    assert narrow.post("/tokens", {"label": "rộng hơn"}).status_code == 403
    listed = {t["id"]: t for t in clerk.get("/tokens").get_json()["items"]}
    assert listed[token["id"]]["last_used_at"] is not None
    assert token["bearer"] not in str(listed)
    wide_until = max(t["expires_at"] for t in listed.values())
    assert token["expires_at"] <= wide_until  # no longer than what made it
    assert clerk.post(f"/tokens/{token['id']}/revoke").status_code == 200
    assert narrow.get("/tasks").status_code == 401


def test_a_scope_nobody_knows_is_refused(hire) -> None:
    clerk = hire("one_stop_clerk", CENTRE)
    said = clerk.post("/tokens", {"label": "x", "scopes": ["dossier.burn"]})
    assert said.status_code == 422
    system = clerk.post("/tokens", {"label": "x", "scopes": ["timer.fire"]})
    assert system.status_code == 422
    assert set(accounts.SCOPES) < set(RULES)


def test_an_administrator_ends_tokens_of_others_but_never_holds_one(admin, hire) -> None:
    clerk = hire("one_stop_clerk", CENTRE)
    [token] = clerk.get("/tokens").get_json()["items"]
    listed = admin.get(f"/tokens?agency={COMMUNE}").get_json()["items"]
    assert token["id"] in {t["id"] for t in listed}
    other = hire("officer", "H55.21")
    assert other.post(f"/tokens/{token['id']}/revoke").status_code == 403
    assert admin.post(f"/tokens/{token['id']}/revoke").status_code == 200
    assert clerk.get("/tasks").status_code == 401


def test_a_substitution_goes_through_the_api(hire, office, clock) -> None:
    head, leader = hire("head_of_section"), hire("leader")
    hire("officer", COMMUNE, "an"), hire("officer", COMMUNE, "binh")
    body = {"absent": "binh", "substitute": "an", "agency": COMMUNE, "role": "officer"}
    body |= {"valid_from": "2026-07-06T08:00:00+07:00", "valid_to": "2026-07-10T17:00:00+07:00"}
    made = head.post("/substitutions", body | {"ground": "QĐ 12/QĐ-UBND"})
    assert made.status_code == 201, made.get_json()
    address = f"/substitutions/{made.get_json()['id']}"
    assert leader.post(f"{address}/approve").get_json()["in_force"] is True
    assert len(head.get("/substitutions").get_json()["items"]) == 1
    assert head.post(f"{address}/end").get_json()["in_force"] is False
    naive = body | {"ground": "x", "valid_from": "2026-07-06T08:00:00"}
    assert head.post("/substitutions", naive).status_code == 422


def test_every_refusal_and_every_look_is_on_record_without_a_name(hire, admin, clerk) -> None:
    dossier = clerk.receive(applicant_name="Đặng Thị Bí Mật").get_json()["id"]
    clerk.get(f"/dossiers/{dossier}")
    clerk.get(f"/dossiers/{dossier}/history")
    stranger = hire("officer", "H55.21", "nguoi.la")
    stranger.get(f"/dossiers/{dossier}")
    admin.get(f"/dossiers/{dossier}")
    auditor = hire("auditor", "H55")
    page = auditor.get(f"/access-log?dossier={dossier}").get_json()["items"]
    seen = [(look["person"], look["allowed"], look["rule"]) for look in page]
    assert seen.count(("one_stop_clerk", True, "party")) == 2
    assert ("nguoi.la", False, "party") in seen
    assert ("quan.tri", False, "apart_from_dossiers") in seen
    mine = admin.get("/access-log")
    assert mine.status_code == 200
    assert "Bí Mật" not in mine.get_data(as_text=True)
    assert {look["agency"] for look in mine.get_json()["items"]} <= {COMMUNE, CENTRE}
    assert clerk.get("/access-log").status_code == 403
    refused = auditor.get("/access-log?refused=true&limit=1").get_json()
    assert refused["items"][0]["allowed"] is False
    onward = auditor.get(f"/access-log?refused=true&cursor={refused['next_cursor']}")
    assert onward.get_json()["items"][0]["seq"] < refused["items"][0]["seq"]
