"""Makes sixty and more hostile files, each by its name; nothing of them is kept in the tree."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from workflows.inspection.office import ODT, SHEET, WORD

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/{part}" ContentType="{kind}.main+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
BODY = f"<w:document {W}><w:body><w:p/></w:body></w:document>"
ODF_NS = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))


def pdf(change: Callable[[PdfWriter], object] | None = None, pages: int = 1) -> bytes:
    """Return a PDF of empty pages, changed."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=72, height=72)
    if change is not None:
        change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def action(kind: str, **more: str) -> DictionaryObject:
    """Return an action of a PDF."""
    values: dict[Any, Any] = {NameObject("/S"): NameObject(kind)}
    values |= {NameObject(f"/{k}"): TextStringObject(v) for k, v in more.items()}
    return DictionaryObject(values)


def opening(kind: str, **more: str) -> bytes:
    """Return a PDF that acts when it is opened."""

    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = action(kind, **more)

    return pdf(change)


def annotated(subtype: str, **more: str) -> bytes:
    """Return a PDF with an annotation; `more` are its action's values."""

    def change(writer: PdfWriter) -> None:
        note = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject(subtype),
                NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            }
        )
        if more:
            note[NameObject("/A")] = action(more.pop("kind"), **more)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return pdf(change)


def hidden_script() -> bytes:
    """Return a PDF whose script stands in a packed object nothing refers to."""

    def change(writer: PdfWriter) -> None:
        writer._add_object(action("/JavaScript", JS="app.alert(1)"))

    return pdf(change)


def named_script() -> bytes:
    """Return a PDF with a script in its tree of names, in the way of old readers."""

    def change(writer: PdfWriter) -> None:
        names = ArrayObject([TextStringObject("a"), action("/JavaScript", JS="app.alert(1)")])
        tree = DictionaryObject({NameObject("/Names"): names})
        kinds = DictionaryObject({NameObject("/JavaScript"): tree})
        writer.root_object[NameObject("/Names")] = kinds

    return pdf(change)


def pdf_bomb() -> bytes:
    """Return a small PDF whose page unpacks to a gigabyte, packed twice."""

    def change(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
        stream._data = zlib.compress(packed, 9)
        stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * 2)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return pdf(change)


def forms() -> bytes:
    """Return a PDF with an XFA form."""

    def change(writer: PdfWriter) -> None:
        form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
        writer.root_object[NameObject("/AcroForm")] = form

    return pdf(change)


def nested_pages() -> bytes:
    """Return a PDF whose tree of pages contains itself."""

    def change(writer: PdfWriter) -> None:
        root = writer.root_object["/Pages"]
        root[NameObject("/Kids")] = ArrayObject([root.indirect_reference])  # type: ignore[index]

    return pdf(change)


def package(parts: dict[str, str | bytes], **how: int) -> bytes:
    """Return a zip package of parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how.get("compression", zipfile.ZIP_DEFLATED)) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def docx(more: dict[str, str | bytes] | None = None, body: str = BODY, kind: str = WORD) -> bytes:
    """Return a Word file with more parts."""
    types = CONTENT_TYPES.format(part="word/document.xml", kind=kind)
    return package({"[Content_Types].xml": types, "word/document.xml": body, **(more or {})})


def xlsx(more: dict[str, str | bytes] | None = None, book: str = "<workbook/>") -> bytes:
    """Return an Excel file with more parts."""
    types = CONTENT_TYPES.format(part="xl/workbook.xml", kind=SHEET)
    return package({"[Content_Types].xml": types, "xl/workbook.xml": book, **(more or {})})


def odt(content: str = f"<office:document-content {ODF_NS}/>", **more: str | bytes) -> bytes:
    """Return an OpenDocument text."""
    return package({"mimetype": ODT, "content.xml": content, **more})


def picture(kind: str = "PNG", size: tuple[int, int] = (20, 20)) -> bytes:
    """Return a picture."""
    target = io.BytesIO()
    Image.new("L", size, 255).save(target, kind)
    return target.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it has this size and holds almost nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        seal = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + seal

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """Return a PNG with a text that unpacks to a hundred megabytes."""
    whole = picture()
    data = b"Comment\0\0" + zlib.compress(bytes(100 << 20), 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return whole[:33] + chunk + whole[33:]


def animated() -> bytes:
    """Return a PNG of two frames."""
    target = io.BytesIO()
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 255)]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    return target.getvalue()


def lying_zip() -> bytes:
    """Return a Word file whose big member says it is small."""
    made = bytearray(docx({"word/media/image1.png": bytes(30 << 20)}))
    real, lie = struct.pack("<I", 30 << 20), struct.pack("<I", 100)
    return bytes(made.replace(real, lie))


def many_members() -> bytes:
    """Return a Word file of very many members."""
    return docx({f"word/media/{n}.txt": "" for n in range(3_000)})


def locked_zip() -> bytes:
    """Return a Word file that says it is encrypted."""
    made = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + offset] |= 1
    return bytes(made)


def doubled_member() -> bytes:
    """Return a Word file with two members of one name but for its capitals."""
    return docx({"word/a.xml": "<a/>", "word/A.xml": "<a/>"})


def relation(target: str, kind: str) -> bytes:
    """Return a Word file that takes a part from elsewhere."""
    link = f'{RELS}<Relationship Id="r" Type="x/{kind}" Target="{target}" TargetMode="External"/>'
    return docx({"word/_rels/document.xml.rels": f"{link}</Relationships>"})


def field(instruction: str) -> bytes:
    """Return a Word file with a field."""
    run = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return docx(body=f"<w:document {W}><w:body><w:p>{run}</w:p></w:body></w:document>")


def doctype(inner: str) -> bytes:
    """Return a Word file whose text declares entities."""
    return docx(body=f"<!DOCTYPE x [{inner}]><x>&l8;</x>")
