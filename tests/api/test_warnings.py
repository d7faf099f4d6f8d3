"""GET /warnings: what has to be hurried up with, for the agency of the caller."""

from __future__ import annotations

from datetime import timedelta


def test_an_overdue_dossier_is_listed_with_its_due_moment(clerk, clock):
    received = clerk.receive().json
    assert clerk.get("/warnings").json == {"items": [], "next_cursor": None}
    clock.advance_to(clock.now() + timedelta(days=5))
    (line,) = clerk.get("/warnings").json["items"]
    assert (line["about"], line["about_name"]) == ("overdue", "quá hạn")
    assert line["due_at"] == received["due_at"]
    assert line["dossier"]["code"] == received["code"]
    assert clerk.get("/warnings?about=due_soon").json["items"] == []


def test_a_kind_nobody_knows_is_refused(clerk):
    assert clerk.get("/warnings?about=boredom").status_code == 422
    assert clerk.get("/warnings?soon_hours=0").status_code == 422
