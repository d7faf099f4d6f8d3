"""Rosters (danh sách cán bộ): people and posts of a whole list, all of it or nothing.

A list is shown first with what each row would do and everything that is wrong; with one fault
nothing is written. Taking the same list again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.law.authority import ROLE_NAMES, Actor, allow
from engine.law.names import folded
from engine.law.working_time import ZONE
from workflows import staffing
from workflows.agencies import Agency
from workflows.errors import InvalidInput, WorkflowError
from workflows.office import Office
from workflows.permitting import IMPORT_PEOPLE, POST_ROLES, governed, permit
from workflows.repeating import once
from workflows.roster_files import MOST_ROWS, CellFault, RosterRow, read_day, template
from workflows.staffing import CODE, CODE_ADVICE, NewPost
from workflows.store import UnitOfWork
from workflows.store.accounts import PersonRow
from workflows.store.posts import PostRow

NEW_PERSON, NEW_POST, NOTHING, FAULTY = "new_person", "new_post", "nothing", "faulty"
_ROLES = {folded(name): role for role, name in ROLE_NAMES.items() if role in POST_ROLES} | {
    role.casefold(): role for role in POST_ROLES
}


class RosterRefused(WorkflowError):
    """The list has faults: nothing of it was written."""

    code = "roster_refused"
    sentence = "Danh sách có {count} chỗ sai; chưa ghi gì. Hãy sửa các ô đã nêu rồi nhập lại."

    def __init__(self, faults: Sequence[CellFault]) -> None:
        """Keep every fault."""
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class TakeRoster:
    """Add the people and posts of these rows."""

    rows: tuple[RosterRow, ...]
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RosterLine:
    """What a row would do: add a person with a post, add a post, nothing, or it is faulty."""

    row: int
    person: str
    name: str
    agency: str
    role: str
    valid_from: date | None
    valid_to: date | None
    what: str


@dataclass(frozen=True, kw_only=True)
class RosterPlan:
    """A list as it would be taken; with `faults` it would not be."""

    lines: tuple[RosterLine, ...]
    faults: tuple[CellFault, ...] = ()

    def count(self, what: str) -> int:
        """Return how many rows would do this."""
        return sum(line.what == what for line in self.lines)


@dataclass
class _Seen:
    """What is known while the rows are gone through."""

    people: Mapping[str, PersonRow]
    posts: Mapping[str, Sequence[PostRow]]
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], int] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)


def may_import(office: Office, actor: Actor) -> None:
    """Raise Forbidden for whoever may not bring a list at all: asked before it is read."""
    permit(actor, IMPORT_PEOPLE, governed(office.catalogue.agencies, actor.agency))


def plan_roster(office: Office, actor: Actor, rows: Sequence[RosterRow]) -> RosterPlan:
    """Return what taking these rows would do, and every fault; writes nothing.

    Raises Forbidden, or InvalidInput for more rows than are taken at once.
    """
    _may(office, actor, rows)
    return office.store.read(lambda uow: _plan(uow, office, actor, rows)[0])


def merged(plan: RosterPlan, unread: Sequence[CellFault]) -> RosterPlan:
    """Return the plan with the cells that could not be read; each cell says one thing, in order."""
    said = {fault.cell for fault in unread}
    faults = [*unread, *(fault for fault in plan.faults if fault.cell not in said)]
    bad = {fault.row for fault in faults}
    lines = (replace(line, what=FAULTY) if line.row in bad else line for line in plan.lines)
    return RosterPlan(lines=tuple(lines), faults=tuple(sorted(faults, key=lambda f: f.row)))


def take_roster(office: Office, actor: Actor, command: TakeRoster) -> RosterPlan:
    """Add the people and posts of the rows in one transaction and return what was done.

    Raises RosterRefused with every fault, Forbidden, or InvalidInput; then nothing is written.
    """
    _may(office, actor, command.rows)

    def take(uow: UnitOfWork) -> dict[str, Any]:
        plan, seen = _plan(uow, office, actor, command.rows)
        if plan.faults:
            raise RosterRefused(plan.faults)
        doing = [line for line in plan.lines if line.what != NOTHING]
        for line in doing:
            permit(actor, IMPORT_PEOPLE, _resource(office, line.person, line.agency))
        _write(uow, office, doing, seen)
        return {"lines": [asdict(line) for line in plan.lines]}

    answer = once(office, actor, command, take)
    return RosterPlan(lines=tuple(_revived(line) for line in answer["lines"]))


def roster_template(office: Office, actor: Actor) -> bytes:
    """Return an empty list to fill in, with the agencies the caller looks after.

    Raises Forbidden.
    """
    agencies, today = office.catalogue.agencies, _today(office)
    permit(actor, IMPORT_PEOPLE, governed(agencies, actor.agency))
    mine = (a for a in agencies if agencies.within(a.code, actor.agency) and a.is_valid(today))
    return template(POST_ROLES, ((agency.code, agency.name) for agency in mine))


def _may(office: Office, actor: Actor, rows: Sequence[RosterRow]) -> None:
    may_import(office, actor)
    if len(rows) > MOST_ROWS:
        raise InvalidInput("rows", f"nhiều quá {MOST_ROWS} dòng; hãy chia thành nhiều danh sách")


def _write(uow: UnitOfWork, office: Office, lines: Sequence[RosterLine], seen: _Seen) -> None:
    """Write the new people and their first posts at once; a post held before is given again."""
    new = {line.person: line.name for line in lines if line.what == NEW_PERSON}
    ids = {code: row.id for code, row in seen.people.items()}
    ids |= staffing.add_people(uow, office, new)
    before = {(p.person, p.agency, p.role) for held in seen.posts.values() for p in held}
    first = []
    for line in lines:
        post = _post(line)
        if (post.person, post.agency, post.role) in before:
            staffing.give_post(uow, office, post)
        else:
            first.append(post)
    staffing.add_posts(uow, office, first, ids)


def _post(line: RosterLine) -> NewPost:
    begins = _midnight(line.valid_from) if line.valid_from else None
    ends = _midnight(line.valid_to + timedelta(days=1)) if line.valid_to else None
    return NewPost(
        person=line.person, agency=line.agency, role=line.role, valid_from=begins, valid_to=ends
    )


def _plan(
    uow: UnitOfWork, office: Office, actor: Actor, rows: Sequence[RosterRow]
) -> tuple[RosterPlan, _Seen]:
    codes = sorted({row.person for row in rows})
    found = uow.accounts.people_by_code(codes)
    seen = _Seen({row.code: row for row in found}, uow.posts.held_by_all(codes))
    lines, faults = [], []
    for row in rows:
        role = _ROLES.get(folded(row.role)) or _ROLES.get(row.role.casefold(), "")
        wrong = [*_person_faults(row, seen), *_post_faults(office, actor, row, role)]
        wrong += _twice(row, role, seen)
        faults += wrong
        lines.append(_line(row, role, FAULTY if wrong else _what(office, row, role, seen)))
    return RosterPlan(lines=tuple(lines), faults=tuple(faults)), seen


def _person_faults(row: RosterRow, seen: _Seen) -> Iterator[CellFault]:
    if not CODE.fullmatch(row.person):
        yield row.fault("person", CODE_ADVICE)
        return
    if not any(letter.isalpha() for letter in row.name):
        yield row.fault("name", "hãy ghi họ tên")
        return
    known = seen.people.get(row.person)
    if known is not None and known.ended_at is not None:
        yield row.fault("person", f"«{known.name}» đã thôi việc; mã không cấp lại cho ai")
    elif known is not None and known.name != row.name:
        yield row.fault(
            "name", f"mã này là của «{known.name}»; hãy sửa mã, hoặc đổi họ tên ở trang cán bộ"
        )
        return
    first, name = seen.names.setdefault(row.person, (row.row, row.name))
    if name != row.name:
        yield row.fault("name", f"cùng mã nhưng khác họ tên ở dòng {first} («{name}»)")


def _post_faults(office: Office, actor: Actor, row: RosterRow, role: str) -> Iterator[CellFault]:
    if not role:
        names = ", ".join(ROLE_NAMES[each] for each in POST_ROLES)
        yield row.fault("role", f"không có vai trò «{row.role}»; chỉ nhận: {names}")
    agencies = office.catalogue.agencies
    if row.agency not in agencies:
        yield row.fault("agency", f"không có cơ quan mã «{row.agency}»")
    else:
        yield from _agency_faults(office, actor, row, agencies.get(row.agency))
    today = _today(office)
    if row.valid_to is not None and row.valid_to < (row.valid_from or today):
        yield row.fault("valid_to", "ngày cuối trước ngày đầu")
    elif row.valid_to is not None and row.valid_to < today:
        yield row.fault("valid_to", "ngày cuối đã qua")


def _agency_faults(
    office: Office, actor: Actor, row: RosterRow, agency: Agency
) -> Iterator[CellFault]:
    if agency.valid_to is not None and agency.valid_to < _today(office):
        after = ", ".join(agency.successors) or "không ghi"
        until = f"{agency.valid_to:%d/%m/%Y}"
        yield row.fault("agency", f"«{agency.name}» chỉ có đến {until}; cơ quan kế thừa: {after}")
    resource = _resource(office, row.person, row.agency)
    if not allow(actor, IMPORT_PEOPLE, resource).allowed:
        own = actor.person == row.person
        field_, why = ("person", "không ai tự cấp vị trí cho mình") if own else (
            "agency", "cơ quan này không do bạn quản trị"
        )  # fmt: skip
        yield row.fault(field_, why)


def _twice(row: RosterRow, role: str, seen: _Seen) -> Iterator[CellFault]:
    key = (row.person, row.agency, role)
    first = seen.rows.setdefault(key, row.row)
    if first != row.row and role:
        yield row.fault("person", f"trùng với dòng {first}: cùng cán bộ, cơ quan, vai trò")


def _what(office: Office, row: RosterRow, role: str, seen: _Seen) -> str:
    now = office.clock.now()
    for post in seen.posts.get(row.person, ()):
        same = (post.agency, post.role) == (row.agency, role)
        if same and (post.valid_to is None or post.valid_to > now):
            return NOTHING
    if row.person in seen.people or row.person in seen.added:
        return NEW_POST
    seen.added.add(row.person)
    return NEW_PERSON


def _line(row: RosterRow, role: str, what: str) -> RosterLine:
    return RosterLine(
        row=row.row,
        person=row.person,
        name=row.name,
        agency=row.agency,
        role=role or row.role,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        what=what,
    )


def _resource(office: Office, person: str, agency: str) -> Any:
    own = frozenset({person})
    return governed(office.catalogue.agencies, agency, person=person, barred=own)


def _revived(line: Mapping[str, Any]) -> RosterLine:
    days = {n: read_day(line[n]) if isinstance(line[n], str) else line[n]
            for n in ("valid_from", "valid_to")}  # fmt: skip
    return RosterLine(**{**line, **days})


def _today(office: Office) -> date:
    return office.clock.now().astimezone(ZONE).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
