"""The public catalogue (niêm yết thủ tục hành chính): what a citizen brings, pays and waits for.

The ten parts every procedure must publish (Nghị định 63/2010/NĐ-CP, Điều 8), in plain words, and a
sheet A4 for the wall. No sign-in, no JavaScript, no person named. Not for measured times: the page
of the procedure shows those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import segno
from flask import Blueprint, url_for
from markupsafe import Markup

from api.auth import PUBLIC, declares, office
from api.formatting import money
from api.pages.citizen import CHANNELS as CHANNELS_EN
from api.pages.citizen import LEVELS as LEVELS_EN
from api.pages.citizen import MODES as MODES_EN
from api.pages.citizen import amount_words, is_english, limit_words_english, page
from api.pages.showing import CHANNELS, LEVELS, limit_words, version_of
from engine.law.procedure import Procedure
from engine.law.provisions import Channel, Component, ComponentMode, Fee, FeeChannel
from workflows.catalogue import Version

blueprint = Blueprint("catalogue", __name__)

MODES = {
    ComponentMode.SUBMIT: "nộp",
    ComponentMode.PRESENT: "mang theo để xuất trình, không nộp",
    ComponentMode.LOOKUP: "cơ quan tự tra cứu, không phải nộp",
    ComponentMode.HELD: "cơ quan đã có, không phải nộp",
}
BROUGHT = frozenset({ComponentMode.SUBMIT, ComponentMode.PRESENT})
QR_SCALE = 4


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper as the citizen reads it: what, how many, and whether it is brought at all."""

    name: str
    count: str
    how: str
    form: str


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one thing costs, where, and who is free of it."""

    name: str
    amount: str
    where: str
    exemption: str
    sample: bool


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Everything that is posted of one procedure."""

    code: str
    name: str
    field: str
    level: str
    mechanism: str
    limit: str
    cut_off: str
    needed: tuple[Paper, ...]
    sometimes: tuple[Paper, ...]
    fetched: tuple[Paper, ...]
    prices: tuple[Price, ...]
    results: tuple[str, ...]
    steps: tuple[str, ...]
    basis: tuple[str, ...]
    decision: str
    supplement: str


@blueprint.get("/thu-tuc")
@declares(PUBLIC)
def posted() -> str:
    """List what can be asked for, by field."""
    fields: dict[str, list[Procedure]] = {}
    for version in office().catalogue.procedures():
        fields.setdefault(version.procedure.field, []).append(version.procedure)
    groups = [(name, sorted(found, key=lambda p: p.name)) for name, found in sorted(fields.items())]
    words = limit_words_english if is_english() else limit_words
    return page("citizen/catalogue.html", groups=groups, limit_words=words)


@blueprint.get("/thu-tuc/<string:code>")
@declares(PUBLIC)
def notice(code: str) -> str:
    """Show one procedure as it is posted."""
    return page("citizen/notice.html", n=notice_of(version_of(office(), code), en=is_english()))


@blueprint.get("/thu-tuc/<string:code>/to-niem-yet")
@declares(PUBLIC)
def poster(code: str) -> str:
    """Show the sheet A4 for the wall, with a QR that leads to the page."""
    version = version_of(office(), code)
    address = url_for("catalogue.notice", code=version.procedure.code, _external=True)
    return page(
        "citizen/poster.html",
        n=notice_of(version, en=is_english()),
        address=address,
        qr=qr_picture(address),
    )


def qr_picture(text: str) -> Markup:
    """Return a QR code as inline SVG; black on white, readable from paper."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(scale=QR_SCALE, border=2, dark="#000", light="#fff")
    return Markup(svg)  # noqa: S704 - drawn by segno from modules, the text is not in it


def notice_of(version: Version, *, en: bool = False) -> Notice:
    """Return what is posted of a procedure, in Vietnamese or its own words in English."""
    procedure = version.procedure
    limit = procedure.time_limit
    after = (
        f"Handed in after {limit.cut_off}: counted from the next working day."
        if en
        else f"Nộp sau {limit.cut_off}: tính từ ngày làm việc tiếp theo."
    )
    papers = procedure.components
    return Notice(
        code=procedure.code,
        name=procedure.name,
        field=procedure.field,
        level=(LEVELS_EN if en else LEVELS)[procedure.level],
        mechanism=procedure.mechanism,
        limit=limit_words_english(limit) if en else limit_words(limit),
        cut_off=after if ":" in limit.cut_off else "",
        needed=tuple(_paper(c, en=en) for c in papers if c.required and c.mode in BROUGHT),
        sometimes=tuple(_paper(c, en=en) for c in papers if not c.required and c.mode in BROUGHT),
        fetched=tuple(_paper(c, en=en) for c in papers if c.mode not in BROUGHT),
        prices=tuple(_price(f, en=en) for f in procedure.fees),
        results=tuple(r.name for r in procedure.results) or (procedure.result_name,),
        steps=tuple(_steps(version)),
        basis=tuple(
            f"{b.text}{', ' + b.article if b.article else ''}" for b in procedure.legal_basis
        ),
        decision=procedure.decision,
        supplement=_supplement(procedure, en=en),
    )


def _paper(component: Component, *, en: bool) -> Paper:
    original, copy = ("original", "copy") if en else ("bản chính", "bản sao")
    parts = [
        f"{component.originals} {original}" if component.originals else "",
        f"{component.copies} {copy}" if component.copies else "",
    ]
    return Paper(
        name=component.name,
        count=", ".join(p for p in parts if p),
        how=""
        if component.mode is ComponentMode.SUBMIT
        else (MODES_EN if en else MODES)[component.mode],
        form=component.form,
    )


def _price(fee: Fee, *, en: bool) -> Price:
    channels = CHANNELS_EN if en else CHANNELS
    channel = "" if fee.channel is FeeChannel.ALL else channels[Channel(fee.channel)]
    where = f"{'' if en else 'nộp '}{channel}" if channel and channel not in fee.name else ""
    amount = money(fee.amount_vnd) if fee.amount_vnd else ("Free" if en else "Miễn phí")
    return Price(
        name=fee.name,
        amount=f"{amount}{'/' + fee.per if fee.per and fee.amount_vnd else ''}",
        where=where,
        exemption=fee.exemption,
        sample=fee.sample,
    )


def _steps(version: Version) -> Iterator[str]:
    """Yield the steps of a dossier that goes through, by the first walk whose time is counted."""
    walk = next((s for s in version.scenarios if s.get("counted")), None)
    for step in walk["step"] if walk is not None else ():
        drawn = version.definition.elements.get(step.get("complete", ""))
        if drawn is not None:
            yield drawn.name


def _supplement(procedure: Procedure, *, en: bool) -> str:
    asked = procedure.supplement
    if asked is None:
        return ""
    if en:
        within = amount_words(asked.auto_close_after, asked.auto_close_unit)
        return (
            "If papers are missing, the agency asks for all of them in one notice; bring them "
            f"within {within}, or the dossier is closed."
        )
    unit = asked.auto_close_unit.label
    return (
        "Nếu hồ sơ còn thiếu, cơ quan gửi một phiếu yêu cầu cho mọi giấy tờ; hãy bổ sung trong "
        f"{asked.auto_close_after} {unit}, quá thời gian đó hồ sơ được đóng."
    )
