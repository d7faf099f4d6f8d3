"""PDF: readable, not locked, of bounded length, and nothing in it that acts or hides.

Every object is looked at, whatever refers to it, names decoded; then the bytes once more for names
that only a repairing reader would find.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from workflows.inspection.verdict import Refused, Verdict

MOST_PAGES = 500
MOST_OBJECTS = 200_000
MOST_DEPTH = 100
TAIL = 2_048
KEYS = frozenset(
    {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/RichMediaContent", "/EF", "/OpenActionURI"}
)
ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition",
        "/Movie", "/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/SetOCGState",
    }
)  # fmt: skip
KINDS = frozenset({"/EmbeddedFile", "/Filespec"})
ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})
RAW = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
FAULTS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)


def look(path: Path) -> Verdict:
    """Return what the PDF is; raises Refused."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        raise Refused("polyglot", "tệp PDF có kèm một tệp nén")
    if b"%%EOF" not in content[-TAIL:]:
        raise Refused("broken", "tệp PDF không đầy đủ; hãy xuất hoặc quét lại")
    plain = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), content)
    if any(name in plain for name in RAW):
        raise Refused("active", "tệp PDF có mã chạy, tệp nhúng hoặc lệnh mở chương trình")
    try:
        pages = _walked(path)
    except (*FAULTS, RecursionError, OSError, MemoryError, NotImplementedError):
        raise Refused("broken", "tệp PDF hỏng; hãy xuất hoặc quét lại") from None
    return Verdict(media_type="application/pdf", extension=".pdf", pages=pages)


def _walked(path: Path) -> int:
    reader = PdfReader(path, strict=False)
    if reader.is_encrypted:
        raise Refused("locked", "tệp PDF đặt mật khẩu; hãy bỏ mật khẩu rồi nộp lại")
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        raise Refused("pages", f"tệp PDF phải có từ 1 đến {MOST_PAGES} trang")
    for count, found in enumerate(_objects(reader)):
        if count > MOST_OBJECTS:
            raise Refused("objects", "tệp PDF quá phức tạp; hãy quét lại")
        _check(found, 0)
    for page in reader.pages:
        page.get_contents()  # decodes the streams: a bomb of them is bounded by the library
    return pages


def _objects(reader: PdfReader) -> Iterator[Any]:
    yield reader.trailer
    for generation, numbers in reader.xref.items():
        for number in numbers:
            yield _resolved(IndirectObject(number, generation, reader))
    for number in reader.xref_objStm:
        yield _resolved(IndirectObject(number, 0, reader))


def _resolved(reference: IndirectObject) -> Any:
    """Return an object; one that cannot be read is nothing that could act."""
    try:
        return reference.get_object()
    except FAULTS:
        return None


def _check(value: Any, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise Refused("objects", "tệp PDF lồng quá sâu; hãy quét lại")
    if isinstance(value, DictionaryObject):
        if _acts(value):
            raise Refused("active", "tệp PDF có mã chạy, tệp nhúng hoặc lệnh mở chương trình")
        for inner in dict.values(value):
            _check(inner, depth + 1)
    elif isinstance(value, ArrayObject):
        for inner in list.__iter__(value):
            _check(inner, depth + 1)


def _acts(table: DictionaryObject) -> bool:
    if KEYS & set(map(str, table)):
        return True

    def said(key: str) -> str:
        value = table.get(key)
        return str(value.get_object() if isinstance(value, IndirectObject) else value)

    acts = said("/S") in ACTIONS
    return acts or said("/Type") in KINDS or said("/Subtype") in ANNOTATIONS
