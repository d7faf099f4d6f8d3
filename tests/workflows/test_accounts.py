"""Tokens: shown once, kept as a hash, bound to a post, ended by time or by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.builders import CENTRE, MONDAY
from workflows import accounts
from workflows.clock import SimulatedClock, SystemIds
from workflows.errors import InvalidInput, NotFound, Unauthenticated
from workflows.office import Office
from workflows.store import tables

LATER = MONDAY + timedelta(days=30)


def token(office: Office, **changed) -> str:
    said: dict[str, Any] = {"agency": CENTRE, "role": "one_stop_clerk", "expires": LATER} | changed
    issued = accounts.issue_token(
        office, "lan", said["agency"], said["role"], ["task.list"], said["expires"]
    )
    return issued.bearer


def test_a_token_stands_for_a_person_at_an_agency_in_a_role(office: Office) -> None:
    actor = accounts.actor_of(office, token(office))
    assert (actor.person, actor.agency, actor.role) == ("lan", CENTRE, "one_stop_clerk")
    assert actor.permissions == {"task.list"}


def test_the_database_never_holds_a_token(office: Office) -> None:
    bearer = token(office)
    query = sa.select(tables.access_token)
    rows = office.store.read(lambda uow: uow.connection.execute(query).all())
    assert bearer not in str(rows)
    assert bearer.removeprefix(accounts.PREFIX) not in str(rows)


def test_a_person_may_have_several_tokens_and_posts(office: Office) -> None:
    token(office)
    token(office)
    assert accounts.actor_of(office, token(office, role="officer")).role == "officer"


def test_an_unknown_an_expired_and_a_revoked_token_look_the_same(office: Office) -> None:
    ended, late = token(office), token(office)
    assert accounts.revoke_token(office, ended)
    assert not accounts.revoke_token(office, ended)
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(LATER)
    said = set()
    for bearer in ("motcua_nonsense", "", ended, late):
        with pytest.raises(Unauthenticated) as refused:
            accounts.actor_of(office, bearer)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_post_that_does_not_exist_gets_no_token(office: Office) -> None:
    with pytest.raises(NotFound):
        token(office, agency="nowhere")
    with pytest.raises(InvalidInput):
        token(office, role="king")
    with pytest.raises(InvalidInput):
        token(office, expires=MONDAY)


def test_tokens_have_256_bits() -> None:
    made = {SystemIds().new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(t) == 43 for t in made)  # 32 bytes in base64url
