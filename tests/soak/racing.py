"""Two people at one dossier at the same moment, for every pair of commands that exclude each other.

    python -m tests.soak.racing [--races 1000] [--database sqlite postgresql] [PAIR…]

A pair is a row of PAIRS: how to bring a dossier to where both commands are allowed, and the two.
Exactly one may take effect (the revision goes on by one); the other is told 409 or 412.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from api.problems import TABLE
from tests.builders import (
    CLERK,
    LEADER,
    MONDAY,
    OFFICER,
    TAX,
    catalogue_folder,
    person,
    receive,
    task_of,
)
from tests.living import law
from workflows import (
    dossiers,
    extensions,
    intake,
    jobs,
    referrals,
    results,
    send_backs,
    stops,
    supplements,
    suspensions,
    tasks,
)
from workflows.catalogue import Catalogue
from workflows.clock import SimulatedClock, SystemIds
from workflows.deriving import referral_id
from workflows.office import Office
from workflows.store import Store
from workflows.views import DossierView

OTHER_CLERK = person("one_stop_clerk", CLERK.agency, "other.clerk")
OTHER_OFFICER = person("officer", OFFICER.agency, "other.officer")
TAX_OFFICE = person("opinion_officer", TAX)
OTHER_TAX_OFFICE = person("opinion_officer", TAX, "other.opinion")

Move = Callable[[Office, DossierView], Any]
TIMER = "timer"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two commands that exclude each other; `at_due` lets the dossier's next timer come due."""

    before: Callable[[Office], DossierView]
    one: Move
    other: Move
    at_due: bool = False


@dataclass
class Tally:
    """How the races of a pair ended; `wrong` are those that did not end as they must."""

    races: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


# --- where a dossier can be ---------------------------------------------------------------------


def received(office: Office) -> DossierView:
    return receive(office)


def claimed(office: Office) -> DossierView:
    return claim(OTHER_CLERK)(office, receive(office))


def asked_for_papers(office: Office) -> DossierView:
    return request(CLERK)(office, receive(office))


def asked_the_tax_office(office: Office) -> DossierView:
    return complete(CLERK, ask=True)(office, receive(office))


def reviewed(office: Office) -> DossierView:
    view = complete(CLERK)(office, receive(office))
    return complete(OFFICER, "review")(office, view)


def suspended(office: Office) -> DossierView:
    return suspend(LEADER)(office, receive(office))


def signed(office: Office) -> DossierView:
    return complete(LEADER, "sign")(office, reviewed(office))


# --- what people do -----------------------------------------------------------------------------


def _on(view: DossierView, element: str = "check") -> dict[str, Any]:
    return {"dossier": view.id, "revision": view.revision, "task": task_of(view, element).task}


def complete(who: Any, element: str = "check", **facts: Any) -> Move:
    return lambda office, view: tasks.complete(
        office, who, tasks.CompleteTask(**_on(view, element), facts=facts)
    )


def claim(who: Any, element: str = "check") -> Move:
    return lambda office, view: tasks.claim(office, who, tasks.ClaimTask(**_on(view, element)))


def release(who: Any, element: str = "check") -> Move:
    return lambda office, view: tasks.release(office, who, tasks.ReleaseTask(**_on(view, element)))


def request(who: Any) -> Move:
    return lambda office, view: supplements.request(
        office,
        who,
        supplements.RequestSupplement(**_on(view), components=("form",), reason="Thiếu chữ ký"),
    )


def withdraw(who: Any) -> Move:
    return lambda office, view: intake.withdraw(
        office,
        who,
        intake.WithdrawDossier(dossier=view.id, revision=view.revision, reason="Đổi ý"),
    )


def take(who: Any) -> Move:
    return lambda office, view: supplements.take(
        office, who, supplements.TakeSupplement(dossier=view.id, revision=view.revision)
    )


def answer(who: Any) -> Move:
    def move(office: Office, view: DossierView) -> DossierView:
        asked = referral_id(view.id, task_of(view, "wait_opinion").task)
        said = referrals.AnswerReferral(referral=asked, answer="Đồng ý", revision=1)
        referrals.answer(office, who, said)
        return view

    return move


def extend(who: Any) -> Move:
    return lambda office, view: extensions.extend(
        office,
        who,
        extensions.ExtendDeadline(dossier=view.id, revision=view.revision, reason="Phức tạp"),
    )


def suspend(who: Any) -> Move:
    return lambda office, view: suspensions.suspend(
        office,
        who,
        suspensions.SuspendDossier(
            dossier=view.id, revision=view.revision, ground="storm", reason="Bão số 3"
        ),
    )


def resume(who: Any) -> Move:
    return lambda office, view: suspensions.resume(
        office,
        who,
        suspensions.ResumeDossier(dossier=view.id, revision=view.revision, reason="Hết bão"),
    )


def stop(who: Any) -> Move:
    return lambda office, view: stops.stop(
        office,
        who,
        stops.StopDossier(dossier=view.id, revision=view.revision, reason="Người nộp đề nghị"),
    )


def send_back(who: Any, element: str, to: str) -> Move:
    return lambda office, view: send_backs.send_back(
        office, who, send_backs.SendBack(**_on(view, element), to=to, reason="Thiếu căn cứ")
    )


def hand_over(who: Any) -> Move:
    return lambda office, view: results.return_result(
        office,
        who,
        results.ReturnResult(
            dossier=view.id, revision=view.revision, shown="receipt", collected_by="Hoa"
        ),
    )


def ring(office: Office, _view: DossierView) -> str:
    """Fire what is due, as the server does by itself; a timer that lost the race does nothing."""
    done = jobs.run_due(office)
    if done.failed:
        raise AssertionError(f"{done.failed} timers failed")
    return TIMER


PAIRS: dict[str, Pair] = {
    "claim/claim": Pair(before=received, one=claim(CLERK), other=claim(OTHER_CLERK)),
    "claim/complete": Pair(before=received, one=claim(CLERK), other=complete(OTHER_CLERK)),
    "claim/withdraw": Pair(before=received, one=claim(CLERK), other=withdraw(OTHER_CLERK)),
    "complete/complete": Pair(before=received, one=complete(CLERK), other=complete(OTHER_CLERK)),
    "complete/withdraw": Pair(before=received, one=complete(CLERK), other=withdraw(OTHER_CLERK)),
    "request/complete": Pair(before=received, one=request(CLERK), other=complete(OTHER_CLERK)),
    "request/withdraw": Pair(before=received, one=request(CLERK), other=withdraw(OTHER_CLERK)),
    "withdraw/withdraw": Pair(before=received, one=withdraw(CLERK), other=withdraw(OTHER_CLERK)),
    "release/complete": Pair(before=claimed, one=release(OTHER_CLERK), other=complete(OTHER_CLERK)),
    "extend/complete": Pair(before=received, one=extend(LEADER), other=complete(CLERK)),
    "extend/extend": Pair(before=received, one=extend(LEADER), other=extend(LEADER)),
    "sign/withdraw": Pair(before=reviewed, one=complete(LEADER, "sign"), other=withdraw(CLERK)),
    "suspend/complete": Pair(before=received, one=suspend(LEADER), other=complete(CLERK)),
    "suspend/suspend": Pair(before=received, one=suspend(LEADER), other=suspend(LEADER)),
    "suspend/withdraw": Pair(before=received, one=suspend(LEADER), other=withdraw(CLERK)),
    "resume/resume": Pair(before=suspended, one=resume(LEADER), other=resume(LEADER)),
    "resume/stop": Pair(before=suspended, one=resume(LEADER), other=stop(LEADER)),
    "suspend/auto-close": Pair(
        before=asked_for_papers, one=suspend(LEADER), other=ring, at_due=True
    ),
    "stop/complete": Pair(before=received, one=stop(LEADER), other=complete(CLERK)),
    "stop/withdraw": Pair(before=received, one=stop(LEADER), other=withdraw(CLERK)),
    "send back/sign": Pair(
        before=reviewed, one=send_back(LEADER, "sign", "review"), other=complete(LEADER, "sign")
    ),
    "take/take": Pair(before=asked_for_papers, one=take(CLERK), other=take(OTHER_CLERK)),
    "take/withdraw": Pair(before=asked_for_papers, one=take(CLERK), other=withdraw(OTHER_CLERK)),
    "take/auto-close": Pair(before=asked_for_papers, one=take(CLERK), other=ring, at_due=True),
    "auto-close/auto-close": Pair(before=asked_for_papers, one=ring, other=ring, at_due=True),
    "answer/answer": Pair(
        before=asked_the_tax_office, one=answer(TAX_OFFICE), other=answer(OTHER_TAX_OFFICE)
    ),
    "answer/silence": Pair(
        before=asked_the_tax_office, one=answer(TAX_OFFICE), other=ring, at_due=True
    ),
    "withdraw/silence": Pair(
        before=asked_the_tax_office, one=withdraw(CLERK), other=ring, at_due=True
    ),
    "return/return": Pair(before=signed, one=hand_over(CLERK), other=hand_over(OTHER_CLERK)),
}


# --- the race -----------------------------------------------------------------------------------


@cache
def _catalogue() -> Catalogue:
    with tempfile.TemporaryDirectory() as folder:
        return Catalogue.load(catalogue_folder(Path(folder), procedure=law()))


def open_ground(store: Store) -> Catalogue:
    """Return the catalogue of the races, published in this store."""
    read = _catalogue()
    catalogue = Catalogue(read.procedures(), read.agencies, read.calendars)
    catalogue.publish(store, MONDAY)
    return catalogue


def race(store: Store, catalogue: Catalogue, pair: Pair, pool: ThreadPoolExecutor) -> list[str]:
    """Run one race and return how both ended; raises AssertionError for an end that may not be."""
    clock = SimulatedClock(MONDAY)
    office = Office(store, catalogue, clock, SystemIds())
    view = pair.before(office)
    if pair.at_due:
        clock.advance_to(min(t.due_at for t in view.timers))
        _calm(office, view)
    barrier = threading.Barrier(2)
    moves = [partial(_run, move, office, view, barrier) for move in (pair.one, pair.other)]
    ended = list(pool.map(lambda move: move(), moves))
    after = dossiers.read(office, CLERK, view.id)
    assert after.revision == view.revision + 1, (
        f"{ended}, revision +{after.revision - view.revision}"
    )
    assert ended.count("done") <= 1, ended
    assert ended.count("done") == 1 or TIMER in ended, ended
    assert set(ended) <= {"done", TIMER, "409", "412"}, ended
    return ended


def _calm(office: Office, view: DossierView) -> None:
    """Fire what else is due, so that the timer of this dossier is the next of all."""
    clock = SimulatedClock(min(t.due_at for t in view.timers) - _MOMENT)
    before = Office(office.store, office.catalogue, clock, office.ids)
    while jobs.run_due(before).done:
        pass


_MOMENT = MONDAY.resolution


def _run(move: Move, office: Office, view: DossierView, barrier: threading.Barrier) -> str:
    barrier.wait()
    try:
        return TIMER if move(office, view) == TIMER else "done"
    except Exception as fault:  # noqa: BLE001 - whatever is not a refusal is what this looks for
        known = next((TABLE[c] for c in type(fault).__mro__ if c in TABLE), None)
        return str(known[0]) if known is not None else f"{type(fault).__name__}: {fault}"


def run(store: Store, pair: Pair, races: int) -> Tally:
    """Run many races of one pair and return how they ended."""
    tally, catalogue, began = Tally(), open_ground(store), time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(races):
            tally.races += 1
            try:
                tally.ended.update(race(store, catalogue, pair, pool))
            except AssertionError as fault:
                tally.wrong.append(str(fault))
    tally.seconds = time.perf_counter() - began
    return tally


def main() -> None:
    """Run every pair on every database and print one line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", nargs="*", default=[])
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    wrong = 0
    for database in options.database:
        with tempfile.TemporaryDirectory() as folder:
            for name in options.pairs or PAIRS:
                tally = _one(database, Path(folder), name, options.races)
                wrong += len(tally.wrong)
                said = " ".join(f"{k}:{v}" for k, v in sorted(tally.ended.items()))
                figures = f"{tally.races:6} races {tally.seconds:6.0f} s  wrong {len(tally.wrong)}"
                print(f"{database:11}{name:24}{figures}  {said}", *tally.wrong[:3], flush=True)
    raise SystemExit(1 if wrong else 0)


def _one(database: str, folder: Path, name: str, races: int) -> Tally:
    from tests.soak.databases import new_database  # noqa: PLC0415 - PostgreSQL where it is asked for

    store = Store.open(new_database(database, folder))
    try:
        return run(store, PAIRS[name], races)
    finally:
        store.close()


if __name__ == "__main__":
    main()
