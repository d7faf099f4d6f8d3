"""Definitions (định nghĩa) of every figure of a review: what pages, manual and API link to.

One table, so that the page a reformer reads and the generated reference never disagree. The words
say exactly what the code does; a change of a formula changes its line here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A figure: its id (an anchor), its name, the unit, how it is made, whence the idea."""

    id: str
    name: str
    unit: str
    text: str
    source: str = ""


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        id="n",
        name="n",
        unit="lần hoặc hồ sơ",
        text="Con số bên cạnh dựa trên bao nhiêu lần làm xong bước (hoặc bao nhiêu hồ sơ). Ít hồ "
        "sơ hơn ngưỡng trong bpmn/shared/review.toml thì không in: ô nhỏ chỉ đích danh một "
        "người.",
    ),
    Definition(
        id="median",
        name="Trung vị, P90",
        unit="thời gian",
        text="Xếp n giá trị từ nhỏ đến lớn; giá trị ở vị trí q·(n - 1), tính từ 0, nội suy thẳng "
        "giữa hai giá trị kề. Trung vị: q = 0,5; P90: q = 0,9 (chín trong mười lần không lâu "
        "hơn).",
    ),
    Definition(
        id="working-time",
        name="Giờ làm việc và giờ đồng hồ",
        unit="thời gian",
        text="Giờ làm việc: giây trong giờ mở cửa của cơ quan đang giữ bước, theo lịch có hiệu lực "
        "lúc đó; 1 ngày làm việc = 8 giờ. Giờ đồng hồ: mọi giây, như người dân chờ.",
    ),
    Definition(
        id="waiting",
        name="Chờ",
        unit="thời gian",
        text="Bước đã mở mà chưa ai làm: chưa ai nhận (từ lúc mở), hoặc đã nhận mà chưa bắt đầu. "
        "Trả lại bước thì lại là chưa ai nhận. Chỉ giờ làm việc.",
    ),
    Definition(
        id="unassigned",
        name="Chưa ai nhận",
        unit="thời gian",
        text="Phần của «Chờ» khi bước chưa thuộc về ai.",
    ),
    Definition(
        id="assigned",
        name="Đã nhận, chưa mở",
        unit="thời gian",
        text="Phần của «Chờ» khi bước đã có người nhận nhưng người đó chưa bắt đầu.",
    ),
    Definition(
        id="working",
        name="Làm",
        unit="thời gian",
        text="Từ lúc bắt đầu đến lúc xong, trừ lúc dừng. Chỉ giờ làm việc.",
    ),
    Definition(
        id="applicant",
        name="Người nộp",
        unit="thời gian",
        text="Đồng hồ của người nộp: chờ bổ sung, chờ nộp tiền, dừng theo đề nghị của họ.",
    ),
    Definition(
        id="other-agency",
        name="Cơ quan khác",
        unit="thời gian",
        text="Đồng hồ của cơ quan được hỏi ý kiến hoặc phối hợp.",
    ),
    Definition(
        id="closed",
        name="Ngoài giờ, bất khả kháng",
        unit="thời gian",
        text="Giây của cơ quan khi cơ quan đóng cửa (đêm, ngày nghỉ), và lúc dừng vì thiên tai, "
        "dịch bệnh. Chỉ có trong giờ đồng hồ.",
    ),
    Definition(
        id="five-clocks",
        name="Năm đồng hồ",
        unit="thời gian",
        text="Chờ + làm + người nộp + cơ quan khác + (ngoài giờ, bất khả kháng) = thời gian trôi "
        "qua, đúng từng giây, ở mỗi bước và ở mỗi hồ sơ. Khi nhiều bước cùng mở, giây của hồ "
        "sơ thuộc về: làm, rồi đã nhận, chưa ai nhận, cơ quan khác, người nộp, bất khả kháng. "
        "Giữa hai bước là chờ.",
    ),
    Definition(
        id="grounds",
        name="Căn cứ dừng",
        unit="thời gian",
        text="Giờ đồng hồ dừng theo từng căn cứ ghi lúc dừng; chỉ in căn cứ của đủ nhiều hồ sơ.",
    ),
    Definition(
        id="lead",
        name="Từ nhận đến xong",
        unit="thời gian",
        text="Từ lúc tiếp nhận đến lúc có kết quả (ký, phát hành) hoặc hồ sơ kết thúc. Chỉ hồ sơ "
        "đã xong. Trả cho người dân muộn hơn không tính.",
    ),
    Definition(
        id="median-with-open",
        name="Trung vị kể cả hồ sơ đang mở",
        unit="thời gian",
        text="Ước lượng Kaplan-Meier: hồ sơ đang mở được tính là lâu ít nhất đến lúc xem. Trống "
        "khi chưa thấy một nửa xong. Bỏ hồ sơ mở đi thì thủ tục chậm trông như nhanh.",
        source="Kaplan, Meier, JASA 53 (1958)",
    ),
    Definition(
        id="share-of-lead",
        name="Phần thời gian",
        unit="%",
        text="Tổng giờ đồng hồ của mọi lần bước mở, chia tổng thời gian trôi qua của mọi hồ sơ. "
        "Bước mở sau khi đã có kết quả (trả kết quả) không tính. Bước song song làm tổng vượt "
        "100 %.",
    ),
    Definition(
        id="share-of-limit",
        name="Phần thời hạn đã dùng",
        unit="%",
        text="Giờ làm việc của cơ quan (chờ + làm) chia giờ làm việc của thời hạn hẹn lúc tiếp "
        "nhận. Của một bước: cộng mọi lần làm, chia thời hạn của các hồ sơ đó. Liên thông "
        "không có một thời hạn chung nên không có số này.",
    ),
    Definition(
        id="share-when-late",
        name="Phần thời hạn ở hồ sơ trễ",
        unit="%",
        text="Như «Phần thời hạn đã dùng», chỉ trên hồ sơ quá hạn: bước nào đã ăn hết thời hạn.",
    ),
    Definition(
        id="conformance",
        name="Đúng hạn",
        unit="hồ sơ",
        text="So ngày có kết quả với ngày hẹn đang có hiệu lực: trước là sớm, cùng ngày là đúng, "
        "sau là quá hạn; hồ sơ mở là quá hạn từ ngày sau ngày hẹn. Thời hạn đang dừng thì "
        "chưa ai trễ. Tỷ lệ đúng = (sớm + đúng) / đã xong.",
        source="Phiếu kiểm soát: mẫu 06 của Thông tư 03/2025/TT-VPCP, "
        "mẫu 05 của Thông tư 01/2018/TT-VPCP",
    ),
    Definition(
        id="rework",
        name="Làm lại",
        unit="lần",
        text="k lần làm xong một bước trong một hồ sơ là k - 1 lần làm lại. Giá: giờ chờ và làm "
        "của mọi lần trừ lần đầu.",
    ),
    Definition(
        id="flow",
        name="Số lần qua nhánh",
        unit="lần",
        text="Bước mở ra qua nhánh này bao nhiêu lần; ↻ là trong đó bao nhiêu lần để làm lại một "
        "bước hồ sơ đã có.",
    ),
    Definition(
        id="handover",
        name="Chuyển cơ quan",
        unit="lần",
        text="Hai bước xong liền nhau ở hai cơ quan. «Qua lại»: A, B rồi lại A.",
    ),
    Definition(
        id="variants",
        name="Đường đi",
        unit="hồ sơ",
        text="Thứ tự các bước theo lúc xong. Đường ít hồ sơ đi được gộp lại.",
    ),
    Definition(
        id="left-out",
        name="Bỏ ra vì dọn dẹp hàng loạt",
        unit="lần",
        text="Một người đóng từ 20 lần trong 5 phút (ngưỡng ở bpmn/shared/review.toml) là dọn dẹp: "
        "thời gian đó không nói gì về công việc, nên không tính vào bước, chỉ in số lần.",
    ),
    Definition(
        id="saving",
        name="Bước đáng rút ngắn",
        unit="ngày làm việc",
        text="Nếu mọi lần chờ dài hơn trung vị của cơ quan nhanh nhất (đủ 5 lần) rút về mức đó: "
        "cộng phần chờ vượt. Giả định mọi người vẫn làm như cũ; không phải lời hứa.",
    ),
    Definition(
        id="band",
        name="Xếp loại",
        unit="%",
        text="Mỗi chỉ số: tử số / mẫu số; đủ điểm từ ngưỡng trở lên, dưới ngưỡng theo tỷ lệ, hai "
        "chữ số thập phân. Điểm đạt / điểm có thể đạt là phần trăm; mức tốt, khá, trung bình, "
        "yếu theo ngưỡng ở bpmn/shared/review.toml. Không có gì để đếm thì không trừ điểm.",
        source="Quyết định 766/QĐ-TTg; ngưỡng xếp loại chưa đối chiếu",
    ),
    Definition(
        id="pseudonym",
        name="Bí danh",
        unit="",
        text="Hồ sơ trong danh sách chỉ có bí danh, trừ khi người xem được phép đọc hồ sơ đó. "
        "Không có bảng xếp hạng cán bộ.",
    ),
)

LEAD = (
    "What `motcua review measures`, `/api/v1/review` and the pages under `/review` print. The "
    "words are those of the page `/review/definitions`, in Vietnamese, as reformers read them. "
    "Which clocks there are and why: "
    "[how time is measured](../explanation/how-time-is-measured.md)."
)


def manual() -> tuple[str, ...]:
    """Return the page of the manual: its title, its lead, and a block for each figure."""
    blocks = (
        f"## {d.name}\n\n{f'Đơn vị: {d.unit}. ' if d.unit else ''}{d.text}"
        f"{f' Nguồn: {d.source}.' if d.source else ''}"
        for d in DEFINITIONS
    )
    return ("Figures of a review", LEAD, *blocks)
