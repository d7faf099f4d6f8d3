"""What every page for citizens shares: its language, and the words that are not data.

Vietnamese unless the address says English; names of procedures, papers and agencies stay as the
law writes them. Decides nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, render_template, request, url_for

from engine.law.procedure import TimeLimit
from engine.law.provisions import Channel, ComponentMode, Level, Unit

VIETNAMESE, ENGLISH = "vi", "en"
UNITS = {
    Unit.HOUR: "hour",
    Unit.WORKING_HOUR: "working hour",
    Unit.WORKING_DAY: "working day",
    Unit.CALENDAR_DAY: "day",
    Unit.MONTH: "month",
}
CHANNELS = {Channel.COUNTER: "in person", Channel.ONLINE: "online", Channel.POST: "by post"}
LEVELS = {
    Level.COMMUNE: "Commune",
    Level.DISTRICT: "District",
    Level.PROVINCE: "Province",
    Level.MINISTRY: "Ministry",
}
MODES = {
    ComponentMode.SUBMIT: "hand in",
    ComponentMode.PRESENT: "bring to show, not handed in",
    ComponentMode.LOOKUP: "the agency looks it up; do not bring it",
    ComponentMode.HELD: "the agency has it; do not bring it",
}


def is_english() -> bool:
    """Tell whether the page is asked for in English."""
    return has_request_context() and request.args.get("lang", VIETNAMESE) == ENGLISH


def page(template: str, **values: Any) -> str:
    """Render a page for citizens in the language asked for."""
    return render_template(template, home=request.host_url, **values)


def register(app: Flask) -> None:
    """Let every page of the citizens' kind know its language; `link` keeps it."""
    app.context_processor(_shared)


def _shared() -> dict[str, Any]:
    english = is_english()

    def link(endpoint: str, **at: Any) -> str:
        kept = at | ({"lang": ENGLISH} if english else {})
        return url_for(endpoint, **kept)

    return {
        "language": ENGLISH if english else VIETNAMESE,
        "en": english,
        "other": VIETNAMESE if english else ENGLISH,
        "link": link,
        "sentence": sentence,
    }


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def amount_words(amount: int, unit: Unit) -> str:
    """Say an amount in English: `15 working days`."""
    return f"{amount} {UNITS[unit]}{'' if amount == 1 else 's'}"


def limit_words_english(limit: TimeLimit) -> str:
    """Say a statutory limit in English: `15 days; online 13 days`."""
    words = amount_words(limit.amount, limit.unit)
    for name, shorter in limit.channel.items():
        own = amount_words(shorter.amount, shorter.unit or limit.unit)
        words += f"; {CHANNELS[Channel(name)]} {own}"
    return words
