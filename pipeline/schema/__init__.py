"""Every table and column of the project, once: type, key, codes and meaning.

Tables are checked against this package on every read and write, and the data dictionary
(``docs/data-dictionary.md``) is generated from it.
"""

from pipeline.schema.coding import (
    CLEAN_DOCUMENTS,
    CLEAN_SENTENCES,
    COUNCIL_THEMES,
    DOCUMENTS,
    FINDING_THEMES,
    FINDINGS,
    POLARITY,
    READABILITY,
    REJECTED,
    SENTENCES,
    THEMES,
)
from pipeline.schema.columns import (
    DOC_TYPES,
    FRAMEWORKS,
    GRADES,
    POLARITIES,
    PRESS_SECTIONS,
    REPORT_SECTIONS,
    SOURCES,
    Column,
    Table,
)
from pipeline.schema.suggesting import (
    STATUSES,
    SUGGESTION_OVERLAPS,
    SUGGESTION_SENTENCES,
    SUGGESTION_TERMS,
    SUGGESTION_TRIALS,
    SUGGESTIONS,
)

# Every table below `tables/`, in the order of the data dictionary, by the stage that writes it.
TABLES_OF = {
    "tables": (
        DOCUMENTS, REJECTED, SENTENCES, FINDINGS, FINDING_THEMES, COUNCIL_THEMES, READABILITY,
    ),
    "suggest": (
        SUGGESTIONS, SUGGESTION_TERMS, SUGGESTION_SENTENCES, SUGGESTION_OVERLAPS,
        SUGGESTION_TRIALS,
    ),
}  # fmt: skip
RESULT_TABLES = tuple(table for tables in TABLES_OF.values() for table in tables)

__all__ = [
    "CLEAN_DOCUMENTS", "CLEAN_SENTENCES", "COUNCIL_THEMES", "DOCUMENTS", "DOC_TYPES",
    "FINDINGS", "FINDING_THEMES", "FRAMEWORKS", "GRADES", "POLARITIES", "POLARITY",
    "PRESS_SECTIONS", "READABILITY", "REJECTED", "REPORT_SECTIONS", "RESULT_TABLES",
    "SENTENCES", "SOURCES", "STATUSES", "SUGGESTIONS", "SUGGESTION_OVERLAPS",
    "SUGGESTION_SENTENCES", "SUGGESTION_TERMS", "SUGGESTION_TRIALS", "TABLES_OF", "THEMES",
    "Column", "Table",
]  # fmt: skip
