"""The head's day in a real browser: who has what, giving it to somebody else, signing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.conftest import COMMUNE, LONG_NAME
from workflows import substitutions
from workflows.substitutions import ProposeSubstitution

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_head_sees_who_has_what_and_gives_it_to_somebody_by_name(page, desk):
    colleague = desk.hire("officer", COMMUNE)
    view = desk.receive("Hoàng Thị Giao")
    desk.go_on(view.id, "appraise")
    desk.sign_in(page, "head_of_section")
    page.click("text=Đơn vị")
    assert "Việc của đơn vị" in page.inner_text("h1")
    page.click(".list a:has-text('Hoàng Thị Giao')")
    page.click("summary:has-text('Giao việc')")
    page.locator("form[action$='/assign'] select").select_option(colleague)
    page.click("form[action$='/assign'] button")
    assert f"{LONG_NAME} {colleague} đang giữ" in page.inner_text("main")
    page.click("summary:has-text('Mức ưu tiên')")
    page.select_option("#priority-priority", "2")
    page.fill("#priority-reason", "Trẻ cần phẫu thuật")
    page.click("button:has-text('Đặt mức ưu tiên')")
    assert "Mức ưu tiên: khẩn" in page.inner_text("main")


def test_a_leader_suspends_goes_on_and_apologises_with_a_date_already_proposed(page, desk):
    view = desk.receive("Hoàng Thị Chậm")
    desk.go_on(view.id, "appraise")
    desk.sign_in(page, "leader")
    page.goto(f"{desk.address}/dossiers/{view.id}")
    page.click("summary:has-text('Tạm dừng giải quyết')")
    page.select_option("#suspension-ground", "force_majeure")
    page.fill("#suspension-reason", "Trụ sở bị ngập")
    page.click("button:has-text('Tạm dừng')")
    assert page.locator(".standing .mark-paused").count() == 1
    page.click("summary:has-text('Tiếp tục giải quyết')")
    page.click("form[action$='/resumption'] button")
    assert page.locator(".standing .mark-paused").count() == 0
    page.click("summary:has-text('Xin lỗi và hẹn lại')")
    assert page.input_value("#apology-new_due_at").startswith("2026-07-0")
    assert "còn ở bước" in page.input_value("#apology-reason")
    page.click("button:has-text('Ký xin lỗi')")
    assert "Xin lỗi và hẹn lại đến" in page.inner_text("main")
    paper = page.get_attribute(".done a", "href")
    assert page.request.get(desk.address + paper).body()[:5] == b"%PDF-"


def test_what_a_leader_is_refused_comes_back_with_the_form_open(page, desk):
    view = desk.receive("Hoàng Thị Lỗi")
    desk.go_on(view.id, "appraise")
    desk.sign_in(page, "leader")
    page.goto(f"{desk.address}/dossiers/{view.id}")
    page.click("summary:has-text('Tạm dừng giải quyết')")
    page.fill("#suspension-reason", "Trụ sở bị ngập")
    page.fill("#suspension-until", "2020-01-01T08:00")
    page.click("button:has-text('Tạm dừng')")
    assert "Chưa làm được" in page.inner_text(".mistakes")
    assert page.input_value("#suspension-reason") == "Trụ sở bị ngập"
    assert page.is_visible("#suspension-reason")


def test_a_head_gives_many_out_at_once_and_keeps_the_list(page, desk):
    colleague = desk.hire("officer", COMMUNE)
    views = [desk.receive(f"Hoàng Thị Nhiều {word}") for word in ("Một", "Hai")]
    for view in views:
        desk.go_on(view.id, "appraise")
    desk.sign_in(page, "head_of_section")
    page.goto(f"{desk.address}/desk?everyone=yes&q=nhieu")
    for box in page.query_selector_all("input[name=item]"):
        box.check()
    page.select_option("#to", colleague)
    page.click("button:text-is('Giao')")
    assert "2 trong 2 việc làm được" in page.inner_text(".came")
    assert page.locator(f".list td:has-text('{LONG_NAME} {colleague}')").count() == 2
    page.click("summary:has-text('Lưu danh sách này')")
    page.fill("#name", "Việc nhiều")
    page.check("input[name=shared]")
    page.click("button:has-text('Lưu danh sách')")
    page.click(".chip:has-text('Việc nhiều')")
    assert page.locator("input[name=item]").count() == 2
    page.click("summary:has-text('Lưu, sửa danh sách')")
    page.fill("input[name=new_name]", "Việc của tôi")
    page.click("button:has-text('Đổi tên')")
    page.click("summary:has-text('Lưu, sửa danh sách')")
    page.click("button:text-is('Bỏ')")
    assert page.locator(".chip").count() == 0


def test_a_leader_approves_who_stands_in_from_what_waits_for_a_word(page, desk):
    away, here = desk.hire("officer", COMMUNE), desk.hire("officer", COMMUNE)
    now = desk.office.clock.now()
    proposed = ProposeSubstitution(
        absent=away,
        agency=COMMUNE,
        role="officer",
        substitute=here,
        valid_from=now,
        valid_to=now + timedelta(days=3),
        ground="QĐ 12/QĐ-UBND",
    )
    substitutions.propose(desk.office, desk.actor("head_of_section"), proposed)
    desk.sign_in(page, "leader")
    page.click("text=Đơn vị")
    page.click(f".waiting a:has-text('{here}')")
    row = page.locator(f"tr:has-text('{here}')")
    row.locator("button:has-text('Đồng ý')").click()
    assert "đang làm thay" in page.locator(f"tr:has-text('{here}')").inner_text()
    page.click("text=Đơn vị")
    assert page.locator(f".load th:has-text('{away}') .mark-paused").count() == 1
    page.goto(f"{desk.address}/substitutions")
    page.locator(f"tr:has-text('{here}') button:has-text('Chấm dứt')").click()
    assert "đã chấm dứt" in page.locator(f"tr:has-text('{here}')").inner_text()
