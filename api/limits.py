"""How often a caller may ask: each bucket by its name, a refusal is 429 with Retry-After.

Every request takes from `api` (known callers, by person) or `anonymous` (by address); a door that
invites guessing declares a stricter bucket of its own with `limited`. Counting is done below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api.auth import current_actor, office
from config import Settings
from workflows.errors import Unauthenticated
from workflows.limiting import Limit, Limiter

P = ParamSpec("P")
R = TypeVar("R")

API, ANONYMOUS, BRIDGE = "api", "anonymous", "bridge"
LIMITS: Mapping[str, Limit] = {
    API: Limit(amount=6_000, seconds=60, portion=100),
    ANONYMOUS: Limit(amount=600, seconds=60, portion=20),
    "lookup": Limit(amount=10, seconds=60),
    "wrong_code": Limit(amount=5, seconds=3_600),
    "sign_in": Limit(amount=10, seconds=60),
    BRIDGE: Limit(amount=6_000, seconds=60, portion=100),
}
PORTIONS = 50  # a generous limit is taken in so many portions: that many writes a filling
STRICT_BELOW = 100  # a limit smaller than this is counted one by one
FREE = frozenset({"static", "health.livez", "health.readyz"})


def join(app: Flask, settings: Settings) -> None:
    """Begin to count, by the limits of these settings."""
    app.extensions["motcua.limits"] = limits_of(settings)
    app.extensions["motcua.limiter"] = Limiter()


def register(app: Flask, settings: Settings) -> None:
    """Count every request of the application."""
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask takes middleware
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.before_request(count_request)


def limits_of(settings: Settings) -> dict[str, Limit]:
    """Return the limits of these settings by bucket; a bucket that is not there is lifted."""
    limits = dict(LIMITS)
    for part in settings.rate_limits.split():
        name, _, rate = part.partition("=")
        limits.pop(name, None)
        if rate != "off":
            amount, seconds = map(int, rate.split("/"))
            portion = 1 if amount < STRICT_BELOW else amount // PORTIONS
            limits[name] = Limit(amount=amount, seconds=seconds, portion=portion)
    return limits


def count_request() -> None:
    """Take one from the caller's bucket; raises TooMany."""
    if request.endpoint in FREE or request.blueprint == BRIDGE:  # counts in a bucket of its own
        return
    try:
        take(API, current_actor().person)
    except Unauthenticated:
        take(ANONYMOUS)


def limited(bucket: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a route be asked only as often as the bucket allows each address."""

    def decorator(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            take(bucket)
            return view(*args, **kwargs)

        return counted

    return decorator


def take(bucket: str, holder: str = "") -> None:
    """Take one from a bucket: the holder's, or the address's; raises TooMany.

    For what is not a route of its own, such as a wrong code: take when it was wrong.
    """
    limit = cast("dict[str, Limit]", current_app.extensions["motcua.limits"]).get(bucket)
    if limit is not None:
        limiter = cast("Limiter", current_app.extensions["motcua.limiter"])
        limiter.take(office(), bucket, holder or (request.remote_addr or ""), limit)


def check(bucket: str, holder: str = "") -> None:
    """Raise TooMany when a bucket is empty, and take nothing."""
    limit = cast("dict[str, Limit]", current_app.extensions["motcua.limits"]).get(bucket)
    if limit is not None:
        limiter = cast("Limiter", current_app.extensions["motcua.limiter"])
        limiter.check(office(), bucket, holder or (request.remote_addr or ""), limit)
