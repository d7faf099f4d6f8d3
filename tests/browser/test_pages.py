"""Every page: readable by everybody (axe), never wider than a phone, and light for citizens."""

from __future__ import annotations

import hashlib
from datetime import UTC

import pytest

from tests.browser import pages
from tests.browser.conftest import CENTRE, LONG_NAME, ROOT
from workflows.results import ReturnResult, return_result

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
MOST_CITIZEN_BYTES = 50_000
CITIZEN = ("/thu-tuc", "/thu-tuc/1.013831", "/tra-cuu")
LETTER = "/ngung-thu/"  # opened by a link that stands in a letter: see test_letters
NOT_OURS = frozenset({"/api"})  # RapiDoc draws itself
# Shown only half-way through signing in, or to nobody without something of its own.
ON_THE_WAY = frozenset(
    {
        "/referrals/referral",  # there is no open question here to answer
        "/sign-in/password",
        "/sign-in/post",
        "/sign-in/provider",
        "/sign-in/provider/callback",
        "/sign-in/second-factor",
        "/start",
    }
)


def grave(page):
    """Return the serious and critical violations axe finds on a page, with where they are."""
    if not AXE.exists():
        pytest.skip("needs `make assets`")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        (page.url, violation["id"], [node["html"][:120] for node in violation["nodes"][:3]])
        for violation in found["violations"]
        if violation["impact"] in GRAVE
    ]


def too_wide(page):
    """Return whether a page is wider than its window, and what sticks out."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll('body *')]
            .filter((e) => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll'))
            .slice(0, 3).map((e) => e.outerHTML.slice(0, 120));
        }"""
    )


@pytest.fixture
def phone(browser):
    """The same browser on a small screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def toured(browser, desk):
    """Every page, each with the first who is shown it."""
    found = pages.tour(browser, desk)
    yield found
    for visit in found.visits:
        visit.context.close()


def test_every_address_is_a_page_somebody_looks_at(toured):
    assert len(toured.written) > 20
    unknown = {p for p in toured.unseen if not p.startswith(LETTER) and not p.endswith("/none")}
    assert unknown - ON_THE_WAY == set()


@pytest.mark.parametrize("number", range(len(pages.VISITORS)), ids=[v[0] for v in pages.VISITORS])
def test_no_page_has_a_grave_fault_or_is_wider_than_a_phone(toured, desk, number):
    visit = toured.visits[number]
    page = visit.context.new_page()
    page.set_default_timeout(20_000)
    faults = []
    for path in visit.paths:
        if path in NOT_OURS:
            continue
        page.goto(desk.address + path)
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        faults += grave(page) + [(path, wide) for wide in too_wide(page)]
    page.close()
    assert faults == []


def test_every_page_is_valid_html(toured, tmp_path):
    if not pages.VALIDATOR.exists():
        pytest.skip("needs `make assets`")
    assert pages.faults_of_html(toured.written, tmp_path) == []


def test_a_citizens_page_weighs_less_than_fifty_kilobytes_and_runs_no_script(browser, desk):
    view = desk.receive(LONG_NAME, phone="0912345678")
    own = f"/tra-cuu/{desk.token(view.id)}"
    for path in (*CITIZEN, own, f"{own}?lang=en"):
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        answers: list = []
        page.on("response", lambda answer, all_=answers: all_.append(answer))
        page.goto(desk.address + path, wait_until="load")
        assert 1_000 < sum(len(answer.body()) for answer in answers) < MOST_CITIZEN_BYTES, path
        assert page.locator("script").count() == 0
        assert LONG_NAME not in page.content()
        assert grave(page) == []
        context.close()


def test_a_citizen_reads_english_and_checks_the_file_that_was_sent(phone, desk):
    view = desk.receive(LONG_NAME, phone="0912345678")
    phone.goto(f"{desk.address}/tra-cuu/{desk.token(view.id)}?lang=en")
    assert "The agency's time limit is running." in phone.inner_text("main")
    assert phone.get_attribute("html", "lang") == "en"
    phone.click("text=Tiếng Việt")
    assert "Đang tính vào thời hạn của cơ quan" in phone.inner_text("main")

    desk.go_on(view.id, "return_result")
    content = b"%PDF-1.7 the result"
    sent = ReturnResult(
        dossier=view.id, manner="online", file_hash=hashlib.sha256(content).hexdigest()
    )
    return_result(desk.office, desk.actor("one_stop_clerk", CENTRE), sent)
    for given, words in ((content, "Đúng là kết quả"), (content + b" ", "Không phải tệp đó")):
        phone.goto(f"{desk.address}/tra-cuu/{desk.token(view.id)}")
        assert sent.file_hash in phone.inner_text("main")
        file = {"name": "kết quả.pdf", "mimeType": "application/pdf", "buffer": given}
        phone.set_input_files("#file", file)
        phone.click("button:has-text('Kiểm tra tệp')")
        assert words in phone.inner_text("main")
        assert grave(phone) == []


def test_an_appointment_goes_into_the_calendar_of_a_telephone(phone, desk):
    view = desk.receive(LONG_NAME, phone="0912345678")
    answer = phone.request.get(f"{desk.address}/tra-cuu/{desk.token(view.id)}/hen.ics")
    text = answer.text()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert f"DTSTART:{view.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in text
    assert LONG_NAME not in text
