"""The marks of the house: short modules, short functions, few parameters, a docstring each."""

from __future__ import annotations

import ast
from statistics import median

from tests.house.source import Function, Module, dotted, length, modules, product

MODULE_LINES = 400
TEST_LINES = 500
FUNCTION_LINES = 60
MEDIAN_LINES = 10
PARAMETERS = 6


def _where(module: Module, function: Function) -> str:
    return f"{module.name}:{function.lineno} {function.name}"


def test_a_module_fits_in_400_lines():
    assert [(m.name, m.lines) for m in product() if m.lines > MODULE_LINES] == []


def test_a_test_module_fits_in_500_lines():
    assert [(m.name, m.lines) for m in modules("tests") if m.lines > TEST_LINES] == []


def test_a_function_fits_on_a_screen():
    everywhere = (*product(), *modules("tests", "docs", "benchmarks"))
    long = [
        (_where(m, f), length(f))
        for m in everywhere
        if ".migrations." not in m.name  # a migration is a list
        for f in m.functions
        if length(f) > FUNCTION_LINES
    ]
    assert long == []


def test_half_of_the_functions_fit_in_10_lines():
    assert median(length(f) for m in product() for f in m.functions) <= MEDIAN_LINES


def test_a_function_takes_at_most_6_parameters_or_says_why():
    many = []
    for module in product():
        for function in module.functions:
            names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            own = [name for name in names if name not in ("self", "cls")]
            if len(own) + len(function.args.kwonlyargs) > PARAMETERS:
                head = module.path.read_text(encoding="utf-8").splitlines()[function.lineno - 1]
                if "# noqa: PLR0913 - " not in head:
                    many.append(_where(module, function))
    assert many == []


def test_every_module_says_what_it_is_for():
    everywhere = (*product(), *modules("tests", "docs", "benchmarks"))
    assert [m.name for m in everywhere if m.lines and not ast.get_docstring(m.tree)] == []


def _public(body: list[ast.stmt], prefix: str = "") -> list[tuple[str, ast.AST]]:
    found: list[tuple[str, ast.AST]] = []
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        found.append((prefix + node.name, node))
        if isinstance(node, ast.ClassDef) and "Protocol" not in map(dotted, node.bases):
            found += _public(node.body, f"{node.name}.")
    return found


def test_every_public_name_of_engine_and_workflows_has_a_docstring():
    silent = [
        f"{module.name}:{name}"
        for module in modules("engine", "workflows")
        if ".migrations." not in module.name
        for name, node in _public(module.tree.body)
        if isinstance(node, Function | ast.ClassDef) and not ast.get_docstring(node)
    ]
    assert silent == []
