"""Marshmallow fields and the base schema of every body and query: strict, NFC, in Vietnamese.

Unknown fields are refused, texts are normalised at the door, and each refusal says what to do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields

from api.rest.text import fault_of, tidy

MAX_TEXT = 2_000
MAX_FACT_TEXT = 4_000
MAX_FACTS = 200
MAX_WHOLE = 2**53 - 1

REQUIRED = "Thiếu trường này; hãy thêm vào."
NOT_NULL = "Không được để null; hãy ghi một giá trị hoặc bỏ trường này."

TEXT_MESSAGES = {
    "required": REQUIRED,
    "null": NOT_NULL,
    "invalid": "Phải là một chuỗi ký tự.",
    "empty": "Không được để trống; hãy ghi nội dung.",
    "long": "Dài quá {most} ký tự; hãy viết ngắn lại.",
}
WHOLE_MESSAGES = {
    "required": REQUIRED,
    "null": NOT_NULL,
    "invalid": "Phải là số nguyên.",
    "too_large": "Số quá lớn.",
    "range": "Phải từ {least} đến {most}.",
}
FLAG_MESSAGES = {
    "required": REQUIRED,
    "null": NOT_NULL,
    "invalid": "Phải là true hoặc false.",
}
CHOICE_MESSAGES = {"choice": "Phải là một trong: {choices}."}
FACTS_MESSAGES = {
    "required": REQUIRED,
    "null": NOT_NULL,
    "invalid": "Phải là một đối tượng JSON gồm tên và giá trị.",
    "many": "Nhiều quá {most} dữ kiện trong một lần gửi.",
}


class Strict(ma.Schema):
    """A body or a query: whatever is not declared is refused by name."""

    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[misc]  # the base declares no ClassVar
        "unknown": "Không có trường nào tên như vậy; hãy xem tài liệu API và bỏ trường này.",
        "type": "Phải là một đối tượng JSON.",
    }

    class Meta:
        """Refuse unknown fields."""

        unknown = ma.RAISE


class Text(fields.String):
    """A text of people: NFC, no control characters, blanks at the ends taken off."""

    def __init__(self, *, most: int = MAX_TEXT, blank: bool = False, **options: Any) -> None:
        """Allow at most `most` characters, and an empty text only where `blank` says so."""
        self.most = most
        self.blank = blank
        bounds = {"maxLength": most} if blank else {"minLength": 1, "maxLength": most}
        super().__init__(**_described(options, TEXT_MESSAGES, **bounds))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if fault := fault_of(text):
            raise ma.ValidationError(fault)
        text = tidy(text)
        if not text and not self.blank:
            raise self.make_error("empty")
        if len(text) > self.most:
            raise self.make_error("long", most=self.most)
        return text


class Whole(fields.Integer):
    """A whole number, never a text or a decimal in a body."""

    def __init__(self, *, least: int = 0, most: int = MAX_WHOLE, **options: Any) -> None:
        """Allow values from `least` to `most`, both included."""
        self.least = least
        self.most = most
        super().__init__(**_described(options, WHOLE_MESSAGES, minimum=least, maximum=most))

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool | float):
            raise self.make_error("invalid")
        number: int | None = super()._validated(value)
        if number is None or not self.least <= number <= self.most:
            raise self.make_error("range", least=self.least, most=self.most)
        return number


class Flag(fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    def __init__(self, **options: Any) -> None:
        """Accept `true` and `false` alone; as words too, for queries."""
        super().__init__(
            truthy={True, "true"}, falsy={False, "false"}, **_described(options, FLAG_MESSAGES)
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **kwargs))


class Choice(Text):
    """One word out of a short list."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        """Allow the words in `choices` and no others."""
        self.choices = choices
        super().__init__(**_described(options, CHOICE_MESSAGES, enum=list(choices)))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            raise self.make_error("choice", choices=", ".join(self.choices))
        return text


class Facts(fields.Dict):
    """Routing facts: a flat object of short names; lists hold plain values only."""

    def __init__(self, **options: Any) -> None:
        """Allow text, numbers, true, false, null and lists of them."""
        example = {"components_complete": True}
        described = _described(options, FACTS_MESSAGES, example=example)
        super().__init__(keys=Text(most=120), **described)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        values = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        if len(values) > MAX_FACTS:
            raise self.make_error("many", most=MAX_FACTS)
        errors: dict[str, list[str]] = {}
        clean = {name: _fact(name, given, errors) for name, given in values.items()}
        if errors:
            raise ma.ValidationError(errors)
        return clean


def _described(options: dict[str, Any], messages: dict[str, Any], **schema: Any) -> dict[str, Any]:
    messages = {**messages, **options.pop("error_messages", {})}
    metadata = {**schema, **options.pop("metadata", {})}
    return {**options, "error_messages": messages, "metadata": metadata}


def _fact(name: str, value: Any, errors: dict[str, list[str]]) -> Any:
    if isinstance(value, list):
        if len(value) > MAX_FACTS:
            errors[name] = [f"Danh sách dài quá {MAX_FACTS} mục."]
        return [_plain(name, item, errors) for item in value]
    return _plain(name, value, errors)


def _plain(name: str, value: Any, errors: dict[str, list[str]]) -> Any:
    if isinstance(value, str):
        fault = fault_of(value)
        if fault or len(value) > MAX_FACT_TEXT:
            errors[name] = [fault or f"Dài quá {MAX_FACT_TEXT} ký tự."]
        return tidy(value)
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        errors[name] = ["Số quá lớn."]
    elif isinstance(value, float) and not math.isfinite(value):
        errors[name] = ["Phải là số hữu hạn."]
    elif isinstance(value, dict | list):
        errors[name] = ["Phải là chữ, số, true, false hoặc danh sách các giá trị đó."]
    return value


class PaperCount(Strict):
    """How many of one paper were handed in, how it is obtained and how it stands."""

    originals = Whole(most=1_000, load_default=0)
    copies = Whole(most=1_000, load_default=0)
    electronic = Whole(most=1_000, load_default=0)
    mode = Choice(("", "submit", "present", "lookup", "held"), load_default="", blank=True)
    state = Choice(
        ("", "brought", "missing", "looked_up", "held", "open"), load_default="", blank=True
    )
    note = Text(most=500, load_default="", blank=True)


def uploads() -> fields.Dict:
    """Return a field for files uploaded before: component id, or other -> ids."""
    return fields.Dict(
        keys=Text(most=80),
        values=fields.List(Text(most=40)),
        load_default=dict,
        metadata={"description": "Tệp đã tải lên: mã thành phần, hoặc other -> mã tệp."},
    )


def papers(**options: Any) -> fields.Dict:
    """Return a field for papers: component id -> counts."""
    description = "Thành phần hồ sơ: mã -> số bản, cách có được, tình trạng, ghi chú."
    return fields.Dict(
        keys=Text(most=80),
        values=fields.Nested(PaperCount),
        **_described(options, FACTS_MESSAGES, description=description),
    )
