"""What an installation may choose; the only reader of the environment.

Not for law (that is `bpmn/`) and not for what differs per agency (that is data).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

PREFIX = "MOTCUA_"
MAX_PORT = 65535
MAX_PROXIES = 9
SMTP_SECURITY = ("starttls", "tls", "none")
RATE_LIMIT = re.compile(r"[a-z_]+=(off|[1-9][0-9]{0,6}/[1-9][0-9]{0,6})")
WEB_ADDRESS = re.compile(r"https?://[^/\s?#@]+/?")
INSTALLATION = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
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

    audit_key: Path = Path("var/audit-key.pem")
    """The file of the key that signs roots of the record; its public keys lie beside it in
    `….pub`. Keep it apart from the database: who has both can write another history."""

    file_store: str = "var/files"
    """Where the bytes of files are kept: a folder, or an address such as `s3://bucket/folder`."""

    backup_folder: str = ""
    """The folder copies of the database are put into: `motcua doctor` says when the newest is too
    old. Empty: nobody looks."""

    virus_scanner: str = ""
    """The clamd that looks at files before they are served: `tcp://host:3310` or
    `unix:/run/clamd.sock`; empty means that nobody does."""

    personal_key: Path = Path("var/personal-key")
    """The file of the key that hashes national ids; made at the first start. Who has it and the
    database can try ids until one fits."""

    rate_limits: str = ""
    """How often somebody may ask, over the defaults: `api=6000/60 anonymous=600/60 lookup=10/60
    wrong_code=5/3600 sign_in=10/60 bridge=6000/60`, each so many in so many seconds;
    `api=off` lifts one."""

    trusted_proxies: int = 0
    """How many proxies stand before the program; their X-Forwarded headers are believed."""

    public_url: str = ""
    """Where people reach the program, for example https://motcua.example.gov.vn; over HTTPS the
    cookie of a session is sent over nothing else. Empty: as the request says."""

    webhook_networks: str = ""
    """Networks that are not public and may be told by webhook all the same, in CIDR notation with
    blanks between: `10.20.0.0/16 192.0.2.0/24`."""

    smtp_host: str = ""
    """The mail server; empty means that no letters are sent."""

    smtp_port: int = 587
    """The port of the mail server."""

    smtp_security: str = "starttls"
    """How the way to the mail server is secured: `starttls`, `tls` or `none`."""

    smtp_user: str = ""
    """The user at the mail server, empty for none."""

    smtp_password: str = ""
    """The password at the mail server."""

    smtp_from: str = ""
    """Who writes the letters: `Một cửa <motcua@example.vn>`."""

    oidc_issuer: str = ""
    """The identity provider people may sign in by (OpenID Connect); empty for none."""

    oidc_client_id: str = ""
    """What the identity provider calls this program."""

    oidc_client_secret: str = ""
    """What the program proves itself with to the identity provider."""

    oidc_claim: str = "preferred_username"
    """The claim that holds the code of a person here; roles are never taken from claims."""

    oidc_name: str = "đăng nhập một lần của tỉnh"
    """What people call the identity provider."""

    installation: str = ""
    """The name of this installation on the bridge to others, like a host's:
    `motcua.example.gov.vn`; empty: it is on none."""

    bridge_key: Path = Path("var/bridge-key.pem")
    """The file of the key that signs what other installations are told; made at the first start.
    Who has it can speak for this installation."""

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
            audit_key=_file("AUDIT_KEY", given.get("audit_key", str(cls.audit_key))),
            file_store=given.get("file_store") or cls.file_store,
            backup_folder=given.get("backup_folder", cls.backup_folder),
            virus_scanner=_scanner(given.get("virus_scanner", cls.virus_scanner)),
            personal_key=_file("PERSONAL_KEY", given.get("personal_key", str(cls.personal_key))),
            rate_limits=_rate_limits(given.get("rate_limits", cls.rate_limits)),
            webhook_networks=_networks(given.get("webhook_networks", cls.webhook_networks)),
            smtp_host=given.get("smtp_host", cls.smtp_host),
            smtp_port=_port(given.get("smtp_port", str(cls.smtp_port)), "SMTP_PORT"),
            smtp_security=_security(given.get("smtp_security", cls.smtp_security)),
            smtp_user=given.get("smtp_user", cls.smtp_user),
            smtp_password=given.get("smtp_password", cls.smtp_password),
            smtp_from=given.get("smtp_from", cls.smtp_from),
            public_url=_web_address("PUBLIC_URL", given.get("public_url", cls.public_url)),
            **_identity(given),
            installation=_installation(given.get("installation", cls.installation)),
            bridge_key=_file("BRIDGE_KEY", given.get("bridge_key", str(cls.bridge_key))),
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


def _scanner(value: str) -> str:
    if not value or value.startswith(("tcp://", "unix:/")):
        return value
    advice = "hãy viết tcp://MÁY:CỔNG hoặc unix:/ĐƯỜNG/DẪN"
    raise BadSetting(f"{PREFIX}VIRUS_SCANNER", value, advice)


def _host(value: str) -> str:
    if value and " " not in value:
        return value
    raise BadSetting(f"{PREFIX}HOST", value, "hãy viết địa chỉ máy, ví dụ 127.0.0.1")


def _port(value: str, variable: str = "PORT") -> int:
    if value.isascii() and value.isdecimal() and 1 <= int(value) <= MAX_PORT:
        return int(value)
    raise BadSetting(f"{PREFIX}{variable}", value, f"cổng là số nguyên từ 1 đến {MAX_PORT}")


def _networks(value: str) -> str:
    for part in value.split():
        try:
            ipaddress.ip_network(part)
        except ValueError:
            advice = "hãy viết mạng theo CIDR, ví dụ 10.20.0.0/16, cách nhau bằng dấu cách"
            raise BadSetting(f"{PREFIX}WEBHOOK_NETWORKS", part, advice) from None
    return value


def _security(value: str) -> str:
    if value in SMTP_SECURITY:
        return value
    raise BadSetting(f"{PREFIX}SMTP_SECURITY", value, f"chỉ nhận: {', '.join(SMTP_SECURITY)}")


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


def _identity(given: Mapping[str, str]) -> dict[str, str]:
    names = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_claim", "oidc_name")
    chosen = {name: given[name] for name in names if given.get(name)}
    if chosen.get("oidc_issuer") and not chosen.get("oidc_client_id"):
        raise BadSetting(f"{PREFIX}OIDC_CLIENT_ID", "", "hãy ghi mã do nơi cấp danh tính đặt")
    return chosen


def _installation(value: str) -> str:
    if not value or INSTALLATION.fullmatch(value):
        return value
    advice = "hãy ghi tên như tên máy: chữ thường, số, dấu chấm, gạch nối"
    raise BadSetting(f"{PREFIX}INSTALLATION", value, advice)


def _web_address(name: str, value: str) -> str:
    if not value or WEB_ADDRESS.fullmatch(value):
        return value.rstrip("/")
    advice = "hãy viết https://TÊN_MIỀN, không kèm đường dẫn"
    raise BadSetting(f"{PREFIX}{name}", value, advice)
