"""Costing (chi phí tuân thủ): what a procedure costs those who follow it in a year, as recorded.

TT 02/2017/TT-VPCP, Điều 27. How often each task is done is counted: channels, supplement rounds and
hand-overs of the dossiers received in the year; minutes, prices and incomes come from tables with a
source. Fewer than five dossiers are not shown. Not for the agency's own expenses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.provisions import Fee, FeeChannel
from engine.timing.cost import (
    Benefit,
    Cost,
    Frequencies,
    PriceTable,
    Subject,
    TaskCost,
    TaskKind,
    Volume,
    Way,
    compare,
    cost_of,
    frequencies_of,
    rounded,
    without_components,
    without_tasks,
)
from engine.timing.events import ResultReturned
from workflows.catalogue import Version
from workflows.errors import InvalidInput
from workflows.office import Office
from workflows.review.scope import Scope, wanted
from workflows.sheets import Column, Kind, Sheet
from workflows.store.timings import Fate, MeasuredFilter

SMALLEST = 5
RETURNED = frozenset({"result_returned"})
IN_PERSON = "counter"
KINDS = {
    TaskKind.PREPARE: "Chuẩn bị hồ sơ",
    TaskKind.SUBMIT: "Nộp hồ sơ",
    TaskKind.PAY: "Nộp phí, lệ phí",
    TaskKind.INSPECTION: "Phục vụ kiểm tra, xác minh",
    TaskKind.OTHER: "Công việc khác",
    TaskKind.COLLECT: "Nhận kết quả",
}
SUBJECTS = {Subject.INDIVIDUAL: "Cá nhân", Subject.ENTERPRISE: "Doanh nghiệp"}


class TooFewDossiers(Rejected):
    """A year has too few dossiers to measure, or a small number would name somebody."""

    code = "too_few_dossiers"


@dataclass(frozen=True, kw_only=True)
class CostQuery:
    """What a procedure cost in a year, and what it would without some papers and tasks.

    `agency` is the settling one with all below it, the caller's own unless named. With `before`,
    an earlier year is what the year is compared with, by the prices of the year.
    """

    code: str
    year: int
    agency: str = ""
    subject: Subject = Subject.INDIVIDUAL
    drop_components: tuple[str, ...] = ()
    drop_tasks: tuple[str, ...] = ()
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProcedureCost:
    """The cost of a procedure in a year, and the benefit where something is compared.

    `way` is how it was done, `other` how it was or would be done; `sample` tells that a figure of
    the tables is a sample.
    """

    query: CostQuery
    name: str
    way: Way
    prices: PriceTable
    cost: Cost
    other: Way | None
    benefit: Benefit | None
    sample: bool


def cost(office: Office, actor: Actor, query: CostQuery) -> ProcedureCost:
    """Return what a procedure cost those who followed it in a year.

    Raises Forbidden, NotFound (code, agency, table of prices), InvalidInput (papers, tasks or years
    that cannot be), TooFewDossiers (under five), PriceMissing.
    """
    version = office.catalogue.latest(query.code)
    prices = office.catalogue.tables.prices_of(_checked(query.year))
    way = _way(office, actor, query, query.year)
    found = cost_of(way, prices)
    other = benefit = None
    if query.before is not None:
        other = _way(office, actor, query, _checked(query.before))
        benefit = compare(cost_of(other, prices), found)
    elif query.drop_components or query.drop_tasks:
        other = simplified(way, query.drop_components, query.drop_tasks)
        benefit = compare(found, cost_of(other, prices))
    return ProcedureCost(
        query=query,
        name=version.procedure.name,
        way=way,
        prices=prices,
        cost=found,
        other=other,
        benefit=benefit,
        sample=_is_sample(way, prices),
    )


def simplified(way: Way, components: Sequence[str], tasks: Sequence[str]) -> Way:
    """Return a way without some papers and tasks; raises InvalidInput for one it does not have."""
    known = {t.component for t in way.tasks} - {""}
    if unknown := sorted(set(components) - known):
        raise InvalidInput("drop_components", f"thủ tục không có giấy tờ «{unknown[0]}»")
    if unknown := sorted(set(tasks) - {t.id for t in way.tasks}):
        raise InvalidInput("drop_tasks", f"bảng việc không có «{unknown[0]}»")
    return without_tasks(without_components(way, components), tasks)


def _checked(year: int) -> int:
    if not date.min.year < year < date.max.year:
        raise InvalidInput("year", "hãy ghi năm bốn chữ số")
    return year


def _way(office: Office, actor: Actor, query: CostQuery, year: int) -> Way:
    """Return how a procedure was done by those whose dossiers came in a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    scope = Scope(code=query.code, agency=query.agency, first=first, last=last)
    asked = wanted(office, actor, scope)
    version = office.catalogue.latest(query.code)
    often, dossiers = _frequencies(office, asked, year)
    procedure = version.procedure
    return Way(
        subject=query.subject,
        tasks=office.catalogue.tables.tasks_of(version.folder, procedure.components),
        fees_vnd=_fees(version, often, last),
        frequencies=often,
        volume=Volume(times=1, subjects=dossiers),
    )


def _frequencies(office: Office, asked: MeasuredFilter, year: int) -> tuple[Frequencies, int]:
    """Return how often things were done; hand-overs of those whose result was handed over.

    A dossier whose result is not there yet is taken to be collected as it was submitted.
    """
    fates, told = office.store.read(
        lambda uow: (uow.timings.fates(asked), list(uow.timings.told(asked, RETURNED)))
    )
    if len(fates) < SMALLEST:
        raise TooFewDossiers(
            f"Năm {year} chỉ có {len(fates)} hồ sơ: dưới {SMALLEST} hồ sơ thì không tính, "
            "vì số ít để lộ từng người; hãy chọn năm khác hoặc cơ quan cấp trên."
        )
    manners = {dossier: e.manner for dossier, e in told if isinstance(e, ResultReturned)}
    often = frequencies_of(
        [fate.channel for fate in fates],
        [fate.supplement_rounds for fate in fates],
        [_collected_in_person(fate, manners) for fate in fates],
    )
    return often, len(fates)


def _collected_in_person(fate: Fate, manners: dict[str, str]) -> bool:
    return manners.get(fate.id, fate.channel) == IN_PERSON


def _fees(version: Version, often: Frequencies, on: date) -> int:
    """Return the prescribed fees of one dossier, by the shares of the channels; not on request."""
    shares = {
        FeeChannel.ALL: Fraction(1),
        FeeChannel.COUNTER: often.counter,
        FeeChannel.ONLINE: often.online,
        FeeChannel.POST: often.post,
    }
    fees = (f for f in version.procedure.fees if not f.on_request and _holds(f, on))
    return rounded(sum((shares[f.channel] * f.amount_vnd for f in fees), Fraction(0)))


def _holds(fee: Fee, on: date) -> bool:
    return (fee.valid_from is None or fee.valid_from <= on) and (
        fee.valid_to is None or on <= fee.valid_to
    )


def _is_sample(way: Way, prices: PriceTable) -> bool:
    bought = {name for task in way.tasks for name in task.buys}
    income = prices.incomes.get(way.subject)
    return (
        any(task.sample for task in way.tasks)
        or any(prices.prices[name].sample for name in bought)
        or (income is not None and income.sample)
    )


SAMPLE = "Có số liệu mẫu chưa đối chiếu với nguồn chính thức; phải thay trước khi dùng thật."
COLUMNS = (
    Column(label="TT"),
    Column(label="Việc phải làm", width=6),
    Column(label="Hoạt động", width=3),
    Column(label="Phút một lần", kind=Kind.WHOLE, width=1),
    Column(label="Lần một hồ sơ", kind=Kind.DECIMAL, width=1),
    Column(label="Chi phí một lần", kind=Kind.MONEY, width=2),
    Column(label="Chi phí một hồ sơ", kind=Kind.MONEY, width=2),
    Column(label="Chi phí một năm", kind=Kind.MONEY, width=3),
    Column(label="Nguồn", width=3),
)


def as_sheets(found: ProcedureCost) -> tuple[Sheet, ...]:
    """Return the cost line by line (after biểu 03/SCM-KSTT), and the comparison if there is one."""
    sheets = [cost_sheet(found, found.way, found.cost, "Chi phí")]
    if found.other is not None and found.benefit is not None:
        earlier = found.query.before is not None
        other = found.benefit.before if earlier else found.benefit.after
        label = f"Năm {found.query.before}" if earlier else "Sau đơn giản hóa"
        sheets = [benefit_sheet(found), *sheets, cost_sheet(found, found.other, other, label)]
    return tuple(sheets)


def cost_sheet(found: ProcedureCost, way: Way, spent: Cost, tab: str) -> Sheet:
    """Return one cost as a table: every line a task, then the fees, then the total."""
    dossiers = way.volume.dossiers
    rows = [_row(n, line, dossiers) for n, line in enumerate(spent.lines, 1)]
    fees = spent.fees_vnd
    rows.append(
        (str(len(rows) + 1), "Phí, lệ phí", "", None, Fraction(1), fees, fees, fees * dossiers, "")
    )
    total = ("", "Tổng", "", None, None, None, spent.dossier_vnd, spent.year_vnd, "")
    return Sheet(
        title=f"Chi phí tuân thủ thủ tục {found.query.code} {found.name}",
        tab=tab,
        lines=(
            f"{tab}. Năm {found.query.year}, {dossiers} hồ sơ, {SUBJECTS[way.subject].lower()}.",
        ),
        columns=COLUMNS,
        rows=tuple(rows),
        total=total,
        notes=tuple(notes_of(found)),
    )


def _row(number: int, line: TaskCost, dossiers: int) -> tuple[object, ...]:
    task = line.task
    year = rounded(line.dossier_vnd * dossiers)
    return (
        str(number), task.name, KINDS[task.kind], task.minutes, line.times, rounded(line.once_vnd),
        rounded(line.dossier_vnd), year, task.source,
    )  # fmt: skip


def benefit_sheet(found: ProcedureCost) -> Sheet:
    """Return the comparison of two costs: of a dossier, of a year, and what is saved."""
    benefit = found.benefit
    if benefit is None:
        raise ValueError("nothing is compared")
    before, after = benefit.before, benefit.after
    rows = (
        ("Chi phí một hồ sơ", before.dossier_vnd, after.dossier_vnd,
         before.dossier_vnd - after.dossier_vnd),
        ("Chi phí một năm", before.year_vnd, after.year_vnd, benefit.year_vnd),
    )  # fmt: skip
    return Sheet(
        title=f"Lợi ích của phương án: thủ tục {found.query.code} {found.name}",
        tab="So sánh",
        lines=(f"Tiết kiệm {_percent(benefit)} chi phí tuân thủ một năm.",),
        columns=(
            Column(label="", width=3),
            *(
                Column(label=label, kind=Kind.MONEY, width=2)
                for label in ("Trước", "Sau", "Lợi ích")
            ),
        ),
        rows=rows,
        notes=tuple(notes_of(found)),
    )


def _percent(benefit: Benefit) -> str:
    return f"{float(benefit.percent):.2f} %".replace(".", ",")


def notes_of(found: ProcedureCost) -> Iterable[str]:
    """Yield what the figures rest on: the law, the counted frequencies, the prices."""
    often, income = found.way.frequencies, found.prices.incomes.get(found.way.subject)
    yield (
        "TT 02/2017/TT-VPCP, Điều 27: chi phí thủ tục = chi phí các việc + phí, lệ phí; chi phí "
        "năm = chi phí thủ tục x số lần x số đối tượng. Không tính chi phí cơ hội."
    )
    yield (
        f"Đếm từ nhật ký {often.dossiers} hồ sơ nhận trong năm: {_decimal(often.visits)} lần đến, "
        f"{_decimal(often.rounds)} lần bổ sung một hồ sơ; trực tuyến {_share(often.online)}, "
        f"bưu chính {_share(often.post)}."
    )
    if income is not None:
        yield (
            f"Thu nhập một giờ: {income.amount_vnd:,} đ".replace(",", ".") + f" ({income.source})."
        )
    if found.sample:
        yield SAMPLE


def _decimal(value: Fraction) -> str:
    return f"{float(value):.2f}".replace(".", ",")


def _share(value: Fraction) -> str:
    return f"{float(value * 100):.1f} %".replace(".", ",")
