"""How a review is worded: figures as Vietnamese text, parts of bars as widths, shades as classes.

Decides and measures nothing; every text has its n near it, every label its definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from api.figures import CONTAINERS
from api.formatting import NOTHING, WORKING_DAY, day_of, minutes, number, percent, short_minutes
from api.pages.showing import Part
from engine.law.timeliness import Timeliness
from engine.law.working_time import ZONE
from engine.timing.clocks import FiveClocks
from engine.timing.measures import Measure
from engine.timing.patterns import Saving
from engine.timing.scores import HUNDRED, Standing
from workflows.review.drilling import Behind
from workflows.review.gauging import StepFigures
from workflows.review.measuring import Conformance, Overview, Review

MINUTE = 60
CLOCKS = (  # clock -> its words, its definition, its colour
    ("unassigned", "Chưa ai nhận", "unassigned", "unassigned"),
    ("assigned", "Đã nhận, chưa mở", "assigned", "assigned"),
    ("working", "Làm", "working", "working"),
    ("applicant", "Người nộp", "applicant", "applicant"),
    ("other_agency", "Cơ quan khác", "other-agency", "other"),
)
SHADES = (0.30, 0.15, 0.05, 0.02)  # of the lead time: from the darkest on
STANDS = {
    Timeliness.EARLY: "sớm",
    Timeliness.ON_TIME: "đúng hạn",
    Timeliness.OVERDUE: "quá hạn",
    Timeliness.OPEN: "đang làm, trong hạn",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure with its words, its definition, its n."""

    label: str
    definition: str
    value: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step in the table, on the diagram and in the chart."""

    element: str
    name: str
    n: str
    hidden: bool
    dossiers: int
    open: int
    cells: tuple[str, ...]
    total: str
    p90: str
    share: str
    limit: str
    late: str
    again: str
    again_cost: str
    left_out: int
    label: str
    shade: int
    sums: Mapping[str, float]
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """A procedure in a line."""

    code: str
    name: str
    dossiers: int
    finished: int
    hidden: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IndexCell:
    """An index of a unit with its arithmetic."""

    name: str
    fraction: str
    rate: str
    arithmetic: str


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A unit of the scoreboard."""

    name: str
    band: str
    tone: str
    percent: str
    width: float
    arithmetic: str
    indices: tuple[IndexCell, ...]


@dataclass(frozen=True, kw_only=True)
class SavingRow:
    """A step that would save most, with the arithmetic."""

    element: str
    name: str
    days: str
    per_time: str
    arithmetic: str


@dataclass(frozen=True, kw_only=True)
class BehindRow:
    """A dossier behind a figure."""

    id: str
    name: str
    agency: str
    channel: str
    received: str
    stands: str
    late: bool
    total: str
    cells: tuple[str, ...]
    rounds: int


def working(seconds: float | None) -> str:
    """Say a length of working time in the space of a cell."""
    return NOTHING if seconds is None else short_minutes(seconds / MINUTE)


def share(part: float | None, digits: float = 1) -> str:
    """Say a share as a percentage."""
    return NOTHING if part is None else f"{number(round(HUNDRED * part, int(digits)))} %"


def key_figures(found: Review) -> list[Figure]:
    """Return the head of the page of a procedure."""
    return list(_key_figures(found))


def _key_figures(found: Review) -> Iterator[Figure]:
    lead, stands = found.office_lead, found.conformance
    still = f"{number(found.finished)} xong, {number(found.dossiers - found.finished)} đang mở"
    yield Figure(label="Hồ sơ", definition="n", value=number(found.dossiers), note=still)
    middle = minutes(_minutes(lead.median))
    note = f"P90 {minutes(_minutes(lead.p90))}; n = {number(lead.n)}" if lead.n else ""
    yield Figure(label="Từ nhận đến xong", definition="lead", value=middle, note=note)
    with_open = minutes(_minutes(found.median_with_open), working=False)
    note = f"giờ đồng hồ; n = {number(found.dossiers)}"
    yield Figure(
        label="Kể cả hồ sơ đang mở", definition="median-with-open", value=with_open, note=note
    )
    kept = percent(stands.early + stands.on_time, stands.finished)
    note = f"{stands.late} xong quá hạn, {stands.open_late} mở quá hạn; n = {stands.finished}"
    yield Figure(label="Xong đúng hạn", definition="conformance", value=kept, note=note)
    used = found.limit_used
    note = f"P90 {share(used.p90, 0)}; n = {number(used.n)}" if used.n else "không có hạn chung"
    label = "Thời hạn đã dùng"
    yield Figure(label=label, definition="share-of-limit", value=share(used.median, 0), note=note)


def clocks(found: Review) -> list[tuple[Figure, Part]]:
    """Return the five clocks of all dossiers together as one bar, with its legend."""
    return list(_clocks(found))


def _clocks(found: Review) -> Iterator[tuple[Figure, Part]]:
    x, closed = 0.0, found.wall.closed + found.wall.force_majeure
    parts = [(*c[1:], getattr(found.wall, c[0])) for c in CLOCKS]
    parts.append(("Ngoài giờ, bất khả kháng", "closed", "closed", closed))
    for label, definition, tone, seconds in parts:
        width = HUNDRED * seconds / found.elapsed if found.elapsed else 0.0
        days = number(round(seconds / (24 * 3600), 1))
        figure = Figure(
            label=label, definition=definition, value=share(width / HUNDRED), note=f"{days} ngày"
        )
        yield figure, Part(tone=tone, x=round(x, 3), width=round(width, 3))
        x += width


def step(figures: StepFigures, name: str = "") -> StepRow:
    """Return a step as a row."""
    office, again = figures.office, figures.rework
    lead = figures.share_of_lead
    shade = 0 if lead is None else sum(lead >= s for s in SHADES)
    sums = {c[0]: _total(office.get(c[0])) / MINUTE for c in CLOCKS}
    everything = sum(sums.values())
    return StepRow(
        element=figures.element,
        name=name or figures.name,
        n=number(figures.n),
        hidden=figures.hidden,
        dossiers=figures.dossiers,
        open=figures.open,
        cells=tuple(cell(office.get(c[0])) for c in CLOCKS),
        total=cell(office.get("total")),
        p90=working(office["total"].p90) if office else NOTHING,
        share=share(lead),
        limit=share(figures.share_of_limit),
        late=share(figures.share_when_late),
        again=number(again.extra) if again is not None and again.extra else "",
        again_cost=working(again.extra_seconds) if again is not None and again.extra else "",
        left_out=figures.left_out,
        label=working(office["total"].median) if office else "",
        shade=shade,
        sums={k: round(v, 1) for k, v in sums.items()},
        parts=tuple(_parts(sums, everything)),
    )


def _parts(sums: Mapping[str, float], everything: float) -> Iterator[Part]:
    x = 0.0
    for clock, _, _, tone in CLOCKS:
        width = HUNDRED * sums[clock] / everything if everything else 0.0
        if width:
            yield Part(tone=tone, x=round(x, 2), width=round(width, 2))
        x += width


def line(found: Overview, name: str) -> LineRow:
    """Return a procedure in a line."""
    stands = found.conformance
    cells = (
        working(found.lead.median),
        working(found.lead.p90),
        share(found.waiting_share, 0),
        share(found.limit_used.median, 0),
        kept(stands),
        number(stands.open_late),
    )
    return LineRow(
        code=found.key,
        name=name,
        dossiers=found.dossiers,
        finished=found.finished,
        hidden=found.hidden,
        cells=cells,
    )


def standing(found: Standing, name: str) -> UnitRow:
    """Return a unit with its band and how it came to it."""
    tones = {"tốt": "done", "khá": "running", "trung bình": "soon", "yếu": "late"}
    points, most = _decimal(found.points), _decimal(found.reachable)
    shown = NOTHING if found.percent is None else f"{number(float(found.percent))} %"
    return UnitRow(
        name=name,
        band=found.band or "chưa xếp",
        tone=tones.get(found.band, "status"),
        percent=shown,
        width=float(found.percent or 0),
        arithmetic=f"{points} điểm / {most} điểm có thể đạt = {shown}",
        indices=tuple(
            IndexCell(
                name=s.index.name,
                fraction=f"{s.numerator} / {s.denominator}",
                rate=NOTHING if s.rate is None else share(float(s.rate)),
                arithmetic=(
                    f"min(1, {s.numerator}/{s.denominator} : {share(float(s.index.threshold), 0)})"
                    f" x {_decimal(s.index.points)} = {_decimal(s.points)}"
                ),
            )
            for s in found.scored
        ),
    )


def saving(found: Saving, names: Mapping[str, str], agency_name: Callable[[str], str]) -> SavingRow:
    """Return a step that would save, with the arithmetic in words."""
    best = working(found.best)
    days = _days(found.could_save)
    return SavingRow(
        element=found.element,
        name=names.get(found.element, found.element),
        days=days,
        per_time=working(found.could_save / found.n if found.n else None),
        arithmetic=(
            f"{number(found.n)} lần chờ, tất cả {_days(found.waiting)} ngày làm việc; nhanh nhất "
            f"là {agency_name(found.unit)}, trung vị {best}. Cộng phần vượt {best} của từng lần: "
            f"{days} ngày."
        ),
    )


def grounds(found: Review) -> list[tuple[str, str]]:
    """Return the grounds of pauses, the longest first, with their days."""
    ordered = sorted(found.grounds.items(), key=lambda g: -g[1])
    return [(name, f"{number(round(n / (24 * 3600), 1))} ngày") for name, n in ordered]


def behind(found: Behind) -> BehindRow:
    """Return a dossier as a row."""
    spent: FiveClocks = found.spent
    return BehindRow(
        id=found.id,
        name=found.code or found.pseudonym,
        agency=found.agency,
        channel=found.channel,
        received=day_of(found.received_at.astimezone(ZONE).date()),
        stands=STANDS[found.stands],
        late=found.stands is Timeliness.OVERDUE,
        total=working(spent.total),
        cells=tuple(working(getattr(spent, c[0])) for c in CLOCKS),
        rounds=found.rounds,
    )


def cell(found: Measure | None) -> str:
    """Say the median of a measure, a dash for nothing."""
    return working(found.median) if found is not None and found.mean else NOTHING


def _total(found: Measure | None) -> float:
    return (found.mean or 0.0) * found.n if found is not None else 0.0


def kept(stands: Conformance) -> str:
    """Say the share of finished dossiers that were in time."""
    return percent(stands.early + stands.on_time, stands.finished)


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / MINUTE


def _days(seconds: float) -> str:
    return number(round(seconds / MINUTE / WORKING_DAY, 1))


def _decimal(value: Fraction | None) -> str:
    return (
        NOTHING
        if value is None
        else f"{float(value):.2f}".rstrip("0").rstrip(".").replace(".", ",")
    )


def rows_of(steps: Sequence[StepFigures]) -> list[StepRow]:
    """Return the steps that are no containers of others."""
    return [step(s) for s in steps if s.kind not in CONTAINERS]
