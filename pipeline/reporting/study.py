"""What the report is made from: the tables of a run, and what they say of each document."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline import schema
from pipeline.arrow import SIGNIFICANT_DIGITS
from pipeline.codebook import Codebook, Theme
from pipeline.intervals import counted_share
from pipeline.reporting.links import safe_address, slugs

REPORT = "inspection_report"
ALL = schema.ALL_THEMES
DOC_TYPES = {
    REPORT: "inspection report", "press_release": "press release", "news": "news text",
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Study:
    """The tables of a run by name, the codebook and the level of intervals.

    A table that the run has not written is empty and named in ``missing``.
    """

    tables: Mapping[str, pd.DataFrame]
    missing: tuple[str, ...]
    codebook: Codebook
    level: float

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        return [{str(k): v for k, v in row.items()} for row in
                self.tables[name].to_dict("records")]  # fmt: skip

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """The active themes in the codebook's order."""
        return tuple(map(self.codebook.require, self.codebook.codes))

    @cached_property
    def documents(self) -> list[Row]:
        """The documents, by council, date and name, with ``layout``, ``year`` and ``address``."""
        rows = [row | {
            "year": row["published"][:4],
            "layout": (row["framework"] or "other") if row["doc_type"] == REPORT else schema.PRESS,
            "kind": DOC_TYPES[row["doc_type"]],
            "address": safe_address(row["url"]),
            "slug": self.slugs[row["council"]],
        } for row in self.rows("documents")]  # fmt: skip
        return sorted(rows, key=lambda r: (r["council"], r["published"], r["doc_id"]))

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """The documents by ``doc_id``."""
        return {row["doc_id"]: row for row in self.documents}

    @cached_property
    def slugs(self) -> dict[str, str]:
        """The file name of every council's page."""
        return slugs(self.tables["documents"]["council"])

    @cached_property
    def cells(self) -> dict[str, dict[str, Row]]:
        """The counts of every document by theme, ``all`` (every finding once) among them.

        Weakness share and interval are those of ``council_themes``, paragraphs as clusters, and
        are here for press texts as well. Documents that repeat another one are left out.
        """
        findings = self.tables["findings"][["sentence_id", "doc_id", "block", "polarity"]]
        coded = self.tables["finding_themes"][["sentence_id", "theme"]].merge(
            findings, on="sentence_id"
        )
        every = pd.concat([findings.assign(theme=ALL), coded])
        groups = dict(list(every.groupby(["doc_id", "theme"], sort=False)))
        return {
            doc_id: {
                theme: self._cell(groups.get((doc_id, theme)))
                for theme in (ALL, *self.codebook.codes)
            }
            for doc_id, row in self.by_id.items()
            if not row["duplicate_of"]
        }

    def _cell(self, group: pd.DataFrame | None) -> Row:
        polarity, blocks = ([], []) if group is None else (
            group["polarity"].tolist(), group["block"].tolist()
        )  # fmt: skip
        found = counted_share(polarity, blocks, self.level)
        # As tables hold them, so that both are written alike.
        return {name: float(f"{value:.{SIGNIFICANT_DIGITS}g}") if isinstance(value, float)
                else value for name, value in found.items()}  # fmt: skip

    def of_council(self, council: str) -> list[Row]:
        """Return a council's documents by date."""
        return [row for row in self.documents if row["council"] == council]

    def inspections(self) -> list[Row]:
        """Return the inspection reports that repeat no other one, by council and date."""
        return [row for row in self.documents
                if row["doc_type"] == REPORT and not row["duplicate_of"]]  # fmt: skip
