"""The demo plays by the rules: nothing refused, the record adds up, one seed gives one play."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from api import open_office
from api.cli import main
from api.cli_demo import POSTS, resume, show_ways_in
from api.demo import FIRST_DAY, FIRST_MOMENT, LAST_DAY, Demo, end_of_play, first_moment, hire
from api.simulation import Chance, working_days
from config import Settings
from engine.law.working_time import ZONE
from tests.api.conftest import ROOT
from workflows import reviews, signing_in
from workflows.clock import SeededIds, SimulatedClock
from workflows.signing_in import SignIn

pytestmark = pytest.mark.slow


def _play(tmp_path, name, seed):
    url = f"sqlite:///{tmp_path / name}"
    clock = SimulatedClock(FIRST_MOMENT)
    office = open_office(Settings(database_url=url, bpmn_folder=ROOT / "bpmn"), clock, SeededIds(6))
    game = Demo(office, clock, seed)
    game.play(9, lambda *_: None)
    return office, game


def _record(office):
    ids = office.store.read(lambda uow: uow.dossiers.ids())
    records = [office.store.read(lambda uow, d=d: uow.events.of_dossier(d)) for d in ids]
    return sorted((e.dossier_id, e.seq, e.kind, e.at, e.hash) for record in records for e in record)


def test_no_command_of_the_demo_is_refused_and_the_record_adds_up(tmp_path):
    office, game = _play(tmp_path, "a.db", 6)
    assert dict(game.refused) == {}
    assert reviews.rebuild(office) == ()
    played = [reviews.summary(office, v.procedure.code) for v in office.catalogue.procedures()]
    assert sum(summary.dossiers for summary in played) == 9
    assert sum(summary.resolved for summary in played) > 4
    office.store.close()


def test_the_same_seed_gives_the_same_record_to_the_last_hash(tmp_path):
    first, _ = _play(tmp_path, "a.db", 6)
    second, _ = _play(tmp_path, "b.db", 6)
    assert _record(first) == _record(second)
    first.store.close()
    second.store.close()


def test_people_apply_within_office_hours(office):
    time = office.catalogue.calendars.of("standard")
    days = working_days(FIRST_DAY, LAST_DAY, time)
    assert len(days) > 60
    for arrival in Chance(1).arrivals(200, days, ("H55.904",), time):
        assert time.next_opening(arrival.at) == arrival.at.astimezone(ZONE)


def test_a_second_start_finds_its_data_and_an_interrupted_one_leaves_none(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "demo.db"
    start = ["demo", "--no-serve", "--dossiers", "2", "--seed", "6", "--database", str(file)]

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Demo, "play", cut)
        assert CliRunner().invoke(main, start).exit_code != 0
    assert not file.exists()
    first = CliRunner().invoke(main, start)
    assert first.exit_code == 0, first.output
    assert "Đã có dữ liệu" not in first.stderr
    second = CliRunner().invoke(main, start)
    assert "Đã có dữ liệu" in second.stderr
    assert second.stdout == first.stdout


@pytest.mark.parametrize(
    ("months", "begins"), [(1, (2026, 9)), (3, (2026, 7)), (9, (2026, 1)), (15, (2025, 7))]
)
def test_the_months_of_the_demo_end_where_it_ends(months, begins):
    found = first_moment(months)
    assert (found.year, found.month, found.day, found.tzinfo) == (*begins, 1, ZONE)
    assert first_moment() == FIRST_MOMENT


def test_one_month_is_played_when_one_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "demo.db"
    start = ["demo", "--no-serve", "--months", "1", "--dossiers", "2", "--database", str(file)]
    played = CliRunner().invoke(main, start)
    assert played.exit_code == 0, played.output
    office = open_office(Settings(database_url=f"sqlite:///{file}", bpmn_folder=ROOT / "bpmn"))
    received = office.store.read(
        lambda uow: [uow.dossiers.get(one)[0].received_at for one in uow.dossiers.ids()]
    )
    office.store.close()
    assert len(received) == 2
    assert min(received) >= first_moment(1)
    refused = CliRunner().invoke(main, ["demo", "--no-serve", "--months", "16"])
    assert refused.exit_code == 2


def test_the_clock_of_the_demo_goes_on_from_what_happened_last(tmp_path):
    office, _ = _play(tmp_path, "a.db", 6)
    office.store.close()
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}", bpmn_folder=ROOT / "bpmn")
    moments = []
    for _ in range(2):
        office = resume(settings)
        hire(office, "demo.clerk", "H55.904.01", "one_stop_clerk")
        moments.append(office.clock.now())
        office.store.close()
    assert moments[1] > moments[0] > end_of_play()


def test_every_role_has_a_link_and_a_password_of_this_start(office, capsys):
    show_ways_in(office, "http://127.0.0.1:8000")
    printed = capsys.readouterr().out
    found = re.findall(r"/sign-in\?person=(\S+)  mật khẩu (\S+)", printed)
    assert len(found) == len({password for _, password in found}) == len(POSTS)
    person, password = found[-1]
    signing_in.sign_in(office, SignIn(person=person, password=password))
    show_ways_in(office, "http://127.0.0.1:8000")
    with pytest.raises(signing_in.WrongSignIn):
        signing_in.sign_in(office, SignIn(person=person, password=password))
