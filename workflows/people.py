"""People and their posts (cán bộ, vị trí công tác): added, renamed, ended, never deleted.

What is written about them stays as it was: a new name begins on its day, a post that ends has
existed, and the code of a person is never given to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.law.authority import Actor
from workflows import staffing
from workflows.attempts import Attempt
from workflows.errors import Forbidden, NotFound
from workflows.mail_addresses import checked
from workflows.office import Office
from workflows.permitting import CHANGE_PERSON, LIST_PEOPLE, governed, permit
from workflows.reasons import check_length
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.accounts import PersonRow
from workflows.store.posts import PostRow

MOST_REASON = 500


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
    """The person leaves: posts, tokens and sessions end at once; the reason stays known."""

    person: str
    reason: str = ""
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
    """A person with the posts they have and had, and what they were called.

    `locked_until` is when the next attempt to sign in is looked at, after too many that failed.
    """

    person: str
    name: str
    ended_at: datetime | None
    has_password: bool
    has_second_factor: bool
    posts: tuple[PostView, ...]
    names: tuple[NameView, ...]
    email: str = ""
    end_reason: str = ""
    locked_until: datetime | None = None

    def to_record(self) -> dict[str, Any]:
        """Return the view as JSON values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> PersonView:
        """Return the view that was stored as an answer."""
        posts = (PostView(**_revived(post)) for post in record["posts"])
        names = (NameView(**_revived(name)) for name in record["names"])
        return cls(**_revived(record) | {"posts": tuple(posts), "names": tuple(names)})


def list_people(office: Office, actor: Actor, agency: str = "") -> tuple[PersonView, ...]:
    """Return the people with a post at an agency or one below it; raises Forbidden or NotFound."""
    agencies = office.catalogue.agencies
    asked = agency or actor.agency
    agencies.get(asked)
    permit(actor, LIST_PEOPLE, governed(agencies, asked))
    below = agencies.below(asked)

    def look(uow: UnitOfWork) -> tuple[PersonView, ...]:
        rows = uow.accounts.people(below)
        posts = uow.posts.held_by_all([row.code for row in rows])
        locks = _locks(uow, [row.code for row in rows])
        return tuple(_view(row, posts.get(row.code, ()), locks[row.code]) for row in rows)

    return office.store.read(look)


def read_person(office: Office, actor: Actor, person: str) -> PersonView:
    """Return a person and all their posts; raises NotFound or Forbidden."""
    return office.store.read(lambda uow: _looked_after(uow, office, actor, person, LIST_PEOPLE))


def add_person(office: Office, actor: Actor, command: AddPerson) -> PersonView:
    """Add a person without post or password; raises PersonExists, InvalidInput or Forbidden."""
    permit(actor, CHANGE_PERSON, governed(office.catalogue.agencies, actor.agency))

    def add(uow: UnitOfWork) -> PersonView:
        staffing.add_person(uow, office, command.person, command.name)
        return _seen(uow, command.person)

    return _once(office, actor, command, add)


def rename_person(office: Office, actor: Actor, command: RenamePerson) -> PersonView:
    """Give a person another name from now on; raises NotFound, InvalidInput or Forbidden."""

    def rename(uow: UnitOfWork) -> PersonView:
        _looked_after(uow, office, actor, command.person, CHANGE_PERSON)
        uow.accounts.rename(command.person, staffing.named(command.name), office.clock.now())
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
    """End a person with everything that lets them in.

    Raises NotFound, Forbidden, or InvalidInput for a reason that is too long.
    """
    now = office.clock.now()
    check_length("reason", command.reason, MOST_REASON)

    def end(uow: UnitOfWork) -> PersonView:
        _looked_after(uow, office, actor, command.person, CHANGE_PERSON)
        uow.accounts.end_person(command.person, now, command.reason)
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
    post = staffing.NewPost(
        person=command.person,
        agency=command.agency,
        role=command.role,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
    )

    def give(uow: UnitOfWork) -> PersonView:
        staffing.give_post(uow, office, post)
        return _seen(uow, command.person)

    return _once(office, actor, command, give)


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


def operator(office: Office, agency: str) -> Actor:
    """Return who acts at the machine itself: an administrator of the highest agency above one."""
    agencies = office.catalogue.agencies
    *_, top = agencies.above(agencies.get(agency).code)
    return Actor(person="operator", agency=top, role="administrator")


def _once(office: Office, actor: Actor, command: Any, work: Any) -> PersonView:
    answer = once(office, actor, command, lambda uow: work(uow).to_record())
    return PersonView.from_record(answer)


def _looked_after(
    uow: UnitOfWork, office: Office, actor: Actor, person: str, action: str
) -> PersonView:
    """Return a person the actor may look after: at every agency of their posts, or last posts."""
    row = uow.accounts.person(person)
    agencies, now = office.catalogue.agencies, office.clock.now()
    held = uow.posts.held_by(person, now) or uow.posts.held_by(person)
    where = {post.agency for post in held} or {actor.agency}
    for agency in sorted(where):
        permit(actor, action, governed(agencies, agency, person=person))
    if row is None:
        raise NotFound("cán bộ", person)
    if actor.person == person and action == CHANGE_PERSON:
        raise Forbidden("not_the_same_hand")
    return _whole(uow, row)


def _seen(uow: UnitOfWork, person: str) -> PersonView:
    row = uow.accounts.person(person)
    if row is None:
        raise NotFound("cán bộ", person)
    return _whole(uow, row)


def _whole(uow: UnitOfWork, row: PersonRow) -> PersonView:
    return _view(row, uow.posts.held_by(row.code), _locks(uow, [row.code])[row.code])


def _locks(uow: UnitOfWork, people: Iterable[str]) -> dict[str, datetime | None]:
    """Return until when each account is locked, None where it is not."""
    keys = {person: Attempt.of(person, "").account for person in people}
    known = uow.credentials.attempts(keys.values())
    return {p: known[key].blocked_until if key in known else None for p, key in keys.items()}


def _view(row: PersonRow, posts: Iterable[PostRow], locked: datetime | None) -> PersonView:
    return PersonView(
        locked_until=locked,
        end_reason=row.end_reason,
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
    moments = {"valid_from", "valid_to", "ended_at", "locked_until"}
    return {
        k: datetime.fromisoformat(v) if k in moments and isinstance(v, str) else v
        for k, v in record.items()
    }
