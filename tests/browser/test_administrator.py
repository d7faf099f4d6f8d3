"""The administrator in a real browser, by keys where there is one: people first, then jobs."""

from __future__ import annotations

import pytest

from tests.browser.conftest import COMMUNE
from tests.rosters import xlsx
from workflows import background, webhooks
from workflows.delivering import Carriers
from workflows.parcels import Receipt

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_administrator_takes_a_list_gives_a_password_and_decides_about_a_job(page, desk):
    told = webhooks.Subscribe(url="https://example.vn/tin")
    webhooks.subscribe(desk.office, desk.actor("administrator"), told)
    desk.receive("Hoàng Thị Kín Tên")
    background.work_once(
        desk.office, Carriers(post=lambda _: Receipt(status=500, fault="HTTP 500"))
    )
    desk.sign_in(page, "administrator")
    assert "Hôm nay cần xem" in page.inner_text("h1")
    assert "việc nền bị lỗi" in page.inner_text("main")

    page.keyboard.press("n")
    page.wait_for_url("**/admin/people")
    page.keyboard.press("i")
    page.wait_for_url("**/admin/people/import")
    row = ("mai.day", "Lò Thị Mai", COMMUNE, "Chuyên viên", "01/07/2026", None)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for lines in ((row, ("x y", "", "nowhere", "vua")), (row,)):
        content = xlsx(*lines)
        page.set_input_files("#file", {"name": "a.xlsx", "mimeType": kind, "buffer": content})
        page.click("button:has-text('Xem trước')")
        page.wait_for_load_state("load")
        assert page.locator(".mistakes").count() == len(lines) - 1
    page.keyboard.press("x")
    page.wait_for_url("**/admin/people?taken=1")

    page.fill("#q", "lo thi mai")
    page.click("button:has-text('Lọc')")
    page.click("a:has-text('Lò Thị Mai')")
    page.click("button:has-text('Cấp mật khẩu dùng một lần')")
    assert len(page.inner_text(".once .secret")) > 8
    page.wait_for_load_state("load")  # the keys are known then

    page.keyboard.press("l")
    page.wait_for_url("**/admin/jobs")
    assert "Kín Tên" not in page.content()
    page.check("input[name=job] >> nth=0")
    page.fill("#reason", "bên nhận đã có tin này")
    page.click("button:has-text('Bỏ qua các việc đã chọn')")
    assert "Đã quyết định 1 việc" in page.inner_text(".done")
