"""Audit (kiểm chứng nhật ký): the signed roots, for an auditor to keep elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.door import PageQuery, answers, page, reading
from api.rest.parsing import Noun
from workflows import auditing

blueprint = Noun("audit", __name__, description="Kiểm chứng nhật ký: các gốc ký.")


class Root(Schema):
    """A signed root over the record."""

    number = schemas.whole("Số thứ tự, từ 1, không đứt quãng.")
    at = schemas.moment("Lúc ký.")
    leaves = schemas.whole("Số hồ sơ có thay đổi từ gốc trước.")
    tree = schemas.text("Băm Merkle (RFC 9162) trên các hồ sơ đó.")
    prev_hash = schemas.text("Băm của gốc trước; trống ở gốc đầu tiên.")
    public_key = schemas.text("Khóa công khai Ed25519, hệ mười sáu.")
    hash = schemas.text("Băm của gốc này.")
    signature = schemas.text("Chữ ký Ed25519, hệ mười sáu.")


@blueprint.route("/audit/roots")
@reading("audit.read")
@blueprint.arguments(PageQuery, location="query")
@answers(blueprint, 200, schemas.page_of(Root, "RootPage"))
def roots(query: dict[str, Any]) -> Response:
    """Liệt kê các gốc ký của nhật ký, cũ trước; hãy cất chúng ở một nơi khác."""
    return page(Root(), auditing.roots(office(), current_actor(), auditing.RootQuery(**query)))
