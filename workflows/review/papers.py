"""The review dossier (hồ sơ rà soát) as tables and as a paper: measured, proposed, saved, approved.

The same values as the page. How the paper looks is bpmn/shared/forms/review.typ.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.law.provisions import Unit
from engine.law.working_time import ZONE
from engine.timing.proposals import Change
from workflows.review.plans import STATES, PlanStatus, ReviewFile
from workflows.sheets import Column, DataPrinter, Kind, Sheet, said
from workflows.store.review_plans import ReviewPlanRow

HOUR, WORKDAY = 3_600, 28_800
CHANGES = {
    Change.CUT_STEP: "Cắt bước",
    Change.MERGE_STEPS: "Gộp bước",
    Change.PARALLEL_STEPS: "Làm song song",
    Change.DROP_PAPER: "Bỏ giấy tờ",
    Change.SHORTEN_LIMIT: "Rút ngắn thời hạn",
}
EVENTS = {
    "planned": "Đưa vào kế hoạch",
    "proposed": "Ghi phương án",
    "submitted": "Trình lãnh đạo",
    "approved": "Duyệt",
    "returned": "Trả lại",
}
SAVED = (
    "Ngày tiết kiệm ước tính từ trung vị đo được (1 ngày làm việc = 8 giờ): cắt bước là thời gian "
    "chờ và làm của bước; gộp là thời gian chờ của các bước sau; song song là tất cả trừ bước dài "
    "nhất. Khi quy trình đổi, cách làm của con người cũng có thể đổi."
)


def as_sheets(file: ReviewFile) -> tuple[Sheet, ...]:
    """Return the dossier as tables: what it says in brief, the steps, the proposals."""
    return (_brief(file), _steps(file), _proposals(file))


def plan_sheet(rows: list[ReviewPlanRow], names: Mapping[str, str], now: PlanStatus) -> Sheet:
    """Return the plan of a year as a table, with how it stands."""
    share = f"{100 * now.reviewed / now.planned:.0f} %" if now.planned else "0 %"
    stand = (
        f"Đã rà soát {now.reviewed}/{now.planned} thủ tục ({share}); kiến nghị "
        f"{now.with_proposals} thủ tục, {now.proposals} phương án; quá hạn {now.overdue}."
    )
    return Sheet(
        title=f"Kế hoạch rà soát thủ tục hành chính năm {now.year}",
        tab=f"Kế hoạch {now.year}",
        lines=(stand,),
        columns=(
            Column(label="TT"),
            Column(label="Thủ tục", width=6),
            Column(label="Lý do lựa chọn", width=4),
            Column(label="Sản phẩm dự kiến", width=4),
            Column(label="Hạn", kind=Kind.DATE, width=2),
            Column(label="Trạng thái", width=2),
            Column(label="Phương án", kind=Kind.WHOLE),
        ),
        rows=tuple(
            (str(n), f"{r.procedure} {names.get(r.procedure, '')}", r.reason, r.expected, r.due_on,
             STATES[r.state], len(r.proposals))
            for n, r in enumerate(rows, 1)
        ),
        notes=("NĐ 63/2010/NĐ-CP, Điều 27 đến 31.",),
    )  # fmt: skip


def _title(file: ReviewFile) -> str:
    return f"Hồ sơ rà soát thủ tục {file.row.procedure} {file.name}"


def _brief(file: ReviewFile) -> Sheet:
    return Sheet(
        title=_title(file),
        tab="Tóm tắt",
        lines=(f"Năm {file.row.year}; {STATES[file.row.state]}.",),
        columns=(Column(label="Nội dung", width=3), Column(label="", width=7)),
        rows=tuple(brief_rows(file)),
    )


def brief_rows(file: ReviewFile) -> list[tuple[str, str]]:
    """Return what a dossier says in brief, as pairs of words."""
    row, found = file.row, file.evidence
    lead = "chưa đủ 5 hồ sơ" if found["hidden"] else "chưa có hồ sơ xong"
    if found["lead_days"] is not None:
        lead = f"{_one(found['lead_days'])} ngày"
    rows = [
        ("Lý do lựa chọn", row.reason),
        ("Sản phẩm dự kiến", row.expected or "—"),
        ("Thời hạn hiện nay", _limit(found["limit"]["amount"], found)),
        ("Hồ sơ nhận trong năm", f"{found['dossiers']}, đã xong {found['finished']}"),
        ("Thời gian thực tế, trung vị", lead),
    ]
    if found["cost"] is None:
        return [*rows, ("Chi phí tuân thủ", found["no_cost"])]
    cost, benefit = found["cost"], found["benefit"]
    rows.append(("Chi phí tuân thủ một hồ sơ", said(cost["cost"]["dossier_vnd"], Kind.MONEY)))
    rows.append(("Chi phí tuân thủ một năm", said(cost["cost"]["year_vnd"], Kind.MONEY)))
    if benefit is not None:
        after = said(benefit["after"]["year_vnd"], Kind.MONEY)
        won = said(benefit["year_vnd"], Kind.MONEY)
        rows.append(("Chi phí một năm sau đơn giản hóa", after))
        rows.append(("Lợi ích một năm", f"{won} ({_one(benefit['percent'])} %)"))
    if cost["sample"]:
        rows.append(("Lưu ý", "Có số liệu mẫu chưa đối chiếu với nguồn chính thức."))
    return rows


def _steps(file: ReviewFile) -> Sheet:
    found = file.evidence
    return Sheet(
        title=_title(file),
        tab="Số đo",
        lines=(f"Đo trên {found['dossiers']} hồ sơ nhận năm {file.row.year}.",),
        columns=(
            Column(label="Bước", width=5),
            Column(label="Số lần", kind=Kind.WHOLE),
            Column(label="Chờ, trung vị (giờ làm việc)", kind=Kind.DECIMAL, width=2),
            Column(label="Làm, trung vị (giờ làm việc)", kind=Kind.DECIMAL, width=2),
            Column(label="Phần của tổng thời gian", kind=Kind.PERCENT, width=2),
        ),
        rows=tuple(
            (s["name"], s["n"], _hours(s["waiting_s"]), _hours(s["working_s"]), s["share_of_lead"])
            for s in found["steps"]
        ),
        notes=("Bước có dưới 5 hồ sơ không hiện. Thời gian tính theo giờ làm việc của cơ quan.",),
    )


def _proposals(file: ReviewFile) -> Sheet:
    savings = file.evidence["savings"]
    return Sheet(
        title=_title(file),
        tab="Phương án",
        lines=(f"{len(file.row.proposals)} phương án.",),
        columns=(
            Column(label="TT"),
            Column(label="Loại", width=2),
            Column(label="Nội dung", width=5),
            Column(label="Lý do", width=4),
            Column(label="Căn cứ pháp lý", width=4),
            Column(label="Kiến nghị sửa đổi", width=3),
            Column(label="Ngày tiết kiệm một hồ sơ", kind=Kind.DECIMAL, width=2),
        ),
        rows=tuple(
            (str(n), CHANGES[Change(p["change"])], content_of(p, file), p["reason"],
             "; ".join(p["legal_basis"]), p["amends"], None if s is None else s / WORKDAY)
            for n, (p, s) in enumerate(zip(file.row.proposals, savings, strict=True), 1)
        ),
        notes=(SAVED,),
    )  # fmt: skip


def content_of(proposal: Mapping[str, Any], file: ReviewFile) -> str:
    """Return the words of a proposal, with the limits of one that shortens it."""
    if proposal["limit"] is None:
        return str(proposal["content"])
    found = file.evidence
    now, then = _limit(found["limit"]["amount"], found), _limit(proposal["limit"], found)
    return f"{proposal['content']} (từ {now} xuống {then})"


def _limit(amount: int, found: Mapping[str, Any]) -> str:
    return f"{amount} {Unit(found['limit']['unit']).label}"


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / HOUR


def _one(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


class ReviewPrinter(DataPrinter):
    """Prints review dossiers as PDF/A from `review.typ` of the folder of forms."""

    def __init__(self, folder: Path) -> None:
        """Keep one compiler warm; raises OSError where the template is missing."""
        super().__init__(folder, "review.typ")

    def print_file(self, file: ReviewFile, *, agency: str, printed_at: datetime) -> bytes:
        """Return the dossier as PDF/A-2a; the same at the same moment gives the same bytes."""
        return self.print_data(
            {
                "agency": agency,
                "printed": f"{printed_at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}",
                "title": _title(file),
                "year": file.row.year,
                "state": STATES[file.row.state],
                "brief": brief_rows(file),
                "steps": _words(_steps(file)),
                "proposals": _spoken(file),
                "note": SAVED,
                "basis": list(file.evidence["legal_basis"]),
                "history": [
                    [f"{e.at.astimezone(ZONE):%H:%M %d/%m/%Y}", EVENTS[e.kind], e.actor]
                    for e in file.events
                ],
            },
            printed_at=printed_at,
        )


def _spoken(file: ReviewFile) -> list[dict[str, Any]]:
    """Return the proposals as the paper says them."""
    pairs = zip(file.row.proposals, file.evidence["savings"], strict=True)
    return [
        {
            "change": CHANGES[Change(p["change"])],
            "content": content_of(p, file),
            "reason": p["reason"],
            "legal_basis": p["legal_basis"],
            "amends": p["amends"],
            "saved": saved_words(seconds),
        }
        for p, seconds in pairs
    ]


def saved_words(seconds: float | None) -> str:
    """Return what a proposal saves in words; what is not measured is said to be so."""
    return "(chưa đủ số đo)" if seconds is None else f"{_one(seconds / WORKDAY)} ngày làm việc"


def _words(sheet: Sheet) -> list[list[str]]:
    kinds = [c.kind for c in sheet.columns]
    return [[said(v, k) for v, k in zip(row, kinds, strict=True)] for row in sheet.rows]
