"""The receipt carries the code of the public look-up, and its number after a correction."""

from __future__ import annotations

from engine.law.papers import receipt
from tests.bpmn.files import ROOT
from tests.builders import CLERK
from tests.builders import receive as take_in
from workflows import corrections
from workflows.cases import case_of
from workflows.corrections import CorrectIntake
from workflows.documents import RenderPaper, render
from workflows.office import Office
from workflows.printing import Printer, lookup_of

FORMS = ROOT / "shared" / "forms"


def test_a_corrected_receipt_has_a_number_and_the_same_code(office: Office) -> None:
    view = take_in(office)
    row, _ = office.store.read(lambda uow: uow.dossiers.get(view.id))
    first = receipt(office.store.read(lambda uow: case_of(uow, office, row)))
    changes = {"result_by": "electronic"}
    command = CorrectIntake(dossier=view.id, reason="Người nộp đổi ý", changes=changes)
    corrections.correct(office, CLERK, command)
    again = receipt(office.store.read(lambda uow: case_of(uow, office, row)))
    assert (first.issue, again.issue) == (1, 2)
    assert first.token == again.token
    assert (first.due_at, again.result_by) == (again.due_at, "nhận bản điện tử")
    url = lookup_of(again, "https://mc.example.vn")["url"]
    assert url == f"https://mc.example.vn/tra-cuu/{again.token}"
    paper = RenderPaper(dossier=view.id, form="receipt")
    printed = render(office, CLERK, Printer(FORMS, "https://mc.example.vn"), paper)
    assert printed.content.startswith(b"%PDF-1.7")
