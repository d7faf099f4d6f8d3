"""Checks of an installation (kiểm tra hệ thống): from what was measured to what people should do.

Pure: each check is a function of `Measured`. Not for measuring (that is `doctor`), and never for
secrets: only kinds of faults, ages and counts come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from engine.law.working_time import ZONE

GIB = 1024**3
LOW_DISK, NO_DISK = 5 * GIB, GIB
SKEW_SECONDS, BAD_SKEW_SECONDS = 2.0, 30.0
SILENT_AFTER = timedelta(minutes=2)
LATE_AFTER, VERY_LATE_AFTER = timedelta(minutes=15), timedelta(hours=4)
BACKUP_AFTER, OLD_BACKUP_AFTER = timedelta(days=1, hours=6), timedelta(days=7)
ROOT_AFTER = timedelta(days=2)
OLDEST_PYTHON, OLDEST_SQLITE = (3, 11), (3, 38)
NEXT_YEAR_FROM_MONTH = 10  # the schedule of the next year is announced in the last quarter
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class State(StrEnum):
    """How a thing stands: nothing to do, something to see to, something broken."""

    OK = "ok"
    ATTENTION = "attention"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at: what it is, how it stands, what to do."""

    name: str
    title: str
    state: State
    text: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was found at an installation; texts of faults are empty where there is none.

    Sizes are bytes. None means that nothing of the kind is set up, or that it cannot be known;
    without `signs` nothing could be read that stands in the tables.
    """

    now: datetime
    python: tuple[int, ...]
    database_fault: str = ""
    setting_fault: str = ""
    signs: bool = True
    revision: tuple[str, str] = ("", "")
    sqlite: tuple[int, ...] = ()
    free_bytes: int | None = None
    shelf_fault: str = ""
    skew_seconds: float | None = None
    worker_seen_at: datetime | None = None
    timer_since: datetime | None = None
    message_since: datetime | None = None
    stuck: int = 0
    mail_fault: str | None = None
    scanner_fault: str | None = None
    catalogue_faults: tuple[str, ...] = ()
    procedures: int = 0
    sample_agencies: int = 0
    official: Mapping[int, bool] = field(default_factory=dict)
    backups: bool = False
    backup_at: datetime | None = None
    key_fault: str = ""
    open_files: tuple[str, ...] = ()
    root_at: datetime | None = None
    looked_at: int = 0
    broken: int = 0
    public_url: str = ""
    host: str = ""


def judge(found: Measured) -> tuple[Check, ...]:
    """Return every check of an installation, in the order in which people should read them."""
    return tuple(
        Check(name=name, title=title, state=state, text=text)
        for name, title, look in CHECKS
        for state, text in (look(found),)
    )


def worst(checks: tuple[Check, ...]) -> State:
    """Return how the installation stands as a whole."""
    order = (State.OK, State.ATTENTION, State.FAULT)
    return max((check.state for check in checks), key=order.index, default=State.OK)


Verdict = tuple[State, str]
Look = Callable[[Measured], Verdict]


def _ok(text: str) -> Verdict:
    return State.OK, text


def _see(text: str) -> Verdict:
    return State.ATTENTION, text


def _bad(text: str) -> Verdict:
    return State.FAULT, text


def _of_tables(look: Look) -> Look:
    """Return the check that says so where the tables cannot be read, instead of all is well."""

    def looked(found: Measured) -> Verdict:
        return look(found) if found.signs else _see("Chưa xem được: không đọc được các bảng.")

    return looked


def _database(found: Measured) -> Verdict:
    if found.database_fault:
        return _bad(
            f"Không dùng được cơ sở dữ liệu ({found.database_fault}); hãy xem máy chủ cơ sở dữ "
            "liệu có chạy không, và thiết lập DATABASE_URL."
        )
    if found.setting_fault:
        return _bad(f"{found.setting_fault} Dữ liệu đã ghi có thể mất khi mất điện.")
    return _ok("Trả lời, và giữ được dữ liệu khi mất điện.")


def _tables(found: Measured) -> Verdict:
    has, wants = found.revision
    if found.database_fault:
        return _see("Chưa xem được: không đọc được các bảng.")
    if has != wants:
        return _bad(
            f"Các bảng ở phiên bản {has or 'trống'}, chương trình cần {wants}; hãy sao lưu rồi "
            "chạy: motcua db upgrade."
        )
    return _ok(f"Phiên bản {wants}, đúng với chương trình.")


def _versions(found: Measured) -> Verdict:
    said = f"Python {_dotted(found.python)}"
    if found.sqlite:
        said += f", SQLite {_dotted(found.sqlite)}"
    if found.python[:2] < OLDEST_PYTHON:
        return _bad(f"{said}: cần Python từ {_dotted(OLDEST_PYTHON)}; hãy cài bản mới hơn.")
    if found.sqlite and found.sqlite < OLDEST_SQLITE:
        return _bad(f"{said}: cần SQLite từ {_dotted(OLDEST_SQLITE)}; hãy cài Python mới hơn.")
    return _ok(f"{said}.")


def _disk(found: Measured) -> Verdict:
    if found.free_bytes is None:
        return _ok("Dữ liệu nằm ở máy chủ khác; hãy theo dõi ổ đĩa ở đó.")
    said = f"Còn trống {found.free_bytes / GIB:.1f} GB".replace(".", ",")
    if found.free_bytes < NO_DISK:
        return _bad(f"{said}; hãy giải phóng ổ đĩa ngay: hết chỗ thì không tiếp nhận được hồ sơ.")
    if found.free_bytes < LOW_DISK:
        return _see(f"{said}; hãy dọn ổ đĩa hoặc thêm ổ trong tuần này.")
    return _ok(f"{said}.")


def _shelf(found: Measured) -> Verdict:
    if found.shelf_fault:
        return _bad(
            f"Không ghi được kho tệp ({found.shelf_fault}); hãy kiểm tra thư mục hoặc kho S3, và "
            "quyền ghi của chương trình."
        )
    return _ok("Đọc và ghi được.")


def _clock(found: Measured) -> Verdict:
    if found.skew_seconds is None:
        return _ok("Cơ sở dữ liệu ở cùng máy, cùng đồng hồ.")
    apart = abs(found.skew_seconds)
    said = f"Lệch {apart:.1f} giây so với máy chủ cơ sở dữ liệu".replace(".", ",")
    if apart > BAD_SKEW_SECONDS:
        return _bad(f"{said}: thời hạn và mã xác thực sẽ sai; hãy bật đồng bộ giờ (NTP) ngay.")
    if apart > SKEW_SECONDS:
        return _see(f"{said}; hãy bật đồng bộ giờ (NTP) trên cả hai máy.")
    return _ok(f"{said}.")


@_of_tables
def _workers(found: Measured) -> Verdict:
    advice = "hãy chạy: motcua serve, hoặc motcua worker"
    if found.worker_seen_at is None:
        return _see(f"Chưa có chương trình nền nào chạy trên dữ liệu này; {advice}.")
    silent = found.now - found.worker_seen_at
    if silent > SILENT_AFTER:
        return _bad(f"Không có chương trình nền nào từ {_moment(found.worker_seen_at)}; {advice}.")
    return _ok(f"Đang chạy, thấy lần cuối lúc {_moment(found.worker_seen_at)}.")


@_of_tables
def _timers(found: Measured) -> Verdict:
    return _waiting(found.now, found.timer_since, "Hẹn giờ và cảnh báo")


@_of_tables
def _messages(found: Measured) -> Verdict:
    return _waiting(found.now, found.message_since, "Tin báo và thư")


def _waiting(now: datetime, since: datetime | None, what: str) -> Verdict:
    late = now - since if since is not None else timedelta()
    if since is None or late <= LATE_AFTER:
        return _ok("Không có việc nào chờ quá lâu.")
    said = f"{what} chờ từ {_moment(since)}; hãy xem chương trình nền có chạy không"
    return (_bad if late > VERY_LATE_AFTER else _see)(f"{said}.")


@_of_tables
def _stuck(found: Measured) -> Verdict:
    if found.stuck:
        return _see(
            f"{found.stuck} việc nền đã thử nhiều lần không được, chờ người quyết định; hãy mở "
            "trang Việc lỗi."
        )
    return _ok("Không có việc nào chờ người quyết định.")


def _mail(found: Measured) -> Verdict:
    return _service(
        found.mail_fault,
        unset="Chưa đặt máy chủ thư: không thư nào được gửi cho người dân và cán bộ.",
        broken="Không vào được máy chủ thư ({}); hãy kiểm tra tên máy, cổng, tài khoản và tường "
        "lửa.",
        well="Vào được.",
    )


def _scanner(found: Measured) -> Verdict:
    return _service(
        found.scanner_fault,
        unset="Chưa đặt máy quét vi-rút: tệp người dân nộp không được quét.",
        broken="Không hỏi được máy quét vi-rút ({}): tệp nộp vào đang bị giữ; hãy chạy lại clamd.",
        well="Trả lời.",
    )


def _service(fault: str | None, *, unset: str, broken: str, well: str) -> Verdict:
    """Judge a service one may do without: not set up, out of reach (`broken` says how), or well."""
    if fault is None:
        return _see(unset)
    return _bad(broken.format(fault)) if fault else _ok(well)


def _procedures(found: Measured) -> Verdict:
    if found.catalogue_faults:
        count = len(found.catalogue_faults)
        first = found.catalogue_faults[0]
        return _bad(f"{count} lỗi trong thư mục thủ tục, lỗi đầu tiên: {first} Hãy chạy: motcua "
                    "validate.")  # fmt: skip
    if not found.procedures:
        return _see("Chưa có thủ tục nào trong thư mục thủ tục.")
    return _ok(f"{found.procedures} thủ tục đọc được, chạy được.")


def _agencies(found: Measured) -> Verdict:
    if found.sample_agencies:
        return _see(
            f"{found.sample_agencies} cơ quan là dữ liệu mẫu (sample = true); hãy ghi mã định danh "
            "thật vào shared/agencies.toml rồi bỏ dấu mẫu."
        )
    return _ok("Không có cơ quan nào là dữ liệu mẫu.")


def _this_year(found: Measured) -> Verdict:
    return _year(found.official, found.now.astimezone(ZONE).year, due=True)


def _next_year(found: Measured) -> Verdict:
    today = found.now.astimezone(ZONE)
    return _year(found.official, today.year + 1, due=today.month >= NEXT_YEAR_FROM_MONTH)


def _year(official: Mapping[int, bool], year: int, *, due: bool) -> Verdict:
    if year not in official:
        said = f"Chưa có tệp {year}.toml trong shared/calendar: không hẹn được ngày trong năm đó."
        return (_bad if due else _see)(said)
    if not official[year]:
        said = f"Lịch {year} chưa chính thức: mọi ngày hẹn trong năm đó là dự kiến"
        if due:
            return _see(f"{said}; hãy đối chiếu với thông báo nghỉ lễ rồi ghi official = true.")
        return _ok(f"{said}. Lịch nghỉ thường được thông báo vào quý IV.")
    return _ok(f"Lịch {year} đã chính thức.")


def _backups(found: Measured) -> Verdict:
    if not found.backups:
        return _see("Chưa đặt thư mục bản sao lưu để theo dõi (BACKUP_FOLDER).")
    if found.backup_at is None:
        return _bad("Thư mục bản sao lưu không có bản nào; hãy sao lưu ngay.")
    said = f"Bản mới nhất lúc {_moment(found.backup_at)}"
    age = found.now - found.backup_at
    if age > OLD_BACKUP_AFTER:
        return _bad(f"{said}; hãy xem vì sao việc sao lưu đã dừng.")
    if age > BACKUP_AFTER:
        return _see(f"{said}; hãy xem bản đêm qua có chạy không.")
    return _ok(f"{said}. Hãy thử khôi phục mỗi tháng một lần.")


def _key(found: Measured) -> Verdict:
    if found.key_fault:
        return _see(f"{found.key_fault} Không có khóa thì nhật ký không được ký hằng ngày.")
    return _ok("Có, đọc được.")


def _secrets(found: Measured) -> Verdict:
    if found.open_files:
        names = ", ".join(found.open_files)
        return _bad(f"Người khác trên máy đọc được tệp khóa: {names}; hãy chạy chmod 600.")
    return _ok("Chỉ chủ của chương trình đọc được các tệp khóa.")


@_of_tables
def _roots(found: Measured) -> Verdict:
    if found.root_at is None:
        return _see("Nhật ký chưa được ký lần nào.")
    if found.now - found.root_at > ROOT_AFTER and found.looked_at:
        return _see(f"Nhật ký ký lần cuối {_moment(found.root_at)}; ngày có việc mới có chữ ký.")
    return _ok(f"Nhật ký ký lần cuối {_moment(found.root_at)}.")


@_of_tables
def _record(found: Measured) -> Verdict:
    if found.broken:
        return _bad(
            f"Nhật ký bị thay đổi ở {found.broken} chỗ; hãy dừng việc sửa dữ liệu, giữ nguyên "
            "hiện trạng và chạy: motcua verify."
        )
    return _ok(f"{found.looked_at} hồ sơ mới nhất có nhật ký nguyên vẹn; motcua verify xem tất cả.")


def _transport(found: Measured) -> Verdict:
    parts = urlsplit(found.public_url)
    if parts.scheme == "https":
        return _ok(f"Người dùng vào qua HTTPS ({parts.hostname}); cookie chỉ gửi qua HTTPS.")
    if found.host in LOCAL and (not found.public_url or parts.hostname in LOCAL):
        return _see("Chỉ dùng trên máy này; để người khác dùng, hãy đặt PUBLIC_URL là https://…")
    if parts.scheme == "http":
        return _bad("Người dùng vào qua HTTP: mật khẩu và cookie bị đọc được trên đường; hãy đặt "
                    "máy chủ HTTPS phía trước và PUBLIC_URL là https://…")  # fmt: skip
    return _bad(f"Đang mở ra mạng ({found.host}) mà chưa đặt PUBLIC_URL là https://…")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M ngày %d/%m/%Y")


CHECKS: tuple[tuple[str, str, Look], ...] = (
    ("database", "Cơ sở dữ liệu", _database),
    ("tables", "Phiên bản các bảng", _tables),
    ("workers", "Chương trình nền", _workers),
    ("timers", "Hẹn giờ đang chờ", _timers),
    ("messages", "Tin đang chờ gửi", _messages),
    ("stuck", "Việc chờ quyết định", _stuck),
    ("backups", "Sao lưu", _backups),
    ("disk", "Ổ đĩa", _disk),
    ("file_store", "Kho tệp", _shelf),
    ("clock", "Đồng hồ", _clock),
    ("procedures", "Thủ tục", _procedures),
    ("agencies", "Cơ quan", _agencies),
    ("calendar", "Lịch năm nay", _this_year),
    ("next_calendar", "Lịch năm sau", _next_year),
    ("record", "Nhật ký hồ sơ", _record),
    ("roots", "Chữ ký nhật ký", _roots),
    ("signing_key", "Khóa ký", _key),
    ("secret_files", "Quyền đọc tệp khóa", _secrets),
    ("transport", "Đường truyền", _transport),
    ("mail", "Máy chủ thư", _mail),
    ("virus_scanner", "Máy quét vi-rút", _scanner),
    ("versions", "Phiên bản phần mềm", _versions),
)
