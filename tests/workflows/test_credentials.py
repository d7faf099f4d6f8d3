"""Passwords, second factors, sessions and locks of others: by who looks after them, on record."""

from __future__ import annotations

import pytest

from engine.law.authority import Actor
from tests.builders import CENTRE, COMMUNE
from tests.rosters import row
from workflows import credentials as use
from workflows import people, rosters, second_factors, signing_in
from workflows.attempts import Attempt, TooManyAttempts
from workflows.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from workflows.office import Office
from workflows.sessions import stage_of

ADMIN = Actor(person="quan.tri", agency=COMMUNE, role="administrator")


@pytest.fixture
def staffed(office: Office) -> Office:
    rows = (row(2, "an", COMMUNE), row(3, "xa", COMMUNE), row(4, "xa", CENTRE))
    rosters.take_roster(office, ADMIN, rosters.TakeRoster(rows=rows))
    return office


def enter(office: Office, person: str, password: str) -> str:
    asked = signing_in.SignIn(person=person, password=password, address="10.0.0.1", browser="b")
    return signing_in.sign_in(office, asked).key


def test_a_one_time_password_is_told_once_and_ends_the_sessions_before(staffed: Office) -> None:
    command = use.ResetPassword(person="an", idempotency_key="k1")
    first = use.reset_password(staffed, ADMIN, command)
    assert len(first.password) > 8
    assert first.password not in repr(first)
    assert use.reset_password(staffed, ADMIN, command).password == ""
    key = enter(staffed, "an", first.password)
    assert stage_of(staffed, key) == "new_password"  # it opens nothing before it is changed
    assert len(use.person_sessions(staffed, ADMIN, "an")) == 1
    use.reset_password(staffed, ADMIN, use.ResetPassword(person="an"))
    with pytest.raises(Unauthenticated):
        stage_of(staffed, key)


def test_sessions_are_ended_one_or_all(staffed: Office) -> None:
    password = use.reset_password(staffed, ADMIN, use.ResetPassword(person="an")).password
    enter(staffed, "an", password)
    enter(staffed, "an", password)
    one = use.person_sessions(staffed, ADMIN, "an")[0].id
    with pytest.raises(NotFound):
        use.end_sessions(staffed, ADMIN, use.EndSessions(person="xa", session=one))
    assert use.end_sessions(staffed, ADMIN, use.EndSessions(person="an", session=one)) == 1
    assert use.end_sessions(staffed, ADMIN, use.EndSessions(person="an")) == 1
    assert use.person_sessions(staffed, ADMIN, "an") == ()


def test_a_locked_account_is_seen_and_unlocked(staffed: Office) -> None:
    attempt, now = Attempt.of("an", "10.0.0.1"), staffed.clock.now()
    for _ in range(5):
        staffed.store.write(lambda uow: attempt.count(uow, now))
    locked = people.read_person(staffed, ADMIN, "an").locked_until
    assert locked is not None
    assert locked > now
    with pytest.raises(TooManyAttempts):
        staffed.store.write(lambda uow: attempt.count(uow, now))
    use.unlock(staffed, ADMIN, use.UnlockAccount(person="an"))
    assert people.read_person(staffed, ADMIN, "an").locked_until is None
    [an, _] = people.list_people(staffed, ADMIN)
    assert an.locked_until is None


def test_a_second_factor_that_was_lost_is_taken_away(staffed: Office) -> None:
    with pytest.raises(InvalidInput):
        use.reset_second_factor(staffed, ADMIN, use.ResetSecondFactor(person="an"))
    use.reset_password(staffed, ADMIN, use.ResetPassword(person="an"))
    now = staffed.clock.now()
    account = staffed.store.read(lambda uow: uow.credentials.account("an", now))
    assert account is not None
    mine = account.person_id
    staffed.store.write(lambda uow: uow.credentials.set_second_factor(mine, "sealed", now))
    assert people.read_person(staffed, ADMIN, "an").has_second_factor
    use.reset_second_factor(staffed, ADMIN, use.ResetSecondFactor(person="an"))
    assert not people.read_person(staffed, ADMIN, "an").has_second_factor
    own = second_factors.own(staffed, Actor(person="an", agency=COMMUNE, role="officer"))
    assert own.recovery_codes_left == 0


DEEDS = [
    lambda office, actor, who: use.reset_password(office, actor, use.ResetPassword(person=who)),
    lambda office, actor, who: use.reset_second_factor(
        office, actor, use.ResetSecondFactor(person=who)
    ),
    lambda office, actor, who: use.end_sessions(office, actor, use.EndSessions(person=who)),
    lambda office, actor, who: use.unlock(office, actor, use.UnlockAccount(person=who)),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_only_who_answers_for_every_post_may_and_nobody_for_themselves(staffed, deed) -> None:
    below = Actor(person="qt2", agency=CENTRE, role="administrator")
    own = Actor(person="an", agency=COMMUNE, role="administrator")
    for actor, who in ((below, "xa"), (own, "an"), (below, "an")):
        with pytest.raises(Forbidden):
            deed(staffed, actor, who)
    for role in ("leader", "auditor", "officer"):
        with pytest.raises(Forbidden):
            deed(staffed, Actor(person="x", agency=COMMUNE, role=role), "an")
    with pytest.raises(NotFound):
        deed(staffed, ADMIN, "khong.co")
