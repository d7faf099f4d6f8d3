"""How the command line speaks: results on stdout, progress and refusals on stderr, exit codes.

Exit codes: 0 done, 1 the answer is no (refused, different), 2 the input cannot be used.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config import BadSetting
from engine.errors import Rejected
from workflows.errors import WorkflowError

ANSWER_NO = 1
UNUSABLE = 2
PLAIN_WIDTH = 140
DAY = click.DateTime(formats=["%Y-%m-%d"])  # the type of an option that is a day

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="In JSON cho máy đọc.")


def out() -> Console:
    """Return the console of results; a pipe gets wide lines instead of cut ones."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def err() -> Console:
    """Return the console of progress and refusals."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON document, readable by people too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table; a column whose name starts with `>` is right-aligned."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in columns:
        number = name.startswith(">")
        made.add_column(
            name.removeprefix(">"),
            justify="right" if number else "left",
            no_wrap=number,
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def refuse(message: str, code: int = UNUSABLE) -> NoReturn:
    """Say on stderr why there is no result, and end with the code."""
    err().print(Text(message, style="red"))
    raise SystemExit(code)


def plainly(command: F) -> F:
    """Let no refusal of the program leave a command as a traceback."""

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (Rejected, WorkflowError) as error:
            lines = [str(finding) for finding in getattr(error, "findings", ())]
            refuse("\n".join(lines) or error.message)
        except BadSetting as error:
            refuse(str(error))
        except OSError as error:
            refuse(f"Không mở được «{error.filename}»: {error.strerror}.")

    return guarded  # type: ignore[return-value]  # the same signature
