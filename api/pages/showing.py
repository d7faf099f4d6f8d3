"""What the pages say about a procedure: figures as Vietnamese text, parts of a bar as widths.

Asks the use cases and puts into words; measures and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.figures import StepFigures, Summary, steps_of, summary_of
from api.formatting import NOTHING, minutes, money, number, percent, short_minutes
from engine.law.procedure import Procedure, TimeLimit
from engine.law.provisions import Channel, FeeChannel, Level, OnSupplement, Silence
from workflows.catalogue import Version
from workflows.errors import NotFound
from workflows.office import Office

LEVELS = {
    Level.COMMUNE: "Cấp xã",
    Level.DISTRICT: "Cấp huyện",
    Level.PROVINCE: "Cấp tỉnh",
    Level.MINISTRY: "Cấp bộ",
}
CHANNELS = {Channel.COUNTER: "trực tiếp", Channel.ONLINE: "trực tuyến", Channel.POST: "bưu chính"}
TONES = ("waiting", "working", "paused")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of a bar, in hundredths of its width."""

    tone: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step in the table, and what its place on the diagram shows."""

    element: str
    name: str
    who: str
    count: int
    label: str
    waiting: float
    working: float
    paused: float
    cells: tuple[str, ...]
    norm: str
    parts: tuple[Part, ...]
    share_text: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and what stands beside it."""

    label: str
    value: str = ""
    note: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProcedurePage:
    """Everything the page of a procedure shows."""

    code: str
    name: str
    field: str
    level: str
    measured: str
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    law: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A procedure on the first page."""

    code: str
    name: str
    field: str
    limit: str
    measured: str
    slowest: str


def version_of(office: Office, code: str) -> Version:
    """Return the procedure of this code; raises NotFound."""
    for version in office.catalogue.procedures():
        if code in {version.procedure.code, *version.procedure.other_codes}:
            return version
    raise NotFound("thủ tục", code)


def card(office: Office, version: Version) -> Card:
    """Return the card of a procedure."""
    procedure = version.procedure
    figures = steps_of(office, version)
    longest = max(figures, key=lambda f: f.total_minutes, default=None)
    everything = sum(f.total_minutes for f in figures)
    share = percent(round(longest.total_minutes), round(everything)) if longest else ""
    return Card(
        code=procedure.code,
        name=procedure.name,
        field=procedure.field,
        limit=limit_words(procedure.time_limit),
        measured=number(summary_of(office, version).dossiers),
        slowest=f"{longest.name}: {share}" if longest else NOTHING,
    )


def procedure_page(office: Office, code: str) -> ProcedurePage:
    """Return the page of a procedure; raises NotFound."""
    version = version_of(office, code)
    procedure = version.procedure
    summary = summary_of(office, version)
    return ProcedurePage(
        code=procedure.code,
        name=procedure.name,
        field=procedure.field,
        level=LEVELS[procedure.level],
        measured=number(summary.dossiers),
        facts=tuple(_key_figures(procedure, summary)),
        rows=tuple(_rows(steps_of(office, version))),
        law=tuple(_law(procedure)),
    )


def limit_words(limit: TimeLimit) -> str:
    """Say a statutory limit: `15 ngày; trực tuyến 13 ngày`."""
    words = f"{limit.amount} {limit.unit.label}"
    for name, shorter in limit.channel.items():
        unit = shorter.unit or limit.unit
        words += f"; {CHANNELS[Channel(name)]} {shorter.amount} {unit.label}"
    return words


def _key_figures(procedure: Procedure, summary: Summary) -> Iterator[Fact]:
    limit = procedure.time_limit
    cut_off = f"nhận sau {limit.cut_off}: tính từ ngày làm việc sau" if ":" in limit.cut_off else ""
    yield Fact(label="Thời hạn", value=limit_words(limit), note=cut_off)
    still = f"{number(summary.dossiers - summary.ended)} đang giải quyết"
    yield Fact(label="Hồ sơ đã xong", value=number(summary.ended), note=still)
    on_time = percent(summary.ended - summary.ended_late, summary.ended)
    late = f"{number(summary.overdue)} đang quá hạn"
    yield Fact(label="Xong đúng hạn", value=on_time, note=late)
    asked = percent(summary.supplemented, summary.dossiers)
    note = f"{number(summary.supplement_rounds)} lượt yêu cầu"
    yield Fact(label="Phải bổ sung giấy tờ", value=asked, note=note)
    middle, p90 = minutes(summary.lead.median), minutes(summary.lead.p90)
    note = f"chín phần mười trong {p90}" if summary.ended else ""
    yield Fact(label="Từ nhận đến xong, trung vị", value=middle, note=note)


def _rows(figures: Sequence[StepFigures]) -> Iterator[Row]:
    everything = sum(f.total_minutes for f in figures) or 1.0
    longest = max((f.total_minutes for f in figures), default=0.0) or 1.0
    for step in figures:
        totals = (step.waiting.total, step.working.total, step.paused.total)
        yield Row(
            element=step.element,
            name=step.name,
            who=step.who,
            count=step.count,
            label=_label(step),
            waiting=round(totals[0], 1),
            working=round(totals[1], 1),
            paused=round(totals[2], 1),
            cells=tuple(_cells(step)),
            norm=short_minutes(step.norm_minutes),
            parts=tuple(_parts(totals, longest)),
            share_text=percent(round(step.total_minutes), round(everything)),
        )


def _label(step: StepFigures) -> str:
    """Say the medians of what the step consists of: waiting + working, or the pause."""
    shown = (spread for spread in (step.waiting, step.working, step.paused) if spread.total > 0)
    return " + ".join(short_minutes(spread.median) for spread in shown) or short_minutes(0)


def _cells(step: StepFigures) -> Iterator[str]:
    for spread in (step.waiting, step.working, step.paused):
        shown = spread.total > 0
        yield short_minutes(spread.median) if shown else NOTHING
        yield short_minutes(spread.p90) if shown else NOTHING


def _parts(totals: tuple[float, ...], longest: float) -> Iterator[Part]:
    x = 0.0
    for tone, total in zip(TONES, totals, strict=True):
        width = round(100 * total / longest, 2)
        if width:
            yield Part(tone=tone, x=round(x, 2), width=width)
        x += width


def _law(procedure: Procedure) -> Iterator[Fact]:
    basis = (f"{b.text}{', ' + b.article if b.article else ''}" for b in procedure.legal_basis)
    yield Fact(label="Căn cứ", lines=tuple(basis))
    if supplement := procedure.supplement:
        what = {
            OnSupplement.RESTART: "bổ sung xong, thời hạn tính lại từ đầu",
            OnSupplement.PAUSE: "trong khi chờ bổ sung, thời hạn dừng",
        }[procedure.time_limit.on_supplement]
        closes = f"không bổ sung trong {supplement.auto_close_after} "
        closes += f"{supplement.auto_close_unit.label} thì hồ sơ đóng"
        lines = (f"Nhiều nhất {supplement.rounds} lần; {what}; {closes}.",)
        yield Fact(label="Bổ sung hồ sơ", lines=lines)
    if procedure.referrals:
        yield Fact(label="Hỏi cơ quan khác", lines=tuple(_referrals(procedure)))
    if procedure.fees:
        yield Fact(label="Phí, lệ phí", lines=tuple(_fees(procedure)))
    note = "Chỗ ghi «mẫu» trong tệp thủ tục là số liệu chưa đối chiếu với văn bản."
    decision = f"{procedure.decision}, phiên bản {procedure.version}" if procedure.decision else ""
    yield Fact(label="Công bố", lines=tuple(line for line in (decision, note) if line))


def _referrals(procedure: Procedure) -> Iterator[str]:
    for referral in procedure.referrals:
        limit = f"trong {referral.days} {referral.unit.label}" if referral.days else "không có hạn"
        silent = ", im lặng là đồng ý" if referral.silence is Silence.AGREED else ""
        yield f"{referral.name}: {limit}{silent}."


def _fees(procedure: Procedure) -> Iterator[str]:
    for fee in procedure.fees:
        amount = money(fee.amount_vnd) if fee.amount_vnd else "miễn phí"
        channel = "" if fee.channel is FeeChannel.ALL else CHANNELS[Channel(fee.channel)]
        where = f" ({channel})" if channel and channel not in fee.name else ""
        sample = " — mức mẫu" if fee.sample else ""
        yield f"{fee.name}{where}: {amount}{'/' + fee.per if fee.per else ''}{sample}."
