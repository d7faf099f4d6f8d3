"""An export is checked by a script that needs the standard library alone, and every byte counts."""

# ruff: noqa: S311 - which byte is changed is drawn from a seed

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import CLERK, receive, task_of
from workflows import auditing, intake, signing, tasks
from workflows.office import Office
from workflows.store import sealing
from workflows.tasks import CompleteTask

SCRIPT = Path(__file__).parents[2] / "tools" / "verify_export.py"


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("verify_export", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load(SCRIPT)


@pytest.fixture
def exported(office: Office, tmp_path: Path) -> tuple[Path, str]:
    """A file of four dossiers under two roots, one of them changed after both; and the key."""
    signer = signing.new_key(tmp_path / "key.pem")
    ids = []
    for number in range(4):
        view = receive(office, f"Người thứ {number}")
        ids.append(view.id)
        if number == 2:
            auditing.make_root(office, signer)
            step = task_of(view, "check").task
            done = CompleteTask(dossier=view.id, task=step, facts={"ask": True}, note="Đủ “giấy”")
            tasks.complete(office, CLERK, done)
    auditing.make_root(office, signer)
    intake.withdraw(office, CLERK, intake.WithdrawDossier(dossier=ids[0], reason="Thôi"))
    file = tmp_path / "record.ndjson"
    with file.open("wb") as target:
        auditing.export(office, target.write)
    return file, signer.public_key


def faults(data: bytes, file: Path, key: str = "") -> list[str]:
    file.write_bytes(data)
    found: list[str] = script.verify(str(file), [key] if key else []).faults
    return found


def test_an_honest_export_holds_in_a_bare_python(exported: tuple[Path, str]) -> None:
    file, key = exported
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("intact: 4 dossiers, ")
    assert ", 2 roots" in done.stdout


@pytest.mark.slow
def test_one_byte_anywhere_in_an_export_is_located(exported: tuple[Path, str]) -> None:
    file, key = exported
    honest = file.read_bytes()
    lines = honest.splitlines(keepends=True)
    chance = random.Random(2017)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    tried = set()
    for number, line in enumerate(lines, 1):
        for _ in range(4):
            place = chance.randrange(len(line))
            at, bit = starts[number - 1] + place, 1 << chance.randrange(8)
            data = honest[:at] + bytes((honest[at] ^ bit,)) + honest[at + 1 :]
            found = faults(data, file, key)
            assert any(f.startswith(f"line {number}:") for f in found), (line, place, bit, found)
            tried.add(line[2:6])
    assert {b"reco", b"root", b"leaf", b"doss", b"even", b'end"'} <= tried
    assert faults(honest, file, key) == []


def forged(line: bytes, **values: Any) -> bytes:
    inner = {**json.loads(line)["event"], **values}
    text: bytes = script.statement({"event": inner}) + b"\n"
    return text


@pytest.mark.parametrize("column", ["at", "actor", "body", "seq", "kind", "recorded_at", "clock"])
def test_a_column_written_again_properly_names_the_event(
    exported: tuple[Path, str], column: str
) -> None:
    file, key = exported
    lines = file.read_bytes().splitlines(keepends=True)
    number = [n for n, line in enumerate(lines) if line.startswith(b'{"event"')][8]
    event = json.loads(lines[number])["event"]
    value = 7_000 if column == "seq" else event[column][:-1] + "~"
    lines[number] = forged(lines[number], **{column: value})
    first = faults(b"".join(lines), file, key)[0]
    assert first.startswith(f"line {number + 1}: dossier H55.901-")
    assert f"event {event['seq']}:" in first


def test_a_dossier_and_the_newest_events_cannot_be_left_out(exported: tuple[Path, str]) -> None:
    file, key = exported
    lines = file.read_bytes().splitlines(keepends=True)
    heads = [n for n, line in enumerate(lines) if line.startswith(b'{"dossier"')]
    code = json.loads(lines[heads[1]])["dossier"]["code"]
    without = lines[: heads[1]] + lines[heads[2] :]
    assert any(f"dossier {code}, event 1: missing" in f for f in faults(b"".join(without), file))
    cut = lines[: heads[2] - 1] + lines[heads[2] :]
    assert any(f"dossier {code}, event" in f for f in faults(b"".join(cut), file, key))
    assert any("end of the file" in f for f in faults(b"".join(lines[:-1]), file, key))
    assert any("added after" in f for f in faults(b"".join(lines) + lines[-2], file, key))


def test_a_key_of_somebody_else_is_not_trusted(exported: tuple[Path, str]) -> None:
    file, key = exported
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert any("not trusted" in f for f in script.verify(str(file), [other]).faults)


# RFC 8032, section 7.1: secret key left out, public key, message, signature.
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
            "454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
            "3dca179c138ac17ad9bef1177331a704"
        ),
    ),
)


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_of_rfc_8032_hold_and_no_others(key: str, message: str, signature: str) -> None:
    public, said, signed = (bytes.fromhex(text) for text in (key, message, signature))
    assert script.signature_holds(public, said, signed)
    assert not script.signature_holds(public, said + b"x", signed)
    for place in (0, 31, 32, 63):
        wrong = signed[:place] + bytes((signed[place] ^ 1,)) + signed[place + 1 :]
        assert not script.signature_holds(public, said, wrong)


def test_a_second_scalar_for_the_same_signature_is_refused() -> None:
    """Adding the order of the group gives the same equation; RFC 8032 forbids it."""
    key, message, signature = (bytes.fromhex(text) for text in VECTORS[1])
    scalar = int.from_bytes(signature[32:], "little") + script.ORDER
    assert not script.signature_holds(key, message, signature[:32] + scalar.to_bytes(32, "little"))


@given(st.binary(max_size=80))
def test_the_script_and_the_library_agree_on_signatures(message: bytes) -> None:
    signer = signing.KeySigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    signature = bytes.fromhex(signer.sign(message))
    assert script.signature_holds(bytes.fromhex(signer.public_key), message, signature)


@given(st.dictionaries(st.sampled_from(["actor", "body", "later", "x"]), st.text() | st.integers()))
def test_both_programs_write_the_same_statement(values: dict[str, Any]) -> None:
    small = {k: v for k, v in values.items() if isinstance(v, str) or abs(v) < 2**53}
    assert script.statement(small) == sealing.statement(small)
    assert script.event_hash(small) == sealing.digest_of(small)


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_both_programs_build_the_same_tree(leaves: list[bytes]) -> None:
    assert script.tree_hash(leaves).hex() == sealing.tree_hash(leaves)
