"""States a released program has stored thaw for ever, and the dossiers go on as they would have."""

from __future__ import annotations

import json

import pytest

from engine.process import AlreadyEnded, WrongState, compile_definition, inspect, read
from engine.process.state import FORMAT
from tests.engine.process.diagrams import NOW
from tests.engine.process.freezing import CASES, GOLDEN, rest, waiting

FILES = sorted(GOLDEN.glob("*.json"))


def test_every_kind_of_waiting_has_a_state_of_every_format() -> None:
    expected = {f"{name}.{n}.json" for name in CASES for n in range(1, FORMAT + 1)}
    assert expected <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_stored_state_thaws_and_goes_on(path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    definition = compile_definition(read(golden["bpmn"].encode()))
    state = golden["state"].encode()
    if not golden["rest"]:
        with pytest.raises(AlreadyEnded):
            inspect(definition, state, now=NOW)
        return
    thawed = waiting(inspect(definition, state, now=NOW))
    assert json.loads(json.dumps(thawed)) == golden["waiting"]
    assert rest(definition, state) == golden["rest"]


def test_a_state_of_an_unknown_format_is_refused() -> None:
    golden = json.loads(FILES[0].read_text(encoding="utf-8"))
    definition = compile_definition(read(golden["bpmn"].encode()))
    content = json.loads(golden["state"])
    damaged: object
    for damaged in ([FORMAT + 1, *content[1:]], [content[0], "0" * 16, *content[2:]], {}, None, []):
        with pytest.raises(WrongState):
            inspect(definition, json.dumps(damaged).encode(), now=NOW)
    for damaged_bytes in (b"", b"\xff", b"[1"):
        with pytest.raises(WrongState):
            inspect(definition, damaged_bytes, now=NOW)
