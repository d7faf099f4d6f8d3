"""The counter: checklist, submitter, fees, corrections, the token of the receipt, the look-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from engine.law.checklist import WrongPaper, missing
from engine.law.fees import FeeRefused
from engine.law.statuses import FinanceState
from engine.law.whereabouts import Turn
from tests.builders import CLERK, CODE, OFFICER, TAX_OFFICER, task_of
from workflows import corrections, fees, intake, lookups, supplements
from workflows.corrections import CorrectIntake, NotCorrectable
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.fees import ExemptFee, PayFee
from workflows.intake import ReceiveDossier
from workflows.lookups import NotThere
from workflows.noting import Contact, Submitter, id_hash
from workflows.office import Office
from workflows.views import DossierView

KEY = b"a key of an installation"
NATIONAL_ID, PHONE = "001090001234", "0912 345 678"


@pytest.fixture
def keyed(office: Office) -> Office:
    """The office with a key for national ids."""
    return replace(office, personal_key=KEY)


def take_in(office: Office, **more: Any) -> DossierView:
    """Receive a dossier with a phone."""
    said: dict[str, Any] = {"applicant_name": "Đặng Thị Mỹ", "applicant_id": NATIONAL_ID}
    command = ReceiveDossier(procedure=CODE, phone=PHONE, **(said | more))
    return intake.receive(office, CLERK, command)


def noted(office: Office, view: DossierView) -> Any:
    """Return what was noted beside a dossier."""
    return office.store.read(lambda uow: uow.intakes.get(view.id))


def record_of(office: Office, view: DossierView) -> list[dict[str, Any]]:
    """Return the bodies of the record."""
    rows = office.store.read(lambda uow: uow.events.of_dossier(view.id))
    return [orjson.loads(row.body) for row in rows]


# --- what is noted ----------------------------------------------------------------------------


def test_a_receipt_gets_a_token_of_120_bits_that_differs_each_time(office: Office) -> None:
    tokens = {noted(office, take_in(office)).token for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {24}


def test_a_national_id_is_found_by_its_keyed_hash_and_never_in_the_record(keyed: Office) -> None:
    view = take_in(keyed)
    sought = id_hash(KEY, "001 090 001 234")
    assert sought is not None
    found = keyed.store.read(lambda uow: uow.intakes.by_id_hash(sought, 5))
    assert list(found) == [view.id]
    assert view.applicant_id == "•••••••••234"
    text = str(record_of(keyed, view))
    assert all(secret not in text for secret in (NATIONAL_ID, "Mỹ", PHONE))


def test_without_a_key_no_hash_is_made(office: Office) -> None:
    keyless = replace(office, personal_key=b"")
    assert noted(keyless, take_in(keyless)).id_hash is None


def test_somebody_authorised_names_the_paper_that_authorises(office: Office) -> None:
    with pytest.raises(InvalidInput, match="ủy quyền"):
        take_in(office, submitter=Submitter(kind="authorised", name="Lê Văn Ba"))
    who = Submitter(kind="authorised", name="Lê Văn Ba", authorisation="Giấy ủy quyền số 12")
    assert noted(office, take_in(office, submitter=who)).submitter_name == "Lê Văn Ba"


def test_a_result_by_post_needs_an_address(office: Office) -> None:
    with pytest.raises(InvalidInput, match="địa chỉ"):
        take_in(office, contact=Contact(result_by="post"))
    there = Contact(result_by="post", result_address="Thôn Nà Mố")
    assert noted(office, take_in(office, contact=there)).result_address == "Thôn Nà Mố"


def test_a_support_point_is_an_agency(office: Office) -> None:
    with pytest.raises(NotFound):
        take_in(office, support_point="H99.999")
    with pytest.raises(InvalidInput, match="không còn hoạt động"):
        take_in(office, support_point="000.00.31.H03")


# --- the checklist ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "lacking"),
    [
        ({}, ["form"]),
        ({"form": {"originals": 1}}, []),
        ({"form": {"electronic": 1}}, []),
        ({"form": {"copies": 1}}, ["form"]),
        ({"form": {"mode": "lookup"}}, []),
        ({"form": {"mode": "lookup", "state": "missing"}}, ["form"]),
        ({"form": {"mode": "held", "state": "held"}}, []),
    ],
)
def test_what_is_missing_is_computed_by_the_law(
    office: Office, counted: dict[str, Any], lacking: list[str]
) -> None:
    view = take_in(office, components=counted)
    procedure = office.catalogue.at(view.digest).procedure
    assert [line.component for line in missing(procedure, view.components)] == lacking


def test_notes_that_contradict_each_other_are_refused(office: Office) -> None:
    with pytest.raises(WrongPaper):
        take_in(office, components={"form": {"originals": 1, "state": "missing"}})


# --- corrections ------------------------------------------------------------------------------


def corrected(office: Office, view: DossierView, **changes: Any) -> DossierView:
    """Correct something."""
    command = CorrectIntake(dossier=view.id, reason="Ghi nhầm khi tiếp nhận", changes=changes)
    return corrections.correct(office, CLERK, command)


def test_a_correction_reissues_the_receipt_and_keeps_names_out_of_the_record(keyed: Office) -> None:
    view = take_in(keyed)
    token = noted(keyed, view).token
    after = corrected(keyed, view, applicant_name="Đặng Thị Mị", result_by="electronic")
    assert after.applicant_name == "Đặng Thị Mị"
    assert after.due_at == view.due_at
    assert (noted(keyed, view).issue, noted(keyed, view).token) == (2, token)
    event = record_of(keyed, view)[-1]
    assert event["changes"]["result_by"] == {"old": "counter", "new": "electronic"}
    assert "Mị" not in str(event)
    rows = keyed.store.read(lambda uow: uow.intakes.corrections_of(view.id))
    assert rows[0].changes["applicant_name"] == {"old": "Đặng Thị Mỹ", "new": "Đặng Thị Mị"}


def test_a_corrected_national_id_is_found_by_the_new_one(keyed: Office) -> None:
    view = take_in(keyed)
    corrected(keyed, view, applicant_id="001090009999")
    assert noted(keyed, view).id_hash == id_hash(KEY, "001090009999")


@pytest.mark.parametrize("name", ["channel", "competent_agency", "received_at", "facts"])
def test_what_the_clock_rests_on_is_not_corrected(office: Office, name: str) -> None:
    with pytest.raises(NotCorrectable, match="tiếp nhận lại"):
        corrected(office, take_in(office), **{name: "online"})


def test_a_correction_of_nothing_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInput, match="không có gì khác"):
        corrected(office, take_in(office), phone=PHONE)


def test_only_the_counter_corrects(office: Office) -> None:
    command = CorrectIntake(dossier=take_in(office).id, reason="x", changes={"email": "a@b.vn"})
    for somebody in (OFFICER, TAX_OFFICER):
        with pytest.raises(Forbidden):
            corrections.correct(office, somebody, command)


# --- fees -------------------------------------------------------------------------------------


def test_a_dossier_without_fees_owes_nothing(office: Office) -> None:
    view = take_in(office)
    assert view.finance is FinanceState.NONE
    with pytest.raises(FeeRefused, match="không còn khoản"):
        fees.pay(office, CLERK, PayFee(dossier=view.id, amount_vnd=1, receipt="1"))


def test_a_fee_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(FeeRefused):
        take_in(office, pieces={"copy": 2})
    command = ExemptFee(dossier=take_in(office).id, fee="copy", ground="Hộ nghèo")
    with pytest.raises(FeeRefused):
        fees.exempt(office, CLERK, command)


# --- the public look-up -----------------------------------------------------------------------


def test_the_token_of_the_receipt_says_where_the_dossier_is(office: Office) -> None:
    view = take_in(office)
    found = lookups.by_token(office, noted(office, view).token)
    assert found.turn is Turn.AGENCY
    assert "hẹn trả 17:00 09/03/2026" in found.sentence
    assert "due 17:00 09/03/2026" in found.sentence_en
    text = str(vars(found))
    assert all(secret not in text for secret in (NATIONAL_ID, "Mỹ", PHONE, view.code))


def test_the_code_needs_the_end_of_the_phone(office: Office) -> None:
    view = take_in(office)
    assert lookups.by_code(office, view.code, "5678").status == view.status
    for code, digits in ((view.code, "0000"), ("H55.901-260302-9999", "5678"), (view.code, "")):
        with pytest.raises(NotThere) as refused:
            lookups.by_code(office, code, digits)
        assert refused.value.message == NotThere().message


def test_a_dossier_without_a_phone_is_not_found_by_its_code(office: Office) -> None:
    view = intake.receive(
        office, CLERK, ReceiveDossier(procedure=CODE, applicant_name="Ma Văn Páo")
    )
    for digits in ("", "0000", "None"):
        with pytest.raises(NotThere):
            lookups.by_code(office, view.code, digits)


def test_who_has_to_bring_papers_is_told_which(office: Office) -> None:
    view = take_in(office)
    command = supplements.RequestSupplement(
        dossier=view.id,
        task=task_of(view, "check").task,
        components=("form",),
        reason="Thiếu chữ ký ở trang 2",
    )
    supplements.request(office, CLERK, command)
    found = lookups.by_token(office, noted(office, view).token)
    assert (found.turn, found.missing) == (Turn.APPLICANT, ("Tờ khai",))
    assert "bổ sung giấy tờ: Tờ khai" in found.todo


def test_a_late_dossier_is_said_to_be_late(office: Office) -> None:
    view = take_in(office)
    assert view.due_at is not None
    office.clock.advance_to(view.due_at + timedelta(minutes=1))  # type: ignore[attr-defined]
    assert "đã quá hẹn trả" in lookups.by_token(office, noted(office, view).token).sentence


def test_every_look_is_on_record_without_personal_data(office: Office) -> None:
    view = take_in(office)
    lookups.by_code(office, view.code, "5678")
    with pytest.raises(NotThere):
        lookups.by_code(office, view.code, "1111")
    query = "SELECT role, allowed, rule FROM access_log ORDER BY seq"
    with office.store.engine.connect() as connection:
        rows = [tuple(r) for r in connection.exec_driver_sql(query)]
    assert [(r[0], bool(r[1]), r[2]) for r in rows] == [
        ("public", True, "code"),
        ("public", False, "code"),
    ]
