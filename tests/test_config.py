"""Settings: read once, from a mapping; a bad one is told by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import BadSetting, Settings


def test_nothing_given_is_an_office_on_sqlite():
    settings = Settings.from_environ({})
    assert settings == Settings()
    assert settings.database_url == "sqlite:///var/motcua.db"


def test_every_setting_can_be_given():
    settings = Settings.from_environ(
        {
            "MOTCUA_DATABASE_URL": "postgresql+psycopg://motcua@127.0.0.1/motcua",
            "MOTCUA_BPMN_FOLDER": "law",
            "MOTCUA_HOST": "0.0.0.0",  # noqa: S104 - a value, nothing listens
            "MOTCUA_PORT": " 8080 ",
            "HOME": "not ours",
        }
    )
    assert settings.bpmn_folder == Path("law")
    assert settings.port == 8080


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MOTCUA_DATABASE_URL", "mysql://motcua"),  # a database we do not run on
        ("MOTCUA_DATABASE_URL", "sqlite:///"),  # no file: everything would be lost at the end
        ("MOTCUA_DATABASE_URL", "postgresql://motcua"),  # another driver
        ("MOTCUA_BPMN_FOLDER", ""),
        ("MOTCUA_HOST", "một máy"),
        ("MOTCUA_PORT", "0"),
        ("MOTCUA_PORT", "65536"),
        ("MOTCUA_PORT", "tám nghìn"),
        ("MOTCUA_PORT", "８０００"),  # noqa: RUF001 - wide digits, as some keyboards write
        ("MOTCUA_OFFICE_ZONE", "UTC"),  # the law knows one zone: it is not a choice
        ("MOTCUA_COLOUR", "xanh"),  # nobody reads it: most likely a slip of the pen
    ],
)
def test_a_bad_setting_is_told_by_its_name(variable, value):
    with pytest.raises(BadSetting, match=f"^{variable}=") as refused:
        Settings.from_environ({variable: value})
    assert refused.value.variable == variable
    assert str(refused.value).endswith(".")
