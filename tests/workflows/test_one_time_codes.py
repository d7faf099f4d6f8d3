"""The secret of a second factor: kept encrypted, and of no use without the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from engine.law.authority import Actor
from tests.builders import CENTRE, MONDAY
from workflows import accounts, second_factors, secrecy
from workflows.errors import NoKey
from workflows.office import Office
from workflows.store import tables

LAN = Actor(person="lan", agency=CENTRE, role="one_stop_clerk")


@pytest.fixture
def keyed(office: Office) -> Office:
    """An office with a key, and Lan who has a password."""
    expires = MONDAY + timedelta(days=30)
    accounts.issue_token(office, "lan", CENTRE, "one_stop_clerk", ["task.list"], expires)

    def give_password(uow) -> None:
        person = uow.credentials.account("lan", MONDAY).person_id
        uow.credentials.set_password(person, "hash", must_change=False, at=MONDAY)

    office.store.write(give_password)
    return replace(office, personal_key=b"key")


def test_what_was_sealed_opens_with_its_key_and_no_other() -> None:
    kept = secrecy.seal("JBSWY3DPEHPK3PXP", b"key", "second factor")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert secrecy.unseal(kept, b"key", "second factor") == "JBSWY3DPEHPK3PXP"
    assert secrecy.unseal(kept, b"another", "second factor") == ""
    assert secrecy.unseal("JBSWY3DPEHPK3PXP", b"key", "second factor") == ""


def test_the_database_never_holds_the_secret_of_a_second_factor(keyed: Office) -> None:
    secret = second_factors.enrol(keyed, LAN).secret
    query = sa.select(tables.credential.c.totp_secret)
    kept = keyed.store.read(lambda uow: uow.connection.execute(query).scalars().all())
    assert any(kept)
    assert secret not in str(kept)
    assert second_factors.confirm(keyed, LAN, pyotp.TOTP(secret).at(MONDAY))


def test_without_a_key_nobody_enrols(keyed: Office) -> None:
    with pytest.raises(NoKey, match="khóa dữ liệu cá nhân"):
        second_factors.enrol(replace(keyed, personal_key=b""), LAN)
