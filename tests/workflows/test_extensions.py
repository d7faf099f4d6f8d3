"""Extending a limit: as often as the procedure allows, by the leader, for a reason, once each."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from engine.law.authority import Actor
from engine.law.working_time import ZONE
from tests.builders import (
    CLERK,
    MONDAY,
    OFFICER,
    PROCEDURE,
    TAX,
    catalogue_folder,
    person,
    receive,
)
from workflows import dossiers, extensions, reviews
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.errors import Forbidden, InvalidInput, Stale
from workflows.extensions import ExtendDeadline, ExtensionRefused
from workflows.office import Office
from workflows.store import Store
from workflows.views import DossierView

LEADER = person("leader")
EXTENSION = """
[extension]
allowed = true
max_times = 1
amount = 3
unit = "working_day"
source = "Luật thử, Điều 9"
"""


@cache
def _catalogue(law: str) -> Catalogue:
    with TemporaryDirectory() as folder:
        return Catalogue.load(catalogue_folder(Path(folder), procedure=PROCEDURE + law))


def _office(store: Store, law: str) -> Office:
    read = _catalogue(law)
    catalogue = Catalogue(read.procedures(), read.agencies, read.calendars)
    catalogue.publish(store, MONDAY)
    return Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(1))


@pytest.fixture
def office(store: Store) -> Office:
    """An office whose one procedure may be extended once by three working days."""
    return _office(store, EXTENSION)


def extend(office: Office, view: DossierView, by: Actor = LEADER, **said: Any) -> DossierView:
    words: dict[str, Any] = {"reason": "Cần xác minh thêm", "revision": view.revision} | said
    return extensions.extend(office, by, ExtendDeadline(dossier=view.id, **words))


def test_the_due_moment_moves_by_what_the_procedure_says(office: Office) -> None:
    view = receive(office)
    assert view.due_at == datetime(2026, 3, 9, 17, tzinfo=ZONE)  # Mon 02/03 + 5: 3,4,5,6,9
    longer = extend(office, view)
    assert longer.due_at == datetime(2026, 3, 12, 17, tzinfo=ZONE)  # + 3: 10,11,12
    assert longer.revision == view.revision + 1


def test_the_record_says_who_extended_to_when_and_can_be_rebuilt(office: Office) -> None:
    view = extend(office, receive(office))
    last = dossiers.history(office, OFFICER, view.id)[-1]
    assert (last.kind, last.actor) == ("deadline_extended", LEADER.person)
    assert last.data["new_due_at"] == "2026-03-12T17:00:00+07:00"
    assert last.data["round"] == 1
    assert reviews.rebuild(office) == ()
    said = dossiers.deadline(office, OFFICER, view.id).explanation
    assert any("Gia hạn" in line.text and line.source == "Luật thử, Điều 9" for line in said)


def test_a_second_extension_is_refused_with_the_clause(office: Office) -> None:
    view = extend(office, receive(office))
    with pytest.raises(ExtensionRefused) as refused:
        extend(office, view)
    assert refused.value.element == "extension.max_times"
    assert "Luật thử, Điều 9" in refused.value.message


@pytest.mark.parametrize("law", ["", "[extension]\nallowed = false\n"])
def test_a_procedure_without_extensions_refuses(store: Store, law: str) -> None:
    office = _office(store, law)
    with pytest.raises(ExtensionRefused) as refused:
        extend(office, receive(office))
    assert refused.value.element == "extension.allowed"


@pytest.mark.parametrize("by", [CLERK, OFFICER, person("leader", TAX)])
def test_only_a_leader_of_the_agency_that_settles_may(office: Office, by: Actor) -> None:
    with pytest.raises(Forbidden) as refused:
        extend(office, receive(office), by=by)
    assert refused.value.fields["rule"] == "leader_at_competent"


def test_no_reason_and_an_old_revision_are_refused(office: Office) -> None:
    view = receive(office)
    with pytest.raises(InvalidInput):
        extend(office, view, reason="  ")
    with pytest.raises(Stale):
        extend(office, view, revision=view.revision + 7)


def test_a_repeat_gives_the_first_answer(office: Office) -> None:
    view = receive(office)
    first = extend(office, view, idempotency_key="k1")
    assert extend(office, view, idempotency_key="k1") == first
