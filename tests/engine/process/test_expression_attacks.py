"""Escapes and resource bombs against the expression language: refused, most of them at deploy time.

Not for what the language means: see test_expressions.py.
"""

from __future__ import annotations

import json
import time

import pytest

from engine.errors import Rejected
from engine.process import Refused, check, compile_definition, read, start
from engine.process.expressions import ExpressionFaulty, compile_expression
from engine.process.facts import FactType
from engine.process.scripts import compile_script
from tests.engine.process.diagrams import END, NOW, START, definitions, flows, model, node, process

FACTS = {
    "n": FactType(type="integer"),
    "ok": FactType(type="boolean"),
    "s": FactType(type="text"),
    "items": FactType(type="list"),
}
LONG = "x" * 4_000
VALUES = {"n": 10**15, "ok": True, "s": LONG, "items": list(range(500)), "x": "y", "a": 1, "f": 2}
SECONDS = 0.5

PYTHON = (
    "__import__('os').system('id')", "__import__", "__builtins__", "_x", "__class__", "s.__class__",
    "().__class__.__bases__[0].__subclasses__()", "''.__class__.__mro__", "(1).real", "s.format(n)",
    "'{0.__class__}'.format(s)", "f'{s}'", "f\"{__import__('os')}\"", "s['__class__']", "items[0]",
    "items[-1]", "items[0:2]", "[].append(1)", "{}.get('a')", "{'a': 1}", "{1, 2}", "(1, 2)", "1,",
    "lambda: 1", "lambda x: x", "(lambda: 1)()", "[x for x in items]", "(x for x in items)", "[*items]",
    "{**items}", "x := 1", "(x := 1)", "x = 1", "n += 1", "del n", "pass", "return 1", "yield 1", "await n",
    "import os", "from os import *", "global n", "assert ok", "raise ok", "while ok: n", "for x in items: x",
    "def f(): 1", "class A: 1", "try: n", "with n: n", "exec('1')", "eval('1')", "compile('1', '', 'eval')",
    "open('/etc/passwd')", "open('/etc/passwd').read()", "getattr(s, 'upper')", "setattr(s, 'a', 1)",
    "globals()", "locals()", "vars()", "dir()", "type(s)", "type('A', (), {})", "object()", "super()",
    "help()", "input()", "print(1)", "exit()", "quit()", "breakpoint()", "memoryview(s)", "id(s)", "hash(s)",
    "iter(items)", "next(items)", "map(len, items)", "filter(ok, items)", "range(1000000000)", "sum(items)",
    "list(items)", "dict()", "set()", "str(n)", "int(s)", "float(s)", "bytes(10)", "bytearray(10)", "chr(65)",
    "ord('a')", "repr(s)", "sorted(items)", "zip(items, items)", "callable(len)", "isinstance(n, len)",
    "len.__self__", "abs.__call__(1)", "len(s)(1)", "abs(1)(1)", "(len)(s)", "'a'(1)", "1(1)", "@n", "n;n",
    "n; import os", "n\nimport os", "n # remark", "`id`", "n if", "if n", "not", "n is ok", "n is not ok",
    "...", "~n", "n | 1", "n & 1", "n ^ 1", "n << 3", "n >> 3", "n @ n", "n -> n", "0x10", "0b1", "0o7", "1_000",
    "1j", "b'a'", "r'a'", "u'a'", "'''a'''", '"""a"""', "'a' 'b'", "'\\x41'", "'\\u0041'", "'\\N{DASH}'",
    "'a\nb'", "'unclosed", '"unclosed', "n\x00", "\x00", "n\u2028n", "\u202en", "n\u200bn",
    "\uff3f\uff3fimport\uff3f\uff3f('os')", "\uff47lobals()", "\uff45\uff56\uff41\uff4c('1')",
)  # fmt: skip
OTHERS = (
    "${T(java.lang.Runtime).getRuntime().exec('id')}", "#{T(java.lang.System).exit(1)}", "${''.getClass()}",
    "${java.lang.System}", "${execution.setVariable('a', 1)}", "${1 + ${1}}", "{{7*7}}", "{{ config }}",
    "{% for x in items %}", "<%= 7 * 7 %>", "<script>alert(1)</script>", "=for x in items return x",
    "=some x in items satisfies x", "={a: 1}.a", "=context put('a', 1)", "=function(x) x", "=items[1]",
    '=@"2026-01-01"', "constructor.constructor('return process')()", "this.process.exit()", "(() => 1)()",
    "function f() {}", "new Date()", "var x = 1", "let x = 1", "n === 1", "n !== 1", "n ?? 1", "n?.a", "n++",
    "typeof n", "void 0", "`${n}`", "$(id)", "$((1+1))", "; rm -rf /", "| id", "&& id", "n || ; ls",
    "' OR '1'='1", "1; DROP TABLE dossiers", "UNION SELECT 1", "-- remark", "/* remark */", "<![CDATA[1]]>",
    "&lt;", "&#65;", "%s", "%(n)s", "!n!", "jndi:ldap://x/a", "${jndi:ldap://x/a}", "file:///etc/passwd",
)  # fmt: skip
BOMBS_AT_DEPLOY = (
    "9**9**9", "n ** n", "2 ** 10", "9" * 17, "9" * 1_900, "1e16", "1e999", "1" * 400 + ".0", "1e99999999999",
    "'" + "x" * 1_999 + "'", "n + " * 600 + "n", "(" * 61 + "n" + ")" * 61, "[" * 61 + "]" * 61, "(" * 990,
    "abs(" * 61 + "n" + ")" * 61, "- " * 61 + "n", "-" * 1_000 + "1", "not " * 61 + "ok", "not " * 490 + "ok",
    "[" * 1_000, "'" * 1_001, "'" + "\\" * 1_900, "\\" * 1_900, " " * 1_990, "a " * 990, "((" * 400 + "))" * 400,
    "1 if ok else " * 100 + "1", "max(" * 61 + "1" + ", 1)" * 61, "1 < " * 400 + "1", "in " * 500, "," * 1_900,
    "'a' * 1000000000", "[0] * 1000000000", "items * 1000000000", "s * 9", "'a' % 9", "items + items",
    "\u0661" * 17, "x" * 1_000_000,
)  # fmt: skip
BOMBS_AT_RUN_TIME = (
    "n * n", "n + n", "n * n * n * n", "-n - n", "n / 0", "n // 0", "n % 0", "s + s + s", "upper(s) + lower(s) + s",
    "text(n * 10)", "abs(n) + 1", "max(n, n) * 2", "min(n, -n) * 2", "1 / 0.0", "n / 0.0000001", "n + 1 < n * n",
    "s < n", "ok + ok", "-s", "len(n)", "len(ok)", "upper(n)", "lower(items)", "text(items)", "n in n",
    "items < items + 1", "unknown", "unknown + 1", "n and ok", "not s", "1 if s else 2", "abs(s)", "max(s, 1)",
)  # fmt: skip


def test_there_are_enough_attempts() -> None:
    attempts = {*PYTHON, *OTHERS, *BOMBS_AT_DEPLOY, *BOMBS_AT_RUN_TIME}
    assert len(attempts) >= 250


@pytest.mark.parametrize("text", [*PYTHON, *OTHERS, *BOMBS_AT_DEPLOY], ids=lambda t: repr(t[:30]))
def test_an_attack_is_refused_when_it_is_deployed(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ExpressionFaulty):
        compile_expression(text, FACTS)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("text", [*PYTHON, *OTHERS, *BOMBS_AT_DEPLOY], ids=lambda t: repr(t[:30]))
def test_with_any_fact_allowed_an_attack_still_yields_a_small_plain_value(text: str) -> None:
    began = time.process_time()
    try:
        value = compile_expression(text).evaluate(VALUES)
    except (ExpressionFaulty, Rejected):
        value = None
    assert time.process_time() - began < SECONDS
    assert len(json.dumps(value)) < 20_000


@pytest.mark.parametrize("text", BOMBS_AT_RUN_TIME)
def test_a_bomb_that_needs_facts_is_a_rejection(text: str) -> None:
    began = time.process_time()
    with pytest.raises(Rejected):
        compile_expression(text).evaluate(VALUES)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", " and ", " or ", "<", " in "])
def test_a_chain_of_operators_never_exhausts_the_stack(operator: str) -> None:
    operand = "ok" if operator.strip() in {"and", "or"} else "1"
    text = operand + (operator + operand) * ((2_000 - len(operand)) // len(operator + operand))
    try:
        compile_expression(text).evaluate(VALUES)
    except (ExpressionFaulty, Rejected):
        return


SCRIPTS = {
    "statement": "import os",
    "call": "print(1)",
    "attribute": "n.x = 1",
    "item": "items[0] = 1",
    "private": "__builtins__ = 1",
    "two at once": "n, ok = 1, true",
    "augmented": "n += 1",
    "chained": "n = n = 1",
    "keyword": "and = 1",
    "constant": "true = 1",
    "undeclared": "password = 1",
    "power": "n = 9 ** 9",
    "blanks": "n = 1" + " " * 4_000 + "!",
    "more blanks": "n = " + " " * 4_000,
    "long line": "n = " + "1 + " * 5_000 + "1",
    "many lines": "n = 1\n" * 100_000,
    "long name": "n" * 1_000_000 + " = 1",
    "dunder call": "n = __import__('os').getpid()",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_is_not_assignments_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    with pytest.raises(ExpressionFaulty):
        compile_script(SCRIPTS[name], FACTS)
    assert time.process_time() - began < SECONDS


GROWING = {
    "doubling text": "\n".join(["s = 'abcdefgh'", *["s = s + s"] * 60]),
    "doubling number": "\n".join(["n = 2", *["n = n * n"] * 60]),
    "nesting lists": "\n".join(["v = [1]", *[f"v = [{','.join('v' * 400)}]"] * 4]),
    "deep lists": "\n".join(["v = [1]", *["v = [v]"] * 100]),
    "many facts": "\n".join([f"s = '{'x' * 1_500}'", *[f"v{i} = s + s" for i in range(90)]]),
    "lists of texts": "\n".join([f"s = '{'x' * 1_500}'", *[f"v{i} = [{'s,' * 400}]" for i in range(15)]]),
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_a_script_that_grows_its_facts_is_stopped(name: str) -> None:
    definition = model(
        node("scriptTask", "a", f"<script>{GROWING[name]}</script>"), flows("s>a", "a>e")
    )
    began = time.process_time()
    with pytest.raises(Rejected):
        start(definition, now=NOW)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("text", ["__import__('os')", "n.x", "9 ** 9", "items[0]", "x" * 3_000])
def test_in_a_diagram_the_finding_names_the_flow(text: str) -> None:
    content = START + END + node("exclusiveGateway", "x", default="x_a") + node("userTask", "a")
    way = flows("s>x", f"x>e [{text}]", "x>a", "a>e")
    document = read(definitions(process(content + way)))
    assert [f.element for f in check(document) if f.is_error] == ["x_e"]
    with pytest.raises(Refused):
        compile_definition(document)
