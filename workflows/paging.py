"""Pages of lists: how long one may be, and where the next one starts, as one opaque text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from workflows.errors import InvalidInput

MOST_ROWS = 200


def page_size(limit: int) -> int:
    """Return how many rows a page has when so many are asked for."""
    return max(1, min(limit, MOST_ROWS))


def next_place(order: str, place: Sequence[Any]) -> str:
    """Return the cursor that goes on after a place in an order."""
    packed = orjson.dumps([order, *place])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_place(cursor: str, order: str, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """Return the place a cursor names, None for the first page; raises InvalidInput.

    `kinds` are the types of its parts; a cursor of another order is refused.
    """
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        named, *parts = orjson.loads(packed)
        place = tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (binascii.Error, orjson.JSONDecodeError, ValueError, TypeError):
        named, place = None, ()
    if named != order:
        raise InvalidInput("cursor", "hãy dùng đúng giá trị đã nhận ở trang trước")
    return place


def _part(part: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError(part)
        return moment
    if not isinstance(part, kind) or isinstance(part, bool):
        raise TypeError(part)
    return part
