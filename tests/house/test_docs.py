"""The manual cannot fall behind: generated pages, links, glossary and decisions are compared."""

from __future__ import annotations

import ast
import re
import unicodedata

import pytest

from docs import generate
from tests.house.source import ROOT, files, modules

DOCS = ROOT / "docs"
NOUNS = ("engine.law", "engine.timing", "workflows")


@pytest.mark.parametrize("name", sorted(generate.present()))
def test_a_reference_page_says_what_the_program_does(name):
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == generate.present()[name](), "run `make docs`"


def test_every_link_between_pages_leads_somewhere():
    links = [
        (path, target)
        for path in files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in target
    ]
    broken = [
        (str(path.relative_to(ROOT)), target)
        for path, target in links
        if not (path.parent / target).exists()
    ]
    assert broken == []


def _glossary() -> list[tuple[str, str]]:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [
        (row[0].strip(), row[1].strip())
        for row in rows
        if row[0].strip() not in ("identifier", "---")
    ]


def _known_words() -> set[str]:
    words = {w for term, _ in _glossary() for w in re.findall(r"[a-z]+", term)}
    technical = (DOCS / "glossary.md").read_text(encoding="utf-8").split("no jurist meets them:")[1]
    return words | set(re.findall(r"[a-z]+", technical))


def _public_nouns() -> dict[str, list[str]]:
    found = {}
    for module in modules("engine", "workflows"):
        if module.name.startswith(NOUNS) and ".store" not in module.name:
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    words = re.findall(r"[A-Z][a-z0-9]*", node.name)
                    found[f"{module.name}:{node.name}"] = [word.lower() for word in words]
    return found


def _is_known(word: str, known: set[str]) -> bool:
    singular = [word, word.removesuffix("s"), word.removesuffix("es"), f"{word[:-3]}y"]
    return any(form in known for form in singular)


def test_every_noun_of_the_domain_is_in_the_glossary():
    known = _known_words()
    missing = {
        name: [word for word in words if not _is_known(word, known)]
        for name, words in _public_nouns().items()
    }
    assert {name: words for name, words in missing.items() if words} == {}


def test_a_vietnamese_term_is_written_with_its_marks():
    plain = [
        term
        for term, vietnamese in _glossary()
        if unicodedata.normalize("NFD", vietnamese).isascii() or vietnamese == "đ"
    ]
    assert plain == []


def test_decisions_are_numbered_without_gaps_and_have_four_parts():
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        heads = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences", "What would change our mind"], page


def test_every_page_is_on_the_map():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")]
    lost = [page for page in pages if page != "README.md" and page not in index]
    assert lost == []
