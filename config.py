"""What an installation may choose; the only reader of the environment.

Not for law (that is `bpmn/`) and not for what differs per agency (that is data).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

PREFIX = "MOTCUA_"
MAX_PORT = 65535
MAX_PROXIES = 9
RATE_LIMIT = re.compile(r"[a-z_]+=(off|[1-9][0-9]{0,6}/[1-9][0-9]{0,6})")
DATABASES = ("sqlite:///", "postgresql+psycopg://")


class BadSetting(Exception):
    """A setting has a value the program cannot work with; the message names the variable."""

    def __init__(self, variable: str, value: str, advice: str) -> None:
        """Name the environment variable, what it holds and what to write instead."""
        super().__init__(f"{variable}={value!r} không dùng được: {advice}.")
        self.variable = variable


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The choices of one installation; each field is `MOTCUA_` and its name in capitals."""

    database_url: str = "sqlite:///var/motcua.db"
    """Where dossiers are kept: `sqlite:///FILE` or `postgresql+psycopg://…`."""

    bpmn_folder: Path = Path("bpmn")
    """The folder of procedures, calendars and agencies."""

    host: str = "127.0.0.1"
    """The address the program listens on."""

    port: int = 8000
    """The port the program listens on, 1 to 65535."""

    office_zone: str = "Asia/Ho_Chi_Minh"
    """The zone in which offices open and dates are promised."""

    audit_key: Path = Path("var/audit-key.pem")
    """The file of the key that signs roots of the record; its public keys lie beside it in
    `….pub`. Keep it apart from the database: who has both can write another history."""

    rate_limits: str = ""
    """How often somebody may ask, over the defaults: `api=6000/60 anonymous=600/60 lookup=10/60
    wrong_code=5/3600 sign_in=10/60`, each so many in so many seconds; `api=off` lifts one."""

    trusted_proxies: int = 0
    """How many proxies stand before the program; their X-Forwarded headers are believed."""

    @property
    def zone(self) -> ZoneInfo:
        """The office zone, ready for `datetime.astimezone`."""
        return ZoneInfo(self.office_zone)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from a mapping, by default the environment of this process.

        Raises BadSetting for a value that cannot be used and for a name nobody reads.
        """
        environ = os.environ if environ is None else environ
        given = {
            name.removeprefix(PREFIX).lower(): value.strip()
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        known = {field.name for field in fields(cls)}
        for name in sorted(given.keys() - known):
            advice = "không có thiết lập này; các thiết lập: " + ", ".join(
                PREFIX + each.upper() for each in sorted(known)
            )
            raise BadSetting(PREFIX + name.upper(), given[name], advice)
        return cls(
            database_url=_database_url(given.get("database_url", cls.database_url)),
            bpmn_folder=_folder(given.get("bpmn_folder", str(cls.bpmn_folder))),
            host=_host(given.get("host", cls.host)),
            port=_port(given.get("port", str(cls.port))),
            office_zone=_zone(given.get("office_zone", cls.office_zone)),
            audit_key=_file("AUDIT_KEY", given.get("audit_key", str(cls.audit_key))),
            rate_limits=_rate_limits(given.get("rate_limits", cls.rate_limits)),
            trusted_proxies=_proxies(given.get("trusted_proxies", str(cls.trusted_proxies))),
        )


def _database_url(value: str) -> str:
    if value.startswith(DATABASES) and value not in DATABASES:
        return value
    advice = "hãy viết sqlite:///TỆP hoặc postgresql+psycopg://NGƯỜI_DÙNG@MÁY/CƠ_SỞ_DỮ_LIỆU"
    raise BadSetting(f"{PREFIX}DATABASE_URL", value, advice)


def _folder(value: str) -> Path:
    if value:
        return Path(value)
    raise BadSetting(f"{PREFIX}BPMN_FOLDER", value, "hãy viết đường dẫn của thư mục thủ tục")


def _file(name: str, value: str) -> Path:
    if value:
        return Path(value)
    raise BadSetting(f"{PREFIX}{name}", value, "hãy viết đường dẫn của tệp")


def _host(value: str) -> str:
    if value and " " not in value:
        return value
    raise BadSetting(f"{PREFIX}HOST", value, "hãy viết địa chỉ máy, ví dụ 127.0.0.1")


def _port(value: str) -> int:
    if value.isascii() and value.isdecimal() and 1 <= int(value) <= MAX_PORT:
        return int(value)
    raise BadSetting(f"{PREFIX}PORT", value, f"cổng là số nguyên từ 1 đến {MAX_PORT}")


def _rate_limits(value: str) -> str:
    for part in value.split():
        if not RATE_LIMIT.fullmatch(part):
            advice = "hãy viết TÊN=SỐ_LẦN/SỐ_GIÂY hoặc TÊN=off, cách nhau bằng dấu cách"
            raise BadSetting(f"{PREFIX}RATE_LIMITS", part, advice)
    return value


def _proxies(value: str) -> int:
    if value.isascii() and value.isdecimal() and int(value) <= MAX_PROXIES:
        return int(value)
    advice = f"số máy trung gian là số nguyên từ 0 đến {MAX_PROXIES}"
    raise BadSetting(f"{PREFIX}TRUSTED_PROXIES", value, advice)


def _zone(value: str) -> str:
    if value in available_timezones():
        return value
    advice = "hãy viết tên múi giờ IANA, ví dụ Asia/Ho_Chi_Minh"
    raise BadSetting(f"{PREFIX}OFFICE_ZONE", value, advice)
