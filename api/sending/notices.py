"""The words of letters: read from `bpmn/shared/notices/`, filled in, as plain text and as HTML.

A paragraph that needs a word nobody knows is left out, so one file serves every case. A subject
line may name the dossier's code and nothing else: others read it over a shoulder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.formatting import moment

SUBJECT_WORDS = frozenset({"code"})
PAPERS = "papers"
PAGE = "letter.html"
STOP_WORDS = "Ngừng nhận loại thư này"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice as its file says it: a subject, and paragraphs."""

    subject: Template
    body: tuple[Template, ...]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A letter ready to be sent."""

    subject: str
    text: str
    html: str


class BadNotice(ValueError):
    """A file of a notice cannot be used; the message says where and why."""


class Notices:
    """Every notice of an installation, by name."""

    def __init__(self, notices: Mapping[str, Notice]) -> None:
        """Keep the notices, and the one page they are set on."""
        self._notices = dict(notices)
        pages = PackageLoader("api", "templates/mail")
        made = Environment(loader=pages, autoescape=True, undefined=StrictUndefined)
        self._page = made.get_template(PAGE)

    @classmethod
    def load(cls, folder: Path) -> Notices:
        """Read every notice of a folder; raises BadNotice naming the file."""
        files = sorted(folder.glob("*.toml"))
        return cls({file.stem: read_notice(file.read_text("utf-8"), file.name) for file in files})

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a notice of this name."""
        return name in self._notices

    def write(self, name: str, words: Mapping[str, Any], *, stop: str = "") -> Written:
        """Return the letter, with the address that stops it; KeyError for a notice there is not."""
        notice = self._notices[name]
        plain = {key: _said(value) for key, value in words.items() if key != PAPERS}
        papers = [str(paper) for paper in words.get(PAPERS, ())]
        paragraphs = [_fill(each, plain, papers) for each in notice.body]
        known = [paragraph for paragraph in paragraphs if paragraph]
        subject = notice.subject.substitute({"code": plain.get("code", "")})
        return Written(
            subject=subject,
            text="\n\n".join("\n".join(lines) for lines in [*known, *_foot(stop)]) + "\n",
            html=self._page.render(subject=subject, paragraphs=known, stop=stop, words=STOP_WORDS),
        )


def read_notice(text: str, name: str) -> Notice:
    """Return the notice a TOML text describes; raises BadNotice."""
    try:
        values = tomllib.loads(text)
        subject = Template(values["subject"])
        body = tuple(Template(paragraph) for paragraph in values["body"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise BadNotice(f"{name}: {fault!r}") from fault
    if not subject.is_valid() or not all(each.is_valid() for each in body):
        raise BadNotice(f"{name}: dấu $ viết sai")
    strange = set(subject.get_identifiers()) - SUBJECT_WORDS
    if strange:
        raise BadNotice(f"{name}: tiêu đề chỉ được có $code, không được có {sorted(strange)}")
    return Notice(subject=subject, body=body)


def _foot(stop: str) -> list[list[str]]:
    return [[f"{STOP_WORDS}: {stop}"]] if stop else []


def _said(value: Any) -> str:
    return moment(value) if isinstance(value, datetime) else str(value or "")


def _fill(paragraph: Template, words: Mapping[str, str], papers: list[str]) -> list[str]:
    """Return the lines of a paragraph, none when a word it needs is not known."""
    needed = set(paragraph.get_identifiers())
    if PAPERS in needed and not papers:
        return []
    if any(not words.get(word) for word in needed - {PAPERS}):
        return []
    first = paragraph.safe_substitute({**words, PAPERS: ""}).strip()
    listed = [f"- {paper}" for paper in papers] if PAPERS in needed else []
    return [first, *listed]
