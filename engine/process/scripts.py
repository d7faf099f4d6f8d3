"""Script tasks: assignments of the expression language, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.process.expressions import WORDS, Expression, ExpressionFaulty, compile_expression
from engine.process.facts import FactType

NAME = re.compile(r"[^\W\d]\w*")
MAX_SCRIPT = 20_000
MAX_LINES = 200


def compile_script(
    text: str, facts: Mapping[str, FactType] | None = None, *, local: frozenset[str] = frozenset()
) -> tuple[tuple[str, Expression], ...]:
    """Return the assignments of a script, one `name = expression` a line; `#` begins a remark.

    Raises ExpressionFaulty for anything else, and beyond 200 lines or 20,000 characters.
    """
    lines = text.splitlines()
    if len(text) > MAX_SCRIPT or len(lines) > MAX_LINES:
        raise ExpressionFaulty(f"dài hơn {MAX_SCRIPT} ký tự hoặc {MAX_LINES} dòng")
    assignments = []
    for line in lines:
        if not line.strip() or line.strip().startswith("#"):
            continue
        name, value = _split(line)
        if facts is not None and name not in facts and name not in local:
            raise ExpressionFaulty(f"dữ kiện «{name}» chưa khai báo")
        assignments.append((name, compile_expression(value, facts, local=local)))
    return tuple(assignments)


def _split(line: str) -> tuple[str, str]:
    name, sign, value = line.partition("=")
    name, value = name.strip(), value.strip().removesuffix(";").rstrip()
    named = NAME.fullmatch(name) and name not in WORDS and not name.startswith("_")
    if not named or not sign or not value or value.startswith("="):
        raise ExpressionFaulty(f"mỗi dòng phải có dạng «tên = biểu thức»: «{line.strip():.60}»")
    return name, value
