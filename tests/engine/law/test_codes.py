"""Codes of procedures, agencies and dossiers; the ten national statuses."""

from __future__ import annotations

from datetime import date

import pytest

from engine.law.codes import (
    BadCode,
    NationalStatus,
    check_agency_code,
    check_procedure_code,
    dossier_code,
    furthest_status,
    read_dossier_code,
)

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("agency", "number", "system", "code"),
    [
        ("H55.12.01", 1, "", "H55.12.01-261120-0001"),  # TT 03/2025
        ("000.00.06.H56", 361, "", "000.00.06.H56-261120-0361"),  # TT 01/2018
        ("G09.20", 92637, "", "G09.20-261120-92637"),  # more than four digits
        ("H55.12", 7, "09", "H55.12-261120-090007"),  # a centralised service
    ],
)
def test_a_dossier_code_names_agency_day_and_number(
    agency: str, number: int, system: str, code: str
) -> None:
    assert dossier_code(agency, DAY, number, system=system) == code
    assert read_dossier_code(code)[:2] == (agency, "261120")


@pytest.mark.parametrize(
    ("agency", "number", "system"), [("h55", 1, ""), ("H55", 0, ""), ("H55", 1, "9")]
)
def test_a_code_that_cannot_be_built_is_refused(agency: str, number: int, system: str) -> None:
    with pytest.raises(BadCode):
        dossier_code(agency, DAY, number, system=system)


def test_codes_from_outside_are_checked() -> None:
    assert check_procedure_code("1.001193") == "1.001193"
    assert check_procedure_code("3.000527.H61") == "3.000527.H61"
    assert check_agency_code("H55.27.01") == "H55.27.01"
    for wrong in ("1.1193", "1001193", "1.001193.", "\u0661.001193"):
        with pytest.raises(BadCode):
            check_procedure_code(wrong)
    for wrong in ("", "55", "H5", "H55..1", "H55." + "1" * 40, "H55-1"):
        with pytest.raises(BadCode):
            check_agency_code(wrong)
    for wrong in ("", "H55-2611-0001", "H55-261120-001"):
        with pytest.raises(BadCode):
            read_dossier_code(wrong)


def test_the_most_advanced_open_step_gives_the_status() -> None:
    assert furthest_status([4, 6, 5], 2) is NationalStatus.PAYMENT_REQUESTED
    assert furthest_status([], 4) is NationalStatus.PROCESSING
    assert NationalStatus(10).label == "Đã trả kết quả"
    assert len({s.label for s in NationalStatus}) == 10
