"""Every kind of event is told in Vietnamese, with names instead of codes."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from api.pages.telling import ROUTINE, SENTENCES, tell
from engine.timing.events import KINDS
from tests.api.conftest import BIRTH, CENTRE, MONDAY
from workflows.dossiers import EventView

MOMENT = "2026-07-07T17:00:00+07:00"
SAID = {
    "at": MONDAY, "due_at": MOMENT, "new_due_at": MOMENT, "until": MOMENT, "element": "appraise",
    "to_element": "register", "at_element": "appraise", "signer": "lan", "giver": "lan",
    "assignee": "lan", "to_agency": CENTRE, "from_agency": CENTRE, "receiving_unit": CENTRE,
    "components": ["declaration"], "about": "overdue", "outcome": "stopped", "fee": "copy",
    "ground": "hộ nghèo", "released_on": "2026-07-07", "changes": {"phone": ["1", "2"]},
    "papers": ["Tờ khai"], "component": "declaration", "manner": "post", "to_role": "leader",
    "clock": "applicant",
}  # fmt: skip


def _event(kind: str) -> EventView:
    values = {}
    for field in dataclasses.fields(KINDS[kind]):
        usual = 1 if "int" in str(field.type) else "chữ"
        values[field.name] = SAID.get(field.name, usual)
    values.pop("at")
    if kind == "dossier_suspended":
        values["ground"] = "force_majeure"
    return EventView(
        seq=1, at=MONDAY, recorded_at=MONDAY, kind=kind, step="t1", element="appraise",
        actor="lan", role="leader", agency=CENTRE, clock="agency", data=values, hash="",
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_event_of_this_kind_has_a_sentence_for_people(client, office, kind):
    version = next(v for v in office.catalogue.procedures() if v.procedure.code == BIRTH)
    with client.application.app_context():
        [told] = tell([_event(kind)], version, {"lan": "Nguyễn Thị Lan"})
    assert told.text
    assert not told.text.isascii()
    assert "_" not in told.text
    assert " lan" not in told.text
    assert told.who == "Nguyễn Thị Lan"


def test_no_sentence_is_left_over_and_routine_is_known():
    assert set(SENTENCES) == set(KINDS)
    assert set(KINDS) >= ROUTINE


def test_the_moments_of_a_sentence_are_in_office_time(client, office):
    version = next(v for v in office.catalogue.procedures() if v.procedure.code == BIRTH)
    with client.application.app_context():
        [told] = tell([_event("apology_issued")], version, {})
    assert datetime.fromisoformat(MOMENT).strftime("%H:%M ngày %d/%m/%Y") in told.text
