"""Builds dossiers to print papers of: the walks of bpmn/, as the office would receive them.

The longest names there are stand in them, so that a layout that breaks breaks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from engine.law.papers import Applicant, Case, Entry, Issuer
from engine.law.papers_letters import latest_extension
from engine.law.working_time import ZONE
from engine.timing.events import (
    ApologyIssued,
    DossierReceived,
    DossierWithdrawn,
    Event,
    IntakeRefused,
    ProcessEnded,
    StepEnabled,
    SupplementRequested,
)
from tests.bpmn.files import Folder
from tests.bpmn.walking import AGENCIES, CALENDAR, walk

A_WEEK = timedelta(days=7)
CENTRE, COMMITTEE = "H55.904.01", "H55.904"
DIGEST = "d" * 64
NAMES = {a["code"]: a["name"] for a in AGENCIES["agency"]}
PARENTS = {a["code"]: NAMES.get(a.get("parent", ""), "") for a in AGENCIES["agency"]}
WHO = Applicant(
    name="Nguyễn Hoàng Phương Quỳnh Trâm Công Tằng Tôn Nữ Thị Diễm Phượng Khuyên",
    id_number="001*****1234",
    address="Thôn Nà Mố Đèo Vai, xã Thanh Thịnh, tỉnh Thái Nguyên (trước đây: thị trấn Đồng Tâm, "
    "huyện Chợ Mới, tỉnh Bắc Kạn)",
    phone="0912 345 678",
    email="nguyen.hoang.phuong.quynh.tram.dien.chau@example.vn",
)
UNIT = Issuer(code=CENTRE, name=NAMES[CENTRE], superior=PARENTS[CENTRE], place="Chợ Mới")
MISSING = "Giấy chứng sinh chưa có xác nhận của cơ sở y tế; đề nghị nộp lại bản đã ký, đóng dấu."
WHY_NOT = "Hồ sơ không thuộc thẩm quyền của xã; đề nghị nộp tại nơi cư trú của cha hoặc mẹ."
WHY_LATE = "Đang chờ kết quả xác minh tình trạng hôn nhân tại xã khác."
SIGNER = "Hoàng Thị Phương Thảo"


def case(events: Sequence[Event], procedure: Folder, **more: object) -> Case:
    """Return a case of a record that one clerk wrote."""
    entries = tuple(
        Entry(event=e, actor="Lường Thị Bích Hạnh", role="one_stop_clerk", agency=CENTRE)
        for e in events
    )
    made = Case(
        procedure=procedure.procedure,
        digest=DIGEST,
        calendar=CALENDAR,
        record=entries,
        applicant=WHO,
        agencies=NAMES,
        superiors=PARENTS,
        place="Chợ Mới",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def received(at: datetime, folder: Folder, channel: str = "counter") -> DossierReceived:
    """Return the reception of a dossier of the procedure."""
    return DossierReceived(
        at=at,
        code=f"{COMMITTEE}-{at:%y%m%d}-0042",
        procedure=folder.procedure.code,
        version=DIGEST,
        channel=channel,
        receiving_unit=CENTRE,
        competent_agency=COMMITTEE,
    )


def whole(name: str, scenario: int = 0) -> list[Event]:
    """Return the record of a walk from reception to the end."""
    return list(_walked(name, scenario))


@cache
def _walked(name: str, scenario: int) -> tuple[Event, ...]:
    folder = Folder(name)
    history = walk(folder, folder.scenarios[scenario]).history
    return (received(history[0].at, folder), *history)


def begun(name: str) -> list[Event]:
    """Return the record of a walk as far as its third completed step, still open."""
    events, done = [], 0
    for event in whole(name):
        done += event.kind == "step_completed"
        if done == 3 or isinstance(event, ProcessEnded):
            break
        events.append(event)
    return events


def supplemented(name: str, reason: str = MISSING, round_: int = 1) -> list[Event]:
    """Return a record in which papers were asked for."""
    events = begun(name)
    papers = tuple(c.id for c in Folder(name).procedure.components[:3])
    step = next(e.step for e in events if isinstance(e, StepEnabled))
    asked = SupplementRequested(
        at=events[-1].at, step=step, round=round_, components=papers, reason=reason
    )
    return [*events, asked]


def refused(name: str, reason: str = WHY_NOT, signer: str = SIGNER) -> list[Event]:
    """Return a record in which the dossier was refused."""
    events = begun(name)
    return [*events, IntakeRefused(at=events[-1].at, reason=reason, signer=signer)]


def stopped(name: str) -> list[Event]:
    """Return a record in which the applicant asked to stop."""
    events = begun(name)
    at = events[-1].at
    wish = DossierWithdrawn(at=at, reason="Gia đình thay đổi kế hoạch, không còn nhu cầu.")
    return [*events, wish, ProcessEnded(at=at, outcome="withdrawn")]


def late(name: str, *, by: timedelta | None = None, **wrong: str) -> list[Event]:
    """Return a record with an apology; `by` is the delay, by default the whole extension."""
    folder, events = Folder(name), begun(name)
    old = case(events, folder).due_at()
    law = folder.procedure.extension
    latest = latest_extension(law, old, CALENDAR) if law is not None else old + A_WEEK
    new = old + by if by is not None else latest
    fields: dict[str, Any] = {"reason": WHY_LATE, "signer": SIGNER} | wrong
    apology = ApologyIssued(at=events[-1].at, new_due_at=new.astimezone(ZONE).isoformat(), **fields)
    return [*events, apology]
