"""Tables of compliance cost: prices by year and the tasks of who complies, as files say.

Every figure in them has a source or is marked as a sample. Not for what is done with them: see
`engine.timing.cost`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import Rejected
from engine.law.provisions import Component, ComponentMode
from engine.timing.cost import CostTask, Income, Per, Price, PriceTable, Subject, TaskKind
from workflows.errors import NotFound

COMPLIANCE, OWN = "compliance", "compliance.toml"
TASKS = "tasks.toml"
BROUGHT = frozenset({ComponentMode.SUBMIT, ComponentMode.PRESENT})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A task as a file says it; with `each_component` one for every paper that must be brought."""

    task: CostTask
    each_component: bool = False


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Every table of an installation; `own` are the tasks of procedures that have their own file.

    `own` is by the folder of the procedure.
    """

    prices: Mapping[int, PriceTable] = field(default_factory=dict)
    tasks: tuple[TaskRow, ...] = ()
    own: Mapping[str, tuple[TaskRow, ...]] = field(default_factory=dict)

    def prices_of(self, year: int) -> PriceTable:
        """Return the prices in force in a year: the latest table up to it; raises NotFound."""
        known = [y for y in self.prices if y <= year]
        if not known:
            raise NotFound("bảng giá tính chi phí tuân thủ của năm", str(year))
        return self.prices[max(known)]

    def tasks_of(self, folder: str, components: Iterable[Component]) -> tuple[CostTask, ...]:
        """Return the tasks of a procedure, those of papers spelled out by its components."""
        papers = [c for c in components if c.required and c.mode in BROUGHT]
        found: list[CostTask] = []
        for row in self.own.get(folder, self.tasks):
            found += _for_each(row.task, papers) if row.each_component else [row.task]
        return tuple(found)


def _for_each(task: CostTask, papers: Iterable[Component]) -> list[CostTask]:
    return [
        replace(task, id=f"{task.id}:{p.id}", name=f"{task.name}: {p.name}", component=p.id)
        for p in papers
    ]


def read_tables(folder: Path) -> tuple[Tables, list[str]]:
    """Return the tables of a folder of procedures, and everything that is wrong in its files.

    A file that is not there is an empty table.
    """
    wrong: list[str] = []
    shared = folder / "shared" / COMPLIANCE
    years = sorted(shared.glob("[0-9]*.toml"))
    prices = [t for path in years if (t := _read(path, _prices, wrong)) is not None]
    own = sorted(folder.glob(f"*/{OWN}"))
    found = Tables(
        prices={table.year: table for table in prices},
        tasks=_read(shared / TASKS, _tasks, wrong) or (),
        own={path.parent.name: _read(path, _tasks, wrong) or () for path in own},
    )
    return found, [*wrong, *_unpriced(found)]


def _unpriced(tables: Tables) -> list[str]:
    """Return what tasks buy that a table of prices does not know."""
    bought = {name for rows in (tables.tasks, *tables.own.values()) for r in rows
              for name in r.task.buys}  # fmt: skip
    return [
        f"shared/{COMPLIANCE}/{year}.toml: Thiếu giá «{name}» mà bảng việc dùng."
        for year, table in tables.prices.items()
        for name in sorted(bought - table.prices.keys())
    ]


def _read(path: Path, made: Callable[[dict[str, Any]], T], wrong: list[str]) -> T | None:
    place = f"{path.parent.name}/{path.name}"
    try:
        return made(tomllib.loads(path.read_bytes().decode()))
    except FileNotFoundError:
        return None
    except KeyError as missing:
        wrong.append(f"{place}: Thiếu {missing}.")
    except (TypeError, ValueError, Rejected) as fault:
        wrong.append(f"{place}: {fault}")
    return None


def _prices(values: dict[str, Any]) -> PriceTable:
    for table in (*values["incomes"], *values["prices"]):
        amount = table["amount_vnd"]
        if type(amount) is not int or amount < 0:
            raise ValueError(f"«{amount}» không phải số tiền nguyên đồng.")
        if not table.get("source"):
            raise ValueError(f"Khoản {amount} đồng không ghi nguồn (source).")
    incomes = [Income(**(t | {"subject": Subject(t["subject"])})) for t in values["incomes"]]
    prices = [Price(**table) for table in values["prices"]]
    return PriceTable(
        year=int(values["year"]),
        incomes={i.subject: i for i in incomes},
        prices={p.id: p for p in prices},
    )


def _tasks(values: dict[str, Any]) -> tuple[TaskRow, ...]:
    found = []
    for table in values["tasks"]:
        words = dict(table)
        each = bool(words.pop("each_component", False))
        words["kind"] = TaskKind(words["kind"])
        words["per"] = Per(words.get("per", Per.DOSSIER))
        found.append(TaskRow(task=CostTask(**words), each_component=each))
    names = [row.task.id for row in found]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise ValueError(f"Việc «{twice[0]}» ghi hai lần.")
    return tuple(found)
