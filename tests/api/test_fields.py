"""Fields of bodies are strict: what is not declared, of the wrong kind or too large is refused."""

from __future__ import annotations

import unicodedata

import marshmallow as ma
import pytest

from api.rest.fields import Choice, Facts, Flag, Strict, Text, Whole


class Body(Strict):
    """One field of every kind."""

    name = Text(required=True, most=10)
    note = Text(blank=True)
    count = Whole(least=1, most=5)
    done = Flag()
    channel = Choice(("counter", "online"))
    facts = Facts()


def _errors(**body):
    with pytest.raises(ma.ValidationError) as caught:
        Body().load({"name": "An", **body})
    return caught.value.messages


def test_a_text_is_composed():
    assert Body().load({"name": unicodedata.normalize("NFD", "Chợ")}) == {"name": "Chợ"}


def test_an_unknown_field_is_refused_by_name():
    assert "Không có trường" in _errors(applicant="x")["applicant"][0]


def test_a_missing_field_says_so_in_vietnamese():
    with pytest.raises(ma.ValidationError, match="Thiếu trường này"):
        Body().load({})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 3),
        ("name", None),
        ("name", "  "),
        ("name", "x" * 11),
        ("name", "a\x00"),
        ("name", "\ud800"),
        ("count", 0),
        ("count", 6),
        ("count", True),
        ("count", 2.5),
        ("count", "hai"),
        ("done", 1),
        ("done", "maybe"),
        ("channel", "fax"),
        ("facts", []),
        ("facts", {"a": {"b": 1}}),
        ("facts", {"a": [[1]]}),
        ("facts", {"a": float("inf")}),
        ("facts", {"a": 2**60}),
        ("facts", {"a": "x" * 5000}),
        ("facts", {f"f{n}": n for n in range(300)}),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_at_its_field(field, value):
    assert list(_errors(**{field: value})) == [field]


def test_facts_keep_plain_values_and_lists_of_them():
    facts = {"complete": True, "agencies": ["H55.21"], "amount": 3, "note": None}
    assert Body().load({"name": "An", "facts": facts})["facts"] == facts


def test_an_empty_note_is_allowed_where_the_field_says_so():
    assert Body().load({"name": "An", "note": ""})["note"] == ""
