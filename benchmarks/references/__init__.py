"""What the program is measured against: the ceiling (no BPMN at all) and the naive way."""
