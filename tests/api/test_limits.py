"""Rate limits at the door: 429 with Retry-After, by person, by address, by bucket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api import create_app
from api.auth import PUBLIC, declares
from api.limits import LIMITS, limited, limits_of


@pytest.fixture
def make(settings, office):
    def joined(**changes):
        app = create_app(replace(settings, **changes), office=office)
        app.add_url_rule("/guess", "guess", declares(PUBLIC)(limited("lookup")(lambda: "no")))
        return app.test_client()

    return joined


def test_asking_too_often_is_429_and_says_when_to_come_back(make):
    client = make(rate_limits="anonymous=3/60")
    answers = [client.get("/api/v1/tasks").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    refused = client.get("/api/v1/tasks")
    assert refused.headers["Retry-After"] == "20"
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json(force=True)["code"] == "too_many_requests"


def test_a_known_caller_is_counted_by_person_not_by_address(make, hire):
    client = make(rate_limits="api=2/60 anonymous=1/60")
    first, second = hire("officer", person="first"), hire("officer", person="second")
    for caller in (first, second):
        codes = [client.get("/api/v1/tasks", headers=caller._auth).status_code for _ in range(3)]
        assert codes == [200, 200, 429]


def test_a_door_that_invites_guessing_has_a_stricter_bucket(make, clock):
    client = make()
    codes = [client.get("/guess").status_code for _ in range(12)]
    assert codes == [200] * 10 + [429] * 2


def test_each_address_has_its_own_bucket_and_only_a_trusted_proxy_names_it(make):
    direct, behind = make(), make(trusted_proxies=1)

    def guess(client, address, times):
        head = {"X-Forwarded-For": address}
        return [client.get("/guess", headers=head).status_code for _ in range(times)]

    assert guess(behind, "203.0.113.1", 11)[-1] == 429
    assert guess(behind, "203.0.113.2", 1) == [200]
    assert [guess(direct, f"203.0.113.{n}", 1)[0] for n in range(11)][-1] == 429


def test_a_limit_can_be_changed_and_lifted(settings):
    limits = limits_of(replace(settings, rate_limits="lookup=off api=500/10 mine=3/1"))
    assert "lookup" not in limits
    assert (limits["api"].amount, limits["api"].portion) == (500, 10)
    assert limits["mine"].portion == 1
    assert limits["sign_in"] == LIMITS["sign_in"]


def test_health_is_never_refused(make):
    client = make(rate_limits="anonymous=1/60")
    assert {client.get("/livez").status_code for _ in range(9)} == {200}
