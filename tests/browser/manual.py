"""The scenes of the manual: a day of each hand, with a picture of each moment.

`python -m tests.browser.manual` makes the pictures again and notes what each of them says; a test
plays the same scenes and compares. Everything in them is sample data.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from api.demo import staff_name
from tests.browser.conftest import CENTRE, CHROMIUM, COMMUNE, ROOT, Desk, a_desk
from workflows.clock import SimulatedClock

MANUAL = ROOT / "docs" / "manual"
PICTURES = MANUAL / "images"
WORDS = PICTURES / "words.json"
WINDOW: ViewportSize = {"width": 1180, "height": 720}
COLOURS = 48
CLERK, HEAD, LEADER = "Nguyễn Thị An", "Trần Văn Bình", "Lê Thị Cúc"
ADMINISTRATOR, REVIEWER = "Hà Văn Giang", "Đinh Thị Hạnh"
APPLICANT = "Công Tằng Tôn Nữ Huyền Trân Thị Phương Thảo"


def scenes(browser: Browser, desk: Desk) -> Iterator[tuple[str, Page]]:
    """Yield the name of each scene with the page as it is then."""
    numbers = count(12)
    desk.name_of = lambda _: staff_name(next(numbers))
    page = browser.new_page(viewport=WINDOW, locale="vi-VN")
    page.set_default_timeout(20_000)
    yield from _clerk(page, desk)
    page.close()
    page = browser.new_page(viewport=WINDOW, locale="vi-VN")
    page.set_default_timeout(20_000)
    yield from _head(page, desk)
    page.close()
    page = browser.new_page(viewport=WINDOW, locale="vi-VN")
    page.set_default_timeout(20_000)
    yield from _others(page, desk)
    page.close()


def _clerk(page: Page, desk: Desk) -> Iterator[tuple[str, Page]]:
    page.goto(f"{desk.address}/sign-in")
    yield "dang-nhap", page
    for name in ("Hoàng Thị Mẫu", "Lê Ô", "Hợp tác xã Nông nghiệp Bình Minh"):
        desk.receive(name, phone="0912345678")
    ready = desk.receive("Phạm Quang Lan", phone="0912345678")
    desk.go_on(ready.id, "return_result")
    desk.sign_in(page, "one_stop_clerk", CENTRE, CLERK)
    yield "viec", page
    page.keyboard.press("?")
    yield "phim", page
    page.keyboard.press("Escape")
    page.click("text=Tiếp nhận")
    page.click("a[href*='1.001193']")
    page.fill("#applicant_name", APPLICANT)
    page.fill("#phone", "0912345678")
    page.fill("#originals-birth_record", "")
    page.click("summary:has-text('Còn thiếu giấy tờ')")
    yield "tiep-nhan", page
    page.click("button:has-text('in phiếu yêu cầu bổ sung')")
    yield "yeu-cau-bo-sung", page
    dossier = page.url.split("/dossiers/")[1].split("?")[0]
    page.goto(f"{desk.address}/tra-cuu/{desk.token(dossier)}")
    yield "nguoi-dan", page
    page.goto(f"{desk.address}/dossiers/{dossier}")
    page.click("button:has-text('Nhận bổ sung')")
    yield "viec-tiep-theo", page
    page.goto(f"{desk.address}/dossiers")
    page.click("summary:has-text('In sổ theo dõi')")
    yield "ho-so", page
    page.goto(f"{desk.address}/results")
    yield "tra-ket-qua", page
    page.click("a:has-text('Phạm Quang Lan')")
    yield "trao-ket-qua", page


def _head(page: Page, desk: Desk) -> Iterator[tuple[str, Page]]:
    officer = desk.hire("officer", COMMUNE, "Phạm Thị Dung")
    desk.hire("officer", COMMUNE, "Đỗ Văn Em")
    views = [desk.receive(name) for name in ("Bàn Thị Hoa", "Vũ Minh Khôi")]
    for view in views:
        desk.go_on(view.id, "appraise")
    desk.go_on(desk.receive("Ngô Thị Lý").id, "sign")
    desk.sign_in(page, "leader", COMMUNE, LEADER)
    page.goto(f"{desk.address}/substitutions")
    _propose(page, desk, officer)
    page.goto(f"{desk.address}/unit")
    yield "don-vi", page
    page.goto(f"{desk.address}/desk?everyone=yes")
    for box in page.query_selector_all("input[name=item]"):
        box.check()
    yield "giao-nhieu-viec", page
    page.goto(f"{desk.address}/dossiers/{views[0].id}?open=apology")
    page.locator("#act-apology-").scroll_into_view_if_needed()
    yield "xin-loi", page
    page.goto(f"{desk.address}/substitutions")
    yield "lam-thay", page


def _others(page: Page, desk: Desk) -> Iterator[tuple[str, Page]]:
    desk.sign_in(page, "administrator", COMMUNE, ADMINISTRATOR)
    page.goto(f"{desk.address}/admin/people")
    yield "can-bo", page
    _a_morning(desk)
    page.context.clear_cookies()
    desk.sign_in(page, "reviewer", COMMUNE, REVIEWER)
    page.goto(f"{desk.address}/review/1.001193")
    page.wait_for_selector("#diagram[data-state=ready]")
    page.wait_for_selector("#chart[data-state=ready] canvas")
    yield "ra-soat", page


def _a_morning(desk: Desk) -> None:
    """Let time pass over a few dossiers, so that there is something to measure."""
    clock = desk.office.clock
    assert isinstance(clock, SimulatedClock)
    views = [desk.receive(f"Hoàng Thị Đo {number}") for number in range(6)]
    for minutes, view in zip((10, 15, 25, 30, 35, 40), views, strict=True):
        for element in ("appraise", "sign"):
            clock.advance_to(clock.now() + timedelta(minutes=minutes))
            desk.go_on(view.id, element)


def _propose(page: Page, desk: Desk, absent: str) -> None:
    now = desk.office.clock.now()
    page.select_option("#post", f"{absent} officer")
    page.select_option("#substitute", label="Đỗ Văn Em (Chuyên viên)")
    page.fill("#valid_from", f"{now:%Y-%m-%dT08:00}")
    page.fill("#valid_to", f"{now + timedelta(days=5):%Y-%m-%dT17:00}")
    page.fill("#ground", "QĐ 12/QĐ-UBND ngày 03/07/2026")
    page.click("button:has-text('Đề nghị')")


def words_of(page: Page) -> str:
    """Return what a page says below its head, in one line: the menu may grow."""
    keys = page.locator("dialog[open]")
    said = keys.inner_text() if keys.count() else page.inner_text("main")
    return re.sub(r"\s+", " ", said).strip()


def picture_of(page: Page) -> bytes:
    """Return a picture of the window, with few colours so that it is small."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Make every picture again, and note what it says."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    said = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        a_desk(Path(folder)) as desk,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--lang=vi"]
        )
        for name, page in scenes(browser, desk):
            (PICTURES / f"{name}.png").write_bytes(picture_of(page))
            said[name] = words_of(page)
        browser.close()
    WORDS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
