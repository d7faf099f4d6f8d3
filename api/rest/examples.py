"""Examples for the OpenAPI document: one body, one answer per route, made from its schema.

A field says its own example in its metadata where its name says too little; names that mean the
same everywhere have theirs here; the rest follows from the kind of field and its bounds.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

MOMENT, DAY = "2026-07-06T08:00:00+07:00", "2026-07-06"
ID = "7c0f3f6e-5a0e-4b7e-9d53-1f1b6a0f6c11"
DEEP = 4  # schemas within schemas are shown this far

NAMES: dict[str, Any] = {
    "id": ID,
    "dossier": ID,
    "code": "H55.904-260706-0001",
    "dossier_code": "H55.904-260706-0001",
    "procedure": "1.001193",
    "procedure_name": "Đăng ký khai sinh",
    "agency": "H55.904",
    "to_agency": "H55.81.01",
    "asked_by": "H55.904",
    "competent_agency": "H55.904",
    "receiving_unit": "H55.904.01",
    "support_point": "H55.904.01",
    "role": "officer",
    "assignee": "nguyen.van.an",
    "actor": "nguyen.van.an",
    "person": "nguyen.van.an",
    "created_by": "nguyen.van.an",
    "applicant_name": "Hoàng Thị Mẫu",
    "applicant_id": "•••••••••123",
    "phone": "0912345678",
    "email": "mau@example.vn",
    "task": "t3",
    "step": "t3",
    "element": "check",
    "revision": 3,
    "status": 4,
    "status_name": "Đang xử lý",
    "state": "open",
    "kind": "step_completed",
    "reason": "Theo đề nghị của người nộp hồ sơ",
    "note": "Hồ sơ đủ điều kiện",
    "answer": "Đồng ý",
    "signer": "Trần Thị Lãnh Đạo",
    "hash": "0" * 63 + "1",
    "digest": "0" * 63 + "1",
    "url": "https://example.vn/webhook",
    "cursor": "",
    "next_cursor": None,
    "limit": 50,
}


def example_of(schema: type[ma.Schema] | ma.Schema, depth: int = 0) -> dict[str, Any]:
    """Return an object as the schema describes it; what has a default and no example stays out."""
    made = schema() if isinstance(schema, type) else schema
    found: dict[str, Any] = {}
    for name, field in made.fields.items():
        if field.dump_only and field.load_only:
            continue
        found[field.data_key or name] = _value(name, field, depth)
    return found


def _value(name: str, field: fields.Field[Any], depth: int) -> Any:
    given = field.metadata.get("example", field.metadata.get("examples"))
    if given is not None:
        return given
    if options := field.metadata.get("enum"):
        return options[0]
    if isinstance(field, fields.Nested):
        return _nested(field, depth)
    if isinstance(field, fields.List):
        return [_value(name, field.inner, depth)] if depth < DEEP else []
    if isinstance(field, fields.Dict):
        return {}
    return _plain(name, field)


def _nested(field: fields.Nested, depth: int) -> Any:
    if depth >= DEEP:
        return [] if field.many else {}
    inner = example_of(field.schema, depth + 1)
    return [inner] if field.many else inner


def _plain(name: str, field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Boolean):
        return True
    if isinstance(field, fields.DateTime):
        return MOMENT
    if isinstance(field, fields.Date):
        return DAY
    if isinstance(field, fields.Number):
        known = NAMES.get(name)
        return known if isinstance(known, int) else max(int(field.metadata.get("minimum", 1)), 1)
    if name in NAMES:
        return NAMES[name]
    return str(field.metadata.get("description") or "Văn bản")[: field.metadata.get("maxLength")]
