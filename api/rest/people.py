"""People (cán bộ) and their posts: for who looks after them at an agency."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import answers, posting, reading
from api.rest.fields import Strict, Text
from api.rest.parsing import Noun
from workflows import people
from workflows.mail_addresses import MOST_ADDRESS

blueprint = Noun("people", __name__, description="Cán bộ và vị trí công tác.")

ONE = "/people/<string:person>"


class AgencyQuery(Strict):
    """Whose list: of the caller's agency and those below it, unless another is named."""

    agency = Text(most=40, load_default="", metadata={"description": "Mã cơ quan."})


class PersonBody(Strict):
    """A new person."""

    person = Text(most=80, required=True, metadata={"example": "tran.van.an"})
    name = Text(most=200, required=True, metadata={"example": "Trần Văn An"})


class NameBody(Strict):
    """Another name from now on."""

    name = Text(most=200, required=True, metadata={"example": "Trần Văn An"})


class EmailBody(Strict):
    """Where a person is written to from now on."""

    email = Text(
        most=MOST_ADDRESS,
        required=True,
        blank=True,
        metadata={"description": "Trống là không gửi thư.", "example": "tran.van.an@example.vn"},
    )


class PostBody(Strict):
    """A post: a role at an agency."""

    agency = Text(most=40, required=True, metadata={"example": "H55.904"})
    role = Text(most=40, required=True, metadata={"example": "officer"})
    valid_from = fields.AwareDateTime(
        load_default=None, metadata={"description": "Trống là từ bây giờ."}
    )
    valid_to = fields.AwareDateTime(
        load_default=None, metadata={"description": "Trống là không định trước."}
    )


class NoBody(Strict):
    """An empty object."""


class EndBody(Strict):
    """Why the person leaves."""

    reason = Text(most=people.MOST_REASON, load_default="", blank=True)


class Post(Schema):
    """A post, held now or once."""

    id = schemas.text("Mã vị trí công tác.")
    agency = schemas.text()
    role = schemas.text()
    valid_from = schemas.moment()
    valid_to = schemas.moment(null=True)


class PersonName(Schema):
    """What a person was called from when."""

    valid_from = schemas.moment()
    name = schemas.text()


class Person(Schema):
    """A person with the posts they have and had."""

    person = schemas.text("Mã cán bộ, không bao giờ cấp lại cho người khác.")
    name = schemas.text("Họ tên hiện nay.")
    names = schemas.listed(PersonName, "Họ tên theo thời gian.")
    email = schemas.text("Nơi nhận thư báo sắp đến hạn, quá hạn; trống là không có.")
    ended_at = schemas.moment("Lúc thôi việc.", null=True)
    end_reason = schemas.text("Vì sao thôi việc.")
    locked_until = schemas.moment("Đăng nhập sai quá nhiều: thử lại được từ lúc này.", null=True)
    has_password = schemas.flag()
    has_second_factor = schemas.flag()
    posts = schemas.listed(Post)


class People(Schema):
    """The people of an agency."""

    items = schemas.listed(Person)


class Posts(Schema):
    """The posts of a person."""

    items = schemas.listed(Post)


@blueprint.route("/people")
@reading("person.list")
@blueprint.arguments(AgencyQuery, location="query")
@answers(blueprint, 200, People)
def list_people(query: dict[str, Any]) -> Response:
    """Liệt kê cán bộ của cơ quan và các cơ quan trực thuộc."""
    found = people.list_people(office(), current_actor(), query["agency"])
    return jsonify({"items": Person().dump(found, many=True)})


@blueprint.route("/people", methods=["POST"])
@posting("person.change")
@blueprint.arguments(PersonBody)
@answers(blueprint, 201, Person)
def add(body: dict[str, Any]) -> tuple[Response, int]:
    """Thêm cán bộ; chưa có vị trí công tác, chưa có mật khẩu."""
    command = people.AddPerson(**body, idempotency_key=idempotency_key())
    return _answer(people.add_person(office(), current_actor(), command)), 201


@blueprint.route(ONE)
@reading("person.list")
@answers(blueprint, 200, Person)
def read(person: str) -> Response:
    """Đọc một cán bộ và mọi vị trí công tác đã giữ."""
    return _answer(people.read_person(office(), current_actor(), person))


@blueprint.route(f"{ONE}/rename", methods=["POST"])
@posting("person.change")
@blueprint.arguments(NameBody)
@answers(blueprint, 200, Person)
def rename(body: dict[str, Any], person: str) -> Response:
    """Đổi họ tên từ nay; những gì đã ghi vẫn như cũ."""
    command = people.RenamePerson(person=person, **body, idempotency_key=idempotency_key())
    return _answer(people.rename_person(office(), current_actor(), command))


@blueprint.route(f"{ONE}/email", methods=["POST"])
@posting("person.change")
@blueprint.arguments(EmailBody)
@answers(blueprint, 200, Person)
def set_email(body: dict[str, Any], person: str) -> Response:
    """Đặt địa chỉ thư điện tử nhận cảnh báo hạn trả."""
    command = people.SetEmail(person=person, **body, idempotency_key=idempotency_key())
    return _answer(people.set_email(office(), current_actor(), command))


@blueprint.route(f"{ONE}/end", methods=["POST"])
@posting("person.change")
@blueprint.arguments(EndBody)
@answers(blueprint, 200, Person)
def end(body: dict[str, Any], person: str) -> Response:
    """Cho thôi việc: mọi vị trí, mã truy cập, phiên làm việc chấm dứt."""
    command = people.EndPerson(person=person, **body, idempotency_key=idempotency_key())
    return _answer(people.end_person(office(), current_actor(), command))


@blueprint.route(f"{ONE}/posts")
@reading("person.list")
@answers(blueprint, 200, Posts)
def posts(person: str) -> Response:
    """Liệt kê vị trí công tác của một cán bộ, hiện nay và trước đây."""
    found = people.read_person(office(), current_actor(), person).posts
    return jsonify({"items": Post().dump(found, many=True)})


@blueprint.route(f"{ONE}/posts", methods=["POST"])
@posting("person.change")
@blueprint.arguments(PostBody)
@answers(blueprint, 201, Person)
def give_post(body: dict[str, Any], person: str) -> tuple[Response, int]:
    """Giao vị trí công tác."""
    command = people.GivePost(person=person, **body, idempotency_key=idempotency_key())
    return _answer(people.give_post(office(), current_actor(), command)), 201


@blueprint.route(f"{ONE}/posts/<string:post>/end", methods=["POST"])
@posting("person.change")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Person)
def end_post(_body: dict[str, Any], person: str, post: str) -> Response:
    """Chấm dứt một vị trí công tác ngay bây giờ."""
    command = people.EndPost(person=person, post=post, idempotency_key=idempotency_key())
    return _answer(people.end_post(office(), current_actor(), command))


def _answer(view: people.PersonView) -> Response:
    return jsonify(Person().dump(view))
