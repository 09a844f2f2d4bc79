"""Tables of the comparison across councils, frameworks and inspections."""

from pipeline.schema.coding import COUNCIL_THEMES, DOCUMENTS
from pipeline.schema.columns import GRADES, Column, Table

ALL_THEMES = "all"
MEASURES = ("weakness_share", "strength", "weakness", "mixed")
COMPARED_WITH = ("national", "region", "neighbours")
AREAS = ("overall", "leaders", "help_protection", "in_care", "care_leavers", "lscb")
_SHARE = "0 to 1"
_REASON = Column(
    "reason", "codes",
    "Why figures are empty: no_findings, too_few_reports, no_gold_labels (none of the labels is of "
    "this corpus), no_gold_predictions, too_few_gold",
)  # fmt: skip
_WHERE = DOCUMENTS.select("", "", ["council", "gss_code", "region"]).columns
_FRAMEWORK = COUNCIL_THEMES.select("", "", ["framework"]).columns[0]
_PERIOD = Column("period", "string", "Years of publication that are compared with one another "
                 "(`compare.period_starts`)", True)  # fmt: skip
_THEME = Column("theme", "string", "Theme code of the codebook, or `all` for every finding once",
                True)  # fmt: skip
_MEASURE = Column(
    "measure", "string",
    "`strength`, `weakness`, `mixed`: findings of that polarity; `weakness_share`: weaknesses and "
    "half the mixed ones", True, MEASURES,
)  # fmt: skip


def _share(name: str, meaning: str, ends: str = "the 95 % interval") -> tuple[Column, ...]:
    return (
        Column(name, "float", meaning, unit=_SHARE),
        Column(f"{name}_low", "float", f"Lower end of {ends}", unit=_SHARE),
        Column(f"{name}_high", "float", f"Upper end of {ends}", unit=_SHARE),
    )


def _number(name: str, meaning: str, unit: str) -> Column:
    return Column(name, "int", meaning, True, unit=unit)


def _difference(name: str, meaning: str) -> tuple[Column, ...]:
    return (
        Column(name, "float", meaning, unit="-1 to 1"),
        Column(f"{name}_low", "float", "Lower end of its 95 % interval", unit="-1 to 1"),
        Column(f"{name}_high", "float", "Upper end of its 95 % interval", unit="-1 to 1"),
    )


_P_VALUE = Column("p_value", "float", "Two-sided p-value", unit=_SHARE)
_Q_VALUE = Column("q_value", "float", "p-value after Benjamini and Hochberg", unit=_SHARE)

COUNCIL_SHARES = Table(
    "council_shares",
    "a council's inspection, a theme and a measure",
    ("doc_id", "theme", "measure"),
    (
        *_WHERE,
        *COUNCIL_THEMES.select("", "", ["doc_id", "published", "framework"]).columns,
        _PERIOD,
        _THEME,
        _MEASURE,
        _number("findings", "Findings on the theme", "sentences"),
        _number("paragraphs", "Paragraphs in which they stand", "paragraphs"),
        Column("count", "float", "Findings of the measure; a mixed one is half a weakness", True,
               unit="sentences"),
        Column("count_low", "float", "Lower end of the count's 95 % interval", unit="sentences"),
        Column("count_high", "float", "Upper end of the count's 95 % interval", unit="sentences"),
        *_share("share", "count / findings"),
        Column("design_effect", "float", "How much paragraphs widen the variance; 1 is not at all",
               unit="ratio"),
        *_share("pooled", "The share drawn towards the other councils of the same framework and "
                "period"),
        *_share("corrected", "The share after the program's errors of polarity, as found on the "
                "gold sentences of the framework"),
        _REASON,
    ),
)  # fmt: skip

NATIONAL_SHARES = Table(
    "national_shares",
    "a framework, a period, a theme and a measure",
    ("framework", "period", "theme", "measure"),
    (
        _FRAMEWORK,
        _PERIOD,
        _THEME,
        _MEASURE,
        _number("reports", "Inspection reports", "reports"),
        _number("findings", "Their findings on the theme", "sentences"),
        *_share("share", "Share over all findings, as coded", "the 95 % interval, reports as "
                "clusters"),
        *_share("typical", "Share of the typical council, by the model that pools"),
        Column("between_sd", "float", "Standard deviation of the councils' own shares",
               unit=_SHARE),
        *_share("corrected", "Prediction-powered share: as coded, corrected by the gold sentences",
                "the 95 % interval, reports as clusters"),
        Column("prediction_weight", "float", "Weight of the program's codes in the corrected "
               "share: 1 takes them whole, 0 leaves the gold sentences alone", unit=_SHARE),
        Column("corrects", "string", "What the gold sentences correct",
               allowed=("polarity", "polarity and themes")),
        _number("gold_sentences", "Gold sentences drawn at random", "sentences"),
        _number("gold_reports", "Reports from which they were drawn", "reports"),
        _REASON,
    ),
)  # fmt: skip

COUNCIL_DIFFERENCES = Table(
    "council_differences",
    "a council's inspection, a theme and a group of other councils",
    ("doc_id", "theme", "compared_with"),
    (
        *_WHERE,
        *COUNCIL_THEMES.select("", "", ["doc_id", "framework"]).columns,
        _PERIOD,
        _THEME,
        Column("compared_with", "string", "The other councils of the same framework and period: "
               "all, those of the region, or the statistical neighbours", True, COMPARED_WITH),
        _number("findings", "The council's findings on the theme", "sentences"),
        _number("others", "Reports in the group", "reports"),
        *_share("share", "The council's weakness share"),
        *_share("others_share", "The group's weakness share", "the 95 % interval, reports as "
                "clusters"),
        *_difference("difference", "share - others_share"),
        Column("effect", "float", "Cohen's h: 0.2 is small, 0.5 medium, 0.8 large"),
        Column("p_above", "float", "Probability that the council's own share, pooled, lies above "
               "the group's", unit=_SHARE),
        _P_VALUE,
        _Q_VALUE,
        Column("differs", "string", "Which way it stands up at `compare.discovery_rate`",
               allowed=("above", "below", "no")),
        Column("rank", "int", "Place by weakness share among the councils of the framework and "
               "period, 1 for the lowest; with `national` only"),
        Column("rank_low", "int", "Lower end of the rank's 95 % interval"),
        Column("rank_high", "int", "Upper end of the rank's 95 % interval"),
        _REASON,
    ),
)  # fmt: skip

COUNCIL_CHANGES = Table(
    "council_changes",
    "a council's two consecutive inspections and a theme",
    ("doc_id", "theme"),
    (
        *_WHERE,
        Column("doc_id_before", "string", "The earlier report (documents.doc_id)", True),
        Column("doc_id", "string", "The later report (documents.doc_id)", True),
        Column("published_before", "date", "Publication of the earlier report", True),
        Column("published", "date", "Publication of the later report", True),
        Column("framework_before", "string", "Framework of the earlier report", True),
        Column("framework", "string", "Framework of the later report", True),
        _THEME,
        _number("findings_before", "Findings on the theme in the earlier report", "sentences"),
        _number("findings", "Findings on the theme in the later report", "sentences"),
        *_share("share_before", "Weakness share in the earlier report"),
        *_share("share", "Weakness share in the later report"),
        *_difference("change", "share - share_before; empty between frameworks"),
        *_difference("relative_change", "The change of the distance to the other councils of the "
                     "same framework and period"),
        Column("basis", "string", "What is tested: `change`, or between frameworks "
               "`relative_change`", allowed=("change", "relative_change")),
        _P_VALUE,
        _Q_VALUE,
        Column("verdict", "string", "What stands up at `compare.discovery_rate`",
               allowed=("improvement", "deterioration", "none")),
        _REASON,
    ),
)  # fmt: skip

STANDING_CHANGES = Table(
    "standing_changes",
    "an improvement or deterioration that stands up",
    COUNCIL_CHANGES.key,
    COUNCIL_CHANGES.columns,
)

_AREA = Column("area", "string", "Judgement area", True, AREAS)
_TEXT = Column(
    "measure", "string",
    "`weakness_share`: of the area's section, overall of the whole report; `balanced_share`: "
    "overall only, the mean over the areas' sections and the summary, by probabilities", True,
    ("weakness_share", "balanced_share"),
)  # fmt: skip

CRITERION_VALIDITY = Table(
    "criterion_validity",
    "a framework, a judgement area and a measure",
    ("framework", "area", "measure"),
    (
        _FRAMEWORK,
        _AREA,
        _TEXT,
        _number("reports", "Reports with a grade and findings", "reports"),
        Column("rho", "float", "Spearman's rank correlation with the grade, from outstanding to "
               "inadequate", unit="-1 to 1"),
        Column("rho_low", "float", "Lower end of its 95 % interval", unit="-1 to 1"),
        Column("rho_high", "float", "Upper end of its 95 % interval", unit="-1 to 1"),
        Column("rho_most", "float", "The largest rho that these grades allow, by their ties",
               unit="-1 to 1"),
        Column("odds", "float", "Log odds of a worse grade for 10 points more of the share, by "
               "the proportional-odds model"),
        Column("odds_low", "float", "Lower end of its 95 % interval"),
        Column("odds_high", "float", "Upper end of its 95 % interval"),
        Column("hit_rate", "float", "Share of reports whose grade is the one the model finds "
               "likeliest, on the reports it was fitted on", unit=_SHARE),
        Column("reason", "codes", "Why figures are empty: too_few_reports, one_grade, no_fit"),
    ),
)  # fmt: skip

GRADE_DISAGREEMENTS = Table(
    "grade_disagreements",
    "a report and a judgement area",
    ("doc_id", "area"),
    (
        *DOCUMENTS.select("", "", ["council", "gss_code", "doc_id", "published"]).columns,
        _FRAMEWORK,
        _AREA,
        Column("measure", "string", "The share that was used", True, _TEXT.allowed),
        Column("grade", "string", "The grade that was given", True, GRADES),
        Column("expected_grade", "string", "The grade likeliest by the share", True, GRADES),
        Column("share", "float", "The share", True, unit=_SHARE),
        Column("grade_probability", "float", "Probability of the grade that was given, by the "
               "share", True, unit=_SHARE),
        Column("gap", "float", "Grade minus the mean grade expected, in grades: above 0 the grade "
               "is worse than the text", True, unit="grades"),
        Column("place", "int", "1 for the largest gap, either way, of the framework and area",
               True),
    ),
)  # fmt: skip
