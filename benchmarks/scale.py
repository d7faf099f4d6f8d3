"""Worklist, search, look-up and the next task with very many dossiers, against a thousand.

    python benchmarks/scale.py [--sqlite 200000] [--postgresql 1000000] [--times 200]

Two databases of each kind are filled in bulk, a small one and a large one; the queue of the agency
that is asked has 300 open steps in both, its archive grows. Every question is asked of both in
turn, so that a noisy machine is noisy for both. Printed: p95 in milliseconds, and large / small.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

import argparse
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api import open_office
from benchmarks.references.postgresql import server
from config import Settings
from engine.law.authority import Actor
from engine.law.codes import dossier_code
from engine.law.names import order_key
from workflows import dossiers, intake, lookups, worklist
from workflows.dossiers import DossierQuery
from workflows.office import Office
from workflows.store.searching import EVERYTHING, agencies_of, found_by
from workflows.store.tables import dossier, known_word, search_word, step
from workflows.worklist import TakeNext, WorklistQuery

SMALL, QUEUE, SHARE = 1_000, 300, 50  # one dossier of fifty is of the agency that is asked
CENTRE, COMMITTEE, PROCEDURE = "H55.904.01", "H55.904", "1.001193"
ASKED = Actor(person="bench", agency=CENTRE, role="one_stop_clerk")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Nông", "Triệu", "Lường", "Đặng", "Hà")
MIDDLE = ("Văn", "Thị", "Quang", "Thanh", "Hồng", "Minh", "Ngọc", "Đức")
GIVEN = ("An", "Bình", "Cúc", "Dũng", "Đức", "Giang", "Hoa", "Khánh", "Lan", "Mai", "Nhung", "Yến")
BATCH = 5_000
RARE = "Ỷ Thục Quyên"


@dataclass(frozen=True)
class Filled:
    """A database with many dossiers, and what is on the receipt of one of them."""

    office: Office
    code: str
    phone: str


def main() -> None:
    """Fill and measure every database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sqlite", type=int, default=200_000)
    parser.add_argument("--postgresql", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    head = ("database", "dossiers", "question", "p95 small", "p95 large", "ratio")
    print("{:11}{:>10}  {:16}{:>10}{:>10}{:>7}".format(*head))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if options.sqlite:
            urls = [f"sqlite:///{place / name}.db" for name in ("small", "large")]
            measure("sqlite", urls, options.sqlite, options.times)
        if options.postgresql:
            with server() as make_database:
                urls = [make_database(name) for name in ("small", "large")]
                measure("postgresql", urls, options.postgresql, options.times)


def measure(kind: str, urls: list[str], size: int, times: int) -> None:
    """Fill a small and a large database and print every question's figures."""
    small, large = (filled(url, n) for url, n in zip(urls, (SMALL, size), strict=True))
    for name, ask in QUESTIONS.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(times):
            for where, kept in zip((small, large), taken, strict=True):
                begin = time.perf_counter()
                ask(where)
                kept.append((time.perf_counter() - begin) * 1000)
        fast, slow = (sorted(kept)[int(len(kept) * 0.95)] for kept in taken)
        print(f"{kind:11}{size:>10,}  {name:16}{fast:>10.2f}{slow:>10.2f}{slow / fast:>7.2f}")
    for where in (small, large):
        where.office.store.close()


QUESTIONS: dict[str, Callable[[Filled], object]] = {
    "worklist": lambda f: worklist.worklist(f.office, ASKED, WorklistQuery()),
    "counts": lambda f: worklist.counts(f.office, ASKED, WorklistQuery()),
    "next task": lambda f: worklist.take_next(f.office, ASKED, TakeNext()),
    "list": lambda f: dossiers.list_dossiers(f.office, ASKED, DossierQuery()),
    "common name": lambda f: dossiers.list_dossiers(f.office, ASKED, DossierQuery(q="nguyen van")),
    "beginning": lambda f: dossiers.list_dossiers(f.office, ASKED, DossierQuery(q="ng")),
    "rare name": lambda f: dossiers.list_dossiers(f.office, ASKED, DossierQuery(q="thuc quyen")),
    "code": lambda f: dossiers.list_dossiers(f.office, ASKED, DossierQuery(q=f.code)),
    "public look-up": lambda f: lookups.by_code(f.office, f.code, f.phone[-4:]),
}


def filled(url: str, size: int) -> Filled:
    """Return an office whose database holds so many dossiers, QUEUE of them waiting at CENTRE."""
    settings = Settings(database_url=url, bpmn_folder=Path(__file__).parents[1] / "bpmn")
    office = open_office(settings)
    model = received(office)
    chance = random.Random(size)  # noqa: S311 - the same dossiers every time
    begin = time.perf_counter()
    one: dict[str, Any] = {}
    for rows in batches(made(model, size, chance)):
        insert(office, rows)
        one = one or rows["dossier"][0]
    analyse(office)
    print(f"  {size:,} dossiers in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    return Filled(office, one["code"], one["applicant_phone"])


def received(office: Office) -> dict[str, Any]:
    """Receive one dossier as the counter does; the others are like it."""
    command = intake.ReceiveDossier(procedure=PROCEDURE, applicant_name=RARE)
    view = intake.receive(office, replace(ASKED), command)
    with office.store.engine.connect() as connection:
        own = connection.execute(sa.select(dossier).where(dossier.c.id == view.id)).mappings()
        waits = connection.execute(sa.select(step).where(step.c.dossier_id == view.id)).mappings()
        return {"dossier": dict(own.one()), "step": dict(waits.first() or {})}


def made(model: dict[str, Any], size: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield dossiers like the model: names, codes and moments of their own; most are over."""
    first, waiting = model["dossier"]["received_at"] - timedelta(days=700), 0
    every = max(1, size // SHARE // QUEUE)
    for number in range(size):
        here = number % (SHARE if size > SMALL else 2) == 0
        other = f"H55.{number % SHARE}"
        place = (CENTRE, COMMITTEE) if here else (f"{other}.01", other)
        at = first + timedelta(seconds=60 * 600 * 1000 * number / size)
        is_open = here and waiting < QUEUE and (number // SHARE) % every == 0
        waiting += is_open
        name = " ".join((chance.choice(FAMILY), chance.choice(MIDDLE), chance.choice(GIVEN)))
        own = model["dossier"] | {
            "id": str(uuid.UUID(int=chance.getrandbits(128))).replace("-", ""),
            "code": dossier_code(place[1], at.date(), number + 1),
            "received_at": at,
            "receiving_unit": place[0],
            "competent_agency": place[1],
            "applicant_name": name,
            "name_key": order_key(name),
            "applicant_phone": f"09{chance.randrange(10**8):08}",
            "ended_at": None if is_open else at + timedelta(days=3),
            "resolved_at": None if is_open else at + timedelta(days=3),
        }
        state = {"state": "open" if is_open else "done", "agency": place[0]}
        closed = {"closed_at": None if is_open else at + timedelta(days=1)}
        work = model["step"] | state | closed | {"dossier_id": own["id"], "enabled_at": at}
        yield {"dossier": own, "step": work}


def batches(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Yield the rows of every table, so many dossiers at a time."""
    batch: dict[str, list[dict[str, Any]]] = {"dossier": [], "step": [], "words": []}
    for row in rows:
        batch["dossier"].append(row["dossier"])
        batch["step"].append(row["step"])
        batch["words"] += words(row["dossier"])
        if len(batch["dossier"]) == BATCH:
            yield batch
            batch = {"dossier": [], "step": [], "words": []}
    if batch["dossier"]:
        yield batch


def words(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the words a dossier is found by, as the program would write them."""
    found = Found(**{n: row[n] for n in Found.__dataclass_fields__})
    named = {"received_at": row["received_at"], "dossier_id": row["id"]}
    for agency in agencies_of(found):  # type: ignore[arg-type]
        for word in (EVERYTHING, *sorted(found_by(found))):  # type: ignore[arg-type]
            yield {"agency": agency, "word": word, **named}


@dataclass(frozen=True)
class Found:
    """What the words of a dossier are made of."""

    code: str
    applicant_name: str
    applicant_phone: str
    receiving_unit: str
    competent_agency: str


def insert(office: Office, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write a batch."""
    with office.store.engine.begin() as connection:
        connection.execute(dossier.insert(), rows["dossier"])
        connection.execute(step.insert(), rows["step"])
        if connection.dialect.name == "postgresql":
            copy_words(connection, rows["words"])
        else:
            connection.execute(search_word.insert(), rows["words"])


def copy_words(connection: Any, rows: list[dict[str, Any]]) -> None:
    """Write very many words the fast way."""
    columns = list(rows[0])
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY search_word ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row[name] for name in columns])


def analyse(office: Office) -> None:
    """Tell the database what it holds, and which words names have."""
    with office.store.engine.begin() as connection:
        known = set(connection.execute(sa.select(known_word.c.word)).scalars())
        names = {w for part in (*FAMILY, *MIDDLE, *GIVEN) for w in found_by(_named(part))}
        new = [{"word": w} for w in sorted(names - known) if not any(c.isdigit() for c in w)]
        if new:
            connection.execute(known_word.insert(), new)
        connection.exec_driver_sql("ANALYZE")


def _named(name: str) -> Any:
    return Found("X", name, "", "", "")


if __name__ == "__main__":
    main()
