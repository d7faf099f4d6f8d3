"""The single provisions a procedure is made of: limits, steps, lanes, papers, fees.

Plain frozen values; every one can say its `source` (a key of the research file or a text) and be
marked `sample` where nobody has verified it. Not for rules across provisions: see
`contradictions`. A field whose metadata has `key` is read from that key of the file; a field
marked `table_key` takes the key of the table it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

MINUTES_PER_DAY = 480  # ruling: a day of a step norm is 8 working hours
MINUTES_PER_HOUR = 60
DUE_SOON_HOURS = 24


class Unit(StrEnum):
    """What a time limit is counted in; never converted into another for a promise."""

    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"

    @property
    def label(self) -> str:
        """The Vietnamese word."""
        return _UNIT_NAMES[self]


_UNIT_NAMES = {
    Unit.HOUR: "giờ",
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.CALENDAR_DAY: "ngày",
    Unit.MONTH: "tháng",
}


class OnSupplement(StrEnum):
    """What a supplement request does to the clock: starts it anew, or stops it meanwhile."""

    RESTART = "restart"
    PAUSE = "pause"


class Channel(StrEnum):
    """How a dossier comes in (phương thức nộp)."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class FeeChannel(StrEnum):
    """Which channel a fee is for."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"
    ALL = "all"


class Level(StrEnum):
    """Level of government that settles the procedure."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    MINISTRY = "ministry"


class ComponentMode(StrEnum):
    """How a paper of the dossier is obtained: nộp, xuất trình, khai thác, đã có trong kho."""

    SUBMIT = "submit"
    PRESENT = "present"
    LOOKUP = "lookup"
    HELD = "held"


class StepClock(StrEnum):
    """Whose time runs while a step is open."""

    AGENCY = "agency"
    APPLICANT = "applicant"
    OTHER_AGENCY = "other_agency"
    FORCE_MAJEURE = "force_majeure"


class Silence(StrEnum):
    """What no answer in time means (im lặng là đồng ý)."""

    AGREED = "agreed"
    NONE = "none"


class FactKind(StrEnum):
    """Type of a routing fact."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    LIST = "list"


class Role(StrEnum):
    """Who does a step (vai trò)."""

    ONE_STOP_CLERK = "one_stop_clerk"
    OFFICER = "officer"
    HEAD_OF_SECTION = "head_of_section"
    LEADER = "leader"
    REGISTRY_CLERK = "registry_clerk"
    TAX_OFFICER = "tax_officer"
    OPINION_OFFICER = "opinion_officer"
    APPLICANT = "applicant"


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """Where a provision comes from; `sample` marks what nobody has verified."""

    source: str = ""
    sample: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LegalBasis(Sourced):
    """A text the procedure rests on (căn cứ pháp lý)."""

    text: str
    article: str = ""


@dataclass(frozen=True, kw_only=True)
class ChannelLimit(Sourced):
    """A shorter limit for one channel; the unit is the statutory one unless given."""

    channel: Channel = field(metadata={"table_key": True})
    amount: int
    unit: Unit | None = None


@dataclass(frozen=True, kw_only=True)
class TimeLimit(Sourced):
    """The statutory time limit (thời hạn giải quyết), in `unit`s.

    `cut_off` is `none`, `last_hour` or an hour `HH:MM`: what arrives later counts as arriving on
    the next working day. `counts_reception_day` makes the day of reception day one (limits in
    days only). `rolls_forward` moves a due date on a day off to the next working day.
    """

    amount: int
    unit: Unit
    counts_reception_day: bool = False
    cut_off: str = "none"
    on_supplement: OnSupplement = OnSupplement.RESTART
    rolls_forward: bool = True
    channel: Mapping[str, ChannelLimit] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Stage(Sourced):
    """One appointment of several (hẹn lần 1, lần 2).

    Starts when `from_element` completes or is passed (empty: at reception), ends when `to_element`
    does, or when the next appointment starts.
    """

    id: str
    name: str
    amount: int
    unit: Unit
    from_element: str = field(default="", metadata={"key": "from"})
    to_element: str = field(default="", metadata={"key": "to"})
    counts_reception_day: bool = False


@dataclass(frozen=True, kw_only=True)
class Extension(Sourced):
    """By how much and how often the limit may be extended (gia hạn).

    It is given when the step `element` completes; empty where the process has no such step.
    """

    allowed: bool
    element: str = ""
    max_times: int = 1
    amount: int = 0
    unit: Unit = Unit.WORKING_DAY


@dataclass(frozen=True, kw_only=True)
class Supplement(Sourced):
    """How missing papers are asked for; the dossier closes itself after `auto_close_after`."""

    rounds: int
    fact: str
    value: Any = False
    wait_element: str
    message: str
    auto_close_after: int = 15
    auto_close_unit: Unit = Unit.WORKING_DAY


@dataclass(frozen=True, kw_only=True)
class Component(Sourced):
    """A paper of the dossier (thành phần hồ sơ).

    Of papers with the same `one_of` one will do.
    """

    id: str
    name: str
    originals: int = 0
    copies: int = 0
    mode: ComponentMode = ComponentMode.SUBMIT
    required: bool = True
    form: str = ""
    one_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Fee(Sourced):
    """A fee or charge (phí, lệ phí) in whole đồng; `exemption` says who need not pay it.

    One `on_request` is owed for what the applicant asks for, such as copies. `before` names the
    step that cannot be completed while it is unpaid; empty: nothing waits for it.
    """

    id: str
    name: str
    amount_vnd: int
    channel: FeeChannel = FeeChannel.ALL
    per: str = ""
    exemption: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    on_request: bool = False
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Result(Sourced):
    """A paper the procedure gives (kết quả)."""

    id: str
    name: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane(Sourced):
    """Who works in a lane: a role at an agency.

    `agency` is `receiving`, `competent`, `item` (the multi-instance item is the agency code) or
    `partner:<name>`.
    """

    id: str = field(metadata={"table_key": True})
    role: Role
    agency: str


@dataclass(frozen=True, kw_only=True)
class Step(Sourced):
    """What the law and the internal process say about a waiting element.

    `norm_minutes` is in working minutes, None where the step has no time of its own. A step with
    `counted` false moves the due date by the working time it is open. `status` is the national
    status (1-10) while it is open. `not_same_hand_as` names elements whose doer may not do this,
    `may_return_to` earlier ones it may be sent back to. Completing a step that `signs_off` signs
    the result, if `signs_off_fact` is given only when that fact holds; one that `releases` makes it
    leave the office.
    """

    element: str = field(metadata={"table_key": True})
    norm_minutes: int | None = None
    counted: bool = True
    clock: StepClock = StepClock.AGENCY
    status: int
    legal: str = ""
    not_same_hand_as: tuple[str, ...] = ()
    may_return_to: tuple[str, ...] = ()
    signs_off: bool = False
    signs_off_fact: str = ""
    releases: bool = False


@dataclass(frozen=True, kw_only=True)
class Fact(Sourced):
    """A routing fact and the elements allowed to set it."""

    name: str = field(metadata={"table_key": True})
    type: FactKind
    values: tuple[Any, ...] = ()
    set_by: tuple[str, ...] = ()
    label: str = ""
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class End(Sourced):
    """Where the process can end, and the national status (3, 8, 9 or 10) of a dossier that did.

    `side_branch` marks an end that ends no dossier (a reminder was sent); it has no status.
    """

    element: str = field(metadata={"table_key": True})
    status: int = 0
    side_branch: bool = False


@dataclass(frozen=True, kw_only=True)
class Leg(Sourced):
    """One part of a chain of procedures done for one request (liên thông), with its own limit.

    It begins when every leg named in `after` is over, at reception when none is: legs that begin
    together run side by side. `amount` 0 in days is the day it begins. With `counted` false it has
    time of its own that the chain does not count (tax, payment). With `fact` it is part of the
    chain where the fact has this `value`, and as long as the fact is not known. `element` is what
    does it in the diagram, `agency` who, named as for a lane.
    """

    id: str
    name: str
    agency: str
    amount: int = 0
    unit: Unit = Unit.WORKING_DAY
    after: tuple[str, ...] = ()
    counted: bool = True
    fact: str = ""
    value: Any = None
    element: str = ""


@dataclass(frozen=True, kw_only=True)
class Warnings(Sourced):
    """When to warn of a due moment; `due_soon_hours` are hours on the wall before it."""

    due_soon_hours: int = DUE_SOON_HOURS


@dataclass(frozen=True, kw_only=True)
class Escalation(Sourced):
    """Whom a warning or an escalation of the diagram is addressed to (báo cáo cấp trên).

    `about` is the warning (due_soon, apology_due, overdue), or `name` the name of an escalation
    event of the diagram; one of the two. `agency` is named as for a lane.
    """

    to: Role
    about: str = ""
    name: str = ""
    agency: str = "competent"


def norm_minutes_of(amount: int, unit: Unit) -> int | None:
    """Return a limit as step-norm minutes (1 day = 8 hours), None for months.

    Only for comparing step norms with the limit, never for a promise (ruling 11).
    """
    if unit in {Unit.WORKING_DAY, Unit.CALENDAR_DAY}:
        return amount * MINUTES_PER_DAY
    if unit in {Unit.HOUR, Unit.WORKING_HOUR}:
        return amount * MINUTES_PER_HOUR
    return None
