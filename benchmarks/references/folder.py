"""A catalogue folder with the benchmark process as its only procedure, beside the real agencies."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.references.process import bpmn

CODE = "1.000000"
BPMN = Path(__file__).parents[2] / "bpmn"
PROCEDURE = """
code = "1.000000"
name = "Thủ tục đo tốc độ"
field = "Đo"
level = "commune"
version = "1"
effective_from = 2025-07-01
note = "Không phải thủ tục thật: chỉ để đo chương trình."
sample = true

[time_limit]
amount = 10
unit = "working_day"
source = "benchmark"

[lanes.one_stop]
role = "one_stop_clerk"
agency = "receiving"

[lanes.applicant]
role = "one_stop_clerk"
agency = "receiving"

[lanes.agency_a]
role = "officer"
agency = "competent"

[lanes.agency_b]
role = "officer"
agency = "competent"

[lanes.leader]
role = "leader"
agency = "competent"

[steps.receive]
status = 2

[steps.check]
status = 4

[steps.supplement]
status = 5

[steps.opinion_a]
status = 4

[steps.opinion_b]
status = 4

[steps.sign]
status = 4

[facts.complete]
type = "boolean"
set_by = ["check"]

[ends.end]
status = 9
"""


def write_folder(target: Path) -> Path:
    """Write the folder and return it."""
    shutil.copytree(BPMN / "shared", target / "shared")
    (target / "bench").mkdir()
    (target / "bench" / "procedure.toml").write_text(PROCEDURE, encoding="utf-8")
    (target / "bench" / "process.bpmn").write_bytes(bpmn())
    return target
