"""From printed lines to blocks, sections and sentences: made-up pages of both layouts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.layout.official import OFFICIAL
from pipeline.reading.characters import LINE_END_HYPHEN as CUT
from pipeline.reading.source import Line
from pipeline.structure.blocks import Block, BlockBuilder, usual_width
from pipeline.structure.headings import heading_section, known_heading
from pipeline.structure.hyphens import restore, restore_block, vocabulary
from pipeline.structure.lines import page_text, running_titles
from pipeline.structure.sections import assign_sections, mark_grade_table, mark_title_page
from pipeline.structure.sentences import split_spans
from pipeline.structure.text import lay_out

FOR_ADOPTION = "for adoption performance"
_BEFORE, _WHO, _AFTER = f"{OFFICIAL['help_protection']}: good".partition("who ")
# A heading as it stands on two lines.
BROKEN = (_BEFORE.strip(), _WHO + _AFTER)
FULL = "Social workers visit children at home and in school, know them well and write"
OPEN = "down what they say in plain words that parents too can follow without any help"
LAST = "from others."


def printed(*lines: str, page: int = 1) -> list[Line]:
    return [Line(text, page) for text in lines]


def blocks(lines: list[Line], width: int = 0) -> list[Block]:
    return BlockBuilder(lines, width or usual_width(lines)).build()


def shown(found: list[Block]) -> list[tuple[str, str, str]]:
    return [(block.kind, block.number, block.text) for block in found]


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Plans are clear. Visits are rare.", 2),
        ("Plans are clear! Are visits rare? They are.", 3),
        ("Dr. Finch and Cllr. Bell met Mrs. Pask on St. Mary Road.", 1),
        ("The chair, J. P. Oldcastle, left in May.", 1),
        ("Some help, e.g. Early Years advice, comes late.", 1),
        ("Help comes late, i.e. Not until May.", 1),
        ("See no. 4 and para. 12 for more.", 1),
        ("The answer was no. Nobody came.", 2),
        ("It costs £1.5 million, or 2.75 per cent. £3 was left.", 2),
        ("Leaders said “it works.” Nobody asked why.", 2),
        ("They asked: “Why us?” Leaders had no answer.", 2),
        ("Plans are clear (see page 3). Visits are rare.", 2),
        ("Plans are clear. (Visits are rare.)", 2),
        ("Improve plans. (recommendation 4)", 2),
        ("Plans are clear.Visits are rare now.", 2),
        ("The address is example.org and version 2.B holds.", 1),
        ("Plans are clear. 14 children had none.", 2),
        ("Plans are clear. and that is all.", 1),
        ("The U.K. Government agreed.", 1),
        ("No stop at the end", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: int) -> None:
    assert len(split(text)) == sentences


@given(st.text(alphabet="ab. AB?!’”()\n1£•", max_size=80))
def test_spans_cover_all_but_white_space(text: str) -> None:
    spans = split_spans(text)
    assert spans == sorted(spans)
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@pytest.mark.parametrize(
    ("left", "right", "elsewhere", "word"),
    [
        ("multi", "agency", "", "multi-agency"),
        ("super", "vision", "", "supervision"),
        ("stand", "ards", "", "standards"),
        ("friend", "ships", "", "friendships"),
        ("safe", "guarding", "safeguarding", "safeguarding"),
        ("co", "operate", "co-operate", "co-operate"),
        ("long", "standing", "", "long-standing"),
        ("mid", "point", "", "mid-point"),
        ("short", "term", "", "short-term"),
        ("16", "and", "", "16- and"),
        ("easy", "to-track", "", "easy-to-track"),
        ("day-to", "day", "", "day-to-day"),
        ("South", "West", "", "South-West"),
        ("over", "sight", "", "over-sight"),
        ("over", "sight", "oversight", "oversight"),
        ("2014", "15", "", "2014-15"),
    ],
)
def test_words_broken_at_a_lines_end(left: str, right: str, elsewhere: str, word: str) -> None:
    assert restore(left, right, vocabulary([elsewhere])) == word


def test_page_marks_move_with_restored_words() -> None:
    text, marks = restore_block(f"The super{CUT}vision of staff", [(0, 1), (10, 2), (17, 3)],
                                frozenset())  # fmt: skip
    assert text == "The supervision of staff"
    assert marks[0] == (0, 1)
    assert text[marks[2][0] :] == "of staff"


@given(st.text(alphabet=f"ab- {CUT}1", max_size=40))
def test_no_mark_of_a_broken_word_is_left(text: str) -> None:
    whole, _ = restore_block(text, [(0, 1)], frozenset())
    assert CUT not in whole


def running(number: int, body: list[str]) -> list[Line]:
    title = "Inspection of Fenmoor children’s services"
    return printed(title, *body, f"{title} | page {number}", str(number), page=number)


def test_running_titles_and_page_numbers_go() -> None:
    words = ["Plans", "Visits", "Reviews", "Homes", "Schools"]
    lines = [
        line
        for number, word in enumerate(words, 1)
        for line in running(number, [f"{word} are first.", f"{word} are rare.", "This is known.",
                                     f"{word} come late.", f"{word} are last."])
    ]  # fmt: skip
    kept = [line.text for line in page_text(lines).lines]
    assert kept[:5] == ["Plans are first.", "Plans are rare.", "This is known.", "Plans come late.",
                        "Plans are last."]  # fmt: skip
    assert len(kept) == 25


def test_a_line_of_two_pages_is_no_running_title() -> None:
    pages = {1: printed("Summary", "a"), 2: printed("Summary", "b"), 3: printed("c")}
    assert running_titles(pages) == set()


@pytest.mark.parametrize(
    ("page", "body", "notes"),
    [
        (["Plans are clear.1 Visits are rare.", "1 Figures of the council."],
         ["Plans are clear. Visits are rare."], ["Figures of the council."]),
        (["The board1 met.", "1", "A body that meets."], ["The board met."],
         ["A body that meets."]),
        (["Special schools 1, of whom two", "1 Schools that are special."],
         ["Special schools, of whom two"], ["Schools that are special."]),
        (["Plans1 and visits2 are rare.", "1 Written ones.", "2 Seen ones."],
         ["Plans and visits are rare."], ["Written ones.", "Seen ones."]),
        (["Visits fell from 1 a week.", "1 April was the worst day."],
         ["Visits fell from 1 a week.", "1 April was the worst day."], []),
        (["Nothing has a mark.", "1 Example Street"],
         ["Nothing has a mark.", "1 Example Street"], []),
        (["Grades:1", "2.1 Adoption Good", "1 As of May."], ["Grades:", "2.1 Adoption Good"],
         ["As of May."]),
    ],
)  # fmt: skip
def test_footnotes_are_split_off_with_their_marks(
    page: list[str], body: list[str], notes: list[str]
) -> None:
    found = page_text(printed(*page))
    assert [line.text for line in found.lines] == body
    assert [line.text for line in found.footnotes] == notes


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([FULL, OPEN, LAST, "Leaders know this."],
         [("paragraph", "", f"{FULL} {OPEN} {LAST}"), ("paragraph", "", "Leaders know this.")]),
        (["1. Plans are clear.", "2. Visits are rare."],
         [("paragraph", "1", "Plans are clear."), ("paragraph", "2", "Visits are rare.")]),
        (["1. " + FULL, "2019. Plans were", "clear."],
         [("paragraph", "1", f"{FULL} 2019. Plans were clear.")]),
        (["• plans", "• visits to", "children", "– their homes"],
         [("bullet", "", "plans"), ("bullet", "", "visits to children"),
          ("bullet", "", "their homes")]),
        (["What needs to improve", "• The plans.", *BROKEN, "1. Help comes early."],
         [("heading", "", "What needs to improve"), ("bullet", "", "The plans."),
          ("heading", "", " ".join(BROKEN)), ("paragraph", "1", "Help comes early.")]),
        ([FULL, OPEN, "Recommendations", "1. Write plans."],
         [("paragraph", "", f"{FULL} {OPEN}"), ("heading", "", "Recommendations"),
          ("paragraph", "1", "Write plans.")]),
        ([FULL, "recommendations are in hand and some of them have been carried out already by",
          "the council."],
         [("paragraph", "", f"{FULL} recommendations are in hand and some of them have been carried"
           " out already by the council.")]),
        ([FULL, OPEN, "from others. Leaders say so.",
          "Leadership, management and governance require improvement.", "Inspection findings",
          "1. Leaders are new."],
         [("paragraph", "", f"{FULL} {OPEN} from others. Leaders say so."),
          ("paragraph", "", "Leadership, management and governance require improvement."),
          ("heading", "", "Inspection findings"),
          ("paragraph", "1", "Leaders are new.")]),
        (["1. Ensure that plans are clear (paragraph 12)", "Workforce", "2. Recruit staff."],
         [("paragraph", "1", "Ensure that plans are clear (paragraph 12)"),
          ("heading", "", "Workforce"), ("paragraph", "2", "Recruit staff.")]),
        (["• In all:", "Table 1: Children by age", "0 to 4 27% 26%", "Source: the council", FULL,
          LAST],
         [("bullet", "", "In all:"), ("table", "", "Table 1: Children by age"),
          ("table", "", "0 to 4 27% 26%"), ("table", "", "Source: the council"),
          ("paragraph", "", f"{FULL} {LAST}")]),
        (["Table 1 shows how plans improved over the two years since the inspection of the", LAST],
         [("paragraph", "", "Table 1 shows how plans improved over the two years since the "
           f"inspection of the {LAST}")]),
        ([FULL, "in 2014–", "15 and/", "or 2015."],
         [("paragraph", "", f"{FULL} in 2014–15 and/or 2015.")]),
        (["22. Leaders are new.", "The Office for Standards in Education, Children’s Services and "
          "Skills is", "here."],
         [("paragraph", "", "22. Leaders are new."),
          ("paragraph", "", "The Office for Standards in Education, Children’s Services and Skills "
           "is here.")]),
    ],
)  # fmt: skip
def test_lines_become_blocks(lines: list[str], expected: list[tuple[str, str, str]]) -> None:
    assert shown(blocks(printed(*lines), 78)) == expected


def test_a_numbered_paragraph_goes_on_over_pages() -> None:
    lines = [*printed(f"1. {FULL}", page=1), *printed(OPEN, LAST, "2. Next.", page=2)]
    first, second = blocks(lines)
    assert (first.number, first.text) == ("1", f"{FULL} {OPEN} {LAST}")
    assert [first.page_at(0), first.page_at(len(FULL) + 1), second.page_at(0)] == [1, 2, 2]


def test_a_word_cut_at_a_pages_end_is_joined() -> None:
    lines = [*printed(f"Plans need multi{CUT}", page=1), *printed("agency work.", page=2)]
    assert blocks(lines)[0].text == f"Plans need multi{CUT}agency work."


def test_contents_pages_end_with_their_page() -> None:
    contents = printed(
        "Contents", "Summary 2", "Leadership, management", "and governance 9", page=2
    )
    found = blocks([*contents, *printed("Summary", "Plans are clear.", page=3)])
    assert [block.kind for block in found] == [
        "heading", "contents", "contents", "contents", "heading", "paragraph",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "tables"),
    [
        (["Judgement Grade", "The impact of leaders on social work practice with", "children and",
          "families Good", f"{OFFICIAL['help_protection']}",
          "Requires improvement", "to be good", f"{OFFICIAL['in_care']}",
          "and care leavers", "Good", "Overall effectiveness", "Good", "Children are safe."], 12),
        (["1. Children who need help and protection Good", "2. Children looked after and achieving",
          "permanence", "Good", "2.1 Adoption performance Inadequate",
          "3. Leadership, management and", "governance Requires improvement",
          "Children are safe."], 7),
        (["Overall effectiveness is not what it was.", "Adoption performance", "has fallen."], 0),
    ],
)  # fmt: skip
def test_the_grade_table_is_marked_whole(lines: list[str], tables: int) -> None:
    marked = mark_grade_table(printed(*lines))
    assert [line.role for line in marked].count("table") == tables
    assert marked[-1].role == "line"


def test_the_title_page_is_no_sentence() -> None:
    lines = printed("Fenmoor Council", "Inspection date: 1 May 2014", "Report published: May 2014",
                    "Children are safe.")  # fmt: skip
    assert [line.role for line in mark_title_page(lines)] == ["heading"] * 3 + ["line"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("What needs to improve?", "improve"),
        ("What needs to improve in this local authority area", "improve"),
        ("Areas for improvement:", "improve"),
        ("Areas for priority and immediate action", "improve"),
        ("Summary of key findings", "summary"),
        ("Section 1: the local authority - summary of findings", "summary"),
        ("This local authority is good because", "summary"),
        ("The experience and progress of children in care and care leavers: good", "in_care"),
        (f"{OFFICIAL['in_care']}: inadequate", "in_care"),
        ("Children in care: good", "in_care"),
        (f"{OFFICIAL['care_leavers']} is outstanding", "care_leavers"),
        (f"{OFFICIAL['judged_leavers']} is that it is "
         "good", "care_leavers"),
        (f"The graded judgment {FOR_ADOPTION} is requires improvement", "in_care"),
        ("Leadership, management and governance Inadequate", "leaders"),
        (f"{OFFICIAL['leaders']}: requires "
         "improvement to be good.", "leaders"),
        ("Key strengths and weaknesses of the FSCB", "lscb"),
        ("The Local Safeguarding Children Board (LSCB) requires improvement", "lscb"),
        ("Inspection findings ─ the Local Safeguarding Children Board", "lscb"),
        ("Inspection findings – the Local Safeguarding Children Board", "lscb"),
        ("Information about this local authority area3", "info"),
        ("Information about the inspection and the review", "info"),
        ("Summary", "keep"),
        ("Care leavers", None),
        ("Children in care", None),
        ("Our leaders", None),
        ("The experiences and progress of children in Fenmoor", None),
    ],
)  # fmt: skip
def test_headings_and_their_sections(heading: str, section: str | None) -> None:
    assert heading_section(heading) == section


def test_the_longest_heading_wins() -> None:
    lines = printed("Leadership, management and", "governance", "Good", "1. Leaders are new.")
    assert known_heading(lines) == (3, "Leadership, management and governance Good")


def sections(framework: str, *lines: str) -> list[tuple[str, str]]:
    found = assign_sections(blocks(mark_grade_table(printed(*lines)), 78), framework)
    return [(block.section, block.text) for block in found if block.kind in ("paragraph", "bullet")]


def test_sections_of_the_newer_layout() -> None:
    assert sections(
        "ILACS",
        f"{OFFICIAL['leaders']} Good",
        f"{OFFICIAL['help_protection']} Good",
        f"{OFFICIAL['in_care_and_leavers']} Good",
        "Overall effectiveness Good",
        "Help is good.",
        "What needs to improve",
        "• The plans.",
        f"{OFFICIAL['help_protection']}: good",
        "1. Help comes early.",
        "Help for young people on the edge of care",
        "2. It is in short supply.",
        f"{OFFICIAL['leaders']}: good",
        "3. Leaders are new.",
        "The Office for Standards in Education, Children’s Services and Skills inspects.",
        "4. Leaders of schools are elsewhere.",
    ) == [
        ("summary", "Help is good."),
        ("improve", "The plans."),
        ("help_protection", "Help comes early."),
        ("help_protection", "It is in short supply."),
        ("leaders", "Leaders are new."),
        ("info", "The Office for Standards in Education, Children’s Services and Skills inspects."),
        ("info", "Leaders of schools are elsewhere."),
    ]


def test_sections_of_the_older_layout() -> None:
    assert sections(
        "SIF",
        "The effectiveness of the Local Safeguarding Children Board (LSCB) is good",
        "The board is heard.",
        "Summary of key findings",
        "1. Help is good.",
        "Leadership, management and governance",
        "2. Leaders are new.",
        "Areas for improvement",
        "Adoption",
        "3. Match children sooner.",
        "4. The local authority has the following strengths:",
        "5. Visits are frequent.",
        "Children living in this area",
        "• There are 40 homes.",
        f"{OFFICIAL['permanence']}",
        "Good",
        "Summary",
        "Children have homes.",
        f"The graded judgement {FOR_ADOPTION} is that it is good",
        "6. Adopters wait.",
        "Leadership, management and governance",
        "Inspection findings",
        "7. Leaders stay.",
        "What the inspection judgements mean",
        "The LSCB",
        "An outstanding board is heard.",
        "The Local Safeguarding Children Board",
        "Executive summary",
        "8. The board has met.",
        "Recommendations",
        "9. Meet more.",
        "Inspection findings – the Local Safeguarding Children Board",
        "10. The board is small.",
    ) == [
        ("lscb", "The board is heard."),
        ("summary", "Help is good."),
        ("summary", "Leaders are new."),
        ("improve", "Match children sooner."),
        ("summary", "Visits are frequent."),
        ("info", "There are 40 homes."),
        ("in_care", "Children have homes."),
        ("in_care", "Adopters wait."),
        ("leaders", "Leaders stay."),
        ("info", "An outstanding board is heard."),
        ("lscb", "The board has met."),
        ("improve", "Meet more."),
        ("lscb", "The board is small."),
    ]


@pytest.mark.parametrize(
    ("framework", "lines", "expected"),
    [
        ("ILACS", ["Help is good.", "Next steps", "Leaders are new."], ["other", "other"]),
        ("other", ["About us", "Areas for improvement", "1. Write plans."], ["other"]),
    ],
)
def test_findings_of_an_unknown_layout_are_other(
    framework: str, lines: list[str], expected: list[str]
) -> None:
    assert [section for section, _ in sections(framework, *lines)] == expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Block("bullet", "The plans", section="improve", pages=[(0, 3)]), ["The plans"]),
        (Block("paragraph", "The plans", section="improve", pages=[(0, 3)]), ["The plans"]),
        (Block("paragraph", "Fiction House", section="info", pages=[(0, 3)]), []),
        (Block("paragraph", "Write to a@b.example now. Help is here.", section="info",
               pages=[(0, 3)]), ["Help is here."]),
        (Block("paragraph", "See www.b.example for more.", section="improve", pages=[(0, 3)]),
         ["See www.b.example for more."]),
        (Block("heading", "Leaders", section="improve", pages=[(0, 3)]), []),
        (Block("table", "0 to 4 27%.", section="improve", pages=[(0, 3)]), []),
        (Block("paragraph", "Write plans. (recommendation 3)", section="improve", pages=[(0, 3)]),
         ["Write plans."]),
        (Block("paragraph", "Good", section="improve", pages=[(0, 3)]), []),
        (Block("paragraph", "Good work is done.", section="improve", pages=[(0, 3)]),
         ["Good work is done."]),
    ],
)  # fmt: skip
def test_what_counts_as_a_sentence(block: Block, expected: list[str]) -> None:
    text, sentences = lay_out([block])
    assert [sentence.text for sentence in sentences] == expected
    assert block.text in text


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["paragraph", "bullet", "heading"]),
            st.text(alphabet="Ab. \n’•", min_size=1, max_size=40).filter(str.strip),
            st.sampled_from(["", "7"]),
        ),
        max_size=6,
    )
)
def test_every_sentence_is_found_at_its_place(drawn: list[tuple[str, str, str]]) -> None:
    made = [
        Block("bullet" if kind == "bullet" else "paragraph", text.strip(), number, "leaders",
              pages=[(0, 1)])
        for kind, text, number in drawn
    ]  # fmt: skip
    text, sentences = lay_out(made)
    assert all(text[s.start : s.end] == s.text for s in sentences)
    ends = [0, *(s.end for s in sentences)]
    assert all(end <= s.start for end, s in zip(ends, sentences, strict=False))
