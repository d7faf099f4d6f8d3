"""A clerk's day in a real browser: from signing in to handing the result over."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "Công Tằng Tôn Nữ Huyền Trân Thị Phương Thảo"


def _text(page):
    return page.inner_text("main")


def _citizen(browser, desk, dossier):
    """Return what the citizen reads, without JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{desk.address}/tra-cuu/{desk.token(dossier)}")
    text = page.inner_text("main")
    context.close()
    assert NAME not in text
    return text


def test_a_clerk_receives_asks_for_papers_takes_them_and_hands_the_result_over(page, browser, desk):
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    assert page.url == f"{desk.address}/desk"

    page.click("text=Tiếp nhận")
    page.click("a[href*='1.001193']")
    page.fill("#applicant_name", NAME)
    page.fill("#phone", "0912345678")
    page.fill("#originals-birth_record", "")
    picture = {"name": "tờ khai.png", "mimeType": "image/png", "buffer": page.screenshot()}
    page.set_input_files("#file-declaration", picture)
    page.click("button:has-text('Tiếp nhận và in giấy hẹn')")
    dossier = page.url.split("/dossiers/")[1].split("?")[0]
    assert page.inner_text("h1") == NAME
    receipt = page.get_attribute(".done a", "href")
    assert page.request.get(desk.address + receipt).body()[:5] == b"%PDF-"
    assert page.locator(".checklist a:has-text('tờ khai.png')").count() == 1
    assert "đang giải quyết hồ sơ" in _citizen(browser, desk, dossier)

    assert page.is_checked("input[name=component][value=birth_record]")
    page.fill("#reason", "Nộp Giấy chứng sinh bản chính.")
    page.click("button:has-text('Yêu cầu bổ sung')")
    assert "Đã yêu cầu bổ sung" in _text(page)
    paper = page.get_attribute(".done a", "href")
    assert page.request.get(desk.address + paper).body()[:5] == b"%PDF-"
    assert "Giấy chứng sinh" in _citizen(browser, desk, dossier)

    page.click("button:has-text('Nhận bổ sung')")
    assert "Đã nhận giấy tờ bổ sung" in _text(page)
    page.check("input[name=fact-components_complete][value=true]")
    page.click("button:has-text('Xong bước này')")
    assert "Đã xong bước" in _text(page)

    desk.go_on(dossier, "return_result")
    assert "Hồ sơ đã có kết quả" in _citizen(browser, desk, dossier)
    page.click("text=Trả kết quả")
    page.click(f".list a:has-text('{NAME}')")
    assert page.input_value("#collected_by") == NAME
    page.click("button:has-text('Trả kết quả')")
    assert "Đã trả kết quả" in _text(page)
    assert "Hồ sơ đã trả kết quả" in _citizen(browser, desk, dossier)


def test_the_same_desk_works_by_keyboard_alone(page, desk):
    view = desk.receive("Hoàng Thị Phím")
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    page.keyboard.press("/")
    page.keyboard.type(view.code[-11:])
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dossiers/{view.id}")
    page.keyboard.press("v")
    page.wait_for_url("**done=claimed")
    page.keyboard.press("?")
    assert "Xong bước này" in page.inner_text("#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.wait_for_load_state()
    page.wait_for_selector(".done, .mistakes")
    assert page.locator(".done, .mistakes").count() == 1


def test_the_desk_works_without_javascript(browser, desk):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    page.goto(f"{desk.address}/receive/1.001193")
    page.fill("#applicant_name", "Hoàng Thị Tắt")
    page.fill("#originals-birth_record", "")
    page.click("summary:has-text('Còn thiếu giấy tờ')")
    page.click("button:has-text('in phiếu yêu cầu bổ sung')")
    assert "Yêu cầu bổ sung lần 1: Giấy chứng sinh" in _text(page)
    paper = page.get_attribute(".done a", "href")
    assert page.request.get(desk.address + paper).body()[:5] == b"%PDF-"
    page.click("summary:has-text('Đính chính')")
    page.fill("#correction-phone", "0987654321")
    page.fill("#correction-reason", "Người nộp đổi số")
    page.click("button:has-text('Đính chính, cấp lại')")
    assert "Đính chính điện thoại" in _text(page)
    page.click("summary:has-text('Người nộp rút hồ sơ')")
    page.fill("#withdrawal-reason", "Không còn nhu cầu")
    page.click("button:has-text('Rút hồ sơ')")
    assert "Đã rút hồ sơ" in _text(page)
    context.close()


def test_a_wrong_number_comes_back_with_all_that_was_typed(page, desk):
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    page.goto(f"{desk.address}/receive/1.001193")
    page.fill("#applicant_name", NAME)
    page.fill("#originals-declaration", "một")
    failed: list[int] = []
    page.on("response", lambda answer: failed.append(answer.status))
    page.click("button:has-text('Tiếp nhận và in giấy hẹn')")
    assert page.input_value("#applicant_name") == NAME
    assert 422 in failed
    assert "số bản" in page.inner_text(".mistakes")
    page.click(".mistakes a")
    assert page.evaluate("document.activeElement.id || location.hash") in {
        "originals-declaration",
        "#originals-declaration",
    }


def test_a_file_is_handed_in_opened_and_taken_off(page, desk):
    view = desk.receive("Hoàng Thị Tệp")
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    page.goto(f"{desk.address}/dossiers/{view.id}")
    page.click("summary:has-text('Thêm tệp')")
    picture = page.screenshot()
    page.set_input_files(
        "#file", {"name": "giấy chứng sinh.png", "mimeType": "image/png", "buffer": picture}
    )
    page.click("button:has-text('Thêm tệp')")
    assert "Đã thêm tệp" in _text(page)
    link = page.locator(".checklist a:has-text('giấy chứng sinh.png')")
    served = page.request.get(desk.address + link.get_attribute("href"))
    assert served.headers["content-disposition"].startswith("attachment")
    page.click("summary:has-text('Gỡ một tệp')")
    page.fill("#detach-reason", "Nhầm hồ sơ")
    page.click("button:has-text('Gỡ tệp')")
    assert "Gỡ một tệp khỏi hồ sơ" in _text(page)


def test_signing_out_closes_the_desk(page, desk):
    desk.sign_in(page, "one_stop_clerk", "H55.904.01")
    page.click("button:has-text('Đăng xuất')")
    page.goto(f"{desk.address}/desk")
    assert "/sign-in" in page.url
