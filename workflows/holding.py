"""Holds one dossier for one command and saves what came of it, all in one unit of work.

Every use case that changes a dossier goes through here: lock, repeat?, authority, decide, save.
Not for deciding: the engine decides, the use case asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import process
from engine.law.authority import Actor
from engine.law.fees import check_paid
from engine.law.statuses import FinanceState
from engine.law.working_time import WorkingCalendar
from engine.process import Advance
from engine.timing.events import DeadlineWarned, DossierResumed, Event, StepAssigned, StepEvent
from workflows import announcing, deriving, meanings, projecting
from workflows.announcing import News
from workflows.catalogue import Version
from workflows.commanding import Command, asked, settable
from workflows.deriving import Said, Setting
from workflows.errors import AlreadyClaimed, InvalidInput, NotFound, NotOpen, Stale, Suspended
from workflows.office import Office
from workflows.permitting import hands_of, part_of, permit, stood_in_for
from workflows.projecting import Happened, happened_of
from workflows.standing import (
    beside,
    deadline_events,
    fold_dossier,
    measured_seconds,
    resuming_timers,
    touches_deadline,
    warning_timers,
    with_deadline,
)
from workflows.store import UnitOfWork
from workflows.store.commands import recall
from workflows.store.events import Stamp, chain
from workflows.store.records import DossierRow, EventRow, OutboxRow, StateRow, StepRow
from workflows.store.searching import found_by, named
from workflows.store.unit_of_work import AFTER_SAVE, BEFORE_SAVE
from workflows.timekeeping import finished_at, with_spent
from workflows.viewing import dossier_view
from workflows.views import DossierView
from workflows.worktime import referral_due, timer_time


@dataclass(kw_only=True)
class Held:
    """A dossier under lock: what it is now, who asks, and how to save what comes of it."""

    uow: UnitOfWork
    office: Office
    actor: Actor
    command: Command
    version: Version
    row: DossierRow
    state: StateRow
    steps: dict[str, StepRow]
    now: datetime
    is_new: bool = False
    named: tuple[str | None, ...] = ()
    replayed: DossierView | None = None
    said: Said = field(default_factory=Said)

    @property
    def calendar(self) -> WorkingCalendar:
        """The working calendar of the agency that settles the dossier."""
        return self.office.catalogue.calendar(self.row.competent_agency)

    @property
    def engine(self) -> dict[str, Any]:
        """What every call of the engine needs besides the state."""
        return {"now": self.now, "working_time": timer_time(self.calendar)}

    def see(self, revision: int | None) -> None:
        """Raise Stale when the caller saw another revision; None means the caller saw none."""
        if revision is not None and revision != self.row.revision:
            raise Stale(revision, self.row.revision)

    def open_step(self, task: str) -> StepRow:
        """Return the step somebody can do now.

        Raises NotFound for a step the dossier never had, NotOpen when it is done or withdrawn.
        """
        row = self.steps.get(task)
        if row is not None and row.state in {"open", "claimed"}:
            return row
        state = row.state if row is not None else self.uow.steps.state_of(self.row.id, task)
        if state is None:
            raise NotFound("bước", task)
        raise NotOpen(task, state)

    def permit(self, action: str, step: StepRow | None = None, *, agency: str = "") -> None:
        """Raise Forbidden unless the law of authority lets the actor do this here."""
        resource = part_of(self.row, step, agency=agency, barred=self.hands(step))
        permit(self.actor, action, resource)

    def hands(self, step: StepRow | None) -> frozenset[str]:
        """Return who did the elements whose doer may not do this step."""
        law = self.version.procedure.steps.get(step.element) if step else None
        others = law.not_same_hand_as if law is not None else ()
        done = (s for s in self.steps.values() if s.element in others and s.state == "done")
        return hands_of(done)

    def not_taken(self, step: StepRow) -> None:
        """Raise AlreadyClaimed when somebody else has taken the step."""
        if step.assignee and step.assignee not in {self.actor.person, self.actor.on_behalf_of}:
            raise AlreadyClaimed(step.step)

    def bring(self, named: Iterable[str]) -> None:
        """Note papers that arrived: as many as the procedure asks for."""
        papers = {k: dict(v) for k, v in self.row.components.items()}
        for paper in self.version.procedure.components:
            if paper.id in set(named):
                papers[paper.id] = {"originals": paper.originals, "copies": paper.copies}
        self.row = replace(self.row, components=papers)

    def may_set(self, element: str, facts: Mapping[str, Any]) -> None:
        """Raise WrongFact for a fact that this element is not allowed to set."""
        settable(self.version.procedure, element, facts)

    def goes_on(self) -> None:
        """Raise Suspended while the dossier stands still: nothing of its process is done then."""
        if self.row.suspended_at is not None:
            raise Suspended(self.row.suspended_ground)

    def complete(
        self, step: StepRow, facts: Mapping[str, Any], said: Said, *, after: Sequence[Event] = ()
    ) -> DossierView:
        """Complete an open step and save; somebody who had not taken it takes it now."""
        self.goes_on()
        check_paid(self.version.procedure, step.element, owed=self.row.finance == FinanceState.DUE)
        self.may_set(step.element, facts)
        self.said = said
        advance = process.complete(
            self.version.definition, self.state.state, step.step, facts=facts, **self.engine
        )
        if deriving.asks_unsaid(self._setting(), advance):
            raise InvalidInput("facts", "hồ sơ còn thiếu: hãy yêu cầu bổ sung, nêu giấy tờ, lý do")
        named: dict[str, Any] = {"at": self.now, "step": step.step, "element": step.element}
        taken = () if step.assignee else (StepAssigned(assignee=self.actor.person, **named),)
        return self.save(advance, before=taken, after=after)

    def deliver(
        self,
        wait: Mapping[str, Any],
        facts: Mapping[str, Any],
        said: Said,
        *,
        after: Sequence[Event] = (),
    ) -> DossierView:
        """Deliver the message that a subscription waits for and save."""
        self.goes_on()
        self.may_set(wait["element"], facts)
        self.said = said
        return self.save(self._delivered(wait, facts), after=after)

    def save(
        self,
        advance: Advance | None,
        *,
        before: Sequence[Event] = (),
        after: Sequence[Event] = (),
    ) -> DossierView:
        """Write everything that came of the command and return the dossier as it is now.

        `before` and `after` are what people did around what the process did. Without an advance
        the process stands where it stood.
        """
        self.uow.at_point(BEFORE_SAVE)
        self._keep(advance, before, after)
        view = self._answered()
        self.uow.at_point(AFTER_SAVE)
        return view

    def _keep(
        self, advance: Advance | None, before: Sequence[Event] = (), after: Sequence[Event] = ()
    ) -> None:
        waited = {s["id"] for s in self.state.subscriptions}
        understood = deriving.understand(self._setting(), advance) if advance else []
        happened = self._happened([*before, *understood, *after])
        if not happened:
            return
        self._record(happened, advance)
        resumed = any(isinstance(h.event, DossierResumed) for h in happened)
        self._deliver_kept(set() if resumed else waited)

    def _deliver_kept(self, waited: set[str]) -> None:
        """Deliver answers that had come before the process waited for them."""
        if not self.row.early_answers or self.row.suspended_at is not None:
            return
        waits = [s for s in self.state.subscriptions if s["id"] not in waited]
        found = meanings.kept_for(self.uow, self.row.id, waits)
        if found is not None:
            wait, kept = found
            self.said = meanings.said_of(kept)
            self._keep(self._delivered(wait, kept.facts))

    def _delivered(self, wait: Mapping[str, Any], facts: Mapping[str, Any]) -> Advance:
        return process.deliver(
            self.version.definition,
            self.state.state,
            wait["name"],
            key=wait["key"],
            facts=facts,
            **self.engine,
        )

    def _setting(self) -> Setting:
        return Setting(
            procedure=self.version.procedure,
            agencies=self.office.catalogue.agencies,
            dossier=self.row,
            before=self.state,
            steps=self.steps,
            referral_due=referral_due(self.calendar),
            said=self.said,
            signer=self.actor.person,
            enclosed=meanings.enclosing(self.uow, self.row.id),
        )

    def _happened(self, events: Iterable[Event]) -> list[Happened]:
        steps = self.version.procedure.steps
        found, who = [], {"actor": self.actor.person, "on_behalf_of": stood_in_for(self.actor)}
        for event in events:
            clock = ""
            if isinstance(event, StepEvent):
                law = steps.get(event.element)
                clock = law.clock.value if law is not None else "agency"
            found.append(Happened(event=event, clock=clock, agency=self.actor.agency, **who))
        return found

    def _record(self, happened: list[Happened], advance: Advance | None) -> None:
        uow, events = self.uow, [h.event for h in happened]
        waited = [] if self.is_new else self._waiting(self.state)
        changed = projecting.fold_steps(self.row.id, self.steps, happened, self._measure)
        self.steps |= changed
        state, before = deriving.next_state(advance) if advance is not None else None, self.row
        row, past = self._next_row(events)
        happened += self._happened(meanings.reissued(self.version.procedure, before, row, events))
        events = [h.event for h in happened]
        rows = self._chained([(h.event, h.clock) for h in happened])
        self.row = replace(row, last_seq=rows[-1].seq, last_hash=rows[-1].hash)
        if self.is_new:
            uow.dossiers.add(self.row, state or self.state)
        else:
            uow.dossiers.save(self.row, state)
        uow.events.append(rows)
        uow.steps.save(list(changed.values()))
        if named(self.row) != self.named:
            uow.searching.index(self.row, found_by(self.row), is_new=self.is_new)
        told = self._write_meanings(happened, past)
        self.state = state or self.state
        uow.jobs.save_timers(self.row.id, waited, self._waiting(self.state))
        new_id = self.office.ids.new_id
        outgoing = (
            deriving.outbox_rows(self._setting(), advance, new_id, self.now) if advance else []
        )
        uow.jobs.send([*outgoing, *told, *self._announced(events, rows, before)])

    def _write_meanings(
        self, happened: Sequence[Happened], past: Sequence[Happened] | None = None
    ) -> list[OutboxRow]:
        """Write rounds and referrals; return what other installations have to be told of them."""
        meanings.write_rounds(self.uow, self.row.id, happened)
        if not meanings.stamps_in(happened):
            return []
        law = (self.version.procedure, self.calendar)
        changed = meanings.write_referrals(self.uow, self.row.id, happened, past, law)
        return meanings.to_installations(self.row, happened, changed, self.office.ids.new_id)

    def note(self, *events: Event) -> DossierView:
        """Append events that change no step: what people saw of the dossier still holds."""
        rows, before = self._chained([(event, "") for event in events]), self.row
        row = replace(self.row, last_seq=rows[-1].seq, last_hash=rows[-1].hash)
        self.row = beside(row, self.version.procedure, events)
        self.uow.dossiers.save(self.row)
        self.uow.events.append(rows)
        self.uow.jobs.send(
            [*self._write_meanings(self._happened(events)), *self._announced(events, rows, before)]
        )
        return self._answered()

    def escalations(self, warned: DeadlineWarned) -> list[Event]:
        """Return whom the procedure tells besides of a warning."""
        return deriving.escalations_about(self._setting(), warned.about, warned.due_at, warned.at)

    def _announced(
        self, events: Sequence[Event], rows: Sequence[EventRow], before: DossierRow
    ) -> list[OutboxRow]:
        """Return what others are told of these events; who listens was read with the lock."""
        known, new = self.uow.dossiers, self.is_new
        listening = self.uow.outgoing.listening() if known.listening is None else known.listening
        news = News(
            events=events, rows=rows, before=before, after=self.row, is_new=new,
            reachable=known.reachable,
        )  # fmt: skip
        return announcing.announce(news, listening, self.office.ids, self.now)

    def _chained(self, happened: Iterable[tuple[Event, str]]) -> list[EventRow]:
        stamp = Stamp(
            actor=self.actor.person,
            role=self.actor.role,
            agency=self.actor.agency,
            recorded_at=self.now,
            on_behalf_of=stood_in_for(self.actor),
        )
        return chain(self.row.id, happened, stamp, after=(self.row.last_seq, self.row.last_hash))

    def _waiting(self, state: StateRow) -> list[dict[str, Any]]:
        """Return what waits for a moment: the timers of the process, the warnings of the law.

        While the dossier is suspended only the moment at which it goes on by itself is waited for.
        """
        if self.row.suspended_at is not None:
            return resuming_timers(self.row)
        return [*state.timers, *self.warnings()]

    def warnings(self) -> list[dict[str, Any]]:
        """Return the warnings of its due moment that the dossier waits for, as timers."""
        return warning_timers(self.row, self.version.procedure, self.calendar)

    def _measure(self, row: StepRow, events: Sequence[Event]) -> dict[str, Any]:
        agency = row.agency or self.row.competent_agency
        return measured_seconds(row, events, self.office.catalogue.calendar(agency))

    def _next_row(self, events: list[Event]) -> tuple[DossierRow, list[Happened] | None]:
        """Return the row as it is now, and the record before it if that was read: at the end."""
        procedure = self.version.procedure
        row = replace(self.row, revision=self.row.revision + 1)
        row = fold_dossier(row, procedure, events, self.steps.values())
        ends, ended = finished_at(row), finished_at(self.row)
        past: list[Happened] | None = None
        if ends is not None and ends != ended:
            past = happened_of([] if self.is_new else self.uow.events.of_dossier(row.id))
        if self.row.resolved_at is None or row.resolved_at is None:
            row = self._with_deadline(row, events, past)
        if ends == ended:
            return row, None
        steps = projecting.fold_steps(row.id, {}, past or (), projecting.unmeasured) | self.steps
        return with_spent(row, procedure, steps.values(), self.calendar), past

    def _with_deadline(
        self, row: DossierRow, events: list[Event], past: list[Happened] | None
    ) -> DossierRow:
        """Return the row with its due moment; the record is read only if that can have changed."""
        procedure = self.version.procedure
        if not touches_deadline(procedure, events):
            return row
        before = [h.event for h in past or ()]
        if past is None and not self.is_new:
            kinds, elements = deadline_events(procedure)
            before = self.uow.events.concerning(row.id, kinds=kinds, elements=elements)
        return with_deadline(row, procedure, [*before, *events], self.calendar)

    def _answered(self) -> DossierView:
        """Return the dossier as it is now, remembered for who sends the same command again."""
        view = dossier_view(self.version, self.row, self.state, self.steps.values(), self.now)
        if self.command.idempotency_key:
            self.uow.commands.remember(
                self.actor.person,
                self.command.idempotency_key,
                kind=type(self.command).__name__,
                asked=asked(self.command, self.actor),
                result=view.to_record(),
                at=self.now,
            )
        return view


def hold(uow: UnitOfWork, office: Office, actor: Actor, command: Command, dossier_id: str) -> Held:
    """Lock a dossier and return it with everything a command needs.

    `replayed` is set when this very command was answered before: return it, do nothing. Raises
    NotFound or IdempotencyMismatch.
    """
    row, state = uow.dossiers.lock(dossier_id)
    version = office.catalogue.at(row.digest)
    hands = {e for law in version.procedure.steps.values() for e in law.not_same_hand_as}
    key = command.idempotency_key
    steps, answered = uow.steps.waiting(row.id, actor=actor.person, key=key, hands=hands)
    result = recall(answered, key, asked(command, actor)) if key else None
    return Held(
        uow=uow,
        office=office,
        actor=actor,
        command=command,
        version=version,
        row=row,
        state=state,
        steps=steps,
        now=office.clock.now(),
        named=named(row),
        replayed=DossierView.from_record(result) if result is not None else None,
    )
