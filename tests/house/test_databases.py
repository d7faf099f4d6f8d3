"""The databases that tests ask for are real, empty and of both kinds."""

from __future__ import annotations

import sqlalchemy


def test_a_test_gets_an_empty_database_of_each_kind(database_url):
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE hoso (ten TEXT)"))
        connection.execute(sqlalchemy.text("INSERT INTO hoso VALUES ('Đặng Thị Huệ')"))
        found = connection.execute(sqlalchemy.text("SELECT ten FROM hoso")).scalar_one()
    engine.dispose()
    assert found == "Đặng Thị Huệ"


def test_the_next_test_sees_nothing_of_it(database_url):
    engine = sqlalchemy.create_engine(database_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()
