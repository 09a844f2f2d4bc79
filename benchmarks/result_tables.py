"""The aggregate tables of the results, how they are shown, and the sentences that they choose."""

from collections.abc import Mapping

import pandas as pd

from pipeline import schema

Tables = Mapping[str, pd.DataFrame]
FRAMEWORKS = ("ILACS", "SIF")
# Groups of fewer reports say too little.
LEAST = 3
MOST_WORDS = 12
# Under this many, press texts are no more than an example.
FEW_TEXTS = 30
_SHARES = ["share", "share_low", "share_high", "weakness_share", "weakness_share_low",
           "weakness_share_high"]  # fmt: skip
_INTERVAL = ("low", "high")


def _grouped(groups: pd.DataFrame, grouping: str) -> pd.DataFrame:
    kept = groups[(groups["grouping"] == grouping) & groups["layout"].isin(FRAMEWORKS)
                  & (groups["documents"] >= LEAST) & (groups["group"] != schema.UNKNOWN)
                  & (groups["findings"] > 0)]  # fmt: skip
    names = ["layout", "group", "theme", "documents", "councils", "findings", *_SHARES]
    return kept[names].rename(columns={"layout": "framework"}).reset_index(drop=True)


def _corpus(documents: pd.DataFrame) -> pd.DataFrame:
    reports = originals(documents)
    grades = reports["overall"].replace("", "none read")
    table = pd.crosstab(reports["framework"], grades)
    order = [grade for grade in (*schema.GRADES, "none read") if grade in table]
    years = reports.groupby("framework")["published"].agg(["min", "max"])
    table = table[order].assign(reports=table.sum(axis=1), first=years["min"], last=years["max"])
    return table.reset_index()


def originals(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the inspection reports that repeat no other one."""
    return documents[(documents["doc_type"] == "inspection_report")
                     & (documents["duplicate_of"] == "")]  # fmt: skip


def _changes(changes: pd.DataFrame) -> pd.DataFrame:
    tested = changes[changes["verdict"] != ""]
    counted = pd.crosstab(
        [tested["framework_before"], tested["framework"], tested["theme"]], tested["verdict"]
    ).reindex(columns=["improvement", "deterioration", "none"], fill_value=0)
    return counted.assign(tested=counted.sum(axis=1)).reset_index()


def _words(keyness: pd.DataFrame) -> pd.DataFrame:
    chosen = keyness[(keyness["contrast"] == "grade-ilacs") & (keyness["words"] == 1)
                     & keyness["key"]]  # fmt: skip
    first = chosen.sort_values(["key_to", "rank"]).groupby("key_to").head(MOST_WORDS)
    side = first["key_to"].map({"a": "inadequate", "b": "outstanding"})
    return first.assign(more_in=side)[
        ["more_in", "term", "count_a", "count_b", "documents_a", "documents_b", "log_ratio",
         "log_ratio_low", "log_ratio_high"]
    ].reset_index(drop=True)  # fmt: skip


def results(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the aggregate tables by name, from the tables of a run."""
    groups, national = tables["theme_groups"], tables["national_shares"]
    weak = national[(national["measure"] == "weakness_share")
                    & national["framework"].isin(FRAMEWORKS)]  # fmt: skip
    readability = tables["readability_groups"]
    pairs = tables["press_pairs"]
    return {
        "corpus": _corpus(tables["documents"]),
        "themes": _grouped(groups, "layout"),
        "national": weak.drop(columns=["measure"]).reset_index(drop=True),
        "years": _grouped(groups, "year"),
        "grades": _grouped(groups, "grade"),
        "regions": _grouped(groups, "region"),
        "validity": tables["criterion_validity"],
        "changes": _changes(tables["council_changes"]),
        "words": _words(tables["keyness"]),
        "press": pairs[[name for name in pairs.columns if name != "title"]],
        "readability": readability[readability["grouping"].isin(["framework", "grade"])],
    }


def percent(value: float) -> str:
    """Return a share as per cent, with a digit after the point."""
    return "" if pd.isna(value) else f"{100 * value:.1f} %"


def _span(row: pd.Series, name: str, digits: int | None = None) -> str:
    values = [row[name], *(row[f"{name}_{end}"] for end in _INTERVAL)]
    if any(pd.isna(value) for value in values):
        return "" if pd.isna(values[0]) else (percent(values[0]) if digits is None else
                                              f"{values[0]:.{digits}f}")  # fmt: skip
    if digits is None:
        return f"{percent(values[0])} ({100 * values[1]:.1f} to {100 * values[2]:.1f})"
    return f"{values[0]:.{digits}f} ({values[1]:.{digits}f} to {values[2]:.{digits}f})"


def shown(results: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables that stand on the page, as text."""
    national = results["national"].query("theme == 'all'")
    validity, press, words = results["validity"], results["press"], results["words"]
    read = results["readability"]
    read = read[(read["doc_type"] == "inspection_report") & read["framework"].isin(FRAMEWORKS)
                | (read["grouping"] == "framework")]  # fmt: skip
    measures = {"words_per_sentence": "words a sentence", "long_words": "long words",
                "flesch_kincaid_grade": "Flesch-Kincaid grade"}  # fmt: skip
    read = read[read["measure"].isin(measures) & (read["documents"] >= LEAST)]
    cells = read.assign(text=[_span(row, "mean", 2) for _, row in read.iterrows()])
    wide = cells.pivot_table(index=["framework", "grouping", "group"], columns="measure",
                             values="text", aggfunc="first").reset_index()  # fmt: skip
    order = {name: place for place, name in enumerate((*FRAMEWORKS, *schema.GRADES))}
    wide = wide.assign(place=wide["group"].map(order).fillna(99))
    wide = wide.sort_values(["framework", "place"], kind="stable")
    wide.loc[wide["grouping"] == "framework", "group"] = "all reports"
    return {
        "corpus": results["corpus"],
        "national": pd.DataFrame({
            "framework": national["framework"], "published": national["period"],
            "reports": national["reports"], "findings": [f"{n:,}" for n in national["findings"]],
            **{title: [_span(row, name) for _, row in national.iterrows()] for name, title in
               (("share", "as coded"), ("typical", "typical council"), ("corrected", "corrected"))},
        }),
        "validity": pd.DataFrame({
            "framework": validity["framework"], "judgement": validity["area"],
            "share": validity["measure"], "reports": validity["reports"],
            "rho": [_span(row, "rho", 3) for _, row in validity.iterrows()],
            "at most": [f"{v:.3f}" if pd.notna(v) else "" for v in validity["rho_most"]],
        }),
        "words": pd.DataFrame({
            "more in": words["more_in"], "word": words["term"],
            "inadequate": words["count_a"], "outstanding": words["count_b"],
            "log ratio": [_span(row, "log_ratio", 1) for _, row in words.iterrows()],
        }),
        "press": pd.DataFrame({
            "council": press["council"], "text": press["doc_type"].str.replace("_", " "),
            "grade": press["overall"], "sentences": press["press_sentences"],
            **{f"{side} points taken up": [
                f"{row[f'{side}_points_taken_up']} of {row[f'{side}_points']}: "
                + _span(row.rename({f"{side}_points_share": side, f"{side}_points_low":
                        f"{side}_low", f"{side}_points_high": f"{side}_high"}), side)
                for _, row in press.iterrows()] for side in ("weakness", "strength")},
        }),
        "readability": wide[["framework", "group", *measures]].rename(columns=measures),
    }  # fmt: skip


def counts(tables: Tables) -> dict[str, str]:
    """Return the size of the corpus."""
    reports = originals(tables["documents"])
    dates = reports.loc[reports["published"] != "", "published"]
    return {
        "reports": f"{len(reports):,}", "councils": f"{reports['council'].nunique():,}",
        "first": dates.min()[:4], "last": dates.max()[:4],
        "sentences": f"{reports['sentences'].sum():,}",
        "findings": f"{reports['findings'].sum():,}",
    }  # fmt: skip


def _listed(rows: pd.DataFrame, value: str, labels: Mapping[str, str]) -> str:
    parts = [f"{labels[row['theme']].lower()} ({_span(row, value)})" for _, row in rows.iterrows()]
    return "; ".join(parts)


def prose(results: Tables, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the sentences that say what the figures are; the figures choose their words."""
    lines = []
    for framework in FRAMEWORKS:
        rows = results["themes"].query("framework == @framework and theme not in ['all', 'other']")
        often, weak = (rows.sort_values(name, ascending=False) for name in
                       ("share", "weakness_share"))  # fmt: skip
        lines.append(
            f"**{framework}.** Most is written on "
            f"{_listed(often.head(3), 'share', labels)}. The weakness share is largest for "
            f"{_listed(weak.head(3), 'weakness_share', labels)}, smallest for "
            f"{_listed(weak.tail(3).iloc[::-1], 'weakness_share', labels)}."
        )
    national = results["national"].query("theme == 'all'").dropna(subset=["corrected"])
    gap = (national["corrected"] - national["share"]).abs()
    within = ((national["share"] >= national["corrected_low"])
              & (national["share"] <= national["corrected_high"])).sum()  # fmt: skip
    corrected = (
        f"The correction moves the share by at most {100 * gap.max():.1f} points; the share as "
        f"coded lies within the corrected interval in {within} of {len(national)} lines."
        if len(national) else "There are too few gold sentences to correct any of them."
    )  # fmt: skip
    regions = results["regions"].query("theme == 'all'")
    spread = []
    for name, rows in regions.groupby("framework"):
        apart = bool(rows["weakness_share_low"].max() > rows["weakness_share_high"].min())
        said = "not all intervals overlap" if apart else "all intervals overlap"
        spread.append(
            f"{name}: shares of regions run from {percent(rows['weakness_share'].min())} to "
            f"{percent(rows['weakness_share'].max())}, and {said}."
        )
    changes = results["changes"].query("theme == 'all'")
    sums = changes[["improvement", "deterioration", "tested"]].sum()
    press = len(results["press"])
    return {
        "prose_themes": "\n\n".join(lines),
        "prose_national": corrected,
        "prose_regions": " ".join(spread),
        "prose_changes": (
            f"Over all findings, {sums['tested']} pairs of inspections were compared: "
            f"{sums['improvement']} improvements and {sums['deterioration']} deteriorations stand "
            "up. Between two frameworks the distance to the other councils is compared."
        ),
        "prose_press": (
            f"{press} press texts of the corpus could be linked to their report. "
            + (
                "So few are an example of the method and no finding about the press."
                if press < FEW_TEXTS
                else "They are those that the corpus holds, not a sample."
            )
        ),
    }
