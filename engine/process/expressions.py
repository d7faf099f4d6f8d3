"""The small safe language of conditions, keys and assignments.

Compiled once to closures; no attribute access, no subscripts, no user functions, no loops, bounded
in length, depth, numbers and text. Grammar: docs/reference/expressions.md. Not a template language
and not Python: nothing here is ever passed to the interpreter.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Rejected
from engine.process.facts import FactType
from engine.process.operators import BINARY, FUNCTIONS, MAX_NUMBER, SYNONYMS, number_of

MAX_LENGTH = 2_000
MAX_DEPTH = 60
MAX_OPERATIONS = 200

Value = Any
Environment = Mapping[str, Value]
Closure = Callable[[Environment], Value]


class ExpressionFaulty(ValueError):
    """The text is not an expression of the language; the message says where and what to do."""


class CannotEvaluate(Rejected):
    """The expression met a fact it cannot work with."""

    code = "cannot_evaluate"


@dataclass(frozen=True)
class Expression:
    """A compiled expression: its text, the facts it reads, the type it gives, and the closure."""

    text: str
    names: frozenset[str]
    type: str
    closure: Closure

    def evaluate(self, facts: Environment) -> Value:
        """Return the value; raises CannotEvaluate naming a missing or unfit fact."""
        try:
            return self.closure(facts)
        except KeyError as missing:
            message = f"Biểu thức «{self.text}» cần dữ kiện «{missing.args[0]}» nhưng chưa có."
            raise CannotEvaluate(message, element=str(missing.args[0])) from None
        except ZeroDivisionError:
            message = f"Biểu thức «{self.text}» chia cho 0."
            raise CannotEvaluate(message) from None
        except (TypeError, ValueError, OverflowError, ArithmeticError):
            used = {n: facts.get(n) for n in sorted(self.names)}
            message = f"Biểu thức «{self.text}» không tính được với {used!r:.200}."
            raise CannotEvaluate(message) from None

    def holds(self, facts: Environment) -> bool:
        """Return whether the condition is true; a value that is no boolean is refused."""
        value = self.evaluate(facts)
        if value is None:
            return False
        if not isinstance(value, bool):
            message = f"Điều kiện «{self.text}» cho {value!r:.60}, không phải đúng hoặc sai."
            raise CannotEvaluate(message)
        return value


TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)
    | (?P<text>'(?:[^'\\\n]|\\['"\\nt])*'|"(?:[^"\\\n]|\\['"\\nt])*")
    | (?P<name>[^\W\d]\w*)
    | (?P<op>==|!=|<=|>=|&&|\|\||//|[-+*/%<>!(),\[\]?:])
    )""",
    re.VERBOSE,
)
ESCAPES = {"n": "\n", "t": "\t"}
WORDS = {"and", "or", "not", "in", "if", "else", "true", "false", "null", "True", "False", "None"}
CONSTANTS: dict[str, bool | None] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
}
WRAPPED = re.compile(r"^\s*(?:[$#]\{(?P<inner>[^{}]*)\}|=(?!=)(?P<feel>.*))\s*$", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """A compiled piece: closure, static type (`any` when unknown), the literal it is, if one."""

    run: Closure
    type: str
    literal: Value = None
    fact: str = ""


class _Compiler:
    """A Pratt parser that builds closures; one instance per text."""

    def __init__(
        self, text: str, facts: Mapping[str, FactType] | None, local: frozenset[str]
    ) -> None:
        self.text, self.facts, self.local = text, facts, local
        self.tokens = self._tokenize(text)
        self.at = 0
        self.depth = 0
        self.operations = 0
        self.names: set[str] = set()

    def _tokenize(self, text: str) -> list[tuple[str, str]]:
        tokens, position = [], 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = TOKEN.match(stripped, position)
            if match is None:
                bad = stripped[position:].lstrip()[:10]
                raise ExpressionFaulty(f"không hiểu «{bad}» ở vị trí {position + 1}")
            kind = str(match.lastgroup)
            value = match.group(kind)
            tokens.append((kind, SYNONYMS.get(value, value)))
            position = match.end()
        return [*tokens, ("end", "")]

    def peek(self) -> str:
        kind, value = self.tokens[self.at]
        return value if kind in {"op", "end"} or value in WORDS else ""

    def take(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, value: str) -> None:
        if self.peek() != value or self.tokens[self.at][0] == "text":
            raise ExpressionFaulty(f"thiếu «{value}» sau «{self._seen()}»")
        self.take()

    def _seen(self) -> str:
        return " ".join(v for _, v in self.tokens[max(0, self.at - 3) : self.at])

    def whole(self) -> _Part:
        part = self.choice()
        if self.tokens[self.at][0] != "end":
            raise ExpressionFaulty(f"thừa «{self.tokens[self.at][1]}» sau «{self._seen()}»")
        return part

    def choice(self) -> _Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionFaulty("lồng quá sâu; tách thành nhiều bước")
        part = self.disjunction()
        if self.peek() == "if":
            self.take()
            test = self._boolean(self.disjunction(), "if")
            self.expect("else")
            other = self.choice()
            yes, check, no = part.run, test.run, other.run
            kind = part.type if part.type == other.type else "any"
            part = _Part(lambda e: yes(e) if _truth(check(e)) else no(e), kind)
        self.depth -= 1
        return part

    def disjunction(self) -> _Part:
        return self._logic("or", self.conjunction, stop=True)

    def conjunction(self) -> _Part:
        return self._logic("and", self.negation, stop=False)

    def _logic(self, word: str, below: Callable[[], _Part], *, stop: bool) -> _Part:
        first = below()
        if self.peek() != word:
            return first
        parts = [self._boolean(first, word)]
        while self.peek() == word:
            self.take()
            parts.append(self._boolean(below(), word))
        runs = [p.run for p in parts]

        def run(e: Environment) -> bool:
            for r in runs:
                if _truth(r(e)) is stop:
                    return stop
            return not stop

        return _Part(run, "boolean")

    def negation(self) -> _Part:
        if self.peek() != "not":
            return self.binary(4)
        self.take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionFaulty("lồng quá sâu; tách thành nhiều bước")
        inner = self._boolean(self.negation(), "not").run
        self.depth -= 1
        return _Part(lambda e: not _truth(inner(e)), "boolean")

    def binary(self, level: int) -> _Part:
        left = self.unary() if level > 6 else self.binary(level + 1)  # noqa: PLR2004 - tightest level
        while (symbol := self._operator(level)) is not None:
            right = self.unary() if level > 6 else self.binary(level + 1)  # noqa: PLR2004
            left = self._combine(symbol, left, right)
            if level == 4 and self._operator(4) is not None:  # noqa: PLR2004 - comparisons
                raise ExpressionFaulty("so sánh nối tiếp; dùng «and» giữa hai so sánh")
        return left

    def _operator(self, level: int) -> str | None:
        word = self.peek()
        if word == "not" and level == 4 and self.tokens[self.at + 1] == ("name", "in"):  # noqa: PLR2004
            self.at += 2
            return "not in"
        if word in BINARY and BINARY[word][0] == level and self.tokens[self.at][0] != "text":
            self.take()
            return word
        return None

    def _combine(self, symbol: str, left: _Part, right: _Part) -> _Part:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise ExpressionFaulty(f"có hơn {MAX_OPERATIONS} phép tính; tách thành nhiều bước")
        _, kind, function = BINARY[symbol.removeprefix("not ")]
        self._agree(symbol, left, right)
        a, b = left.run, right.run
        if kind == "add":
            kind = (
                left.type if left.type == right.type and left.type in {"text", "number"} else "any"
            )
        if symbol == "not in":
            return _Part(lambda e: not function(a(e), b(e)), "boolean")
        return _Part(lambda e: function(a(e), b(e)), kind)

    def _agree(self, symbol: str, left: _Part, right: _Part) -> None:
        """Refuse what declared types already show to be wrong."""
        kinds = {left.type, right.type}
        if symbol in {"in", "not in"}:
            if right.type not in {"list", "text", "any"}:
                raise ExpressionFaulty(f"vế phải của «{symbol}» phải là danh sách hoặc văn bản")
        elif symbol in {"-", "*", "/", "//", "%"}:
            if not kinds <= {"number", "any"}:
                raise ExpressionFaulty(f"«{symbol}» cần hai số")
        else:
            self._comparable(symbol, left, right)

    def _comparable(self, symbol: str, left: _Part, right: _Part) -> None:
        kinds = {left.type, right.type}
        if symbol == "+" and not (kinds <= {"number", "any"} or kinds <= {"text", "any"}):
            raise ExpressionFaulty("«+» cần hai số hoặc hai văn bản")
        if symbol in {"<", "<=", ">", ">="} and "boolean" in kinds:
            raise ExpressionFaulty(f"«{symbol}» không dùng cho đúng/sai")
        if symbol != "+" and "any" not in kinds and "null" not in kinds and len(kinds) > 1:
            raise ExpressionFaulty(f"«{symbol}» so sánh {left.type} với {right.type}")
        if symbol in {"==", "!="}:
            self._listed(left, right)
            self._listed(right, left)

    def _listed(self, fact: _Part, literal: _Part) -> None:
        declared = (self.facts or {}).get(fact.fact)
        given = literal.literal
        if declared and declared.values and isinstance(given, str) and given not in declared.values:
            allowed = ", ".join(str(v) for v in declared.values)
            raise ExpressionFaulty(f"«{fact.fact}» chỉ có thể là: {allowed}")

    def unary(self) -> _Part:
        if self.peek() == "-" and self.tokens[self.at][0] == "op":
            self.take()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ExpressionFaulty("lồng quá sâu; tách thành nhiều bước")
            inner = self.unary()
            self.depth -= 1
            if inner.type not in {"number", "any"}:
                raise ExpressionFaulty("dấu trừ cần một số")
            run = inner.run
            return _Part(lambda e: -number_of(run(e)), "number")
        return self.atom()

    def atom(self) -> _Part:
        kind, value = self.take()
        if kind == "number":
            number = float(value) if re.search(r"[.eE]", value) else _integer(value)
            if not abs(number) <= MAX_NUMBER:
                raise ExpressionFaulty(f"số «{value:.20}» quá lớn")
            return _Part(lambda _e: number, "number", number)
        if kind == "text":
            text = re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), value[1:-1])
            return _Part(lambda _e: text, "text", text)
        if value in CONSTANTS:
            constant = CONSTANTS[value]
            return _Part(lambda _e: constant, "null" if constant is None else "boolean", constant)
        if value == "(":
            inner = self.choice()
            self.expect(")")
            return inner
        if value == "[":
            return self._list()
        if kind == "name" and value not in WORDS:
            return self._call(value) if self.peek() == "(" else self._fact(value)
        raise ExpressionFaulty(f"không hiểu «{value or 'cuối biểu thức'}» sau «{self._seen()}»")

    def _items(self, close: str) -> list[_Part]:
        items: list[_Part] = []
        while self.peek() != close:
            items.append(self.choice())
            if self.peek() == ",":
                self.take()
            elif self.peek() != close:
                raise ExpressionFaulty(f"thiếu «,» hoặc «{close}»")
        self.take()
        return items

    def _list(self) -> _Part:
        runs = [p.run for p in self._items("]")]
        return _Part(lambda e: [r(e) for r in runs], "list")

    def _call(self, name: str) -> _Part:
        if name not in FUNCTIONS:
            raise ExpressionFaulty(
                f"hàm «{name}» không có; các hàm: {', '.join(sorted(FUNCTIONS))}"
            )
        self.take()
        count, kind, function = FUNCTIONS[name]
        runs = [p.run for p in self._items(")")]
        if len(runs) != count:
            raise ExpressionFaulty(f"hàm «{name}» cần {count} đối số, có {len(runs)}")
        return _Part(lambda e: function(*[r(e) for r in runs]), kind)

    def _fact(self, name: str) -> _Part:
        if name.startswith("_"):
            raise ExpressionFaulty(f"tên «{name}» không hợp lệ")
        if self.facts is not None and name not in self.facts and name not in self.local:
            known = ", ".join(sorted(self.facts)) or "không có"
            raise ExpressionFaulty(f"dữ kiện «{name}» chưa khai báo; đã khai báo: {known}")
        self.names.add(name)
        declared = (self.facts or {}).get(name)
        kind = (
            {"integer": "number", "date": "text"}.get(declared.type, declared.type)
            if declared
            else "any"
        )
        return _Part(operator.itemgetter(name), kind, None, name)

    def _boolean(self, part: _Part, word: str) -> _Part:
        if part.type not in {"boolean", "any", "null"}:
            raise ExpressionFaulty(f"«{word}» cần điều kiện đúng/sai, không phải {part.type}")
        return part


def _integer(digits: str) -> int:
    if len(digits) > 16:  # noqa: PLR2004 - longer than MAX_NUMBER
        raise ExpressionFaulty(f"số «{digits:.20}…» quá lớn")
    return int(digits)


def _truth(value: Value) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise TypeError
    return value


def unwrap(text: str) -> str:
    """Return the expression inside `${…}`, `#{…}` or after a leading `=`, as other tools write."""
    match = WRAPPED.match(text)
    if match is None:
        return text.strip()
    return (match["inner"] if match["inner"] is not None else match["feel"]).strip()


def compile_expression(
    text: str,
    facts: Mapping[str, FactType] | None = None,
    *,
    local: frozenset[str] = frozenset(),
    condition: bool = False,
) -> Expression:
    """Return the compiled expression; raises ExpressionFaulty with the reason in Vietnamese.

    With `facts` the names used have to be declared (or be among `local`) and their types to agree;
    `condition` demands a boolean.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionFaulty(f"dài hơn {MAX_LENGTH} ký tự")
    inner = unwrap(text)
    if not inner:
        raise ExpressionFaulty("biểu thức rỗng")
    compiler = _Compiler(inner, facts, local)
    part = compiler.whole()
    if condition and part.type not in {"boolean", "any"}:
        raise ExpressionFaulty(f"điều kiện phải cho đúng hoặc sai, không phải {part.type}")
    return Expression(inner, frozenset(compiler.names), part.type, part.run)
