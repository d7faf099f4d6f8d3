"""The statutory papers: what each says, when each is refused, and that a replay says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.law.form_sets import FormNotInSet, FormSetInvalid, read_form_sets
from engine.law.papers import Case, Issuer, NotReceived, OtherVersion, receipt
from engine.law.papers_ledgers import (
    EARLY,
    ON_TIME,
    OVERDUE,
    RUNNING,
    OutsidePeriod,
    RecordOutOfOrder,
    control_sheet,
    register,
    timeliness,
)
from engine.law.papers_letters import (
    AlreadyDecided,
    BeyondExtension,
    NoReason,
    NoSigner,
    NotInRecord,
    TooManyRequests,
    apology,
    apology_due,
    latest_extension,
    refusal,
    stop_notice,
    supplement_request,
)
from engine.law.provisions import Extension, Unit
from engine.law.working_time import ZONE
from engine.timing.events import DossierWithdrawn, Event, ResultReturned, from_record
from tests.bpmn.files import FOLDERS, ROOT, Folder, load
from tests.bpmn.walking import CALENDAR
from tests.papers import (
    DIGEST,
    MISSING,
    SIGNER,
    UNIT,
    WHY_LATE,
    begun,
    case,
    late,
    refused,
    stopped,
    supplemented,
    whole,
)

BIRTH = Folder("birth_registration")
PERMIT = Folder("house_building_permit")
Write = Callable[[Case], Any]
PAPERS: list[tuple[Write, Callable[[str], list[Event]]]] = [
    (receipt, whole),
    (supplement_request, supplemented),
    (refusal, refused),
    (apology, late),
    (stop_notice, stopped),
    (control_sheet, whole),
]


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize(("write", "record"), PAPERS, ids=lambda f: f.__name__)
def test_a_replayed_log_gives_the_same_paper(
    name: str, write: Write, record: Callable[[str], list[Event]]
):
    events = record(name)
    again = [from_record(e.to_record()) for e in events]
    assert write(case(events, Folder(name))) == write(case(again, Folder(name)))


def test_the_receipt_promises_what_the_pinned_version_says_of_reception():
    paper = receipt(case(whole("birth_registration"), BIRTH))
    assert f"{paper.received_at:%H:%M %d/%m/%Y}" == "08:05 02/03/2026"
    assert f"{paper.due_at:%H:%M %d/%m/%Y}" == "17:00 02/03/2026"  # before 15:00: the same day
    assert paper.limit == "1 ngày làm việc"
    assert [f.amount_vnd for f in paper.fees] == [0, 8000]


def test_what_happens_later_never_changes_the_receipt():
    early = receipt(case(whole("birth_registration")[:1], BIRTH))
    assert receipt(case(supplemented("birth_registration"), BIRTH)) == early
    assert receipt(case(whole("birth_registration"), BIRTH)) == early


def test_the_receipt_lists_what_was_handed_in():
    given = {"declaration": {"originals": 1}, "authorisation": {"originals": 0, "copies": 1}}
    paper = receipt(case(whole("birth_registration"), BIRTH, components=given))
    assert [(c.number, c.originals, c.copies) for c in paper.components] == [(1, 1, 0), (2, 0, 1)]


def test_a_procedure_in_two_appointments_shows_both():
    paper = receipt(case(whole("land_transfer"), Folder("land_transfer")))
    assert len(paper.appointments) == 2
    assert paper.appointments[0].due_at is not None


def test_a_fee_of_another_channel_is_not_on_the_receipt():
    events = whole("house_building_permit")
    online = [replace(events[0], channel="online"), *events[1:]]  # type: ignore[call-arg]
    assert [f.amount_vnd for f in receipt(case(events, PERMIT)).fees] == [75000]
    assert [f.amount_vnd for f in receipt(case(online, PERMIT)).fees] == [0]


def test_no_receipt_without_reception():
    with pytest.raises(NotReceived):
        receipt(case(whole("birth_registration")[1:], BIRTH))


def test_no_receipt_for_a_refused_dossier():
    with pytest.raises(NotReceived):
        receipt(case(refused("birth_registration"), BIRTH))


def test_no_paper_by_another_version_than_the_pinned_one():
    with pytest.raises(OtherVersion):
        receipt(case(whole("birth_registration"), BIRTH, digest="e" * 64))


def test_a_supplement_request_names_everything_at_once_with_stage_basis_and_author():
    paper = supplement_request(case(supplemented("birth_registration"), BIRTH))
    assert len(paper.components) == 3
    assert paper.components[0].startswith("Tờ khai đăng ký khai sinh")
    assert (paper.reason, paper.round, paper.close_after) == (MISSING, 1, "15 ngày làm việc")
    assert paper.stage == "Tiếp nhận, kiểm tra hồ sơ"
    assert paper.basis
    assert paper.author


def test_each_round_has_its_own_request():
    first = supplemented("house_building_permit")
    asked = replace(first[-1], round=2, reason="Bản vẽ vẫn thiếu mặt cắt móng.")  # type: ignore[call-arg]
    made = case([*first, asked], PERMIT)
    assert supplement_request(made).round == 2
    assert supplement_request(made, 1).reason == MISSING


@pytest.mark.parametrize("reason", ["", "   ", "Sai", "ERR_500", "E-4012:missing"])
def test_a_reason_has_to_be_understandable(reason: str):
    with pytest.raises(NoReason):
        supplement_request(case(supplemented("birth_registration", reason), BIRTH))
    with pytest.raises(NoReason):
        refusal(case(refused("birth_registration", reason), BIRTH))
    with pytest.raises(NoReason):
        apology(case(late("birth_registration", reason=reason), BIRTH))


def test_a_supplement_request_needs_its_author():
    made = case(supplemented("birth_registration"), BIRTH)
    nobody = tuple(replace(entry, actor="") for entry in made.record)
    with pytest.raises(NoSigner):
        supplement_request(replace(made, record=nobody))


def test_no_more_supplement_requests_than_the_procedure_allows():
    with pytest.raises(TooManyRequests):
        supplement_request(case(supplemented("house_building_permit", round_=3), PERMIT))


@pytest.mark.parametrize("write", [supplement_request, refusal, apology, stop_notice])
def test_a_letter_needs_its_event(write: Write):
    with pytest.raises(NotInRecord):
        write(case(begun("birth_registration"), BIRTH))


def test_a_refusal_and_an_apology_need_a_signer():
    with pytest.raises(NoSigner):
        refusal(case(refused("birth_registration", signer=" "), BIRTH))
    with pytest.raises(NoSigner):
        apology(case(late("birth_registration", signer=""), BIRTH))


def test_an_apology_gives_the_old_and_the_new_date():
    paper = apology(case(late("birth_registration"), BIRTH))
    assert f"{paper.old_due_at:%d/%m/%Y}" == "02/03/2026"
    assert f"{paper.new_due_at:%d/%m/%Y}" == "05/03/2026"  # 3 working days
    assert (paper.reason, paper.signer) == (WHY_LATE, SIGNER)
    assert not paper.in_time  # issued on the day it was due


def test_an_apology_may_not_go_beyond_the_extension_nor_back():
    with pytest.raises(BeyondExtension, match="không được quá"):
        apology(case(late("birth_registration", by=timedelta(days=8)), BIRTH))
    with pytest.raises(BeyondExtension, match="phải sau"):
        apology(case(late("birth_registration", by=timedelta(0)), BIRTH))


@pytest.mark.parametrize("name", ["birth_registration", "land_transfer"])
def test_a_second_apology_is_refused(name: str):
    events = late(name)
    with pytest.raises(BeyondExtension, match="hẹn lại 1 lần"):
        apology(case([*events, events[-1]], Folder(name)))


def test_no_apology_where_the_procedure_forbids_extension():
    made = case(late("birth_registration"), BIRTH)
    forbidden = replace(made.procedure, extension=Extension(allowed=False))
    with pytest.raises(BeyondExtension, match="không cho gia hạn"):
        apology(replace(made, procedure=forbidden))


@pytest.mark.parametrize(
    ("unit", "amount", "latest"),
    [
        (Unit.HOUR, 5, "22:00 06/03/2026"),  # Friday 17:00 and five hours
        (Unit.WORKING_HOUR, 5, "14:00 09/03/2026"),  # 4 h of Monday morning, 1 h after lunch
        (Unit.WORKING_DAY, 2, "17:00 10/03/2026"),  # Monday, Tuesday
        (Unit.CALENDAR_DAY, 2, "17:00 09/03/2026"),  # Sunday rolls to Monday
        (Unit.MONTH, 1, "17:00 06/04/2026"),  # 30 days: Sunday 05/04 rolls to Monday
    ],
)
def test_an_extension_ends_at(unit: Unit, amount: int, latest: str):
    friday = receipt(case(whole("birth_registration"), BIRTH)).due_at + timedelta(days=4)
    law = Extension(allowed=True, amount=amount, unit=unit)
    found = latest_extension(law, friday, CALENDAR).astimezone(ZONE)
    assert f"{found:%H:%M %d/%m/%Y}" == latest


def test_an_apology_is_in_time_one_working_day_before():
    monday = receipt(case(whole("birth_registration"), BIRTH)).due_at.date()
    assert f"{apology_due(monday, CALENDAR):%d/%m/%Y}" == "27/02/2026"  # the Friday before


def test_a_stop_notice_says_where_the_dossier_stood():
    paper = stop_notice(case(stopped("birth_registration"), BIRTH))
    assert paper.stages
    assert paper.reason.startswith("Gia đình")


@pytest.mark.parametrize("name", FOLDERS)
def test_no_stop_notice_after_a_decision(name: str):
    events = [e for e in whole(name) if e.kind != "process_ended"]
    wish = DossierWithdrawn(at=events[-1].at, reason="Không còn nhu cầu.")
    with pytest.raises(AlreadyDecided):
        stop_notice(case([*events, wish], Folder(name)))


def test_the_control_sheet_has_a_row_for_every_hand_over():
    events = whole("birth_registration")
    paper = control_sheet(case(events, BIRTH))
    assert len(paper.rows) == sum(e.kind == "step_enabled" for e in events)
    assert paper.rows[0].giver == "Người nộp hồ sơ"
    assert paper.rows[1].giver == paper.rows[0].receiver
    assert {r.result for r in paper.rows} <= {EARLY, ON_TIME, OVERDUE, "Không tính thời gian"}


def test_the_control_sheet_only_grows():
    events = whole("birth_registration")
    closed = {"finished_at", "result", "note"}
    rows = control_sheet(case(events, BIRTH)).rows
    for end in range(2, len(events)):
        earlier = control_sheet(case(events[:end], BIRTH)).rows
        for before, now in zip(earlier, rows, strict=False):
            kept = vars(before).keys() - (closed if before.result == RUNNING else set())
            assert {k: vars(before)[k] for k in kept} == {k: vars(now)[k] for k in kept}


def test_no_control_sheet_of_a_record_out_of_order():
    events = whole("birth_registration")
    with pytest.raises(RecordOutOfOrder):
        control_sheet(case([events[0], *reversed(events[1:])], BIRTH))


def test_timeliness_goes_by_dates():
    due = receipt(case(whole("birth_registration"), BIRTH)).due_at
    assert timeliness(due - timedelta(days=1), due) == EARLY
    assert timeliness(due + timedelta(hours=6), due) == ON_TIME  # 23:00 of the same day
    assert timeliness(due + timedelta(hours=7), due) == OVERDUE


def test_the_register_has_a_row_for_each_dossier_of_the_period():
    events = whole("birth_registration")
    events.append(ResultReturned(at=events[-1].at, manner="counter"))
    made = case(events, BIRTH)
    day = made.received.at.date()
    book = register([made, case(stopped("land_transfer"), Folder("land_transfer"))], UNIT,
                    (day, day), made.received.at)  # fmt: skip
    assert [r.number for r in book.rows] == [1, 2]
    first = book.rows[0]
    assert (first.result, first.manner) == (ON_TIME, "Nhận trực tiếp")
    assert book.rows[1].note == "Dừng theo yêu cầu"


def test_the_register_takes_no_dossier_of_another_period_or_unit():
    made = case(whole("birth_registration"), BIRTH)
    day = made.received.at.date() + timedelta(days=1)
    with pytest.raises(OutsidePeriod):
        register([made], UNIT, (day, day), made.received.at)
    other = Issuer(code="H55.905.01", name="Trung tâm khác")
    with pytest.raises(OutsidePeriod):
        register([made], other, (day - timedelta(days=2), day), made.received.at)


def test_a_register_without_dossiers_still_names_its_unit():
    day = datetime(2026, 3, 2, tzinfo=ZONE)
    book = register([], UNIT, (day.date(), day.date()), day)
    assert (book.agency, book.superior, book.place) == (UNIT.name, UNIT.superior, "Chợ Mới")
    assert book.rows == ()


def test_people_are_named_as_they_were_called_when_they_signed():
    first, later = datetime(1970, 1, 1, tzinfo=ZONE), datetime(2030, 1, 1, tzinfo=ZONE)
    names = {SIGNER: ((first, "Đặng Thị Ngọc Ánh"), (later, "Đặng Ánh"))}
    folder = Folder("land_transfer")
    assert apology(case(late("land_transfer"), folder, people=names)).signer == "Đặng Thị Ngọc Ánh"
    assert apology(case(late("land_transfer"), folder)).signer == SIGNER  # nobody knows the name
    made = refusal(case(refused("birth_registration"), BIRTH, people=names))
    assert made.signer == "Đặng Thị Ngọc Ánh"


def test_a_form_set_says_how_the_personal_id_is_shown():
    values = load(ROOT / "shared" / "forms" / "form_sets.toml")
    assert {s.personal_id for s in read_form_sets(values).values()} == {"masked"}
    values["sets"]["2018"]["personal_id"] = "full"
    assert read_form_sets(values)["2018"].personal_id == "full"
    values["sets"]["2018"]["personal_id"] = "some"
    with pytest.raises(FormSetInvalid, match="personal_id"):
        read_form_sets(values)


def test_the_form_sets_number_the_papers_as_their_circulars_do():
    sets = read_form_sets(load(ROOT / "shared" / "forms" / "form_sets.toml"))
    now = {f: sets["2025"].form(f).number for f in sets["2025"].forms}
    assert now == {"receipt": "01", "supplement": "02", "refusal": "03", "apology": "04",
                   "stop": "05", "control": "06", "register": "07"}  # fmt: skip
    assert (sets["2018"].form("control").number, sets["2018"].form("register").number) == (
        "05",
        "06",
    )
    with pytest.raises(FormNotInSet):
        sets["2018"].form("stop")
    assert [f.id for f in sets["2025"].forms.values() if f.ours] == ["apology", "stop", "register"]


@pytest.mark.parametrize(
    "table",
    [
        {"name": "x", "text": "y", "forms": {"receipt": {"number": "1"}}},
        {"name": "x", "text": "y", "forms": {"letter": {"number": "1", "title": "t"}}},
        {"name": "x", "text": "y", "forms": {"stop": {"number": "1", "title": "t", "colour": 1}}},
        {"name": "x", "forms": {}},
    ],
)
def test_a_wrong_form_set_is_refused(table: dict[str, Any]):
    with pytest.raises(FormSetInvalid):
        read_form_sets({"sets": {"x": table}})


def test_the_digest_in_the_tests_is_the_one_in_the_record():
    assert case(whole("birth_registration"), BIRTH).received.version == DIGEST
