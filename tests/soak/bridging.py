"""Two installations as two processes with two databases, and a bad network of ours between them.

    python -m tests.soak.bridging [--messages 10000] [--kills 20] [--database sqlite]

Each side asks the other through its own dossiers: questions leave, child dossiers begin there,
stamps come back. The network loses, doubles, reorders and delays; the processes are killed at
random and started again. At the end every message was acted upon once, both sides hold the same,
and nobody had to do anything by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api import open_office
from api.sending.wire import HttpWire
from config import Settings
from tests.builders import AGENCIES, CENTRE, CLERK, CODE, PROCEDURE, catalogue_folder, person
from tests.soak import proxy
from tests.soak.databases import new_database
from workflows import comparing, intake, partners, tasks
from workflows.office import Office
from workflows.tasks import CompleteTask

ROOT = Path(__file__).parents[2]
NAMES = ("bac.example.gov.vn", "nam.example.gov.vn")
ADMIN = person("administrator", CENTRE)
SERVER = "from api.cli import main; main()"
PER_QUESTION = 3  # the question, and the stamps "delivered" and "accepted" that come back
GIVE_UP_SECONDS = 3_600.0
PAUSE_SECONDS = 1.0
COUNTS = {
    "envelopes sent": "SELECT count(*) FROM envelope WHERE direction = 'out'",
    "acknowledged": "SELECT count(*) FROM envelope WHERE direction = 'out'"
    " AND acknowledged_at IS NOT NULL",
    "envelopes received": "SELECT count(*) FROM envelope WHERE direction = 'in'",
    "acted upon": "SELECT count(*) FROM envelope WHERE direction = 'in' AND state = 'done'",
    "questions": "SELECT count(*) FROM referral",
    "accepted": "SELECT count(*) FROM referral WHERE state = 'accepted'",
    "children": "SELECT count(*) FROM dossier WHERE channel = 'online'",
    "stamp events": "SELECT count(*) FROM event WHERE kind IN"
    " ('referral_delivered', 'referral_accepted')",
    "tries": "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM delivery d JOIN outbox o"
    " ON o.id = d.outbox_id WHERE o.kind = 'envelope' GROUP BY o.id) AS t",
    "stuck": "SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'pending')",
}


@dataclass
class Installation:
    """One side: its settings, its process, and an office of ours to look into its database."""

    name: str
    environ: dict[str, str]
    port: int
    log: Path
    office: Office
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        command = [sys.executable, "-c", SERVER, "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environ},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.starts += 1

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def counts(self) -> dict[str, int]:
        def look(uow: Any) -> dict[str, int]:
            run = uow.connection.execute
            return {name: int(run(sa.text(query)).scalar_one()) for name, query in COUNTS.items()}

        return self.office.store.read(look)


@dataclass
class Report:
    """What a run did and what was wrong afterwards."""

    messages: int = 0
    kills: int = 0
    seconds: float = 0.0
    network: Counter[str] = field(default_factory=Counter)
    sides: dict[str, dict[str, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in a few lines."""
        network = ", ".join(f"{n} {what}" for what, n in sorted(self.network.items()))
        lines = [
            (
                f"{self.messages} messages in {self.seconds:.0f} s, {self.kills} kills; network: "
                f"{network}; wrong: {len(self.wrong)}"
            )
        ]
        lines += [f"  {name}: {json.dumps(counts)}" for name, counts in self.sides.items()]
        return "\n".join([*lines, *(f"  WRONG {w}" for w in self.wrong)])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def install(folder: Path, number: int, database: str) -> Installation:
    """Make an installation whose tax office is the other one's, under a code of its own."""
    name, other = NAMES[number], NAMES[1 - number]
    home = folder / name
    bpmn = catalogue_folder(home, procedure=PROCEDURE)
    file = bpmn / "shared" / "agencies.toml"
    own, theirs = f"H55.8{number}.01", f"H55.8{1 - number}.01"
    agencies = AGENCIES.replace("H55.81.01", theirs).replace(
        'name = "Thuế cơ sở"', f'name = "Thuế cơ sở"\ninstallation = "{other}"'
    )
    agencies += (
        f'\n[[agency]]\ncode = "{own}"\nname = "Thuế của ta"\nkind = "tax_unit"\n'
        'level = "province"\nvalid_from = 2025-07-01\n'
    )
    file.write_text(agencies, encoding="utf-8")
    environ = {
        "MOTCUA_DATABASE_URL": new_database(database, folder),
        "MOTCUA_BPMN_FOLDER": str(bpmn),
        "MOTCUA_INSTALLATION": name,
        "MOTCUA_BRIDGE_KEY": str(home / "bridge.pem"),
        "MOTCUA_AUDIT_KEY": str(home / "audit.pem"),
        "MOTCUA_PERSONAL_KEY": str(home / "personal"),
        "MOTCUA_FILE_STORE": str(home / "files"),
        "MOTCUA_RATE_LIMITS": "api=off anonymous=off bridge=off",
    }
    office = open_office(Settings.from_environ(environ))
    return Installation(name, environ, free_port(), folder / f"{name}.log", office)


def introduce(sides: list[Installation], ports: list[int]) -> None:
    """Tell each side of the other, at the port of the network in front of it."""
    for number, here in enumerate(sides):
        there = sides[1 - number]
        command = partners.AddPartner(
            name=there.name,
            title=there.name,
            address=f"http://127.0.0.1:{ports[1 - number]}",
            public_key=partners.own(there.office)["public_key"],
        )
        partners.add(here.office, ADMIN, command)
        mapped = {"opinion_answer": CODE}
        partners.change(
            here.office, ADMIN, partners.ChangePartner(name=there.name, procedures=mapped)
        )


def ask(side: Installation) -> None:
    """Receive a dossier and let its check ask the other installation."""
    command = intake.ReceiveDossier(procedure=CODE, applicant_name="Nguyễn Thị Bền")
    view = intake.receive(side.office, CLERK, command)
    task = next(t.task for t in view.tasks if t.element == "check")
    done = CompleteTask(dossier=view.id, task=task, facts={"ask": True})
    tasks.complete(side.office, CLERK, done)


def soak(
    folder: Path, messages: int, kills: int, database: str = "sqlite", seed: int = 1
) -> Report:
    """Ask until so many messages are on their way, killing meanwhile; wait until all is quiet."""
    report, chance, began = Report(), random.Random(seed), time.monotonic()
    sides = [install(folder, number, database) for number in (0, 1)]
    ports = [free_port(), free_port()]
    networks = [proxy.start(ports[n], sides[n].port, seed + n)[1] for n in (0, 1)]
    introduce(sides, ports)
    for side in sides:
        side.start()
    questions = -(-messages // PER_QUESTION)
    every = max(questions // (kills + 1), 1)
    for number in range(questions):
        ask(sides[number % 2])
        if number % every == every - 1 and report.kills < kills:
            victim = chance.choice(sides)
            victim.kill()
            report.kills += 1
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
            victim.start()
    _wait(sides, began)
    report.sides = {side.name: side.counts() for side in sides}
    report.messages = sum(c["acted upon"] for c in report.sides.values())
    report.wrong += _judge(sides, questions)
    for side in sides:
        side.kill()
        side.office.store.close()
    for network in networks:
        report.network.update(network.counts)
    report.seconds = time.monotonic() - began
    return report


def _wait(sides: list[Installation], began: float) -> None:
    while time.monotonic() - began < GIVE_UP_SECONDS:
        time.sleep(PAUSE_SECONDS)
        if all(_quiet(side) for side in sides):
            return


def _quiet(side: Installation) -> bool:
    found = side.counts()
    told = found["envelopes sent"] == found["acknowledged"]
    done = found["envelopes received"] == found["acted upon"]
    return told and done and found["questions"] == found["accepted"]


def _judge(sides: list[Installation], questions: int) -> list[str]:
    """Compare both databases with each other and with what was asked."""
    wrong = []
    north, south = (side.counts() for side in sides)
    for here, there, name in ((north, south, sides[0].name), (south, north, sides[1].name)):
        pairs = {
            "sent = received there": (here["envelopes sent"], there["envelopes received"]),
            "received = acted upon": (here["envelopes received"], here["acted upon"]),
            "a child for each question": (here["questions"], there["children"]),
            "each question accepted": (here["questions"], here["accepted"]),
            "two stamps a question, once": (2 * here["questions"], here["stamp events"]),
            "nothing stuck": (here["stuck"], 0),
        }
        wrong += [f"{name}: {what}: {a} != {b}" for what, (a, b) in pairs.items() if a != b]
    if north["questions"] + south["questions"] != questions:
        wrong.append(f"{questions} asked, {north['questions']} + {south['questions']} there")
    wire = HttpWire()
    for number, side in enumerate(sides):
        for _ in range(20):  # the network is still bad: the answer itself may be lost
            found = comparing.compared(side.office, wire, sides[1 - number].name)
            if found.theirs is not None:
                break
        if not found.agrees:
            wrong.append(f"{side.name}: {found}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="motcua-bridging-") as folder:
        report = soak(Path(folder), given.messages, given.kills, given.database, given.seed)
    print(report)
    sys.exit(bool(report.wrong))


if __name__ == "__main__":
    main()
