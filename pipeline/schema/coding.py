"""Tables of what was read and how it was coded: documents, sentences, findings, themes."""

from dataclasses import replace

from pipeline.schema.columns import (
    DOC_TYPES,
    FRAMEWORKS,
    GRADES,
    MODEL,
    POLARITIES,
    PRESS_SECTIONS,
    REPORT_SECTIONS,
    SOURCES,
    Column,
    Table,
)


def _grade(name: str, meaning: str) -> Column:
    return Column(name, "string", f"Grade for {meaning}, as printed in the report", allowed=GRADES)


def _probability(code: str) -> Column:
    meaning = f"Probability that the sentence is coded `{code}`"
    return Column(f"p_{code}", "float", meaning, True, unit="0 to 1")


DOCUMENTS = Table(
    "documents",
    "a document that was read",
    ("doc_id",),
    (
        Column("doc_id", "string", "Name of the document in every table", True),
        Column("file", "string", "Path below the corpus folder", True),
        Column("sha256", "string", "SHA-256 of the file's bytes", True),
        Column("council", "string", "Official name of the council; as printed if not resolved"),
        Column("council_method", "string", "How the council's name was resolved",
               allowed=("registry", "exact", "synonym", "former", "fuzzy", "unresolved")),
        Column("gss_code", "string", "ONS GSS code of the council"),
        Column("la_code", "string", "Local authority code of the Department for Education"),
        Column("region", "string", "Region of England"),
        Column("doc_type", "string", "Kind of document", True, DOC_TYPES),
        Column("framework", "string", "Inspection framework; empty for press", allowed=FRAMEWORKS),
        Column("title", "string", "Title as printed"),
        Column("publisher", "string", "Who published the document"),
        Column("published", "date", "Date of publication"),
        Column("start_date", "date", "First day of the inspection"),
        Column("end_date", "date", "Last day of the inspection"),
        Column("lead_inspector", "string", "Lead inspector; several are joined with `;`"),
        _grade("overall", "overall effectiveness"),
        _grade("leaders",
               "the impact of leaders (ILACS) or leadership, management and governance (SIF)"),
        _grade("help_protection", "children who need help and protection"),
        _grade("in_care",
               "children in care (ILACS before 2023: and care leavers; SIF: looked after)"),
        _grade("care_leavers", "care leavers"),
        _grade("adoption", "adoption performance (SIF)"),
        _grade("lscb", "the local safeguarding children board (SIF)"),
        Column("pages", "int", "Pages; 1 for files without pages", True, unit="pages"),
        Column("words", "int", "Words in the sentences", True, unit="words"),
        Column("sentences", "int", "Sentences", True, unit="sentences"),
        Column("findings", "int", "Sentences coded strength, weakness or mixed", True,
               unit="sentences"),
        Column("duplicate_of", "string", "doc_id of the document that this one repeats"),
        Column("url", "string", "Public address, where the registry gives one"),
        Column("licence", "string", "Licence, where the registry gives one"),
        Column("notes", "string", "What was unclear or contradictory, joined with `;`"),
    ),
)  # fmt: skip

REJECTED = Table(
    "rejected",
    "a file that could not be read",
    ("file",),
    (
        Column("file", "string", "Path below the corpus folder", True),
        Column("sha256", "string", "SHA-256 of the file's bytes; empty if they could not be read"),
        Column("reason", "string", "Short code of the fault", True),
        Column("detail", "string", "What was found and what to do about it", True),
    ),
)

SENTENCES = Table(
    "sentences",
    "a sentence",
    ("sentence_id",),
    (
        Column("sentence_id", "string", "doc_id, a hyphen and the sentence's number", True),
        Column("doc_id", "string", "The document (documents.doc_id)", True),
        Column("section", "string", "Section of the report or part of the press text", True,
               REPORT_SECTIONS + PRESS_SECTIONS),
        Column("heading", "string", "Last heading above the sentence, as printed"),
        Column("paragraph", "string", "Printed number of the paragraph; empty where it has none"),
        Column("block", "int", "Number of the paragraph in the document, from 1", True),
        Column("bullet", "bool", "Whether the sentence stands in a bullet", True),
        Column("page", "int", "Page on which the sentence begins, from 1", True),
        Column("start", "int", "First character in text/<doc_id>.txt", True, unit="code points"),
        Column("end", "int", "Character after the last one", True, unit="code points"),
        Column("text", "string", "The sentence: text[start:end] of the cleaned text", True),
        Column("polarity", "string", "Strength, weakness, mixed or none", True, POLARITIES),
        Column("confidence", "float", "Probability of the polarity that the model gave", True,
               unit="0 to 1"),
        *(_probability(code) for code in POLARITIES),
        Column("source", "string", "Who makes the assertion", True, SOURCES),
        Column("speaker", "string", "Name and role as printed, for quoted or reported speech"),
        Column("themes", "codes", "Theme codes, most prominent first, joined with `;`"),
        Column("evidence", "codes", "Words that carried the polarity, joined with `;`; empty "
               "where people gave another than the model"),
        Column("coder", "codes", f"Who decided the polarity: `{MODEL}`, or the people who gave "
               "it, joined with `;`", True),
    ),
)  # fmt: skip

CLEAN_DOCUMENTS = DOCUMENTS.select(
    "documents", "a document that was read, before coding",
    [name for name in DOCUMENTS.names if name != "findings"],
)  # fmt: skip

CLEAN_SENTENCES = SENTENCES.select(
    "sentences", "a sentence, before coding",
    ["sentence_id", "doc_id", "section", "heading", "paragraph", "block", "bullet", "page",
     "start", "end", "text", "source", "speaker"],
)  # fmt: skip

POLARITY = SENTENCES.select(
    "polarity", "a sentence's polarity",
    ["sentence_id", "polarity", "confidence", *(f"p_{c}" for c in POLARITIES), "evidence"],
)  # fmt: skip

THEME_READINGS = Table(
    "theme_readings",
    "a finding that the encoder read and a theme that it considers",
    ("sentence_id", "theme"),
    (
        *SENTENCES.select("", "", ["sentence_id"]).columns,
        Column("theme", "string", "Theme code that the encoder was trained with", True),
        Column("probability", "float", "The encoder's probability of the theme", True,
               unit="0 to 1"),
    ),
)  # fmt: skip

FINDINGS = Table(
    "findings",
    "a sentence that is a strength, a weakness or mixed",
    SENTENCES.key,
    SENTENCES.columns
    + DOCUMENTS.select(
        "", "", ["council", "framework", "doc_type", "published", "overall"]
    ).columns,
)

FINDING_THEMES = Table(
    "finding_themes",
    "a finding and one of its themes",
    ("sentence_id", "theme"),
    (
        *SENTENCES.select("", "", ["sentence_id", "doc_id"]).columns,
        *DOCUMENTS.select("", "", ["council"]).columns,
        Column("theme", "string", "Theme code of the codebook", True),
        Column("rank", "int", "1 for the most prominent theme of the finding", True),
        *SENTENCES.select("", "", ["polarity"]).columns,
        Column("confidence", "float", "The model's probability of the theme, raised by the weight "
               "of a cue that stands in the sentence, at most 1; empty where a person gave a "
               "theme that the model did not", unit="0 to 1"),
        Column("decided_by", "string", "What decided: a cue pattern, the model or both, nothing "
               "(no theme fits), or a person", True, ("cue", "model", "both", "none", "person")),
        Column("evidence", "codes", "Words that carried the theme for the model, joined with `;`"),
    ),
)  # fmt: skip

THEMES = replace(
    FINDING_THEMES,
    name="themes",
    row="a sentence and one of its themes",
    columns=FINDING_THEMES.select(
        "", "", ["sentence_id", "theme", "rank", "confidence", "decided_by", "evidence"]
    ).columns,
)

COUNCIL_THEMES = Table(
    "council_themes",
    "a council's inspection and a theme",
    ("doc_id", "theme"),
    (
        *DOCUMENTS.select(
            "", "", ["council", "gss_code", "doc_id", "published", "framework"]
        ).columns,
        Column("theme", "string", "Theme code of the codebook", True),
        Column("strengths", "int", "Findings on the theme that are strengths", True,
               unit="sentences"),
        Column("weaknesses", "int", "Findings on the theme that are weaknesses", True,
               unit="sentences"),
        Column("mixed", "int", "Findings on the theme that are mixed", True, unit="sentences"),
        Column("findings", "int", "Findings on the theme", True, unit="sentences"),
        Column("weakness_share", "float",
               "(weaknesses + mixed / 2) / findings; empty without findings", unit="0 to 1"),
        Column("weakness_share_low", "float",
               "Lower end of the 95 % Wilson interval on the effective number of findings",
               unit="0 to 1"),
        Column("weakness_share_high", "float", "Upper end of that interval", unit="0 to 1"),
    ),
)  # fmt: skip


def _measure(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "float", meaning, unit=unit)


READABILITY = Table(
    "readability",
    "a document",
    ("doc_id",),
    (
        *DOCUMENTS.select("", "", ["doc_id"]).columns,
        Column("words", "int", "Words as textstat counts them", True, unit="words"),
        Column("sentences", "int", "Sentences of the document", True, unit="sentences"),
        _measure("words_per_sentence", "Mean length of a sentence", "words"),
        _measure("syllables_per_word", "Mean length of a word", "syllables"),
        _measure("long_words", "Share of words of three syllables or more", "0 to 1"),
        _measure("flesch_reading_ease", "Flesch reading ease: higher is easier"),
        _measure("flesch_kincaid_grade", "Flesch-Kincaid grade", "US school years"),
        _measure("gunning_fog", "Gunning fog index", "US school years"),
        _measure("smog_index", "SMOG index; empty under 30 sentences", "US school years"),
        _measure("coleman_liau_index", "Coleman-Liau index", "US school years"),
        _measure("automated_readability_index", "Automated readability index", "US school years"),
    ),
)
