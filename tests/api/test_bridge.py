"""The bridge's doors: what is not signed as it should be is refused, on record, and harmless."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import OctKey

from api import create_app
from engine.bridge.envelope import MOST_BYTES, Envelope, FileNamed
from workflows import partners
from workflows.envelopes import ENVELOPE, QUESTION, Keyring, Signed, kid_of, sign
from workflows.office import Office
from workflows.people import operator
from workflows.signing import KeySigner, made_up
from workflows.store.tables import metadata

HERE, THERE = "nam.example.gov.vn", "bac.example.gov.vn"
NOT_CHANGED_BY_A_REFUSAL = {t.name for t in metadata.sorted_tables} - {"access_log", "rate_bucket"}


@dataclass
class Partner:
    """The other side: it can sign whatever it likes with its keys."""

    office: Office
    client: FlaskClient
    key: KeySigner
    old: KeySigner
    own: KeySigner
    sent: int = 0
    last: str = ""

    def envelope(self, **said: Any) -> Envelope:
        given: dict[str, Any] = {
            "id": self.office.ids.new_id(),
            "source": THERE,
            "audience": HERE,
            "sequence": self.sent + 1,
            "previous": self.last,
            "kind": "note",
            "subject": "leg",
            "at": self.office.clock.now(),
            "body": {"text": "Xin chào"},
        }
        return Envelope(**given | said)

    def signed(self, payload: bytes, **said: Any) -> Signed:
        now = self.office.clock.now() + said.get("late", timedelta())
        times = (now, now + said.get("life", timedelta(minutes=10)))
        return sign(said.get("key", self.key), payload, said.get("typ", ENVELOPE), times)

    def post(self, body: Any, door: str = "envelopes") -> Any:
        return self.client.post(f"/api/v1/bridge/{door}", json=body)


@pytest.fixture
def partner(settings: Any, office: Office, tmp_path: Path) -> Partner:
    keyring = Keyring.at(HERE, tmp_path / "key.pem")
    office = replace(office, keyring=keyring)
    app = create_app(replace(settings, installation=HERE), office=office)
    app.testing = False
    admin = operator(office, "H55.904")
    old, key = made_up(), made_up()
    command = partners.AddPartner(
        name=THERE, title="Bắc", address="https://bac.example", public_key=old.public_key
    )
    partners.add(office, admin, command)
    partners.trust(office, admin, THERE, key.public_key)
    partners.revoke(office, admin, THERE, kid_of(old.public_key))
    office.clock.advance_to(office.clock.now() + timedelta(minutes=1))  # type: ignore[attr-defined]
    return Partner(office, app.test_client(), key, old, keyring.signer)


def contents(office: Office) -> dict[str, list[Any]]:
    """Everything in the tables that a refusal may not touch."""
    with office.store.engine.connect() as connection:
        return {
            name: [tuple(r) for r in connection.execute(sa.text(f"SELECT * FROM {name}"))]  # noqa: S608
            for name in sorted(NOT_CHANGED_BY_A_REFUSAL)
        }


def header_of(signed: Signed, **changes: Any) -> str:
    said = json.loads(urlsafe_b64decode(signed["protected"] + "=="))
    return urlsafe_b64encode(json.dumps(said | changes).encode()).decode().rstrip("=")


def _tampered(p: Partner) -> Any:
    good = p.signed(p.envelope().payload())
    other = p.envelope(body={"text": "Khác"}).payload()
    return {**good, "payload": urlsafe_b64encode(other).decode().rstrip("=")}


def _no_algorithm(p: Partner) -> Any:
    good = p.signed(p.envelope().payload())
    return {**good, "protected": header_of(good, alg="none"), "signature": "AA"}


def _shared_secret(p: Partner) -> Any:
    """Sign with the public key as if it were a secret: what a confused checker would take."""
    now = int(p.office.clock.now().timestamp())
    header = {"alg": "HS256", "kid": kid_of(p.key.public_key), "typ": ENVELOPE}
    rules = jws.JWSRegistry(algorithms=["HS256"], strict_check_header=False)
    member: Any = {"protected": header | {"iat": now, "exp": now + 60}}
    key = OctKey.import_key(bytes.fromhex(p.key.public_key))
    return dict(jws.serialize_json(member, p.envelope().payload(), key, registry=rules))


def _extra_member(p: Partner) -> Any:
    good = p.signed(p.envelope().payload())
    return {**good, "protected": header_of(good, jku="https://evil.example")}


def _with(**changes: Any) -> Callable[[Partner], Any]:
    def made(p: Partner) -> Any:
        good = p.signed(p.envelope().payload())
        return {**good, "protected": header_of(good, **changes)}

    return made


def _later_key(p: Partner) -> Any:
    return p.signed(p.envelope().payload(), key=made_up())


REFUSED: dict[str, tuple[Callable[[Partner], Any], int, str]] = {
    "tampered": (_tampered, 401, "wrong_signature"),
    "algorithm none": (_no_algorithm, 401, "wrong_signature"),
    "a public key used as a secret": (_shared_secret, 401, "wrong_signature"),
    "another type": (
        lambda p: p.signed(p.envelope().payload(), typ=QUESTION), 401, "wrong_signature",
    ),
    "an extra member in the header": (_extra_member, 401, "wrong_signature"),
    "an unknown key": (_later_key, 401, "unknown_key"),
    "an old key": (lambda p: p.signed(p.envelope().payload(), key=p.old), 401, "unknown_key"),
    "our own key": (
        lambda p: p.signed(p.envelope().payload(), key=p.own), 401, "unknown_key",
    ),
    "expired": (
        lambda p: p.signed(p.envelope().payload(), late=-timedelta(minutes=16)), 401, "out_of_time",
    ),
    "a clock that is fast": (
        lambda p: p.signed(p.envelope().payload(), late=timedelta(minutes=6)), 401, "out_of_time",
    ),
    "valid for ever": (
        lambda p: p.signed(p.envelope().payload(), life=timedelta(days=1)), 401, "out_of_time",
    ),
    "wrongly addressed": (
        lambda p: p.signed(p.envelope(audience="khac.example").payload()), 403, "wrong_address",
    ),
    "in another's name": (
        lambda p: p.signed(p.envelope(source="khac.example").payload()), 403, "wrong_address",
    ),
    "not the first": (
        lambda p: p.signed(p.envelope(previous="0" * 64).payload()), 409, "envelope_forked",
    ),
    "too early": (
        lambda p: p.signed(p.envelope(sequence=9_999, previous="0" * 64).payload()),
        409, "envelope_too_early",
    ),
    "a number beyond all": (
        lambda p: p.signed(p.envelope(sequence=2**31 - 1).payload()), 422, "bad_envelope",
    ),
    "no envelope": (lambda p: p.signed(b'{"id": 1}'), 422, "bad_envelope"),
    "not canonical": (
        lambda p: p.signed(b" " + p.envelope().payload()), 422, "bad_envelope",
    ),
    "a member twice": (
        lambda p: p.signed(p.envelope().payload()[:-1] + b',"id":"x"}'), 422, "bad_envelope",
    ),
    "a file that climbs": (
        lambda p: p.signed(p.envelope(files=(FileNamed(
            sha256="../../etc/passwd", size=1, name="x", media_type="x"),)).payload()),
        422, "bad_envelope",
    ),
    "too deep": (lambda p: p.signed(b'{"a":' * 40 + b"1" + b"}" * 40), 422, "bad_envelope"),
    "so deep that nobody can read it": (
        lambda p: p.signed(b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"), 422, "bad_envelope",
    ),
    "half a pair in a text": (
        lambda p: p.signed(b'{"subject":"\\ud800"}'), 422, "bad_envelope",
    ),
    "a NUL in a text": (
        lambda p: p.signed(p.envelope(body={"text": "\0"}).payload()), 422, "bad_envelope",
    ),
    "a header with half a pair as algorithm": (_with(alg="\ud800"), 401, "wrong_signature"),
    "a header with half a pair as type": (_with(typ="\ud800"), 401, "wrong_signature"),
    "a header with half a pair as key": (_with(kid="\ud800"), 401, "wrong_signature"),
    "a header with a NUL as key": (_with(kid="\0"), 401, "wrong_signature"),
    "a header with lists in lists": (_with(alg=[[[[[[[[[]]]]]]]]]), 401, "wrong_signature"),
    "a header of another age": (_with(exp=10**400), 401, "wrong_signature"),
    "oversized": (
        lambda p: p.signed(p.envelope(body={"text": "x" * MOST_BYTES}).payload()),
        422, "bad_envelope",
    ),
}  # fmt: skip


def test_what_is_not_signed_as_it_should_be_is_refused_on_record_and_harmless(
    partner: Partner,
) -> None:
    before = contents(partner.office)
    wrong = {}
    for name, (make, status, code) in REFUSED.items():
        answer = partner.post(make(partner))
        if (answer.status_code, answer.json.get("code")) != (status, code):
            wrong[name] = (answer.status_code, answer.json)
    assert wrong == {}
    assert contents(partner.office) == before
    log = partner.office.store.read(lambda u: list(u.connection.execute(sa.text(
        "SELECT person, action, rule FROM access_log ORDER BY seq"))))  # fmt: skip
    assert [row.rule for row in log] == [code for _, _, code in REFUSED.values()]
    assert {row.action for row in log} == {"bridge.receive"}
    assert "partner:unknown" in {row.person for row in log}
    assert f"partner:{THERE}" in {row.person for row in log}


def test_too_large_a_body_is_not_even_read(partner: Partner) -> None:
    body = {"protected": "a", "payload": "b" * 2_000_000, "signature": "c"}
    assert partner.post(body).status_code == 413
    assert partner.post({**body, "payload": "b" * 500_000}).status_code == 422


def test_the_clocks_of_two_installations_may_differ_a_little(partner: Partner) -> None:
    payload = partner.envelope().payload()
    assert partner.post(partner.signed(payload, late=timedelta(minutes=4))).status_code == 200


def test_a_replay_gets_the_first_acknowledgement_and_changes_nothing(partner: Partner) -> None:
    good = partner.signed(partner.envelope().payload())
    first = partner.post(good)
    assert first.status_code == 200
    before = contents(partner.office)
    assert partner.post(good).json == first.json
    partner.office.clock.advance_to(  # type: ignore[attr-defined]
        partner.office.clock.now() + timedelta(minutes=16)
    )
    assert partner.post(good).json["code"] == "out_of_time"
    assert contents(partner.office) == before


def test_a_number_or_an_id_is_used_once(partner: Partner) -> None:
    one = partner.envelope()
    assert partner.post(partner.signed(one.payload())).status_code == 200
    other = replace(one, id=partner.office.ids.new_id())
    assert partner.post(partner.signed(other.payload())).json["code"] == "envelope_forked"
    again = replace(one, sequence=3, previous="0" * 64)
    assert partner.post(partner.signed(again.payload())).json["code"] == "envelope_forked"


def test_a_key_that_was_revoked_names_no_successor(partner: Partner) -> None:
    fresh, now = made_up(), partner.office.clock.now()
    said = {
        "source": THERE, "kid": kid_of(fresh.public_key), "public_key": fresh.public_key,
        "follows": kid_of(partner.old.public_key), "valid_from": now.isoformat(),
    }  # fmt: skip
    payload = json.dumps(said).encode()
    statement = sign(partner.old, payload, "motcua-key", (now, now + timedelta(minutes=5)))
    assert partner.post(statement, "keys").json["code"] == "unknown_key"
    said["follows"] = kid_of(partner.key.public_key)
    payload = json.dumps(said).encode()
    good = sign(partner.key, payload, "motcua-key", (now, now + timedelta(minutes=5)))
    assert partner.post(good, "keys").json == {"kid": kid_of(fresh.public_key)}


def test_a_file_is_handed_over_only_if_an_envelope_named_it(partner: Partner) -> None:
    ask = json.dumps(
        {"source": THERE, "audience": HERE, "ask": "file", "sha256": "0" * 64}
    ).encode()
    assert partner.post(partner.signed(ask, typ=QUESTION), "files").status_code == 404
    no_hash = ask.replace(b"0" * 64, b"../x")
    assert partner.post(partner.signed(no_hash, typ=QUESTION), "files").status_code == 404
    assert partner.post(partner.signed(ask, typ=QUESTION), "state").json["code"] == "wrong_address"
    assert (
        partner.post(partner.signed(ask, typ=ENVELOPE), "files").json["code"] == "wrong_signature"
    )


def test_a_member_whose_name_no_answer_could_repeat_is_no_json(partner: Partner) -> None:
    for door in ("envelopes", "keys", "state", "files"):
        address, body = f"/api/v1/bridge/{door}", rb'{"\ud800": 1}'
        answer = partner.client.post(address, data=body, content_type="application/json")
        assert answer.status_code == 400
        assert '"not_json"' in answer.get_data(as_text=True)


def test_without_a_name_there_is_no_bridge(client: FlaskClient) -> None:
    body = {"protected": "a", "payload": "b", "signature": "c"}
    answer = client.post("/api/v1/bridge/envelopes", json=body)
    assert answer.status_code == 503
    assert "no_bridge" in answer.get_data(as_text=True)
