"""One matter in two installations: a question here, a child dossier there, stamps back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bridges import ADMIN, NORTH, SOUTH, Side, introduce, side
from tests.builders import (
    AGENCIES,
    CLERK,
    CODE,
    MONDAY,
    PROCEDURE,
    TAX,
    catalogue_folder,
    person,
    receive,
    task_of,
)
from workflows import (
    arrivals,
    comparing,
    delivering,
    dossiers,
    evidence,
    intake,
    joint,
    partners,
    referrals,
    tasks,
)
from workflows.catalogue import Catalogue
from workflows.delivering import Carriers
from workflows.deriving import referral_id
from workflows.errors import NotFound
from workflows.intake import WithdrawDossier
from workflows.store import Store
from workflows.tasks import CompleteTask

ROOT = Path(__file__).parents[2]
THEIR_CLERK, THEIR_OFFICER, THEIR_LEADER = (
    person(role, TAX) for role in ("one_stop_clerk", "officer", "leader")
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small catalogue, its tax office at the other installation; it is shown the name."""
    law = PROCEDURE.replace(
        'name = "Hỏi ý kiến"', 'name = "Hỏi ý kiến"\nshows = ["applicant_name"]'
    )
    folder = catalogue_folder(tmp_path_factory.mktemp("elsewhere"), procedure=law)
    file = folder / "shared" / "agencies.toml"
    other = f'name = "Thuế cơ sở"\ninstallation = "{SOUTH}"'
    file.write_text(AGENCIES.replace('name = "Thuế cơ sở"', other), encoding="utf-8")
    return Catalogue.load(folder)


@pytest.fixture
def pair(
    store: Store, migrated_file: Path, tmp_path: Path, elsewhere: Catalogue
) -> Iterator[tuple[Side, Side]]:
    """Two installations; what the first asks the tax office is the second's to answer."""
    file = tmp_path / "south.db"
    shutil.copyfile(migrated_file, file)
    other = Store.open(f"sqlite:///{file}")
    north, south = side(store, tmp_path, NORTH, 1), side(other, tmp_path, SOUTH, 2)
    elsewhere.publish(store, MONDAY)
    north.office = replace(north.office, catalogue=elsewhere)
    introduce(north, south)
    mapped = {"opinion_answer": CODE}
    partners.change(south.office, ADMIN, partners.ChangePartner(name=NORTH, procedures=mapped))
    yield north, south
    other.close()


def turn(*sides: Side, rounds: int = 6) -> None:
    """Let both installations do their background work."""
    for _ in range(rounds):
        for each in sides:
            carriers = Carriers(wire=each.wire, forward=joint.forward)
            delivering.deliver(each.office, carriers)
            arrivals.act_upon_due(each.office, joint.HANDLERS, each.wire)
            joint.follow(each.office)


def asked(north: Side) -> tuple[str, str]:
    view = receive(north.office)
    done = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    view = tasks.complete(north.office, CLERK, done)
    return view.id, referral_id(view.id, task_of(view, "wait_opinion").task)


def children(south: Side) -> list[str]:
    rows = south.office.store.read(lambda uow: [j.dossier_id for j in uow.joint.all_of(NORTH)])
    return [r for r in rows if r != south.dossier]


def finish(south: Side, dossier: str) -> None:
    """Let the tax office do its own procedure to the end."""
    for element, actor in (
        ("check", THEIR_CLERK), ("review", THEIR_OFFICER), ("sign", THEIR_LEADER),
        ("return_result", THEIR_CLERK),
    ):  # fmt: skip
        view = dossiers.read(south.office, THEIR_CLERK, dossier)
        command = CompleteTask(dossier=dossier, task=task_of(view, element).task)
        tasks.complete(south.office, actor, command)


def test_a_question_begins_a_child_dossier_whose_end_is_the_answer(pair) -> None:
    north, south = pair
    parent, referral = asked(north)
    turn(north, south)
    (child,) = children(south)
    view = dossiers.read(south.office, THEIR_CLERK, child)
    assert (view.procedure, view.competent_agency) == (CODE, TAX)
    assert view.applicant_name == "Nguyễn Thị Hoa"
    stood = referrals.read(north.office, CLERK, referral)
    assert stood.state == "accepted"
    known = north.office.store.read(lambda uow: uow.joint.get(SOUTH, referral))
    assert (known.other_code, known.due_at) == (view.code, view.due_at)
    finish(south, child)
    turn(south, north)
    stood = referrals.read(north.office, CLERK, referral)
    assert (stood.state, stood.late) == ("answered", False)
    assert view.code in stood.answer
    now = dossiers.read(north.office, CLERK, parent)
    assert [t.element for t in now.tasks] == ["review"]
    both = [
        s.office.store.read(lambda uow, d=d: uow.bridge.of_dossier(d))
        for s, d in ((north, parent), (south, child))
    ]
    assert {r.hash for r in both[0]} == {r.hash for r in both[1]}  # the same evidence
    assert all(r.acknowledgement for rows in both for r in rows)


def test_a_third_party_can_check_the_evidence_without_this_program(pair, tmp_path) -> None:
    north, south = pair
    parent, _ = asked(north)
    partners.rotate(south.office, ADMIN)
    comparing.compared(south.office, south.wire, NORTH)  # tells the new key as well
    turn(north, south)
    code = dossiers.read(north.office, CLERK, parent).code
    document = evidence.collect(north.office, code).document()
    file = tmp_path / "evidence.json"
    first = document["keys"][0]

    def verdict(*more: str) -> tuple[int, str]:
        file.write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "tools/verify_evidence.py", str(file), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        return done.returncode, done.stdout

    assert verdict() == (0, "3 thư, 3 có biên nhận, 0 sai\n")
    trusted = [f"{k['installation']}:{k['public_key']}" for k in document["keys"][:2]]
    assert verdict("--key", trusted[0], "--key", trusted[1])[0] == 0  # the third follows its first
    assert verdict("--key", f"{first['installation']}:{'0' * 64}")[0] == 1
    document["envelopes"][0]["hash"] = "0" * 64
    code_, said = verdict()
    assert code_ == 1
    assert "mã băm" in said


def test_a_question_taken_back_ends_the_child(pair) -> None:
    north, south = pair
    parent, _ = asked(north)
    turn(north, south)
    intake.withdraw(north.office, CLERK, WithdrawDossier(dossier=parent, reason="Thôi"))
    turn(north, south)
    (child,) = children(south)
    assert dossiers.read(south.office, THEIR_CLERK, child).ended_at is not None
    assert south.office.store.read(lambda uow: uow.joint.changed(9)) == []


def test_a_child_that_is_refused_gives_the_question_back(pair) -> None:
    north, south = pair
    _, referral = asked(north)
    turn(north, south)
    (child,) = children(south)
    command = WithdrawDossier(dossier=child, reason="Sai nơi nhận")
    intake.withdraw(south.office, THEIR_CLERK, command)
    turn(south, north)
    assert referrals.read(north.office, CLERK, referral).state == "returned"


def test_a_question_nobody_mapped_waits_for_people_and_is_then_answered(pair) -> None:
    north, south = pair
    partners.change(south.office, ADMIN, partners.ChangePartner(name=NORTH, procedures={}))
    asked(north)
    turn(north, south)
    assert children(south) == []
    (row,) = south.office.store.read(lambda uow: uow.bridge.waiting(NORTH))
    assert (row.state, row.fault) == ("pending", "NotFound not_found")
    mapped = {"opinion_answer": CODE}
    partners.change(south.office, ADMIN, partners.ChangePartner(name=NORTH, procedures=mapped))
    again = partners.DecideEnvelope(name=NORTH, sequence=1, what="retry", reason="Đã khai báo")
    partners.decide(south.office, ADMIN, again)
    turn(north, south)
    assert len(children(south)) == 1
    assert partners.waiting(south.office, ADMIN, NORTH) == ()
    with pytest.raises(NotFound):
        partners.decide(south.office, ADMIN, again)
