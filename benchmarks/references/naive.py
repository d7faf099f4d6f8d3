"""The naive way: the library as it comes, its whole JSON in one column at every step."""

from __future__ import annotations

import json
import warnings
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any

import sqlalchemy as sa
from flask import Flask, jsonify, request
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks.references.process import bpmn
from workflows.store.connections import WRITES, open_engine

metadata = sa.MetaData()
dossier = sa.Table(
    "naive_dossier",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
event = sa.Table(
    "naive_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("dossier", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
command = sa.Table(
    "naive_command",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("result", sa.Text, nullable=False),
)


@lru_cache(maxsize=1)
def serializer() -> Any:
    """Return the library's serializer."""
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(dict(SPIFF_CONFIG)))


def start(rounds: int) -> str:
    """Return the JSON of an instance that has gone through so many supplement rounds."""
    warnings.simplefilter("ignore")
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(bpmn())
    workflow = BpmnWorkflow(parser.get_spec("bench"), parser.get_subprocess_specs("bench"))
    workflow.do_engine_steps()
    finish(workflow, "receive", {})
    for _ in range(rounds):
        finish(workflow, "check", {"complete": False})
        finish(workflow, "supplement", {})
    return str(serializer().serialize_json(workflow))


def finish(workflow: Any, element: str, facts: dict[str, object]) -> None:
    """Complete the ready task at an element."""
    task = next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.name == element)
    task.data.update(facts)
    task.run()
    workflow.do_engine_steps()


def fill(url: str, ids: list[str], rounds: int) -> None:
    """Create the tables and one dossier for each id."""
    engine = open_engine(url)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    state = start(rounds)
    with engine.begin() as connection:
        rows = [{"id": i, "revision": 0, "state": state} for i in ids]
        connection.execute(sa.insert(dossier), rows)
    engine.dispose()


def create_app(url: str) -> Flask:
    """Return the application on a database `fill` has filled."""
    app = Flask("naive")
    engine = open_engine(url)
    # The same turns as the program takes, so that only the way of keeping state differs.
    turn = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @app.post("/complete/<dossier_id>/<element>")
    def complete(dossier_id: str, element: str) -> object:
        key, facts = request.headers["Idempotency-Key"], request.get_json()
        with turn, engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            row = connection.execute(
                sa.select(dossier).where(dossier.c.id == dossier_id).with_for_update()
            ).one()
            workflow = serializer().deserialize_json(row.state)
            finish(workflow, element, facts)
            state = serializer().serialize_json(workflow)
            values = {"state": state, "revision": row.revision + 1}
            connection.execute(
                sa.update(dossier).where(dossier.c.id == dossier_id).values(**values)
            )
            now = datetime.now(UTC).isoformat()
            body = json.dumps({"element": element, "facts": facts})
            entry = {"dossier": dossier_id, "at": now, "body": body}
            connection.execute(sa.insert(event), [entry] * 4)
            answer = {"id": dossier_id, "revision": row.revision + 1}
            connection.execute(sa.insert(command).values(key=key, result=json.dumps(answer)))
            connection.commit()
        return jsonify(answer)

    return app
