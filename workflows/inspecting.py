"""Inspecting uploads (kiểm tra tệp): the name made harmless, the content by another process.

No file can hold a worker longer than its bound: the process that looks is ended when it takes too
long, and has none of our secrets. Not for viruses: that is a scanner.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from workflows.errors import WorkflowError

SECONDS = 30
MOST_NAME = 120
UNNAMED = "tep"
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')


class FileRefused(WorkflowError):
    """The file is not taken: not a type on the list, or something in it that may not be."""

    code = "file_refused"
    sentence = "Không nhận tệp này: {detail}."

    def __init__(self, reason: str, detail: str) -> None:
        """Name the reason in a word, and say it in Vietnamese."""
        super().__init__(reason=reason, detail=detail)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What a file is by its content, whatever it was called."""

    media_type: str
    extension: str
    pages: int


def inspect(path: Path) -> Inspected:
    """Return what the file is; raises FileRefused."""
    command = [sys.executable, "-m", "workflows.inspection", str(path)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the path is ours too
            command, capture_output=True, timeout=SECONDS, check=False, env={"PYTHONUTF8": "1"}
        )
    except subprocess.TimeoutExpired:
        raise FileRefused("time", "kiểm tra tệp mất quá lâu") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise FileRefused("broken", "không đọc được tệp") from None
    if "reason" in said:
        raise FileRefused(said["reason"], said["detail"])
    return Inspected(**said)


def clean_name(name: str, extension: str) -> str:
    """Return a name without folders, controls and tricks, NFC, ending as the content says."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    text = _FORBIDDEN.sub("", text)
    stem = text.rsplit(".", 1)[0] if "." in text else text
    stem = " ".join(stem.split()).strip(". ")[:MOST_NAME].strip(". ")
    if not stem or _RESERVED.match(stem):
        stem = UNNAMED
    return stem + extension
