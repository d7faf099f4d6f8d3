"""Rate limits: exact over processes, refilled by time, silent under a flood; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.workflows.counting import statements
from workflows.clock import SimulatedClock
from workflows.limiting import Limit, Limiter, TooMany
from workflows.office import Office

STRICT = Limit(amount=5, seconds=60)
GENEROUS = Limit(amount=100, seconds=60, portion=20)


def later(office: Office, seconds: float) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(seconds=seconds))


def taken(limiter: Limiter, office: Office, limit: Limit, tries: int, holder: str = "a") -> int:
    """How many of the tries were allowed."""
    allowed = 0
    for _ in range(tries):
        try:
            limiter.take(office, "test", holder, limit)
        except TooMany:
            continue
        allowed += 1
    return allowed


def test_a_burst_ends_at_the_limit_and_says_when_to_come_back(office: Office) -> None:
    limiter = Limiter()
    assert taken(limiter, office, STRICT, 5) == 5
    with pytest.raises(TooMany) as refused:
        limiter.take(office, "test", "a", STRICT)
    assert refused.value.retry_after == 12
    later(office, 11)
    assert taken(limiter, office, STRICT, 1) == 0
    later(office, 1)
    assert taken(limiter, office, STRICT, 3) == 1


def test_a_rest_fills_the_bucket_to_the_brim_and_no_farther(office: Office) -> None:
    limiter = Limiter()
    assert taken(limiter, office, STRICT, 9) == 5
    later(office, 3_600)
    assert taken(limiter, office, STRICT, 9) == 5


def test_each_holder_and_each_bucket_has_its_own(office: Office) -> None:
    limiter = Limiter()
    assert taken(limiter, office, STRICT, 9, "a") == 5
    assert taken(limiter, office, STRICT, 9, "b") == 5
    limiter.take(office, "another", "a", STRICT)


def test_several_processes_share_one_bucket(office: Office) -> None:
    first, second = Limiter(), Limiter()
    assert taken(first, office, STRICT, 3) == 3
    assert taken(second, office, STRICT, 9) == 2
    assert taken(first, office, STRICT, 9) == 0


def test_portions_cost_few_statements_and_never_give_more(office: Office) -> None:
    limiters = [Limiter(), Limiter(), Limiter()]
    with statements(office.store) as sent:
        allowed = sum(taken(limiter, office, GENEROUS, 200) for limiter in limiters)
    assert allowed == 100
    assert len([s for s in sent if s.startswith("INSERT")]) < 20


def test_a_flood_on_an_empty_bucket_writes_nothing(office: Office) -> None:
    limiter = Limiter()
    taken(limiter, office, STRICT, 6)
    with statements(office.store) as sent:
        assert taken(limiter, office, STRICT, 500) == 0
    assert sent == []


def test_racing_processes_together_get_exactly_the_limit(office: Office) -> None:
    limiters = [Limiter() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda limiter: taken(limiter, office, STRICT, 4), limiters)
    assert sum(counts) == 5


def test_full_buckets_are_forgotten_and_empty_ones_kept(office: Office) -> None:
    taken(Limiter(), office, STRICT, 5, "old")
    later(office, 61)
    taken(Limiter(), office, STRICT, 5, "new")
    now_ms = int(office.clock.now().timestamp() * 1000)
    assert office.store.write(lambda uow: uow.limits.forget_full(now_ms)) == 1
    assert taken(Limiter(), office, STRICT, 5, "new") == 0
