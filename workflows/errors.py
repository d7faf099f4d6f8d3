"""What can go wrong around a dossier although no rule of law refuses: the second family of errors.

The first family, `engine.errors.Rejected`, is the rules saying no. Anything else is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class WorkflowError(Exception):
    """The command could not be done; nothing has changed."""

    code: ClassVar[str] = "workflow_error"
    sentence: ClassVar[str] = "Không thực hiện được yêu cầu; chưa có gì thay đổi."

    def __init__(self, **fields: object) -> None:
        """Keep the typed fields and fill them into the Vietnamese sentence."""
        self.fields = fields
        self.message = self.sentence.format_map(fields)
        super().__init__(self.message)


class NotFound(WorkflowError):
    """There is no such thing, or not for this caller."""

    code = "not_found"
    sentence = "Không tìm thấy {what} «{id}»; hãy kiểm tra lại mã."

    def __init__(self, what: str, id: str) -> None:  # noqa: A002 - the API's word
        """Name the kind of thing (Vietnamese) and the id that was asked for."""
        super().__init__(what=what, id=id)


class Stale(WorkflowError):
    """The dossier has changed since the caller last saw it."""

    code = "stale_revision"
    sentence = (
        "Hồ sơ đã thay đổi: bạn đang xem bản {seen}, hiện nay là bản {current}; "
        "hãy tải lại hồ sơ rồi thực hiện lại."
    )

    def __init__(self, seen: int, current: int) -> None:
        """Tell the revision the caller saw and the one there is."""
        super().__init__(seen=seen, current=current)


class Unavailable(WorkflowError):
    """Every connection to the database is busy, or there is none; nothing was begun."""

    code = "unavailable"
    sentence = "Hệ thống đang quá tải; hãy thử lại sau {retry_after} giây."
    retry_after: ClassVar[int] = 2

    def __init__(self) -> None:
        """Say when to come back, in seconds."""
        super().__init__(retry_after=self.retry_after)


class NoKey(WorkflowError):
    """There is no key to keep a secret under."""

    code = "no_key"
    sentence = "Chưa có khóa để giữ kín mã bí mật; hãy báo người quản trị đặt khóa dữ liệu cá nhân."


class Conflict(WorkflowError):
    """Somebody else was faster, or the database is too busy to say."""

    code = "conflict"
    sentence = "Có người khác đang thao tác trên cùng hồ sơ; hãy tải lại rồi thực hiện lại."


class NotOpen(Conflict):
    """The step is not open (any more): somebody completed it, or it was withdrawn."""

    code = "step_not_open"
    sentence = "Bước «{step}» không còn mở ({state}); hãy tải lại hồ sơ để xem hiện trạng."

    def __init__(self, step: str, state: str) -> None:
        """Name the step and the state it is in."""
        super().__init__(step=step, state=state)


class ReferralStands(Conflict):
    """The referral stands where this cannot be done to it (any more)."""

    code = "referral_stands"
    sentence = "Phiếu liên thông {state}; không làm được việc này, hãy tải lại phiếu."

    def __init__(self, state: str) -> None:
        """Say in Vietnamese where it stands."""
        super().__init__(state=state)


class Suspended(Conflict):
    """The dossier is suspended: nothing of its process can be done until it goes on."""

    code = "dossier_suspended"
    sentence = "Hồ sơ đang tạm dừng ({ground}); hãy tiếp tục giải quyết trước, hoặc dừng hẳn."

    def __init__(self, ground: str) -> None:
        """Name the ground."""
        super().__init__(ground=ground)


class AlreadyClaimed(Conflict):
    """Another person has taken the step."""

    code = "already_claimed"
    sentence = "Bước «{step}» đã có người khác nhận xử lý; hãy chọn bước khác."

    def __init__(self, step: str) -> None:
        """Name the step; who took it is not told."""
        super().__init__(step=step)


class IdempotencyMismatch(WorkflowError):
    """The idempotency key was used before, for another request."""

    code = "idempotency_mismatch"
    sentence = "Khóa chống gửi trùng «{key}» đã dùng cho một yêu cầu khác; hãy dùng khóa mới."

    def __init__(self, key: str) -> None:
        """Name the key."""
        super().__init__(key=key)


class Forbidden(WorkflowError):
    """This person may not do this here; `rule` names the rule that decided."""

    code = "forbidden"
    sentence = "Bạn không có quyền thực hiện việc này (quy tắc {rule})."

    def __init__(self, rule: str) -> None:
        """Name the rule that decided."""
        super().__init__(rule=rule)


class Unauthenticated(WorkflowError):
    """The caller's token is missing, unknown, revoked or expired; which one is not told."""

    code = "unauthenticated"
    sentence = "Mã truy cập không hợp lệ hoặc đã hết hạn; hãy xin cấp mã mới."


class InvalidInput(WorkflowError):
    """A field of the command cannot be accepted."""

    code = "invalid_input"
    sentence = "Mục «{field}» không hợp lệ: {reason}."

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and say, in Vietnamese, what to do."""
        super().__init__(field=field, reason=reason)


class NotWaiting(WorkflowError):
    """The dossier is not at the point where this command makes sense."""

    code = "not_waiting"
    sentence = "Hồ sơ hiện không ở bước {what}; hãy xem lại hiện trạng hồ sơ."

    def __init__(self, what: str) -> None:
        """Say in Vietnamese what the dossier would have to be waiting for."""
        super().__init__(what=what)


class UnsafeDatabase(WorkflowError):
    """The database does not keep its promise of durability; the program does not start on it."""

    code = "unsafe_database"
    sentence = "Cơ sở dữ liệu có thiết đặt {setting} = {found}, cần {wanted}."

    def __init__(self, setting: str, found: str, wanted: str) -> None:
        """Name the setting, what was read back and what is needed."""
        super().__init__(setting=setting, found=found, wanted=wanted)


class CatalogueInvalid(WorkflowError):
    """The folder of procedures has errors; `findings` are all of them, file by file."""

    code = "catalogue_invalid"
    sentence = "Thư mục thủ tục có {count} lỗi; lỗi đầu tiên: {first}"

    def __init__(self, findings: tuple[str, ...]) -> None:
        """Keep every finding as one line: file, element or field, message, advice."""
        self.findings = findings
        super().__init__(count=len(findings), first=findings[0])
