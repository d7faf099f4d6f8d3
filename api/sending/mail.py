"""Sends letters over SMTP: plain text and HTML in one, from the installation's own address.

The same letter carries the same Message-ID however often it is sent: a repeat can be told.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from dataclasses import dataclass, field
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr

from api.sending.notices import Notices
from config import Settings
from workflows.parcels import Letter, Receipt

SECONDS = 20.0
SENT = 250
PERMANENT = 500
ONE_CLICK = "List-Unsubscribe=One-Click"
NO_SERVER = "chưa thiết lập máy chủ thư"
NO_NOTICE = "không có mẫu thư"


@dataclass(frozen=True, kw_only=True)
class SmtpMail:
    """Sends a letter and returns what came of it; never raises for what a server does."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    notices: Notices
    public_url: str = ""
    seconds: float = SECONDS
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def of(cls, settings: Settings, notices: Notices) -> SmtpMail:
        """Return the mail of these settings."""
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
            sender=settings.smtp_from,
            notices=notices,
            public_url=settings.public_url,
        )

    def __call__(self, letter: Letter) -> Receipt:
        """Write the letter and hand it to the server."""
        if not self.host or not self.sender:
            return Receipt(final=NO_SERVER)
        if letter.notice not in self.notices:
            return Receipt(final=f"{NO_NOTICE} «{letter.notice}»")
        began = time.monotonic()
        status, fault, final = SENT, "", ""
        try:
            self._send(self.message(letter), letter.to)
        except smtplib.SMTPRecipientsRefused as refused:
            status = max(code for code, _ in refused.recipients.values())
            fault = f"SMTP {status}"
            final = fault if status >= PERMANENT else ""
        except smtplib.SMTPResponseException as error:
            status, fault = error.smtp_code, f"SMTP {error.smtp_code}"
        except (OSError, smtplib.SMTPException, ValueError) as error:
            status, fault = 0, type(error).__name__
        took = round((time.monotonic() - began) * 1000)
        return Receipt(status=status, took_ms=took, fault=fault, final=final)

    def reach(self) -> str:
        """Return what stands in the way of sending letters, empty for nothing; sends none."""
        try:
            with self._open() as server:
                self._enter(server)
                server.noop()
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            return type(fault).__name__
        return ""

    def message(self, letter: Letter) -> MIMEMultipart:
        """Return the letter as a message; raises ValueError for an address that is none.

        Made of the older classes: the newer ones lose blanks of a long subject in Vietnamese.
        """
        stop = self._stop(letter)
        written = self.notices.write(letter.notice, letter.words, stop=stop)
        message = MIMEMultipart("alternative")
        name, address = parseaddr(self.sender)
        headers: dict[str, str | Header] = {
            "Subject": Header(written.subject, "utf-8"),
            "From": formataddr((name, address)),
            "To": letter.to,
            "Date": format_datetime(letter.at),
            "Message-ID": f"<{letter.id}@{self._domain}>",
            "Auto-Submitted": "auto-generated",
        }
        if stop:  # RFC 8058: one step, by the mail program itself
            headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": ONE_CLICK}
        for header, value in headers.items():
            if any(mark in str(value) for mark in "\r\n"):
                raise ValueError(header)
            message[header] = value  # type: ignore[assignment]  # its type knows text alone
        message.attach(MIMEText(written.text, "plain", "utf-8"))
        message.attach(MIMEText(written.html, "html", "utf-8"))
        return message

    def _stop(self, letter: Letter) -> str:
        """Return the address that stops such letters; none where nobody said where we are."""
        if not self.public_url or not letter.stop:
            return ""
        return f"{self.public_url}/ngung-thu/{letter.notice}/{letter.stop}"

    @property
    def _domain(self) -> str:
        return parseaddr(self.sender)[1].partition("@")[2] or "localhost"

    def _send(self, message: MIMEMultipart, to: str) -> None:
        with self._open() as server:
            self._enter(server)
            server.send_message(message, from_addr=parseaddr(self.sender)[1], to_addrs=to)

    def _enter(self, server: smtplib.SMTP) -> None:
        if self.security == "starttls":
            server.starttls(context=self.trust)
        if self.user:
            server.login(self.user, self.password)

    def _open(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, self._domain, timeout=self.seconds, context=self.trust
            )
        return smtplib.SMTP(self.host, self.port, self._domain, timeout=self.seconds)
