"""Tables of human review: what people coded, and how far they and the model agree."""

from pipeline.schema.coding import DOCUMENTS
from pipeline.schema.columns import MODEL, POLARITIES, Column, Table

ALL = "all"
SAMPLES = ("random", "uncertain", "shown", "other")
VARIABLES = ("polarity", "themes")

REVIEWS = Table(
    "reviews",
    "what one person coded of one sentence; kept as `reviews.csv`, which outlives a run, not in "
    "`tables/`",
    ("doc_id", "sentence_hash", "occurrence", "coder"),
    (
        Column("sentence_id", "string", "The sentence's name when it was reviewed", True),
        *DOCUMENTS.select("", "", ["doc_id"]).columns,
        Column("sentence_hash", "string", "First 16 hex digits of the SHA-256 of the sentence, by "
               "which it is found again", True),
        Column("occurrence", "int", "1 for the document's first sentence with this hash, 2 for "
               "the second", True),
        Column("coder", "string", "Who coded it; `agreed` is what several coders settled on",
               True),
        Column("polarity", "string", "Strength, weakness, mixed or none", True, POLARITIES),
        Column("themes", "codes", "Theme codes, most prominent first, joined with `;`; empty for "
               "a finding means that its themes were not coded"),
        Column("sample", "string", "How the sentence came to the person: drawn at `random`, as "
               "one of the most `uncertain`, or with the model's codes `shown` beside it", True,
               SAMPLES),
        Column("note", "string", "The coder's remark"),
    ),
)  # fmt: skip


def _estimate(name: str, meaning: str) -> tuple[Column, ...]:
    unit = "at most 1"
    return (
        Column(name, "float", f"{meaning}; empty where it is not defined", unit=unit),
        Column(f"{name}_low", "float", "Lower end of its 95 % interval: percentiles of a bootstrap "
               "over documents; empty for fewer than two", unit=unit),
        Column(f"{name}_high", "float", "Upper end of that interval", unit=unit),
    )  # fmt: skip


AGREEMENT = Table(
    "agreement",
    "two coders (people, or a person and the model), a sample and what they coded",
    ("first", "second", "sample", "variable", "code"),
    (
        Column("first", "string", "The first coder", True),
        Column("second", "string", f"The second coder; `{MODEL}` is the model", True),
        Column("sample", "string", "How the sentences were drawn; figures for all sentences are "
               "those of `random` alone", True, SAMPLES),
        Column("variable", "string", "Polarity, or the themes of what both took for findings",
               True, VARIABLES),
        Column("code", "string", f"The code that the row is on, against all others; `{ALL}`: every "
               "code", True),
        Column("sentences", "int", "Sentences that both coded", True, unit="sentences"),
        Column("documents", "int", "Documents that these are from", True, unit="documents"),
        Column("used", "int", "Sentences to which at least one of them gave the code", True,
               unit="sentences"),
        *_estimate("agreement", "Share of sentences with the same code; themes: the same set"),
        *_estimate("kappa", "Cohen's kappa; all themes: the mean over themes"),
        *_estimate("alpha", "Krippendorff's alpha, nominal; all themes: with the MASI distance"),
    ),
)  # fmt: skip
