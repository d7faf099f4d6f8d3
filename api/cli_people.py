"""Commands about people, their passwords and tokens, and the log of looks: for operators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from rich.text import Text

from api import open_office
from api.cli_output import ANSWER_NO, err, json_option, out, plainly, print_json, refuse, table
from api.formatting import NOTHING, moment
from config import Settings
from engine.law.authority import Actor
from workflows import access_log, accounts, credentials, people, rosters
from workflows.office import Office
from workflows.permitting import POST_ROLES
from workflows.roster_files import RosterRow

TOKEN_DAYS = 30
YES = click.option("--yes", is_flag=True, help="Làm thật; không có thì chỉ nói sẽ làm gì.")


@contextmanager
def _office() -> Iterator[Office]:
    office = open_office(Settings.from_environ())
    try:
        yield office
    finally:
        office.store.close()


@click.group("people")
def people_group() -> None:
    """Cán bộ và vị trí công tác."""


@people_group.command("add")
@click.option("--person", required=True, help="Mã cán bộ, ví dụ tran.van.an.")
@click.option("--name", required=True, help="Họ tên.")
@click.option("--agency", required=True, help="Mã cơ quan, ví dụ H55.904.01.")
@click.option("--role", required=True, type=click.Choice(POST_ROLES))
@json_option
@plainly
def add_person(*, person: str, name: str, agency: str, role: str, as_json: bool) -> None:
    """Thêm cán bộ, hoặc giao thêm vị trí cho cán bộ đã có."""
    with _office() as office:
        office.catalogue.agencies.get(agency)
        actor = people.operator(office, agency)
        row = RosterRow(row=1, person=person, name=name, agency=agency, role=role)
        plan = rosters.plan_roster(office, actor, [row])
        if plan.faults:
            refuse("\n".join(fault.text for fault in plan.faults), ANSWER_NO)
        if plan.count(rosters.NOTHING):
            refuse(f"«{person}» đã có vị trí này.", ANSWER_NO)
        rosters.take_roster(office, actor, rosters.TakeRoster(rows=(row,)))
        view = people.read_person(office, actor, person)
    if as_json:
        print_json(asdict(view))
    else:
        out().print(f"{view.person}: {view.name}, {len(view.posts)} vị trí công tác.")


@people_group.command("list")
@click.option("--agency", required=True, help="Mã cơ quan; kể cả các cơ quan trực thuộc.")
@json_option
@plainly
def list_people(*, agency: str, as_json: bool) -> None:
    """Liệt kê cán bộ của cơ quan và vị trí đã giữ."""
    with _office() as office:
        office.catalogue.agencies.get(agency)
        found = people.list_people(office, people.operator(office, agency), agency)
    if as_json:
        print_json([asdict(person) for person in found])
        return
    rows = [
        (p.person, p.name, post.role, post.agency, moment(post.valid_from), _until(post.valid_to))
        for p in found
        for post in p.posts
    ]
    out().print(table("Cán bộ", ("mã", "họ tên", "vai trò", "cơ quan", "từ", "đến"), rows))


@people_group.command("email")
@click.argument("person")
@click.argument("email")
@plainly
def set_email(*, person: str, email: str) -> None:
    """Đặt địa chỉ thư điện tử nhận cảnh báo hạn trả; "" là không gửi."""
    with _office() as office:
        actor = _operator_for(office, person)
        view = people.set_email(office, actor, people.SetEmail(person=person, email=email))
    out().print(Text(f"{view.person}: {view.email or 'không nhận thư'}"))


@people_group.command("end")
@click.argument("person")
@click.option("--reason", default="", help="Vì sao, ví dụ số quyết định.")
@YES
@plainly
def end_person(*, person: str, reason: str, yes: bool) -> None:
    """Cho một cán bộ thôi việc: vị trí, mã truy cập, phiên làm việc chấm dứt."""
    if not yes:
        refuse(f"Sẽ cho «{person}» thôi việc ngay bây giờ; thêm --yes để làm.", ANSWER_NO)
    with _office() as office:
        command = people.EndPerson(person=person, reason=reason)
        people.end_person(office, _operator_for(office, person), command)
    out().print(f"{person} đã thôi việc.")


@click.group()
def tokens() -> None:
    """Mã truy cập API."""


@tokens.command("new")
@click.option("--person", required=True, help="Mã cán bộ, ví dụ nguyen.van.an.")
@click.option("--agency", required=True, help="Mã cơ quan, ví dụ H55.904.01.")
@click.option("--role", required=True, type=click.Choice(POST_ROLES))
@click.option("--days", type=click.IntRange(1, 3650), default=TOKEN_DAYS, help="Có hiệu lực.")
@click.option("--scope", "scopes", multiple=True, help="Chỉ cho làm việc này; có thể lặp lại.")
@json_option
@plainly
def new_token(
    *, person: str, agency: str, role: str, days: int, scopes: tuple[str, ...], as_json: bool
) -> None:
    """Cấp mã truy cập cho một người, cơ quan, vai trò; chỉ in ra một lần."""
    with _office() as office:
        expires = office.clock.now() + timedelta(days=days)
        issued = accounts.issue_token(office, person, agency, role, scopes, expires)
    if as_json:
        print_json(asdict(issued))
    else:
        out().print(Text(issued.bearer))
        err().print(f"Có hiệu lực đến {moment(expires)}. Hãy cất kỹ: mã không hiện lại lần nữa.")


@tokens.command("list")
@json_option
@plainly
def list_tokens(*, as_json: bool) -> None:
    """Liệt kê mã truy cập và lần dùng cuối."""
    with _office() as office:
        found = accounts.all_tokens(office)
    if as_json:
        print_json([asdict(token) for token in found])
        return
    rows = [
        (
            t.id or NOTHING,
            t.person,
            f"{t.role} {t.agency}",
            ", ".join(t.scopes) or "mọi việc",
            moment(t.expires_at),
            _until(t.last_used_at),
            "đã thu hồi" if t.revoked_at else "",
        )
        for t in found
    ]
    head = ("mã số", "cán bộ", "vị trí", "được làm", "hết hạn", "dùng lần cuối", "")
    out().print(table("Mã truy cập", head, rows))


@tokens.command("revoke")
@click.argument("token")
@plainly
def revoke_token(token: str) -> None:
    """Thu hồi một mã truy cập theo mã số của nó."""
    with _office() as office:
        ended = accounts.revoke_by_id(office, token)
    if not ended:
        refuse("Không có mã truy cập còn hiệu lực với mã số đó.", ANSWER_NO)
    out().print("Đã thu hồi.")


@click.group()
def passwords() -> None:
    """Mật khẩu đăng nhập."""


@passwords.command("reset")
@click.argument("person")
@json_option
@plainly
def reset_password(*, person: str, as_json: bool) -> None:
    """Cấp mật khẩu dùng một lần, chỉ in ra một lần; mọi phiên làm việc chấm dứt."""
    with _office() as office:
        password = accounts.reset_password(office, person)
    if as_json:
        print_json({"person": person, "password": password})
    else:
        out().print(Text(password))
        err().print("Dùng được một lần; người dùng đặt mật khẩu riêng ngay khi đăng nhập.")


@passwords.command("unlock")
@click.argument("person")
@plainly
def unlock(person: str) -> None:
    """Cho người đăng nhập sai quá nhiều lần thử lại ngay."""
    with _office() as office:
        command = credentials.UnlockAccount(person=person)
        credentials.unlock(office, _operator_for(office, person), command)
    out().print(f"{person} đăng nhập lại được ngay.")


@passwords.command("second-factor")
@click.argument("person")
@YES
@plainly
def reset_second_factor(*, person: str, yes: bool) -> None:
    """Tắt xác thực hai lớp của người mất điện thoại; mọi phiên chấm dứt."""
    if not yes:
        refuse(f"Sẽ tắt xác thực hai lớp của «{person}»; thêm --yes để làm.", ANSWER_NO)
    with _office() as office:
        command = credentials.ResetSecondFactor(person=person)
        credentials.reset_second_factor(office, _operator_for(office, person), command)
    out().print(f"Đã tắt xác thực hai lớp của {person}.")


@click.group()
def sessions() -> None:
    """Phiên làm việc của cán bộ."""


@sessions.command("list")
@click.argument("person")
@json_option
@plainly
def list_sessions(*, person: str, as_json: bool) -> None:
    """Liệt kê nơi một cán bộ đang đăng nhập."""
    with _office() as office:
        found = credentials.person_sessions(office, _operator_for(office, person), person)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = ((s.id, moment(s.began_at), moment(s.seen_at), s.address, s.browser) for s in found)
    head = ("mã số", "bắt đầu", "dùng lần cuối", "từ", "trình duyệt")
    out().print(table("Phiên làm việc", head, rows))


@sessions.command("end")
@click.argument("person")
@click.option("--session", default="", help="Chỉ phiên này; trống là mọi phiên.")
@plainly
def end_sessions(person: str, session: str) -> None:
    """Chấm dứt phiên làm việc của một cán bộ."""
    with _office() as office:
        command = credentials.EndSessions(person=person, session=session)
        ended = credentials.end_sessions(office, _operator_for(office, person), command)
    out().print(f"Đã chấm dứt {ended} phiên.")


@click.command("access-log")
@click.option("--person", default="", help="Chỉ của cán bộ này.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="Số dòng.")
@json_option
@plainly
def access_log_command(*, person: str, limit: int, as_json: bool) -> None:
    """Xem nhật ký truy cập: ai bị từ chối việc gì, ai đã xem hồ sơ nào."""
    with _office() as office:
        found = access_log.tail(office, person=person, limit=limit)
    if as_json:
        print_json([asdict(look) for look in found])
        return
    rows = [
        (
            moment(look.at),
            look.person + (f" (thay {look.on_behalf_of})" if look.on_behalf_of else ""),
            f"{look.role} {look.agency}",
            look.action,
            look.subject,
            "được" if look.allowed else f"từ chối: {look.rule}",
            look.address,
        )
        for look in found
    ]
    head = ("lúc", "ai", "vị trí", "việc", "trên", "kết quả", "từ")
    out().print(table("Nhật ký truy cập", head, rows))


def _operator_for(office: Office, person: str) -> Actor:
    """Return who acts at the machine for a person: for the highest agency above their posts."""
    now = office.clock.now()
    posts = office.store.read(lambda uow: uow.posts.held_by(person, now))
    first = next(iter(office.catalogue.agencies)).code
    return people.operator(office, posts[0].agency if posts else first)


def _until(at: datetime | None) -> str:
    return moment(at) if at is not None else NOTHING
