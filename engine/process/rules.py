"""The rules of the gate as one table: id, severity, and their sentences in two languages.

`{e}` is the element, `{d}` the detail. The table also generates docs/reference/bpmn.md.
"""

# ruff: noqa: E501 - one rule a line reads as a table

from __future__ import annotations

from typing import NamedTuple

from engine.process.findings import Finding


class Rule(NamedTuple):
    """One rule: what it says in Vietnamese and English, and what to do about it."""

    severity: str
    message: str
    message_en: str
    advice: str


E, W = "error", "warning"
# A name may have two million characters, and ten thousand findings may tell it.
SHOWN = 120
RULES: dict[str, Rule] = {
    # The file
    "too_large": Rule(E, "Tệp lớn hơn 2 MiB ({d} byte).", "The file is larger than 2 MiB ({d} bytes).", "Tách sơ đồ thành nhiều quy trình."),
    "too_many_elements": Rule(E, "Tệp có quá nhiều phần tử và thuộc tính XML ({d}); giới hạn 50.000 và 150.000.", "The file has too many XML elements and attributes ({d}); at most 50,000 and 150,000.", "Tách sơ đồ thành nhiều quy trình."),
    "not_utf8": Rule(E, "Tệp không phải UTF-8 ({d}).", "The file is not UTF-8 ({d}).", "Lưu lại tệp với bảng mã UTF-8."),
    "not_xml": Rule(E, "Tệp không phải XML hợp lệ: {d}.", "The file is not well-formed XML: {d}.", "Mở bằng công cụ vẽ BPMN rồi lưu lại."),
    "doctype": Rule(E, "Tệp có khai báo DOCTYPE.", "The file has a DOCTYPE.", "Xóa khai báo DOCTYPE."),
    "not_bpmn": Rule(E, "Phần tử gốc là «{d}», không phải definitions của BPMN 2.0.", "The root element is '{d}', not BPMN 2.0 definitions.", "Xuất lại sơ đồ dưới dạng BPMN 2.0 XML."),
    "schema": Rule(E, "Sai lược đồ XML của chuẩn: {d}.", "It breaks the standard's XML schema: {d}.", "Sửa dòng được nêu hoặc lưu lại bằng công cụ vẽ."),
    "duplicate_id": Rule(E, "Mã {e} dùng cho nhiều phần tử.", "The id {e} is used more than once.", "Đặt mã khác nhau cho từng phần tử."),
    "foreign": Rule(W, "Phần mở rộng «{d}» của {e} không được thực thi.", "The extension '{d}' of {e} is not executed.", "Chuyển nội dung cần chạy sang phần tử BPMN chuẩn."),
    "must_understand": Rule(E, "Tệp đòi hỏi phải hiểu phần mở rộng «{d}» (mustUnderstand).", "The file demands that the extension '{d}' be understood (mustUnderstand).", "Bỏ mustUnderstand nếu quy trình chạy đúng khi không có phần mở rộng."),
    # Processes
    "no_process": Rule(E, "Tệp không có quy trình nào.", "The file has no process.", "Vẽ ít nhất một quy trình."),
    "not_executable": Rule(E, 'Không quy trình nào có isExecutable="true"; thiếu thuộc tính nghĩa là không chạy.', "No process is executable; a missing isExecutable means not executable.", 'Đặt isExecutable="true" cho quy trình cần chạy.'),
    "empty_process": Rule(E, "Quy trình {e} không có bước nào.", "Process {e} has no flow node.", "Vẽ các bước của quy trình."),
    "too_many_nodes": Rule(E, "Sơ đồ có {d} nút, quá 2.000.", "The diagram has {d} nodes, more than 2,000.", "Tách thành nhiều quy trình."),
    "too_many_flows": Rule(E, "Sơ đồ có {d} luồng, quá 10.000.", "The diagram has {d} sequence flows, more than 10,000.", "Tách thành nhiều quy trình."),
    "too_deep": Rule(E, "{e} lồng quá 64 cấp.", "{e} is nested deeper than 64.", "Tách thành quy trình riêng và gọi lại."),
    # References
    "unknown_reference": Rule(E, "{e} tham chiếu «{d}» không có trong tệp.", "{e} refers to '{d}', which does not exist.", "Khai báo phần tử được tham chiếu."),
    "unnamed_message": Rule(W, "{e} không nêu thông điệp; mã phần tử được dùng làm tên.", "{e} names no message; its id is used.", "Gán messageRef."),
    "unnamed_signal": Rule(W, "{e} không nêu tín hiệu; mã phần tử được dùng làm tên.", "{e} names no signal; its id is used.", "Gán signalRef."),
    "flow_dangling": Rule(E, "Luồng {e} nối tới «{d}» không có trong cùng phạm vi.", "Flow {e} leads to or from '{d}', which is not in the same scope.", "Nối lại luồng giữa hai nút cùng quy trình hoặc cùng quy trình con."),
    "flow_into_start": Rule(E, "Luồng {e} đi vào sự kiện bắt đầu «{d}».", "Flow {e} enters the start event '{d}'.", "Nối vào bước đầu tiên sau sự kiện bắt đầu."),
    "flow_from_end": Rule(E, "Luồng {e} đi ra từ sự kiện kết thúc «{d}».", "Flow {e} leaves the end event '{d}'.", "Bỏ luồng hoặc đổi sự kiện kết thúc thành sự kiện trung gian."),
    "flow_into_boundary": Rule(E, "Luồng {e} đi vào sự kiện biên «{d}».", "Flow {e} enters the boundary event '{d}'.", "Sự kiện biên không có luồng vào."),
    "unknown_default": Rule(E, "Luồng mặc định «{d}» của {e} không đi ra từ nó.", "The default flow '{d}' of {e} does not leave it.", "Chọn một luồng đi ra làm mặc định."),
    "condition_on_default": Rule(W, "Luồng mặc định «{d}» của {e} có điều kiện; điều kiện bị bỏ qua.", "The default flow '{d}' of {e} has a condition, which is ignored.", "Bỏ điều kiện trên luồng mặc định."),
    "boundary_unattached": Rule(E, "Sự kiện biên {e} không gắn vào hoạt động nào («{d}»).", "Boundary event {e} is attached to no activity ('{d}').", "Gắn sự kiện vào một bước hoặc quy trình con."),
    "error_interrupts": Rule(W, "{e} bắt lỗi nên luôn ngắt, dù ghi là không ngắt.", "{e} catches an error, so it always interrupts, although it says it does not.", 'Đặt cancelActivity hoặc isInterrupting là "true".'),
    # Shape
    "unreachable": Rule(E, "Không có đường nào dẫn tới {e}.", "Nothing leads to {e}.", "Nối một luồng vào, hoặc xóa nút."),
    "no_way_out": Rule(E, "{e} nằm trong vòng lặp không có lối ra.", "{e} is in a cycle without a way out.", "Thêm một nhánh ra khỏi vòng lặp."),
    "busy_cycle": Rule(W, "{e} nằm trong vòng lặp không có bước chờ; sau 1.000 bước tự động lệnh bị từ chối.", "{e} is in a cycle without a wait; after 1,000 automatic steps a command is refused.", "Thêm một bước chờ trong vòng lặp."),
    "back_edge_into_join": Rule(E, "Luồng «{d}» quay lại thẳng vào cổng hội tụ {e}.", "The back edge '{d}' goes straight into the joining gateway {e}.", "Đặt một cổng XOR gộp trước cổng hội tụ."),
    "starts_with_process": Rule(W, "{e} không có luồng vào nên bắt đầu cùng quy trình.", "{e} has no incoming flow, so it starts with the process.", "Nối luồng vào nếu không có ý đó."),
    "several_starts": Rule(E, "{e} có nhiều sự kiện bắt đầu thường ({d}).", "{e} has several plain start events ({d}).", "Giữ một sự kiện bắt đầu."),
    "inner_start": Rule(E, "Quy trình con {e} chỉ được có một sự kiện bắt đầu thường ({d}).", "Sub-process {e} may have one plain start event only ({d}).", "Dùng một sự kiện bắt đầu thường."),
    "event_subprocess_start": Rule(E, "Quy trình con sự kiện {e} phải có đúng một sự kiện bắt đầu có kích hoạt ({d}).", "Event sub-process {e} needs exactly one start event with a trigger ({d}).", "Dùng một sự kiện bắt đầu có thông điệp, hẹn giờ, lỗi hoặc tín hiệu."),
    "event_subprocess_flow": Rule(E, "Quy trình con sự kiện {e} không được có luồng vào hay ra.", "Event sub-process {e} may have no flows.", "Bỏ luồng; nó chạy khi sự kiện xảy ra."),
    "event_gateway_target": Rule(E, "Sau cổng sự kiện {e} chỉ được là sự kiện bắt hoặc bước nhận, mỗi nút một luồng vào («{d}»).", "After event gateway {e} only catch events or receive tasks with one incoming flow may follow ('{d}').", "Đặt sự kiện bắt ngay sau cổng."),
    "event_gateway_ways": Rule(E, "Cổng sự kiện {e} cần ít nhất hai lối ra.", "Event gateway {e} needs at least two ways out.", "Thêm sự kiện hoặc bỏ cổng."),
    "no_default": Rule(W, "Cổng {e} không có luồng mặc định.", "Gateway {e} has no default flow.", "Chọn một luồng làm mặc định."),
    "no_condition": Rule(E, "Luồng «{d}» ra khỏi cổng {e} không có điều kiện và không phải mặc định.", "Flow '{d}' out of gateway {e} has no condition and is no default.", "Ghi điều kiện hoặc đặt làm mặc định."),
    "condition_on_parallel": Rule(E, "Luồng «{d}» ra khỏi {e} có điều kiện mà {e} không chọn nhánh.", "Flow '{d}' out of {e} has a condition, but {e} does not choose.", "Bỏ điều kiện hoặc dùng cổng XOR/OR."),
    "link": Rule(E, "Liên kết {e} «{d}» không có đúng một điểm đến cùng tên.", "Link {e} '{d}' has not exactly one target of that name.", "Đặt một sự kiện bắt liên kết cùng tên trong cùng phạm vi."),
    # Texts
    "expression": Rule(E, "Biểu thức của {e} sai: {d}.", "The expression of {e} is faulty: {d}.", "Viết theo ngôn ngữ biểu thức (docs/reference/expressions.md)."),
    "timer": Rule(E, "Hẹn giờ của {e} sai: {d}.", "The timer of {e} is faulty: {d}.", "Ghi theo ISO 8601, ví dụ P12D."),
    "timer_unclear": Rule(E, "Hẹn giờ của {e} phải có đúng một trong timeDuration, timeDate, timeCycle.", "The timer of {e} needs exactly one of timeDuration, timeDate, timeCycle.", "Giữ một cách hẹn giờ."),
    "no_script": Rule(W, "{e} không có kịch bản nên không làm gì.", "{e} has no script, so it does nothing.", "Ghi các phép gán «tên = biểu thức»."),
    "script_format": Rule(W, "Kịch bản của {e} ghi là «{d}» nhưng chạy theo ngôn ngữ biểu thức của motcua.", "The script of {e} says '{d}' but is run as motcua's expression language.", "Kiểm tra lại kịch bản, rồi bỏ scriptFormat."),
    "loop": Rule(E, "Lặp nhiều phiên bản của {e} sai: {d}.", "The multi-instance of {e} is faulty: {d}.", "Ghi số lần hoặc một danh sách."),
    # Calls
    "unknown_call": Rule(E, "{e} gọi quy trình «{d}» không có.", "{e} calls the process '{d}', which does not exist.", "Đưa quy trình được gọi vào cùng tệp."),
    "called_not_executable": Rule(W, '{e} gọi quy trình «{d}» không có isExecutable="true"; quy trình đó vẫn chạy.', "{e} calls the process '{d}', which is not marked executable; it is run all the same.", 'Đặt isExecutable="true" cho quy trình được gọi.'),
    "call_ring": Rule(E, "{e} gọi vòng: {d}.", "{e} calls in a ring: {d}.", "Bỏ một lời gọi trong vòng."),
    "lost": Rule(E, "{e} bị mất khi biên dịch; sơ đồ không được chạy.", "{e} was lost while compiling; the diagram is not run.", "Báo lỗi này cho nhóm phát triển kèm sơ đồ."),
    # What we do not run
    "unsupported_element": Rule(E, "Phần tử «{d}» ({e}) không chạy được.", "The element '{d}' ({e}) is not run.", "Vẽ lại bằng phần tử trong docs/reference/bpmn.md."),
    "unsupported": Rule(E, "{e}: {d} không chạy được.", "{e}: {d} is not run.", "Vẽ lại bằng phần tử trong docs/reference/bpmn.md."),
}  # fmt: skip


def finding(  # noqa: PLR0913 - the fields of a finding
    rule: str,
    *,
    element: str = "",
    name: str = "",
    line: int = 0,
    detail: str = "",
    detail_en: str = "",
    severity: str = "",
) -> Finding:
    """Return the finding of a rule about an element, with its sentences filled in.

    `detail_en` is for the English sentence where `detail` holds Vietnamese words.
    """
    entry = RULES[rule]
    called, at = name[:SHOWN], element[:SHOWN]
    label = f"«{called}» ({at})" if called and at else f"«{at}»"
    label_en = f"'{called}' ({at})" if called and at else f"'{at}'"
    what, what_en = detail[: 3 * SHOWN], (detail_en or detail)[: 3 * SHOWN]
    return Finding(
        rule=rule,
        severity=severity or entry.severity,
        element=element,
        name=name,
        line=line,
        message=entry.message.format(e=label, d=what),
        message_en=entry.message_en.format(e=label_en, d=what_en),
        advice=entry.advice,
    )
