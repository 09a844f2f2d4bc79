"""The report on a project that a person corrected: what is other than the run has it."""

from pipeline.schema.coding import SENTENCES
from pipeline.schema.columns import POLARITIES, Column, Table

CORRECTIONS = Table(
    "corrections",
    "a sentence that a person coded otherwise than the project had it, or confirmed",
    ("sentence_id", "coder"),
    (
        *SENTENCES.select("", "", ["sentence_id", "doc_id"]).columns,
        Column("coder", "string", "Who changed it", True),
        Column("changed", "string", "What is other than before", True,
               ("polarity", "themes", "both", "nothing")),
        Column("polarity_before", "string", "Polarity before, in the tables", True, POLARITIES),
        Column("polarity", "string", "Polarity that the person gave", True, POLARITIES),
        Column("themes_before", "codes", "Themes before, joined with `;`"),
        Column("themes", "codes", "Themes that the person gave, joined with `;`"),
        Column("place", "string", "How the selection met the sentence: exactly, or by most of it",
               True, ("exact", "near", "removed")),
    ),
)  # fmt: skip
