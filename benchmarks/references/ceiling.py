"""The ceiling: a bare Flask and SQLAlchemy Core endpoint with the program's own writes, no BPMN.

It reads the same rows, writes the same number of rows of about the same size into the same tables
and answers with JSON; it decides nothing, checks no rule and counts no time.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, jsonify, request

from workflows.store import Store, tables

EVENTS = ("step_completed", "element_passed", "element_passed", "step_enabled")


def create_app(url: str) -> Flask:
    """Return the application on a database the program has filled."""
    app = Flask("ceiling")
    store = Store.open(url)

    @app.post("/complete/<dossier>/<task>")
    def complete(dossier: str, task: str) -> object:
        key = request.headers["Idempotency-Key"]
        bearer = request.headers["Authorization"].partition(" ")[2]
        body = request.get_json()
        store.glance(lambda u: u.connection.execute(_who(bearer)).one())
        return jsonify(store.write(lambda u: _complete(u.connection, dossier, task, key, body)))

    return app


def _who(bearer: str) -> sa.Select[tuple[object, ...]]:
    token, member, person = tables.access_token, tables.membership, tables.person
    digest = hashlib.sha256(bearer.encode()).hexdigest()
    return (
        sa.select(person.c.code, member.c.agency, member.c.role, token.c.scopes)
        .select_from(token.join(member).join(person))
        .where(token.c.hash == digest)
    )


def _complete(
    connection: sa.Connection, dossier: str, task: str, key: str, body: dict[str, object]
) -> dict[str, object]:
    now = datetime.now(UTC)
    locked = sa.select(tables.dossier).where(tables.dossier.c.id == dossier).with_for_update()
    row = connection.execute(locked).one()
    step = connection.execute(
        sa.select(tables.step).where(
            tables.step.c.dossier_id == dossier, tables.step.c.step == task
        )
    ).one()
    number = int(task.removeprefix("t")) + 3
    values = {"revision": row.revision + 1, "last_seq": row.last_seq + 4, "state": row.state}
    connection.execute(
        sa.update(tables.dossier).where(tables.dossier.c.id == dossier).values(**values)
    )
    connection.execute(sa.insert(tables.event), _events(row, step, now))
    new = {**step._asdict(), "step": f"t{number}", "enabled_at": now}
    connection.execute(
        sa.update(tables.step)
        .where(tables.step.c.dossier_id == dossier, tables.step.c.step == task)
        .values(state="done", closed_at=now)
    )
    connection.execute(sa.insert(tables.step), [new])
    answer = {"id": dossier, "revision": row.revision + 1, "task": new["step"], "facts": body}
    answer |= {"code": row.code, "steps": [str(step.step), new["step"]]}
    connection.execute(
        sa.insert(tables.command).values(
            actor="bench", key=key, kind="complete", request_hash="0" * 64, result=answer, at=now
        )
    )
    return answer


def _events(row: sa.Row, step: sa.Row, now: datetime) -> list[dict[str, object]]:  # type: ignore[type-arg]
    return [
        {
            "dossier_id": row.id,
            "seq": row.last_seq + 1 + index,
            "at": now,
            "recorded_at": now,
            "kind": kind,
            "step": step.step,
            "element": step.element,
            "actor": "bench",
            "role": step.role,
            "agency": step.agency,
            "clock": "agency",
            "flow": "",
            "body": "x" * 120,
            "prev_hash": "0" * 64,
            "hash": "1" * 64,
        }
        for index, kind in enumerate(EVENTS)
    ]
