"""Hostile uploads: every one is refused, or comes out harmless; each is made here and named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflows import hostile_files as make
from workflows.inspecting import FileRefused, clean_name, inspect
from workflows.inspection.office import ODT, WORD

EXTERNAL = '<!ENTITY l8 SYSTEM "file:///etc/passwd">'
SCRIPTED = (
    f"<office:document-content {make.ODF_NS} "
    'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0">'
    '<script:event-listener script:language="ooo:script"/></office:document-content>'
)
DEEP = "<a>" * 500 + "</a>" * 500
MZ, ELF, OLE = b"MZ\x90\0" + bytes(60), b"\x7fELF" + bytes(60), b"\xd0\xcf\x11\xe0" + bytes(60)

HOSTILE: dict[str, Callable[[], bytes]] = {
    # --- not on the list ---
    "empty": lambda: b"",
    "one byte": lambda: b"\0",
    "plain text": lambda: b"hello",
    "html": lambda: b"<!doctype html><script>alert(1)</script>",
    "svg with script": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "xml": lambda: b'<?xml version="1.0"?><a/>',
    "windows program": lambda: MZ,
    "linux program": lambda: ELF,
    "shell script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "old word file": lambda: OLE,
    "gif": lambda: make.picture("GIF"),
    "bmp": lambda: make.picture("BMP"),
    "tiff": lambda: make.picture("TIFF"),
    "rtf": lambda: rb"{\rtf1\object}",
    "gzip": lambda: b"\x1f\x8b\x08" + bytes(30),
    "pdf after html": lambda: b"<script>alert(1)</script>" + make.pdf(),
    # --- pictures ---
    "png of a billion pixels": lambda: make.png_of(60_000, 60_000),
    "png of one endless line": lambda: make.png_of(200_000, 3),
    "png without its end": lambda: make.picture()[:60],
    "png with a text bomb": make.text_bomb,
    "png with a zip behind": lambda: make.picture() + make.package({"a": "b"}),
    "png with html behind": lambda: make.picture() + b"<script>alert(1)</script>",
    "png of two frames": make.animated,
    "png that is only a head": lambda: b"\x89PNG\r\n\x1a\n",
    "jpeg cut off": lambda: make.picture("JPEG", (400, 400))[:300],
    "jpeg with a zip behind": lambda: make.picture("JPEG") + make.package({"a": "b"}),
    "jpeg that is only a head": lambda: b"\xff\xd8\xff\xe0" + bytes(40),
    # --- pdf ---
    "pdf with javascript on opening": lambda: make.opening("/JavaScript", JS="app.alert(1)"),
    "pdf with a hidden script": make.hidden_script,
    "pdf with a named script": make.named_script,
    "pdf that launches a program": lambda: make.opening("/Launch", F="calc.exe"),
    "pdf that launches on a click": lambda: make.annotated("/Link", kind="/Launch", F="a.exe"),
    "pdf that sends a form": lambda: make.opening("/SubmitForm", F="https://x.invalid"),
    "pdf that imports data": lambda: make.opening("/ImportData", F="a.fdf"),
    "pdf that opens another file": lambda: make.opening("/GoToR", F="a.pdf"),
    "pdf with a file inside": lambda: make.pdf(lambda w: w.add_attachment("a.exe", MZ)),
    "pdf with an attached note": lambda: make.annotated("/FileAttachment"),
    "pdf with rich media": lambda: make.annotated("/RichMedia"),
    "pdf with an xfa form": make.forms,
    "pdf with spelled out names": lambda: make.opening("/JavaScript", JS="1").replace(
        b"/JavaScript", b"/J#61vaScript"
    ),
    "pdf with a password": lambda: make.pdf(lambda w: w.encrypt("secret", algorithm="RC4-128")),
    "pdf of too many pages": lambda: make.pdf(pages=501),
    "pdf of no pages": lambda: make.pdf(pages=0),
    "pdf whose pages contain themselves": make.nested_pages,
    "pdf bomb": make.pdf_bomb,
    "pdf cut off": lambda: make.pdf()[:200],
    "pdf with a zip behind": lambda: make.pdf() + make.package({"a": "b"}),
    "pdf that is only a head": lambda: b"%PDF-1.7\n%%EOF",
    # --- office files ---
    "zip of anything": lambda: make.package({"readme.txt": "hello"}),
    "docx with macros": lambda: make.docx({"word/vbaProject.bin": b"x"}),
    "docx that says it has macros": lambda: make.docx(
        kind="application/vnd.ms-word.document.macroEnabled"
    ),
    "docx with activex": lambda: make.docx({"word/activeX/activeX1.xml": "<a/>"}),
    "docx with an embedded object": lambda: make.docx({"word/embeddings/a.xlsx": b"x"}),
    "docx with a program as picture": lambda: make.docx({"word/media/image1.png": MZ}),
    "docx with an archive inside": lambda: make.docx(
        {"word/media/image1.png": make.package({"a": "b"})}
    ),
    "docx with entity bomb": lambda: make.doctype(f'<!ENTITY l0 "ha">{make.LAUGHS}'),
    "docx that reads a local file": lambda: make.doctype(EXTERNAL),
    "docx with a template elsewhere": lambda: make.relation(
        "https://x.invalid/a.dotm", "attachedTemplate"
    ),
    "docx with a picture elsewhere": lambda: make.relation("https://x.invalid/a.png", "image"),
    "docx that calls a program": lambda: make.field(r"DDEAUTO c:\\windows\\cmd.exe"),
    "docx nested deep": lambda: make.docx(body=DEEP),
    "docx with broken xml": lambda: make.docx(body="<w:document"),
    "docx that climbs out": lambda: make.docx({"../../evil.txt": "x"}),
    "docx with an absolute name": lambda: make.docx({"/evil.txt": "x"}),
    "docx with a drive name": lambda: make.docx({"C:/evil.txt": "x"}),
    "docx with two parts of one name": make.doubled_member,
    "docx of very many parts": make.many_members,
    "docx bomb": lambda: make.docx({"word/media/a.txt": bytes(100 << 20)}),
    "docx bomb that lies": make.lying_zip,
    "docx that is locked": make.locked_zip,
    "docx behind a program": lambda: MZ + make.docx(),
    "docx behind a zip head": lambda: b"PK\x03\x04" + bytes(40) + make.docx(),
    "docx with something behind": lambda: make.docx() + b"<script>alert(1)</script>" * 3_000,
    "docx cut off": lambda: make.docx()[:-30],
    "xlsx with outside links": lambda: make.xlsx({"xl/externalLinks/externalLink1.xml": "<a/>"}),
    "xlsx with a program behind a cell": lambda: make.xlsx(book="<workbook><ddeLink/></workbook>"),
    "odt with basic": lambda: make.odt(**{"Basic/Standard/script-lb.xml": "<a/>"}),
    "odt with scripts": lambda: make.odt(**{"Scripts/python/a.py": "x"}),
    "odt that listens": lambda: make.odt(SCRIPTED),
    "odt with an object": lambda: make.odt(**{"Object 1/content.xml": "<a/>"}),
}

NAMES = {
    "../../etc/passwd": "passwd.pdf",
    "..\\..\\windows\\system32\\a.pdf": "a.pdf",
    "/absolute/đơn.pdf": "đơn.pdf",
    "C:\\đơn xin.PDF": "đơn xin.pdf",
    "đơn\0.exe": "đơn.pdf",
    "gpj.\u202eexe.pdf": "gpj.exe.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie x=1.pdf",
    '"; filename="evil.html': "; filename=evil.pdf",
    "con.pdf": "tep.pdf",
    "....": "tep.pdf",
    "": "tep.pdf",
    " .pdf": "tep.pdf",
    "hóa đơn.pdf.exe": "hóa đơn.pdf.pdf",
    unicodedata.normalize("NFD", "giấy ủy quyền.pdf"): "giấy ủy quyền.pdf",
    "\u200b\u200d.pdf": "tep.pdf",
}


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(HOSTILE[name]())
    with pytest.raises(FileRefused) as refused:
        inspect(path)
    assert refused.value.reason
    assert str(tmp_path) not in refused.value.message


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_a_hostile_name_becomes_harmless(given: str, kept: str) -> None:
    assert clean_name(given, ".pdf") == kept


def test_a_name_too_long_is_cut() -> None:
    assert len(clean_name("ơ" * 5_000 + ".pdf", ".pdf")) == 124


GOOD: dict[str, tuple[Callable[[], bytes], str, int]] = {
    "pdf": (lambda: make.pdf(pages=3), "application/pdf", 3),
    "pdf with a link": (
        lambda: make.annotated("/Link", kind="/URI", URI="https://x"),
        "application/pdf",
        1,
    ),
    "png": (make.picture, "image/png", 1),
    "jpeg": (lambda: make.picture("JPEG"), "image/jpeg", 1),
    "docx": (make.docx, WORD, 1),
    "docx with a link": (lambda: make.relation("https://x.invalid", "hyperlink"), WORD, 1),
    "odt": (make.odt, ODT, 1),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_honest_file_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    made, media_type, pages = GOOD[name]
    path = tmp_path / "whatever.exe"
    path.write_bytes(made())
    found = inspect(path)
    assert (found.media_type, found.pages) == (media_type, pages)
