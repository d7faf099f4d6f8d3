"""Thousands of requests drawn from the OpenAPI document: no bug, no answer that is not documented.

What the document says is drawn by Schemathesis, valid and broken. So that not everything is "not
found", addresses, conditions and bodies get real dossiers, steps and codes most of the time (REAL
says where from: a new kind of id is a row there), and the caller is somebody whose step it is.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import Failure, FailureGroup

from api import create_app
from tests.api.conftest import CENTRE, COMMUNE
from workflows import accounts, dossiers, intake, tasks
from workflows.deriving import referral_id
from workflows.envelopes import Keyring
from workflows.office import Office
from workflows.permitting import POST_ROLES
from workflows.views import DossierView, StepView

REQUESTS = int(os.environ.get("SCHEMATHESIS_REQUESTS", "5000"))
DOSSIERS = 24
HOW_OFTEN_REAL = 85  # of a hundred
LIMITS_OFF = "api=off anonymous=off lookup=off wrong_code=off sign_in=off bridge=off"
checks.load_all_checks()
CHECKS = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@dataclass
class World:
    """An office with dossiers at many points, and a token for every role."""

    office: Office
    bearers: dict[tuple[str, str], str] = field(default_factory=dict)
    dossiers: list[str] = field(default_factory=list)

    def hire(self, role: str, agency: str) -> str:
        """Return the token of somebody with this role at this agency."""
        if (role, agency) not in self.bearers:
            expires = self.office.clock.now() + timedelta(days=30)
            person = f"{role}.{agency}".lower()
            issued = accounts.issue_token(self.office, person, agency, role, (), expires)
            self.bearers[role, agency] = issued.bearer
        return self.bearers[role, agency]

    def actor(self, role: str, agency: str) -> Any:
        return accounts.actor_of(self.office, self.hire(role, agency))


@dataclass
class Chosen:
    """What one request is about: a dossier as it is now, and a step of it."""

    world: World
    view: DossierView
    step: StepView | None
    luck: int

    @property
    def bearer(self) -> str:
        """Return the token of whoever has the step, or of anybody."""
        if self.step is not None and self.luck % 4:
            return self.world.hire(self.step.role or "opinion_officer", self.step.agency)
        agencies = (CENTRE, COMMUNE)
        return self.world.hire(POST_ROLES[self.luck % len(POST_ROLES)], agencies[self.luck % 2])


# What a field or a part of an address is called -> a real value for it.
REAL: dict[str, Callable[[Chosen], Any]] = {
    "dossier": lambda c: c.view.id,
    "task": lambda c: c.step.task if c.step else "1",
    "procedure": lambda c: c.view.procedure,
    "code": lambda c: c.view.procedure,
    "digest": lambda c: c.view.digest,
    "referral": lambda c: referral_id(c.view.id, c.step.task if c.step else "1"),
    "agency": lambda c: c.view.competent_agency,
    "receiving_unit": lambda _: CENTRE,
    "competent_agency": lambda _: COMMUNE,
    "components": lambda c: [*c.view.components][:1] or ["to_khai"],
    "facts": lambda _: {},
}
RECEIVED = frozenset({"components", "facts"})  # other shapes when a dossier is handed in


@pytest.fixture
def world(office: Office, tmp_path: Path) -> World:
    """Dossiers received, taken, completed and withdrawn; the bridge is open."""
    office = replace(office, keyring=Keyring.at("nam.example.gov.vn", tmp_path / "key.pem"))
    found = World(office)
    clerk = found.actor("one_stop_clerk", CENTRE)
    codes = [v.procedure.code for v in office.catalogue.procedures()]
    for number in range(DOSSIERS):
        command = intake.ReceiveDossier(
            procedure=codes[number % len(codes)],
            applicant_name="Hoàng Thị Mẫu",
            competent_agency=COMMUNE,
        )
        view = intake.receive(office, clerk, command)
        found.dossiers.append(view.id)
        if number % 4 == 1:
            step = view.tasks[0].task
            tasks.complete(office, clerk, tasks.CompleteTask(dossier=view.id, task=step))
        elif number % 8 == 2:
            intake.withdraw(office, clerk, intake.WithdrawDossier(dossier=view.id, reason="Thôi"))
    return found


def chosen(world: World, luck: int) -> Chosen:
    identity = world.dossiers[luck % len(world.dossiers)]
    view = dossiers.read(world.office, world.actor("one_stop_clerk", CENTRE), identity)
    step = view.tasks[luck % len(view.tasks)] if view.tasks else None
    return Chosen(world, view, step, luck)


def make_real(case: Any, about: Chosen, luck: int) -> dict[str, str]:
    """Put real values where the case has made-up ones; return the headers to send."""
    real = luck % 100 < HOW_OFTEN_REAL
    for values in (case.path_parameters, case.query, case.body):
        if not real or not isinstance(values, dict):
            continue
        for name in values.keys() & REAL.keys():
            if isinstance(values[name], str | list | dict) and not _is_other_shape(values, name):
                values[name] = REAL[name](about)
    headers = {"Authorization": f"Bearer {about.bearer}"}
    if real:
        headers |= {"Idempotency-Key": f"k{luck}", "If-Match": f'"{about.view.revision}"'}
    return headers


def _is_other_shape(values: dict[str, Any], name: str) -> bool:
    return name in RECEIVED and "applicant_name" in values


@pytest.mark.slow
def test_no_request_finds_a_bug_or_an_undocumented_answer(
    settings: Any, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(replace(settings, rate_limits=LIMITS_OFF), office=world.office)
    app.testing = False
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    results: list[Any] = list(schema.get_all_operations())
    assert [str(result.err()) for result in results if not hasattr(result, "ok")] == []
    operations = [result.ok() for result in results]
    each = -(-REQUESTS // len(operations))
    statuses: Counter[int] = Counter()
    faults: dict[str, str] = {}
    for operation in operations:
        for fault in _try(operation, world, each, statuses):
            faults.setdefault(f"{operation.label}: {fault.title}", str(fault)[:1500])
    with capsys.disabled():
        told = ", ".join(f"{status}: {n}" for status, n in sorted(statuses.items()))
        sys.stdout.write(f"\n{statuses.total()} requests to {len(operations)} operations: {told}\n")
    assert not faults, "\n\n".join(f"{where}\n{what}" for where, what in faults.items())
    assert statuses.total() >= REQUESTS
    assert statuses[200] + statuses[201] > REQUESTS // 20, "hardly anything was allowed"


def _try(operation: Any, world: World, count: int, statuses: Counter[int]) -> list[Failure]:
    found: list[Failure] = []
    sent = Counter[str]()

    @hypothesis.seed(2017)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(operation), luck=st.integers(0, 10**9))
    def send(case: Any, luck: int) -> None:
        about = chosen(world, luck)
        headers = make_real(case, about, luck)
        response = case.call(headers=headers)
        statuses[response.status_code] += 1
        sent["all"] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            found.extend(group.exceptions)
        except Failure as fault:
            found.append(fault)

    while sent["all"] < count:  # few values to draw: the same again, on dossiers further on
        before = sent["all"]
        send()
        if sent["all"] == before:
            break
    return found


def _cases(operation: Any) -> st.SearchStrategy[Any]:
    modes = schemathesis.GenerationMode
    return st.one_of(
        operation.as_strategy(generation_mode=modes.POSITIVE),
        operation.as_strategy(generation_mode=modes.POSITIVE),
        operation.as_strategy(generation_mode=modes.NEGATIVE),
    )
