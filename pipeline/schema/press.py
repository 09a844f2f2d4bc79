"""Tables of press texts beside the reports that they are about, and of readability by group."""

from pipeline.schema.coding import DOCUMENTS, READABILITY, SENTENCES
from pipeline.schema.columns import FRAMEWORKS, GRADES, Column, Table

DIRECTIONS = ("weakness", "strength")
LINKED_BY = ("date", "words", "dates")
UNLINKED = (
    "repeats_another", "no_council", "no_report", "undated", "ambiguous", "before_reports",
    "too_late", "no_evidence",
)  # fmt: skip
NAMED_DATES = ("start", "end", "published", "month")
ALL_FRAMEWORKS = "all"
READABILITY_GROUPINGS = ("doc_type", "framework", "grade", "year", "council")
READABILITY_MEASURES = tuple(c.name for c in READABILITY.columns if c.kind == "float")

_PRESS_ID = Column("press_id", "string", "The press text (documents.doc_id)", True)
_REPORT_ID = Column("report_id", "string", "The report that it is about (documents.doc_id)", True)
_COUNCIL = DOCUMENTS.select("", "", ["council"]).columns[0]
_PRESS_FACTS = DOCUMENTS.select("", "", ["council", "doc_type", "published"]).columns


def _count(name: str, meaning: str, unit: str = "sentences") -> Column:
    return Column(name, "int", meaning, True, unit=unit)


def _share(name: str, meaning: str) -> Column:
    return Column(name, "float", meaning, unit="0 to 1")


def _taken_up(direction: str, plural: str) -> tuple[Column, ...]:
    """Return the columns that count what is taken up, by sentence and by point."""
    return (
        _count(f"report_{plural}", f"Sentences of the report coded {direction} or mixed"),
        _count(f"{plural}_taken_up", "Those with a counterpart in the press text"),
        _share(f"{plural}_share", f"{plural}_taken_up / report_{plural}; empty without any"),
        _count(f"{direction}_points", "Those sentences without repetition: what the summary, the "
               "areas for improvement and a section say alike is one point", "points"),
        _count(f"{direction}_points_taken_up", "Points of which some sentence is taken up",
               "points"),
        _share(f"{direction}_points_share",
               f"{direction}_points_taken_up / {direction}_points; empty without any"),
        _count(f"press_{plural}", f"Sentences of the press text coded {direction} or mixed"),
    )  # fmt: skip


PRESS_LINKS = Table(
    "press_links",
    "a press text and the report that it is about, or the reason why none was found",
    ("press_id",),
    (
        _PRESS_ID,
        *_PRESS_FACTS,
        Column("title", "string", "Title as printed"),
        Column("report_id", "string", "The report that it is about; empty where none was found"),
        Column("report_published", "date", "Date of the report's publication"),
        Column("days", "int", "Days from the report's publication to the text's", unit="days"),
        Column("linked_by", "string", "What linked it: `date` (the nearest report before it), or, "
               "for a text without date, the report's `words` or the inspection's `dates`",
               allowed=LINKED_BY),
        Column("grades", "codes", "Grades that the text states, of any inspection"),
        Column("grade_agrees", "bool", "Whether the report's overall grade is among them; empty "
               "where the text or the report states none"),
        Column("dates", "codes", "Dates of the inspection that the text names: start, end, "
               "published, or month (the month alone)"),
        Column("own_words", "int", "Words in runs of six or more that the text shares with this "
               "report and with no other of the corpus", unit="words"),
        Column("reason", "string", "Why it was not linked", allowed=UNLINKED),
        Column("detail", "string", "The reason in words"),
    ),
)  # fmt: skip

PRESS_MATCHES = Table(
    "press_matches",
    "a finding of a report that its press text takes up",
    ("press_id", "direction", "report_sentence"),
    (
        _PRESS_ID,
        _REPORT_ID,
        Column("direction", "string", "Whether weaknesses or strengths were compared", True,
               DIRECTIONS),
        Column("report_sentence", "string", "The report's sentence (sentences.sentence_id)", True),
        Column("press_sentence", "string", "Its likest counterpart in the press text", True),
        Column("score", "float", "Likeness, raised by themes in common; at least "
               "press.least_weakness or press.least_strength",
               True, unit="0 to 2"),
        Column("likeness", "float", "Likeness of the words alone", True, unit="0 to 1"),
        Column("common_themes", "codes", "Themes that both have, joined with `;`"),
        Column("source", "string", "Who makes the assertion in the press text", True,
               SENTENCES.select("", "", ["source"]).columns[0].allowed),
    ),
)  # fmt: skip

PRESS_PAIRS = Table(
    "press_pairs",
    "a press text that is linked to its report",
    ("press_id",),
    (
        _PRESS_ID,
        _REPORT_ID,
        *_PRESS_FACTS,
        Column("overall", "string", "The report's overall grade", allowed=GRADES),
        _count("press_sentences", "Sentences of the press text"),
        _count("by_council", "Those in which the council speaks"),
        _count("by_inspectorate", "Those in which the inspectorate speaks"),
        _count("by_author", "Those in which the writer speaks"),
        _count("by_other", "Those in which somebody else speaks"),
        _share("council_share", "by_council / (by_council + by_inspectorate); empty without any"),
        _count("findings_by_council", "Findings of the press text that the council asserts"),
        _count("findings_by_inspectorate", "Findings that the inspectorate asserts"),
        *_taken_up("weakness", "weaknesses"),
        _share("weakness_points_low", "Lower end of the Wilson interval of weakness_points_share"),
        _share("weakness_points_high", "Upper end of that interval"),
        *_taken_up("strength", "strengths"),
        _share("strength_points_low", "Lower end of the Wilson interval of strength_points_share"),
        _share("strength_points_high", "Upper end of that interval"),
        _share("report_weakness_share", "(weaknesses + mixed / 2) / findings of the report"),
        _share("press_weakness_share", "The same of the press text"),
        Column("share_difference", "float", "press_weakness_share - report_weakness_share",
               unit="-1 to 1"),
        Column("share_difference_low", "float", "Lower end of Newcombe's interval of the "
               "difference, paragraphs as clusters", unit="-1 to 1"),
        Column("share_difference_high", "float", "Upper end of that interval", unit="-1 to 1"),
    ),
)  # fmt: skip

PRESS_COVERAGE = Table(
    "press_coverage",
    "a press text that is linked to its report, and a theme",
    ("press_id", "theme"),
    (
        _PRESS_ID,
        _REPORT_ID,
        _COUNCIL,
        Column("theme", "string", "Theme code of the codebook", True),
        *_taken_up("weakness", "weaknesses"),
        *_taken_up("strength", "strengths"),
    ),
)

PRESS_OMISSIONS = Table(
    "press_omissions",
    "a weakness of a report that its press text leaves out",
    ("press_id", "sentence_id"),
    (
        _PRESS_ID,
        _REPORT_ID,
        _COUNCIL,
        *SENTENCES.select(
            "", "",
            ["sentence_id", "section", "paragraph", "page", "start", "end", "text", "polarity",
             "themes"],
        ).columns,
        Column("point", "string", "The sentence that first states the same weakness: an area for "
               "improvement, a summary's sentence, or itself", True),
        Column("point_taken_up", "bool", "Whether another sentence of that point is taken up",
               True),
        Column("theme_in_press", "bool", "Whether the press text has some weakness on one of the "
               "sentence's themes", True),
        Column("nearest", "string", "The press text's likest sentence of weakness, if it has any"),
        Column("score", "float", "Its score, below press.least_weakness", unit="0 to 2"),
    ),
)  # fmt: skip

READABILITY_GROUPS = Table(
    "readability_groups",
    "a group of documents and a measure of readability",
    ("grouping", "doc_type", "framework", "group", "measure"),
    (
        Column("grouping", "string", "What groups the documents", True, READABILITY_GROUPINGS),
        *DOCUMENTS.select("", "", ["doc_type"]).columns,
        Column("framework", "string", "Inspection framework; `all` where none sets them apart",
               True, (*FRAMEWORKS, ALL_FRAMEWORKS)),
        Column("group", "string", "Kind of document, framework, overall grade (of a press text: "
               "that of its report), year of publication, or council", True),
        Column("measure", "string", "Column of `readability`", True, READABILITY_MEASURES),
        _count("documents", "Documents that have the measure", "documents"),
        _count("councils", "Councils that they are about", "councils"),
        Column("mean", "float", "Mean of the documents", True),
        Column("mean_low", "float", "Lower end of the interval of the mean, councils as clusters; "
               "empty under three councils"),
        Column("mean_high", "float", "Upper end of that interval"),
        Column("sd", "float", "Standard deviation between documents; empty for one"),
        Column("median", "float", "Median", True),
        Column("lowest", "float", "Lowest document", True),
        Column("highest", "float", "Highest document", True),
    ),
)  # fmt: skip

PRESS_TABLES = (
    PRESS_LINKS, PRESS_PAIRS, PRESS_COVERAGE, PRESS_OMISSIONS, PRESS_MATCHES, READABILITY_GROUPS,
)  # fmt: skip
