"""The life of a dossier: suspended, stopped, sent back, signed, released, handed over, reopened."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.rest import schemas
from api.rest.commanding import carry_out
from api.rest.door import answers, commanding
from api.rest.fields import Facts, Strict, Text
from api.rest.parsing import Noun
from workflows import (
    handovers,
    releases,
    reopenings,
    send_backs,
    sign_offs,
    stops,
    suspensions,
)

blueprint = Noun(
    "life",
    __name__,
    description="Tạm dừng, dừng, trả lại bước trước, ký duyệt, phát hành, giao nhận, mở lại hồ sơ.",
)


def example(value: Any, description: str = "") -> dict[str, Any]:
    """Return what the OpenAPI document says of a field."""
    return {"description": description, "example": value}


def _task() -> Text:
    return Text(required=True, most=80, metadata=example("t12", "Mã bước đang mở."))


def _reason(words: str) -> Text:
    return Text(required=True, most=2000, metadata=example(words))


class SuspensionBody(Strict):
    """Why the dossier stands still, and until when."""

    ground = Text(
        required=True,
        most=80,
        metadata=example("force_majeure", "Một căn cứ tạm dừng mà thủ tục khai báo."),
    )
    reason = _reason("Trụ sở bị ngập, không tiếp tục giải quyết được.")
    until = fields.AwareDateTime(
        load_default=None,
        metadata=example("2026-03-09T08:00:00+07:00", "Lúc tự tiếp tục; bỏ trống là chưa biết."),
    )


class ResumptionBody(Strict):
    """Why it goes on."""

    reason = Text(load_default="", most=2000, metadata=example("Đã khắc phục xong."))


class StopBody(Strict):
    """Why the applicant asked to stop."""

    reason = _reason("Người nộp đề nghị dừng vì không còn nhu cầu.")


class SendBackBody(Strict):
    """To which earlier step, and why."""

    to = Text(required=True, most=200, metadata=example("appraise", "Mã phần tử nhận lại."))
    reason = _reason("Chưa nêu căn cứ pháp lý.")


class SignOffBody(Strict):
    """Which step signs, and the facts it sets."""

    task = _task()
    facts = Facts(load_default=dict)
    note = Text(load_default="", most=2000, metadata=example("Đồng ý ký."))


class ReleaseBody(Strict):
    """Under which number and date the result leaves."""

    task = _task()
    number = Text(required=True, most=60, metadata=example("125/GPXD"))
    released_on = fields.Date(
        load_default=None, metadata=example("2026-03-09", "Ngày văn bản; bỏ trống là hôm nay.")
    )
    facts = Facts(load_default=dict)


class HandoverBody(Strict):
    """Who receives the dossier, where, with which papers."""

    to_agency = Text(required=True, most=60, metadata=example("H55.901"))
    receiver = Text(required=True, most=500, metadata=example("Trần Văn An"))
    papers = fields.List(
        Text(most=500), load_default=list, metadata=example(["Tờ khai (bản chính)"])
    )
    note = Text(load_default="", most=500, metadata=example("Giao tại Bộ phận Một cửa."))


class ReopeningBody(Strict):
    """Why a dossier that was over is opened again."""

    reason = _reason("Kết quả đã trả có sai sót về năm sinh.")


@blueprint.route("/dossiers/<string:dossier>/suspension", methods=["POST"])
@commanding("dossier.suspend")
@blueprint.arguments(SuspensionBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def suspend(body: dict[str, Any], dossier: str) -> Response:
    """Tạm dừng giải quyết hồ sơ theo một căn cứ của thủ tục."""
    return carry_out(suspensions.suspend, suspensions.SuspendDossier, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/resumption", methods=["POST"])
@commanding("dossier.resume")
@blueprint.arguments(ResumptionBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def resume(body: dict[str, Any], dossier: str) -> Response:
    """Tiếp tục giải quyết hồ sơ đang tạm dừng."""
    return carry_out(suspensions.resume, suspensions.ResumeDossier, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/stop", methods=["POST"])
@commanding("dossier.stop")
@blueprint.arguments(StopBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def stop(body: dict[str, Any], dossier: str) -> Response:
    """Dừng giải quyết theo đề nghị của người nộp, khi chưa có kết quả; người gọi là người ký."""
    return carry_out(stops.stop, stops.StopDossier, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/tasks/<string:task>/send-back", methods=["POST"])
@commanding("task.send_back")
@blueprint.arguments(SendBackBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def send_back(body: dict[str, Any], dossier: str, task: str) -> Response:
    """Trả bước về một bước trước, nơi thủ tục cho phép."""
    return carry_out(send_backs.send_back, send_backs.SendBack, dossier=dossier, task=task, **body)


@blueprint.route("/dossiers/<string:dossier>/sign-off", methods=["POST"])
@commanding("result.sign_off")
@blueprint.arguments(SignOffBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def sign_off(body: dict[str, Any], dossier: str) -> Response:
    """Ký duyệt kết quả; hoàn thành bước ký."""
    return carry_out(sign_offs.sign_off, sign_offs.SignOff, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/release", methods=["POST"])
@commanding("result.release")
@blueprint.arguments(ReleaseBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def release(body: dict[str, Any], dossier: str) -> Response:
    """Phát hành kết quả: vào số, ngày; hoàn thành bước phát hành."""
    return carry_out(releases.release, releases.ReleaseResult, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/handovers", methods=["POST"])
@commanding("dossier.hand_over")
@blueprint.arguments(HandoverBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def hand_over(body: dict[str, Any], dossier: str) -> Response:
    """Ghi việc giao nhận hồ sơ: ai giao, ai nhận, giấy tờ gì."""
    body["papers"] = tuple(body["papers"])
    return carry_out(handovers.hand_over, handovers.HandOver, dossier=dossier, **body)


@blueprint.route("/dossiers/<string:dossier>/reopening", methods=["POST"])
@commanding("dossier.reopen")
@blueprint.arguments(ReopeningBody)
@answers(blueprint, 200, schemas.Dossier, tag=True)
def reopen(body: dict[str, Any], dossier: str) -> Response:
    """Mở lại hồ sơ đã kết thúc; thời hạn tính lại từ đầu."""
    return carry_out(reopenings.reopen, reopenings.ReopenDossier, dossier=dossier, **body)
