"""The facts of an inspection report, from made-up title pages of both layouts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.layout.official import OFFICIAL
from pipeline.facts.dates import MONTHS, first_date, periods
from pipeline.facts.grades import grade_in, stated_lscb, stated_overall, table_grades
from pipeline.facts.report import (
    framework_of,
    inspection_period,
    lead_inspector,
    printed_council,
    published,
    report_grades,
    title,
)
from pipeline.reading.source import Line

DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))
SIF_TITLE = [
    "Inspection of services for children in need of help and protection,",
    "children looked after and care leavers",
    "and",
    "Review of the effectiveness of the Local Safeguarding Children Board1",
]
ILACS_TABLE = [
    f"{OFFICIAL['leaders']} {{}}",
    f"{OFFICIAL['help_protection']} {{}}",
    f"{OFFICIAL['in_care_and_leavers']} {{}}",
    "Overall effectiveness {}",
]


def printed(*lines: str) -> list[Line]:
    return [Line(text, 1) for text in lines]


def long(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("27 April 2016", "2016-04-27"),
        ("1st of March, 2019", "2019-03-01"),
        ("Wed 3rd Sept. 2014", "2014-09-03"),
        ("March 5, 2019", "2019-03-05"),
        ("2019-03-05T10:00", "2019-03-05"),
        ("05/03/2019", "2019-03-05"),
        ("31 February 2019, or 1 March 2019", "2019-03-01"),
        ("May 2019", ""),
        ("in 2019 5 children", ""),
        ("12/13/2019", ""),
        ("", ""),
    ],
)
def test_full_dates(text: str, iso: str) -> None:
    assert first_date(text) == iso


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("3 to 14 October 2022", "2022-10-03", "2022-10-14"),
        ("25 April to 6 May 2022", "2022-04-25", "2022-05-06"),
        ("29 November 2021 to 10 December 2021", "2021-11-29", "2021-12-10"),
        ("18 March – 9 April 2014", "2014-03-18", "2014-04-09"),
        ("18 March—9 April 2014", "2014-03-18", "2014-04-09"),
        ("15-19 July 2013", "2013-07-15", "2013-07-19"),
        ("Monday 3rd to Friday 14th October 2022", "2022-10-03", "2022-10-14"),
        ("3 October 2022 to 14 October", "2022-10-03", "2022-10-14"),
        ("12 to 16 May 2014 and 2 to 6 June 2014", "2014-05-12", "2014-06-06"),
        ("2 to 6 June and 12 to 16 May 2014", "2014-05-12", "2014-06-06"),
        ("9 December to 20 January 2015", "2014-12-09", "2015-01-20"),
        ("12/09/2016 to 06/10/2016", "2016-09-12", "2016-10-06"),
        ("4 March 2019", "2019-03-04", "2019-03-04"),
        ("soon", "", ""),
    ],
)
def test_periods_of_every_printed_form(text: str, start: str, end: str) -> None:
    assert periods(text) == (start, end)


@given(DAYS, st.integers(0, 40), st.sampled_from([" to ", " – ", " - ", " and "]))
def test_periods_of_any_two_days(start: date, days: int, between: str) -> None:
    end = start + timedelta(days)
    assert periods(f"{long(start)}{between}{long(end)}") == (start.isoformat(), end.isoformat())
    assert first_date(f"published {long(start)}") == start.isoformat()


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Requires improvement to be good", "requires improvement"),
        ("are Good.", "good"),
        ("require improvement", "requires improvement"),
        ("Inadequate", "inadequate"),
        ("Outstanding", "outstanding"),
        ("adequate", ""),
        ("goodness", ""),
        ("not judged", ""),
    ],
)
def test_grades_in_words(text: str, grade: str) -> None:
    assert grade_in(text) == grade


@pytest.mark.parametrize(
    ("cells", "grades"),
    [
        (["The impact of leaders on social work practice with", "children and families Good",
          "The experiences and progress of children who need help", "Requires improvement",
          "to be good", "and protection",
          f"{OFFICIAL['in_care']} Outstanding",
          f"{OFFICIAL['care_leavers']}", "Inadequate",
          "Overall effectiveness", "Requires improvement to be good"],
         {"leaders": "good", "help_protection": "requires improvement", "in_care": "outstanding",
          "care_leavers": "inadequate", "overall": "requires improvement"}),
        (["1. Children who need help and protection", "Require improvement",
          "2. Children looked after and achieving", "permanence", "Good",
          "2.1 Adoption performance Outstanding", "2.2 Experiences and progress of care leavers",
          "Not judged", "3. Leadership, management and", "governance", "Inadequate"],
         {"help_protection": "requires improvement", "in_care": "good", "adoption": "outstanding",
          "leaders": "inadequate"}),
        (["Plans are good."], {}),
    ],
)  # fmt: skip
def test_grades_of_tables(cells: list[str], grades: dict[str, str]) -> None:
    assert table_grades(cells) == grades


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The overall judgement is that children’s services require improvement",
         "requires improvement"),
        ("The overall judgement is good", "good"),
        ("Children’s services in Fenmoor are inadequate", "inadequate"),
        ("Children’s services in Fenmoor and Bellmoor require improvement to be good",
         "requires improvement"),
        ("Leaders are good. Children’s services in Fenmoor are outstanding.", "outstanding"),
        ("In 2012 services were judged to be adequate.", ""),
    ],
)  # fmt: skip
def test_the_stated_overall_grade(text: str, grade: str) -> None:
    assert stated_overall(text) == grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The effectiveness of the Local Safeguarding Children Board (LSCB) is inadequate",
         "inadequate"),
        ("The Local Safeguarding Children Board1 requires improvement", "requires improvement"),
        ("The LSCB is good because it is heard.", "good"),
        ("The Local Safeguarding Children Board has good links.", ""),
    ],
)  # fmt: skip
def test_the_boards_grade(text: str, grade: str) -> None:
    assert stated_lscb(text) == grade


@pytest.mark.parametrize(
    ("front", "framework"),
    [
        (["Fenmoor Council", *SIF_TITLE, "Inspection date: 1 May 2014"], "SIF"),
        (["Inspection of Fenmoor local authority children’s services", "Inspection dates: 1 May",
          "Lead inspector: Ada Bell"], "ILACS"),
        (["Fenmoor", "Inspection of children’s social care services", "Inspection dates: 1 May"],
         "ILACS"),
        (["Inspection of looked after children services", "Inspection dates: 1 May 2013",
          "Reporting inspector Ada Bell"], "other"),
        (["Inspection of children’s social care services praised", "Inspectors came in May."], ""),
        (["A new report has been published."], ""),
    ],
)  # fmt: skip
def test_frameworks(front: list[str], framework: str) -> None:
    assert framework_of(printed(*front)) == framework


@pytest.mark.parametrize(
    ("front", "council"),
    [
        (["1", "Fenmoor County Council", *SIF_TITLE], "Fenmoor County Council"),
        (["Royal Borough of Fenmoor and", "Bellmoor", *SIF_TITLE],
         "Royal Borough of Fenmoor and Bellmoor"),
        (["Inspection of Fenmoor, Bellmoor", "and Kelder local authority", "children’s services",
          "Inspection dates: 1 May"], "Fenmoor, Bellmoor and Kelder"),
        (["Inspection of Fenmoor’s children’s services"], "Fenmoor"),
        (["Inspection of looked after children services Fenmoor Council Inspection dates: 1 May"],
         "Fenmoor Council"),
    ],
)  # fmt: skip
def test_the_printed_council(front: list[str], council: str) -> None:
    assert printed_council(printed(*front)) == council


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["Lead inspector: Ada Bell, His Majesty’s Inspector"], "Ada Bell"),
        (["Lead inspector: Ada Bell HMI"], "Ada Bell"),
        (["Reporting inspector Ada Bell-Finch HMI", "Age group: All"], "Ada Bell-Finch"),
        (["Lead inspector: Máire O’Dowd", "Her Majesty’s Inspector", "Judgement Grade"],
         "Máire O’Dowd"),
        (["Lead inspectors: Ada Bell, His Majesty’s Inspector, and", "Jo Finch, His Majesty’s",
          "Inspector"], "Ada Bell;Jo Finch"),
        ([*["Plans are clear."] * 70, "Lead inspector: Ada Bell", "Deputy lead inspector: Jo Bell"],
         "Ada Bell"),
        (["Deputy inspectors met Ada Bell."], ""),
    ],
)  # fmt: skip
def test_lead_inspectors(lines: list[str], names: str) -> None:
    assert lead_inspector(printed(*lines)) == names


def test_other_dates_of_the_title_page() -> None:
    lines = printed(
        "Fenmoor Council", *SIF_TITLE, "Inspection date: 3 – 26 February 2015",
        "Report published: 21 April 2015", "The last inspection was in May 2012.",
    )  # fmt: skip
    assert inspection_period(lines) == ("2015-02-03", "2015-02-26")
    assert published(lines) == "2015-04-21"
    assert title(lines).endswith("Local Safeguarding Children Board")


def test_a_running_header_with_other_dates_is_not_read() -> None:
    lines = printed("Inspection of Fenmoor local authority children’s services",
                    "Inspection dates: 4 to 15 March 2019", "Lead inspector: Ada Bell",
                    "Published: 3 May")  # fmt: skip
    assert inspection_period(lines) == ("2019-03-04", "2019-03-15")
    assert published(lines) == ""


@pytest.mark.parametrize(
    ("heading", "notes"),
    [
        (f"{OFFICIAL['leaders']}: good", []),
        (f"{OFFICIAL['leaders']}: inadequate",
         ["leaders: the title page says good, a heading inadequate"]),
        (f"{OFFICIAL['in_care']}: requires improvement to be good.",
         ["in_care: the title page says good, a heading requires improvement"]),
        ("Inadequate services for care leavers", []),
        (f"{OFFICIAL['leaders']}", []),
    ],
)  # fmt: skip
def test_the_title_page_wins_and_a_contradiction_is_noted(heading: str, notes: list[str]) -> None:
    table = [row.format("Good") for row in ILACS_TABLE]
    found = report_grades(table, "", "", ["Summary", heading], "ILACS")
    assert set(found.grades.values()) == {"good"}
    assert found.notes == notes


def test_prose_before_the_table_does_not_grade() -> None:
    front = "Leaders were inadequate once. " + " ".join(r.format("Good") for r in ILACS_TABLE)
    found = report_grades([row.format("Good") for row in ILACS_TABLE], front, front, [], "ILACS")
    assert found.grades == dict.fromkeys(
        ("leaders", "help_protection", "in_care", "overall"), "good"
    )
