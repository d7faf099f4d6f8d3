"""Results (kết quả): hand the result of a dossier to the applicant."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Choice, Strict, Text
from api.rest.parsing import Noun
from workflows import results

blueprint = Noun("results", __name__, description="Trả kết quả cho người nộp.")

MANNERS = ("counter", "online", "post")
SHOWN = ("receipt", "identity", "authorisation")


class ReturnBody(Strict):
    """How the result reaches the applicant."""

    manner = Choice(MANNERS, load_default="counter")
    shown = Choice(
        SHOWN,
        load_default="",
        metadata={"description": "Tại quầy: người nhận xuất trình gì.", "example": "receipt"},
    )
    collected_by = Text(
        load_default="",
        most=200,
        metadata={"description": "Tại quầy: họ tên người nhận.", "example": "Nguyễn Thị Hoa"},
    )
    tracking_code = Text(
        load_default="",
        most=200,
        metadata={"description": "Qua bưu chính: mã bưu gửi.", "example": "EB123456789VN"},
    )
    file_hash = Text(
        load_default="",
        most=64,
        metadata={"description": "Trực tuyến: SHA-256 của tệp kết quả.", "example": "0" * 64},
    )


@blueprint.route("/dossiers/<string:dossier>/result", methods=["POST"])
@commanding("result.return")
@blueprint.arguments(ReturnBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def return_result(body: dict[str, Any], dossier: str) -> Response:
    """Trả kết quả; hoàn thành bước trả kết quả của hồ sơ."""
    return carry_out(results.return_result, results.ReturnResult, dossier=dossier, **body)
