"""Tables of groups of documents beside one another: their words and their themes."""

from pipeline.schema.columns import Column, Table

GROUPINGS = ("year", "grade", "region", "layout")
EVERY = "all"
PRESS = "press"
UNKNOWN = "unknown"
_SHARE = "0 to 1"
_SIDES = ("a", "b")


def _each(name: str, kind: str, meaning: str, unit: str = "") -> tuple[Column, ...]:
    return tuple(
        Column(f"{name}_{side}", kind, meaning.format(side), kind == "int", unit=unit)
        for side in _SIDES
    )


KEYNESS = Table(
    "keyness",
    "a contrast of two groups of sentences and a word or phrase",
    ("contrast", "term"),
    (
        Column("contrast", "string", "Name of the contrast", True),
        Column("group_a", "string", "What the sentences of group a have in common", True),
        Column("group_b", "string", "What the sentences of group b have in common", True),
        Column("term", "string", "Word or phrase, in lower case", True),
        Column("words", "int", "Words of the term", True, unit="words"),
        Column("key_to", "string", "The group in which it is more frequent", True, _SIDES),
        Column("rank", "int", "1 for the term with the most evidence for that group", True),
        *_each("count", "int", "How often it stands in group {}", "occurrences"),
        *_each("per_million", "float", "How often in a million words of group {}", "per million"),
        *_each("documents", "int", "Documents of group {} in which it stands", "documents"),
        *_each("dispersion", "float", "Gries' DP over the documents of group {}: 0 is spread "
               "evenly, 1 is all in few; empty where absent", _SHARE),
        Column("log_ratio", "float", "Binary logarithm of the ratio of the frequencies: 1 is twice "
               "as frequent in a, -1 half as frequent; a count of 0 is taken as 0.5", True,
               unit="doublings"),
        Column("log_ratio_low", "float", "Lower end of its 95 % interval, documents as clusters; "
               "empty, as it has none, where group a lacks the term", unit="doublings"),
        Column("log_ratio_high", "float", "Upper end of that interval; empty where group b lacks "
               "the term", unit="doublings"),
        Column("g2", "float", "Log-likelihood, every word taken by itself", True),
        Column("design_effect", "float", "How much documents widen the variance; 1 is not at all",
               True, unit="ratio"),
        Column("p_value", "float", "Two-sided p-value of g2 / design_effect", True, unit=_SHARE),
        Column("q_value", "float", "p-value after Benjamini and Hochberg over all terms of the "
               "contrast that were compared", True, unit=_SHARE),
        Column("key", "bool", "Whether q_value is at most `keyness.discovery_rate`", True),
        Column("part_of", "string", "A longer term of the same group that holds nearly all of its "
               "occurrences there (`keyness.part_share`)"),
    ),
)  # fmt: skip

THEME_GROUPS = Table(
    "theme_groups",
    "a group of documents and a theme",
    ("grouping", "layout", "group", "theme"),
    (
        Column("grouping", "string", "By what documents are grouped: year of publication, overall "
               "grade, region, or nothing but the layout", True, GROUPINGS),
        Column("layout", "string", "Documents of the group: reports of a framework, `all` reports, "
               "or `press`", True),
        Column("group", "string", "The year, grade or region (`unknown` where the document gives "
               "none), or the layout again", True),
        Column("theme", "string", "Theme code of the codebook, or `all` for every finding once",
               True),
        Column("documents", "int", "Documents of the group, duplicates left out", True,
               unit="documents"),
        Column("councils", "int", "Councils that they are about", True, unit="councils"),
        Column("strengths", "int", "Findings on the theme that are strengths", True,
               unit="sentences"),
        Column("weaknesses", "int", "Findings on the theme that are weaknesses", True,
               unit="sentences"),
        Column("mixed", "int", "Findings on the theme that are mixed", True, unit="sentences"),
        Column("findings", "int", "Findings on the theme", True, unit="sentences"),
        Column("share", "float", "findings / all findings of the group; shares of themes add up to "
               "more than 1, as a finding can have several; empty without findings", unit=_SHARE),
        Column("share_low", "float", "Lower end of its 95 % interval, documents as clusters; empty "
               "under two documents", unit=_SHARE),
        Column("share_high", "float", "Upper end of that interval", unit=_SHARE),
        Column("weakness_share", "float",
               "(weaknesses + mixed / 2) / findings; empty without findings", unit=_SHARE),
        Column("weakness_share_low", "float", "Lower end of its 95 % interval, documents as "
               "clusters; empty under two documents with findings on the theme", unit=_SHARE),
        Column("weakness_share_high", "float", "Upper end of that interval", unit=_SHARE),
    ),
)  # fmt: skip
