"""Receiving dossiers and taking them back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.process import AlreadyEnded, WrongFact
from tests.builders import CENTRE, CLERK, CODE, COMMUNE, MONDAY, OFFICER, TAX_OFFICER, receive
from workflows import dossiers, intake
from workflows.errors import Forbidden, IdempotencyMismatch, InvalidInput, NotFound
from workflows.intake import ReceiveDossier, WithdrawDossier
from workflows.office import Office


def test_a_received_dossier_has_a_code_a_due_moment_and_a_first_step(office: Office) -> None:
    view = receive(office)
    assert view.code == "H55.901-260302-0001"
    assert (view.receiving_unit, view.competent_agency) == (CENTRE, COMMUNE)
    assert view.due_at is not None
    assert view.due_at.date().isoformat() == "2026-03-09"  # five working days after Monday
    assert [t.element for t in view.tasks] == ["check"]


def test_a_personal_id_is_shown_masked(office: Office) -> None:
    view = receive(office)
    assert view.applicant_id == "•••••••••234"
    assert "001090001234" not in str(dossiers.history(office, CLERK, view.id))


def test_a_dossier_is_pinned_to_the_bytes_it_was_received_under(office: Office) -> None:
    view = receive(office)
    row = office.store.read(lambda uow: uow.versions.get(view.digest))
    version = office.catalogue.at(view.digest)
    assert row is not None
    assert (row.procedure_toml, row.process_bpmn) == (version.toml_bytes, version.bpmn_bytes)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("applicant_name", {"applicant_name": " "}),
        ("channel", {"channel": "pigeon"}),
        ("components", {"components": {"passport": {"originals": 1}}}),
        ("competent_agency", {"competent_agency": "000.00.31.H03"}),
    ],
)
def test_a_wrong_field_is_refused_by_name(office: Office, field, values) -> None:
    command = ReceiveDossier(**{"procedure": CODE, "applicant_name": "Hoa"} | values)
    with pytest.raises(InvalidInput) as refused:
        intake.receive(office, CLERK, command)
    assert refused.value.fields["field"] == field
    assert dossiers.list_dossiers(office, CLERK, dossiers.DossierQuery()).items == ()


def test_an_agency_that_is_no_more_names_its_successor(office: Office) -> None:
    command = ReceiveDossier(procedure=CODE, applicant_name="Hoa", competent_agency="000.00.31.H03")
    with pytest.raises(InvalidInput, match=r"H55\.901"):
        intake.receive(office, CLERK, command)


def test_an_unknown_procedure_and_an_unknown_agency_are_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        intake.receive(office, CLERK, ReceiveDossier(procedure="9.9", applicant_name="Hoa"))
    with pytest.raises(NotFound):
        intake.receive(
            office,
            CLERK,
            ReceiveDossier(procedure=CODE, applicant_name="Hoa", competent_agency="nowhere"),
        )


@pytest.mark.parametrize("facts", [{"nonsense": 1}, {"complete": True}])
def test_a_fact_the_counter_may_not_set_is_refused(office: Office, facts) -> None:
    with pytest.raises(WrongFact):
        intake.receive(
            office, CLERK, ReceiveDossier(procedure=CODE, applicant_name="Hoa", facts=facts)
        )


def test_only_the_counter_of_the_unit_receives(office: Office) -> None:
    command = ReceiveDossier(procedure=CODE, applicant_name="Hoa")
    with pytest.raises(Forbidden):
        intake.receive(office, OFFICER, command)


def test_the_same_key_receives_one_dossier(office: Office) -> None:
    assert receive(office, key="k") == receive(office, key="k")
    with pytest.raises(IdempotencyMismatch):
        receive(office, "Somebody else", key="k")


def test_a_repeat_from_another_post_is_not_given_the_answer(office: Office) -> None:
    view = receive(office)
    wish = WithdrawDossier(dossier=view.id, reason="Đổi ý", idempotency_key="k")
    first = intake.withdraw(office, CLERK, wish)
    assert intake.withdraw(office, CLERK, wish) == first
    for moved in (replace(CLERK, agency="H55.902"), replace(CLERK, role="officer")):
        with pytest.raises(IdempotencyMismatch):
            intake.withdraw(office, moved, wish)


def test_a_withdrawn_dossier_is_over(office: Office) -> None:
    view = receive(office)
    wish = WithdrawDossier(dossier=view.id, revision=view.revision, reason="Đổi ý")
    over = intake.withdraw(office, CLERK, wish)
    assert (over.outcome, over.status, over.tasks) == ("withdrawn", 8, ())
    assert over.ended_at == MONDAY
    with pytest.raises(AlreadyEnded):
        intake.withdraw(office, CLERK, WithdrawDossier(dossier=view.id))


def test_lists_are_paged_the_latest_first(office: Office) -> None:
    wanted = {receive(office).id for _ in range(5)}
    first = dossiers.list_dossiers(office, CLERK, dossiers.DossierQuery(limit=3))
    query = dossiers.DossierQuery(limit=3, cursor=first.cursor)
    second = dossiers.list_dossiers(office, CLERK, query)
    assert {line.id for line in (*first.items, *second.items)} == wanted
    assert second.cursor == ""


def test_a_dossier_is_read_by_those_who_take_part_and_nobody_else(office: Office) -> None:
    view = receive(office)
    assert dossiers.read(office, OFFICER, view.id) == view
    for look in (dossiers.read, dossiers.history, dossiers.deadline):
        with pytest.raises(Forbidden):
            look(office, TAX_OFFICER, view.id)


def test_the_deadline_explains_itself(office: Office) -> None:
    view = receive(office)
    deadline = dossiers.deadline(office, CLERK, view.id)
    assert deadline.due_at == view.due_at
    assert any("09/03/2026" in line.text for line in deadline.explanation)
