"""Small readers of XML elements: tags, texts, booleans and references as the standard writes them.

Not for knowing what a tag means: elements.py, definitions.py and loops.py do.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MAX_DIGITS = 12
OURS = "{urn:motcua:bpmn:1}"


def local(element: etree._Element) -> str:
    """Return the tag without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(name: str) -> str:
    """Return the namespace of a tag or attribute name, empty when it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def roots(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the child elements, without comments."""
    return element.iterchildren(tag=etree.Element)


def own(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the children with this BPMN tag."""
    return element.iterchildren(BPMN + tag)


def truth(text: str | None, *, default: bool) -> bool:
    """Read an xsd:boolean, which may be written true, false, 1 or 0."""
    return default if text is None else text.strip() in {"true", "1"}


def bare(reference: str | None) -> str:
    """Return a reference without its namespace prefix."""
    return (reference or "").strip().rpartition(":")[2]


def text_of(element: etree._Element | None) -> str:
    """Return the text of an element and its inline children, or empty."""
    return "" if element is None else "".join(element.itertext()).strip()


def own_text(element: etree._Element, tag: str) -> str:
    """Return the text of the first child with this BPMN tag, or empty."""
    return text_of(next(own(element, tag), None))


def foreign(element: etree._Element, *names: str) -> str:
    """Return the first attribute with such a local name, whatever its namespace."""
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] in names:
            return str(value)
    return ""


def line_of(element: etree._Element) -> int:
    """Return the line of the file the element begins in."""
    return element.sourceline or 0


def integer_of(text: str) -> str:
    """Return an xsd:integer without sign and leading zeros; any other text as it is."""
    bare_text = text.strip().removeprefix("+")
    if bare_text.isascii() and bare_text.isdigit() and len(bare_text) < MAX_DIGITS:
        return str(int(bare_text))
    return text.strip()
