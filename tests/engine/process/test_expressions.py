"""The expression language: what it means, what it refuses, and that its page tells the truth."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.process.expressions import CannotEvaluate, ExpressionFaulty, compile_expression
from engine.process.facts import FactType
from engine.process.operators import FUNCTIONS
from engine.process.scripts import compile_script

FACTS = {
    "n": FactType(type="integer"),
    "ok": FactType(type="boolean"),
    "name": FactType(type="text"),
    "channel": FactType(type="text", values=("counter", "online")),
    "agencies": FactType(type="list"),
    "on": FactType(type="date"),
}
VALUES = {
    "n": 3,
    "ok": True,
    "name": "Đặng",
    "channel": "online",
    "agencies": ["A"],
    "on": "2026-03-02",
}

MEANINGS = [
    ("n == 3", True),
    ("n != 3", False),
    ("n > 2 and n < 4", True),
    ("not ok or n == 3", True),
    ("ok == true", True),
    ("n in [1, 2, 3]", True),
    ("'A' in agencies", True),
    ("'B' not in agencies", True),
    ("'ặ' in name", True),
    ("channel == 'online'", True),
    ("${n >= 3 && !false}", True),
    ("= n < 3 || ok", True),
    ("on < '2026-10-01'", True),
    ("n + 2 * 3", 9),
    ("(n + 2) * 3", 15),
    ("-n", -3),
    ("7 // 2 + 7 % 2", 4),
    ("n / 2", 1.5),
    ("'a' + 'b'", "ab"),
    ("'có' if ok else 'không'", "có"),
    ("len(agencies) + len(name)", 5),
    ("min(n, 2) + max(n, 5) + abs(0 - 1)", 8),
    ("upper('đ') + lower('Đ') + text(1)", "Đđ1"),
    ("[n, 'x']", [3, "x"]),
    ("null == null", True),
    ('"it\\\'s\\n"', "it's\n"),
    ("1.5e2", 150.0),
]


@pytest.mark.parametrize(("text", "value"), MEANINGS)
def test_an_expression_means_what_the_page_says(text: str, value: object) -> None:
    assert compile_expression(text, FACTS).evaluate(VALUES) == value


FAULTY = [
    "", "n ==", "n = 3", "(n", "n n", "n.real", "agencies[0]", "n ** 2", "lambda: 1", "f(1)", "len()",
    "len(1, 2)", "unknown == 1", "_n", "1 < n < 3", "n == 'x'", "ok > false", "name - 1", "'a' + 1",
    "n and ok", "not n", "n in 3", "channel == 'post'", "-name", "'unclosed", "1e999", "9" * 30, "@", "[1, 2",
    "x" * 3000, "(" * 70 + "1" + ")" * 70, "not " * 70 + "ok", "- " * 70 + "n", "if", "else", "ok if n else 1",
]  # fmt: skip


@pytest.mark.parametrize("text", FAULTY)
def test_a_faulty_expression_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ExpressionFaulty) as refused:
        compile_expression(text, FACTS)
    assert str(refused.value)


def test_a_condition_has_to_be_true_or_false() -> None:
    with pytest.raises(ExpressionFaulty):
        compile_expression("n + 1", FACTS, condition=True)
    with pytest.raises(CannotEvaluate):
        compile_expression("n").holds({"n": 1})
    assert compile_expression("n").holds({"n": None}) is False


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("n == 1", {}),
        ("n / 0", {"n": 1}),
        ("n < 'x'", {"n": 1}),
        ("n * n", {"n": 10**9}),
        ("n + n", {"n": "x" * 6000}),
        ("n and true", {"n": 1}),
        ("len(n)", {"n": 1}),
        ("text(n)", {"n": True}),
        ("lower(n)", {"n": 1}),
        ("1 in n", {"n": 5}),
        ("m < n", {"m": True, "n": 5}),
    ],
)
def test_what_cannot_be_evaluated_is_a_rejection(text: str, facts: dict[str, object]) -> None:
    with pytest.raises(CannotEvaluate):
        compile_expression(text).evaluate(facts)


def test_truth_values_and_numbers_are_never_equal() -> None:
    assert compile_expression("a == b").evaluate({"a": True, "b": 1}) is False
    assert compile_expression("a < 1").evaluate({"a": None}) is False
    assert compile_expression("a in [1, 2]").evaluate({"a": True}) is False


def test_a_script_is_assignments_and_nothing_else() -> None:
    assignments = compile_script("# đếm\nn = n + 1;\n\nok = n > 2", FACTS)
    assert [name for name, _ in assignments] == ["n", "ok"]
    for text in ("n", "if = 1", "import os", "unknown = 1", "_x = 1", "n == 1", "n += 1"):
        with pytest.raises(ExpressionFaulty):
            compile_script(text, FACTS)


def test_the_page_lists_every_function() -> None:
    page = Path("docs/reference/expressions.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
    assert listed == sorted(FUNCTIONS)


@given(
    st.text(
        alphabet="n ok=<>!&|()[]+-*/%'\"0123456789.,_and or not in if else truefalsenull",
        max_size=60,
    )
)
def test_any_text_is_either_refused_or_evaluates_without_surprise(text: str) -> None:
    try:
        compiled = compile_expression(text)
    except ExpressionFaulty:
        return
    with suppress(CannotEvaluate):
        compiled.evaluate({"n": 1, "ok": True})
