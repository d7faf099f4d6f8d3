"""Webhooks to a real server: signed, in order, at least once, whatever the receiver does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from api.sending.posting import HttpPost, networks
from tests.builders import CENTRE, CLERK, COMMUNE, LEADER, OFFICER, TAX, person, receive, task_of
from tests.receiving import Receiver, hang_up
from tests.workflows.counting import statements
from workflows import delivering, intake, tasks, webhooks
from workflows.clock import SimulatedClock
from workflows.delivering import Carriers, Delivered
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.parcels import Parcel, Receipt
from workflows.permitting import INSTALLATION
from workflows.store import tables
from workflows.tasks import CompleteTask
from workflows.webhooks import ChangeSubscription, ReplayDelivery, Subscribe

ADMIN = person("administrator", CENTRE)
LOCAL = networks("127.0.0.0/8")
CARRIERS = Carriers(post=HttpPost(allowed=LOCAL, answer_seconds=1))
KINDS = ("dossier_received", "step_completed", "result_returned")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver().start()
    yield started
    started.stop()


def listen(office: Office, receiver: Receiver, **said) -> webhooks.SubscriptionView:
    said = {"url": receiver.url, "kinds": KINDS, **said}
    return webhooks.subscribe(office, ADMIN, Subscribe(**said))


def later(office: Office, **span) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**span))


def everything(office: Office, rounds: int = 20) -> Delivered:
    """Deliver until nothing is due; return the sum."""
    total = [0, 0, 0]
    for _ in range(rounds):
        got = delivering.deliver(office, CARRIERS)
        if got == Delivered():
            break
        total = [a + b for a, b in zip(total, vars(got).values(), strict=True)]
    return Delivered(**dict(zip(("delivered", "failed", "given_up"), total, strict=True)))


def checked(office: Office):
    view = receive(office)
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task)
    return tasks.complete(office, CLERK, command)


def test_a_receiver_gets_signed_cloud_events_in_order(office: Office, receiver: Receiver) -> None:
    made = listen(office, receiver)
    view = checked(office)
    assert everything(office) == Delivered(delivered=2)
    first, second = receiver.requests
    assert [r.event["type"] for r in (first, second)] == [
        "vn.motcua.dossier_received",
        "vn.motcua.step_completed",
    ]
    event = first.event
    assert event["specversion"] == "1.0"
    assert event["id"] == first.headers["webhook-id"]
    assert event["subject"] == event["data"]["code"] == view.code
    assert event["data"]["seq"] < second.event["data"]["seq"]
    stamp = int(first.headers["webhook-timestamp"])
    assert stamp == int(office.clock.now().timestamp())
    expected = Webhook(made.secret).sign(event["id"], office.clock.now(), first.body.decode())
    assert first.headers["webhook-signature"] == expected


def test_a_webhook_holds_no_personal_data(office: Office, receiver: Receiver) -> None:
    listen(office, receiver, kinds=())
    view = receive(office, name="Đặng Thị Chim Vàng")
    intake.withdraw(
        office, CLERK, intake.WithdrawDossier(dossier=view.id, reason="Chim Vàng đổi ý")
    )
    everything(office)
    said = "".join(json.dumps(r.event, ensure_ascii=False) for r in receiver.requests)
    assert "dossier_withdrawn" in said
    for canary in ("Chim", "Vàng", "001090001234", CLERK.person):
        assert canary not in said


def test_nobody_listening_costs_no_statement_and_somebody_one(office, receiver) -> None:
    def cost() -> int:
        view = receive(office)
        command = CompleteTask(dossier=view.id, task=task_of(view, "check").task)
        with statements(office.store) as sent:
            tasks.complete(office, CLERK, command)
        return len(sent)

    alone = cost()
    listen(office, receiver)
    listen(office, receiver, kinds=())
    assert cost() == alone + 1


def test_what_was_undone_is_told_to_nobody(office: Office, receiver: Receiver) -> None:
    def fail(reached: str) -> None:
        if reached == "before commit":
            raise RuntimeError(reached)

    listen(office, receiver)
    office.store._at_point = fail
    with pytest.raises(RuntimeError):
        receive(office)
    office.store._at_point = lambda _point: None
    assert everything(office) == Delivered()


def test_a_failing_receiver_gets_the_same_message_again_under_the_same_id(office, receiver) -> None:
    listen(office, receiver)
    receive(office)
    receiver.answers += [500, hang_up, 302, 204]
    for _ in range(4):
        everything(office)
        later(office, hours=19)
    assert len(receiver.requests) == 4
    assert len({r.headers["webhook-id"] for r in receiver.requests}) == 1
    assert {r.path for r in receiver.requests} == {"/hook"}  # the redirect was not followed
    sub = webhooks.subscriptions(office, ADMIN)[0]
    assert (sub.state, sub.failing_since) == ("active", None)
    log = webhooks.deliveries(office, ADMIN, sub.id).items[0]
    assert [(t.attempt, t.status) for t in log.tries] == [(1, 500), (2, 0), (3, 302), (4, 204)]
    assert (log.state, log.attempts) == ("done", 4)


def test_order_is_kept_per_dossier_while_its_first_message_fails(office, receiver) -> None:
    listen(office, receiver)
    slow = checked(office)
    receiver.answers += [503]
    assert everything(office) == Delivered(failed=1)
    quick = checked(office)
    assert everything(office) == Delivered(delivered=2)
    told = [r.event["data"]["code"] for r in receiver.requests]
    assert told == [slow.code, quick.code, quick.code]
    later(office, minutes=2)
    assert everything(office) == Delivered(delivered=2)
    codes = [r.event for r in receiver.requests if r.event["subject"] == slow.code]
    assert [e["type"] for e in codes[1:]] == [
        "vn.motcua.dossier_received",
        "vn.motcua.step_completed",
    ]


def test_after_eight_failures_a_message_is_left_to_people_and_the_next_goes_on(office, receiver):
    listen(office, receiver)
    checked(office)
    receiver.answers += [500] * 8
    began = office.clock.now()
    while receiver.answers:
        everything(office)
        later(office, minutes=10)
    assert timedelta(hours=20) < office.clock.now() - began < timedelta(hours=32)
    assert len(receiver.requests) == 9  # the step's message came right after the eighth failure
    states = sa.select(tables.outbox.c.state).order_by(tables.outbox.c.seq)
    found = office.store.read(lambda uow: list(uow.connection.execute(states).scalars()))
    assert found == ["stuck", "done"]


def test_a_dead_message_can_be_replayed(office: Office, receiver: Receiver) -> None:
    sub = listen(office, receiver)
    receive(office)
    everything(office)
    message = webhooks.deliveries(office, ADMIN, sub.id).items[0]
    command = ReplayDelivery(subscription=sub.id, message=message.id, idempotency_key="k")
    assert webhooks.replay(office, ADMIN, command).state == "pending"
    everything(office)
    assert webhooks.replay(office, ADMIN, command).state == "done"  # the same click, once more
    assert everything(office) == Delivered()
    assert [r.headers["webhook-id"] for r in receiver.requests] == [message.id] * 2
    other = listen(office, receiver)
    with pytest.raises(NotFound):
        webhooks.replay(office, ADMIN, ReplayDelivery(subscription=other.id, message=message.id))


def test_a_worker_that_died_leaves_its_message_to_the_next(office, receiver) -> None:
    listen(office, receiver)
    receive(office)
    now, kinds = office.clock.now(), CARRIERS.kinds
    taken = office.store.write(lambda uow: uow.jobs.take_messages(kinds, now, delivering.LEASE, 9))
    assert everything(office) == Delivered()
    later(office, minutes=10)
    assert everything(office) == Delivered(delivered=1)
    assert not office.store.write(lambda uow: uow.jobs.sent(taken[0], now))


def test_a_receiver_that_is_down_does_not_hold_up_the_others(office, receiver) -> None:
    tried: list[str] = []

    def post(parcel: Parcel) -> Receipt:
        tried.append(parcel.url)
        return Receipt(fault="ConnectionRefusedError") if "down" in parcel.url else Receipt()

    for name in ("down", "sound"):
        listen(office, receiver, url=f"https://{name}.example/", kinds=("dossier_received",))
    for _ in range(5):
        receive(office)
    got = delivering.deliver(office, Carriers(post=post))
    assert got == Delivered(delivered=5, failed=1)
    assert tried.count("https://down.example/") == 1
    attempts = sa.select(sa.func.sum(tables.outbox.c.attempts)).where(
        tables.outbox.c.state == "pending"
    )
    assert office.store.read(lambda uow: uow.connection.execute(attempts).scalar()) == 1


def test_a_long_failing_subscription_is_disabled_with_a_warning(office, receiver, caplog) -> None:
    sub = listen(office, receiver)
    for _ in range(5):
        receive(office)
        receiver.answers += [500] * 9
        everything(office)
        later(office, days=1)
    found = webhooks.subscriptions(office, ADMIN)[0]
    assert found.state == "disabled"
    assert found.failing_since is not None
    assert sub.id in caplog.text
    receive(office)  # nobody listens any more
    receiver.answers.clear()
    assert everything(office).delivered == 0
    resume = ChangeSubscription(subscription=sub.id, what="resume")
    assert webhooks.change(office, ADMIN, resume).failing_since is None
    receive(office)
    assert everything(office).delivered == 1


def test_a_receiver_that_says_it_is_gone_is_believed(office, receiver) -> None:
    listen(office, receiver)
    receive(office)
    receiver.answers += [410]
    everything(office)
    assert webhooks.subscriptions(office, ADMIN)[0].state == "disabled"


def test_a_rotated_secret_signs_beside_the_one_before(office, receiver) -> None:
    first = listen(office, receiver)
    command = ChangeSubscription(subscription=first.id, what="rotate", idempotency_key="r")
    second = webhooks.change(office, ADMIN, command)
    assert webhooks.change(office, ADMIN, command).secret == second.secret != first.secret
    receive(office)
    everything(office)
    (got,) = receiver.requests
    signatures = got.headers["webhook-signature"].split(" ")
    now, text = office.clock.now(), got.body.decode()
    for secret in (second.secret, first.secret):
        assert Webhook(secret).sign(got.headers["webhook-id"], now, text) in signatures
    third = webhooks.change(office, ADMIN, ChangeSubscription(subscription=first.id, what="rotate"))
    assert third.secrets == 2


def test_a_subscription_hears_its_agency_and_its_kinds_alone(office, receiver) -> None:
    operator = person("administrator", INSTALLATION)
    webhooks.subscribe(office, operator, Subscribe(url=receiver.url, agency=TAX))
    checked(office)
    assert everything(office) == Delivered()
    listen(office, receiver, agency=CENTRE, kinds=("step_completed",))
    checked(office)
    assert everything(office) == Delivered(delivered=1)


def test_a_paused_subscription_is_told_nothing(office, receiver) -> None:
    sub = listen(office, receiver)
    receive(office)
    webhooks.change(office, ADMIN, ChangeSubscription(subscription=sub.id, what="pause"))
    receive(office)
    assert everything(office) == Delivered(given_up=1)
    assert receiver.requests == []
    webhooks.change(office, ADMIN, ChangeSubscription(subscription=sub.id, what="remove"))
    assert webhooks.subscriptions(office, ADMIN) == ()


def test_a_test_message_is_sent_at_once_and_kept_nowhere(office, receiver) -> None:
    sub = listen(office, receiver)
    assert CARRIERS.post is not None
    receipt = webhooks.try_out(office, ADMIN, sub.id, CARRIERS.post)
    assert receipt.status == 204
    assert receiver.requests[0].event["type"] == "vn.motcua.test"
    assert webhooks.deliveries(office, ADMIN, sub.id).items == ()


@pytest.mark.parametrize(
    "said",
    [
        {"url": "ftp://example.vn/"},
        {"url": "https://"},
        {"url": "https://user:pass@example.vn/"},
        {"url": "https://example.vn/", "kinds": ("no_such_event",)},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(office, said) -> None:
    with pytest.raises(InvalidInput):
        webhooks.subscribe(office, ADMIN, Subscribe(**said))


def test_only_the_administrator_manages_webhooks(office, receiver) -> None:
    sub = listen(office, receiver)
    for stranger in (CLERK, OFFICER, LEADER):
        with pytest.raises(Forbidden):
            webhooks.subscribe(office, stranger, Subscribe(url=receiver.url))
        with pytest.raises(Forbidden):
            webhooks.deliveries(office, stranger, sub.id)
    assert webhooks.subscriptions(office, ADMIN)[0].secret == ""


def test_subscribing_twice_with_one_key_is_once(office, receiver) -> None:
    first = listen(office, receiver, idempotency_key="s")
    again = listen(office, receiver, idempotency_key="s")
    assert (again.id, again.secret) == (first.id, first.secret)
    assert len(webhooks.subscriptions(office, ADMIN)) == 1


def kept_secrets(office) -> list[str]:
    query = sa.select(tables.subscription.c.secrets)
    rows = office.store.read(lambda uow: uow.connection.execute(query).scalars().all())
    return [secret for row in rows for secret in row]


def test_the_database_never_holds_a_signing_secret(office, receiver) -> None:
    sub = listen(office, receiver)
    rotate = ChangeSubscription(subscription=sub.id, what="rotate")
    webhooks.change(office, ADMIN, rotate)
    assert len(kept_secrets(office)) == 2
    assert not any("whsec_" in kept for kept in kept_secrets(office))


def test_a_secret_from_before_sealing_signs_and_is_sealed_by_itself(office, receiver) -> None:
    plain = listen(office, receiver).secret
    change = sa.update(tables.subscription).values(secrets=[plain])
    office.store.write(lambda uow: uow.connection.execute(change))
    for sealed in (False, True):
        receive(office)
        everything(office)
        got = receiver.requests[-1]
        signed = Webhook(plain).sign(
            got.headers["webhook-id"], office.clock.now(), got.body.decode()
        )
        assert got.headers["webhook-signature"] == signed
        assert (plain not in kept_secrets(office)) is sealed
        assert webhooks.seal_secrets(office) == (0 if sealed else 1)


def test_under_another_key_nothing_leaves_unsigned(office, receiver) -> None:
    listen(office, receiver)
    receive(office)
    assert everything(replace(office, personal_key=b"another")) == Delivered(failed=1)
    assert receiver.requests == []


def test_an_administrator_tells_of_their_agencies_and_sees_no_others(office, receiver) -> None:
    own = listen(office, receiver)
    assert own.agency == CENTRE  # none was named
    with pytest.raises(Forbidden):
        listen(office, receiver, agency=TAX)
    elsewhere = person("administrator", TAX)
    assert webhooks.subscriptions(office, elsewhere) == ()
    for act in (
        lambda: webhooks.change(
            office, elsewhere, ChangeSubscription(subscription=own.id, what="rotate")
        ),
        lambda: webhooks.deliveries(office, elsewhere, own.id),
        lambda: webhooks.try_out(office, elsewhere, own.id, HttpPost()),
    ):
        with pytest.raises(NotFound):
            act()
    above = person("administrator", COMMUNE)
    assert webhooks.subscribe(office, above, Subscribe(url=receiver.url)).agency == ""
    assert len(webhooks.subscriptions(office, above)) == 2
    assert len(webhooks.subscriptions(office, ADMIN)) == 1
