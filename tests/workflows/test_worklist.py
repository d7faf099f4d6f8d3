"""The worklist: in order, filtered, counted, found by words; the next one is taken once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import CLERK, LEADER, OFFICER, receive, task_of
from workflows import accounts, assigning, bulk, dossiers, members, saved_views, tasks, worklist
from workflows.assigning import AssignTask, RecallTask, SetPriority, TransferTask
from workflows.bulk import BulkItem, BulkTasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.saved_views import KeepView, RenameView
from workflows.tasks import ClaimTask, CompleteTask
from workflows.views import DossierView
from workflows.worklist import TakeNext, WorklistQuery


@pytest.fixture
def colleague(office: Office) -> str:
    """Somebody else who holds the clerk's role at the counter."""
    until = office.clock.now() + timedelta(days=30)
    accounts.issue_token(office, "dong.nghiep", CLERK.agency, CLERK.role, (), until)
    return "dong.nghiep"


def pass_time(office: Office, **length) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**length))


def prioritised(office: Office, view: DossierView, priority: int) -> DossierView:
    command = SetPriority(dossier=view.id, priority=priority, reason="Người cao tuổi")
    return assigning.prioritise(office, CLERK, command)


def codes(office: Office, **asked) -> list[str]:
    page = worklist.worklist(office, CLERK, WorklistQuery(**asked))
    return [line.dossier_code for line in page.items]


def test_the_most_urgent_stands_first(office: Office) -> None:
    early = receive(office)
    pass_time(office, hours=1)
    late, urgent = receive(office), receive(office)
    prioritised(office, urgent, 2)
    assert codes(office) == [urgent.code, early.code, late.code]
    assert codes(office, order="waiting") == [early.code, late.code, urgent.code]


@pytest.mark.parametrize("order", ["urgency", "due", "waiting", "received", "name"])
def test_pages_of_every_order_join_without_a_gap(office: Office, order: str) -> None:
    views = [receive(office, name=name) for name in ("Lê An", "Trần Bình", "Đỗ Ân", "Hà Cúc")]
    prioritised(office, views[2], 1)
    whole = codes(office, order=order)
    parts, cursor = [], ""
    for _ in range(3):
        page = worklist.worklist(office, CLERK, WorklistQuery(order=order, limit=2, cursor=cursor))
        parts += [line.dossier_code for line in page.items]
        cursor = page.cursor
        if not cursor:
            break
    assert parts == whole
    assert len(whole) == 4


def test_names_stand_in_vietnamese_order(office: Office) -> None:
    for name in ("Trần Thị Bình", "Đỗ Văn Ân", "Lê Văn An"):
        receive(office, name=name)
    page = worklist.worklist(office, CLERK, WorklistQuery(order="name"))
    assert [line.applicant_name for line in page.items] == [
        "Lê Văn An", "Đỗ Văn Ân", "Trần Thị Bình",
    ]  # fmt: skip


@pytest.mark.parametrize("cursor", ["xyz", "WyJkdWUiXQ", "é"])
def test_a_cursor_that_is_not_ours_is_refused(office: Office, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        worklist.worklist(office, CLERK, WorklistQuery(cursor=cursor))


@pytest.mark.parametrize("asked", [{"order": "luck"}, {"holder": "nobody"}])
def test_a_question_that_is_none_is_refused(office: Office, asked) -> None:
    with pytest.raises(InvalidInput):
        worklist.worklist(office, CLERK, WorklistQuery(**asked))


def test_another_agencys_list_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        worklist.worklist(office, CLERK, WorklistQuery(agency="H55.21"))


def test_time_left_is_working_time(office: Office) -> None:
    view = receive(office)
    line = worklist.worklist(office, CLERK, WorklistQuery()).items[0]
    calendar = office.catalogue.calendar(view.competent_agency)
    assert view.due_at is not None
    assert line.minutes_left == calendar.working_minutes(office.clock.now(), view.due_at)
    pass_time(office, days=60)
    late = worklist.worklist(office, CLERK, WorklistQuery(overdue=True)).items[0]
    assert late.overdue
    assert late.minutes_left < 0


def test_counts_are_what_the_lists_hold(office: Office) -> None:
    views = [receive(office) for _ in range(4)]
    tasks.claim(office, CLERK, ClaimTask(dossier=views[0].id, task=task_of(views[0], "check").task))
    prioritised(office, views[1], 1)
    found = worklist.counts(office, CLERK, WorklistQuery())
    assert found.all == len(codes(office)) == 4
    assert found.mine == len(codes(office, holder="mine")) == 1
    assert found.unclaimed == len(codes(office, holder="none")) == 3
    assert found.urgent == len(codes(office, priority=1)) == 1
    register = dossiers.list_dossiers(office, CLERK, dossiers.DossierQuery())
    assert found.all == len(register.items)
    pass_time(office, days=60)
    assert worklist.counts(office, CLERK, WorklistQuery()).overdue == 4


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("dang", 1),
        ("ĐẶNG", 1),
        ("duc dang", 1),
        ("ngu", 2),
        ("nguyen binh", 1),
        ("nguyen dang", 0),
        ("0912345678", 1),
        ("5678", 1),
        ("zzz", 0),
    ],
)
def test_dossiers_are_found_without_marks(office: Office, text: str, hits: int) -> None:
    receive(office, name="Đặng Văn Đức", phone="0912 345 678")
    receive(office, name="Nguyễn Thị Bình")
    receive(office, name="Nguyễn An")
    assert len(codes(office, q=text)) == hits


def test_a_dossier_is_found_by_the_end_of_its_code(office: Office) -> None:
    first, second = receive(office), receive(office)
    assert codes(office, q=second.code.rsplit("-", 1)[1]) == [second.code]
    assert codes(office, q=first.code.lower()) == [first.code]


def test_the_next_one_is_the_most_urgent_nobody_has(office: Office) -> None:
    first, second = receive(office), receive(office)
    prioritised(office, second, 2)
    taken = worklist.take_next(office, CLERK, TakeNext())
    assert taken.dossier is not None
    assert taken.dossier.id == second.id
    assert task_of(taken.dossier, "check").assignee == CLERK.person
    again = worklist.take_next(office, CLERK, TakeNext())
    assert again.dossier is not None
    assert again.dossier.id == first.id
    assert worklist.take_next(office, CLERK, TakeNext()).dossier is None


def test_taking_next_again_with_the_same_key_gives_the_same_one(office: Office) -> None:
    receive(office)
    receive(office)
    command = TakeNext(idempotency_key="k1")
    first = worklist.take_next(office, CLERK, command)
    assert worklist.take_next(office, CLERK, command) == first
    assert worklist.counts(office, CLERK, WorklistQuery()).mine == 1


def test_what_one_would_check_oneself_is_passed_over(office: Office) -> None:
    """The builders' procedure lets nobody sign what they reviewed."""
    view = receive(office)
    for element, actor in (("check", CLERK), ("review", OFFICER)):
        task = task_of(view, element).task
        view = tasks.complete(office, actor, CompleteTask(dossier=view.id, task=task))
    both = type(LEADER)(person=OFFICER.person, agency=LEADER.agency, role=LEADER.role)
    assert worklist.take_next(office, both, TakeNext()).dossier is None
    assert worklist.take_next(office, LEADER, TakeNext()).dossier is not None


def test_the_queue_is_taken_once_by_many(office: Office) -> None:
    for _ in range(40):
        receive(office)
    taken: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        while True:
            found = worklist.take_next(office, CLERK, TakeNext())
            if found.dossier is None:
                return
            with lock:
                taken.append(found.dossier.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: work(), range(8)))
    assert len(taken) == len(set(taken)) == 40


def claimed(office: Office) -> tuple[DossierView, str]:
    view = receive(office)
    task = task_of(view, "check").task
    return tasks.claim(office, CLERK, ClaimTask(dossier=view.id, task=task)), task


def test_a_step_goes_to_a_colleague_in_the_same_role(office: Office, colleague: str) -> None:
    view, task = claimed(office)
    command = TransferTask(dossier=view.id, task=task, to=colleague, reason="Nghỉ phép")
    view = assigning.transfer(office, CLERK, command)
    assert task_of(view, "check").assignee == colleague
    last = dossiers.history(office, CLERK, view.id)[-1]
    assert (last.data["cause"], last.data["reason"]) == ("transferred", "Nghỉ phép")


def test_a_step_goes_to_nobody_without_the_role(office: Office) -> None:
    view, task = claimed(office)
    command = TransferTask(dossier=view.id, task=task, to="khong.ai", reason="x")
    with pytest.raises(InvalidInput):
        assigning.transfer(office, CLERK, command)


def test_a_head_takes_a_step_back_and_gives_it_out(office: Office, colleague: str) -> None:
    view, task = claimed(office)
    head = type(CLERK)(person="truong", agency=CLERK.agency, role="head_of_section")
    back = RecallTask(dossier=view.id, task=task, reason="Để lâu")
    view = assigning.recall(office, head, back)
    assert task_of(view, "check").assignee == ""
    view = assigning.assign(office, head, AssignTask(dossier=view.id, task=task, to=colleague))
    assert task_of(view, "check").assignee == colleague
    with pytest.raises(Forbidden):
        assigning.recall(office, CLERK, back)


def test_priority_is_kept_and_rebuilt(office: Office) -> None:
    from workflows import reviews  # noqa: PLC0415 - only this test rebuilds

    view = prioritised(office, receive(office), 2)
    assert reviews.rebuild(office) == ()
    assert worklist.worklist(office, CLERK, WorklistQuery(priority=2)).items[0].dossier == view.id
    with pytest.raises(InvalidInput):
        prioritised(office, view, 9)


def test_many_at_once_have_an_answer_each(office: Office) -> None:
    views = [receive(office) for _ in range(3)]
    items = [BulkItem(dossier=v.id, task=task_of(v, "check").task) for v in views]
    items.append(BulkItem(dossier=views[0].id, task="nothing"))
    command = BulkTasks(act="claim", items=items, idempotency_key="b1")
    found = bulk.bulk(office, CLERK, command)
    assert [one.done for one in found] == [True, True, True, False]
    assert isinstance(found[3].refused, NotFound)
    assert [one.view for one in bulk.bulk(office, CLERK, command)][:3] == [
        one.view for one in found
    ][:3]
    assert worklist.counts(office, CLERK, WorklistQuery()).mine == 3


@pytest.mark.parametrize("command", [{"act": "burn"}, {"act": "claim", "items": ()}])
def test_a_bulk_command_that_is_none_is_refused(office: Office, command) -> None:
    asked = {"items": (BulkItem(dossier="a", task="b"),)} | command
    with pytest.raises(InvalidInput):
        bulk.bulk(office, CLERK, BulkTasks(**asked))


def test_a_view_is_kept_for_oneself_or_by_a_head_for_all(office: Office) -> None:
    mine = saved_views.keep_view(office, OFFICER, KeepView(name="Đất đai", query={"q": "dat"}))
    shared = saved_views.keep_view(office, LEADER, KeepView(name="Khẩn", shared=True))
    assert [v.name for v in saved_views.saved_views(office, OFFICER)] == ["Khẩn", "Đất đai"]
    assert [v.own for v in saved_views.saved_views(office, OFFICER)] == [False, True]
    with pytest.raises(Forbidden):
        saved_views.keep_view(office, OFFICER, KeepView(name="Chung", shared=True))
    with pytest.raises(NotFound):
        saved_views.drop_view(office, OFFICER, shared.id)
    saved_views.drop_view(office, OFFICER, mine.id)
    assert [v.name for v in saved_views.saved_views(office, OFFICER)] == ["Khẩn"]


def test_workload_says_who_has_how_much(office: Office) -> None:
    claimed(office)
    receive(office)
    found = worklist.workload(office, CLERK)
    assert {(w.holder, w.open) for w in found} == {("", 1), (CLERK.person, 1)}


def test_a_view_is_renamed_by_its_owner(office: Office) -> None:
    mine = saved_views.keep_view(office, OFFICER, KeepView(name="Đất đai", query={"q": "dat"}))
    saved_views.keep_view(office, OFFICER, KeepView(name="Nhà ở"))
    renamed = saved_views.rename_view(office, OFFICER, RenameView(view=mine.id, name=" Đất  nhà "))
    assert (renamed.id, renamed.name, renamed.query) == (mine.id, "Đất nhà", {"q": "dat"})
    with pytest.raises(InvalidInput):
        saved_views.rename_view(office, OFFICER, RenameView(view=mine.id, name="Nhà ở"))
    with pytest.raises(NotFound):
        saved_views.rename_view(office, LEADER, RenameView(view=mine.id, name="Khác"))


def test_members_are_those_with_a_post_and_what_they_hold(office: Office, colleague: str) -> None:
    view = receive(office)
    task = task_of(view, "check").task
    tasks.claim(office, replace(CLERK, person=colleague), ClaimTask(dossier=view.id, task=task))
    [member] = members.members(office, CLERK)
    assert (member.person, member.roles, member.open) == (colleague, (CLERK.role,), 1)
    assert members.members(office, LEADER) == ()
