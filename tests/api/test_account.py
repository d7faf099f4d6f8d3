"""The page of one's own account: password, second factor, sessions, tokens."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pyotp
import pytest

from tests.api.conftest import CENTRE, Browser
from workflows import accounts

OWN, NEW = "một mật khẩu của riêng tôi", "một mật khẩu khác hẳn"


@pytest.fixture
def browser(sign_in) -> Browser:
    return sign_in("one_stop_clerk", CENTRE, "lan")


def entered(browser: Browser, password: str) -> Browser:
    other = Browser(browser.client.application.test_client())
    other.send("/sign-in", person="lan", password=password)
    return other


def test_changing_the_password_ends_every_other_session(browser) -> None:
    other = entered(browser, OWN)
    assert other.get("/account").status_code == 200
    wrong = browser.send("/account/password", present="guess", password=NEW, again=NEW)
    assert wrong.status_code == 403
    typo = browser.send("/account/password", present=OWN, password=NEW, again="khác")
    assert typo.status_code == 422
    done = browser.send("/account/password", present=OWN, password=NEW, again=NEW)
    assert (done.status_code, done.location) == (303, "/account")
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert entered(browser, OWN).get("/account").status_code == 303
    assert entered(browser, NEW).get("/account").status_code == 200


def test_the_second_factor_from_the_qr_code_to_the_recovery_code(browser, clock) -> None:
    page = browser.send("/account/second-factor").get_data(as_text=True)
    assert "<svg" in page
    secret = re.findall(r'class="secret">([A-Z2-7]{32})<', page)[0]
    assert entered(browser, OWN).get("/account").status_code == 200  # not in force yet
    assert browser.send("/account/second-factor/confirm", code="123").status_code == 422
    code = pyotp.TOTP(secret).at(clock.now())
    done = browser.send("/account/second-factor/confirm", code=code).get_data(as_text=True)
    codes = re.findall(r"<li>([a-z2-7-]{19})</li>", done)
    assert len(set(codes)) == 10
    assert browser.send("/account/second-factor").status_code == 422  # in force: remove it first
    other = entered(browser, OWN)
    replay = other.send("/sign-in/second-factor", code=code)
    assert replay.status_code == 401  # the code that confirmed it does not open as well
    assert other.send("/sign-in/second-factor", code=codes[3].upper()).status_code == 303
    assert other.get("/account").status_code == 200
    again = entered(browser, OWN)
    assert again.send("/sign-in/second-factor", code=codes[3]).status_code == 401
    assert "còn 9 mã dự phòng" in browser.get("/account").get_data(as_text=True)
    clock.advance_to(clock.now() + timedelta(seconds=40))
    assert browser.send("/account/second-factor/remove", present="guess").status_code == 403
    clock.advance_to(clock.now() + timedelta(minutes=1))
    assert browser.send("/account/second-factor/remove", present=OWN).status_code == 303
    assert entered(browser, OWN).get("/account").status_code == 200


def test_no_page_shows_a_secret_again(browser, office) -> None:
    page = browser.send("/account/second-factor").get_data(as_text=True)
    secret = re.findall(r'class="secret">([A-Z2-7]{32})<', page)[0]
    assert secret not in browser.get("/account").get_data(as_text=True)


def test_own_sessions_are_listed_and_ended_and_others_are_not_there(browser, sign_in) -> None:
    other = entered(browser, OWN)
    page = browser.get("/account").get_data(as_text=True)
    [session] = re.findall(r"/account/sessions/([^/]+)/end", page)
    stranger = sign_in("officer", person="la")
    assert stranger.send(f"/account/sessions/{session}/end").status_code == 404
    assert other.get("/account").status_code == 200
    assert browser.send(f"/account/sessions/{session}/end").status_code == 303
    assert other.get("/account").status_code == 303


def test_a_token_is_shown_once_and_revoked(browser) -> None:
    made = browser.send("/account/tokens", label="máy quét", days="30", scope="task.list")
    page = html.unescape(made.get_data(as_text=True))
    bearer = re.findall(r'class="secret">(motcua_[^<]+)<', page)[0]
    headers = {"Authorization": f"Bearer {bearer}"}
    client = browser.client.application.test_client()
    assert client.get("/api/v1/tasks", headers=headers).status_code == 200
    assert client.get("/account", headers=headers).status_code == 403
    after = browser.get("/account").get_data(as_text=True)
    assert bearer not in after
    for token in re.findall(r"/account/tokens/([^/]+)/revoke", after):
        assert browser.send(f"/account/tokens/{token}/revoke").status_code == 303
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401
    assert browser.send("/account/tokens", label="x", days="abc").status_code == 422


def test_what_protects_an_account_is_no_business_of_a_token(client, office, clock) -> None:
    expires = clock.now() + timedelta(days=1)
    issued = accounts.issue_token(office, "lan", CENTRE, "one_stop_clerk", (), expires)
    headers = {"Authorization": f"Bearer {issued.bearer}"}
    for path in ("/account/second-factor", "/account/password", "/account/tokens"):
        assert client.post(path, headers=headers).status_code in {403, 422}
    assert client.get("/account", headers=headers).status_code == 403
