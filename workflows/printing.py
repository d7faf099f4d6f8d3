"""Turns a paper into PDF/A-2a with typst: data as JSON, a QR as SVG, one compiler kept warm.

Not for what a paper says (engine.law.papers) and not for how it looks (bpmn/shared/forms).
"""

from __future__ import annotations

import io
import re
import threading
import tomllib
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
import segno
import typst

from engine.errors import Rejected
from engine.law.codes import read_dossier_code
from engine.law.form_sets import Form, FormSet, read_form_sets
from engine.law.papers import Head, Receipt
from engine.law.papers_ledgers import ControlSheet, Register
from engine.law.papers_letters import Apology, Refusal, StopNotice, SupplementRequest
from engine.law.working_time import ZONE

Paper = Receipt | SupplementRequest | Refusal | Apology | StopNotice | ControlSheet | Register
SYSTEM_NAME = "motcua"
PDF_STANDARD: Literal["a-2a"] = "a-2a"
QR_ERROR = "m"
_LEADING_ZERO_MONTHS = 2  # Decree 30/2020: a zero before days under 10 and before months 1 and 2
_PLACE = re.compile(
    r"(?:^|.*\s)(?:xã|phường|thị trấn|huyện|thành phố|tỉnh|khu vực)\s+(?P<name>.+)$"
)
_BOX = "□"
_MOST_UNPRINTABLE = 200
_REFUSED = re.compile(r'(?:text|codepoint) `"([^`]+)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class UnprintableText(Rejected):
    """A paper holds more characters than can be replaced that no font of this machine has."""

    code = "unprintable_text"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("Văn bản có quá nhiều ký tự mà phông chữ không có; hãy sửa lại hồ sơ.")


class Printer:
    """Prints papers from one folder of templates; safe to share between threads."""

    def __init__(self, folder: Path, public_url: str = "") -> None:
        """Read the form sets; raises FormSetInvalid, or OSError where the folder is missing."""
        values = tomllib.loads((folder / "form_sets.toml").read_text(encoding="utf-8"))
        self.form_sets = read_form_sets(values)
        self._public_url = public_url
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(input=str(folder / "main.typ"), root=str(folder))

    def render(self, paper: Paper, form_set: FormSet) -> bytes:
        """Return the paper as PDF/A-2a; the same paper gives the same bytes on one machine."""
        form = form_set.form(paper.form)
        data = page_data(paper, form, form_set)
        data["lookup"] = lookup_of(paper, self._public_url)
        issued = paper.issued_at if isinstance(paper, Register) else paper.head.issued_at
        text = orjson.dumps(data).decode()
        for _ in range(_MOST_UNPRINTABLE):
            try:
                return self._compile(text, int(issued.timestamp()))
            except typst.TypstError as fault:
                refused = unprintable(str(fault))
                if not refused:
                    raise
                text = text.translate(dict.fromkeys(map(ord, refused), _BOX))
        raise UnprintableText

    def _compile(self, data: str, timestamp: int) -> bytes:
        with self._lock:
            content = self._compiler.compile(
                format="pdf",
                sys_inputs={"data": data},
                pdf_standards=[PDF_STANDARD],
                timestamp=timestamp,
            )
        if not isinstance(content, bytes):
            raise TypeError("typst gives one file for a PDF")
        return content


def unprintable(fault: str) -> frozenset[str]:
    """Return the characters typst says no font has or no PDF/A may hold; a box is printed instead.

    One name in a script the fonts of this machine lack must not keep a whole register from print.
    """
    found = _REFUSED.search(fault)
    if found is None:
        return frozenset()
    named = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
    return frozenset(sign for sign in named if not sign.isascii())


def page_data(paper: Paper, form: Form, form_set: FormSet) -> dict[str, Any]:
    """Return what a template reads: the paper with dates in words, its form, its QR."""
    data: dict[str, Any] = _spoken(asdict(paper)) | {
        "form": asdict(form),
        "form_set": {"name": form_set.name, "text": form_set.text},
        "number": "",
        "qr": {},
    }
    if isinstance(paper, Register):
        return data | {"subject": paper.agency, "issuer": paper.agency}
    text = qr_text(paper, form)
    data["number"] = _number(paper, form)
    data["qr"] = {"svg": qr_svg(text), "alt": f"Mã QR: {text}"}
    return data | {"subject": paper.head.dossier, "issuer": paper.head.agency}


def qr_text(paper: Paper, form: Form) -> str:
    """Return what the QR of a paper says (TT 01/2023/TT-VPCP Điều 26), fields split by `|`.

    Dossier code, procedure code, applicant's id (as it may be shown), document name, system,
    moment of issue; on a receipt also the due moment. The register of many has none.
    """
    if isinstance(paper, Register):
        return ""
    top: Head = paper.head
    parts = [top.dossier, top.procedure, top.applicant.id_number, form.title, SYSTEM_NAME]
    parts.append(top.issued_at.isoformat(timespec="minutes"))
    if isinstance(paper, Receipt):
        parts.append(paper.due_at.isoformat(timespec="minutes"))
    return "|".join(parts)


def lookup_of(paper: Paper, public_url: str) -> dict[str, str]:
    """Return the code of the public look-up and, where an address is set, its QR."""
    token = paper.token if isinstance(paper, Receipt) else ""
    if not token or not public_url:
        return {"token": token, "svg": "", "url": ""}
    url = f"{public_url}/tra-cuu/{token}"
    return {"token": token, "svg": qr_svg(url), "url": url}


def qr_svg(text: str) -> str:
    """Return a QR code (medium correction, quiet zone of four modules) as SVG."""
    buffer = io.BytesIO()
    code = segno.make(text, error=QR_ERROR, micro=False, encoding="utf-8")
    code.save(buffer, kind="svg", xmldecl=False, border=4, light="white", omitsize=True)
    return buffer.getvalue().decode()


def place_of(agency_name: str) -> str:
    """Return the place name an agency signs under: the commune or province in its name."""
    match = _PLACE.match(agency_name)
    return match["name"] if match else ""


def in_words(day: date) -> str:
    """Return `ngày 02 tháng 3 năm 2026`, with the zeros Decree 30/2020 wants."""
    month = f"{day.month:02}" if day.month <= _LEADING_ZERO_MONTHS else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def _number(paper: Paper, form: Form) -> str:
    """Return the number of a paper: the receipt's is the dossier's, others get theirs by hand."""
    number = "……"
    if isinstance(paper, Receipt):
        try:
            number = read_dossier_code(paper.head.dossier)[2]
        except Rejected:
            number = paper.head.dossier
    return f"{number}/{form.symbol}" if form.symbol else number


def _spoken(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value.astimezone(ZONE))
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, dict):
        return {key: _spoken(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_spoken(one) for one in value]
    return value


def _moment(moment: datetime) -> dict[str, str]:
    words = in_words(moment.date())
    return {
        "full": f"{moment:%H} giờ {moment:%M} phút, {words}",
        "words": words,
        "short": f"{moment:%H:%M %d/%m/%Y}",
        "day": f"{moment:%d/%m/%Y}",
    }
