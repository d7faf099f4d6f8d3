"""Many steps at once: each item is a command of its own, with its own answer; none holds another.

What is refused for one item changes nothing for the others. Sent again under the same key, every
item gets its first answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Rejected
from engine.law.authority import Actor
from workflows import assigning, tasks
from workflows.errors import InvalidInput, WorkflowError
from workflows.office import Office
from workflows.views import DossierView

MOST_ITEMS = 100


@dataclass(frozen=True, kw_only=True)
class BulkItem:
    """One step of one dossier, and the revision the caller saw of it, if any."""

    dossier: str
    task: str
    revision: int | None = None


@dataclass(frozen=True, kw_only=True)
class BulkTasks:
    """Do one thing with many steps: claim, release, complete, assign or recall."""

    act: str
    items: Sequence[BulkItem]
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    to: str = ""
    reason: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What came of one item: the dossier as it is then, or why it was refused."""

    dossier: str
    task: str
    done: bool
    view: DossierView | None = None
    refused: Rejected | WorkflowError | None = None


def bulk(office: Office, actor: Actor, command: BulkTasks) -> tuple[BulkResult, ...]:
    """Do the same with every item, in their order, and return what came of each.

    Raises InvalidInput for an act that is none, for no item or more than a hundred.
    """
    if command.act not in ACTS:
        raise InvalidInput("act", f"chỉ nhận: {', '.join(ACTS)}")
    if not 1 <= len(command.items) <= MOST_ITEMS:
        raise InvalidInput("items", f"hãy gửi từ 1 đến {MOST_ITEMS} việc")
    return tuple(_one(office, actor, command, n, item) for n, item in enumerate(command.items))


def _one(
    office: Office, actor: Actor, command: BulkTasks, number: int, item: BulkItem
) -> BulkResult:
    key = f"{command.idempotency_key}:{number}" if command.idempotency_key else ""
    named = {
        "dossier": item.dossier,
        "task": item.task,
        "revision": item.revision,
        "idempotency_key": key,
    }
    try:
        view = ACTS[command.act](office, actor, command, named)
    except (Rejected, WorkflowError) as refused:
        return BulkResult(dossier=item.dossier, task=item.task, done=False, refused=refused)
    return BulkResult(dossier=item.dossier, task=item.task, done=True, view=view)


Act = Callable[[Office, Actor, BulkTasks, dict[str, Any]], DossierView]
ACTS: dict[str, Act] = {
    "claim": lambda o, a, _c, n: tasks.claim(o, a, tasks.ClaimTask(**n)),
    "release": lambda o, a, _c, n: tasks.release(o, a, tasks.ReleaseTask(**n)),
    "complete": lambda o, a, c, n: tasks.complete(
        o, a, tasks.CompleteTask(facts=c.facts, note=c.note, **n)
    ),
    "assign": lambda o, a, c, n: assigning.assign(
        o, a, assigning.AssignTask(to=c.to, reason=c.reason, **n)
    ),
    "recall": lambda o, a, c, n: assigning.recall(o, a, assigning.RecallTask(reason=c.reason, **n)),
}
