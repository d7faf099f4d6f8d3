"""Whereabouts (tra cứu tình trạng): one sentence for the applicant: where it is, when, what to do.

Pure, in Vietnamese and English, and without anything personal: who has the code of a dossier need
not be its applicant. Not for staff: they read the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE


class Turn(StrEnum):
    """Whose clock runs now (đang đến lượt ai)."""

    AGENCY = "agency"
    APPLICANT = "applicant"
    OTHER_AGENCY = "other_agency"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class IssuedResult:
    """The result as it left the office: its number and day, the SHA-256 of the file sent, if any.

    Whoever holds a file can ask whether it is the one that was sent.
    """

    number: str
    released_on: date | None
    file_hash: str

    def is_this(self, sha256: str) -> bool:
        """Tell whether a file with this hash is the one that was sent."""
        return bool(self.file_hash) and self.file_hash == sha256


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the record says of a dossier, as far as anybody may know it."""

    status: int
    ended: bool
    agency: str
    due_at: datetime | None
    running: bool
    owed_vnd: int = 0
    missing: Sequence[str] = ()
    waits_elsewhere: bool = False
    result_by: str = "counter"
    result: IssuedResult | None = None


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """What the public look-up answers; `todo` is empty when nothing is to be done."""

    status: int
    status_name: str
    turn: Turn
    due_at: datetime | None
    sentence: str
    sentence_en: str
    todo: str
    todo_en: str
    missing: tuple[str, ...]
    owed_vnd: int
    agency: str = ""
    clock_running: bool = False
    result: IssuedResult | None = None


_BY = {
    "counter": ("đến bộ phận Một cửa nhận kết quả", "collect the result at the counter"),
    "post": ("chờ bưu điện chuyển kết quả", "wait for the result by post"),
    "electronic": ("nhận kết quả điện tử", "receive the result electronically"),
}
_OVER = {
    NationalStatus.NOT_ACCEPTED: ("Hồ sơ không được tiếp nhận.", "The dossier was not accepted."),
    NationalStatus.STOPPED: ("Hồ sơ đã dừng xử lý.", "The dossier was stopped."),
    NationalStatus.RETURNED: ("Hồ sơ đã trả kết quả.", "The result was returned."),
}


def whereabouts(seen: Seen, now: datetime) -> Whereabouts:
    """Return the sentence of a dossier at a moment."""
    status = NationalStatus(seen.status)
    turn = _turn(seen, status)
    sentence, sentence_en = _sentence(seen, status, turn, now)
    todo, todo_en = _todo(seen, status, turn)
    return Whereabouts(
        status=seen.status,
        status_name=status.label,
        turn=turn,
        due_at=seen.due_at,
        sentence=sentence,
        sentence_en=sentence_en,
        todo=todo,
        todo_en=todo_en,
        missing=tuple(seen.missing) if turn is Turn.APPLICANT else (),
        owed_vnd=seen.owed_vnd,
        agency=seen.agency,
        clock_running=seen.running and turn is not Turn.NOBODY,
        result=seen.result,
    )


def _turn(seen: Seen, status: NationalStatus) -> Turn:
    if seen.ended or status in _OVER:
        return Turn.NOBODY
    asked = {NationalStatus.SUPPLEMENT_REQUESTED, NationalStatus.PAYMENT_REQUESTED}
    if status in asked or status is NationalStatus.RESOLVED:
        return Turn.APPLICANT
    return Turn.OTHER_AGENCY if seen.waits_elsewhere else Turn.AGENCY


def _sentence(seen: Seen, status: NationalStatus, turn: Turn, now: datetime) -> tuple[str, str]:
    if status in _OVER:
        return _OVER[status]
    if seen.ended:
        return "Hồ sơ đã kết thúc.", "The dossier is closed."
    if status is NationalStatus.RESOLVED:
        return "Hồ sơ đã có kết quả.", "The result is ready."
    if turn is Turn.APPLICANT:
        return "Hồ sơ đang chờ người nộp.", "The dossier waits for the applicant."
    where, where_en = f"{seen.agency} đang giải quyết hồ sơ", f"{seen.agency} is working on it"
    if turn is Turn.OTHER_AGENCY:
        where, where_en = "Hồ sơ đang chờ cơ quan phối hợp", "The dossier waits for another agency"
    when, when_en = _when(seen, now)
    return f"{where}{when}.", f"{where_en}{when_en}."


def _when(seen: Seen, now: datetime) -> tuple[str, str]:
    if seen.due_at is None or not seen.running:
        return "; thời hạn đang tạm dừng", "; the time limit is paused"
    day = f"{seen.due_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
    if now > seen.due_at:
        return f", đã quá hẹn trả {day}", f", past the appointment of {day}"
    return f", hẹn trả {day}", f", due {day}"


def _todo(seen: Seen, status: NationalStatus, turn: Turn) -> tuple[str, str]:
    if turn is Turn.NOBODY:
        return "", ""
    said: list[tuple[str, str]] = []
    if status is NationalStatus.SUPPLEMENT_REQUESTED:
        papers = f": {'; '.join(seen.missing)}" if seen.missing else ""
        said.append((f"bổ sung giấy tờ{papers}", f"bring the papers asked for{papers}"))
    if seen.owed_vnd:
        money = f"{seen.owed_vnd:,}".replace(",", ".")
        said.append((f"nộp {money} đồng phí, lệ phí", f"pay {money} VND in fees"))
    elif status is NationalStatus.PAYMENT_REQUESTED:
        said.append(("thực hiện nghĩa vụ tài chính theo thông báo", "pay what the notice asks for"))
    if status is NationalStatus.RESOLVED:
        said.append(_BY[seen.result_by])
    if not said:
        return "", ""
    todo = "Việc cần làm: " + "; ".join(vietnamese for vietnamese, _ in said) + "."
    return todo, "What to do: " + "; ".join(english for _, english in said) + "."
