"""Files: kept by hash, given to dossiers, quarantined, served, swept."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.builders import CLERK, CODE, OFFICER, TAX_OFFICER, person, receive, task_of
from tests.workflows import hostile_files as make
from workflows import files, intake, supplements
from workflows.errors import Forbidden, InvalidInput, NotFound, Stale
from workflows.files import AttachFile, DetachFile, FileInQuarantine
from workflows.inspecting import FileRefused
from workflows.keeping import MOST_BYTES, NoFileStore, Upload
from workflows.office import Office
from workflows.scanning import Clamd, Scan
from workflows.shelving import FileDamaged, Shelf

PDF = make.pdf()
SHA = hashlib.sha256(PDF).hexdigest()
OTHER_CLERK = person("one_stop_clerk", "H55.901.01", "another")


@pytest.fixture
def shelved(office: Office, tmp_path: Path) -> Office:
    """The office with a file store in a folder."""
    return replace(office, shelf=Shelf(str(tmp_path / "files")))


def given(content: bytes = PDF, name: str = "đơn.pdf") -> Upload:
    """Return an upload."""
    return Upload(stream=io.BytesIO(content), name=name)


def test_a_file_is_handed_in_at_intake_and_served_as_it_came(shelved: Office) -> None:
    loose = files.upload(shelved, CLERK, given())
    assert (loose.sha256, loose.state, loose.pages) == (SHA, "clean", 1)
    command = intake.ReceiveDossier(
        procedure=CODE, applicant_name="Ma Văn Páo", files={"form": (loose.id,)}
    )
    view = intake.receive(shelved, CLERK, command)
    (listed,) = files.list_files(shelved, OFFICER, view.id)
    assert (listed.component, listed.name) == ("form", "đơn.pdf")
    assert files.read(shelved, OFFICER, view.id, loose.id).content == PDF
    kinds = [e.kind for e in shelved.store.read(lambda uow: uow.events.of_dossier(view.id))]
    assert "file_attached" in kinds
    with pytest.raises(InvalidInput, match="chưa dùng"):
        intake.receive(shelved, CLERK, command)


def test_files_come_with_the_papers_that_were_asked_for(shelved: Office) -> None:
    view = receive(shelved)
    task = task_of(view, "check").task
    request = supplements.RequestSupplement(dossier=view.id, task=task, missing=True)
    supplements.request(shelved, CLERK, request)
    loose = files.upload(shelved, CLERK, given())
    wrong = supplements.TakeSupplement(dossier=view.id, files={"passport": (loose.id,)})
    with pytest.raises(InvalidInput, match="passport"):
        supplements.take(shelved, CLERK, wrong)
    command = supplements.TakeSupplement(
        dossier=view.id, files={"form": (loose.id,)}, idempotency_key="t"
    )
    taken = supplements.take(shelved, CLERK, command)
    assert supplements.take(shelved, CLERK, command) == taken  # a repeat attaches once
    (listed,) = files.list_files(shelved, OFFICER, view.id)
    assert (listed.id, listed.component) == (loose.id, "form")
    kinds = [e.kind for e in shelved.store.read(lambda uow: uow.events.of_dossier(view.id))]
    assert {"supplement_taken", "file_attached"} <= {*kinds}


def test_nobody_hands_in_what_somebody_else_uploaded(shelved: Office) -> None:
    loose = files.upload(shelved, OTHER_CLERK, given())
    command = intake.ReceiveDossier(
        procedure=CODE, applicant_name="Ma Văn Páo", files={"form": (loose.id,)}
    )
    with pytest.raises(InvalidInput):
        intake.receive(shelved, CLERK, command)


def test_a_file_comes_to_a_dossier_and_is_taken_off_for_a_reason(shelved: Office) -> None:
    view = receive(shelved)
    command = AttachFile(dossier=view.id, component="form", revision=view.revision)
    after = files.attach(shelved, CLERK, given(), command)
    assert after.revision == view.revision + 1
    with pytest.raises(Stale):
        files.attach(shelved, CLERK, given(), command)
    (one,) = files.list_files(shelved, CLERK, view.id)
    with pytest.raises(InvalidInput, match="lý do"):
        files.detach(shelved, CLERK, DetachFile(dossier=view.id, file=one.id, reason=" "))
    files.detach(shelved, CLERK, DetachFile(dossier=view.id, file=one.id, reason="Nhầm hồ sơ"))
    (gone,) = files.list_files(shelved, CLERK, view.id)
    assert (gone.detach_reason, gone.detached_at) == ("Nhầm hồ sơ", shelved.clock.now())
    last = shelved.store.read(lambda uow: uow.events.of_dossier(view.id))[-1]
    assert (last.kind, SHA in last.body) == ("file_detached", True)


def test_a_repeat_attaches_once(shelved: Office) -> None:
    view = receive(shelved)
    command = AttachFile(dossier=view.id, component="form", idempotency_key="k1")
    once = files.attach(shelved, CLERK, given(), command)
    assert files.attach(shelved, CLERK, given(), command) == once
    assert len(files.list_files(shelved, CLERK, view.id)) == 1


def test_only_who_may_read_the_dossier_gets_the_file(shelved: Office) -> None:
    view, other = receive(shelved), receive(shelved)
    files.attach(shelved, CLERK, given(), AttachFile(dossier=view.id))
    (one,) = files.list_files(shelved, CLERK, view.id)
    with pytest.raises(Forbidden):
        files.read(shelved, TAX_OFFICER, view.id, one.id)
    with pytest.raises(NotFound):  # a file is not had by way of another dossier
        files.read(shelved, CLERK, other.id, one.id)
    with pytest.raises(Forbidden):
        files.attach(shelved, OFFICER, given(), AttachFile(dossier=view.id))


def test_a_refused_file_leaves_nothing(shelved: Office, tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        files.upload(shelved, CLERK, given(b"MZ program", "a.pdf"))
    with pytest.raises(FileRefused, match="20 MB"):
        files.upload(shelved, CLERK, given(bytes(MOST_BYTES + 1)))
    assert not (tmp_path / "files").exists()


def test_without_a_file_store_none_are_taken(office: Office) -> None:
    with pytest.raises(NoFileStore):
        files.upload(office, CLERK, given())


def test_bytes_that_changed_are_not_served(shelved: Office, tmp_path: Path) -> None:
    view = receive(shelved)
    files.attach(shelved, CLERK, given(), AttachFile(dossier=view.id))
    (one,) = files.list_files(shelved, CLERK, view.id)
    place = tmp_path / "files" / SHA[:2] / SHA[2:4] / SHA
    place.write_bytes(PDF + b"x")
    with pytest.raises(FileDamaged):
        files.read(shelved, CLERK, view.id, one.id)
    place.unlink()
    with pytest.raises(FileDamaged):
        files.read(shelved, CLERK, view.id, one.id)


def test_a_sweep_forgets_what_nobody_handed_in_and_nothing_else(
    shelved: Office, tmp_path: Path
) -> None:
    view = receive(shelved)
    files.attach(shelved, CLERK, given(), AttachFile(dossier=view.id))
    files.upload(shelved, CLERK, given(make.picture(), "ảnh.png"))
    stored = [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
    assert len(stored) == 2
    for path in stored:  # as old as the simulated day
        os.utime(path, (1, 1))
    assert vars(files.sweep(shelved)) == {"loose": 0, "unnamed": 0}
    shelved.clock.advance_to(shelved.clock.now() + timedelta(days=8))  # type: ignore[attr-defined]
    assert vars(files.sweep(shelved)) == {"loose": 1, "unnamed": 1}
    assert [p.name for p in (tmp_path / "files").rglob("*") if p.is_file()] == [SHA]


def test_a_store_that_is_no_folder_keeps_bytes_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    shelf = Shelf("memory://kho")
    shelf.put(path, SHA)
    shelf.put(path, SHA)
    assert shelf.read(SHA) == PDF


# --- a scanner --------------------------------------------------------------------------------


@pytest.fixture
def clamd() -> Iterator[SimpleNamespace]:
    """A daemon that speaks INSTREAM and finds whatever holds `EICAR`."""
    server = socket.create_server(("127.0.0.1", 0))
    told = SimpleNamespace(port=server.getsockname()[1], asked=0)

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    content += stream.read(size)
                told.asked += 1
                bad = b"EICAR" in content
                connection.sendall(b"stream: Eicar FOUND\0" if bad else b"stream: OK\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield told
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_scanner_is_asked_in_chunks(clamd: SimpleNamespace) -> None:
    scanner = Clamd(f"tcp://127.0.0.1:{clamd.port}")
    assert scanner.scan(bytes(300_000)) is Scan.CLEAN
    assert scanner.scan(bytes(100_000) + b"EICAR") is Scan.INFECTED
    assert clamd.asked == 2


def test_a_file_waits_in_quarantine_until_it_was_scanned(
    shelved: Office, clamd: SimpleNamespace
) -> None:
    nobody = replace(shelved, scanner=Clamd("tcp://127.0.0.1:1"))
    view = receive(nobody)
    files.attach(nobody, CLERK, given(), AttachFile(dossier=view.id))
    (one,) = files.list_files(nobody, CLERK, view.id)
    assert one.state == "quarantined"
    with pytest.raises(FileInQuarantine, match="đang chờ"):
        files.read(nobody, CLERK, view.id, one.id)
    assert files.scan_waiting(nobody) == 0
    scanned = replace(shelved, scanner=Clamd(f"tcp://127.0.0.1:{clamd.port}"))
    assert files.scan_waiting(scanned) == 1
    assert files.read(scanned, CLERK, view.id, one.id).content == PDF


def test_an_infected_file_is_refused_at_once(shelved: Office, clamd: SimpleNamespace) -> None:
    scanned = replace(shelved, scanner=Clamd(f"tcp://127.0.0.1:{clamd.port}"))
    bad = make.docx({"word/media/note.txt": b"x" * 10}, body=make.BODY)
    assert files.upload(scanned, CLERK, given(bad, "a.docx")).state == "clean"
    packed = make.package({"[Content_Types].xml": b""})
    assert b"EICAR" not in packed
    with pytest.raises(FileRefused, match="vi-rút"):
        files.upload(scanned, CLERK, given(PDF + b"%EICAR\n", "b.pdf"))
