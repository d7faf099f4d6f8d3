"""Access tokens (mã truy cập): made for one's own post, listed with their last use, ended."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office, token_until
from api.rest import schemas
from api.rest.conditions import idempotency_key
from api.rest.door import answers, posting, reading
from api.rest.fields import Strict, Text, Whole
from api.rest.parsing import Noun
from api.rest.people import AgencyQuery, NoBody
from workflows import accounts

blueprint = Noun("tokens", __name__, description="Mã truy cập của mình, hoặc của cơ quan.")


class TokenBody(Strict):
    """A token for the caller's own post."""

    label = Text(most=accounts.MOST_LABEL, required=True, metadata={"example": "Máy quét"})
    scopes = fields.List(
        Text(most=40),
        load_default=list,
        metadata={"description": "Những việc được làm; trống là mọi việc của vị trí."},
    )
    days = Whole(least=1, most=accounts.LONGEST_DAYS, load_default=90)


class Token(Schema):
    """A token without what opens doors."""

    id = schemas.text()
    label = schemas.text("Dùng vào việc gì.")
    person = schemas.text()
    agency = schemas.text()
    role = schemas.text()
    scopes = fields.List(fields.String(), required=True)
    issued_at = schemas.moment()
    expires_at = schemas.moment()
    last_used_at = schemas.moment("Lần dùng cuối, đúng đến mười phút.", null=True)
    revoked_at = schemas.moment(null=True)


class NewToken(Schema):
    """A new token; `bearer` is shown this once."""

    id = schemas.text()
    label = schemas.text()
    bearer = schemas.text("Chỉ hiện một lần; gửi lại yêu cầu thì để trống.")
    person = schemas.text()
    agency = schemas.text()
    role = schemas.text()
    scopes = fields.List(fields.String(), required=True)
    expires_at = schemas.moment()


class Tokens(Schema):
    """A list of tokens."""

    items = schemas.listed(Token)


@blueprint.route("/tokens")
@reading("token.list")
@blueprint.arguments(AgencyQuery, location="query")
@answers(blueprint, 200, Tokens)
def list_tokens(query: dict[str, Any]) -> Response:
    """Liệt kê mã truy cập của mình; nêu cơ quan thì của cơ quan đó (quản trị)."""
    found = accounts.list_tokens(office(), current_actor(), query["agency"])
    return jsonify({"items": Token().dump(found, many=True)})


@blueprint.route("/tokens", methods=["POST"])
@posting("account.own")
@blueprint.arguments(TokenBody)
@answers(blueprint, 201, NewToken)
def issue(body: dict[str, Any]) -> tuple[Response, int]:
    """Cấp mã truy cập cho vị trí đang giữ; mã chỉ hiện một lần."""
    body["scopes"] = tuple(body["scopes"])
    command = accounts.IssueToken(**body, idempotency_key=idempotency_key())
    issued = accounts.issue_own_token(office(), current_actor(), command, until=token_until())
    return jsonify(NewToken().dump(issued)), 201


@blueprint.route("/tokens/<string:token>/revoke", methods=["POST"])
@posting("token.revoke")
@blueprint.arguments(NoBody)
@answers(blueprint, 200, Token)
def revoke(_body: dict[str, Any], token: str) -> Response:
    """Thu hồi mã truy cập ngay lập tức."""
    command = accounts.RevokeToken(token=token, idempotency_key=idempotency_key())
    return jsonify(Token().dump(accounts.revoke_own_or_other(office(), current_actor(), command)))
