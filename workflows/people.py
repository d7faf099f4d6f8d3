"""People and their posts (cán bộ, vị trí công tác): added, renamed, ended, never deleted.

What is written about them stays as it was: a new name begins on its day, a post that ends has
existed, and the code of a person is never given to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.errors import Rejected
from engine.law.authority import Actor
from workflows.errors import Conflict, Forbidden, InvalidInput, NotFound, WorkflowError
from workflows.mail_addresses import checked
from workflows.office import Office
from workflows.permitting import CHANGE_PERSON, LIST_PEOPLE, POST_ROLES, governed, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.accounts import PersonRow
from workflows.store.posts import PostRow

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,79}")
MOST_NAME = 200


class PersonExists(Conflict):
    """There is a person with this code; codes are never given twice."""

    code = "person_exists"
    sentence = "Đã có cán bộ mã «{person}»; hãy dùng mã khác."

    def __init__(self, person: str) -> None:
        """Name the code."""
        super().__init__(person=person)


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """A new person: a code for ever, and a name for now."""

    person: str
    name: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RenamePerson:
    """Another name from now on."""

    person: str
    name: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SetEmail:
    """Where a person is written to from now on, empty for nowhere."""

    person: str
    email: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class EndPerson:
    """The person leaves: posts, tokens and sessions end at once."""

    person: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class GivePost:
    """A post: a role at an agency, from now or a later moment, perhaps until another."""

    person: str
    agency: str
    role: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class EndPost:
    """A post ends now, and with it what was done by its tokens and sessions."""

    person: str
    post: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class PostView:
    """A post of a person, now or once."""

    id: str
    agency: str
    role: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, kw_only=True)
class NameView:
    """What a person was called from a moment on."""

    valid_from: datetime
    name: str


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A person with the posts they have and had, and what they were called."""

    person: str
    name: str
    ended_at: datetime | None
    has_password: bool
    has_second_factor: bool
    posts: tuple[PostView, ...]
    names: tuple[NameView, ...]
    email: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return the view as JSON values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> PersonView:
        """Return the view that was stored as an answer."""
        posts = (PostView(**_revived(post)) for post in record["posts"])
        names = (NameView(**_revived(name)) for name in record["names"])
        return cls(**_revived(record) | {"posts": tuple(posts), "names": tuple(names)})


@dataclass(frozen=True, kw_only=True)
class ImportedRow:
    """What became of one row of a list of people; `fault` is empty when all went well."""

    row: int
    person: str
    fault: str


def list_people(office: Office, actor: Actor, agency: str = "") -> tuple[PersonView, ...]:
    """Return the people with a post at an agency or one below it; raises Forbidden or NotFound."""
    agencies = office.catalogue.agencies
    asked = agency or actor.agency
    agencies.get(asked)
    permit(actor, LIST_PEOPLE, governed(agencies, asked))
    below = agencies.below(asked)

    def look(uow: UnitOfWork) -> tuple[PersonView, ...]:
        rows = uow.accounts.people(below)
        return tuple(_view(row, uow.posts.held_by(row.code)) for row in rows)

    return office.store.read(look)


def read_person(office: Office, actor: Actor, person: str) -> PersonView:
    """Return a person and all their posts; raises NotFound or Forbidden."""
    return office.store.read(lambda uow: _looked_after(uow, office, actor, person, LIST_PEOPLE))


def add_person(office: Office, actor: Actor, command: AddPerson) -> PersonView:
    """Add a person without post or password; raises PersonExists, InvalidInput or Forbidden."""
    permit(actor, CHANGE_PERSON, governed(office.catalogue.agencies, actor.agency))
    return _once(office, actor, command, lambda uow: _add(uow, office, command))


def rename_person(office: Office, actor: Actor, command: RenamePerson) -> PersonView:
    """Give a person another name from now on; raises NotFound, InvalidInput or Forbidden."""

    def rename(uow: UnitOfWork) -> PersonView:
        _looked_after(uow, office, actor, command.person, CHANGE_PERSON)
        uow.accounts.rename(command.person, _named(command.name), office.clock.now())
        return _seen(uow, command.person)

    return _once(office, actor, command, rename)


def set_email(office: Office, actor: Actor, command: SetEmail) -> PersonView:
    """Set where a person is written to; raises NotFound, InvalidInput or Forbidden."""

    def note(uow: UnitOfWork) -> PersonView:
        _looked_after(uow, office, actor, command.person, CHANGE_PERSON)
        uow.accounts.set_email(command.person, checked("email", command.email))
        return _seen(uow, command.person)

    return _once(office, actor, command, note)


def end_person(office: Office, actor: Actor, command: EndPerson) -> PersonView:
    """End a person with everything that lets them in; raises NotFound or Forbidden."""
    now = office.clock.now()

    def end(uow: UnitOfWork) -> PersonView:
        _looked_after(uow, office, actor, command.person, CHANGE_PERSON)
        uow.accounts.end_person(command.person, now)
        return _seen(uow, command.person)

    return _once(office, actor, command, end)


def give_post(office: Office, actor: Actor, command: GivePost) -> PersonView:
    """Give a person a post; nobody gives one to themselves.

    Raises NotFound (person, agency), InvalidInput, Conflict (they have it) or Forbidden.
    """
    own = frozenset({command.person})
    agencies = office.catalogue.agencies
    agencies.get(command.agency)
    resource = governed(agencies, command.agency, person=command.person, barred=own)
    permit(actor, CHANGE_PERSON, resource)
    return _once(office, actor, command, lambda uow: _give(uow, office, command))


def end_post(office: Office, actor: Actor, command: EndPost) -> PersonView:
    """End a post now; raises NotFound or Forbidden."""
    now = office.clock.now()

    def end(uow: UnitOfWork) -> PersonView:
        held = {post.id: post for post in uow.posts.held_by(command.person)}
        if command.post not in held:
            raise NotFound("vị trí công tác", command.post)
        agency = held[command.post].agency
        permit(actor, CHANGE_PERSON, governed(office.catalogue.agencies, agency))
        uow.accounts.end_posts(command.person, now, post=command.post)
        return _seen(uow, command.person)

    return _once(office, actor, command, end)


def import_people(
    office: Office, actor: Actor, rows: Iterable[Mapping[str, str]]
) -> tuple[ImportedRow, ...]:
    """Add people and posts from rows with `person`, `name`, `agency`, `role`; each on its own.

    A row of somebody known gives a post and leaves the name as it is; an `email` in a row is set.
    What is wrong with a row is said in its result and stops no other.
    """
    results = []
    for number, row in enumerate(rows, 1):
        person = row.get("person", "").strip()
        try:
            _import(office, actor, person, row)
            fault = ""
        except (WorkflowError, Rejected) as refused:
            fault = refused.message
        results.append(ImportedRow(row=number, person=person, fault=fault))
    return tuple(results)


def operator(office: Office, agency: str) -> Actor:
    """Return who acts at the machine itself: an administrator of the highest agency above one."""
    agencies = office.catalogue.agencies
    *_, top = agencies.above(agencies.get(agency).code)
    return Actor(person="operator", agency=top, role="administrator")


def _import(office: Office, actor: Actor, person: str, row: Mapping[str, str]) -> None:
    post = GivePost(
        person=person, agency=row.get("agency", "").strip(), role=row.get("role", "").strip()
    )
    own = frozenset({person})
    resource = governed(office.catalogue.agencies, post.agency, person=person, barred=own)
    permit(actor, CHANGE_PERSON, resource)

    def both(uow: UnitOfWork) -> None:
        if uow.accounts.person(person) is None:
            _add(uow, office, AddPerson(person=person, name=row.get("name", "")))
        if email := checked("email", row.get("email") or ""):
            uow.accounts.set_email(person, email)
        _give(uow, office, post)

    office.store.write(both)


def _once(office: Office, actor: Actor, command: Any, work: Any) -> PersonView:
    answer = once(office, actor, command, lambda uow: work(uow).to_record())
    return PersonView.from_record(answer)


def _add(uow: UnitOfWork, office: Office, command: AddPerson) -> PersonView:
    if not CODE.fullmatch(command.person):
        raise InvalidInput(
            "person", "mã cán bộ gồm chữ không dấu, số và . _ @ -, ví dụ tran.van.an"
        )
    if uow.accounts.person(command.person) is not None:
        raise PersonExists(command.person)
    name = _named(command.name)
    new = office.ids.new_id()
    uow.accounts.ensure_person(new, command.person, name)
    uow.accounts.rename(command.person, name, office.clock.now())
    return _seen(uow, command.person)


def _give(uow: UnitOfWork, office: Office, command: GivePost) -> PersonView:
    now = office.clock.now()
    row = uow.accounts.person(command.person)
    if row is None or row.ended_at is not None:
        raise NotFound("cán bộ", command.person)
    if command.role not in POST_ROLES:
        raise InvalidInput("role", f"chỉ nhận: {', '.join(POST_ROLES)}")
    office.catalogue.agencies.get(command.agency)
    begins = command.valid_from or now
    if command.valid_to is not None and command.valid_to <= begins:
        raise InvalidInput("valid_to", "phải sau thời điểm bắt đầu")
    values = {"agency": command.agency, "role": command.role, "valid_from": begins}
    new = {"id": office.ids.new_id(), "person_id": row.id, "valid_to": command.valid_to}
    if not uow.accounts.give_post(new | values, now):
        raise Conflict
    return _seen(uow, command.person)


def _looked_after(
    uow: UnitOfWork, office: Office, actor: Actor, person: str, action: str
) -> PersonView:
    """Return a person the actor may look after: at every agency where they have a post now."""
    row = uow.accounts.person(person)
    agencies, now = office.catalogue.agencies, office.clock.now()
    held = uow.posts.held_by(person, now)
    where = {post.agency for post in held} or {actor.agency}
    for agency in sorted(where):
        permit(actor, action, governed(agencies, agency, person=person))
    if row is None:
        raise NotFound("cán bộ", person)
    if actor.person == person and action == CHANGE_PERSON:
        raise Forbidden("not_the_same_hand")
    return _view(row, uow.posts.held_by(person))


def _seen(uow: UnitOfWork, person: str) -> PersonView:
    row = uow.accounts.person(person)
    if row is None:
        raise NotFound("cán bộ", person)
    return _view(row, uow.posts.held_by(person))


def _view(row: PersonRow, posts: Iterable[PostRow]) -> PersonView:
    return PersonView(
        names=tuple(NameView(valid_from=at, name=name) for at, name in row.names),
        person=row.code,
        name=row.name,
        email=row.email,
        ended_at=row.ended_at,
        has_password=row.has_password,
        has_second_factor=row.has_second_factor,
        posts=tuple(
            PostView(
                id=p.id,
                agency=p.agency,
                role=p.role,
                valid_from=p.valid_from,
                valid_to=p.valid_to,
            )
            for p in posts
        ),
    )


def _revived(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with its moments as moments again."""
    moments = {"valid_from", "valid_to", "ended_at"}
    return {
        k: datetime.fromisoformat(v) if k in moments and isinstance(v, str) else v
        for k, v in record.items()
    }


def _named(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > MOST_NAME:
        raise InvalidInput("name", f"hãy ghi họ tên, không quá {MOST_NAME} ký tự")
    return tidy
