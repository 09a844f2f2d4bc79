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
    THEME_READINGS,
    THEMES,
)
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
from pipeline.schema.comparing import (
    ALL_THEMES,
    AREAS,
    COMPARED_WITH,
    COUNCIL_CHANGES,
    COUNCIL_DIFFERENCES,
    COUNCIL_SHARES,
    CRITERION_VALIDITY,
    GRADE_DISAGREEMENTS,
    MEASURES,
    NATIONAL_SHARES,
    STANDING_CHANGES,
)
from pipeline.schema.contrast import (
    EVERY,
    GROUPINGS,
    KEYNESS,
    PRESS,
    THEME_GROUPS,
    UNKNOWN,
)
from pipeline.schema.exports import CORRECTIONS
from pipeline.schema.fetching import FETCH_LOG
from pipeline.schema.press import (
    ALL_FRAMEWORKS,
    DIRECTIONS,
    PRESS_COVERAGE,
    PRESS_LINKS,
    PRESS_MATCHES,
    PRESS_OMISSIONS,
    PRESS_PAIRS,
    PRESS_TABLES,
    READABILITY_GROUPINGS,
    READABILITY_GROUPS,
    READABILITY_MEASURES,
)
from pipeline.schema.review import AGREEMENT, ALL, REVIEWS, SAMPLES, VARIABLES
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
        AGREEMENT,
    ),
    "compare": (
        COUNCIL_SHARES, NATIONAL_SHARES, COUNCIL_DIFFERENCES, COUNCIL_CHANGES, STANDING_CHANGES,
        CRITERION_VALIDITY, GRADE_DISAGREEMENTS,
    ),
    "groups": (THEME_GROUPS,),
    "keyness": (KEYNESS,),
    "press": PRESS_TABLES,
    "suggest": (
        SUGGESTIONS, SUGGESTION_TERMS, SUGGESTION_SENTENCES, SUGGESTION_OVERLAPS,
        SUGGESTION_TRIALS,
    ),
}  # fmt: skip
RESULT_TABLES = tuple(table for tables in TABLES_OF.values() for table in tables)
# What `findings run` writes; further themes are looked for by a command of their own.
RUN_TABLES = tuple(table for table in RESULT_TABLES if table not in TABLES_OF["suggest"])

__all__ = [
    "AGREEMENT", "ALL", "ALL_FRAMEWORKS", "ALL_THEMES", "AREAS", "CLEAN_DOCUMENTS",
    "CLEAN_SENTENCES", "COMPARED_WITH", "CORRECTIONS", "COUNCIL_CHANGES", "COUNCIL_DIFFERENCES",
    "COUNCIL_SHARES", "COUNCIL_THEMES", "CRITERION_VALIDITY", "DIRECTIONS", "DOCUMENTS",
    "DOC_TYPES", "EVERY", "FETCH_LOG", "FINDINGS", "FINDING_THEMES", "FRAMEWORKS", "GRADES",
    "GRADE_DISAGREEMENTS", "GROUPINGS", "KEYNESS", "MEASURES", "MODEL", "NATIONAL_SHARES",
    "POLARITIES", "POLARITY", "PRESS", "PRESS_COVERAGE", "PRESS_LINKS", "PRESS_MATCHES",
    "PRESS_OMISSIONS", "PRESS_PAIRS", "PRESS_SECTIONS", "PRESS_TABLES", "READABILITY",
    "READABILITY_GROUPINGS", "READABILITY_GROUPS", "READABILITY_MEASURES", "REJECTED",
    "REPORT_SECTIONS", "RESULT_TABLES", "REVIEWS", "RUN_TABLES", "SAMPLES", "SENTENCES", "SOURCES",
    "STANDING_CHANGES", "STATUSES", "SUGGESTIONS", "SUGGESTION_OVERLAPS", "SUGGESTION_SENTENCES",
    "SUGGESTION_TERMS", "SUGGESTION_TRIALS", "TABLES_OF", "THEMES", "THEME_GROUPS",
    "THEME_READINGS", "UNKNOWN", "VARIABLES", "Column", "Table",
]  # fmt: skip
