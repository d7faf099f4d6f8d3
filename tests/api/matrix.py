"""The authority matrix: every route, for every role, at an agency concerned or not, or nobody.

What should happen comes from the table of rules and from what the route is about; what happens is
asked of the application. Commands carry a revision nobody has, so what is allowed changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from api.auth import PUBLIC
from engine.law import authority
from engine.law.authority import Actor, Resource
from tests.api.conftest import BIRTH, CENTRE, COMMUNE
from tests.workflows import hostile_files
from workflows import accounts, intake, people, results, substitutions, supplements, tasks
from workflows.office import Office
from workflows.permitting import POST_ROLES, governed
from workflows.review import plans
from workflows.store.records import OutboxRow
from workflows.views import DossierView

OTHER = "H55.21"
AGENCIES = (OTHER, CENTRE, COMMUNE)  # the last to come may end what is asked about
CANARY = "Hoàng Thị Chim Yến"
REFUSED = 403
NOT_REACHED = (404, 409, 422)  # the dossier is not at the point where the question arises
SESSION_ONLY = "/account"  # what protects an account is changed in a session: see test_account
AT_COMPETENT = frozenset({"deadline.extend", "dossier.suspend", "dossier.resume", "dossier.reopen"})
BY_FORM = frozenset(
    {"file.attach", "file.upload", "person.import"}
)  # they come as forms, not as JSON
ONE_BY_ONE = frozenset({"task.bulk"})  # each item is asked for by its own action
# Pages that show another agency where one is named; addresses say so themselves by REST.
PAGES_BY_AGENCY = frozenset({"/admin/people", "/admin/tokens", "/admin/calendars/recount"})
NEVER = '"999999"'  # a revision nobody has
KEYS = count(1)
PDF = hostile_files.pdf()  # one that is let in
# What makes a body pass before authority is asked, where the smallest one does not.
NEEDED = {"result.return": {"manner": "counter", "shown": "receipt", "collected_by": "Hoa"}}
GOOD = {"components_complete": True, "eligible": True}


@dataclass
class World:
    """Dossiers at three points of their life, people, a token and a substitution to ask about."""

    office: Office
    dossiers: list[DossierView] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    bearers: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """A method and an address, the action it is for, and a body that can be read."""

    method: str
    rule: str
    action: str
    body: Mapping[str, Any]
    by_agency: bool


def build(office: Office) -> World:
    """Fill an office with what the routes are about, and hire everybody."""
    world = World(office)
    expires = office.clock.now() + timedelta(days=30)
    clerk = Actor(person="c", agency=CENTRE, role="one_stop_clerk")
    for _ in range(3):
        command = intake.ReceiveDossier(procedure=BIRTH, applicant_name=CANARY)
        world.dossiers.append(intake.receive(office, clerk, command))
    world.dossiers[1] = _supplement(office, clerk, world.dossiers[1])
    world.dossiers[2] = _finish(office, clerk, world.dossiers[2])
    world.ids["referral"], world.ids["asked"] = _refer(office, clerk)
    for agency in AGENCIES:
        for role in POST_ROLES:
            made = accounts.issue_token(office, f"{role}.{agency}", agency, role, (), expires)
            world.bearers[role, agency] = made.bearer
    target = accounts.issue_token(office, "target", COMMUNE, "officer", (), expires)
    admin = people.operator(office, COMMUNE)
    post = people.read_person(office, admin, "target").posts[0].id
    proposed = substitutions.propose(
        office,
        Actor(person="h", agency=COMMUNE, role="head_of_section"),
        substitutions.ProposeSubstitution(
            absent="target",
            agency=COMMUNE,
            role="officer",
            substitute=f"officer.{COMMUNE}",
            valid_from=office.clock.now(),
            valid_to=expires,
            ground="QĐ 1",
        ),
    )
    world.ids |= {
        "person": "target", "post": post, "token": target.id, "substitution": proposed.id,
        "code": BIRTH, "procedure": BIRTH, "form": "receipt", "report": "register",
        "job": _stuck(office, world.dossiers[0]), "review": _planned(office),
        "submitted": _planned(office, submitted=True),
    }  # fmt: skip
    return world


def routes(app: Flask, document: Mapping[str, Any]) -> list[Route]:
    """Return every route that needs somebody known, those that end things last."""
    found = []
    for rule in app.url_map.iter_rules():
        action = getattr(app.view_functions[rule.endpoint], "action", PUBLIC)
        if action == PUBLIC or action in ONE_BY_ONE or rule.rule.startswith(SESSION_ONLY):
            continue
        path = rule.rule.replace("<string:", "{").replace(">", "}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = document["paths"].get(path, {}).get(method.lower(), {})
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            parameters = {p.get("name") for p in operation.get("parameters", ())}
            body = sample(schema, document)
            by_agency = "agency" in parameters or rule.rule in PAGES_BY_AGENCY
            found.append(Route(method, rule.rule, action, body, by_agency))
    ends = ("/end", "/revoke", "/remove")
    return sorted(found, key=lambda r: (r.rule.endswith(ends), "/posts" in r.rule, r.rule))


def sample(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Return the smallest value a schema of the document accepts."""
    if "$ref" in schema:
        return sample(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    if "example" in schema:
        return schema["example"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        needed, known = schema.get("required", ()), schema.get("properties", {})
        return {name: sample(known[name], document) for name in needed}
    texts = {"date-time": "2026-07-07T08:00:00+07:00", "date": "2026-07-07"}
    return {
        "array": [],
        "integer": schema.get("minimum", 1),
        "number": 1,
        "boolean": True,
        "string": texts.get(schema.get("format", ""), "x" * schema.get("minLength", 1)),
    }[kind]


def about(route: Route, dossier: DossierView, actor: Actor, world: World) -> Resource:
    """Return what the route is about, as the law of authority sees it."""
    agencies = world.office.catalogue.agencies
    of_its_own = {
        "referral": Resource(agency=world.ids["asked"], agencies=frozenset({CENTRE, COMMUNE})),
        "review": governed(agencies, COMMUNE),
    }
    for name, resource in of_its_own.items():
        if f"<string:{name}>" in route.rule:
            return resource
    noun = route.action.split(".")[0]
    if route.action == "account.own":
        other = "{token}" in route.rule.replace("<string:", "{").replace(">", "}")
        return Resource(assignee="target" if other else actor.person)
    imports = route.action == "person.import"
    if imports or (
        noun == "person" and "<string:person>" not in route.rule and route.method == "POST"
    ):
        return governed(agencies, actor.agency)
    if noun in {"person", "credential", "token", "substitution", "access_log"}:
        page = route.rule == "/substitutions"  # is about the agency of who looks
        agency = actor.agency if page else COMMUNE
        absent = "target" if "<string:substitution>" in route.rule else ""
        if page or (route.action == "substitution.list" and actor.agency == COMMUNE):
            absent = actor.person
        return governed(agencies, agency, person=absent)
    if "<string:dossier>" in route.rule:
        return _part(route, dossier)
    return Resource(agency=COMMUNE if route.by_agency else actor.agency)


def _part(route: Route, dossier: DossierView) -> Resource:
    step = next((t for t in dossier.tasks if t.state in {"open", "claimed"}), None)
    agency, role = (step.agency, step.role) if step is not None else ("", "")
    if route.action in AT_COMPETENT:
        agency = COMMUNE
    return Resource(agency=agency, role=role, agencies=frozenset({CENTRE, COMMUNE}))


def ask(client: FlaskClient, world: World, route: Route, dossier: DossierView, bearer: str) -> Any:
    """Send one request of a route about a dossier."""
    step = next((t.task for t in dossier.tasks if t.state in {"open", "claimed"}), "x")
    ids = {**world.ids, "dossier": dossier.id, "task": step}
    if route.rule.endswith("/decide"):
        ids["review"] = ids["submitted"]  # only what was submitted is decided
    path = route.rule
    for name, value in ids.items():
        path = path.replace(f"<string:{name}>", value)
    headers = {"Idempotency-Key": f"m{next(KEYS)}", "If-Match": NEVER}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    options: dict[str, Any] = {"query_string": {"agency": COMMUNE}} if route.by_agency else {}
    if route.action in BY_FORM:
        form = {"file": (BytesIO(PDF), "a.pdf"), "kind": "other"}
        return client.open(path, method=route.method, headers=headers, data=form, **options)
    if route.method != "GET":
        known = {"task": step, "absent": "target", "role": "officer"}
        known |= {"substitute": f"leader.{COMMUNE}", "valid_to": "2026-07-08T08:00:00+07:00"}
        known |= {"procedure": BIRTH, "agency": COMMUNE, "person": f"new{next(KEYS)}"}
        said = {n: known.get(n, v) for n, v in dict(route.body).items()}
        options["json"] = said | NEEDED.get(route.action, {})
    return client.open(path, method=route.method, headers=headers, **options)


def states(world: World, route: Route) -> list[DossierView]:
    """Return the dossiers a route is asked about: a command at every point of a life."""
    whole = "<string:dossier>" in route.rule and route.method == "POST"
    return world.dossiers if whole else world.dossiers[:1]


def mismatches(
    client: FlaskClient,
    world: World,
    chosen: list[Route],
    table: Mapping[str, Any],
    *,
    refusals_only: bool = False,
) -> Iterator[str]:
    """Yield each request whose answer is not what the table of rules says."""
    for route in chosen:
        for agency in AGENCIES:
            for role in POST_ROLES:
                actor = Actor(person=f"{role}.{agency}", agency=agency, role=role)
                for number, dossier in enumerate(states(world, route)):
                    resource = about(route, dossier, actor, world)
                    allowed = _allowed(actor, route, resource, table)
                    if allowed and refusals_only:
                        continue
                    answer = ask(client, world, route, dossier, world.bearers[role, agency])
                    # A refused form comes back on the page of the dossier, to who may read it.
                    reads = role not in authority.APART and table["dossier.read"].holds(
                        actor, resource
                    )
                    if fault := _fault(allowed, answer, reads=reads):
                        yield f"{route.method} {route.rule} {role} {agency} [{number}]: {fault}"


def refuses_somebody(world: World, chosen: list[Route], table: Mapping[str, Any]) -> bool:
    """Tell whether the rule closes any of the routes to anybody; `APART` closes them before it."""
    return any(
        not table[route.action].holds(actor, about(route, dossier, actor, world))
        for route in chosen
        for agency in AGENCIES
        for role in POST_ROLES
        if role not in authority.APART or route.action in authority.APART[role]
        for actor in (Actor(person=f"{role}.{agency}", agency=agency, role=role),)
        for dossier in states(world, route)
    )


def _allowed(actor: Actor, route: Route, resource: Resource, table: Mapping[str, Any]) -> bool:
    """Ask the table as it should be, whatever the program's own table says now."""
    if actor.role in authority.APART and route.action not in authority.APART[actor.role]:
        return False
    return bool(table[route.action].holds(actor, resource))


def _fault(allowed: bool, answer: Any, *, reads: bool) -> str:
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    if allowed:
        return "refused" if answer.status_code == REFUSED else ""
    if answer.status_code not in {REFUSED, *NOT_REACHED}:
        return f"answered {answer.status_code}"
    shown = CANARY in answer.get_data(as_text=True) and not reads
    return "shows a name" if shown else ""


def _supplement(office: Office, clerk: Actor, view: DossierView) -> DossierView:
    paper = office.catalogue.at(view.digest).procedure.components[0].id
    command = supplements.RequestSupplement(
        dossier=view.id, task=view.tasks[0].task, components=(paper,), reason="thiếu"
    )
    return supplements.request(office, clerk, command)


def _refer(office: Office, clerk: Actor) -> tuple[str, str]:
    """Ask another agency about a dossier; returns the id of the question, and who was asked."""
    command = intake.ReceiveDossier(procedure=BIRTH, applicant_name=CANARY)
    view = intake.receive(office, clerk, command)
    for facts in (GOOD, {"verification_needed": True}):
        step = view.tasks[0]
        actor = Actor(person=f"r{step.role}", agency=step.agency, role=step.role)
        done = tasks.CompleteTask(dossier=view.id, task=step.task, facts=facts)
        view = tasks.complete(office, actor, done)
    [asked] = office.store.read(lambda uow: uow.referrals.of_dossier(view.id))
    return asked.id, asked.to_agency


def _planned(office: Office, *, submitted: bool = False) -> str:
    """Put a procedure in a year's plan of reviews; returns the id of the review."""
    reviewer = Actor(person="r", agency=COMMUNE, role="reviewer")
    year = 2027 if submitted else 2026
    command = plans.PlanReview(procedure=BIRTH, year=year, reason="Nhiều hồ sơ")
    planned = plans.plan(office, reviewer, command).id
    if submitted:
        plans.submit(office, reviewer, plans.SubmitReview(review=planned))
    return planned


def _stuck(office: Office, about: DossierView) -> str:
    """Leave a letter to people, as after eight failures; returns the id of the job."""
    now, new = office.clock.now(), office.ids.new_id()
    row = OutboxRow(
        id=new, dossier_id=about.id, kind="notification", name="received", element="", to_agency="",
        key="applicant", body={}, created_at=now, retry_at=now, state="stuck", fault="SMTP 451",
    )  # fmt: skip
    office.store.write(lambda uow: uow.jobs.send([row]))
    return new


def _finish(office: Office, clerk: Actor, view: DossierView) -> DossierView:
    """Do every step up to the one that returns the result, each by another hand."""
    returning = {"return_result"}
    for number in range(20):
        step = view.tasks[0]
        if step.element in returning:
            return view
        actor = Actor(person=f"p{number}", agency=step.agency, role=step.role)
        declared = office.catalogue.at(view.digest).procedure.facts
        wanted = {**GOOD, "verification_needed": False, "approved": True}
        facts = {
            n: v
            for n, v in wanted.items()
            if n in declared and (not declared[n].set_by or step.element in declared[n].set_by)
        }
        command = tasks.CompleteTask(dossier=view.id, task=step.task, facts=facts)
        view = tasks.complete(office, actor, command)
    raise AssertionError(f"{view.tasks} does not lead to a result; {clerk} {results.MANNERS}")
