"""Signing in by an identity provider: who is let in, and every way in which it must not work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from api import create_app
from tests.api.conftest import CENTRE, Browser
from tests.api.provider import CLIENT, SECRET, LocalProvider, running
from workflows import accounts

ENTRY = "/sign-in/provider?next=/account"


@pytest.fixture
def provider(clock) -> Iterator[LocalProvider]:
    with running(LocalProvider(now=int(clock.now().timestamp()))) as local:
        local.claims = {"preferred_username": "lan", "role": "leader", "roles": ["leader"]}
        yield local


@pytest.fixture
def app(settings, office, provider):
    expires = office.clock.now() + timedelta(days=30)
    accounts.issue_token(office, "lan", CENTRE, "one_stop_clerk", (), expires)
    here = replace(
        settings, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET
    )
    return create_app(here, office=office)


@pytest.fixture
def browser(app) -> Browser:
    return Browser(app.test_client())


def come_back(browser: Browser, provider: LocalProvider):
    sent = browser.get(ENTRY)
    assert sent.status_code == 303
    return browser.get(provider.authorise(sent.location))


def test_who_the_provider_vouches_for_is_let_in_with_the_posts_we_know(browser, provider) -> None:
    assert "một lần của tỉnh" in browser.get("/sign-in").get_data(as_text=True)
    done = come_back(browser, provider)
    assert (done.status_code, done.location) == (303, "/account")
    page = browser.get("/account").get_data(as_text=True)
    assert "Một cửa" in page
    assert "Lãnh đạo" not in page  # a role in a claim is nothing to us
    assert browser.get("/api/v1/tasks").status_code == 200


def test_the_way_in_carries_state_nonce_and_a_challenge_and_no_secret(browser, provider) -> None:
    address = browser.get(ENTRY).location
    asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert SECRET not in address
    again = {k: v[0] for k, v in parse_qs(urlsplit(browser.get(ENTRY).location).query).items()}
    assert again["state"] != asked["state"]


def test_signing_out_ends_the_session_at_the_provider_too(browser, provider) -> None:
    come_back(browser, provider)
    out = browser.send("/sign-out")
    assert out.location.startswith(f"{provider.issuer}/logout?id_token_hint=")
    query = parse_qs(urlsplit(out.location).query)
    assert query["post_logout_redirect_uri"] == ["http://localhost/sign-in"]
    assert browser.get("/api/v1/tasks").status_code == 401


def test_somebody_we_do_not_know_is_told_so_and_not_added(browser, provider, office) -> None:
    provider.claims["preferred_username"] = "nguoi.la"
    refused = come_back(browser, provider)
    assert refused.status_code == 403
    assert "chưa có tài khoản" in refused.get_data(as_text=True)
    assert office.store.read(lambda uow: uow.accounts.person("nguoi.la")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another trip"},
        {"aud": "another program"},
        {"aud": [CLIENT, "x"], "azp": "x"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"preferred_username": None},
        {"preferred_username": ["lan"]},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_trip_is_refused(browser, provider, wrong) -> None:
    provider.claims |= wrong
    assert come_back(browser, provider).status_code == 401
    assert browser.get("/api/v1/tasks").status_code == 401


def test_a_token_signed_by_somebody_else_is_refused(browser, provider) -> None:
    provider.published = provider.key
    provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert come_back(browser, provider).status_code == 401


def test_a_new_key_of_the_provider_is_fetched(app, browser, provider) -> None:
    assert come_back(browser, provider).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    provider.header["kid"] = "k2"
    assert come_back(Browser(app.test_client()), provider).status_code == 303


def test_a_code_brought_by_another_browser_opens_nothing(app, browser, provider) -> None:
    back = provider.authorise(browser.get(ENTRY).location)
    thief = Browser(app.test_client())
    assert thief.get(back).status_code == 401
    thief.get(ENTRY)  # on a trip of their own, with another state
    assert thief.get(back).status_code == 401
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401  # a code opens once


def test_a_provider_that_is_down_says_so_and_keeps_nobody_in(settings, office) -> None:
    nowhere = replace(settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT)
    browser = Browser(create_app(nowhere, office=office).test_client())
    assert browser.get(ENTRY).status_code == 401


def test_without_a_provider_there_is_no_such_page(client) -> None:
    assert client.get(ENTRY).status_code == 404
