"""Office files: zip packages with text and pictures, without macros, objects or outside parts.

Every member is read to its end within bounds, every XML part is parsed without entities.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.parsers import expat

from workflows.inspection.verdict import Refused, Verdict

MOST_MEMBERS = 2_000
MOST_BYTES = 200 * 1024 * 1024
MOST_RATIO = 200  # of unpacked to packed, for members above a megabyte
MEGABYTE = 1024 * 1024
MOST_DEPTH = 256
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT, ODS = (
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
)
EXTENSIONS = {WORD: ".docx", SHEET: ".xlsx", ODT: ".odt", ODS: ".ods"}
MACROS = re.compile(
    r"vba|macro|activex|(^|/)embeddings/|oleobject|externallinks/|^basic/|^scripts/|\.bin$"
    r"|^object ?\d|attachedtoolbars|customui",
    re.IGNORECASE,
)
DANGEROUS_NAME = re.compile(r"^/|^[A-Za-z]:|\\|\x00|(^|/)\.\.(/|$)")
HYPERLINK = "/hyperlink"
DDE = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
ACTING = frozenset({"event-listener", "dde-source", "dde-link", "script", "plugin", "applet"})


def look(path: Path) -> Verdict:
    """Return what the package is; raises Refused."""
    try:
        with zipfile.ZipFile(path) as package:
            _names(package)
            parts = _parts(package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise Refused("broken", "tệp văn phòng hỏng hoặc không đầy đủ") from None
    media_type = _media_type(parts)
    for name, content in parts.items():
        if name.lower().endswith((".xml", ".rels", ".rdf")):
            _Part(name).parse(content)
    return Verdict(media_type=media_type, extension=EXTENSIONS[media_type])


def _names(package: zipfile.ZipFile) -> None:
    members = package.infolist()
    names = [m.orig_filename for m in members]
    if package.comment or (members and min(m.header_offset for m in members) != 0):
        raise Refused("polyglot", "tệp văn phòng có dữ liệu lạ ở đầu hoặc cuối")
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_BYTES:
        raise Refused("bomb", "tệp văn phòng giải nén ra quá lớn")
    if len({n.casefold() for n in names}) != len(names):
        raise Refused("names", "tệp văn phòng có hai phần trùng tên")
    if any(DANGEROUS_NAME.search(name) for name in names):
        raise Refused("names", "tệp văn phòng có đường dẫn trỏ ra ngoài")
    if any(m.flag_bits & 0x1 for m in members):
        raise Refused("locked", "tệp văn phòng đặt mật khẩu; hãy bỏ mật khẩu rồi nộp lại")
    if any(MACROS.search(name) for name in names):
        raise Refused("macro", "tệp văn phòng có macro hoặc đối tượng nhúng")


def _parts(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Read every member whole, counting what really comes out and not what is promised."""
    parts, total = {}, 0
    for member in package.infolist():
        if member.file_size > MEGABYTE and member.file_size > MOST_RATIO * member.compress_size:
            raise Refused("bomb", "tệp văn phòng giải nén ra quá lớn")
        with package.open(member) as stream:
            content = stream.read(MOST_BYTES - total + 1)
        total += len(content)
        if total > MOST_BYTES:
            raise Refused("bomb", "tệp văn phòng giải nén ra quá lớn")
        if content.startswith((b"PK\x03\x04", b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")):
            raise Refused("macro", "trong tệp văn phòng có tệp nén hoặc chương trình")
        parts[member.filename] = content
    return parts


def _media_type(parts: dict[str, bytes]) -> str:
    if "mimetype" in parts:
        declared = parts["mimetype"].decode("ascii", "replace").strip()
        if declared in {ODT, ODS} and "content.xml" in parts:
            return declared
    types = parts.get("[Content_Types].xml", b"").decode("utf-8", "replace")
    if re.search(r"macroEnabled|vbaProject|template\.main", types, re.IGNORECASE):
        raise Refused("macro", "tệp văn phòng có macro hoặc là tệp mẫu")
    for media_type, main in ((WORD, "word/document.xml"), (SHEET, "xl/workbook.xml")):
        if f"{media_type}.main+xml" in types and main in parts:
            return media_type
    raise Refused("type", "không phải tệp Word, Excel hoặc OpenDocument được nhận")


class _Part:
    """One XML part, parsed to its end; nothing of it is kept."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._field = False

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat names no parameter
        except (expat.ExpatError, ValueError, LookupError):
            raise Refused("broken", f"phần {self._name} của tệp văn phòng hỏng") from None

    def _doctype(self, *_: object) -> None:
        raise Refused("entities", "tệp văn phòng khai báo DOCTYPE")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Refused("bomb", "tệp văn phòng lồng quá sâu")
        local = tag.rsplit(" ", 1)[-1]
        outside = attributes.get("TargetMode") == "External"
        if outside and not attributes.get("Type", "").endswith(HYPERLINK):
            raise Refused("outside", "tệp văn phòng lấy nội dung từ nơi khác")
        odf = "opendocument" in tag or "openoffice" in tag
        scripted = any("script:" in value for value in attributes.values())
        if (odf and local in ACTING) or scripted:
            raise Refused("macro", "tệp văn phòng có mã chạy")
        self._field = local in {"instrText", "ddeLink"}
        instruction = next((v for k, v in attributes.items() if k.endswith("instr")), "")
        if local == "ddeLink" or DDE.search(instruction):
            raise Refused("macro", "tệp văn phòng gọi chương trình khác")

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        self._field = False

    def _text(self, text: str) -> None:
        if self._field and DDE.search(text):
            raise Refused("macro", "tệp văn phòng gọi chương trình khác")
