"""The demo: some months of office life, sent through the real commands on a simulated clock.

Every dossier goes by the use cases a clerk's screen would call; nothing is written around them.
What happens when and what people decide is drawn in `simulation.py`.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from api.simulation import (
    COLLECTS_AFTER_MINUTES,
    FAMILY,
    GIVEN,
    MIDDLE,
    NEVER_SUPPLEMENTS,
    SILENT_AGENCY,
    WITHDRAWS,
    Arrival,
    Chance,
    working_days,
)
from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.procedure import Procedure
from engine.law.working_time import ZONE
from workflows import accounts, dossiers, intake, jobs, referrals, results, supplements, tasks
from workflows.clock import SimulatedClock
from workflows.deriving import referral_id
from workflows.errors import WorkflowError
from workflows.office import Office
from workflows.views import DossierView, StepView

SEED = 2017  # the year of the report this program grew from
DOSSIERS = 300
FIRST_DAY = date(2026, 7, 1)
LAST_DAY = date(2026, 9, 30)
FIRST_MOMENT = datetime(2026, 7, 1, tzinfo=ZONE)
MONTHS, MOST_MONTHS = 3, 15  # further back communes settled nothing
COMMUNES = ("H55.901", "H55.902", "H55.903", "H55.904", "H55.905")
PACE = {"H55.901": 0.8, "H55.902": 1.0, "H55.903": 1.0, "H55.904": 1.25, "H55.905": 0.9}
PROMPTNESS = {"1.001193": 0.5, "1.009994": 1.05, "1.013831": 1.15}  # below 1: quicker than usual
LAND_OFFICE = "H55.31.01"
PEOPLE_PER_POST = 2
RESOLVED = 9  # national status of a dossier whose result waits to be collected
SUPPLEMENT_DAYS = 3.0
ANSWER_SHARE = 0.7  # of the days another agency has
PAYMENT_DAYS = 4.0
MINUTES_PER_DAY = 24 * 60
TOKEN_DAYS = 365

# What the codes of the people who play begin with.
STAFF = {
    "one_stop_clerk": "motcua",
    "officer": "chuyenvien",
    "head_of_section": "truongphong",
    "leader": "lanhdao",
    "registry_clerk": "vanthu",
    "tax_officer": "thue",
    "opinion_officer": "ykien",
    "administrator": "quantri",
    "reviewer": "rasoat",
    "auditor": "kiemtra",
}

Action = Callable[[], None]


@dataclass(kw_only=True)
class Case:
    """One dossier on its way: how it stands, and what was already planned for it."""

    view: DossierView
    procedure: Procedure
    planned: set[str] = field(default_factory=set)
    decided: Counter[str] = field(default_factory=Counter)


class Demo:
    """Plays some months; `progress` is told the day and how many dossiers came so far."""

    def __init__(self, office: Office, clock: SimulatedClock, seed: int = SEED) -> None:
        """Play at this office, by this clock, from the day the clock stands at."""
        self._office = office
        self._clock = clock
        self._first_day = clock.now().astimezone(ZONE).date()
        self._chance = Chance(seed)
        self._time = office.catalogue.calendars.of("standard")
        self._agenda: list[tuple[datetime, int, Action]] = []
        self._order = count()
        self._staff: dict[tuple[str, str], list[Actor]] = defaultdict(list)
        self._cases: dict[str, Case] = {}
        self.refused: Counter[str] = Counter()

    def play(self, how_many: int, progress: Callable[[date, int], None]) -> None:
        """Send the dossiers and everything that follows from them, until the last day ends."""
        days = working_days(self._first_day, LAST_DAY, self._time)
        for arrival in self._chance.arrivals(how_many, days, COMMUNES, self._time):
            self._plan(arrival.at, self._arriving(arrival))
        end = end_of_play()
        while self._agenda and self._agenda[0][0] <= end:
            at, _, action = heapq.heappop(self._agenda)
            self._clock.advance_to(max(at, self._clock.now()))
            self._try(action)
            progress(at.astimezone(ZONE).date(), len(self._cases))
        self._clock.advance_to(end)

    def _plan(self, at: datetime, action: Action) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), action))

    def _try(self, action: Action) -> None:
        try:
            action()
        except (Rejected, WorkflowError) as refusal:
            self.refused[f"{action.__qualname__} {refusal.code}: {refusal}"] += 1

    # --- a dossier arrives ------------------------------------------------------------------------

    def _arriving(self, arrival: Arrival) -> Action:
        def receive() -> None:
            today = arrival.at.astimezone(ZONE).date()
            procedure = self._office.catalogue.current(arrival.procedure, today).procedure
            land = procedure.level == "province"
            centre = f"{arrival.commune}.01"
            command = intake.ReceiveDossier(
                procedure=procedure.code,
                channel=arrival.channel,
                applicant_name=arrival.applicant,
                phone=f"09{len(self._cases):08}",
                components=_papers(procedure),
                facts=self._received_facts(procedure, arrival.channel),
                receiving_unit=centre,
                competent_agency=LAND_OFFICE if land else arrival.commune,
                idempotency_key=self._key(),
            )
            view = intake.receive(self._office, self._member(centre, "one_stop_clerk"), command)
            self._cases[view.id] = case = Case(view=view, procedure=procedure)
            self._follow(case, view)
            if self._chance.happens(WITHDRAWS):
                later = self._later(self._chance.minutes(600))
                self._plan(later, lambda: self._withdraw(case))

        return receive

    def _received_facts(self, procedure: Procedure, channel: str) -> dict[str, Any]:
        facts = self._chance.facts(procedure, "received", {})
        return facts | ({"channel": channel} if "channel" in facts else {})

    def _withdraw(self, case: Case) -> None:
        view = self._fresh(case)
        if view.ended_at or view.status >= RESOLVED:
            return
        command = intake.WithdrawDossier(
            dossier=view.id,
            revision=view.revision,
            reason="Người nộp đề nghị rút hồ sơ",
            idempotency_key=self._key(),
        )
        clerk = self._member(view.receiving_unit, "one_stop_clerk")
        self._follow(case, intake.withdraw(self._office, clerk, command))

    # --- what follows from where it stands --------------------------------------------------------

    def _follow(self, case: Case, view: DossierView) -> None:
        case.view = view
        for step in view.tasks:
            if step.task not in case.planned:
                case.planned.add(step.task)
                (self._plan_work if step.state != "waiting" else self._plan_wait)(case, step)
        for timer in view.timers:
            if timer.id not in case.planned:
                case.planned.add(timer.id)
                self._plan(timer.due_at, self._ring)

    def _ring(self) -> None:
        """Let the timers fire whose time has come, and look at the dossiers they belong to."""
        now = self._clock.now()
        due = [c for c in self._cases.values() if any(t.due_at <= now for t in c.view.timers)]
        jobs.run_due(self._office)
        for case in due:
            self._follow(case, self._fresh(case))

    def _plan_work(self, case: Case, step: StepView) -> None:
        law = case.procedure.steps.get(step.element)
        pace = PACE.get(case.view.competent_agency, 1.0) * PROMPTNESS[case.procedure.code]
        effort = self._chance.effort(law.norm_minutes if law else None, pace)
        waiting = effort.waiting_minutes
        if law is not None and law.status == RESOLVED:
            waiting = self._chance.minutes(COLLECTS_AFTER_MINUTES)
        taken = self._later(waiting)
        done = self._time.add_minutes(taken, effort.working_minutes)
        actor = self._member(step.agency, step.role)
        self._plan(taken, lambda: self._claim(case, step, actor))
        self._plan(done, lambda: self._complete(case, step, actor))

    def _plan_wait(self, case: Case, step: StepView) -> None:
        supplement = case.procedure.supplement
        waits = {wait.id: wait for wait in case.view.waits}
        name = waits[step.task].name if step.task in waits else ""
        if supplement is not None and name == supplement.message:
            if not self._chance.happens(NEVER_SUPPLEMENTS):
                later = self._chance.minutes(SUPPLEMENT_DAYS * MINUTES_PER_DAY)
                self._plan(self._after(later), lambda: self._take(case, step))
            return
        asked = [r for r in case.procedure.referrals if step.element in {r.wait_element, r.element}]
        if not asked or (asked[0].silence == "agreed" and self._chance.happens(SILENT_AGENCY)):
            return
        days = asked[0].days * ANSWER_SHARE or PAYMENT_DAYS
        self._plan(
            self._after(self._chance.minutes(days * MINUTES_PER_DAY, 0.5)),
            lambda: self._answer(case, step),
        )

    # --- commands ---------------------------------------------------------------------------------

    def _claim(self, case: Case, step: StepView, actor: Actor) -> None:
        if self._is_open(case, step):
            command = tasks.ClaimTask(**self._on(case, step))
            self._follow(case, tasks.claim(self._office, actor, command))

    def _complete(self, case: Case, step: StepView, actor: Actor) -> None:
        if not self._is_open(case, step):
            return
        facts = self._chance.facts(case.procedure, step.element, case.decided)
        case.decided.update(facts.keys())
        law = case.procedure.steps.get(step.element)
        if law is not None and law.status == RESOLVED:
            command = results.ReturnResult(
                dossier=case.view.id,
                revision=case.view.revision,
                manner="counter",
                shown="receipt",
                collected_by=case.view.applicant_name,
                idempotency_key=self._key(),
            )
            view = results.return_result(self._office, actor, command)
        elif self._asks_for_papers(case, facts):
            view = self._request(case, step, actor)
        else:
            done = tasks.CompleteTask(**self._on(case, step), facts=facts)
            view = tasks.complete(self._office, actor, done)
        self._follow(case, view)

    def _asks_for_papers(self, case: Case, facts: dict[str, Any]) -> bool:
        supplement = case.procedure.supplement
        if supplement is None or case.view.supplement_rounds >= supplement.rounds:
            return False
        return bool(facts.get(supplement.fact) == supplement.value)

    def _request(self, case: Case, step: StepView, actor: Actor) -> DossierView:
        papers = tuple(c.id for c in case.procedure.components if c.required)
        command = supplements.RequestSupplement(
            **self._on(case, step),
            components=(self._chance.pick(papers),),
            reason="Giấy tờ chưa đúng mẫu hoặc thiếu thông tin",
        )
        return supplements.request(self._office, actor, command)

    def _take(self, case: Case, step: StepView) -> None:
        if self._is_open(case, step):
            clerk = self._member(case.view.receiving_unit, "one_stop_clerk")
            command = supplements.TakeSupplement(
                dossier=case.view.id,
                revision=case.view.revision,
                idempotency_key=self._key(),
            )
            self._follow(case, supplements.take(self._office, clerk, command))

    def _answer(self, case: Case, step: StepView) -> None:
        if not self._is_open(case, step):
            return
        facts = self._chance.facts(case.procedure, step.element, {})
        command = referrals.AnswerReferral(
            referral=referral_id(case.view.id, step.task),
            answer="Không đồng ý" if facts.get("objection") else "Đồng ý",
            facts=facts,
            idempotency_key=self._key(),
        )
        actor = self._member(step.agency, "opinion_officer")
        referrals.answer(self._office, actor, command)
        self._follow(case, self._fresh(case))

    # --- small things -----------------------------------------------------------------------------

    def _on(self, case: Case, step: StepView) -> dict[str, Any]:
        return {
            "dossier": case.view.id,
            "task": step.task,
            "revision": case.view.revision,
            "idempotency_key": self._key(),
        }

    def _is_open(self, case: Case, step: StepView) -> bool:
        return any(s.task == step.task for s in case.view.tasks)

    def _fresh(self, case: Case) -> DossierView:
        clerk = self._member(case.view.receiving_unit, "one_stop_clerk")
        return dossiers.read(self._office, clerk, case.view.id)

    def _member(self, agency: str, role: str) -> Actor:
        post = self._staff[agency, role]
        while len(post) < PEOPLE_PER_POST:
            number, known = len(post) + 1, sum(len(p) for p in self._staff.values())
            person = staff_code(role, agency, number)
            post.append(hire(self._office, person, agency, role, staff_name(known))[1])
        return post[0] if self._chance.happens(0.5) else post[1]

    def _key(self) -> str:
        return self._office.ids.new_id()

    def _later(self, working_minutes: int) -> datetime:
        return self._time.add_minutes(self._clock.now(), working_minutes)

    def _after(self, minutes: int) -> datetime:
        return self._time.next_opening(self._clock.now() + timedelta(minutes=minutes))


def hire(office: Office, person: str, agency: str, role: str, name: str = "") -> tuple[str, Actor]:
    """Give a person a post at an agency; return the bearer token and who it makes the caller."""
    if name:
        office.store.write(lambda u: u.accounts.ensure_person(office.ids.new_id(), person, name))
    expires = office.clock.now() + timedelta(days=TOKEN_DAYS)
    issued = accounts.issue_token(office, person, agency, role, (), expires)
    return issued.bearer, accounts.actor_of(office, issued.bearer)


def staff_code(role: str, agency: str, number: int = 1) -> str:
    """Return the code of one of the people who play: short enough to be typed."""
    return f"{STAFF.get(role, role)}{number}.{agency}".lower()


def staff_name(number: int) -> str:
    """Return the name of one of them; the same number has the same name in every play."""
    parts = (FAMILY, number), (MIDDLE, number * 3 + 1), (GIVEN, number * 7 + number // 9)
    return " ".join(names[place % len(names)] for names, place in parts)


def first_moment(months: int = MONTHS) -> datetime:
    """Return the moment so many whole months before the end begin; 3 are `FIRST_MOMENT`."""
    months_of_era = LAST_DAY.year * 12 + LAST_DAY.month - months
    return datetime(months_of_era // 12, months_of_era % 12 + 1, 1, tzinfo=ZONE)


def end_of_play() -> datetime:
    """Return the moment the simulated months end: the last day, when the office has closed."""
    return datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 17, tzinfo=ZONE)


def _papers(procedure: Procedure) -> dict[str, dict[str, int]]:
    handed_in: Iterable[Any] = (c for c in procedure.components if c.required)
    return {c.id: {"originals": c.originals, "copies": c.copies} for c in handed_in}
