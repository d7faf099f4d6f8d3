"""What goes wrong at the door itself, before any use case is asked.

Not for what the rules or the store answer: those classes live in `engine.errors` and
`workflows.errors`. `problems.py` turns all three into answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class DoorError(Exception):
    """The request cannot be passed on; nothing has been asked of the program."""

    code: ClassVar[str] = "bad_request"
    sentence: ClassVar[str] = "Yêu cầu không đọc được; hãy xem tài liệu API."

    def __init__(self, where: str = "") -> None:
        """Keep where the fault stands, and fill it into the Vietnamese sentence."""
        self.fields: dict[str, object] = {}
        self.message = self.sentence.format(where=where)
        super().__init__(self.message)


class RevisionMissing(DoorError):
    """A command on a dossier came without If-Match."""

    code = "revision_required"
    sentence = (
        "Hãy đọc hồ sơ, lấy giá trị ETag trong câu trả lời và gửi kèm trong tiêu đề If-Match, "
        'ví dụ If-Match: "3".'
    )


class RevisionUnreadable(DoorError):
    """If-Match is not one strong entity tag of ours, so it can match nothing."""

    code = "revision_unreadable"
    sentence = (
        'If-Match phải đúng là một giá trị ETag đã nhận khi đọc hồ sơ, ví dụ «"3"»; '
        "đã nhận «{where}»."
    )


class KeyMissing(DoorError):
    """A POST came without Idempotency-Key."""

    code = "idempotency_key_required"
    sentence = (
        "Hãy gửi tiêu đề Idempotency-Key với một giá trị mới cho mỗi việc, ví dụ một UUID; khi gửi "
        "lại cùng việc đó thì giữ nguyên giá trị."
    )


class KeyUnusable(DoorError):
    """The Idempotency-Key is empty, too long or not printable ASCII."""

    code = "idempotency_key_unusable"
    sentence = (
        "Idempotency-Key phải có từ 1 đến 200 ký tự ASCII in được, không có dấu cách; "
        "nên dùng một UUID."
    )


class NotUtf8(DoorError):
    """The body, or a text in it, is not UTF-8."""

    code = "not_utf8"
    sentence = "Nội dung gửi lên không phải UTF-8: {where}. Hãy lưu và gửi lại bằng UTF-8."


class NotJson(DoorError):
    """The body is not a JSON document (RFC 8259)."""

    code = "not_json"
    sentence = "Nội dung gửi lên không phải JSON hợp lệ: {where}. Hãy sửa chỗ đó rồi gửi lại."


class InvalidRequest(DoorError):
    """Fields of the body, the query or a header are missing, unknown or of the wrong kind."""

    code = "invalid_request"
    sentence = "Có trường thiếu hoặc sai; hãy sửa từng trường nêu trong errors rồi gửi lại."

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        """Keep one entry per field, as the problem's `errors` member shows them."""
        super().__init__()
        self.errors = tuple(errors)
