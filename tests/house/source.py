"""Reads the program's own source for the house tests; not for running it."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "workflows", "api")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One parsed Python file."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return every node of the tree; walking it takes longer than what is asked of it."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Return every function and method, inner ones too."""
        return tuple(node for node in self.nodes if isinstance(node, Function))


def length(function: Function) -> int:
    """Count the lines of the body, the docstring not included."""
    body = function.body
    if len(body) > 1 and ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@cache
def files() -> tuple[Path, ...]:
    """Return what git tracks or would track, below the root; ignored files are not ours."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listing.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def _load(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return Module(name, path, ast.parse(text), text.count("\n"))


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Return the modules of rooms (folders or single files without ending)."""
    wanted = [path for path in files() if path.suffix == ".py"]
    chosen = (path for path in wanted if path.relative_to(ROOT).with_suffix("").parts[0] in rooms)
    return tuple(_load(path) for path in chosen)


def product() -> tuple[Module, ...]:
    """Return every module that is shipped."""
    return modules("config", *ROOMS)


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for names and attributes, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""
