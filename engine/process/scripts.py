"""Script tasks: assignments of the expression language, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.process.expressions import WORDS, Expression, ExpressionFaulty, compile_expression
from engine.process.facts import FactType

ASSIGNMENT = re.compile(r"^\s*(?P<name>[^\W\d]\w*)\s*=(?!=)\s*(?P<value>.+?)\s*;?\s*$", re.DOTALL)


def compile_script(
    text: str, facts: Mapping[str, FactType] | None = None, *, local: frozenset[str] = frozenset()
) -> tuple[tuple[str, Expression], ...]:
    """Return the assignments of a script, one `name = expression` a line; `#` begins a remark."""
    assignments = []
    for line in text.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        match = ASSIGNMENT.match(line)
        if match is None or match["name"] in WORDS or match["name"].startswith("_"):
            raise ExpressionFaulty(f"mỗi dòng phải có dạng «tên = biểu thức»: «{line.strip():.60}»")
        if facts is not None and match["name"] not in facts and match["name"] not in local:
            raise ExpressionFaulty(f"dữ kiện «{match['name']}» chưa khai báo")
        assignments.append((match["name"], compile_expression(match["value"], facts, local=local)))
    return tuple(assignments)
