"""Reads a table (CSV) with a mapping from its columns to what they say: lines of text in.

Finds out by itself how the file is encoded, what parts its columns, how dates are written and, if
the columns have usual names, which is which. Every refusal names line and column.
"""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain, islice

from engine.timing.exchange.logs import Attribute, Happening, LogEvent, UnreadableLog
from engine.timing.exchange.moments import VIET_NAM, pattern_reader, reader_for

SAMPLE_ROWS = 1000
LONGEST_FIELD = 1_000_000
DELIMITERS = ",;\t|"
ROLES = ("case", "activity", "complete", "start", "lifecycle", "instance", "resource")
NEEDED = ("case", "activity")
VIETNAMESE = {"case": "mã hồ sơ", "activity": "hoạt động", "complete": "thời điểm"}
# Names other tools give these columns, compared without case, spaces and marks between words.
USUAL = {
    "case": ("case:concept:name", "case", "caseid", "case_id", "casenr", "traceid", "mahoso"),
    "activity": ("concept:name", "activity", "activityname", "event", "task", "hoatdong", "buoc"),
    "complete": (
        "time:timestamp", "timestamp", "completetimestamp", "complete", "endtimestamp", "endtime",
        "completedat", "time", "date", "thoidiem", "ketthuc",
    ),
    "start": ("start_timestamp", "starttimestamp", "starttime", "start", "startedat", "batdau"),
    "lifecycle": ("lifecycle:transition", "lifecycle", "transition"),
    "instance": ("concept:instance", "instance"),
    "resource": ("org:resource", "resource", "user", "actor", "nguoithuchien", "canbo"),
}  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CsvMapping:
    """Which column says what, by its name; empty means: find it by its usual name.

    `date_format` is a pattern of strptime, empty means ISO 8601 or a date as people write it;
    `zone` is where clocks without an offset stood.
    """

    case: str = ""
    activity: str = ""
    complete: str = ""
    start: str = ""
    lifecycle: str = ""
    instance: str = ""
    resource: str = ""
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    zone: tzinfo = VIET_NAM


def encoding_of(head: bytes) -> str:
    """Return how a file is encoded from its first bytes: by its mark, or else UTF-8."""
    return next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")


def delimiter_of(header: str) -> str:
    """Return what parts the columns of a header line: the most frequent candidate."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: (outside.count(mark), -DELIMITERS.index(mark)))


def read_csv(
    lines: Iterable[str], mapping: CsvMapping | None = None, *, keep: bool = False
) -> Iterator[Happening]:
    """Yield the events of a table in the order of its rows, each with its case.

    With `keep`, the other columns become extras. Raises UnreadableLog, naming line and column.
    """
    mapping = mapping or CsvMapping()
    lines = iter(lines)
    try:
        header_line = next(lines, "")
    except UnicodeDecodeError as error:
        raise _undecoded(error, "Dòng 1", 1) from error
    if not header_line.strip():
        raise UnreadableLog("Dòng 1: tệp rỗng, không có dòng tên cột.", line=1)
    delimiter = mapping.delimiter or delimiter_of(header_line)
    rows = csv.reader(chain([header_line], lines), delimiter=delimiter, strict=False)
    table = _Table(rows, mapping)
    yield from table.happenings(keep=keep)


class _Table:
    """The rows of a table under its header, and what its columns are."""

    def __init__(self, rows: Iterator[list[str]], mapping: CsvMapping) -> None:
        csv.field_size_limit(LONGEST_FIELD)
        self._reader, self._mapping = rows, mapping
        self.header = [name.strip() for name in next(self._numbered())[1]]
        self.places = _places(self.header, mapping)
        if len(self.places.keys() & {"complete", "start"}) == 0:
            self._refuse_columns("thời điểm (--complete hoặc --start)")

    def happenings(self, *, keep: bool) -> Iterator[Happening]:
        rows = self._numbered()
        sample = list(islice(rows, SAMPLE_ROWS))
        read = self._moments(sample)
        others = [n for n in range(len(self.header)) if n not in self.places.values()]
        for line, row in chain(sample, rows):
            if row:
                yield self._happening(line, row, read, others if keep else ())

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Yield rows with the line of the file they end on."""
        while True:
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                line = self._line()
                raise UnreadableLog(f"Dòng {line}: không đọc được ({error}).", line=line) from error
            except UnicodeDecodeError as error:
                line = self._line()
                raise _undecoded(error, f"Sau dòng {line}", line) from error
            yield self._line(), row

    def _line(self) -> int:
        return int(getattr(self._reader, "line_num", 0))

    def _moments(self, sample: list[tuple[int, list[str]]]) -> Callable[[str], int]:
        mapping = self._mapping
        if mapping.date_format:
            return pattern_reader(mapping.date_format, mapping.zone)
        places = [self.places[role] for role in ("complete", "start") if role in self.places]
        texts = (row[n].strip() for _, row in sample for n in places if n < len(row))
        return reader_for(texts, mapping.zone)

    def _happening(
        self, line: int, row: list[str], read: Callable[[str], int], others: Iterable[int]
    ) -> Happening:
        if len(row) < len(self.header) or any(row[len(self.header) :]):
            raise UnreadableLog(
                f"Dòng {line}: có {len(row)} ô, nhưng dòng tên cột có {len(self.header)} ô.",
                line=line,
            )
        places = self.places
        case = row[places["case"]].strip()
        if not case:
            raise self._fault(line, "case", "không có mã hồ sơ")
        event = LogEvent(
            row[places["activity"]].strip(),
            self._time(line, row, "complete", read),
            self._time(line, row, "start", read),
            self._text(row, "lifecycle"),
            self._text(row, "instance"),
            self._text(row, "resource"),
            tuple(Attribute("string", self.header[n], row[n]) for n in others if row[n]),
        )
        return case, event

    def _text(self, row: list[str], role: str) -> str:
        place = self.places.get(role)
        return "" if place is None else row[place].strip()

    def _time(self, line: int, row: list[str], role: str, read: Callable[[str], int]) -> int | None:
        place = self.places.get(role)
        text = "" if place is None else row[place].strip()
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, OverflowError):
            hint = "hãy khai báo --date-format, ví dụ «%d/%m/%Y %H:%M»"
            raise self._fault(line, role, f"«{text}» không phải thời điểm; {hint}") from None

    def _fault(self, line: int, role: str, what: str) -> UnreadableLog:
        place = self.places[role]
        name = self.header[place]
        return UnreadableLog(
            f"Dòng {line}, cột {place + 1} «{name}»: {what}.", line=line, column=place + 1
        )

    def _refuse_columns(self, what: str) -> None:
        raise UnreadableLog(f"Không biết cột nào là {what}; tệp có: {_list(self.header)}.", line=1)


def _undecoded(error: UnicodeDecodeError, where: str, line: int) -> UnreadableLog:
    return UnreadableLog(
        f"{where}: tệp không phải văn bản trong mã hóa «{error.encoding}»; nếu là bảng, "
        "hãy khai báo bằng --encoding (ví dụ utf-16, cp1258).",
        line=line,
    )


def _places(header: list[str], mapping: CsvMapping) -> dict[str, int]:
    """Return the place of each role's column. Raises UnreadableLog naming what is missing."""
    exact = {_key(name): place for place, name in reversed(list(enumerate(header)))}
    places: dict[str, int] = {}
    for role in ROLES:
        wanted = getattr(mapping, role)
        if wanted and _key(wanted) not in exact:
            raise UnreadableLog(f"Không có cột «{wanted}»; tệp có: {_list(header)}.", line=1)
        place = exact[_key(wanted)] if wanted else _usual(role, exact, set(places.values()))
        if place is not None:
            _refuse_twins(header, place)
            places[role] = place
        elif role in NEEDED:
            raise UnreadableLog(
                f"Không biết cột nào là {VIETNAMESE[role]} (--{role}); tệp có: {_list(header)}.",
                line=1,
            )
    return places


def _refuse_twins(header: list[str], place: int) -> None:
    """Refuse a column that is wanted where another has its name: which of them is a guess."""
    name = _key(header[place])
    twins = [n for n, other in enumerate(header, 1) if _key(other) == name]
    if len(twins) > 1:
        columns = " và ".join(map(str, twins))
        raise UnreadableLog(
            f"Dòng 1: hai cột cùng tên «{header[place]}» (cột {columns}); hãy đổi tên một cột.",
            line=1,
            column=twins[1],
        )


def _usual(role: str, exact: dict[str, int], taken: set[int]) -> int | None:
    loose = {_loose(name): place for name, place in exact.items()}
    known = (exact.get(name, loose.get(_loose(name))) for name in USUAL[role])
    return next((place for place in known if place is not None and place not in taken), None)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _loose(name: str) -> str:
    """Return a name without case, accents and anything between words."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(c for c in plain if c.isalnum())


def _list(header: list[str]) -> str:
    return ", ".join(f"«{name}»" for name in header)
