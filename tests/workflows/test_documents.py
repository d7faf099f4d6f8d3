"""Papers of real dossiers: PDF/A, the same again, only for those who may, only when possible."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree as ET

import orjson
import pytest
import segno
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from engine.law.form_sets import FormNotInSet
from engine.law.papers import receipt
from engine.law.papers_ledgers import control_sheet
from engine.law.papers_letters import BeyondExtension, NoReason, NotInRecord
from tests.bpmn.files import FOLDERS, ROOT, Folder
from tests.builders import CENTRE, CLERK, LEADER, MONDAY, OFFICER, person, task_of
from tests.builders import receive as receive_dossier
from tests.papers import begun, case, whole
from workflows import documents, intake, reviews, supplements
from workflows.apologies import IssueApology, apologise
from workflows.documents import (
    RenderPaper,
    RenderRegister,
    available,
    render,
    render_register,
)
from workflows.dossiers import deadline
from workflows.errors import Forbidden, InvalidInput, NotFound, Stale
from workflows.office import Office
from workflows.printing import Printer, in_words, page_data, place_of, qr_svg, qr_text
from workflows.refusals import IssueRefusal, refuse
from workflows.views import DossierView

FORMS = ROOT / "shared" / "forms"
STRANGER = person("officer", "H55.81.01")
REASON = "Đang chờ kết quả xác minh của cơ quan khác."
DAY = MONDAY.date()


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer(FORMS)


@pytest.fixture
def dossier(office: Office) -> DossierView:
    return receive_dossier(office)


def forms_ready(office: Office, printer: Printer, dossier: DossierView) -> dict[str, bool]:
    return {p.form: p.ready for p in available(office, CLERK, printer, dossier.id)}


def pdf_of(office: Office, printer: Printer, dossier: DossierView, form: str) -> bytes:
    command = RenderPaper(dossier=dossier.id, form=form)
    return render(office, CLERK, printer, command).content


@pytest.mark.parametrize("form", ["receipt", "control"])
def test_a_paper_is_pdf_a_2a(office: Office, printer: Printer, dossier: DossierView, form: str):
    content = pdf_of(office, printer, dossier, form)
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"/ToUnicode" in content  # every letter can be read out of the file again


def test_the_same_record_gives_the_same_file(
    office: Office, printer: Printer, dossier: DossierView
):
    once = pdf_of(office, printer, dossier, "receipt")
    assert pdf_of(office, Printer(FORMS), dossier, "receipt") == once


def test_the_name_of_the_file_is_the_code_and_the_form(
    office: Office, printer: Printer, dossier: DossierView
):
    found = render(office, OFFICER, printer, RenderPaper(dossier=dossier.id, form="receipt"))
    assert found.name == f"{dossier.code}-receipt.pdf"


def test_a_list_says_which_papers_there_are_and_what_is_missing_of_the_others(
    office: Office, printer: Printer, dossier: DossierView
):
    assert forms_ready(office, printer, dossier) == {
        "receipt": True,
        "supplement": False,
        "refusal": False,
        "apology": False,
        "stop": False,
        "control": True,
    }
    papers = {p.form: p for p in available(office, CLERK, printer, dossier.id)}
    assert papers["stop"].number == "05"
    assert papers["stop"].missing == "Nhật ký hồ sơ không có việc yêu cầu dừng, rút hồ sơ."


def test_another_agency_gets_no_paper(office: Office, printer: Printer, dossier: DossierView):
    with pytest.raises(Forbidden):
        render(office, STRANGER, printer, RenderPaper(dossier=dossier.id, form="receipt"))
    with pytest.raises(Forbidden):
        available(office, STRANGER, printer, dossier.id)


def test_an_unknown_form_or_set_is_named(office: Office, printer: Printer, dossier: DossierView):
    with pytest.raises(InvalidInput, match="form"):
        render(office, CLERK, printer, RenderPaper(dossier=dossier.id, form="poem"))
    unknown = RenderPaper(dossier=dossier.id, form="receipt", form_set="1945")
    with pytest.raises(NotFound, match="1945"):
        render(office, CLERK, printer, unknown)
    older = RenderPaper(dossier=dossier.id, form="stop", form_set="2018")
    with pytest.raises(FormNotInSet):
        render(office, CLERK, printer, older)


def test_a_supplement_request_can_be_printed_once_it_was_made(
    office: Office, printer: Printer, dossier: DossierView
):
    with pytest.raises(NotInRecord):
        pdf_of(office, printer, dossier, "supplement")
    task = task_of(dossier, "check").task
    command = supplements.RequestSupplement(
        dossier=dossier.id, task=task, components=("form",), reason="Tờ khai chưa có chữ ký."
    )
    supplements.request(office, CLERK, command)
    assert pdf_of(office, printer, dossier, "supplement").startswith(b"%PDF")


def test_a_stop_notice_can_be_printed_once_the_applicant_asked(
    office: Office, printer: Printer, dossier: DossierView
):
    wish = intake.WithdrawDossier(dossier=dossier.id, reason="Không còn nhu cầu.")
    intake.withdraw(office, CLERK, wish)
    assert pdf_of(office, printer, dossier, "stop").startswith(b"%PDF")


def test_a_leader_apologises_once(office: Office, printer: Printer, dossier: DossierView):
    assert dossier.due_at is not None
    new = dossier.due_at + timedelta(days=3)
    command = IssueApology(dossier=dossier.id, reason=REASON, new_due_at=new)
    with pytest.raises(Forbidden):
        apologise(office, OFFICER, command)
    with pytest.raises(NoReason):
        apologise(office, LEADER, replace(command, reason="E12"))
    with pytest.raises(InvalidInput, match="múi giờ"):
        apologise(office, LEADER, replace(command, new_due_at=new.replace(tzinfo=None)))
    with pytest.raises(InvalidInput, match="reason"):
        apologise(office, LEADER, replace(command, reason="dài quá " * 300))
    after = apologise(office, LEADER, replace(command, idempotency_key="k1"))
    assert after.revision == dossier.revision + 1
    assert after.due_at == new  # the due moment moves with the promise
    assert apologise(office, LEADER, replace(command, idempotency_key="k1")) == after
    assert pdf_of(office, printer, dossier, "apology").startswith(b"%PDF")
    with pytest.raises(BeyondExtension):
        apologise(office, LEADER, command)


def test_a_rebuild_finds_the_new_date_of_an_apology(office: Office, dossier: DossierView):
    assert dossier.due_at is not None
    new = dossier.due_at + timedelta(days=3)
    apologise(office, LEADER, IssueApology(dossier=dossier.id, reason=REASON, new_due_at=new))
    assert reviews.rebuild(office, check=True) == ()
    assert deadline(office, CLERK, dossier.id).explanation[-1].text.startswith("Xin lỗi lúc")


def test_a_refusal_is_signed_and_takes_the_place_of_the_receipt(
    office: Office, printer: Printer, dossier: DossierView
):
    command = IssueRefusal(dossier=dossier.id, revision=99, reason="Không thuộc thẩm quyền.")
    with pytest.raises(Stale):
        refuse(office, LEADER, command)
    refuse(office, LEADER, replace(command, revision=dossier.revision))
    ready = forms_ready(office, printer, dossier)
    assert (ready["refusal"], ready["receipt"]) == (True, False)
    assert pdf_of(office, printer, dossier, "refusal").startswith(b"%PDF")


def test_the_register_holds_what_the_unit_received_in_the_period(
    office: Office, printer: Printer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(documents, "BATCH", 2)  # three dossiers are two batches
    for name in ("Một", "Hai", "Ba"):
        receive_dossier(office, name)
    command = RenderRegister(agency=CENTRE, first_day=DAY, last_day=DAY)
    found = render_register(office, CLERK, printer, command)
    assert found.name == f"{CENTRE}-260302-260302-register.pdf"
    assert found.content.startswith(b"%PDF")
    cases = office.store.read(lambda uow: documents._received(uow, office, command, full_id=False))
    assert sorted(c.applicant.name for c in cases) == ["Ba", "Hai", "Một"]
    later = replace(command, first_day=DAY + timedelta(days=1), last_day=date(2026, 4, 1))
    assert (
        office.store.read(lambda uow: documents._received(uow, office, later, full_id=False)) == []
    )


def test_the_register_of_another_agency_or_a_backward_period_is_refused(
    office: Office, printer: Printer
):
    command = RenderRegister(agency=CENTRE, first_day=DAY, last_day=DAY)
    with pytest.raises(Forbidden):
        render_register(office, STRANGER, printer, command)
    with pytest.raises(InvalidInput, match="last_day"):
        render_register(office, CLERK, printer, replace(command, last_day=date(2026, 1, 1)))


def test_the_full_personal_id_stands_on_no_paper(
    office: Office, printer: Printer, dossier: DossierView
):
    assert "001090001234" not in words_of(pdf_of(office, printer, dossier, "receipt"))
    assert "•234" in words_of(pdf_of(office, printer, dossier, "receipt"))


def test_the_full_personal_id_stands_where_the_form_set_says_so(
    office: Office, tmp_path: Path, dossier: DossierView
):
    copytree(FORMS, tmp_path / "forms")
    file = tmp_path / "forms" / "form_sets.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('personal_id = "masked"', 'personal_id = "full"', 1), "utf-8")
    full = Printer(tmp_path / "forms")
    assert "001090001234" in words_of(pdf_of(office, full, dossier, "receipt"))
    old = RenderPaper(dossier=dossier.id, form="receipt", form_set="2018")
    assert "001090001234" not in words_of(render(office, CLERK, full, old).content)


def test_a_paper_names_people_as_they_were_called_then(
    office: Office, printer: Printer, dossier: DossierView
):
    person_id = office.ids.new_id()
    office.store.write(
        lambda uow: uow.accounts.ensure_person(person_id, CLERK.person, "Lường Thị Bích Hạnh")
    )
    assert "Lường Thị Bích Hạnh" in words_of(pdf_of(office, printer, dossier, "receipt"))
    later = office.clock.now() + timedelta(days=1)
    office.store.write(lambda uow: uow.accounts.rename(CLERK.person, "Lường Hạnh", later))
    assert "Lường Thị Bích Hạnh" in words_of(pdf_of(office, printer, dossier, "receipt"))


def test_a_register_without_dossiers_names_its_agency(office: Office, printer: Printer):
    empty = RenderRegister(agency=CENTRE, first_day=date(2020, 1, 1), last_day=date(2020, 1, 2))
    said = words_of(render_register(office, CLERK, printer, empty).content)
    assert "TRUNG TÂM PVHCC XÃ THỬ" in said.upper()
    assert CENTRE not in said


def words_of(pdf: bytes) -> str:
    """Return the text of a PDF, its spaces as single ones."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return unicodedata.normalize("NFC", " ".join(" ".join(p.extract_text() for p in pages).split()))


@pytest.mark.parametrize("name", FOLDERS)
def test_the_qr_says_code_procedure_person_document_system_moment_and_due(
    printer: Printer, name: str
):
    paper = receipt(case(begun(name), Folder(name)))
    form = printer.form_sets["2025"].form("receipt")
    said = qr_text(paper, form).split("|")
    assert said[:3] == [paper.head.dossier, Folder(name).procedure.code, "001*****1234"]
    assert said[3:5] == ["Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "motcua"]
    assert said[5:] == [t.isoformat(timespec="minutes") for t in (paper.received_at, paper.due_at)]
    sheet = control_sheet(case(whole(name), Folder(name)))
    assert len(qr_text(sheet, form).split("|")) == 6


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("form_set", ["2025", "2018"])
def test_the_qr_of_a_printed_page_is_read_back_by_a_scanner(
    printer: Printer, name: str, form_set: str
):
    paper, chosen = receipt(case(begun(name), Folder(name))), printer.form_sets[form_set]
    form = chosen.form("receipt")
    text = orjson.dumps(page_data(paper, form, chosen)).decode()
    pages = printer._compiler.compile(format="png", ppi=300, sys_inputs={"data": text})
    first = pages[0] if isinstance(pages, list) else pages
    assert isinstance(first, bytes)
    picture = Image.open(io.BytesIO(first)).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [qr_text(paper, form)]


def test_the_picture_of_the_qr_is_its_matrix():
    text = "H55.904-260302-0042|1.001193|Giấy tiếp nhận"
    code = segno.make(text, error="m", micro=False, encoding="utf-8")
    assert drawn(qr_svg(text)) == {
        (x, y) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    }


def drawn(svg: str) -> set[tuple[int, int]]:
    """Return the dark modules an SVG of segno draws: runs of strokes, one line a row."""
    path = next(e for e in ET.fromstring(svg).iter() if e.get("stroke"))  # noqa: S314 - our own
    found, x, y = set(), 0.0, 0.0
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.get("d", "")):
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if letter == "h":
            found |= {(int(x) + step - 4, int(y) - 4) for step in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if letter == "M" else (x + values[0], y + values[1])
    return found


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("form_set", ["2025", "2018"])
def test_every_procedure_prints_with_the_longest_names(printer: Printer, name: str, form_set: str):
    paper = receipt(case(begun(name), Folder(name)))
    assert printer.render(paper, printer.form_sets[form_set]).startswith(b"%PDF")


def test_markup_in_a_name_is_only_a_name(printer: Printer):
    made = case(begun("birth_registration"), Folder("birth_registration"))
    nasty = replace(made, applicant=replace(made.applicant, name='#read("x") *a* $x$ "\\'))
    form_set = printer.form_sets["2025"]
    paper = receipt(nasty)
    data = page_data(paper, form_set.form("receipt"), form_set)
    assert data["head"]["applicant"]["name"] == '#read("x") *a* $x$ "\\'
    assert printer.render(paper, form_set).startswith(b"%PDF")


def test_dates_in_words_have_the_zeros_of_the_decree():
    assert in_words(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert in_words(date(2026, 3, 12)) == "ngày 12 tháng 3 năm 2026"


@pytest.mark.parametrize(
    ("agency", "place"),
    [
        ("Ủy ban nhân dân xã Chợ Mới", "Chợ Mới"),
        ("Trung tâm Phục vụ hành chính công tỉnh Thái Nguyên", "Thái Nguyên"),
        ("Thuế cơ sở 5", ""),
    ],
)
def test_the_place_of_a_paper_is_in_the_name_of_its_agency(agency: str, place: str):
    assert place_of(agency) == place


@pytest.mark.parametrize("sign", ["中", "\ue000", "\U00096619"])
def test_a_sign_no_font_has_is_printed_as_a_box(
    office: Office, printer: Printer, sign: str
) -> None:
    """One name in a foreign script must not keep a receipt, or a whole register, from print."""
    view = receive_dossier(office, f"Nguyễn {sign} Hoa")
    assert pdf_of(office, printer, view, "receipt").startswith(b"%PDF")
    register = RenderRegister(agency=CENTRE, first_day=DAY, last_day=DAY)
    assert render_register(office, CLERK, printer, register).content.startswith(b"%PDF")
