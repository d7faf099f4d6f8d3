"""The reformer's page in a browser: the diagram and the chart say what the table says."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEASURED = "#steps tbody tr[data-hidden='0']"


def test_the_diagram_and_the_chart_show_the_steps_of_the_table(page, desk):
    for number in range(5):
        view = desk.receive(f"Hoàng Thị Đo {number}")
        desk.go_on(view.id, "appraise")
    code = view.procedure
    desk.sign_in(page, "reviewer")
    page.click("text=Rà soát")
    page.goto(f"{desk.address}/review/{code}")
    page.wait_for_selector("#diagram[data-state=ready]")
    measured = page.locator(MEASURED)
    assert measured.count() >= 1
    assert page.locator("#diagram .gauge-bar").count() == measured.count()
    page.wait_for_selector("#chart[data-state=ready] canvas")
    measured.first.locator("th a").click()
    assert "/steps/" in page.url
    page.select_option("#by", "month")
    page.click("form.filters button")
    assert "by=month" in page.url
    assert "2026-07" in page.inner_text("main")
