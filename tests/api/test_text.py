"""What comes over the wire: UTF-8, JSON, NFC, and a place for every fault."""

from __future__ import annotations

import unicodedata

import pytest

from api.errors import NotJson, NotUtf8
from api.rest.text import fault_of, parse, tidy


def test_a_body_that_is_not_utf8_names_the_byte():
    body = '{"note": "hồ sơ"}'.encode("cp1258", errors="replace").replace(b"?", b"\xd4")
    with pytest.raises(NotUtf8, match=r"byte thứ \d+ \(0x"):
        parse(body)


def test_utf16_is_refused_although_python_would_read_it():
    with pytest.raises(NotUtf8):
        parse('{"note": "hồ sơ"}'.encode("utf-16"))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": 1,}', "dòng 1, cột"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1, "a": 2}', "hai lần"),
        (b'{"a": ' + b"9" * 5000 + b"}", "quá dài"),
        (b"[" * 100_000, "lồng nhau quá sâu"),
        (rb'{"\ud800": 1}', "nửa cặp thay thế"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(body, place):
    with pytest.raises(NotJson, match=place):
        parse(body)


def test_half_a_surrogate_pair_is_no_text():
    assert "UTF-8" in fault_of(parse(rb'"\ud83d"'))


def test_a_control_character_is_named():
    assert "U+0000" in fault_of("hồ\x00sơ")


def test_lines_and_tabs_are_text():
    assert fault_of("dòng 1\n\tdòng 2") == ""


def test_texts_are_composed_and_lose_blanks_at_their_ends():
    assert tidy("  " + unicodedata.normalize("NFD", "Chợ Mới") + "\n") == "Chợ Mới"
