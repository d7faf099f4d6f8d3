"""Tests of the law as data: every file of `bpmn/`, read as a jurist and as the engine reads it."""
