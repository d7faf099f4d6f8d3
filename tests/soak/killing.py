"""Kill -9 of the server under load, against a ledger of what it had acknowledged.

    python -m tests.soak.killing [--kills 100] [--database sqlite postgresql]

Clients send commands with idempotency keys and note every answer; the server is killed at random
and started again; a command that was cut off is sent again with its key. At the end every
acknowledged command is in the record once, no other is, and every chain holds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from api import open_office
from config import Settings
from tests.builders import CENTRE, CLERK, CODE, catalogue_folder
from tests.soak.databases import new_database
from workflows import accounts, auditing, dossiers, reviews
from workflows.office import Office

ROOT = Path(__file__).parents[2]
CLIENTS = 4
READY_WITHIN_SECONDS = 10.0
GIVE_UP_SECONDS = 90.0
SERVER = "from api.cli import main; main()"
FACTS = {"complete": True, "ask": False}
ASKED = {"components": ["form"], "reason": "Thiếu chữ ký"}
COMMANDS = ("claim", "release", "claim", "request", "take", "claim", "complete")


@dataclass(frozen=True)
class Acknowledged:
    """One line of the ledger: a command and the answer it got."""

    key: str
    path: str
    body: str
    dossier: str
    revision: int
    sent_again: bool


@dataclass
class Report:
    """What a run did and what was wrong afterwards."""

    kills: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    dossiers: int = 0
    starts: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def slow(self) -> int:
        """Return how often the server took longer than it may to be ready again."""
        return sum(seconds > READY_WITHIN_SECONDS for seconds in self.starts)

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.kills} kills, {self.dossiers} dossiers, {self.acknowledged} acknowledged "
            f"commands ({self.sent_again} sent again after a cut), ready again after "
            f"{median(self.starts):.1f} s (at most {max(self.starts):.1f} s, {self.slow} times "
            f"over {READY_WITHIN_SECONDS:.0f} s), "
            f"wrong: {len(self.wrong)}"
        )


class Server:
    """The program as an operator starts it, on a free port."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = {**os.environ, **settings, "MOTCUA_RATE_LIMITS": "api=off anonymous=off"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and return after how many seconds it was ready; raises TimeoutError."""
        began = time.monotonic()
        command = [sys.executable, "-c", SERVER, "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=subprocess.DEVNULL, stderr=log
            )
        while time.monotonic() - began < GIVE_UP_SECONDS:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text(encoding="utf-8")[-2000:])
            if self._is_ready():
                return time.monotonic() - began
            time.sleep(0.05)
        raise TimeoutError(f"not ready within {GIVE_UP_SECONDS} s")

    def kill(self) -> None:
        """Kill -9, as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Client(threading.Thread):
    """One clerk at work: dossier after dossier, command after command, never giving up."""

    def __init__(self, port: int, bearer: str, seed: int, stopping: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.bearer, self.stopping = port, bearer, stopping
        self.chance = random.Random(seed)
        self.ledger: list[Acknowledged] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.one_dossier()
        except Exception as fault:  # noqa: BLE001 - a broken client is a failed run, with its reason
            self.wrong.append(repr(fault))

    def one_dossier(self) -> None:
        view = self.send("/dossiers", {"procedure": CODE, "applicant_name": "Nguyễn Thị Bền"})
        for word in COMMANDS:
            if self.stopping.is_set():
                return
            path, body = request_of(word, view)
            view = self.send(path, body, view["revision"])
        if self.chance.random() < 0.2:
            self.ask_again(self.chance.choice(self.ledger))

    def ask_again(self, line: Acknowledged) -> None:
        """Send an acknowledged command once more: the answer has to be the same."""
        status, body = self.until_answered(line.path, line.body, line.key, line.revision - 1)[0]
        again = json.loads(body)
        if status >= 300 or (again["id"], again["revision"]) != (line.dossier, line.revision):
            self.wrong.append(f"repeat of {line.key}: {status} {body[:200]!r}")

    def send(self, path: str, body: Any, revision: int | None = None) -> Any:
        key, text = uuid.uuid4().hex, json.dumps(body)
        (status, answer), again = self.until_answered(path, text, key, revision)
        if status not in (200, 201):
            raise RuntimeError(f"{path}: {status} {answer[:300]!r}")
        view = json.loads(answer)
        line = Acknowledged(key, path, text, view["id"], view["revision"], sent_again=again)
        self.ledger.append(line)
        return view

    def until_answered(
        self, path: str, text: str, key: str, revision: int | None
    ) -> tuple[tuple[int, bytes], bool]:
        """Send until there is an answer, with the same key; tell whether it was sent again."""
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        again = False
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("POST", f"/api/v1{path}", text, headers)
                response = connection.getresponse()
                return (response.status, response.read()), again
            except (OSError, http.client.HTTPException):
                again = True  # cut off: nobody knows whether it was done
                time.sleep(0.05)
            finally:
                connection.close()


def request_of(word: str, view: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of a command on a dossier."""
    base = f"/dossiers/{view['id']}"
    if word == "take":
        return f"{base}/supplements/take", {}
    task = next(t["task"] for t in view["tasks"] if t["element"] == "check")
    if word == "request":
        return f"{base}/supplements", {"task": task, **ASKED}
    return f"{base}/tasks/{task}/{word}", {"facts": FACTS} if word == "complete" else {}


def soak(database: str, folder: Path, kills: int, seed: int = 1) -> Report:
    """Kill the server so many times under load, then compare the record with the ledger."""
    bpmn = catalogue_folder(folder)
    url = new_database(database, folder) if "://" not in database else database
    settings = {"MOTCUA_DATABASE_URL": url, "MOTCUA_BPMN_FOLDER": str(bpmn)}
    office = open_office(Settings.from_environ(settings))
    report, chance, stopping = Report(), random.Random(seed), threading.Event()
    server = Server(settings, folder / "server.log")
    clients = [
        Client(server.port, _hire(office, n), seed * 100 + n, stopping) for n in range(CLIENTS)
    ]
    report.starts.append(server.start())
    for client in clients:
        client.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.1, 1.2))
        server.kill()
        report.kills += 1
        report.starts.append(server.start())
    time.sleep(0.5)
    stopping.set()
    for client in clients:
        client.join(timeout=60)
    server.kill()
    _compare(office, clients, report)
    office.store.close()
    return report


def _hire(office: Office, number: int) -> str:
    expires = office.clock.now() + timedelta(days=1)
    person = f"clerk{number}"
    return accounts.issue_token(office, person, CENTRE, CLERK.role, (), expires).bearer


def _compare(office: Office, clients: list[Client], report: Report) -> None:
    """Compare what was acknowledged with what there is: nothing lost, nothing twice."""
    lines = [line for client in clients for line in client.ledger]
    report.acknowledged = len(lines)
    report.sent_again = sum(line.sent_again for line in lines)
    report.wrong += [f"client: {fault}" for client in clients for fault in client.wrong]
    report.wrong += [f"client {c.name} does not end" for c in clients if c.is_alive()]
    per_dossier = Counter(line.dossier for line in lines)
    report.dossiers = len(per_dossier)
    stored = set(office.store.read(lambda uow: uow.dossiers.ids()))
    if stored != set(per_dossier):
        report.wrong.append(f"{len(stored ^ set(per_dossier))} dossiers nobody knows, or lost")
    for dossier in stored & set(per_dossier):
        last = dossiers.read(office, CLERK, dossier)
        if last.revision != per_dossier[dossier]:
            told = per_dossier[dossier]
            report.wrong.append(f"{dossier}: {told} acknowledged, revision {last.revision}")
    revisions = Counter((line.dossier, line.revision) for line in lines)
    report.wrong += [f"{k} answered twice" for k, n in revisions.items() if n > 1]
    report.wrong += [str(d) for d in reviews.rebuild(office)[:5]]
    report.wrong += [str(f) for f in auditing.verify(office, frozenset()).findings[:5]]


def main() -> None:
    """Run on every database and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    wrong = 0
    for database in options.database:
        with tempfile.TemporaryDirectory() as folder:
            report = soak(database, Path(folder), options.kills)
            wrong += len(report.wrong) + report.slow
            print(f"{database:11} {report}", *report.wrong[:10], sep="\n  ", flush=True)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
