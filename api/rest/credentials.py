"""Credentials of people one looks after: one-time passwords, second factors, sessions, locks."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import answers, posting, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from api.rest.people import ONE, NoBody, Person
from workflows import credentials, people

blueprint = Noun(
    "credentials", __name__, description="Mật khẩu, xác thực hai lớp, phiên của cán bộ."
)


class SessionsBody(Strict):
    """Which session is to end; all of them where none is named."""

    session = Text(most=60, load_default="", blank=True)


class OneTimePassword(Schema):
    """A password for one sign-in."""

    person = schemas.text()
    password = schemas.text("Chỉ hiện một lần; gửi lại yêu cầu thì để trống.")


class PersonSession(Schema):
    """Where a person is signed in."""

    id = schemas.text()
    began_at = schemas.moment()
    seen_at = schemas.moment()
    agency = schemas.text()
    role = schemas.text()
    address = schemas.text()
    browser = schemas.text()


class PersonSessions(Schema):
    """The sessions of a person."""

    items = schemas.listed(PersonSession)


class Ended(Schema):
    """How many sessions ended."""

    ended = schemas.whole()


@blueprint.route(f"{ONE}/password/reset", methods=["POST"])
@posting("credential.manage")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, OneTimePassword)
def reset_password(_body: dict[str, Any], person: str) -> Response:
    """Cấp mật khẩu dùng một lần; mọi phiên của người đó chấm dứt."""
    command = credentials.ResetPassword(person=person, idempotency_key=idempotency_key())
    made = credentials.reset_password(office(), current_actor(), command)
    return jsonify(OneTimePassword().dump(made))


@blueprint.route(f"{ONE}/second-factor/reset", methods=["POST"])
@posting("credential.manage")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Person)
def reset_second_factor(_body: dict[str, Any], person: str) -> Response:
    """Tắt xác thực hai lớp của người mất điện thoại; mọi phiên chấm dứt."""
    command = credentials.ResetSecondFactor(person=person, idempotency_key=idempotency_key())
    credentials.reset_second_factor(office(), current_actor(), command)
    return _person(person)


@blueprint.route(f"{ONE}/unlock", methods=["POST"])
@posting("credential.manage")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Person)
def unlock(_body: dict[str, Any], person: str) -> Response:
    """Cho người đăng nhập sai quá nhiều lần thử lại ngay."""
    command = credentials.UnlockAccount(person=person, idempotency_key=idempotency_key())
    credentials.unlock(office(), current_actor(), command)
    return _person(person)


@blueprint.route(f"{ONE}/sessions")
@reading("credential.manage")
@answers(blueprint, 200, PersonSessions)
def list_sessions(person: str) -> Response:
    """Liệt kê phiên làm việc của một cán bộ."""
    found = credentials.person_sessions(office(), current_actor(), person)
    return jsonify({"items": PersonSession().dump(found, many=True)})


@blueprint.route(f"{ONE}/sessions/end", methods=["POST"])
@posting("credential.manage")
@blueprint.arguments(SessionsBody)
@answers(blueprint, 200, Ended)
def end_sessions(body: dict[str, Any], person: str) -> Response:
    """Chấm dứt mọi phiên làm việc của một cán bộ, hoặc một phiên."""
    command = credentials.EndSessions(person=person, **body, idempotency_key=idempotency_key())
    return jsonify({"ended": credentials.end_sessions(office(), current_actor(), command)})


def _person(person: str) -> Response:
    return jsonify(Person().dump(people.read_person(office(), current_actor(), person)))
