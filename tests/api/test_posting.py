"""Posting webhooks: no way into the house's own network, and no receiver may hold a worker."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.sending.posting import HttpPost, Refused, judged, networks
from tests.receiving import Receiver, drip
from workflows.parcels import Parcel, Receipt

SECRET = "whsec_" + "c2VjcmV0IG9mIG5vYm9keSBhdCBhbGwsIGZvciB0ZXN0cw=="
LOCAL = networks("127.0.0.0/8")


def parcel(url: str) -> Parcel:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Parcel(id="msg_1", url=url, secrets=(SECRET,), at=at, body=b'{"a":1}')


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver().start()
    yield started
    started.stop()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",  # noqa: S104
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "192.0.2.1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(Refused):
        judged(address, (), secure=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_a_public_address_needs_https(address):
    judged(address, (), secure=True)
    with pytest.raises(Refused):
        judged(address, (), secure=False)


def test_a_network_of_the_house_can_be_allowed_and_only_that(receiver):
    assert HttpPost()(parcel(receiver.url)).fault
    assert receiver.requests == []
    allowed = HttpPost(allowed=LOCAL)(parcel(receiver.url))
    assert (allowed.status, allowed.delivered) == (204, True)
    judged("10.20.1.1", networks("10.20.0.0/16"), secure=False)
    with pytest.raises(Refused):
        judged("10.21.1.1", networks("10.20.0.0/16"), secure=False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]"])
def test_another_spelling_of_the_own_machine_is_refused_too(receiver, host):
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    receipt = HttpPost()(parcel(f"http://{host}:{port}/hook"))
    assert not receipt.delivered
    assert receiver.requests == []


def test_the_address_that_was_judged_is_the_one_that_is_connected_to(receiver, monkeypatch):
    """A name that answers something else the second time is asked only once."""
    asked = []
    real = socket.getaddrinfo

    def rebinding(host, port, *rest, **more):
        if host == "rebinding.example":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    receipt = HttpPost(allowed=networks("127.0.0.1/32"))(
        parcel(f"http://rebinding.example:{port}/hook")
    )
    assert (receipt.status, asked) == (204, ["rebinding.example"])
    assert receiver.requests[0].headers["host"] == f"rebinding.example:{port}"


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    def both(_host, port, *_rest, **_more):
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("8.8.8.8", port)), (*kind, ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    assert HttpPost()(parcel("https://mixed.example/")).fault == "địa chỉ nội bộ không được phép"


def test_a_receiver_that_never_ends_its_answer_is_cut_off(receiver):
    receiver.answers.append(drip)
    began = time.monotonic()
    receipt = HttpPost(allowed=LOCAL, answer_seconds=0.5)(parcel(receiver.url))
    assert receipt.fault
    assert time.monotonic() - began < 3


def test_a_receiver_that_says_nothing_is_left(receiver):
    receiver.answers.append(lambda _handler: time.sleep(2))
    receipt = HttpPost(allowed=LOCAL, answer_seconds=0.3)(parcel(receiver.url))
    assert receipt.status == 0
    assert receipt.fault


def test_nobody_at_home_and_a_name_nobody_has_are_faults_not_crashes(receiver):
    receiver.stop()
    assert HttpPost(allowed=LOCAL)(parcel(receiver.url)).fault == "ConnectionRefusedError"
    assert HttpPost()(parcel("https://no-such-name.invalid/")).fault == "gaierror"


def test_an_untrusted_certificate_is_a_fault(receiver):
    secure = receiver.url.replace("http://", "https://")
    receipt = HttpPost(allowed=LOCAL)(parcel(secure))
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.delivered) == (0, False)
    assert receiver.requests == []
