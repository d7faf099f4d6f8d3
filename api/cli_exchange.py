"""`motcua review figures|import|logs|export`: logs of other systems, and our record for others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from api import open_office
from api.cli_output import err, json_option, out, plainly, print_json, table
from api.formatting import moment
from config import Settings
from engine.timing.exchange.columns import write_parquet
from engine.timing.exchange.figures import Figures
from engine.timing.exchange.logs import flat
from workflows import columns, exchanging
from workflows.exchanging import Outgoing, Review
from workflows.opening import LogFile, mapped, read_mapping

F = TypeVar("F", bound=Callable[..., Any])

EDGES_SHOWN = 20
DAY = 86_400
FORMATS = ("xes", "ocel", "csv", "parquet")
NOTES = {
    "no_name": "{n} sự việc không có tên hoạt động: không tính.",
    "no_time": "{n} sự việc không có thời điểm: không tính.",
    "unfinished": "{n} lần bắt đầu không có kết thúc: không tính.",
    "other_transition": "{n} sự việc vòng đời khác (lên lịch, giao, dừng…): không tính là một lần.",
    "ends_before_start": "{n} lần kết thúc trước khi bắt đầu: vẫn tính như nhật ký ghi.",
    "empty_case": "{n} hồ sơ không có sự việc nào tính được: không tính là hồ sơ.",
    "never_complete": "Nhật ký không ghi «complete» lần nào: mỗi sự việc tính là một lần.",
    "loose_events": "{n} sự việc không thuộc hồ sơ nào: không tính.",
}
_PLACES = (
    ("case", "cột (thuộc tính) mã hồ sơ"),
    ("activity", "cột hoạt động"),
    ("complete", "cột thời điểm xong"),
    ("start", "cột thời điểm bắt đầu"),
    ("lifecycle", "cột vòng đời (start, complete…)"),
    ("instance", "cột mã lần thực hiện"),
    ("resource", "cột người thực hiện"),
    ("delimiter", "dấu ngăn cột"),
    ("encoding", "mã hóa ký tự"),
    ("date-format", "mẫu ngày giờ, ví dụ «%d/%m/%Y %H:%M»"),
    ("timezone", "múi giờ của giờ không ghi múi, ví dụ Asia/Ho_Chi_Minh"),
)


def mapping_options(command: F) -> F:
    """Give a command the words that say which column is what."""
    for name, sentence in reversed(_PLACES):
        names = [f"--{name}", *(["--timestamp"] if name == "complete" else [])]
        option = click.option(*names, name.replace("-", "_"), default="", help=f"{sentence}.")
        command = option(command)
    words = "Tên bộ phân loại (classifier) của XES đặt tên hoạt động."
    command = click.option("--classifier", default="", help=words)(command)
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--mapping", type=path, help="Tệp TOML hoặc JSON nói cột nào là gì.")(
        command
    )


@click.command("figures")
@click.argument("log", metavar="TỆP_HOẶC_TÊN")
@mapping_options
@json_option
@plainly
def figures(log: str, *, as_json: bool, **mapping: Any) -> None:
    """In số liệu rà soát của một nhật ký: tệp XES, CSV (.gz được), Parquet, hoặc tên đã nhập."""
    if log.endswith(".parquet"):
        with err().status("Đang đếm…"):
            found, notes = columns.review_parquet(Path(log))
        review = Review(figures=found, notes=notes)
    elif Path(log).exists() or not _is_name(log):
        source = _source(Path(log), mapping)
        with _progress(source, "Đang đọc") as watched:
            review = exchanging.review_file(watched)
            notes = {**review.notes, "loose_events": watched.loose_events}
    else:
        office = open_office(Settings.from_environ())
        with err().status("Đang đọc nhật ký đã nhập…"):
            review = exchanging.review_imported(office, log)
        office.store.close()
        notes = review.notes
    _say(notes)
    if as_json:
        print_json(review.figures.to_record())
    else:
        _show(log, review)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Tên để gọi lại; mặc định là tên tệp.")
@mapping_options
@json_option
@plainly
def import_(file: Path, name: str, *, as_json: bool, **mapping: Any) -> None:
    """Nhập nhật ký của hệ thống khác (XES hoặc CSV, .gz được) để rà soát."""
    office = open_office(Settings.from_environ())
    source = _source(file, mapping)
    with _progress(source, "Đang nhập") as watched:
        log = exchanging.import_log(office, watched, name or file.name.split(".")[0])
    office.store.close()
    _say({"loose_events": watched.loose_events})
    if as_json:
        print_json(asdict(log))
    else:
        out().print(f"Đã nhập «{log.name}»: {log.cases} hồ sơ, {log.events} sự việc.")


@click.command("logs")
@click.option("--remove", default="", metavar="TÊN", help="Xóa nhật ký đã nhập.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@json_option
@plainly
def logs(remove: str, *, yes: bool, as_json: bool) -> None:
    """Liệt kê (hoặc xóa) các nhật ký đã nhập."""
    office = open_office(Settings.from_environ())
    if remove:
        if not yes:
            click.confirm(f"Xóa nhật ký «{remove}» và mọi sự việc của nó?", abort=True, err=True)
        exchanging.remove_log(office, remove)
        err().print(Text(f"Đã xóa nhật ký «{remove}»."))
    found = exchanging.imported_logs(office)
    office.store.close()
    if as_json:
        print_json([asdict(log) for log in found])
        return
    rows = (
        (log.name, log.file, str(log.cases), str(log.events), moment(log.imported_at), log.state)
        for log in found
    )
    columns = ("Tên", "Tệp", ">Hồ sơ", ">Sự việc", "Nhập lúc", "Trạng thái")
    out().print(table("Nhật ký đã nhập", columns, rows))


@click.command("export")
@click.argument("source", metavar="MÃ_THỦ_TỤC_HOẶC_TỆP")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="Dạng tệp ra.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Tệp ra; mặc định là màn hình.",
)
@click.option("--bom", is_flag=True, help="CSV có dấu BOM cho Excel.")
@click.option("--agency", default="", help="Chỉ hồ sơ của cơ quan này và cấp dưới; trống là mọi.")
@mapping_options
@plainly
def export(
    source: str, form: str, output: Path | None, *, bom: bool, agency: str, **mapping: Any
) -> None:
    """Xuất nhật ký của một thủ tục (người làm được ẩn danh), hoặc chuyển dạng một tệp."""
    if Path(source).is_file():
        file = _source(Path(source), mapping)
        with _progress(file, "Đang chuyển") as watched:
            watched.whole(
                lambda traces: _write(
                    Outgoing(traces=traces, head=watched.head), form, output, bom=bom
                ),
                keep=True,
            )
        return
    office = open_office(Settings.from_environ())
    with err().status("Đang xuất…"):
        agencies = office.catalogue.agencies
        own = agencies.below(agencies.get(agency).code) if agency else None
        _write(exchanging.record_of(office, source, own), form, output, bom=bom)
    office.store.close()


def _is_name(log: str) -> bool:
    """Tell whether the words can only be the name of an imported log, not a missing file."""
    return "/" not in log and not log.endswith((".xes", ".gz", ".csv"))


def _source(path: Path, given: dict[str, Any]) -> LogFile:
    words = {name: value for name, value in given.items() if name not in ("mapping", "classifier")}
    base = read_mapping(given["mapping"]) if given["mapping"] else LogFile(path).mapping
    return LogFile(path, mapping=mapped(base, words), classifier=given["classifier"])


@contextmanager
def _progress(source: LogFile, sentence: str) -> Iterator[LogFile]:
    """Show on stderr how far the reading is, where somebody can see it."""
    console = err()
    columns = (TextColumn(sentence), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(sentence)
        yield replace(
            source, notice=lambda done, size: bar.update(task, completed=done, total=size)
        )


def _write(outgoing: Outgoing, form: str, output: Path | None, *, bom: bool) -> None:
    if form == "parquet":
        if output is None:
            raise click.UsageError("Parquet cần --output.")
        with output.open("wb") as target:
            write_parquet(flat(outgoing.traces), target)
        return
    pieces = exchanging.write_log(outgoing, form, bom=bom)
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with output.open("w", encoding="utf-8", newline="") as text:
        text.writelines(pieces)


def _say(notes: dict[str, int]) -> None:
    for name, sentence in NOTES.items():
        if count := notes.get(name):
            err().print(Text(sentence.format(n=count), style="yellow"))


def _show(log: str, review: Review) -> None:
    found = review.figures
    title = (
        f"{log}: {found.cases} hồ sơ, {found.events} lần thực hiện, "
        f"{found.activities} hoạt động, {found.variants} biến thể"
    )
    console = out()
    console.print(_durations(title, found))
    console.print(_edges(found))


def _durations(title: str, found: Figures) -> Table:
    values = ((name, _days(value)) for name, value in found.duration_s.items())
    return table(title, ("Thời gian của hồ sơ", ">Ngày"), values)


def _edges(found: Figures) -> Table:
    rows = (
        (before, after, str(n), _days(mean), _days(median))
        for before, after, n, mean, median in found.dfg[:EDGES_SHOWN]
    )
    columns = ("Từ", "Đến", ">Lần", ">Trung bình (ngày)", ">Trung vị (ngày)")
    return table(f"Bước nối tiếp ({len(found.dfg)} cặp)", columns, rows)


def _days(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / DAY:.2f}".replace(".", ",")
