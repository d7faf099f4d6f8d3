"""Reading what came over the wire: bytes to JSON, texts to NFC, with the place of every fault.

Nothing here knows a noun; schemas and the argument parser build on it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, NoReturn

from api.errors import NotJson, NotUtf8

LINE_BREAKS = frozenset("\n\r\t")
HALF_A_PAIR = re.compile("[\ud800-\udfff]")


def decode(body: bytes) -> str:
    """Return the body as text; raises NotUtf8 naming the first bad byte."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"byte thứ {error.start + 1} (0x{body[error.start]:02x})"
        raise NotUtf8(place) from None


def parse(body: bytes) -> Any:
    """Return the JSON value of the body.

    Raises NotUtf8 or NotJson. Names given twice, NaN and Infinity are refused: RFC 8259 knows no
    such numbers, and of two equal names one would be lost silently. So is a name that no answer
    could repeat, because UTF-8 does not write it.
    """
    text = decode(body)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotJson(f"dòng {error.lineno}, cột {error.colno}") from None
    except RecursionError:
        raise NotJson("các dấu ngoặc lồng nhau quá sâu") from None
    except ValueError:
        raise NotJson("có một số quá dài") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if HALF_A_PAIR.search(name):
            raise NotJson("một tên chứa nửa cặp thay thế, không viết được bằng UTF-8")
        if name in seen:
            raise NotJson(f"tên “{name[:80]}” viết hai lần")
        seen[name] = value
    return seen


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"“{name}” không phải là số trong JSON")


def fault_of(text: str) -> str:
    """Say what is wrong with a text that claims to be one, or nothing."""
    for place, letter in enumerate(text, start=1):
        category = unicodedata.category(letter)
        if category == "Cs":
            return f"Ký tự thứ {place} là nửa cặp thay thế, không viết được bằng UTF-8; hãy bỏ đi."
        if category == "Cc" and letter not in LINE_BREAKS:
            code = f"U+{ord(letter):04X}"
            return f"Ký tự thứ {place} là ký tự điều khiển {code}; hãy bỏ đi."
    return ""


def tidy(text: str) -> str:
    """Return the text in NFC, without blanks at its ends."""
    return unicodedata.normalize("NFC", text).strip()
