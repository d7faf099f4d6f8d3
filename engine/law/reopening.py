"""From when a dossier counts: from its reception, or from the last time it was opened again.

By rule the whole limit starts from zero when a dossier is opened again (mở lại hồ sơ); what was
paused, supplemented or promised before stays in the record and moves nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.timing.events import DossierReceived, DossierReopened, Event


def counted_since(received_at: datetime, history: Sequence[Event]) -> tuple[datetime, list[Event]]:
    """Return when counting begins and the events that count; the reception stays for its facts."""
    last = max((n for n, e in enumerate(history) if isinstance(e, DossierReopened)), default=-1)
    if last < 0:
        return received_at, list(history)
    reception: list[Event] = [e for e in history[:last] if isinstance(e, DossierReceived)]
    return history[last].at, [*reception, *history[last + 1 :]]
