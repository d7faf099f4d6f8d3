"""Finds dossiers by words, per agency, in the order of reception, whatever the database.

A word of letters that is the beginning of known words stands for each of them; a word with digits
(a code, its end, a telephone) has to be whole. Folding is `engine.law.names`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.law.names import folded, words
from workflows.store.records import DossierRow
from workflows.store.tables import known_word, search_word
from workflows.store.upserting import insert_into

MOST_MEANINGS = 24
EVERYTHING = ""  # the word every dossier has: an agency's own list is a search for it
AFTER_EVERY_LETTER = "\uffff"
TELEPHONE_END = 4


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A dossier that was found, and its place in the order."""

    dossier_id: str
    received_at: datetime


def found_by(row: DossierRow) -> frozenset[str]:
    """Return the words a dossier is found by: its applicant, ends of its code, its telephone."""
    code = folded(row.code)
    parts = code.split("-")
    ends = {"-".join(parts[n:]) for n in range(len(parts))}
    phone = "".join(filter(str.isdigit, row.applicant_phone or ""))
    numbers = {phone, phone[-TELEPHONE_END:]} if phone else set()
    return frozenset({*words(row.applicant_name), *ends, *numbers} - {""})


def named(row: DossierRow) -> tuple[str | None, ...]:
    """Return all that the words a dossier is found by are made of."""
    return row.code, row.applicant_name, row.applicant_phone


def agencies_of(row: DossierRow) -> tuple[str, ...]:
    """Return the agencies that find a dossier."""
    return tuple(dict.fromkeys((row.receiving_unit, row.competent_agency)))


class Searching:
    """Writes and reads words in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def index(self, row: DossierRow, found: frozenset[str], *, is_new: bool) -> None:
        """Let a dossier be found by these words and no others."""
        if not is_new:
            own = search_word.c.dossier_id == row.id
            self._connection.execute(search_word.delete().where(own))
        named = {"received_at": row.received_at, "dossier_id": row.id}
        self._connection.execute(
            search_word.insert(),
            [
                {"agency": agency, "word": word, **named}
                for agency in agencies_of(row)
                for word in (EVERYTHING, *sorted(found))
            ],
        )
        letters = [{"word": w} for w in sorted(found) if _of_letters(w)]
        if letters:
            insert = insert_into(self._connection, known_word).on_conflict_do_nothing()
            self._connection.execute(insert, letters)

    def words_of(self, dossier_id: str) -> frozenset[str]:
        """Return the words a dossier is found by now."""
        query = sa.select(search_word.c.word).where(search_word.c.dossier_id == dossier_id)
        return frozenset(self._connection.execute(query).scalars()) - {EVERYTHING}

    def find(
        self, agency: str, text: str, *, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Hit]:
        """Return what an agency finds by all words of a text, the latest received first."""
        wanted = [self._meanings(word) for word in words(text)]
        if not wanted or not all(wanted):
            return []
        first = min(wanted, key=len)
        others = [meanings for meanings in wanted if meanings is not first]
        found: set[tuple[datetime, str]] = set()
        for word in first:
            rows = self._connection.execute(_query(agency, word, others, after).limit(limit))
            found |= {(row.received_at, row.dossier_id) for row in rows}
        latest = sorted(found, reverse=True)[:limit]
        return [Hit(dossier_id=one, received_at=at) for at, one in latest]

    def _meanings(self, word: str) -> list[str]:
        """Return the whole words a beginning stands for; a word with digits stands for itself."""
        if not _of_letters(word):
            return [word]
        known = known_word.c.word
        query = sa.select(known).where(known >= word, known < word + AFTER_EVERY_LETTER)
        return list(self._connection.execute(query.order_by(known).limit(MOST_MEANINGS)).scalars())


def _of_letters(word: str) -> bool:
    return not any(letter.isdigit() for letter in word)


def _query(
    agency: str, word: str, others: list[list[str]], after: tuple[datetime, str] | None
) -> Any:
    one = search_word.alias()
    query = (
        sa.select(one.c.received_at, one.c.dossier_id)
        .where(one.c.agency == agency, one.c.word == word)
        .order_by(one.c.received_at.desc(), one.c.dossier_id.desc())
    )
    for meanings in others:
        also = search_word.alias()
        query = query.where(
            sa.exists().where(
                also.c.agency == agency,
                also.c.word.in_(meanings),
                also.c.received_at == one.c.received_at,
                also.c.dossier_id == one.c.dossier_id,
            )
        )
    if after is not None:
        place = (
            sa.literal(after[0], one.c.received_at.type),
            sa.literal(after[1], one.c.dossier_id.type),
        )
        query = query.where(sa.tuple_(one.c.received_at, one.c.dossier_id) < sa.tuple_(*place))
    return query
