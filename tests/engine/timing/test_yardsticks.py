"""Yardsticks: what a file may say, and what is told of one that says something else."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

from engine.timing.yardsticks import Yardsticks, parse_yardsticks

ROOT = Path(__file__).parents[3]


def test_the_file_of_the_repository_can_be_used() -> None:
    text = (ROOT / "bpmn" / "shared" / "review.toml").read_text(encoding="utf-8")
    found, wrong = parse_yardsticks(tomllib.loads(text))
    assert wrong == []
    assert (found.smallest, found.bulk_at_least) == (5, 20)
    assert found.bulk_within == timedelta(minutes=5)
    assert [b.name for b in found.bands] == ["tốt", "khá", "trung bình", "yếu"]
    assert all(i.source for i in found.indices)


def test_nothing_said_is_what_is_usual() -> None:
    assert parse_yardsticks({}) == (Yardsticks(), [])


def test_everything_wrong_is_told_at_once() -> None:
    found, wrong = parse_yardsticks(
        {
            "cells": {"smallest": 0},
            "bulk": {"at_least": "nhiều"},
            "index": [{"id": "speed"}],
            "band": [{"name": "tốt", "from_percent": 80}, {"name": "", "from_percent": 0}],
        }
    )
    assert found.smallest == 5
    assert [line.split(":")[0] for line in wrong] == [
        "smallest", "at_least", "index", "band", "band",
    ]  # fmt: skip
