"""Random lives of dossiers against the model: every command at every point, by anybody.

    python -m tests.soak.living [--examples 5000] [--steps 20]

What the model allows has to be done and what it refuses has to be refused and change nothing; a
repeat gets the answer of the first time. After each life the record rebuilds to what is stored, the
chains hold, the clocks of every step sum to what elapsed, and the due moment follows from the
record alone. A new command is a row of COMMANDS and a function of the model.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from api.problems import TABLE
from engine.law.authority import Actor
from tests.builders import CLERK, LEADER, MONDAY, receive
from tests.soak import model as expected
from tests.soak.model import PEOPLE, REFUSED, SAME, UNKNOWN, Model
from tests.soak.racing import open_ground
from workflows import (
    auditing,
    dossiers,
    extensions,
    intake,
    jobs,
    referrals,
    results,
    reviews,
    stops,
    supplements,
    suspensions,
    tasks,
)
from workflows.clock import SeededIds, SimulatedClock
from workflows.deriving import referral_id
from workflows.errors import IdempotencyMismatch
from workflows.office import Office
from workflows.referring import ReferralView
from workflows.store import Store
from workflows.store.connections import open_engine
from workflows.views import DossierView

COUNTED = (
    "supplement_requested",
    "supplement_taken",
    "referral_sent",
    "referral_answered",
    "deadline_extended",
    "dossier_withdrawn",
    "result_returned",
    "dossier_suspended",
    "dossier_resumed",
    "dossier_stopped",
)
MOST_DOSSIERS = 4
MEMORY = Path("/dev/shm")  # noqa: S108 - a life is thrown away, and a disk would be slow
WAITS_HOURS = (1, 7, 24, 24 * 4, 24 * 13, 24 * 25)

done: Counter[str] = Counter()  # how often each command took effect, or was refused

Send = Callable[[Office, Actor, Any], DossierView | ReferralView]
Make = Callable[[DossierView, dict[str, Any]], Any]


def _task(view: DossierView) -> str:
    """Return the open step, or one that never was: both are asked for."""
    return view.tasks[0].task if view.tasks else "999999"


def _leg(view: DossierView, said: dict[str, Any]) -> dict[str, Any]:
    """Return the same of a referral: it has a revision of its own, 1 until it is stamped."""
    seen = said["revision"]
    return {**said, "revision": seen if seen is None else 1 + seen - view.revision}


def _on(view: DossierView, said: dict[str, Any]) -> dict[str, Any]:
    return {"dossier": view.id, **said}


def _at(view: DossierView, said: dict[str, Any]) -> dict[str, Any]:
    return {"dossier": view.id, "task": _task(view), **said}


def _decided(view: DossierView) -> dict[str, Any]:
    """Return what the check decides; said every time, since facts of an earlier round stay."""
    return (
        {"complete": True, "ask": False}
        if view.tasks[:1] and view.tasks[0].element == "check"
        else {}
    )


# What the model calls a command -> the use case, and how its command is made.
COMMANDS: dict[str, tuple[Send, Make]] = {
    "claim": (tasks.claim, lambda v, s: tasks.ClaimTask(**_at(v, s))),
    "release": (tasks.release, lambda v, s: tasks.ReleaseTask(**_at(v, s))),
    "complete": (
        tasks.complete,
        lambda v, s: tasks.CompleteTask(**_at(v, s), facts=_decided(v), note="Xong"),
    ),
    "ask": (
        tasks.complete,
        lambda v, s: tasks.CompleteTask(**_at(v, s), facts={**_decided(v), "ask": True}),
    ),
    "request": (
        supplements.request,
        lambda v, s: supplements.RequestSupplement(
            **_at(v, s), components=("form",), reason="Thiếu chữ ký"
        ),
    ),
    "take": (
        supplements.take,
        lambda v, s: supplements.TakeSupplement(**_on(v, s), components=("form",)),
    ),
    "answer": (
        referrals.answer,
        lambda v, s: referrals.AnswerReferral(
            referral=referral_id(v.id, _task(v)), answer="Đồng ý", **_leg(v, s)
        ),
    ),
    "extend": (
        extensions.extend,
        lambda v, s: extensions.ExtendDeadline(**_on(v, s), reason="Hồ sơ phức tạp"),
    ),
    "withdraw": (
        intake.withdraw,
        lambda v, s: intake.WithdrawDossier(**_on(v, s), reason="Đổi ý"),
    ),
    "suspend": (
        suspensions.suspend,
        lambda v, s: suspensions.SuspendDossier(**_on(v, s), ground="storm", reason="Bão số 3"),
    ),
    "resume": (suspensions.resume, lambda v, s: suspensions.ResumeDossier(**_on(v, s))),
    "stop": (stops.stop, lambda v, s: stops.StopDossier(**_on(v, s), reason="Theo đơn")),
    "hand_over": (results.return_result, lambda v, s: results.ReturnResult(**_on(v, s))),
}


@cache
def _template() -> Path:
    """Return a database with every table and the procedures, to be copied for each life."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    store = Store.open(f"sqlite:///{folder}/template.db")
    open_ground(store)
    store.close()
    return folder / "template.db"


class Lives(RuleBasedStateMachine):
    """Some dossiers at one office, and the model of each."""

    def __init__(self) -> None:
        super().__init__()
        self.file = Path(tempfile.mkdtemp(dir=_template().parent)) / "life.db"
        shutil.copy(_template(), self.file)
        store = Store(open_engine(f"sqlite:///{self.file}"))
        self.clock = SimulatedClock(MONDAY)
        self.office = Office(store, open_ground(store), self.clock, SeededIds(7))
        self.models: list[Model] = []
        self.answered: list[tuple[Send, Actor, Any, DossierView]] = []
        self.keys = 0

    @initialize()
    def first(self) -> None:
        self.receive()

    @rule()
    def receive(self) -> None:
        if len(self.models) < MOST_DOSSIERS:
            view = receive(self.office, key=self._key())
            self.models.append(Model(id=view.id, since=self.clock.now()))
            self._agrees(self.models[-1])

    @rule(
        name=st.sampled_from(sorted(COMMANDS)),
        which=st.integers(0, MOST_DOSSIERS - 1),
        who=st.sampled_from(PEOPLE),
        seen=st.sampled_from(("current", "current", "current", "none", "stale")),
    )
    def anybody_tries(self, name: str, which: int, who: Actor, seen: str) -> None:
        self._try(name, self.models[which % len(self.models)], who, seen)

    @rule(
        which=st.integers(0, MOST_DOSSIERS - 1),
        name=st.sampled_from(("claim", "release", "complete", "complete", "ask", "request")),
        dual=st.booleans(),
    )
    def the_right_one_goes_on(self, which: int, name: str, dual: bool) -> None:
        """Somebody whose step it is, so that dossiers come to their ends."""
        model = self.models[which % len(self.models)]
        at_desk = [p for p in PEOPLE if expected.at_desk(model, p)]
        if model.suspended is not None:
            self._try("resume", model, LEADER, "current")
        elif at_desk:
            self._try(name, model, at_desk[dual], "current")
        elif model.at == expected.PAPERS:
            self._try("take", model, CLERK, "current")
        elif model.at == expected.OPINIONS:
            self._try("answer", model, expected.OPINION, "current")

    @rule(hours=st.sampled_from(WAITS_HOURS))
    def time_passes(self, hours: int) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(hours=hours))
        views = {m.id: self._view(m) for m in self.models}
        while (done := jobs.run_due(self.office)).done:
            assert done.failed == 0
        for model in self.models:
            due = any(t.due_at <= self.clock.now() for t in views[model.id].timers)
            if due and model.suspended is None:
                expected.ring(model, self.clock.now())
            self._agrees(model)

    @rule(which=st.integers(0, 30))
    def a_command_is_sent_again(self, which: int) -> None:
        if self.answered:
            send, who, command, view = self.answered[which % len(self.answered)]
            assert send(self.office, who, command) == view
            self._agree_all()

    @rule(which=st.integers(0, 30))
    def a_key_is_used_for_something_else(self, which: int) -> None:
        if not self.answered:
            return
        _, who, command, view = self.answered[which % len(self.answered)]
        model = next(m for m in self.models if m.id == view.id)
        other = intake.WithdrawDossier(
            dossier=model.id, reason="Khác", idempotency_key=command.idempotency_key
        )
        with pytest.raises(IdempotencyMismatch):
            intake.withdraw(self.office, who, other)
        self._agree_all()

    def teardown(self) -> None:
        try:
            if self.models:
                self._holds_together()
        finally:
            self.office.store.close()
            shutil.rmtree(self.file.parent)

    # --- one command --------------------------------------------------------------------------

    def _try(self, name: str, model: Model, who: Actor, seen: str) -> None:
        view, now = self._view(model), self.clock.now()
        stale = seen == "stale"
        revision = {"current": model.revision, "none": None, "stale": model.revision + 7}[seen]
        send, make = COMMANDS[name]
        command = make(view, {"revision": revision, "idempotency_key": self._key()})
        verdict = expected.judge(name, model, who, now, stale=stale)
        try:
            after = send(self.office, who, command)
        except Exception as fault:  # noqa: BLE001 - which refusal it is the table of problems says
            status = next((TABLE[c][0] for c in type(fault).__mro__ if c in TABLE), 500)
            said = f"{name} by {who.role} at {model.at}: {fault!r}"
            assert 400 <= status < 500, said
            assert verdict in (REFUSED, UNKNOWN), said
            done[f"{name} refused"] += 1
            assert self._view(model) == view, "a refusal changed something"
            return
        assert verdict != REFUSED, f"{name} by {who} at {model.at} was allowed"
        if verdict == UNKNOWN:
            verdict = self._believe(name, model)
        if callable(verdict):
            verdict()
            model.revision += 1
        else:
            assert verdict == SAME
        done[name] += 1
        if isinstance(after, DossierView):
            self.answered.append((send, who, command, after))
        self._agrees(model, after if isinstance(after, DossierView) else None)

    def _believe(self, name: str, model: Model) -> Callable[[], None]:
        """Return the change of a command the model would not judge."""
        right = {"extend": "deadline_extended", "answer": "referral_answered"}[name]

        def change() -> None:
            model.counts[right] += 1
            if name == "answer":
                model.moved(expected.REVIEW, self.clock.now())

        return change

    def _agree_all(self) -> None:
        for model in self.models:
            self._agrees(model)

    def _agrees(self, model: Model, view: DossierView | None = None) -> None:
        """Compare a dossier with its model: where it is, in whose hands, how often it changed."""
        stored = self._view(model)
        if view is not None:
            assert replace(view, overdue=False) == stored, "the answer is not what is stored"
        found = {t.element: t.assignee for t in stored.tasks}
        wanted = {} if model.at == expected.ENDED else {model.at: model.hand}
        assert found == wanted, (found, wanted)
        assert stored.revision == model.revision
        assert (stored.ended_at is not None) == (model.at == expected.ENDED)
        if model.at in expected.STATUS and model.suspended is None:
            assert stored.status == expected.STATUS[model.at]
        assert 1 <= stored.status <= 10
        if model.at == expected.OPINIONS and model.since is not None and not model.suspended:
            silence = model.since + expected.SILENCE + model.stood
            assert [t.due_at for t in stored.timers] == [silence]

    # --- after a life -------------------------------------------------------------------------

    def _holds_together(self) -> None:
        assert reviews.rebuild(self.office) == ()
        proof = auditing.verify(self.office, frozenset())
        assert (proof.findings, proof.dossiers) == ((), len(self.models))
        for model in self.models:
            self._nothing_lost_or_twice(model)
            self._clocks_sum(model)
            view = self._view(model)
            deadline = dossiers.deadline(self.office, CLERK, model.id)
            assert deadline.due_at == view.due_at
        self.clock.advance_to(self.clock.now() + timedelta(days=40))
        for model in self.models:
            deadline = dossiers.deadline(self.office, CLERK, model.id)
            assert deadline.due_at == self._view(model).due_at, "a due moment moved by itself"

    def _nothing_lost_or_twice(self, model: Model) -> None:
        history = dossiers.history(self.office, CLERK, model.id)
        kinds = Counter(e.kind for e in history)
        assert [e.seq for e in history] == list(range(1, len(history) + 1))
        assert {k: kinds[k] for k in COUNTED} == {k: model.counts[k] for k in COUNTED}
        assert kinds["dossier_received"] == 1
        opened, closed = kinds["step_enabled"], kinds["step_completed"] + kinds["step_withdrawn"]
        assert opened - closed >= 0

    def _clocks_sum(self, model: Model) -> None:
        steps = self.office.store.read(lambda uow: uow.steps.of_dossier(model.id))
        for step in steps:
            if step.closed_at is not None:
                parts = (step.waiting_seconds, step.working_seconds, step.paused_seconds)
                elapsed = (step.closed_at - step.enabled_at).total_seconds()
                assert sum(p or 0.0 for p in parts) == pytest.approx(elapsed)

    def _view(self, model: Model) -> DossierView:
        view = dossiers.read(self.office, CLERK, model.id)
        return replace(view, overdue=False)  # that alone depends on the moment of looking

    def _key(self) -> str:
        self.keys += 1
        return f"key{self.keys}"


def live(examples: int, steps: int) -> None:
    """Run so many random lives; raises what was wrong, made as small as can be."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    try:
        run_state_machine_as_test(Lives, settings=chosen)
    finally:
        shutil.rmtree(_template().parent, ignore_errors=True)
        _template.cache_clear()


def main() -> None:
    """Run a long life and say so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    live(options.examples, options.steps)
    print(f"{options.examples} lives of up to {options.steps} steps agree with the model")
    print(", ".join(f"{name} {count}" for name, count in sorted(done.items())))


if __name__ == "__main__":
    main()
