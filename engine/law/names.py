"""Vietnamese names and words: found without their marks, ordered as a Vietnamese reader expects.

Folding takes every mark away ("Đặng" and "dang" are the same word to a search); the order keeps
them (a ă â, d đ, e ê, o ô ơ, u ư, and the tones ngang, huyền, hỏi, ngã, sắc, nặng), the given name
first, then the family name. Pure; databases do not agree on any of this.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306": "breve", "\u0302": "hat", "\u031b": "horn"}
_SHAPED = {
    ("a", "breve"): "ă",
    ("a", "hat"): "â",
    ("e", "hat"): "ê",
    ("o", "hat"): "ô",
    ("o", "horn"): "ơ",
    ("u", "horn"): "ư",
}
_PLACE = {letter: number for number, letter in enumerate(ALPHABET, 20)}
_END, _NEXT_WORD, _DIGIT = "00", "01", "1"  # all of a key is digits: no collation reorders those
_OTHERS = 60  # where letters of other alphabets stand: after ours, by their own order
_TITLE = {"đ": "d", "Đ": "d"}


def folded(text: str) -> str:
    """Return the text as a search compares it: lower case, no marks, one space between words.

    Letters, digits and the dots and dashes of codes stay; anything else parts words.
    """
    plain = unicodedata.normalize("NFD", text).casefold()
    kept = []
    for letter in plain:
        if letter in _TITLE:
            kept.append("d")
        elif letter.isalnum() or letter in ".-":
            kept.append(letter)
        elif not unicodedata.combining(letter):
            kept.append(" ")
    return " ".join("".join(kept).split())


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, each once, in their order."""
    return tuple(dict.fromkeys(folded(text).split()))


def order_key(name: str) -> str:
    """Return a text that sorts as the name does: given name, then family name, then the middle.

    Letters decide before tones, as in a Vietnamese dictionary: bán stands before bàng.
    """
    parts = name.split()
    if len(parts) > 1:
        parts = [parts[-1], parts[0], *parts[1:-1]]
    found = [_letters(part) for part in parts]
    letters = _NEXT_WORD.join(word for word, _ in found)
    return letters + _END + _END.join(tones for _, tones in found)


def _letters(word: str) -> tuple[str, str]:
    """Return a word as sortable letters, two digits each, and its tones, one digit a letter."""
    letters: list[str] = []
    tones: list[int] = []
    for sign in unicodedata.normalize("NFD", word.casefold()):
        if sign in TONES:
            if tones:
                tones[-1] = TONES[sign]
        elif sign in _SHAPES:
            if letters:
                letters[-1] = _SHAPED.get((letters[-1], _SHAPES[sign]), letters[-1])
        elif not unicodedata.combining(sign):
            letters.append(sign)
            tones.append(0)
    return "".join(_code(letter) for letter in letters), "".join(map(str, tones))


def _code(letter: str) -> str:
    if letter in _PLACE:
        return str(_PLACE[letter])
    if letter.isdigit() and letter.isascii():
        return f"{_DIGIT}{letter}"
    return f"{_OTHERS}{ord(letter):06}"
