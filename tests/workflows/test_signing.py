"""The signing key: private to its owner, never replaced by accident; retired keys still count."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows import signing
from workflows.signing import KeyUnusable


def test_a_signature_holds_for_its_statement_and_key_alone(tmp_path: Path) -> None:
    one, other = signing.new_key(tmp_path / "a.pem"), signing.new_key(tmp_path / "b.pem")
    signature = one.sign(b"root 1")
    assert signing.holds(one.public_key, b"root 1", signature)
    assert not signing.holds(one.public_key, b"root 2", signature)
    assert not signing.holds(other.public_key, b"root 1", signature)
    assert not signing.holds("zz", b"root 1", signature)


def test_a_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    signing.new_key(tmp_path / "deep" / "a.pem")
    assert (tmp_path / "deep" / "a.pem").stat().st_mode & 0o777 == 0o600


def test_a_loaded_key_is_the_one_that_was_made(tmp_path: Path) -> None:
    made = signing.new_key(tmp_path / "a.pem")
    assert signing.load_key(tmp_path / "a.pem").public_key == made.public_key


def test_a_key_is_not_replaced_and_the_list_of_keys_grows(tmp_path: Path) -> None:
    file = tmp_path / "a.pem"
    first = signing.new_key(file)
    with pytest.raises(KeyUnusable, match="đã có"):
        signing.new_key(file)
    file.rename(tmp_path / "retired.pem")
    second = signing.new_key(file)
    assert signing.trusted_keys(file) == {first.public_key, second.public_key}


@pytest.mark.parametrize(("content", "says"), [(None, "chưa có"), (b"x", "không đọc được")])
def test_a_key_that_cannot_be_used_says_why(tmp_path: Path, content, says) -> None:
    file = tmp_path / "a.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KeyUnusable, match=says):
        signing.load_key(file)
    assert signing.trusted_keys(file) == frozenset()
