"""Letters through a real SMTP server: who is told of what, in words, and never in the subject."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from api.sending.mail import SmtpMail
from api.sending.notices import BadNotice, Notices, read_notice
from engine.law.authority import Actor
from tests.builders import CLERK, CODE, COMMUNE, task_of
from workflows import (
    accounts,
    delivering,
    intake,
    jobs,
    letters,
    mail_addresses,
    supplements,
)
from workflows.clock import SimulatedClock
from workflows.delivering import Carriers, Delivered
from workflows.errors import InvalidInput, NotFound
from workflows.letters import ChooseLetters
from workflows.noting import Contact
from workflows.office import Office
from workflows.store import tables
from workflows.views import DossierView

NAME, ID, PHONE, ADDRESS = "Đặng Thị Chim Vàng", "001090001234", "0912345678", "Ngõ Chim Vàng"
MAIL = "hoa@example.vn"
FOLDER = Path(__file__).parents[2] / "bpmn" / "shared" / "notices"
NOTICES = Notices.load(FOLDER)


@dataclass
class Postbox:
    """What the server took, and what it answers to a recipient."""

    messages: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    answers: dict[str, str] = field(default_factory=dict)
    controller: Controller | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self.answers.get(address, self.answer)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=default)
        self.messages.append((list(envelope.rcpt_tos), message))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box.controller = Controller(box, hostname="127.0.0.1", port=port)
    box.controller.start()
    yield box
    box.controller.stop()


def carriers(box: Postbox) -> Carriers:
    assert box.controller is not None
    return Carriers(
        mail=SmtpMail(
            host="127.0.0.1",
            port=box.controller.port,
            security="none",
            user="",
            password="",
            sender="Một cửa <motcua@example.vn>",
            notices=NOTICES,
            public_url="https://mc.example.vn",
        )
    )


def received(office: Office, address: str = MAIL) -> DossierView:
    command = intake.ReceiveDossier(
        procedure=CODE,
        applicant_name=NAME,
        applicant_id=ID,
        phone=PHONE,
        contact=Contact(email=address, address=ADDRESS),
    )
    return intake.receive(office, CLERK, command)


def later(office: Office, **span) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**span))


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content())


def rows(office: Office) -> list[tuple[str, str, str]]:
    columns = (tables.outbox.c.name, tables.outbox.c.state, tables.outbox.c.reason)
    query = sa.select(*columns).where(tables.outbox.c.kind == "notification")
    query = query.order_by(tables.outbox.c.created_at, tables.outbox.c.seq)
    return [tuple(r) for r in office.store.read(lambda uow: uow.connection.execute(query).all())]


def test_who_gave_an_address_gets_a_letter_on_receipt(office: Office, postbox: Postbox) -> None:
    view = received(office)
    assert postbox.messages == []  # nothing leaves inside the transaction
    assert delivering.deliver(office, carriers(postbox)) == Delivered(delivered=1)
    ((to, message),) = postbox.messages
    assert to == [MAIL]
    assert message["Subject"] == f"Hồ sơ {view.code} đã được tiếp nhận"
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert NAME in text
        assert "Trung tâm PVHCC xã Thử" in text
    assert message["Message-ID"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert rows(office) == [("received", "done", "")]


def test_who_gave_no_address_is_written_to_by_nobody(office: Office, postbox: Postbox) -> None:
    received(office, address="")
    assert rows(office) == []
    assert delivering.deliver(office, carriers(postbox)) == Delivered()


def test_an_address_taken_back_meanwhile_is_not_written_to(office: Office, postbox) -> None:
    view = received(office)
    change = sa.update(tables.intake).where(tables.intake.c.dossier_id == view.id)
    office.store.write(lambda uow: uow.connection.execute(change.values(email="")))
    assert delivering.deliver(office, carriers(postbox)) == Delivered(given_up=1)
    assert postbox.messages == []
    assert rows(office)[0][1] == "skipped"


def test_a_supplement_letter_names_the_papers_and_the_reason(office: Office, postbox) -> None:
    view = received(office)
    task = task_of(view, "check").task
    supplements.request(
        office,
        CLERK,
        supplements.RequestSupplement(
            dossier=view.id, task=task, components=("form",), reason="Tờ khai chưa ký"
        ),
    )
    delivering.deliver(office, carriers(postbox))
    message = postbox.messages[-1][1]
    assert message["Subject"] == f"Hồ sơ {view.code} cần bổ sung"
    assert "- Tờ khai" in body(message, "plain")
    assert "Tờ khai chưa ký" in body(message, "html")


def test_no_subject_line_ever_holds_personal_data(office: Office, postbox: Postbox) -> None:
    """Every notice there is, with canaries in every word."""
    words = {
        "code": "H55.901-260302-0001",
        **dict.fromkeys(("applicant", "procedure", "reason", "status", "agency"), NAME),
        "receiving_unit": ADDRESS,
        "papers": [NAME],
        "due_at": office.clock.now(),
        "new_due_at": office.clock.now(),
    }
    names = {file.stem for file in FOLDER.glob("*.toml")}
    assert names >= {
        "received", "supplement", "apology", "extension", "result_ready", "due_soon", "overdue",
    }  # fmt: skip
    for name in names:
        written = NOTICES.write(name, words)
        for canary in ("Chim", "Vàng", ID, PHONE, MAIL):
            assert canary not in written.subject, name
        assert "$" not in written.text
    with pytest.raises(BadNotice):
        read_notice('subject = "Kính gửi $applicant"\nbody = []', "bad.toml")


def test_html_in_a_reason_is_only_text() -> None:
    words = {"code": "1", "procedure": "p", "applicant": "<script>alert(1)</script>"}
    written = NOTICES.write("result_ready", {**words, "receiving_unit": "u"})
    assert "<script>" not in written.html
    assert "&lt;script&gt;" in written.html


def test_a_paragraph_without_its_word_is_left_out() -> None:
    words = {"code": "1", "procedure": "p", "applicant": "a", "receiving_unit": "u"}
    assert "hẹn trả kết quả:" not in NOTICES.write("received", {**words, "due_at": None}).text


@pytest.mark.parametrize(
    ("answer", "came", "state"),
    [
        ("451 later", Delivered(failed=1), "pending"),
        ("550 nobody here", Delivered(given_up=1), "skipped"),
    ],
)
def test_a_server_that_refuses_is_tried_again_or_believed(
    office, postbox, answer, came, state
) -> None:
    received(office)
    postbox.answer = answer
    assert delivering.deliver(office, carriers(postbox)) == came
    assert rows(office)[0][1] == state
    tries = office.store.read(
        lambda uow: uow.connection.execute(sa.select(tables.delivery.c.status)).scalars().all()
    )
    assert list(tries) == [int(answer[:3])]
    if state == "pending":
        postbox.answer = "250 OK"
        later(office, minutes=1)
        assert delivering.deliver(office, carriers(postbox)) == Delivered(delivered=1)


def test_without_a_mail_server_the_letter_is_given_up_and_the_record_says_why(office) -> None:
    received(office)
    silent = SmtpMail(
        host="", port=25, security="none", user="", password="", sender="", notices=NOTICES
    )
    assert delivering.deliver(office, Carriers(mail=silent)) == Delivered(given_up=1)
    assert rows(office) == [("received", "skipped", "chưa thiết lập máy chủ thư")]


def test_a_dossier_due_soon_and_overdue_asks_for_letters_to_staff(office: Office) -> None:
    received(office, address="")
    later(office, days=12)
    jobs.run_due(office)
    names = {name for name, _, _ in rows(office)}
    assert names == {"due_soon", "overdue"}


def staff_letter(office: Office, *people: str) -> None:
    """Let a dossier become overdue, and its heads have addresses."""
    expires = office.clock.now() + timedelta(days=300)
    for name in people:
        accounts.issue_token(office, name, COMMUNE, "head_of_section", (), expires)
        actor = Actor(person=name, agency=COMMUNE, role="head_of_section")
        wanted = ("due_soon", "overdue")
        letters.choose(office, actor, ChooseLetters(email=f"{name}@example.vn", wanted=wanted))
    received(office, address="")
    later(office, days=12)
    jobs.run_due(office)


def test_a_warning_reaches_each_head_by_a_letter_of_their_own(office, postbox) -> None:
    staff_letter(office, "lan", "mai")
    came = delivering.deliver(office, carriers(postbox))
    assert came == Delivered(delivered=2, given_up=1)  # of the clerk no address is known
    assert [to for to, _ in postbox.messages] == [["lan@example.vn"], ["mai@example.vn"]]
    assert len({message["Message-ID"] for _, message in postbox.messages}) == 2
    assert NAME not in body(postbox.messages[0][1], "plain")
    assert delivering.deliver(office, carriers(postbox)) == Delivered()


def test_a_full_mailbox_lets_nobody_else_be_written_to_twice(office, postbox) -> None:
    staff_letter(office, "lan", "mai")
    postbox.answers = {"lan@example.vn": "452 full"}
    delivering.deliver(office, carriers(postbox))
    postbox.answers = {}
    later(office, minutes=2)
    assert delivering.deliver(office, carriers(postbox)) == Delivered(delivered=1)
    assert [to for to, _ in postbox.messages] == [["mai@example.vn"], ["lan@example.vn"]]


def test_the_link_in_a_letter_stops_such_letters_and_no_others(office, postbox) -> None:
    received(office)
    delivering.deliver(office, carriers(postbox))
    message = postbox.messages[0][1]
    link = message["List-Unsubscribe"].strip(" <>")  # folded, being long
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in body(message, "plain")
    assert link in body(message, "html")
    assert MAIL not in link
    *_, notice, token = link.split("/")
    assert letters.standing(office, notice, token).wanted
    assert not letters.decide(office, notice, token).wanted
    view = received(office, address=MAIL.upper())
    assert delivering.deliver(office, carriers(postbox)) == Delivered(given_up=1)
    command = supplements.RequestSupplement(
        dossier=view.id, task=task_of(view, "check").task, components=("form",), reason="x"
    )
    supplements.request(office, CLERK, command)
    assert delivering.deliver(office, carriers(postbox)) == Delivered(delivered=1)
    letters.decide(office, notice, token, letters.STOP_ALL)
    letters.decide(office, notice, token, letters.RESUME)
    received(office)
    assert delivering.deliver(office, carriers(postbox)) == Delivered(delivered=1)


def test_a_link_we_never_sent_stops_nothing(office) -> None:
    good = mail_addresses.stop_token(mail_addresses.hash_of(MAIL), "received", b"key")
    other = mail_addresses.stop_token(mail_addresses.hash_of(MAIL), "received", b"other")
    for notice, token in (
        ("supplement", good), ("received", other), ("received", "x"), ("received", "é" * 9),
        ("received", good[:-4]), ("nothing", good),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            letters.decide(office, notice, token)
    assert letters.standing(office, "received", good).wanted


@pytest.mark.parametrize(
    "wrong", ["a", "a@b", "a b@c.vn", "a@c.vn\r\nBcc: x@y.vn", "a@c..vn", "<a@c.vn>", "x@" * 99]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        mail_addresses.checked("email", wrong)
    assert mail_addresses.checked("email", " hà@ví-dụ.vn ") == "hà@ví-dụ.vn"
