"""Runs the tutorial: every `sh` block, in order, against a server of its own.

`python docs/replay.py` writes the outputs into the page; a test compares them.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"```sh\n(?P<run>.*?)```(?:\n\n```text\n(?P<said>.*?)```)?", re.DOTALL)
END = "\x1e"
PATIENCE_SECONDS = 120


def replay(page: str) -> list[str]:
    """Return what each `sh` block of the page prints."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environ = {
            **os.environ,
            "MOTCUA_DATABASE_URL": f"sqlite:///{folder}/tutorial.db",
            "MOTCUA_PORT": str(port),
        }
        server = subprocess.Popen(
            [Path(sys.executable).parent / "motcua", "serve"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            script = f"printf '{END}'\n".join(found["run"] for found in BLOCK.finditer(page))
            done = subprocess.run(
                ["bash", "-euc", script.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
                cwd=ROOT,
                env=environ,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            server.terminate()
            server.wait()
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout.split(END)


def written(page: str) -> list[str]:
    """Return what the page says that each `sh` block prints."""
    return [found["said"] or "" for found in BLOCK.finditer(page)]


def timeless(text: str) -> str:
    """Leave out what differs each time: moments, dates in codes, ids."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+\+07:00", "MOMENT", text)
    text = re.sub(r"-\d{6}-", "-DATE-", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main() -> None:
    """Write what the blocks print into the page."""
    page = PAGE.read_text(encoding="utf-8")
    outputs = iter(replay(page))

    def fill(found: re.Match[str]) -> str:
        said = next(outputs)
        run = f"```sh\n{found['run']}```"
        return f"{run}\n\n```text\n{said}```" if said else run

    PAGE.write_text(BLOCK.sub(fill, page), encoding="utf-8")


if __name__ == "__main__":
    main()
