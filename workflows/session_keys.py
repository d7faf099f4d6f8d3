"""Keys of sessions: made, hashed, renewed. What the cookie holds is never stored.

A session begins narrow: first the second factor, a new password, the choice of a post, as far as
they are needed; only an open one acts. Its key is another after each of these steps.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from workflows.errors import NotFound, Unauthenticated, WorkflowError
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.credentials import SessionRow
from workflows.store.posts import PostRow

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
UNFINISHED = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
MOST_BROWSER = 200


class Stage(StrEnum):
    """What a session still needs; only an open one may act."""

    SECOND_FACTOR = "second_factor"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a stage
    POST = "post"
    OPEN = "open"


class NoPost(WorkflowError):
    """The person holds no post at this moment, and stands in for nobody."""

    code = "no_post"
    sentence = (
        "Tài khoản đúng nhưng hiện không giữ vị trí công tác nào; hãy báo quản trị cơ quan bạn."
    )


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A session's key, to be handed to the browser, and what comes next."""

    key: str
    stage: Stage


@dataclass(frozen=True, kw_only=True)
class PostChoice:
    """A post a person may act in; `on_behalf_of` names who they stand in for."""

    id: str
    agency: str
    role: str
    on_behalf_of: str


def hash_of(key: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def guard_of(key: str) -> str:
    """Return the word that forms of this session carry, so that no other site can send them."""
    return hashlib.sha256(f"form\n{key}".encode()).hexdigest()


def begin(
    uow: UnitOfWork, office: Office, person_id: str, *, stage: Stage, **said: str
) -> tuple[SessionRow, str]:
    """Store a new session at a stage and return it with its key."""
    now, key = office.clock.now(), office.ids.new_token()
    said["browser"] = said.get("browser", "")[:MOST_BROWSER]
    values: dict[str, Any] = {"address": "", "identity_token": "", **said}
    uow.credentials.add_session(
        values
        | {
            "id": office.ids.new_id(),
            "hash": hash_of(key),
            "person_id": person_id,
            "membership_id": None,
            "substitution_id": None,
            "stage": stage.value,
            "began_at": now,
            "seen_at": now,
            "expires_at": now + UNFINISHED,
            "ended_at": None,
        }
    )
    return known(uow, key, now), key


def known(uow: UnitOfWork, key: str, now: datetime) -> SessionRow:
    """Return the session of a key; raises Unauthenticated, never saying why."""
    row = uow.credentials.session(hash_of(key), now) if key else None
    if row is None or now - row.seen_at > IDLE:
        raise Unauthenticated
    return row


def at_stage(uow: UnitOfWork, key: str, now: datetime, *stages: Stage) -> SessionRow:
    """Return the session of a key; raises Unauthenticated unless it is at one of the stages."""
    row = known(uow, key, now)
    if row.stage not in stages:
        raise Unauthenticated
    return row


def go_on(uow: UnitOfWork, office: Office, row: SessionRow, *, must_change: bool) -> Opened:
    """Give a session a new key and the stage that comes next; raises NoPost.

    Whoever has one post need not choose it.
    """
    if must_change:
        return _renewed(uow, office, row, {"stage": Stage.NEW_PASSWORD.value})
    posts = posts_of(uow, row.person, office.clock.now())
    if not posts:
        raise NoPost
    if len(posts) > 1:
        return _renewed(uow, office, row, {"stage": Stage.POST.value})
    return act_in(uow, office, row, posts[0])


def act_in(uow: UnitOfWork, office: Office, row: SessionRow, post: PostRow) -> Opened:
    """Open a session in a post, under a new key."""
    values: dict[str, Any] = {
        "stage": Stage.OPEN.value,
        "membership_id": post.id,
        "substitution_id": post.substitution_id or None,
        "expires_at": row.began_at + LONGEST,
    }
    return _renewed(uow, office, row, values)


def posts_of(uow: UnitOfWork, person: str, now: datetime) -> tuple[PostRow, ...]:
    """Return the posts a person may act in now: their own, then those they stand in for."""
    return (*uow.posts.held_by(person, now), *uow.posts.taken_over_by(person, now))


def choice_of(post: PostRow) -> PostChoice:
    """Return a post as something to choose."""
    return PostChoice(
        id=post.substitution_id or post.id,
        agency=post.agency,
        role=post.role,
        on_behalf_of=post.on_behalf_of,
    )


def chosen(posts: tuple[PostRow, ...], choice: str) -> PostRow:
    """Return the post that was chosen; raises NotFound for one the person may not act in."""
    for post in posts:
        if choice_of(post).id == choice:
            return post
    raise NotFound("vị trí công tác", choice)


def _renewed(uow: UnitOfWork, office: Office, row: SessionRow, values: dict[str, Any]) -> Opened:
    key = office.ids.new_token()
    changed = values | {"hash": hash_of(key), "seen_at": office.clock.now()}
    uow.credentials.change_session(row.id, changed)
    return Opened(key=key, stage=Stage(values["stage"]))
