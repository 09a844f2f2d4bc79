"""The facts of press texts: title, date, publisher, kind and the lines that are not furniture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.kind import press_kind
from pipeline.facts.press import (
    body_lines,
    is_council,
    is_newspaper,
    press_date,
    press_publisher,
    press_title,
)
from pipeline.reading.source import Line, Source

LEAD = (
    "Children in Fenmoor are safer than they were four years ago, inspectors have said in a report "
    "that praises the staff of the council and asks for clearer plans."
)


def source(*lines: str, **meta: str) -> Source:
    return Source("text", [Line(text, 1, "paragraph") for text in lines], 1, meta)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (source("Anything", title="Services improve"), "Services improve"),
        (source("Services improve", "27 April 2016", LEAD), "Services improve"),
        (source("Home", "Image of the town hall", "Services improve", LEAD), "Services improve"),
        (source("27 April 2016", "Services improve", LEAD), "Services improve"),
        (source("date 2024-07-12 Services have improved. (Photo by Ada Bell)", LEAD),
         "Services have improved."),
        (source(LEAD, LEAD), ""),
        (source(LEAD, "Inspectors came in May.", LEAD), ""),
    ],
)  # fmt: skip
def test_titles(page: Source, title: str) -> None:
    assert press_title(page) == title


@pytest.mark.parametrize(
    ("page", "published"),
    [
        (source("x", published="2016-04-27"), "2016-04-27"),
        (source("Services improve", "27 April 2016", LEAD), "2016-04-27"),
        (source("Services improve", "Published: Wednesday 27th April 2016", LEAD), "2016-04-27"),
        (source("date 2024-07-12 Services have improved and more is said here than in a byline."),
         "2024-07-12"),
        (source("Services improve", LEAD, "Last updated on 27/04/2016"), "2016-04-27"),
        (source("Services improve", f"On 27 April 2016 the council met. {LEAD}"), ""),
        (source("Services improve", "April 2016", LEAD), ""),
        (source("Services improve", *[LEAD] * 40, "27 April 2016", *[LEAD] * 40), ""),
    ],
)  # fmt: skip
def test_dates_of_publication(page: Source, published: str) -> None:
    assert press_date(page) == published


@pytest.mark.parametrize(
    ("page", "kind", "publisher"),
    [
        (source("x", publisher="Fenmoor Echo"), "news", "Fenmoor Echo"),
        (source("Fenmoor County Council is pleased.", "Fenmoor County Council will go on.",
                "It met Kent County Council."), "press_release", "Fenmoor County Council"),
        (source("London Borough of Fenmoor’s services are good."), "press_release",
         "London Borough of Fenmoor"),
        (source("Our services are good."), "press_release", ""),
        (source("“It is late,” she told the Fenmoor Echo."), "news", "Fenmoor Echo"),
        (source("“It is late,” she told the Children’s Committee."), "news", ""),
        (source("Fenmoor County Council is in the news."), "news", ""),
    ],
)  # fmt: skip
def test_publishers(page: Source, kind: str, publisher: str) -> None:
    assert press_publisher(page, kind) == publisher


@pytest.mark.parametrize(
    ("name", "council", "newspaper"),
    [
        ("Fenmoor Borough Council", True, False),
        ("London Borough of Fenmoor", True, False),
        ("City of Fenmoor", True, False),
        ("The Fenmoor Echo", False, True),
        ("The Borough News", False, True),
        ("BBC", False, True),
        ("Fenmoor Together", False, False),
    ],
)
def test_kinds_of_publishers(name: str, council: bool, newspaper: bool) -> None:
    assert (is_council(name), is_newspaper(name)) == (council, newspaper)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (source(LEAD, "Hide Ad", "Our reporter was there."), "news"),
        (source(LEAD, "By Ada Bell, local democracy reporter"), "news"),
        (source(LEAD, "Our children’s services are good.", "Notes to editors"), "press_release"),
        (source(LEAD, "“I am delighted,” she said.", "View all news"), "press_release"),
        (source(LEAD, "I am delighted.", publisher="Fenmoor Echo"), "news"),
        (source(LEAD, "Opposition leader Jo Finch spoke.", publisher="Fenmoor Borough Council"),
         "press_release"),
        (source(LEAD), "news"),
    ],
)  # fmt: skip
def test_releases_and_news(page: Source, kind: str) -> None:
    assert press_kind(page) == kind


@pytest.mark.parametrize(
    "line",
    [
        "Hide Ad", "Advertisement", "Share this article", "Read more: Roadworks begin", "Home",
        "Accept all cookies", "This site uses cookies to work.", "Published on 27 April 2016",
        "27 April 2016", "(Photo by Ada Bell)", "By Ada Bell", "Report by Ada Bell",
        "Ada Bell, education correspondent", "Image of the town hall", "12", "ENDS", "***",
        "Media enquiries: 01234 567890", "press@fenmoor.example", "https://fenmoor.example/news",
        "© Fenmoor Council 2024", "The town hallThe town hall",
    ],
)  # fmt: skip
def test_furniture_goes(line: str) -> None:
    page = source("Services improve", LEAD, line, "They will go on.")
    assert [kept.text for kept in body_lines(page)] == [
        "Services improve",
        LEAD,
        "They will go on.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Share this view, and you will want more homes.",
        "They read more to children than they did.",
        "By May, nobody waited.",
        "Report after report has said so.",
        "Home is where they want to be.",
        "The council published its plan in April 2016 and has kept to it.",
        "Notes to editors",
        "Cookies and milk were served.",
    ],
)
def test_prose_that_looks_like_furniture_stays(line: str) -> None:
    page = source("Services improve", LEAD, line, "They will go on.")
    assert line in [kept.text for kept in body_lines(page)]


@pytest.mark.parametrize(
    ("before", "kept"), [(12, False), (2, True)], ids=["at the end", "near the beginning"]
)
def test_a_tail_of_links_ends_the_text(before: int, kept: bool) -> None:
    prose = [f"Sentence {'abcdefghijkl'[number]} is here." for number in range(before)]
    page = source(
        *prose, "Most popular", "Roadworks begin on Monday", *([LEAD] * 6 if kept else [])
    )
    texts = [line.text for line in body_lines(page)]
    assert texts[:before] == prose
    assert ("Roadworks begin on Monday" in texts) is kept


@given(st.lists(st.text(min_size=1, max_size=60), max_size=20))
def test_the_body_is_part_of_the_page(lines: list[str]) -> None:
    page = source(*lines)
    kept = [line.text for line in body_lines(page)]
    assert len(kept) <= len(lines)
    assert all(any(text in line for line in lines) for text in kept)
