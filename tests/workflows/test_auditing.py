"""Signed roots: nothing of the record is changed, lost or added without being found and located."""

# ruff: noqa: S311, S608 - the intruder writes SQL of his own; his chance is seeded

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.builders import CENTRE, CLERK, person, receive, task_of
from workflows import auditing, dossiers, intake, reviews, signing, supplements, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.store import Store, UnitOfWork
from workflows.store.sealing import digest_of
from workflows.store.tables import event
from workflows.tasks import CompleteTask

AUDITOR = person("auditor", CENTRE)
TRIGGERS = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
COLUMNS = [c.name for c in event.columns]


@dataclass
class Audited:
    """An office with some dossiers, its key, and an intruder who owns the database."""

    office: Office
    signer: signing.KeySigner
    ids: list[str] = field(default_factory=list)

    def verify(self, **said: Any) -> auditing.Verification:
        return auditing.verify(self.office, frozenset({self.signer.public_key}), **said)

    def places(self) -> list[tuple[str, str, str, int, str]]:
        return [(f.what, f.table, f.dossier, f.seq, f.field) for f in self.verify().findings]

    def intrude(self, *statements: str, **values: Any) -> None:
        """Write around the program, without the triggers and the foreign keys."""
        url = self.office.store.engine.url
        if url.get_backend_name() == "sqlite":
            file = sqlite3.connect(str(url.database))
            for (drop,) in file.execute(TRIGGERS).fetchall():
                file.execute(drop)
            for statement in statements:
                file.execute(statement, values)
            file.commit()
            file.close()
            return
        with self.office.store.engine.connect() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(sa.text(statement), values)
            connection.commit()
            connection.invalidate()

    def key(self, dossier: str) -> str:
        """Return the id as this database writes it."""
        on_sqlite = self.office.store.engine.dialect.name == "sqlite"
        return dossier.replace("-", "") if on_sqlite else dossier

    def count(self, dossier: str) -> int:
        return len(self.office.store.read(lambda uow: uow.events.of_dossier(dossier)))


def later(office: Office, passed: timedelta) -> None:
    assert isinstance(office.clock, SimulatedClock)
    office.clock.advance_to(office.clock.now() + passed)


def work(office: Office, people: int) -> list[str]:
    """Let some dossiers come to different points."""
    ids = []
    for number in range(people):
        view = receive(office, f"Người thứ {number}")
        ids.append(view.id)
        task = task_of(view, "check").task
        if number % 3 == 0:
            done = CompleteTask(dossier=view.id, task=task, facts={"ask": True}, note="Đủ giấy tờ")
            tasks.complete(office, CLERK, done)
        elif number % 3 == 1:
            asked = supplements.RequestSupplement(
                dossier=view.id, task=task, components=("form",), reason="Thiếu “chữ ký”"
            )
            supplements.request(office, CLERK, asked)
        later(office, timedelta(minutes=7, microseconds=13))
    return ids


@pytest.fixture
def audited(office: Office, tmp_path: Path) -> Audited:
    """Four dossiers under one root, two more after it."""
    signer = signing.new_key(tmp_path / "key.pem")
    found = Audited(office, signer, work(office, 4))
    auditing.make_root(office, signer)
    found.ids += work(office, 2)
    return found


def test_an_honest_record_holds(audited: Audited) -> None:
    result = audited.verify()
    assert result.findings == ()
    assert (result.dossiers, result.roots, result.unrooted) == (6, 1, 2)
    assert result.events == sum(audited.count(d) for d in audited.ids)


def test_a_root_is_about_what_changed_since_the_last_one(audited: Audited) -> None:
    second = auditing.make_root(audited.office, audited.signer)
    assert second is not None
    assert (second.number, second.leaves) == (2, 2)
    assert auditing.make_root(audited.office, audited.signer) is None
    wish = intake.WithdrawDossier(dossier=audited.ids[0], reason="Thôi")
    intake.withdraw(audited.office, CLERK, wish)
    third = auditing.make_root(audited.office, audited.signer)
    assert third is not None
    assert (third.number, third.leaves, third.prev_hash) == (3, 1, second.hash)
    assert audited.verify().findings == ()


def test_a_root_is_made_once_a_day(audited: Audited) -> None:
    office, signer = audited.office, audited.signer
    assert auditing.root_if_due(office, signer) is None
    later(office, timedelta(days=1))
    made = auditing.root_if_due(office, signer)
    assert made is not None
    assert made.number == 2


def test_a_server_tries_once_a_day_and_finds_a_key_made_later(
    audited: Audited, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office, file = audited.office, tmp_path / "later.pem"
    daily = auditing.DailyRoots(office, partial(signing.load_key, file))
    later(office, timedelta(days=1))
    daily()
    assert "key_unusable" in caplog.text
    signing.new_key(file)
    daily()
    assert audited.verify().roots == 1, "not again on the same day"
    later(office, timedelta(days=1))
    daily()
    daily()
    assert audited.verify().roots == 2


def flipped(value: str, chance: random.Random) -> str:
    """Return a text with one byte changed, still a text of its kind where its kind is strict."""
    while True:
        place = chance.randrange(len(value))
        other = chr((ord(value[place]) % 128) ^ (1 << chance.randrange(6)))
        if other.isprintable() and other != value[place]:
            return value[:place] + other + value[place + 1 :]


def changed_value(store: Store, column: str, stored: Any, chance: random.Random) -> Any:
    """Return what stands in a column with one byte changed; a byte where nothing stands."""
    if isinstance(stored, int):
        return stored + 1000
    text = str(stored)
    if column == "dossier_id":
        place = text.index("4") if "4" in text[24:] else len(text) - 1
        return text[:place] + ("5" if text[place] != "5" else "6") + text[place + 1 :]
    if column in ("at", "recorded_at") and store.engine.dialect.name == "postgresql":
        place = text.index(".") + 3
        return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    return flipped(text, chance) if text else "x"


def rows_of(office: Office, dossier: str) -> list[dict[str, Any]]:
    return dict(office.store.read(lambda uow: list(uow.audits.records([dossier]))))[dossier]


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
def test_one_byte_of_one_old_event_is_located(audited: Audited, column: str) -> None:
    chance, office = random.Random(column), audited.office
    for dossier in audited.ids[::2]:
        rows = rows_of(office, dossier)
        row = chance.choice([r for r in rows if str(r[column])] or rows)
        stored, at = row[column], {"id": audited.key(dossier), "seq": row["seq"]}
        value = changed_value(office.store, column, stored, chance)
        if column == "dossier_id":
            stored, value = audited.key(stored), audited.key(value)
        change = f"UPDATE event SET {column} = :value WHERE dossier_id = :id AND seq = :seq"
        audited.intrude(change, value=value, **at)
        assert audited.places() == [("changed", "event", dossier, row["seq"], column)], value
        there = {"dossier_id": "id", "seq": "seq"}.get(column)
        audited.intrude(change, value=stored, **(at | ({there: value} if there else {})))
        assert audited.places() == []


@pytest.mark.parametrize("column", ["body", "recorded_at", "actor"])
def test_the_very_byte_and_what_stood_there_is_told(audited: Audited, column: str) -> None:
    dossier, chance = audited.ids[0], random.Random(1)
    row = rows_of(audited.office, dossier)[-1]
    value = changed_value(audited.office.store, column, row[column], chance)
    change = f"UPDATE event SET {column} = :value WHERE dossier_id = :id AND seq = :seq"
    audited.intrude(change, value=value, seq=row["seq"], id=audited.key(dossier))
    [found] = audited.verify().findings
    pairs = zip(row[column].encode(), value.encode(), strict=True)
    assert found.byte == next(n for n, (a, b) in enumerate(pairs) if a != b)
    assert (found.was, found.found) == (row[column], value)


def test_bytes_that_are_no_text_any_more_are_located(audited: Audited) -> None:
    if audited.office.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps no such bytes")
    dossier = audited.ids[1]
    change = "UPDATE event SET body = CAST(X'7BFF' || substr(CAST(body AS BLOB), 3) AS TEXT)"
    audited.intrude(f"{change} WHERE dossier_id = :id AND seq = 4", id=audited.key(dossier))
    assert audited.places() == [("changed", "event", dossier, 4, "body")]


def resealed(audited: Audited, dossier: str, seq: int, **change: Any) -> None:
    """Change an event and seal the chain again from there, as somebody who knows how would."""
    last, key = "", {"id": audited.key(dossier)}
    for row in rows_of(audited.office, dossier):
        forged = row
        if row["seq"] >= seq:
            forged = {**row, **(change if row["seq"] == seq else {}), "prev_hash": last}
            forged["hash"] = digest_of(forged)
            columns = ("actor", "body", "prev_hash", "hash")
            sets = ", ".join(f"{c} = :{c}" for c in columns)
            values = {c: forged[c] for c in columns} | {"seq": row["seq"]} | key
            audited.intrude(
                f"UPDATE event SET {sets} WHERE dossier_id = :id AND seq = :seq", **values
            )
        last = forged["hash"]
    audited.intrude("UPDATE dossier SET last_hash = :hash WHERE id = :id", hash=last, **key)


def test_a_chain_that_was_written_again_contradicts_the_root(audited: Audited) -> None:
    dossier = audited.ids[2]
    resealed(audited, dossier, 3, actor="somebody.else")
    [found] = audited.verify().findings
    assert (found.what, found.dossier, found.table, found.seq) == ("changed", dossier, "event", 1)
    assert reviews.rebuild(audited.office) == (), "the chain alone does not see it"


def test_a_chain_written_again_after_a_root_is_located_behind_it(audited: Audited) -> None:
    dossier, office = audited.ids[0], audited.office
    before = audited.count(dossier)
    intake.withdraw(office, CLERK, intake.WithdrawDossier(dossier=dossier, reason="Thôi"))
    auditing.make_root(office, audited.signer)
    resealed(audited, dossier, before + 1, actor="somebody.else")
    [found] = audited.verify().findings
    assert (found.what, found.dossier, found.seq) == ("changed", dossier, before + 1)


def test_an_event_changed_with_its_own_hash_is_located(audited: Audited) -> None:
    dossier = audited.ids[0]
    row = rows_of(audited.office, dossier)[2] | {"actor": "somebody.else"}
    values = {"hash": digest_of(row), "id": audited.key(dossier)}
    audited.intrude(
        "UPDATE event SET actor = 'somebody.else', hash = :hash WHERE dossier_id = :id AND seq = 3",
        **values,
    )
    assert [p[:4] for p in audited.places()] == [("changed", "event", dossier, 3)]


def test_a_lost_event_is_located(audited: Audited) -> None:
    dossier = audited.ids[3]
    audited.intrude("DELETE FROM event WHERE dossier_id = :id AND seq = 2", id=audited.key(dossier))
    assert audited.places() == [("missing", "event", dossier, 2, "")]


def cut_off(audited: Audited, dossier: str, seq: int) -> None:
    """Delete the newest events from a number on, and make the dossier agree."""
    last, key = rows_of(audited.office, dossier)[seq - 2], audited.key(dossier)
    audited.intrude("DELETE FROM event WHERE dossier_id = :id AND seq >= :seq", id=key, seq=seq)
    change = "UPDATE dossier SET last_seq = :seq, last_hash = :hash WHERE id = :id"
    audited.intrude(change, id=key, seq=seq - 1, hash=last["hash"])


def test_newest_events_that_were_cut_off_are_missed_by_the_root(audited: Audited) -> None:
    dossier = audited.ids[0]
    end = audited.count(dossier)
    cut_off(audited, dossier, end - 1)
    assert audited.places() == [
        ("missing", "event", dossier, end - 1, ""), ("missing", "event", dossier, end, "")
    ]  # fmt: skip


def test_a_dossier_that_was_deleted_is_missed_by_the_root(audited: Audited) -> None:
    dossier, key = audited.ids[1], audited.key(audited.ids[1])
    code = dossiers.read(audited.office, CLERK, dossier).code
    for table in ("event", "step", "due_job", "outbox", "referral", "supplement"):
        audited.intrude(f"DELETE FROM {table} WHERE dossier_id = :id", id=key)
    audited.intrude("DELETE FROM dossier WHERE id = :id", id=key)
    [found] = audited.verify().findings
    assert (found.what, found.table, found.dossier, found.code) == (
        "missing", "dossier", dossier, code
    )  # fmt: skip


def test_an_event_that_nobody_wrote_is_found(audited: Audited) -> None:
    dossier, key = audited.ids[1], audited.key(audited.ids[1])
    end = audited.count(dossier)
    columns = ", ".join(c for c in COLUMNS if c != "seq")
    audited.intrude(
        f"INSERT INTO event (seq, {columns}) SELECT :seq, {columns} FROM event "
        "WHERE dossier_id = :id AND seq = 2",
        seq=end + 5, id=key,
    )  # fmt: skip
    assert audited.places() == [("added", "event", dossier, end + 5, "")]


def test_an_event_of_no_dossier_is_found(audited: Audited) -> None:
    stray = "00000000-0000-4000-8000-000000000000"
    columns = ", ".join(c for c in COLUMNS if c != "dossier_id")
    audited.intrude(
        f"INSERT INTO event (dossier_id, {columns}) SELECT :stray, {columns} FROM event "
        "WHERE dossier_id = :id AND seq = 2",
        stray=audited.key(stray), id=audited.key(audited.ids[0]),
    )  # fmt: skip
    assert audited.places() == [("added", "event", stray, 2, "")]


@pytest.mark.parametrize("column", ["last_seq", "last_hash"])
def test_a_head_that_was_changed_is_found(audited: Audited, column: str) -> None:
    value = {"last_seq": 2, "last_hash": "0" * 64}[column]
    audited.intrude(
        f"UPDATE dossier SET {column} = :value WHERE id = :id",
        value=value, id=audited.key(audited.ids[4]),
    )  # fmt: skip
    end = audited.count(audited.ids[4])
    assert audited.places() == [("changed", "dossier", audited.ids[4], end, column)]


@pytest.mark.parametrize(
    "column", ["at", "leaves", "tree", "prev_hash", "public_key", "hash", "signature"]
)
def test_one_byte_of_a_root_is_located(audited: Audited, column: str) -> None:
    office = audited.office
    auditing.make_root(office, audited.signer)
    stored = office.store.read(lambda uow: uow.audits.last_root())
    assert stored is not None
    value = changed_value(office.store, column, stored[column], random.Random(column))
    audited.intrude(f"UPDATE audit_root SET {column} = :value WHERE number = 2", value=value)
    found = [
        (f.what, f.root, f.field) for f in audited.verify().findings if f.table == "audit_root"
    ]
    assert found == [("changed", 2, column)]


@pytest.mark.parametrize("column", ["dossier_id", "code", "seq", "hash"])
def test_one_byte_of_a_leaf_is_located(audited: Audited, column: str) -> None:
    dossier, office = audited.ids[2], audited.office
    leaves = dict(office.store.read(lambda uow: list(uow.audits.leaves())))[1]
    leaf = next(each for each in leaves if each["dossier_id"] == dossier)
    value = changed_value(office.store, column, leaf[column], random.Random(column))
    if column == "seq":
        value = 2
    audited.intrude(
        f"UPDATE audit_leaf SET {column} = :value WHERE dossier_id = :id",
        value=audited.key(value) if column == "dossier_id" else value, id=audited.key(dossier),
    )  # fmt: skip
    found = audited.verify().findings
    named = value if column == "dossier_id" else dossier
    assert {(f.what, f.table, f.root) for f in found} == {("changed", "audit_leaf", 1)}
    assert (named, column) in {(f.dossier, f.field) for f in found}


def test_a_root_that_was_removed_is_missed(audited: Audited) -> None:
    auditing.make_root(audited.office, audited.signer)
    kept = auditing.roots(audited.office, AUDITOR, auditing.RootQuery()).items
    audited.intrude(
        "DELETE FROM audit_leaf WHERE number = 1", "DELETE FROM audit_root WHERE number = 1"
    )
    assert [p[:2] for p in audited.places()] == [("missing", "audit_root")]
    audited.intrude("DELETE FROM audit_leaf", "DELETE FROM audit_root")
    assert audited.places() == [], "nobody can miss what nobody kept"
    [found] = audited.verify(kept={2: kept[1].hash}).findings
    assert (found.what, found.table, found.root) == ("missing", "audit_root", 2)


def test_a_root_of_another_key_is_not_trusted(audited: Audited, tmp_path: Path) -> None:
    forger = signing.new_key(tmp_path / "forger.pem")
    auditing.make_root(audited.office, forger)
    [found] = audited.verify().findings
    assert (found.table, found.root, found.field) == ("audit_root", 2, "public_key")


def test_no_root_is_signed_over_a_changed_record(audited: Audited) -> None:
    dossier = audited.ids[5]
    change = "UPDATE event SET actor = 'x' WHERE dossier_id = :id AND seq = 2"
    audited.intrude(change, id=audited.key(dossier))
    with pytest.raises(auditing.RecordBroken) as refused:
        auditing.make_root(audited.office, audited.signer)
    assert [(f.dossier, f.seq) for f in refused.value.broken] == [(dossier, 2)]


def test_one_dossier_can_be_verified_alone(audited: Audited) -> None:
    one, other = (dossiers.read(audited.office, CLERK, d).code for d in audited.ids[:2])
    change = "UPDATE event SET actor = 'x' WHERE dossier_id = :id AND seq = 2"
    audited.intrude(change, id=audited.key(audited.ids[0]))
    assert len(audited.verify(codes=(one,)).findings) == 1
    assert audited.verify(codes=(other,)).findings == ()
    with pytest.raises(NotFound):
        audited.verify(codes=("H55.901-260302-9999",))


def test_the_database_refuses_to_change_roots(audited: Audited) -> None:
    for table in ("audit_root", "audit_leaf"):
        for verb in (f"UPDATE {table} SET hash = 'x'", f"DELETE FROM {table}"):
            run = partial(_run, verb=verb)
            with pytest.raises(DBAPIError, match="append-only"):
                audited.office.store.write(run)


def _run(uow: UnitOfWork, verb: str) -> None:
    uow.connection.exec_driver_sql(verb)


def test_the_auditor_alone_reads_roots_page_by_page(audited: Audited) -> None:
    auditing.make_root(audited.office, audited.signer)
    first = auditing.roots(audited.office, AUDITOR, auditing.RootQuery(limit=1))
    second = auditing.roots(
        audited.office, AUDITOR, auditing.RootQuery(limit=1, cursor=first.cursor)
    )
    assert [r.number for r in (*first.items, *second.items)] == [1, 2]
    with pytest.raises(Forbidden):
        auditing.roots(audited.office, CLERK, auditing.RootQuery())
    with pytest.raises(InvalidInput):
        auditing.roots(audited.office, AUDITOR, auditing.RootQuery(cursor="x"))


def test_a_column_added_later_changes_no_hash_that_was_written_before() -> None:
    row = dict.fromkeys(COLUMNS, "") | {"seq": 1}
    assert digest_of(row | {"later": ""}) == digest_of(row)
    assert digest_of(row | {"later": "x"}) != digest_of(row)
