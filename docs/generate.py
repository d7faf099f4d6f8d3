"""Writes the pages of docs/reference that can be read off the program; a test compares them.

Not for pages with a thought in them; a page whose room does not exist yet is left out.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import itertools
import pkgutil
import re
import tempfile
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import engine
import workflows
from engine.errors import Rejected
from engine.timing import definitions
from engine.timing.events import KINDS

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the program, then run `make docs`. -->\n"

BEGIN, END = "<!-- begin: written by docs/generate.py -->", "<!-- end -->"


def page(title: str, lead: str, *blocks: str) -> str:
    """Put a page together: a title, one sentence on what it is for, and the rest."""
    return "\n\n".join((f"# {title}", NOTE.strip(), lead, *(b for b in blocks if b))) + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Lay out a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """Mark a word as the program's, if there is one."""
    return f"`{text}`" if text not in ("", None) else ""


def first_sentence(thing: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n", 1)[0]


def annotation(kind: object) -> str:
    """Say a type as the source does."""
    text = str(kind) if not isinstance(kind, type) or typing.get_args(kind) else kind.__name__
    return re.sub(r"\b(?:typing|collections\.abc|datetime|engine\.[a-z.]+)\.(?=[A-Za-z])", "", text)


def settings() -> str:
    """What an installation may choose."""
    import config  # noqa: PLC0415 - each page loads its own room

    says = field_docstrings(config.Settings)
    rows = [
        (code(config.PREFIX + f.name.upper()), code(f.default), says[f.name])
        for f in dataclasses.fields(config.Settings)
    ]
    lead = (
        "Read once, at the start, from the environment (`config.py`). A value that cannot be used, "
        f"or a name beginning with `{config.PREFIX}` that nobody reads, stops the program with one "
        "sentence."
    )
    return page("Settings", lead, table(("variable", "if not given", "what it is"), rows))


def field_docstrings(cls: type) -> dict[str, str]:
    """Return the text below each field of a class."""
    tree = ast.parse(inspect.getsource(cls))
    body = [line for node in tree.body if isinstance(node, ast.ClassDef) for line in node.body]
    found = {}
    for line, after in itertools.pairwise(body):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            says = after.value if isinstance(after, ast.Expr) else None
            text = says.value if isinstance(says, ast.Constant) else ""
            found[line.target.id] = str(text)
    return found


def events() -> str:
    """The vocabulary of the log."""
    rows = [
        (code(kind), first_sentence(cls), ", ".join(code(f.name) for f in dataclasses.fields(cls)))
        for kind, cls in KINDS.items()
    ]
    lead = (
        "What is written, in the same transaction as the state, when something happens. Every "
        "timing is folded from these. `at` is an ISO 8601 moment in UTC."
    )
    return page("Events", lead, table(("kind", "what happened", "fields"), rows))


def _load(package: types.ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)


def _family(base: type[Exception]) -> Iterator[type[Exception]]:
    for cls in base.__subclasses__():
        yield cls
        yield from _family(cls)


def errors() -> str:
    """Every refusal, with its code and HTTP status."""
    from api import errors as door  # noqa: PLC0415
    from api import problems  # noqa: PLC0415
    from workflows.errors import WorkflowError  # noqa: PLC0415

    _load(engine)
    _load(workflows)
    families = (
        ("The rules say no", Rejected),
        ("It could not be done", WorkflowError),
        ("The request cannot be read", door.DoorError),
    )
    blocks = []
    for title, base in families:
        classes = {cls.__name__: cls for cls in (base, *_family(base))}
        rows = [
            (code(vars(cls).get("code", getattr(cls, "code", ""))), code(name),
             str(_status(problems.TABLE, cls)), first_sentence(cls))
            for name, cls in sorted(classes.items())
        ]  # fmt: skip
        blocks.append(f"## {title}\n\n" + table(("code", "class", "status", "when"), rows))
    http = [(code(word), str(status), title) for status, (word, title, _) in problems.HTTP.items()]
    blocks.append("## The web server itself\n\n" + table(("code", "status", "title"), http))
    lead = (
        "Answers that are not a result are problems (RFC 9457, `application/problem+json`): "
        "`type`, `title`, `status`, `detail` (Vietnamese: what to do), `code` and, where they "
        "apply, `element` and `errors` with a `pointer` per field. Nothing has changed then."
    )
    return page("Errors", lead, *blocks)


def _status(statuses: Mapping[type[Exception], tuple[int, str]], cls: type[Exception]) -> int:
    return next(statuses[c][0] for c in cls.__mro__ if c in statuses)


def bpmn() -> str:
    """What of BPMN runs: the part of a page that is otherwise written by hand."""
    from engine.process import document, support  # noqa: PLC0415

    starts = {"startEvent of an event sub-process": support.EVENT_SUBPROCESS_STARTS}
    kinds = ["none", *sorted({k for allowed in support.RUN.values() for k in allowed} - {"none"})]
    matrix = [
        (code(place), *("runs" if kind in allowed else "" for kind in kinds))
        for place, allowed in (support.RUN | starts).items()
    ]
    refused = sorted(support.REFUSED_TAGS)
    run = sorted((document.ACTIVITIES | document.GATEWAYS) - set(refused))
    made = "\n\n".join(
        (
            "Activities and gateways that run: " + ", ".join(code(n) for n in run) + ".",
            "Refused: " + ", ".join(code(n) for n in refused) + ".",
            table(("event", *kinds), matrix),
        )
    )
    before, rest = (HERE / "bpmn.md").read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + "\n" + made + "\n" + END + rest.split(END)[1]


def findings() -> str:
    """What the gate says about a diagram."""
    from engine.process.rules import RULES  # noqa: PLC0415

    shown = {"{e}": "…", "{d}": "…"}
    rows = []
    for name, rule in RULES.items():
        text = rule.message_en
        for mark, dots in shown.items():
            text = text.replace(mark, dots)
        rows.append((code(name), rule.severity, text, rule.advice))
    lead = (
        "What `motcua validate` and `engine.process.check` find in a BPMN file, all at once, each "
        "with the element, its line and the same sentence in Vietnamese. A file with an error is "
        "not run."
    )
    return page("Findings", lead, table(("rule", "severity", "what is wrong", "advice"), rows))


def procedure_file() -> str:
    """The entries of procedure.toml."""
    from engine.law import procedure, provisions  # noqa: PLC0415

    common = {f.name for f in dataclasses.fields(provisions.Sourced)}

    def rows(cls: Any) -> list[tuple[str, ...]]:
        hints = typing.get_type_hints(cls)
        found: list[tuple[str, ...]] = []
        for field in dataclasses.fields(cls):
            if field.name in common:
                continue
            needed = field.default is field.default_factory is dataclasses.MISSING
            default = "" if field.default is dataclasses.MISSING else field.default
            name = "(its key)" if field.metadata.get("table_key") else field.metadata.get("key")
            kind = code(annotation(hints[field.name]))
            found.append((code(name or field.name), kind, "yes" if needed else code(default)))
        return found

    blocks = [table(("entry", "type", "needed, or default"), rows(procedure.Procedure))]
    tables: list[Any] = [c for c in vars(provisions).values() if dataclasses.is_dataclass(c)]
    for cls in tables:
        if cls is not provisions.Sourced:
            says = inspect.getdoc(cls) or ""
            blocks.append(f"## {cls.__name__}\n\n{says}")
            blocks.append(table(("entry", "type", "needed, or default"), rows(cls)))
    words = [
        (code(cls.__name__), first_sentence(cls), ", ".join(code(v.value) for v in cls))
        for cls in _enums(provisions)
    ]
    blocks.append("## Words\n\n" + table(("type", "what it says", "values"), words))
    lead = (
        "Every entry of `bpmn/<procedure>/procedure.toml`. Each table may also say its `source`, "
        "a `note`, and `sample = true` for what nobody has verified yet. All mistakes of a file "
        "are reported at once."
    )
    return page("The procedure file", lead, *blocks)


def _enums(module: types.ModuleType) -> Iterator[Any]:
    for cls in vars(module).values():
        if inspect.isclass(cls) and issubclass(cls, str) and cls.__module__ == module.__name__:
            yield cls


def tables() -> str:
    """The database, table by table."""
    from workflows.store.tables import metadata  # noqa: PLC0415

    blocks = []
    for each in metadata.tables.values():
        rows = [(code(c.name), str(c.type).lower(), _key(c), _target(c)) for c in each.columns]
        reason = each.info["reason"]
        blocks.append(f"## {each.name}\n\n{reason}")
        blocks.append(table(("column", "type", "", "refers to"), rows))
    lead = "The same on SQLite and PostgreSQL; made by the migrations, described in `tables/`."
    return page("Tables", lead, *blocks)


def _key(column: Any) -> str:
    return "key" if column.primary_key else ("may be empty" if column.nullable else "")


def _target(column: Any) -> str:
    return ", ".join(code(key.target_fullname) for key in column.foreign_keys)


def commands() -> str:
    """The command line."""
    import click  # noqa: PLC0415

    from api.cli import main  # noqa: PLC0415

    def walk(command: click.Command, name: str) -> Iterator[str]:
        context = click.Context(command, info_name=name)
        if isinstance(command, click.Group):
            for word in command.list_commands(context):
                inner = command.get_command(context, word)
                if inner is not None:
                    yield from walk(inner, f"{name} {word}")
            return
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        options = [
            (code(" / ".join(p.opts + p.secondary_opts)), p.help or "")
            for p in command.params
            if isinstance(p, click.Option)
        ]
        yield f"## {name}\n\n`{usage}`\n\n{inspect.cleandoc(command.help or '')}"
        yield table(("option", "what it does"), options) if options else ""

    lead = (
        "Tables for people, `--json` for machines, progress on stderr; exit code 0 done, 1 the "
        "answer is no, 2 wrong usage."
    )
    return page("Commands", lead, *walk(main, "motcua"))


def routes() -> str:
    """The addresses of the API."""
    from api import create_app  # noqa: PLC0415
    from config import Settings  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/empty.db", bpmn_folder=ROOT / "bpmn")
        app = create_app(settings)
        app.extensions["motcua"].store.close()
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint.endswith("static"):
            continue
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        handler = getattr(view, "view_class", None)
        for method in methods:
            says = first_sentence(getattr(handler, method.lower()) if handler else view)
            rows.append((method, code(rule.rule), says))
    lead = (
        "The full description, with every field, is OpenAPI 3.1 and served by the program itself "
        "(`/api`). Commands need `Authorization`, `Idempotency-Key` and, on a dossier, `If-Match`."
    )
    return page(
        "Routes",
        lead,
        table(("method", "address", "what it does"), sorted(rows, key=lambda r: (r[1], r[0]))),
    )


def authority() -> str:
    """Who may do what: the table of rules, and the action of every route."""
    from api import create_app  # noqa: PLC0415
    from api.auth import PUBLIC  # noqa: PLC0415
    from config import Settings  # noqa: PLC0415
    from engine.law.authority import APART, BARRED_ACTIONS, RULES  # noqa: PLC0415

    apart = {role: sorted(actions) for role, actions in sorted(APART.items())}
    rules = [
        (
            code(action),
            code(rule.id),
            rule.sentence,
            "không cùng một tay" if action in BARRED_ACTIONS else "",
            ", ".join(role for role, actions in apart.items() if action in actions),
        )
        for action, rule in sorted(RULES.items())
    ]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/empty.db", bpmn_folder=ROOT / "bpmn")
        app = create_app(settings)
        app.extensions["motcua"].store.close()
    doors = sorted(
        (rule.rule, ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})), action)
        for rule in app.url_map.iter_rules()
        if (action := getattr(app.view_functions[rule.endpoint], "action", PUBLIC)) != PUBLIC
    )
    lead = (
        "One function decides, below the doors, with default deny: `engine.law.authority.allow`. "
        "A test asks every route below for every role at an agency concerned and at another, and "
        "compares with this table; another one lets each rule through in turn and has to notice. "
        "Roles of the last column stay apart from dossiers: what is not listed for them is denied "
        "whatever the rule says. Every refusal, and every look at personal data, is on record "
        "(`motcua access-log`)."
    )
    head = ("action", "rule", "who", "same hand", "roles apart that may")
    routes_table = [(code(path), methods, code(action)) for path, methods, action in doors]
    return page(
        "Authority",
        lead,
        "## Rules\n\n" + table(head, rules),
        "## Routes\n\n" + table(("address", "method", "action"), routes_table),
    )


ROOT = Path(__file__).parent.parent
PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings.md": ("config.py", settings),
    "events.md": ("engine/timing/events", events),
    "errors.md": ("api/rest/dossiers.py", errors),
    "bpmn.md": ("engine/process/support.py", bpmn),
    "findings.md": ("engine/process/rules.py", findings),
    "procedure-file.md": ("engine/law/provisions.py", procedure_file),
    "tables.md": ("workflows/store/tables", tables),
    "commands.md": ("api/cli_demo.py", commands),
    "authority.md": ("engine/law/authority.py", authority),
    "measures.md": ("engine/timing/definitions.py", lambda: page(*definitions.manual())),
    "routes.md": ("api/rest/dossiers.py", routes),
}


def present() -> dict[str, Callable[[], str]]:
    """Return the pages whose room exists."""
    return {name: make for name, (room, make) in PAGES.items() if (ROOT / room).exists()}


def main() -> None:
    """Write every page."""
    HERE.mkdir(exist_ok=True)
    for name, make in present().items():
        (HERE / name).write_text(make(), encoding="utf-8")
        print(HERE.name, name, sep="/")


if __name__ == "__main__":
    main()
