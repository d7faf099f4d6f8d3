"""Sign-in by an identity provider: OpenID Connect, code flow with PKCE, state and nonce.

The provider says who somebody is and nothing else: which person that is here comes from one claim,
posts and roles are ours. Not for the session that follows: that is ours too.
"""

from __future__ import annotations

import base64
import json
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib import deprecate  # noqa: F401 - sets its own filter, which ours has to follow
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from config import Settings
from workflows.errors import WorkflowError

with warnings.catch_warnings():  # it announces a successor of httpx that we do not use yet
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import OAuth2Client

DISCOVERY = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never "none", never a shared secret
SECONDS = 5.0
LEEWAY_SECONDS = 60
MOST_COOKIE = 2_000


class IdentityRefused(WorkflowError):
    """The identity provider refused, cannot be reached, or vouched in a way we do not accept."""

    code = "identity_refused"
    sentence = "Chưa đăng nhập được qua {provider}: {reason}; hãy thử lại."

    def __init__(self, provider: str, reason: str) -> None:
        """Name the provider and say in Vietnamese what was wrong."""
        super().__init__(provider=provider, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Trip:
    """What the browser keeps while it is at the provider: only its owner can come back with it."""

    state: str
    nonce: str
    verifier: str
    next: str

    def pack(self) -> str:
        """Return the trip as the value of a cookie."""
        return base64.urlsafe_b64encode(json.dumps(vars(self)).encode()).decode()

    @classmethod
    def unpack(cls, value: str) -> Trip | None:
        """Return the trip of a cookie, None for what we did not write."""
        try:
            known = json.loads(base64.urlsafe_b64decode(value[:MOST_COOKIE]))
            return cls(**known)
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """The code of a person here, and the token that says so."""

    person: str
    identity_token: str


@dataclass
class Provider:
    """One identity provider; what it publishes about itself is fetched when first needed."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str
    _known: dict[str, Any] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """Return the provider of an installation, None where there is none."""
        if not settings.oidc_issuer:
            return None
        return cls(
            name=settings.oidc_name,
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            claim=settings.oidc_claim,
        )

    def way_in(self, trip: Trip, redirect_uri: str) -> str:
        """Return the provider's address that asks somebody who they are."""
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=trip.state,
                nonce=trip.nonce,
                code_verifier=trip.verifier,
            )
        return str(url)

    def way_out(self, identity_token: str, back: str) -> str:
        """Return the provider's address that ends its own session, `back` where it has none."""
        end = self._metadata().get("end_session_endpoint")
        if not end:
            return back
        asked = {"id_token_hint": identity_token, "client_id": self.client_id}
        return f"{end}?{urlencode(asked | {'post_logout_redirect_uri': back})}"

    def vouched(self, trip: Trip, code: str, redirect_uri: str, now: datetime) -> Vouched:
        """Return whom the provider vouches for; raises IdentityRefused."""
        try:
            with self._client(redirect_uri) as client:
                answer = client.fetch_token(
                    self._metadata()["token_endpoint"], code=code, code_verifier=trip.verifier
                )
        except (AuthlibBaseError, httpx.HTTPError, ValueError) as fault:
            raise self._refused("mã xác nhận không được chấp nhận") from fault
        token = str(answer.get("id_token", ""))
        claims = self._claims(token, trip.nonce, now)
        person = claims.get(self.claim)
        if not isinstance(person, str) or not person:
            raise self._refused(f"thiếu thông tin «{self.claim}»")
        return Vouched(person=person, identity_token=token)

    def _claims(self, token: str, nonce: str, now: datetime) -> dict[str, Any]:
        """Return the claims of an ID token that is signed, ours, fresh, and of this very trip."""
        try:
            claims: dict[str, Any] = self._decoded(token)
            registry = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(claims)
        except (JoseError, ValueError) as fault:
            raise self._refused("chứng thực không hợp lệ") from fault
        if isinstance(claims["aud"], list) and claims.get("azp", self.client_id) != self.client_id:
            raise self._refused("chứng thực cấp cho hệ thống khác")
        return claims

    def _decoded(self, token: str) -> dict[str, Any]:
        try:
            return dict(jwt.decode(token, self._keys(), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):  # the provider may have changed its keys
            return dict(jwt.decode(token, self._keys(fresh=True), algorithms=ALGORITHMS).claims)

    def _keys(self, *, fresh: bool = False) -> KeySet:
        keys = None if fresh else self._known.get("keys")
        if keys is None:
            keys = KeySet.import_key_set(self._fetched(self._metadata()["jwks_uri"]))
            self._known["keys"] = keys
        return keys

    def _metadata(self) -> dict[str, Any]:
        with self._turn:
            if "metadata" not in self._known:
                found = self._fetched(self.issuer.rstrip("/") + DISCOVERY)
                if found.get("issuer") != self.issuer:
                    raise self._refused("địa chỉ không đúng của nơi cấp danh tính")
                self._known["metadata"] = found
            return dict(self._known["metadata"])

    def _fetched(self, url: str) -> Any:
        try:
            return httpx.get(url, timeout=SECONDS).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as fault:
            raise self._refused("không kết nối được") from fault

    def _client(self, redirect_uri: str) -> Any:
        return OAuth2Client(
            client_id=self.client_id,
            client_secret=self.client_secret,
            redirect_uri=redirect_uri,
            scope="openid profile",
            code_challenge_method="S256",
            timeout=SECONDS,
        )

    def _refused(self, reason: str) -> IdentityRefused:
        return IdentityRefused(self.name, reason)
