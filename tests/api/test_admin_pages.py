"""The administrator's pages, by Flask's client: what they show, what they do, and for whom."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest

from tests.api.conftest import CENTRE, COMMUNE, Browser
from tests.rosters import xlsx
from workflows import accounts, background, people, rosters
from workflows.delivering import Carriers
from workflows.parcels import Receipt
from workflows.roster_files import RosterRow

PAGES = (
    "/admin", "/admin/agencies", f"/admin/agencies/{COMMUNE}", "/admin/people",
    "/admin/people/new", "/admin/people/import", "/admin/people/roster.xlsx", "/admin/people/lan",
    "/admin/calendars", "/admin/calendars/2027", "/admin/calendars/recount", "/admin/forms",
    "/admin/tokens", "/admin/partners", "/admin/jobs", "/admin/health",
)  # fmt: skip
FOR_ALL = ("/admin/agencies", "/admin/calendars", "/admin/forms")


@pytest.fixture
def admin(sign_in, hire) -> Browser:
    hire("officer", COMMUNE, "lan")
    return sign_in("administrator", person="quan.tri")


def text(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def test_every_page_opens_for_an_administrator_and_the_menu_leads_there(admin) -> None:
    home = text(admin.get("/admin"))
    for path in PAGES:
        assert admin.get(path).status_code == 200, path
        known = path in home or path.startswith(("/admin/people/", "/admin/agencies/", "/admin/c"))
        assert known or path == "/admin"
    assert admin.get("/start").location == "/admin"


def test_others_see_reference_data_alone(sign_in, admin) -> None:
    clerk = sign_in("one_stop_clerk", CENTRE, "hoa")
    for path in PAGES:
        expected = 200 if path.startswith(FOR_ALL) and "recount" not in path else 403
        assert clerk.get(path).status_code == expected, path
    assert "/admin" not in text(clerk.get("/desk"))
    shown = text(clerk.get(f"/admin/agencies/{COMMUNE}"))
    assert "Cán bộ đang giữ" not in shown


def test_an_administrator_reads_no_dossier_on_any_page(admin, clerk, office) -> None:
    dossier = clerk.receive(applicant_name="Đặng Thị Bí Mật").get_json()
    admin.send("/admin/partners", url="https://example.vn/hook")
    clerk.receive(applicant_name="Đặng Thị Bí Mật")
    background.work_once(office, Carriers(post=lambda _: Receipt(status=500, fault="HTTP 500")))
    for path in PAGES:
        assert "Bí Mật".encode() not in admin.get(path).data, path
    assert "HTTP 500" in text(admin.get("/admin/jobs"))
    for path in ("", "/place", "/papers/receipt.pdf"):
        assert admin.get(f"/dossiers/{dossier['id']}{path}").status_code in {403, 404}
    assert admin.get("/desk").status_code == 403
    assert admin.get("/dossiers").status_code == 403


def test_a_person_is_found_without_marks_added_and_given_a_password_once(admin) -> None:
    form = {"person": "tran.an", "name": "Trần Văn Ân", "agency": COMMUNE, "role": "officer"}
    bad = admin.send("/admin/people/new", **form | {"person": "có dấu", "valid_to": "2020-01-01"})
    assert bad.status_code == 422
    assert 'href="#person"' in bad.get_data(as_text=True)
    assert 'href="#valid_to"' in bad.get_data(as_text=True)
    made = admin.send("/admin/people/new", **form)
    assert made.location == "/admin/people/tran.an?done=new"
    found = text(admin.get("/admin/people?q=tran van an&which=no-password"))
    assert "Trần Văn Ân" in found
    assert "1 người" in found
    shown = admin.send("/admin/people/tran.an/password")
    [password] = re.findall(r'class="secret">([^<]+)<', shown.get_data(as_text=True))
    assert shown.headers["Cache-Control"] == "no-store"
    assert password not in text(admin.get("/admin/people/tran.an"))
    entered = Browser(admin.client.application.test_client())
    into = entered.send("/sign-in", person="tran.an", password=html.unescape(password))
    assert into.status_code == 303


def test_a_post_is_given_with_dates_and_ended_and_a_person_leaves_for_a_reason(admin, office):
    path = "/admin/people/lan"
    given = {"agency": CENTRE, "role": "one_stop_clerk", "valid_from": "2026-08-01",
             "valid_to": "2026-08-31"}  # fmt: skip
    assert admin.send(f"{path}/posts", **given).location == f"{path}?done=posts"
    again = admin.send(f"{path}/posts", **given | {"valid_from": "hôm qua"})
    assert again.status_code == 422
    page = text(admin.get(path))
    assert "00:00 ngày 01/09/2026" in page
    view = people.read_person(office, people.operator(office, COMMUNE), "lan")
    post = next(p.id for p in view.posts if p.role == "officer")
    assert admin.send(f"{path}/posts/{post}/end").location == f"{path}?done=post-end"
    assert admin.send(f"{path}/rename", name="Lan Anh").status_code == 303
    assert admin.send(f"{path}/end", reason="Nghỉ hưu, QĐ 12").status_code == 303
    gone = text(admin.get(path))
    assert "Nghỉ hưu, QĐ 12" in gone
    assert "Cấp mật khẩu" not in gone
    assert admin.send(f"{path}/password").status_code == 404


def test_nobody_changes_themselves_or_somebody_elsewhere(admin, hire) -> None:
    hire("officer", "H55.21", "nguoi.la")
    for person in ("quan.tri", "nguoi.la"):
        for what in ("password", "second-factor", "sessions/end", "unlock", "end"):
            assert admin.send(f"/admin/people/{person}/{what}").status_code == 403, (person, what)
    own = text(admin.get("/admin/people/quan.tri"))
    assert "Đây là bạn" in own


def send_file(admin: Browser, path: str, content: bytes) -> Any:
    data = {"csrf_token": admin.word, "file": (io.BytesIO(content), "a.xlsx")}
    return admin.client.post(path, data=data, headers={"Origin": "http://localhost"})


def test_a_list_is_shown_cell_by_cell_and_taken_only_when_confirmed(admin, office) -> None:
    good = ("chi.pheo", "Nguyễn Thị Chí", COMMUNE, "Chuyên viên", "01/08/2026", None)
    bad = send_file(admin, "/admin/people/import", xlsx(good, ("x", "", "nowhere", "vua")))
    assert bad.status_code == 422
    page = text(bad)
    assert "3 ô sai; chưa ghi gì" in page
    assert "Ô C3" in page
    assert "Ghi danh sách này" not in page
    shown = send_file(admin, "/admin/people/import", xlsx(good))
    assert shown.status_code == 200
    [rows] = re.findall(r'name="rows" value="([^"]+)"', shown.get_data(as_text=True))
    nobody = office.store.read(lambda uow: uow.accounts.person("chi.pheo"))
    assert nobody is None
    done = admin.send("/admin/people/import/confirm", rows=html.unescape(rows))
    assert done.location == "/admin/people?taken=1"
    assert "1 dòng được ghi" in text(admin.get(done.location))
    again = send_file(admin, "/admin/people/import", xlsx(good))
    assert "đã có, không đổi" in text(again)
    for junk in ("", "[]x", "[[1,2]]", '[["a","b","c","d","e","f","g",{}]]'):
        assert admin.send("/admin/people/import/confirm", rows=junk).status_code == 422, junk
    assert send_file(admin, "/admin/people/import", b"no").status_code == 422


def test_the_api_takes_the_same_list(hire, client) -> None:
    admin = hire("administrator", COMMUNE, "quan.tri")
    row = ("chi.pheo", "Nguyễn Thị Chí", COMMUNE, "officer")

    def post(path: str, content: bytes, caller: Any = admin) -> Any:
        headers = {**caller._auth, "Idempotency-Key": f"r{next(caller.keys)}"}
        data = {"file": (io.BytesIO(content), "a.xlsx")}
        return client.post(f"/api/v1{path}", data=data, headers=headers)

    checked = post("/people/roster-check", xlsx(row)).get_json()
    assert (checked["written"], checked["lines"][0]["what"]) == (False, "new_person")
    refused = post("/people/roster", xlsx(row, ("=1", "x", COMMUNE, "vua")))
    assert refused.status_code == 422
    pointers = [error["pointer"] for error in refused.get_json(force=True)["errors"]]
    assert pointers == ["/file/A3", "/file/D3"]
    assert post("/people/roster", xlsx(row)).get_json()["written"] is True
    assert post("/people/roster", xlsx(row)).get_json()["lines"][0]["what"] == "nothing"
    assert post("/people/roster", xlsx(row), hire("leader")).status_code == 403
    assert admin.get("/people/roster.xlsx").mimetype.endswith("sheet")
    made = admin.post("/people/chi.pheo/password/reset", key="p1").get_json()
    assert made["password"]
    assert admin.post("/people/chi.pheo/password/reset", key="p1").get_json()["password"] == ""
    assert admin.get("/people/chi.pheo/sessions").get_json()["items"] == []
    assert admin.post("/people/chi.pheo/sessions/end").get_json() == {"ended": 0}
    assert admin.post("/people/chi.pheo/unlock").get_json()["locked_until"] is None
    assert admin.post("/people/chi.pheo/second-factor/reset").status_code == 422
    log = admin.get("/access-log").get_json()["items"]
    told = [(look["action"], look["subject"]) for look in log if look["allowed"]]
    assert ("credential.manage", "person:chi.pheo") in told
    assert ("person.import", "person:chi.pheo") in told


def test_failed_jobs_are_seen_and_decided_by_who_looks_after_the_agency(admin, clerk, hire, office):
    admin.send("/admin/partners", url="https://example.vn/hook")
    clerk.receive()
    clerk.receive()
    background.work_once(office, Carriers(post=lambda _: Receipt(status=500, fault="HTTP 500")))
    stranger = hire("administrator", "H55.21")
    assert stranger.get("/jobs").get_json()["items"] == []
    api = hire("administrator", "H55")
    listed = api.get("/jobs").get_json()["items"]
    assert len(listed) >= 2
    assert all(job["since"] for job in listed)
    ids = [job["id"] for job in listed]
    assert stranger.post(f"/jobs/{ids[0]}/skip", {"reason": "x"}).status_code == 404
    nothing = admin.send("/admin/jobs", what="skip", reason="x")
    assert (nothing.status_code, "hãy chọn" in text(nothing).lower()) == (422, True)
    reasonless = admin.send("/admin/jobs", what="skip", job=ids)
    assert reasonless.status_code == 422
    done = admin.send("/admin/jobs", what="skip", job=[*ids, "no~such"], reason="bên nhận đã có")
    assert done.location == f"/admin/jobs?done={len(ids)}&refused=1"
    body = {"jobs": ids, "what": "retry", "reason": "thử lại"}
    tried = api.post("/jobs/decide", body).get_json()["items"]
    assert {one["state"] for one in tried} == {"failing"}  # they wait again
    assert stranger.post("/jobs/decide", body).get_json()["items"][0]["state"] == ""


def test_a_partner_is_told_tested_paused_and_its_secret_shown_once(admin) -> None:
    made = admin.send("/admin/partners", url="https://example.vn/hook", kind="dossier_received")
    page = text(made)
    [secret] = re.findall(r'class="secret">(whsec_[^<]+)<', page)
    [path] = re.findall(r'action="(/admin/partners/[^/"]+)/test"', page)
    assert secret not in text(admin.get(path))
    assert "không nhận" in text(admin.send(f"{path}/test"))
    assert admin.send(f"{path}/pause").location == f"{path}?done=pause"
    assert "tạm dừng" in text(admin.get(path))
    assert "whsec_" in text(admin.send(f"{path}/rotate"))
    assert admin.send(f"{path}/remove").location == "/admin/partners?done=remove"
    assert admin.get(path).status_code == 404
    assert admin.send("/admin/partners", url="ftp://x").status_code == 422


def test_tokens_of_the_agency_are_seen_and_ended(admin, hire, office) -> None:
    clerk = hire("one_stop_clerk", CENTRE, "hoa")
    page = text(admin.get(f"/admin/tokens?agency={CENTRE}"))
    assert "hoa" in page
    [token] = [t.id for t in accounts.all_tokens(office) if t.person == "hoa"]
    assert admin.send(f"/admin/tokens/{token}/revoke").status_code == 303
    assert clerk.get("/tasks").status_code == 401


def test_agencies_are_found_without_marks_with_who_follows_them(admin, clerk) -> None:
    page = text(admin.get("/admin/agencies?q=cho moi&all=yes&level=district"))
    assert "Ủy ban nhân dân huyện Chợ Mới" in page
    assert "30/06/2025" in page
    assert "shared/agencies.toml" in page
    found = clerk.get("/agencies?q=so xay dung").get_json()["items"]
    assert [a["code"] for a in found] == ["H55.21"]
    assert clerk.get("/agencies/nowhere").status_code == 404


def test_a_year_shows_its_days_with_their_source_and_whether_it_is_official(admin, clerk) -> None:
    page = text(admin.get("/admin/calendars"))
    assert "Lịch 2027 chưa đối chiếu" in page
    assert 'title="làm bù:' in page
    assert "12729/VPCP-KGVX" in page
    assert admin.get("/admin/calendars/1999").status_code == 404
    assert admin.get("/admin/calendars/x").status_code == 404
    year = clerk.get("/calendars/2026").get_json()
    assert (year["official"], year["working_days"]) == (True, 249)
    assert clerk.get("/calendars").get_json()["items"][0]["year"] == 2027
    assert clerk.get("/calendars?hours=none").status_code == 404


def test_a_new_calendar_says_which_dossiers_it_would_move(hire, clerk, office, sign_in) -> None:
    code = clerk.receive().get_json()["code"]
    admin = hire("administrator", COMMUNE)
    assert admin.get("/deadlines/recount").get_json()["items"] == []
    import sqlalchemy as sa  # noqa: PLC0415

    from workflows.store.tables import dossier  # noqa: PLC0415

    later = office.clock.now()
    office.store.write(lambda uow: uow.connection.execute(sa.update(dossier).values(due_at=later)))
    [move] = admin.get("/deadlines/recount").get_json()["items"]
    assert (move["code"], move["moved_minutes"] > 0) == (code, True)
    page = text(sign_in("administrator", person="quan.tri").get("/admin/calendars/recount"))
    assert code in page
    assert "muộn hơn" in page
    stranger = hire("administrator", "H55.21")
    assert stranger.get("/deadlines/recount").get_json()["items"] == []
    assert stranger.get(f"/deadlines/recount?agency={COMMUNE}").status_code == 403
    assert clerk.get("/deadlines/recount").status_code == 403


def test_every_paper_of_every_set_is_printed_with_sample_data(admin, clerk) -> None:
    sets = clerk.get("/form-sets").get_json()["items"]
    assert {form["id"] for each in sets for form in each["forms"]} >= {"receipt", "register"}
    page = text(admin.get("/admin/forms"))
    papers = re.findall(r'href="(/admin/forms/[^"]+\.pdf)"', page)
    assert len(papers) == sum(len(each["forms"]) for each in sets)
    for paper in papers:
        answer = admin.get(paper)
        assert answer.status_code == 200, (paper, text(answer)[:300])
        assert answer.data.startswith(b"%PDF-")
    assert clerk.get("/form-sets/2025/receipt.pdf").mimetype == "application/pdf"
    assert clerk.get("/form-sets/none/receipt.pdf").status_code == 404
    assert clerk.get("/form-sets/2025/none.pdf").status_code == 422


def test_the_first_page_counts_what_needs_attention(admin, office, clock) -> None:
    rows = [RosterRow(row=1, person="khoa", name="Lê Văn Khóa", agency=COMMUNE,
                              role="officer")]  # fmt: skip
    operator = people.operator(office, COMMUNE)
    rosters.take_roster(office, operator, rosters.TakeRoster(rows=tuple(rows)))
    from workflows.attempts import Attempt  # noqa: PLC0415

    for _ in range(6):
        attempt, now = Attempt.of("khoa", "10.0.0.9"), clock.now()
        try:
            office.store.write(lambda uow, a=attempt, at=now: a.count(uow, at))
        except Exception:  # noqa: BLE001 - it is locked by then
            break
    home = text(admin.get("/admin"))
    assert "tài khoản đang bị khóa" in home
    assert "mã truy cập hết hạn" not in home
    assert "Lê Văn Khóa" in text(admin.get("/admin/people?which=locked"))
    admin.send("/admin/people/khoa/unlock")
    assert "tài khoản đang bị khóa" not in text(admin.get("/admin"))
