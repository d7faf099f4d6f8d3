"""The codes of the state: procedures, agencies, dossiers, and the ten national statuses.

Not for counting: the daily sequence of a dossier code belongs to the store, which alone can make
it unique under races.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import IntEnum

from engine.errors import Rejected

PROCEDURE_CODE = re.compile(r"\d\.\d{6}(\.[0-9A-Z.]*[0-9A-Z])?", re.ASCII)
_AGENCY_MAX_LENGTH = 35
_AGENCY_CODE = re.compile(r"[A-Z]\d\d(\.[0-9A-Z]+)*", re.ASCII)
_AGENCY_CODE_2018 = re.compile(r"\d{3}(\.[0-9A-Z]+)*\.[A-Z]\d\d", re.ASCII)
_SYSTEM = re.compile(r"\d\d", re.ASCII)
_DOSSIER_CODE = re.compile(
    r"(?P<agency>[0-9A-Z.]{3,35})-(?P<day>\d{6})-(?P<sequence>\d{4,})", re.ASCII
)
_MIN_SEQUENCE_DIGITS = 4


class BadCode(Rejected):
    """A code does not have the form the law gives it."""

    code = "bad_code"


class NationalStatus(IntEnum):
    """The ten dossier statuses of the National Portal (trạng thái hồ sơ)."""

    REGISTERED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    PROCESSING = 4
    SUPPLEMENT_REQUESTED = 5
    PAYMENT_REQUESTED = 6
    WITHDRAWAL_REQUESTED = 7
    STOPPED = 8
    RESOLVED = 9
    RETURNED = 10

    @property
    def label(self) -> str:
        """The Vietnamese name the portal shows."""
        return _STATUS_NAMES[self]


_STATUS_NAMES = {
    NationalStatus.REGISTERED: "Mới đăng ký",
    NationalStatus.ACCEPTED: "Được tiếp nhận",
    NationalStatus.NOT_ACCEPTED: "Không được tiếp nhận",
    NationalStatus.PROCESSING: "Đang xử lý",
    NationalStatus.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung giấy tờ",
    NationalStatus.PAYMENT_REQUESTED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    NationalStatus.WITHDRAWAL_REQUESTED: "Công dân yêu cầu rút hồ sơ",
    NationalStatus.STOPPED: "Dừng xử lý",
    NationalStatus.RESOLVED: "Đã xử lý xong",
    NationalStatus.RETURNED: "Đã trả kết quả",
}


FINAL_STATUSES = (
    NationalStatus.NOT_ACCEPTED,
    NationalStatus.STOPPED,
    NationalStatus.RESOLVED,
    NationalStatus.RETURNED,
)


def check_procedure_code(text: str) -> str:
    """Return the code of a procedure, `N.NNNNNN` with an optional suffix; raises BadCode."""
    if not PROCEDURE_CODE.fullmatch(text):
        raise BadCode(f"Mã thủ tục «{text}» không đúng dạng 1.001193.", element=text)
    return text


def check_agency_code(text: str) -> str:
    """Return an agency code of QĐ 20/2020/QĐ-TTg Điều 4 or of the older QCVN 102 order.

    At most 35 characters of digits, capitals and dots. Raises BadCode.
    """
    known = _AGENCY_CODE.fullmatch(text) or _AGENCY_CODE_2018.fullmatch(text)
    if len(text) > _AGENCY_MAX_LENGTH or not known:
        raise BadCode(f"Mã cơ quan «{text}» không đúng dạng H55.12.01.", element=text)
    return text


def dossier_code(agency: str, received_on: date, number: int, *, system: str = "") -> str:
    """Return the code of a dossier (mã số hồ sơ): settling agency, day of reception, number.

    The number has at least four digits and as many as it needs. `system` is the two-digit owner
    of a centralised service (TT 04/2025). The order of the agency's own code tells TT 01/2018 from
    TT 03/2025. Raises BadCode.
    """
    check_agency_code(agency)
    if number < 1 or (system and not _SYSTEM.fullmatch(system)):
        raise BadCode(f"Số thứ tự {number} hoặc mã hệ thống «{system}» không hợp lệ.")
    return f"{agency}-{received_on:%y%m%d}-{system}{number:0{_MIN_SEQUENCE_DIGITS}d}"


def read_dossier_code(text: str) -> tuple[str, str, str]:
    """Return agency, day (YYMMDD) and sequence of a dossier code; raises BadCode.

    For showing and checking only: nothing is decided from the parts of a code.
    """
    match = _DOSSIER_CODE.fullmatch(text)
    if match is None:
        raise BadCode(f"Mã hồ sơ «{text}» không đúng dạng.", element=text)
    return match["agency"], match["day"], match["sequence"]


def furthest_status(open_statuses: Iterable[int], current: int) -> NationalStatus:
    """Return the status of a dossier with these open steps: the most advanced of them."""
    return NationalStatus(max(open_statuses, default=current))
