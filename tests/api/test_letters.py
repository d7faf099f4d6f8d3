"""Letters from outside: the one step that stops them, and where staff and administrators say so."""

from __future__ import annotations

from engine.law.authority import Actor
from tests.api.conftest import COMMUNE
from workflows import letters, mail_addresses
from workflows.mail_addresses import hash_of

MAIL = "hoa@example.vn"


def link(office, notice: str = "received") -> str:
    return f"/ngung-thu/{notice}/{mail_addresses.stop_token(hash_of(MAIL), notice, b'key')}"


def test_a_mail_program_stops_letters_in_one_step_without_a_session(client, office) -> None:
    """As RFC 8058 has it: a POST with this body, no cookie, no page before it."""
    address = link(office)
    assert "Ngừng nhận thư báo đã tiếp nhận hồ sơ?" in client.get(address).get_data(as_text=True)
    assert "Ngừng nhận thư báo" in client.get(address).get_data(as_text=True)  # looking stops none
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Đã ngừng gửi thư" in answer.get_data(as_text=True)
    assert "Đã ngừng gửi thư" in client.get(address).get_data(as_text=True)
    assert "Sẽ gửi lại" in client.post(address, data={"what": "resume"}).get_data(as_text=True)
    assert client.post(f"{address}x").status_code == 404
    assert client.post(address, data={"what": "drop"}).status_code == 404


def test_an_administrator_sets_where_somebody_is_written_to(hire) -> None:
    admin = hire("administrator", COMMUNE)
    hire("officer", COMMUNE, "lan")
    assert admin.post("/people/lan/email", {"email": MAIL}).get_json()["email"] == MAIL
    assert admin.post("/people/lan/email", {"email": "x"}).status_code == 422
    assert admin.get("/people/lan").get_json()["email"] == MAIL
    assert hire("officer").post("/people/lan/email", {"email": MAIL}).status_code == 403


def test_staff_choose_their_letters_on_the_page_of_their_account(sign_in, office) -> None:
    browser = sign_in("head_of_section", COMMUNE, "lan")
    wrong = browser.send("/account/letters", email="x@y", notice=["overdue"])
    assert wrong.status_code == 422
    done = browser.send("/account/letters", email=MAIL, notice=["overdue"])
    assert done.status_code == 303
    actor = Actor(person="lan", agency=COMMUNE, role="head_of_section")
    assert letters.own(office, actor) == letters.OwnLetters(
        email=MAIL, notices=(("due_soon", False), ("overdue", True))
    )
    page = browser.get("/account").get_data(as_text=True)
    assert f'value="{MAIL}"' in page
