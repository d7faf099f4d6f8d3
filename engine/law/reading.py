"""Plain values of a file -> the frozen classes of `provisions`, noting every misfit.

A value that does not fit is noted and replaced by a harmless one, so that the reading goes on and
the reader of the findings sees all of them. The caller must not use what was read when there is
an error. Not for rules across fields: see `contradictions`.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from engine.law.problems import ProblemList

T = TypeVar("T")

_NAMES: dict[type, str] = {
    str: "một chuỗi chữ",
    int: "một số nguyên",
    bool: "true hoặc false",
    date: "một ngày (năm-tháng-ngày)",
}


def read_table(cls: type[T], values: object, path: str, problems: ProblemList, key: str = "") -> T:
    """Return `cls` read from one table of a file; `key` is the table's own key in its parent."""
    table = _as_table(values, path, problems)
    hints = get_type_hints(cls)
    known = {_key(f): f for f in fields(cls) if not f.metadata.get("table_key")}  # type: ignore[arg-type]
    _note_unknown_keys(table, set(known), path, problems)
    read: dict[str, Any] = {}
    for file_key, f in known.items():
        where = _join(path, file_key)
        if file_key in table:
            read[f.name] = _convert(hints[f.name], table[file_key], where, problems)
        elif f.default is MISSING and f.default_factory is MISSING:
            if isinstance(values, Mapping):
                problems.error(where, "Thiếu mục bắt buộc này.", f"Hãy thêm `{file_key}`.")
            read[f.name] = _harmless(hints[f.name])
    for f in fields(cls):  # type: ignore[arg-type]
        if f.metadata.get("table_key"):
            read[f.name] = _convert(hints[f.name], key, path, problems)
    return cls(**read)


def _as_table(values: object, path: str, problems: ProblemList) -> Mapping[str, Any]:
    if isinstance(values, Mapping):
        return values
    problems.error(path, "Phải là một bảng các mục.", "Hãy viết thành bảng [tên] của TOML.")
    return {}


def _note_unknown_keys(
    table: Mapping[str, Any], known: set[str], path: str, problems: ProblemList
) -> None:
    for file_key in table:
        if file_key not in known:
            close = difflib.get_close_matches(str(file_key), known, n=1)
            advice = f"Có phải ý là `{close[0]}`?" if close else "Hãy bỏ mục này."
            problems.error(_join(path, str(file_key)), "Không có mục nào tên như vậy.", advice)


def _convert(  # noqa: PLR0911 - one return for each kind of type
    hint: Any, value: object, path: str, problems: ProblemList
) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return _normal(value)
    if origin is UnionType:
        return _convert(next(a for a in args if a is not NoneType), value, path, problems)
    if origin is tuple:
        return _convert_list(args[0], value, path, problems)
    if origin is Mapping:
        return _convert_tables(args[1], value, path, problems)
    if is_dataclass(hint) and isinstance(hint, type):
        return read_table(hint, value, path, problems)
    if issubclass(hint, StrEnum):
        return _convert_choice(hint, value, path, problems)
    return _convert_plain(hint, value, path, problems)


def _convert_list(item: Any, value: object, path: str, problems: ProblemList) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        problems.error(path, "Phải là một danh sách.", "Hãy viết trong ngoặc vuông hoặc [[…]].")
        return ()
    return tuple(_convert(item, v, f"{path}[{i}]", problems) for i, v in enumerate(value))


def _convert_tables(item: Any, value: object, path: str, problems: ProblemList) -> dict[str, Any]:
    table = _as_table(value, path, problems)
    return {
        str(k): read_table(item, v, _join(path, str(k)), problems, key=str(k))
        for k, v in table.items()
    }


def _convert_choice(
    choices: type[StrEnum], value: object, path: str, problems: ProblemList
) -> StrEnum:
    known = [c.value for c in choices]
    if value in known:
        return choices(value)
    problems.error(path, f"`{value}` không hợp lệ.", f"Hãy chọn một trong: {', '.join(known)}.")
    return next(iter(choices))


def _convert_plain(hint: type, value: object, path: str, problems: ProblemList) -> Any:
    exact = type(value) is hint or (hint is date and type(value) is date)
    if exact and not (hint is date and isinstance(value, datetime)):
        return _normal(value)
    problems.error(path, f"`{value}` không đúng kiểu.", f"Phải là {_NAMES[hint]}.")
    return _harmless(hint)


def _normal(value: object) -> Any:
    """Return text in NFC: sources mix composed and decomposed letters, and search must not."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return tuple(_normal(v) for v in value)
    return value


def _harmless(hint: Any) -> Any:
    """Return a value of the type that breaks no later check."""
    if get_origin(hint) is UnionType or hint is Any:
        return None
    if get_origin(hint) is tuple:
        return ()
    if get_origin(hint) is Mapping:
        return {}
    if is_dataclass(hint) and isinstance(hint, type):
        return read_table(hint, None, "", ProblemList())
    if issubclass(hint, StrEnum):
        return next(iter(hint))
    return {str: "", int: 1, bool: False, date: date.min}[hint]


def _key(f: Field[Any]) -> str:
    return str(f.metadata.get("key", f.name))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
