"""Shows an answer of the API in a few lines, for the tutorial: `… | python docs/show.py [FIELD]`.

With a field, only its value. Not part of the program.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def dossier(answer: dict[str, Any]) -> list[str]:
    """Say where a dossier is and who has to act."""
    head = f"{answer['code']} · revision {answer['revision']} · {answer['status_name']}"
    lines = [head + (f" · due {answer['due_at']}" if answer["due_at"] else " · clock stopped")]
    for task in answer["tasks"]:
        where = f"{task['role']} at {task['agency']}" if task["role"] else task["agency"]
        lines.append(f"  {task['task']} {task['element']}: {task['name']} ({where})")
    lines += [f"  waits for {wait['name']}" for wait in answer["waits"]]
    return lines


def referral(answer: dict[str, Any]) -> list[str]:
    """Say how a question to another agency stands."""
    return [
        f"{answer['name']} · {answer['to_agency']} · {answer['state_name']}: {answer['answer']}"
    ]


def listed(answer: dict[str, Any]) -> list[str]:
    """Say one line per entry of a list."""
    shown = ("seq", "kind", "element", "actor", "role", "name", "asked_by", "to_agency")
    return [
        "  ".join(str(entry[key]) for key in shown if entry.get(key)) for entry in answer["items"]
    ]


def main() -> None:
    """Read one JSON answer from standard input."""
    answer = json.load(sys.stdin)
    if len(sys.argv) > 1:
        for key in sys.argv[1].split("."):
            answer = answer[int(key) if key.isdecimal() else key]
        lines = [str(answer)]
    elif "items" in answer:
        lines = listed(answer)
    elif "to_agency" in answer:
        lines = referral(answer)
    elif "revision" in answer:
        lines = dossier(answer)
    else:
        lines = [f"{answer['status']} {answer['title']}: {answer['detail']}"]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
