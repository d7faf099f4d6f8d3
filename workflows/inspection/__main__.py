"""The inspecting process: bounds itself, looks, says what it saw on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from workflows.inspection.verdict import Refused, Verdict

CPU_SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
PNG, JPEG, PDF, ZIP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04"


def bound() -> None:
    """Let the machine end this process when it takes too much; where there are such bounds."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def look(path: Path) -> Verdict:
    """Return what the file is by its first bytes and all that follow; raises Refused."""
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise Refused("empty", "tệp trống")
    if head.startswith((PNG, JPEG)):
        from workflows.inspection import pictures  # noqa: PLC0415 - load what is needed

        return pictures.look(path)
    if head.startswith(PDF):
        from workflows.inspection import pdf  # noqa: PLC0415 - as above

        return pdf.look(path)
    if head.startswith(ZIP):
        from workflows.inspection import office  # noqa: PLC0415 - as above

        return office.look(path)
    raise Refused("type", "chỉ nhận PDF, PNG, JPEG, Word, Excel, OpenDocument không có macro")


def main() -> None:
    """Look at the file named on the command line."""
    bound()
    try:
        said = vars(look(Path(sys.argv[1])))
    except Refused as refused:
        said = {"reason": refused.reason, "detail": refused.detail}
    except (MemoryError, RecursionError):
        said = {"reason": "bomb", "detail": "tệp quá phức tạp"}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
