"""The manual cannot grow old: its pictures say what the pages say, its words are on the pages."""

from __future__ import annotations

import json
import re

import pytest

from tests.browser import manual
from tests.browser.conftest import ROOT, a_desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LARGEST = 60_000
MOST = 16
AGAIN = "run `python -m tests.browser.manual` and look at the pictures"


@pytest.fixture(scope="module")
def played(browser, tmp_path_factory):
    """What every scene says now, all words anywhere, and the keys the pages answer to."""
    said, keys, words = {}, set(), []
    with a_desk(tmp_path_factory.mktemp("manual")) as desk:
        for name, page in manual.scenes(browser, desk):
            said[name] = manual.words_of(page)
            words.append(page.inner_text("body"))
            keys |= {e.get_attribute("data-key") for e in page.query_selector_all("[data-key]")}
    words.append(_templates())
    return said, keys, re.sub(r"\s+", " ", " ".join(words)).casefold()


def _templates():
    """What the pages say when something was asked of them that no scene asks."""
    files = (ROOT / "api" / "templates").rglob("*.html")
    return " ".join(file.read_text(encoding="utf-8") for file in files)


def _pages():
    return {path.name: path.read_text(encoding="utf-8") for path in manual.MANUAL.glob("*.md")}


def test_every_picture_says_what_the_page_says_today(played):
    noted = json.loads(manual.WORDS.read_text(encoding="utf-8"))
    assert played[0] == noted, AGAIN


def test_every_picture_is_shown_somewhere_small_and_there(played):
    named = set(re.findall(r"images/([a-z-]+)\.png", " ".join(_pages().values())))
    files = {path.stem: path.stat().st_size for path in manual.PICTURES.glob("*.png")}
    assert named == set(files) == set(played[0]), AGAIN
    assert len(files) <= MOST
    assert {name: size for name, size in files.items() if size > LARGEST} == {}


def test_what_the_manual_calls_by_name_is_on_the_pages(played):
    _, keys, seen = played
    lost = [
        (page, words)
        for page, text in _pages().items()
        for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)
        if re.sub(r"\s+", " ", words).casefold() not in seen
    ]
    assert lost == []
    handled = {"j", "k", "c", "?", "Enter", "p", "y"}
    named = {k for text in _pages().values() for k in re.findall(r"`(\S)`", text)}
    assert named - keys - handled == set()
