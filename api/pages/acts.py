"""The acts in the life of a dossier that a page offers folded away: their words and their fields.

One row an act: the action it needs, the command it is, what it asks for. Not for who sees it (see
`doing`) nor for doing it (see `acting`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.law.authority import Actor
from workflows import (
    apologies,
    assigning,
    corrections,
    extensions,
    fees,
    files,
    handovers,
    intake,
    refusals,
    reopenings,
    send_backs,
    stops,
    supplements,
    suspensions,
)
from workflows.office import Office
from workflows.views import DossierView

UseCase = Callable[[Office, Actor, Any], DossierView]
COMPETENT, STEP = "competent", "step"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One field of an act; `widget` is text, area, choice, moment, number, lines or papers."""

    name: str
    label: str
    widget: str = "text"
    help: str = ""
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: its action, its command, its words; `at` says whose agency it is about."""

    name: str
    action: str
    title: str
    button: str
    done: str
    use_case: UseCase
    command: Callable[..., Any]
    asks: tuple[Ask, ...] = ()
    at: str = ""
    grave: bool = False
    about: str = ""


def _why(label: str = "Lý do", *, required: bool = True, words: str = "") -> Ask:
    return Ask(name="reason", label=label, widget="area", required=required, help=words)


_TO = Ask(name="to", label="Giao cho", widget="choice")
CORRECTABLE = (
    "applicant_name", "applicant_id", "phone", "address", "email", "result_by", "result_address",
)  # fmt: skip


def _correction(**said: Any) -> corrections.CorrectIntake:
    """Return the command of the form: what was left empty stays as it is."""
    changes = {name: said.pop(name) for name in CORRECTABLE if name in said}
    return corrections.CorrectIntake(
        changes={name: value for name, value in changes.items() if value}, **said
    )


READ_BY_APPLICANT = "Người nộp đọc nguyên văn câu này trên văn bản."

ALL = (
    Act(
        name="pay",
        action="fee.pay",
        title="Thu phí, lệ phí",
        button="Ghi đã thu",
        done="Đã ghi khoản thu.",
        use_case=fees.pay,
        command=fees.PayFee,
        asks=(
            Ask(name="amount_vnd", label="Số tiền (đồng)", widget="number"),
            Ask(name="receipt", label="Số biên lai"),
            Ask(name="manner", label="Thu bằng cách nào", widget="choice"),
        ),
    ),
    Act(
        name="exempt",
        action="fee.exempt",
        title="Miễn phí, lệ phí",
        button="Miễn",
        done="Đã miễn khoản phải nộp.",
        use_case=fees.exempt,
        command=fees.ExemptFee,
        asks=(
            Ask(name="fee", label="Khoản", widget="choice"),
            Ask(name="ground", label="Căn cứ miễn"),
        ),
    ),
    Act(
        name="transfer",
        action="task.transfer",
        title="Chuyển việc cho đồng nghiệp",
        button="Chuyển việc",
        done="Đã chuyển việc.",
        use_case=assigning.transfer,
        command=assigning.TransferTask,
        asks=(_TO, _why()),
        at=STEP,
    ),
    Act(
        name="send-back",
        action="task.send_back",
        title="Trả lại bước trước",
        button="Trả lại",
        done="Đã trả lại bước trước.",
        use_case=send_backs.send_back,
        command=send_backs.SendBack,
        asks=(Ask(name="to", label="Về bước", widget="choice"), _why("Phải sửa gì")),
        at=STEP,
    ),
    Act(
        name="propose-round",
        action="supplement.propose",
        title="Đề nghị cho bổ sung thêm một lần",
        button="Đề nghị",
        done="Đã đề nghị; chờ lãnh đạo đồng ý.",
        use_case=supplements.propose,
        command=supplements.ProposeRound,
        asks=(
            Ask(name="components", label="Giấy tờ", widget="papers", required=False),
            _why(),
        ),
        at=STEP,
        about="Đã hết số lần bổ sung của thủ tục: cần lãnh đạo đồng ý.",
    ),
    Act(
        name="approve-round",
        action="supplement.approve",
        title="Đồng ý cho bổ sung thêm một lần",
        button="Đồng ý",
        done="Đã đồng ý cho bổ sung thêm một lần.",
        use_case=supplements.approve,
        command=supplements.ApproveRound,
        asks=(Ask(name="note", label="Ý kiến", widget="area", required=False),),
    ),
    Act(
        name="assign",
        action="task.assign",
        title="Giao việc",
        button="Giao việc",
        done="Đã giao việc.",
        use_case=assigning.assign,
        command=assigning.AssignTask,
        asks=(_TO, _why("Dặn thêm", required=False)),
        at=STEP,
    ),
    Act(
        name="recall",
        action="task.assign",
        title="Thu hồi việc",
        button="Thu hồi",
        done="Đã thu hồi việc; ai cùng vai trò cũng nhận được.",
        use_case=assigning.recall,
        command=assigning.RecallTask,
        asks=(_why(),),
        at=STEP,
    ),
    Act(
        name="priority",
        action="priority.set",
        title="Mức ưu tiên",
        button="Đặt mức ưu tiên",
        done="Đã đặt mức ưu tiên.",
        use_case=assigning.prioritise,
        command=assigning.SetPriority,
        asks=(Ask(name="priority", label="Mức", widget="choice"), _why()),
    ),
    Act(
        name="correction",
        action="intake.correct",
        title="Đính chính điều đã ghi khi tiếp nhận",
        button="Đính chính, cấp lại giấy tiếp nhận",
        done="Đã đính chính; giấy tiếp nhận in lại là giấy có hiệu lực.",
        use_case=corrections.correct,
        command=_correction,
        asks=(
            Ask(name="applicant_name", label="Họ tên, hoặc tên tổ chức"),
            Ask(
                name="applicant_id", label="Số định danh", required=False,
                help="Để trống: giữ số đang ghi.",
            ),
            Ask(name="phone", label="Điện thoại", required=False),
            Ask(name="address", label="Địa chỉ", required=False),
            Ask(name="email", label="Thư điện tử", required=False),
            Ask(name="result_by", label="Muốn nhận kết quả", widget="choice"),
            Ask(name="result_address", label="Gửi kết quả đến", required=False),
            _why("Vì sao phải đính chính"),
        ),
        about="Ngày hẹn và nơi giải quyết không đổi. Giá trị cũ, mới và lý do ở lại trong hồ sơ.",
    ),
    Act(
        name="hand-over",
        action="dossier.hand_over",
        title="Giao hồ sơ giấy",
        button="Ghi đã giao",
        done="Đã ghi việc giao nhận.",
        use_case=handovers.hand_over,
        command=handovers.HandOver,
        asks=(
            Ask(name="to_agency", label="Giao đến", widget="choice"),
            Ask(name="receiver", label="Người nhận"),
            Ask(
                name="papers", label="Giấy tờ giao", widget="lines", required=False,
                help="Mỗi dòng một giấy tờ.",
            ),
        ),
    ),
    Act(
        name="apology",
        action="apology.issue",
        title="Xin lỗi và hẹn lại ngày trả",
        button="Ký xin lỗi và hẹn lại",
        done="Đã xin lỗi và hẹn lại; in văn bản ở mục giấy tờ.",
        use_case=apologies.apologise,
        command=apologies.IssueApology,
        asks=(
            _why("Vì sao chậm", words=READ_BY_APPLICANT),
            Ask(name="new_due_at", label="Hẹn lại vào", widget="moment"),
        ),
        about="Soạn sẵn theo hạn hiện tại; người bấm là người ký.",
    ),
    Act(
        name="extension",
        action="deadline.extend",
        title="Gia hạn giải quyết",
        button="Ký gia hạn",
        done="Đã gia hạn.",
        use_case=extensions.extend,
        command=extensions.ExtendDeadline,
        asks=(_why(words=READ_BY_APPLICANT),),
        at=COMPETENT,
    ),
    Act(
        name="suspension",
        action="dossier.suspend",
        title="Tạm dừng giải quyết",
        button="Tạm dừng",
        done="Đã tạm dừng giải quyết.",
        use_case=suspensions.suspend,
        command=suspensions.SuspendDossier,
        asks=(
            Ask(name="ground", label="Căn cứ", widget="choice"),
            _why(),
            Ask(
                name="until", label="Tự tiếp tục lúc", widget="moment", required=False,
                help="Để trống nếu chưa biết.",
            ),
        ),
        at=COMPETENT,
    ),
    Act(
        name="resumption",
        action="dossier.resume",
        title="Tiếp tục giải quyết",
        button="Tiếp tục",
        done="Đã tiếp tục giải quyết.",
        use_case=suspensions.resume,
        command=suspensions.ResumeDossier,
        asks=(_why(required=False),),
        at=COMPETENT,
    ),
    Act(
        name="refusal",
        action="refusal.issue",
        title="Từ chối giải quyết",
        button="Ký từ chối",
        done="Đã từ chối; in phiếu ở mục giấy tờ.",
        use_case=refusals.refuse,
        command=refusals.IssueRefusal,
        asks=(_why("Vì sao, theo điều nào", words=READ_BY_APPLICANT),),
        grave=True,
        about="Hồ sơ kết thúc. Người bấm là người ký.",
    ),
    Act(
        name="stop",
        action="dossier.stop",
        title="Dừng giải quyết theo đề nghị của người nộp",
        button="Ký dừng giải quyết",
        done="Đã dừng giải quyết; in thông báo ở mục giấy tờ.",
        use_case=stops.stop,
        command=stops.StopDossier,
        asks=(_why(words=READ_BY_APPLICANT),),
        grave=True,
        about="Hồ sơ kết thúc. Người bấm là người ký.",
    ),
    Act(
        name="withdrawal",
        action="dossier.withdraw",
        title="Người nộp rút hồ sơ",
        button="Rút hồ sơ",
        done="Đã rút hồ sơ theo yêu cầu của người nộp.",
        use_case=intake.withdraw,
        command=intake.WithdrawDossier,
        asks=(_why(),),
        grave=True,
        about="Hồ sơ kết thúc.",
    ),
    Act(
        name="detach",
        action="file.detach",
        title="Gỡ một tệp",
        button="Gỡ tệp",
        done="Đã gỡ tệp; bản ghi vẫn còn.",
        use_case=files.detach,
        command=files.DetachFile,
        asks=(Ask(name="file", label="Tệp", widget="choice"), _why()),
        grave=True,
    ),
    Act(
        name="reopening",
        action="dossier.reopen",
        title="Mở lại hồ sơ",
        button="Ký mở lại",
        done="Đã mở lại hồ sơ; thời hạn tính lại từ đầu.",
        use_case=reopenings.reopen,
        command=reopenings.ReopenDossier,
        asks=(_why(),),
        at=COMPETENT,
        grave=True,
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Act] = {act.name: act for act in ALL}


def prefix_of(act: Act, task: str = "") -> str:
    """Return what the names of an act's fields begin with: one page has many forms."""
    return f"{act.name}-{task}-" if task else f"{act.name}-"
