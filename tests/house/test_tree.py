"""What the tree may not hold: paths of a machine, names of an index, unlocked packages."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata

import pytest

from tests.house.source import ROOT, files

# Held in pieces, so that this file does not name them.
PIECES = (("py", "pi.org"), ("python", "hosted"), ("npm", "js.org"), ("npm", "js.com"))
HOSTS = tuple("".join(pieces) for pieces in PIECES)
MACHINE = re.compile(r"(?<![\w.<])/(?:work|root|tmp|home/\w+|Users/\w+)/")
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".json", ".bpmn", ".html", ".css", ".js", ".mako", ""}


def _texts():
    for path in files():
        if path.suffix in TEXT and path.name != "LICENSE":
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_no_file_names_a_path_of_a_machine():
    assert [str(path) for path, text in _texts() if MACHINE.search(text)] == []


def test_no_file_names_an_index():
    named = [(str(path), host) for path, text in _texts() for host in HOSTS if host in text]
    assert named == []


def test_every_text_is_utf8_in_nfc_with_unix_line_ends():
    bad = [
        str(p) for p, text in _texts() if "\r" in text or not unicodedata.is_normalized("NFC", text)
    ]
    assert bad == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_python_package_is_locked_with_hashes(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert len(entries) > 20
    unlocked = [e.splitlines()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e]
    assert unlocked == []


def test_the_program_runs_on_what_was_tested():
    def pins(name):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9.-]+==\S+)", text, re.MULTILINE))

    assert pins("run.txt") <= pins("dev.txt")


def test_every_front_end_package_is_locked_with_hashes():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [n for n, e in packages.items() if "resolved" in e or "integrity" not in e] == []
    assert lock["packages"][""]["dependencies"].keys() == {"bpmn-js", "echarts", "rapidoc"}


def test_nothing_third_party_is_committed():
    tracked = subprocess.run(
        ["git", "ls-files", "node_modules", "api/static/vendor", ".venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert tracked.stdout == ""
