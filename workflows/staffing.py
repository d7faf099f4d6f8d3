"""Writes people and posts (cán bộ, vị trí công tác): what commands one by one and in lists share.

Who may is asked by the commands. A code is for ever, a name begins on its day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.errors import Conflict, InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import POST_ROLES
from workflows.store import UnitOfWork

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,79}")
CODE_ADVICE = "mã cán bộ gồm chữ không dấu, số và . _ @ -, ví dụ tran.van.an"
MOST_NAME = 200


class PersonExists(Conflict):
    """There is a person with this code; codes are never given twice."""

    code = "person_exists"
    sentence = "Đã có cán bộ mã «{person}»; hãy dùng mã khác."

    def __init__(self, person: str) -> None:
        """Name the code."""
        super().__init__(person=person)


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """A role at an agency for a person, from a moment (now) until another (open)."""

    person: str
    agency: str
    role: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def add_person(uow: UnitOfWork, office: Office, person: str, name: str) -> None:
    """Write a new person without post or password; raises PersonExists or InvalidInput."""
    if not CODE.fullmatch(person):
        raise InvalidInput("person", CODE_ADVICE)
    if uow.accounts.person(person) is not None:
        raise PersonExists(person)
    tidy = named(name)
    uow.accounts.ensure_person(office.ids.new_id(), person, tidy)
    uow.accounts.rename(person, tidy, office.clock.now())


def give_post(uow: UnitOfWork, office: Office, post: NewPost) -> None:
    """Write a post; raises NotFound (person, agency), InvalidInput, or Conflict (they have it)."""
    now = office.clock.now()
    row = uow.accounts.person(post.person)
    if row is None or row.ended_at is not None:
        raise NotFound("cán bộ", post.person)
    if post.role not in POST_ROLES:
        raise InvalidInput("role", f"chỉ nhận: {', '.join(POST_ROLES)}")
    office.catalogue.agencies.get(post.agency)
    begins = post.valid_from or now
    if post.valid_to is not None and post.valid_to <= begins:
        raise InvalidInput("valid_to", "phải sau thời điểm bắt đầu")
    values = {"agency": post.agency, "role": post.role, "valid_from": begins}
    new = {"id": office.ids.new_id(), "person_id": row.id, "valid_to": post.valid_to}
    if not uow.accounts.give_post(new | values, now):
        raise Conflict


def add_people(uow: UnitOfWork, office: Office, names: Mapping[str, str]) -> dict[str, str]:
    """Write many new people, checked before, by code and name; return their ids by code."""
    rows = [{"id": office.ids.new_id(), "code": c, "name": named(n)} for c, n in names.items()]
    uow.accounts.add_people(rows, office.clock.now())
    return {row["code"]: row["id"] for row in rows}


def add_posts(
    uow: UnitOfWork, office: Office, posts: Iterable[NewPost], ids: Mapping[str, str]
) -> None:
    """Write many posts, checked before, that nobody of these people ever held."""
    now = office.clock.now()
    rows = [
        {
            "id": office.ids.new_id(),
            "person_id": ids[post.person],
            "agency": post.agency,
            "role": post.role,
            "valid_from": post.valid_from or now,
            "valid_to": post.valid_to,
        }
        for post in posts
    ]
    uow.accounts.add_posts(rows)


def named(name: str) -> str:
    """Return a name with single blanks; raises InvalidInput for none and for one too long."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > MOST_NAME:
        raise InvalidInput("name", f"hãy ghi họ tên, không quá {MOST_NAME} ký tự")
    return tidy
