"""Signing in with a browser: the pages one after the other, the cookie, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask.testing import FlaskClient

from api import create_app
from config import Settings
from tests.api.conftest import CENTRE, COMMUNE, Browser
from workflows import accounts, passwords, secrecy
from workflows.clock import SimulatedClock
from workflows.office import Office

OWN = "một mật khẩu của riêng tôi"
ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def lan(client: FlaskClient, office: Office) -> str:
    """The one-time password of somebody with one post."""
    expires = office.clock.now() + timedelta(days=30)
    accounts.issue_token(office, "lan", COMMUNE, "officer", (), expires)
    return accounts.reset_password(office, "lan")


def test_a_one_time_password_opens_only_the_page_that_replaces_it(client, lan) -> None:
    browser = Browser(client)
    entered = browser.send("/sign-in", person="lan", password=lan, next="/account")
    assert entered.status_code == 303
    assert entered.location == "/sign-in/password?next=%2Faccount"
    assert browser.get("/dossiers/x").location.startswith("/sign-in/password")
    assert browser.send("/sign-in/password", password=lan, again=lan).status_code == 422
    assert browser.send("/sign-in/password", password="ngắn", again="ngắn").status_code == 422
    done = browser.send("/sign-in/password", password=OWN, again=OWN, next="/account")
    assert (done.status_code, done.location) == (303, "/account")
    assert browser.get("/dossiers/x").status_code == 404  # signed in: there is no such dossier
    again = Browser(client.application.test_client())
    assert again.send("/sign-in", person="lan", password=lan).status_code == 401


def test_a_session_reads_what_its_post_may_and_a_program_cannot_borrow_it(sign_in) -> None:
    browser = sign_in("one_stop_clerk", CENTRE)
    assert browser.get("/api/v1/tasks").status_code == 200
    assert browser.get("/api/v1/tasks?agency=H55.21").status_code == 403
    wrong = {"Authorization": "Bearer motcua_nonsense"}
    assert browser.get("/api/v1/tasks", headers=wrong).status_code == 401


def test_a_stranger_is_led_to_sign_in_and_back(client) -> None:
    page = client.get("/dossiers/abc?tab=papers")
    assert page.status_code == 303
    assert page.location == "/sign-in?next=%2Fdossiers%2Fabc%3Ftab%3Dpapers"
    assert client.get("/api/v1/tasks").status_code == 401


@pytest.mark.parametrize(
    "bad",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "x"],
)
def test_nobody_is_led_elsewhere_after_signing_in(client, lan, bad) -> None:
    browser = Browser(client)
    browser.send("/sign-in", person="lan", password=lan)
    sent = browser.send("/sign-in/password", password=OWN, again=OWN, next=bad)
    assert sent.location == "/"


def test_the_cookie_cannot_be_read_by_scripts_and_changes_with_every_step(client, lan) -> None:
    browser = Browser(client)
    first = browser.send("/sign-in", person="lan", password=lan)
    [cookie] = first.headers.getlist("Set-Cookie")
    assert re.match(r"motcua=[^;]{40,}; HttpOnly; Path=/; SameSite=Lax", cookie)
    before = browser.word
    browser.send("/sign-in/password", password=OWN, again=OWN)
    assert browser.word not in ("", before)


def test_over_https_the_cookie_belongs_to_this_host_alone(settings, office, lan) -> None:
    address = "https://motcua.example.gov.vn"
    here = Settings(
        database_url=settings.database_url, bpmn_folder=settings.bpmn_folder, public_url=address
    )
    client = create_app(here, office=office).test_client()
    form = {"person": "lan", "password": lan}
    sent = client.post("/sign-in", data=form, headers={"Origin": address})
    [cookie] = sent.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-motcua=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({}, True),
        (ORIGIN, False),
    ],
)
def test_a_form_of_another_site_is_refused(sign_in, headers, word) -> None:
    browser = sign_in("officer")
    form = {"csrf_token": browser.word if word else "guess"}
    sent = browser.client.post("/sign-out", data=form, headers=headers)
    assert sent.status_code == 403
    assert browser.get("/api/v1/tasks").status_code == 200


def test_a_command_by_session_needs_the_word_too(sign_in) -> None:
    browser = sign_in("one_stop_clerk", CENTRE)
    body = {"procedure": "1.001193", "applicant_name": "Hoàng Thị Mẫu"}
    headers = {**ORIGIN, "Idempotency-Key": "k1"}
    refused = browser.client.post("/api/v1/dossiers", json=body, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forged_request")
    headers["X-CSRF-Token"] = browser.word
    assert browser.client.post("/api/v1/dossiers", json=body, headers=headers).status_code == 201


def test_signing_out_ends_the_session_on_the_server(sign_in) -> None:
    browser = sign_in("officer")
    kept = browser.client.get_cookie("motcua").value
    out = browser.send("/sign-out")
    assert (out.status_code, out.location) == (303, "/sign-in")
    assert browser.client.get_cookie("motcua") is None
    browser.client.set_cookie("motcua", kept)
    assert browser.get("/api/v1/tasks").status_code == 401


def test_who_is_unknown_and_who_types_a_wrong_password_see_the_same_page(client, lan) -> None:
    def page(person: str, password: str) -> str:
        sent = Browser(client).send("/sign-in", person=person, password=password)
        assert sent.status_code == 401
        return sent.get_data(as_text=True).replace(f'value="{person}"', "")

    assert page("lan", "wrong password") == page("nobody", "wrong password")


def test_after_wrong_guesses_even_the_right_password_has_to_wait(client, lan, clock) -> None:
    browser = Browser(client)
    for _ in range(5):
        assert browser.send("/sign-in", person="lan", password="guess").status_code == 401
    early = browser.send("/sign-in", person="lan", password=lan)
    assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
    clock.advance_to(clock.now() + timedelta(seconds=1))
    assert browser.send("/sign-in", person="lan", password=lan).status_code == 303


def test_somebody_with_several_posts_chooses_one_and_may_change_it(
    sign_in: Callable[..., Browser], office: Office
) -> None:
    expires = office.clock.now() + timedelta(days=30)
    accounts.issue_token(office, "hoa", CENTRE, "one_stop_clerk", (), expires)
    browser = sign_in("leader", COMMUNE, "hoa")
    page = browser.get("/sign-in/post").get_data(as_text=True)
    posts = dict(re.findall(r'value="([^"]+)" class="post-choice">\s*<b>([^<]+)</b>', page))
    assert sorted(posts.values()) == ["Lãnh đạo cơ quan", "Một cửa"]
    assert browser.get("/api/v1/tasks").status_code == 401  # not before a post is chosen
    for post, seen in ((p, 200 if name == "Một cửa" else 403) for p, name in posts.items()):
        assert browser.send("/sign-in/post", post=post).status_code == 303
        assert browser.get(f"/api/v1/tasks?agency={CENTRE}").status_code == seen
    assert browser.send("/sign-in/post", post="somebody-else's").status_code == 404


def test_a_session_ends_when_nobody_uses_it_and_after_a_day_of_work(sign_in, clock) -> None:
    assert isinstance(clock, SimulatedClock)
    idle = sign_in("officer")
    clock.advance_to(clock.now() + timedelta(minutes=61))
    assert idle.get("/api/v1/tasks").status_code == 401
    busy = sign_in("leader")
    for _ in range(13):
        assert busy.get("/api/v1/tasks").status_code == 200
        clock.advance_to(clock.now() + timedelta(minutes=55))
    clock.advance_to(clock.now() + timedelta(minutes=10))
    assert busy.get("/api/v1/tasks").status_code == 401


def test_a_post_that_has_ended_ends_what_was_done_in_it(sign_in, office, clock) -> None:
    browser = sign_in("officer")
    ends = clock.now() + timedelta(minutes=5)
    office.store.write(lambda uow: uow.accounts.end_posts("officer", ends))
    assert browser.get("/api/v1/tasks").status_code == 200
    clock.advance_to(ends)
    assert browser.get("/api/v1/tasks").status_code == 401


def test_the_second_factor_is_asked_for_and_its_code_opens_once(client, lan, office, clock) -> None:
    browser = Browser(client)
    browser.send("/sign-in", person="lan", password=lan)
    browser.send("/sign-in/password", password=OWN, again=OWN)
    secret = pyotp.random_base32()
    now = clock.now()

    def enrol(uow) -> None:
        account = uow.credentials.account("lan", now)
        sealed = secrecy.seal(secret, office.personal_key, secrecy.SECOND_FACTOR)
        uow.credentials.set_second_factor(account.person_id, sealed, now)

    office.store.write(enrol)
    code = pyotp.TOTP(secret).at(now)
    first, second = (Browser(client.application.test_client()) for _ in range(2))
    for each in (first, second):
        sent = each.send("/sign-in", person="lan", password=OWN)
        assert sent.location.startswith("/sign-in/second-factor")
        assert each.get("/api/v1/tasks").status_code == 401
    assert first.send("/sign-in/second-factor", code="000000").status_code == 401
    assert first.send("/sign-in/second-factor", code=code).status_code == 303
    assert first.get("/api/v1/tasks").status_code == 200
    assert second.send("/sign-in/second-factor", code=code).status_code == 401


def test_a_password_has_rules_and_its_hash_tells_nothing(office: Office) -> None:
    hashed = passwords.hash_of(OWN, office.ids)
    assert hashed.startswith("$argon2id$")
    assert OWN not in hashed
    assert hashed != passwords.hash_of(OWN, office.ids)
    assert passwords.is_right(hashed, OWN)
    assert not passwords.is_right(hashed, OWN + " ")
    assert not passwords.is_right("", "nobody's password")
