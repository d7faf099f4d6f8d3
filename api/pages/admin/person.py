"""One person: posts with their dates, password, second factor, sessions, tokens, the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as Answer

from api.auth import current_actor, declares, office
from api.pages.admin.people import in_force
from api.pages.admin.shared import admin_page, choice_of_agencies, choice_of_roles, day_typed
from api.pages.asking import Asking, asking, attempt, form_key
from workflows import accounts, credentials, people

blueprint = Blueprint("admin_person", __name__)

ONE = "/admin/people/<string:person>"
DONE = {
    "posts": "Đã giao vị trí.",
    "post-end": "Vị trí đã chấm dứt.",
    "rename": "Đã đổi họ tên; những gì đã ghi trước đây vẫn như cũ.",
    "second-factor": "Đã tắt xác thực hai lớp; mọi phiên đã chấm dứt.",
    "sessions": "Phiên đã chấm dứt.",
    "unlock": "Đăng nhập lại được ngay.",
    "end": "Đã cho thôi việc: mọi vị trí, mã truy cập, phiên đã chấm dứt.",
    "token": "Mã truy cập đã thu hồi.",
    "new": "Đã thêm cán bộ. Hãy cấp mật khẩu dùng một lần ở dưới.",
}


@blueprint.get(ONE)
@declares("person.list")
def show_person(person: str) -> str:
    """Show a person."""
    return _page(person)


@blueprint.post(f"{ONE}/posts")
@declares("person.change")
def give_post(person: str) -> Answer:
    """Give a post, from the first day to the end of the last."""

    def command() -> Any:
        begins, ends = day_typed("valid_from"), day_typed("valid_to")
        asked = people.GivePost(
            person=person,
            agency=request.form.get("agency", ""),
            role=request.form.get("role", ""),
            valid_from=begins,
            valid_to=ends + timedelta(days=1) if ends is not None else None,
            idempotency_key=form_key(),
        )
        return people.give_post(office(), current_actor(), asked)

    return _do(person, "posts", command)


@blueprint.post(f"{ONE}/posts/<string:post>/end")
@declares("person.change")
def end_post(person: str, post: str) -> Answer:
    """End a post now."""
    asked = people.EndPost(person=person, post=post, idempotency_key=form_key())
    return _do(person, "post-end", lambda: people.end_post(office(), current_actor(), asked))


@blueprint.post(f"{ONE}/rename")
@declares("person.change")
def rename(person: str) -> Answer:
    """Give another name from now on."""
    name = request.form.get("name", "")
    asked = people.RenamePerson(person=person, name=name, idempotency_key=form_key())
    return _do(person, "rename", lambda: people.rename_person(office(), current_actor(), asked))


@blueprint.post(f"{ONE}/end")
@declares("person.change")
def end(person: str) -> Answer:
    """Let a person go, for a reason."""
    reason = request.form.get("reason", "").strip()
    asked = people.EndPerson(person=person, reason=reason, idempotency_key=form_key())
    return _do(person, "end", lambda: people.end_person(office(), current_actor(), asked))


@blueprint.post(f"{ONE}/password")
@declares("credential.manage")
def reset_password(person: str) -> Response:
    """Show a one-time password, this once."""
    asked = credentials.ResetPassword(person=person, idempotency_key=form_key())
    made = credentials.reset_password(office(), current_actor(), asked)
    response = Response(_page(person, made=made))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(f"{ONE}/second-factor")
@declares("credential.manage")
def reset_second_factor(person: str) -> Answer:
    """Take the second factor away."""
    asked = credentials.ResetSecondFactor(person=person, idempotency_key=form_key())
    return _do(
        person,
        "second-factor",
        lambda: credentials.reset_second_factor(office(), current_actor(), asked),
    )


@blueprint.post(f"{ONE}/sessions/end")
@declares("credential.manage")
def end_sessions(person: str) -> Answer:
    """End every session, or one."""
    session = request.form.get("session", "")
    asked = credentials.EndSessions(person=person, session=session, idempotency_key=form_key())
    return _do(
        person, "sessions", lambda: credentials.end_sessions(office(), current_actor(), asked)
    )


@blueprint.post(f"{ONE}/unlock")
@declares("credential.manage")
def unlock(person: str) -> Answer:
    """Let a locked account try again."""
    asked = credentials.UnlockAccount(person=person, idempotency_key=form_key())
    return _do(person, "unlock", lambda: credentials.unlock(office(), current_actor(), asked))


@blueprint.post(f"{ONE}/tokens/<string:token>/revoke")
@declares("token.revoke")
def revoke(person: str, token: str) -> Answer:
    """End a token of the person."""
    asked = accounts.RevokeToken(token=token, idempotency_key=form_key())
    return _do(
        person, "token", lambda: accounts.revoke_own_or_other(office(), current_actor(), asked)
    )


def _do(person: str, what: str, command: Callable[[], Any]) -> Answer:
    """Do one thing and show the person again; what is refused is said above the page."""

    def then(_: Any) -> str:
        return url_for("admin_person.show_person", person=person, done=what)

    return attempt(command, then, lambda said: _page(person, said=said))


def _page(
    person: str, *, said: Asking | None = None, made: credentials.OneTimePassword | None = None
) -> str:
    here, actor = office(), current_actor()
    view, now = people.read_person(here, actor, person), here.clock.now()
    other = actor.person != person and view.ended_at is None
    owned = [t for a in {p.agency for p in view.posts} & _mine() for t in _tokens(a)]
    return admin_page(
        "person.html",
        "people",
        asking=said or asking(),
        person=view,
        made=made,
        other=other,
        held=in_force(view.posts, now),
        sessions=credentials.person_sessions(here, actor, person) if other else (),
        tokens=[t for t in owned if t.person == person and t.revoked_at is None],
        locked=view.locked_until is not None and view.locked_until > now,
        agencies=choice_of_agencies(),
        roles=choice_of_roles(),
        done=DONE.get(request.args.get("done", ""), ""),
    )


def _mine() -> set[str]:
    return set(office().catalogue.agencies.below(current_actor().agency))


def _tokens(agency: str) -> list[accounts.TokenView]:
    found = accounts.list_tokens(office(), current_actor(), agency)
    return [token for token in found if token.agency == agency]
