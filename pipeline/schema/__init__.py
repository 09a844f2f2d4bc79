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
from pipeline.schema.press import (
    ALL_FRAMEWORKS,
    DIRECTIONS,
    GROUPINGS,
    PRESS_COVERAGE,
    PRESS_LINKS,
    PRESS_MATCHES,
    PRESS_OMISSIONS,
    PRESS_PAIRS,
    PRESS_TABLES,
    READABILITY_GROUPS,
    READABILITY_MEASURES,
)

# Every table below `tables/`, in the order of the data dictionary, by the stage that writes it.
TABLES_OF = {
    "tables": (
        DOCUMENTS, REJECTED, SENTENCES, FINDINGS, FINDING_THEMES, COUNCIL_THEMES, READABILITY,
    ),
    "compare": (
        COUNCIL_SHARES, NATIONAL_SHARES, COUNCIL_DIFFERENCES, COUNCIL_CHANGES, STANDING_CHANGES,
        CRITERION_VALIDITY, GRADE_DISAGREEMENTS,
    ),
    "press": PRESS_TABLES,
}  # fmt: skip
RESULT_TABLES = tuple(table for tables in TABLES_OF.values() for table in tables)

__all__ = [
    "ALL_FRAMEWORKS", "ALL_THEMES", "AREAS", "CLEAN_DOCUMENTS", "CLEAN_SENTENCES", "COMPARED_WITH",
    "COUNCIL_CHANGES", "COUNCIL_DIFFERENCES", "COUNCIL_SHARES", "COUNCIL_THEMES",
    "CRITERION_VALIDITY", "DIRECTIONS", "DOCUMENTS", "DOC_TYPES", "FINDINGS", "FINDING_THEMES",
    "FRAMEWORKS", "GRADES", "GRADE_DISAGREEMENTS", "GROUPINGS", "MEASURES", "NATIONAL_SHARES",
    "POLARITIES", "POLARITY", "PRESS_COVERAGE", "PRESS_LINKS", "PRESS_MATCHES", "PRESS_OMISSIONS",
    "PRESS_PAIRS", "PRESS_SECTIONS", "PRESS_TABLES", "READABILITY", "READABILITY_GROUPS",
    "READABILITY_MEASURES", "REJECTED", "REPORT_SECTIONS", "RESULT_TABLES", "SENTENCES", "SOURCES",
    "STANDING_CHANGES", "TABLES_OF", "THEMES", "Column", "Table",
]  # fmt: skip
