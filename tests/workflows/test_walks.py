"""The real procedures walk their scenarios through the real commands and the real database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.law.authority import Actor
from tests.builders import CENTRE, person
from tests.workflows.counting import statements
from workflows import dossiers, intake, jobs, referrals, reviews, supplements, tasks
from workflows.catalogue import Catalogue, Version
from workflows.clock import SeededIds, SimulatedClock
from workflows.deriving import referral_id
from workflows.office import Office
from workflows.referrals import AnswerReferral, ReferralQuery
from workflows.store import Store
from workflows.supplements import RequestSupplement, TakeSupplement, TooManyRounds
from workflows.tasks import CompleteTask
from workflows.views import DossierView, StepView

CATALOGUE = Catalogue.load(Path(__file__).parent.parent.parent / "bpmn")
CLERK = person("one_stop_clerk", CENTRE)
MOST_STATEMENTS = 10


class Walk:
    """One dossier on its way through a scenario."""

    def __init__(self, office: Office, version: Version, scenario: Mapping[str, Any]) -> None:
        self.office, self.version = office, version
        clock = office.clock
        assert isinstance(clock, SimulatedClock)
        self.clock = clock
        self.most = 0
        self.view = intake.receive(
            office,
            CLERK,
            intake.ReceiveDossier(
                procedure=version.procedure.code,
                channel=scenario["channel"],
                applicant_name="Nguyễn Văn Bình",
                facts=scenario.get("facts", {}),
            ),
        )

    def step(self, said: Mapping[str, Any]) -> None:
        """Do what one step of the scenario says."""
        verb = next(v for v in ("complete", "deliver", "expire", "withdraw") if v in said)
        self.view = getattr(self, verb)(said)

    def later(self, since: Any, minutes: int) -> None:
        calendar = self.office.catalogue.calendar(self.view.competent_agency)
        self.clock.advance_to(max(self.clock.now(), calendar.add_minutes(since, minutes)))

    def complete(self, said: Mapping[str, Any]) -> DossierView:
        index = said.get("index")
        task = next(
            t for t in self.view.tasks if t.element == said["complete"] and index in {None, t.index}
        )
        self.later(task.enabled_at, said.get("after_minutes", 0))
        doer = person(task.role, task.agency, f"{task.role}.{task.element}")
        with statements(self.office.store) as sent:
            done = self.done(doer, task, said.get("facts", {}))
        self.most = max(self.most, len(sent))
        return done

    def done(self, doer: Actor, task: StepView, facts: Mapping[str, Any]) -> DossierView:
        """Complete a step; what is missing is asked for in words, where that can still be asked."""
        law = self.version.procedure.supplement
        named: dict[str, Any] = {
            "dossier": self.view.id,
            "task": task.task,
            "revision": self.view.revision,
            "idempotency_key": f"{self.view.id}/{task.task}",
        }
        if law is not None and facts.get(law.fact, not law.value) == law.value:
            asked = RequestSupplement(reason="Thiếu chữ ký", **named)
            try:
                return supplements.request(self.office, doer, asked)
            except TooManyRounds:
                pass
        return tasks.complete(self.office, doer, CompleteTask(facts=facts, **named))

    def deliver(self, said: Mapping[str, Any]) -> DossierView:
        self.later(self.clock.now(), said.get("after_minutes", 0))
        key = said.get("key", "")
        wait = next(w for w in self.view.waits if w.name == said["deliver"] and key in {"", w.key})
        law = self.version.procedure.supplement
        if law is not None and wait.name == law.message:
            return supplements.take(self.office, CLERK, TakeSupplement(dossier=self.view.id))
        step = next(t for t in self.view.tasks if t.task == wait.id)
        doer = person("opinion_officer", step.agency)
        asked = referrals.list_referrals(self.office, doer, ReferralQuery(limit=200)).items
        referral = next(r.id for r in asked if r.id == referral_id(self.view.id, wait.id))
        command = AnswerReferral(referral=referral, answer="Trả lời", facts=said.get("facts", {}))
        referrals.answer(self.office, doer, command)
        return dossiers.read(self.office, CLERK, self.view.id)

    def expire(self, said: Mapping[str, Any]) -> DossierView:
        due = [t.due_at for t in self.view.timers if t.element == said["expire"]]
        if due:  # of timers due at one moment the first run fires all
            self.clock.advance_to(max(self.clock.now(), *due))
            jobs.run_due(self.office, 1_000)
        return dossiers.read(self.office, CLERK, self.view.id)

    def withdraw(self, said: Mapping[str, Any]) -> DossierView:
        command = intake.WithdrawDossier(dossier=self.view.id, reason=said["withdraw"])
        return intake.withdraw(self.office, CLERK, command)


@pytest.mark.slow
@pytest.mark.parametrize("version", CATALOGUE.procedures(), ids=lambda v: v.folder)
def test_every_scenario_ends_where_it_says(store: Store, version: Version) -> None:
    most = 0
    for number, scenario in enumerate(version.scenarios):
        clock = SimulatedClock(scenario["received_at"])
        office = Office(store, CATALOGUE, clock, SeededIds(number))
        CATALOGUE.publish(store, clock.now())
        walk = Walk(office, version, scenario)
        for said in scenario["step"]:
            walk.step(said)
        expected = scenario["expect"]
        assert walk.view.outcome == expected["outcome"], scenario["id"]
        assert expected.get("end", walk.view.end_element) == walk.view.end_element, scenario["id"]
        most = max(most, walk.most)
    assert reviews.rebuild(office) == ()
    assert most <= MOST_STATEMENTS
