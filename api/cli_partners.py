"""`motcua partners …`: other installations, their keys and ours, and whether both sides agree."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.text import Text

from api import open_office
from api.cli_background import OPERATOR
from api.cli_output import ANSWER_NO, json_option, out, plainly, print_json, table
from api.formatting import moment
from api.sending.wire import HttpWire
from config import Settings
from workflows import comparing, partners
from workflows.comparing import Comparison, Side
from workflows.office import Office


def _office() -> Office:
    return open_office(Settings.from_environ())


@click.group("partners")
def partners_group() -> None:
    """Hệ thống liên thông: khai báo đối tác, khóa, đối chiếu hai bên."""


@partners_group.command("own")
@json_option
@plainly
def own(*, as_json: bool) -> None:
    """In tên và khóa công khai của hệ thống này, để gửi cho đối tác."""
    office = _office()
    told = partners.own(office)
    office.store.close()
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        out().print(Text(f"{name}: {value}"))


@partners_group.command("add")
@click.argument("name")
@click.option("--title", required=True, help="Tên gọi, ví dụ «Tỉnh Cao Bằng».")
@click.option("--address", required=True, help="Địa chỉ https://… của hệ thống đó.")
@click.option("--key", "public_key", required=True, help="Khóa công khai, 64 chữ số hexa.")
@click.option("--agency", "agencies", multiple=True, help="Mã cơ quan do hệ thống đó phục vụ.")
@plainly
def add(name: str, title: str, address: str, public_key: str, agencies: tuple[str, ...]) -> None:
    """Khai báo một đối tác với khóa công khai của họ (nhận qua đường khác, đã đối chiếu)."""
    office = _office()
    command = partners.AddPartner(
        name=name, title=title, address=address, public_key=public_key, agencies=agencies
    )
    made = partners.add(office, OPERATOR, command)
    office.store.close()
    out().print(Text(f"Đã khai báo {made.name} tại {made.address}."))


@partners_group.command("change")
@click.argument("name")
@click.option("--address", default=None, help="Địa chỉ mới.")
@click.option("--agency", "agencies", multiple=True, help="Các mã cơ quan; thay cả danh sách.")
@click.option(
    "--procedure", "pairs", multiple=True, metavar="VIỆC=MÃ_THỦ_TỤC",
    help="Việc họ hỏi thì mở hồ sơ con theo thủ tục nào của mình; thay cả danh sách.",
)  # fmt: skip
@click.option("--state", type=click.Choice(["active", "paused"]), default=None, help="Tạm dừng?")
@plainly
def change(
    name: str,
    address: str | None,
    agencies: tuple[str, ...],
    pairs: tuple[str, ...],
    state: str | None,
) -> None:
    """Đổi địa chỉ, cơ quan, thủ tục nối tiếp hoặc tạm dừng một đối tác."""
    office = _office()
    procedures = dict(pair.partition("=")[::2] for pair in pairs)
    command = partners.ChangePartner(
        name=name,
        address=address,
        agencies=agencies or None,
        procedures=procedures or None,
        state=state,
    )
    partners.change(office, OPERATOR, command)
    office.store.close()
    out().print(Text(f"Đã đổi {name}."))


@partners_group.command("list")
@json_option
@plainly
def list_partners(*, as_json: bool) -> None:
    """Liệt kê các đối tác và lần đối chiếu gần nhất."""
    office = _office()
    found = partners.partners(office, OPERATOR)
    office.store.close()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = (
        (p.name, p.title, p.address, ", ".join(p.agencies), p.state, moment(p.heard_at),
         moment(p.compared_at), p.difference or ("khớp" if p.compared_at else ""))
        for p in found
    )  # fmt: skip
    columns = ("Tên", "Tên gọi", "Địa chỉ", "Cơ quan", "Tình trạng", "Nghe lần cuối", "Đối chiếu",
               "Kết quả")  # fmt: skip
    out().print(table(f"{len(found)} đối tác", columns, rows))


@partners_group.command("reconcile")
@click.argument("name")
@json_option
@plainly
def reconcile(name: str, *, as_json: bool) -> None:
    """Đối chiếu hai bên: đã gửi, đã nhận đến số nào; thư còn thiếu được gửi lại ngay.

    Mã thoát: 0 hai bên khớp, 1 chưa khớp hoặc chưa hỏi được.
    """
    office = _office()
    found = comparing.compare(office, OPERATOR, HttpWire(), name)
    office.store.close()
    if as_json:
        print_json({"agrees": found.agrees, **asdict(found)})
    else:
        _show(found)
    raise SystemExit(0 if found.agrees else ANSWER_NO)


@partners_group.command("waiting")
@click.argument("name")
@json_option
@plainly
def list_waiting(name: str, *, as_json: bool) -> None:
    """Liệt kê thư đã nhận của một đối tác mà chưa xử lý được."""
    office = _office()
    found = partners.waiting(office, OPERATOR, name)
    office.store.close()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = (
        (str(e.sequence), e.kind, e.state, str(e.attempts), moment(e.retry_at), e.fault)
        for e in found
    )
    columns = (">Số", "Loại", "Tình trạng", ">Số lần", "Lúc", "Lỗi")
    out().print(table(f"{len(found)} thư chờ xử lý", columns, rows))


@partners_group.command("decide")
@click.argument("name")
@click.argument("sequence", type=int)
@click.argument("what", type=click.Choice(["retry", "skip"]))
@click.option("--reason", required=True, help="Vì sao.")
@plainly
def decide(name: str, sequence: int, what: str, reason: str) -> None:
    """Cho xử lý lại ngay, hoặc bỏ qua, một thư đã nhận."""
    office = _office()
    command = partners.DecideEnvelope(name=name, sequence=sequence, what=what, reason=reason)
    done = partners.decide(office, OPERATOR, command)
    office.store.close()
    out().print(Text(f"Thư số {done.sequence} của {name}: {what}"))


@partners_group.command("keys")
@click.argument("name")
@json_option
@plainly
def list_keys(name: str, *, as_json: bool) -> None:
    """Liệt kê các khóa của một đối tác, hoặc của chính hệ thống này."""
    office = _office()
    found = partners.keys(office, OPERATOR, name)
    office.store.close()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = ((k.kid, k.public_key, moment(k.valid_from), moment(k.valid_to)) for k in found)
    out().print(table(f"Khóa của {name}", ("Mã khóa", "Khóa công khai", "Từ", "Đến"), rows))


@partners_group.command("rotate")
@plainly
def rotate() -> None:
    """Đổi khóa ký của hệ thống này; đối tác tự biết khóa mới ở thư kế tiếp."""
    office = _office()
    made = partners.rotate(office, OPERATOR)
    office.store.close()
    out().print(Text(f"Khóa mới {made.kid}: {made.public_key}"))


@partners_group.command("trust")
@click.argument("name")
@click.argument("public_key")
@plainly
def trust(name: str, public_key: str) -> None:
    """Tin thêm một khóa của đối tác, khi họ mất khóa cũ và báo qua đường khác."""
    office = _office()
    made = partners.trust(office, OPERATOR, name, public_key)
    office.store.close()
    out().print(Text(f"Đã tin khóa {made.kid} của {name}."))


@partners_group.command("revoke")
@click.argument("name")
@click.argument("kid")
@plainly
def revoke(name: str, kid: str) -> None:
    """Thôi tin một khóa của đối tác từ bây giờ."""
    office = _office()
    made = partners.revoke(office, OPERATOR, name, kid)
    office.store.close()
    out().print(Text(f"Khóa {made.kid} của {name} hết hiệu lực từ {moment(made.valid_to)}."))


def _show(found: Comparison) -> None:
    theirs = found.theirs
    rows = (
        ("Gửi đi đến số", *_pair(found.ours, theirs, "sent_through", "received_through")),
        ("Nhận về đến số", *_pair(found.ours, theirs, "received_through", "sent_through")),
        ("Mã băm thư gửi cuối", *_pair(found.ours, theirs, "sent_hash", "received_hash")),
        ("Mã băm thư nhận cuối", *_pair(found.ours, theirs, "received_hash", "sent_hash")),
        ("Chưa có biên nhận", str(found.unacknowledged), ""),
        ("Gửi lại ngay", str(found.sent_again), ""),
    )
    title = f"Đối chiếu với {found.partner}: {'KHỚP' if found.agrees else 'CHƯA KHỚP'}"
    out().print(table(title, ("Mục", ">Bên ta", ">Bên họ"), rows))
    if found.fault:
        out().print(Text(found.fault, style="red"))


def _pair(ours: Side, theirs: Side | None, mine: str, other: str) -> tuple[str, str]:
    told = str(getattr(theirs, other)) if theirs is not None else "không rõ"
    return str(getattr(ours, mine))[:16], told[:16]
