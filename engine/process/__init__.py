"""BPMN 2.0 as a pure function: (definition, state, command, now) -> state, events."""
