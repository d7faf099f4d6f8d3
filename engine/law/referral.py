"""What a procedure says of asking another agency (lấy ý kiến, chuyển thông tin)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.law.provisions import Silence, Sourced, Unit


class Shown(StrEnum):
    """What of a dossier another agency may be shown with the question it is asked."""

    APPLICANT_NAME = "applicant_name"
    APPLICANT_ID = "applicant_id"
    APPLICANT_PHONE = "applicant_phone"
    APPLICANT_ADDRESS = "applicant_address"
    RECEIVED_AT = "received_at"
    DUE_AT = "due_at"
    CHANNEL = "channel"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _SHOWN_NAMES[self]


_SHOWN_NAMES = {
    Shown.APPLICANT_NAME: "người nộp hồ sơ",
    Shown.APPLICANT_ID: "số định danh cá nhân (đã che)",
    Shown.APPLICANT_PHONE: "điện thoại",
    Shown.APPLICANT_ADDRESS: "địa chỉ",
    Shown.RECEIVED_AT: "ngày tiếp nhận",
    Shown.DUE_AT: "ngày hẹn trả",
    Shown.CHANNEL: "hình thức nộp",
}


@dataclass(frozen=True, kw_only=True)
class Referral(Sourced):
    """Another agency is asked (lấy ý kiến, chuyển thuế); `element` sends it or opens it.

    `accept_hours` are working hours in which it has to be taken on, 0 without such a limit;
    `remind_hours` working hours before the due moment at which a reminder is written, 0 for none.
    Of the dossier the other agency sees its code, its procedure and what `shows` names, and the
    files of the components in `papers`. Taking the question back sets `withdrawn_fact`, if there
    is one, to `withdrawn_value`.
    """

    element: str
    wait_element: str = ""
    message: str = ""
    to: str
    days: int = 0
    unit: Unit = Unit.WORKING_DAY
    silence: Silence = Silence.NONE
    counted: bool = False
    name: str = ""
    accept_hours: int = 0
    remind_hours: int = 8
    shows: tuple[Shown, ...] = ()
    papers: tuple[str, ...] = ()
    withdrawn_fact: str = ""
    withdrawn_value: Any = None
