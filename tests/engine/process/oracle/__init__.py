"""An oracle for the engine: random sound diagrams, and an independent token game to compare with.

Not for single rules: those have tests that name them. The token game imports nothing of the engine
and nothing of the library the engine is built on.
"""
