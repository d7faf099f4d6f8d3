"""The page of a procedure in a browser: diagram, measured durations, and bpmn.io's mark."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODES = ["1.001193", "1.009994", "1.013831"]
READY = "#diagram[data-state=ready]"


@pytest.mark.parametrize("code", CODES)
def test_the_diagram_is_drawn_with_every_step_of_the_table(page, address, code):
    page.goto(f"{address}/procedures/{code}")
    page.wait_for_selector(READY)
    for row in page.query_selector_all("#durations tbody tr[data-element]"):
        element = row.get_attribute("data-element")
        assert page.query_selector(f"#diagram [data-element-id={element}]"), element


@pytest.mark.parametrize("code", CODES)
def test_measured_durations_lie_on_their_steps(page, address, code):
    page.goto(f"{address}/procedures/{code}")
    page.wait_for_selector(READY)
    measured = page.query_selector_all("#durations tbody tr[data-element]:not([data-count='0'])")
    assert len(measured) > 3
    assert page.locator(".gauge-text").count() == len(measured)
    assert page.locator(".gauge-bar").count() == len(measured)
    assert measured[0].get_attribute("data-label") == page.locator(".gauge-text").first.inner_text()


def test_the_mark_of_bpmn_io_is_visible_and_not_covered(page, address):
    page.goto(f"{address}/procedures/{CODES[0]}")
    page.wait_for_selector(READY)
    mark = page.locator("a.bjs-powered-by")
    mark.scroll_into_view_if_needed()
    assert mark.is_visible()
    on_top = mark.evaluate(
        """mark => {
          const box = mark.getBoundingClientRect();
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
          return mark.contains(document.elementFromPoint(x, y));
        }"""
    )
    assert on_top
    assert mark.bounding_box()["width"] > 20


def test_the_buttons_zoom_and_fit(page, address):
    page.goto(f"{address}/procedures/{CODES[0]}")
    page.wait_for_selector(READY)
    width = (
        "() => document.querySelector('#diagram [data-element-id=receive]')"
        ".getBoundingClientRect().width"
    )
    fitted = page.evaluate(width)
    page.click("[data-zoom=in]")
    assert page.evaluate(width) > fitted
    page.click("[data-zoom=fit]")
    assert page.evaluate(width) == pytest.approx(fitted, rel=0.02)


def test_the_page_reads_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/procedures/{CODES[0]}")
    assert page.locator("#durations tbody tr").count() > 3
    assert "xem bảng bên dưới" in page.inner_text("#diagram")
    context.close()


def test_the_reference_shows_the_operations(page, address):
    page.goto(f"{address}/api")
    page.wait_for_function(
        "() => document.querySelector('rapi-doc')?.shadowRoot?.textContent.includes('Tiếp nhận')",
        timeout=60_000,  # it reads the whole document first
    )


def test_nothing_is_loaded_from_elsewhere(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/")
    page.goto(f"{address}/procedures/{CODES[0]}")
    page.wait_for_selector(READY)
    page.goto(f"{address}/api")
    page.wait_for_timeout(500)
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
