"""Intervals of groups, press texts and grades, recomputed; see ``recomputed``."""

import numpy as np
import pandas as pd
from recomputed import (
    WORTH,
    Recomputed,
    Tables,
    Z,
    chosen,
    clustered,
    of_group,
    of_text,
    printed,
    two_shares,
    wilson,
)
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

GRADES = ["outstanding", "good", "requires improvement", "inadequate"]


def theme_by_group(tables: Tables) -> Recomputed:
    """As the national share, but for the share of findings that a theme has in groups of texts."""
    documents = tables["documents"][tables["documents"]["duplicate_of"].isna()]
    documents = documents.assign(year=documents["published"].str[:4])
    coded, found = tables["coded"], []
    names = {"grade": "overall", "region": "region", "year": "year"}
    table = chosen(tables["theme_groups"], "share", layout="ILACS")
    for _, row in table[table["grouping"].isin(names) & (table["theme"] != "all")].iterrows():
        group = documents[(documents["framework"] == "ILACS")
                          & (documents["doc_type"] == "inspection_report")
                          & (documents[names[row["grouping"]]] == row["group"])]  # fmt: skip
        rows = coded[coded["doc_id"].isin(group["doc_id"])]
        every, own = rows[rows["theme"] == "all"], rows[rows["theme"] == row["theme"]]
        about = every["sentence_id"].isin(own["sentence_id"]).astype(float)
        found.append((printed(row, "share"), wilson(*of_group(about, every["doc_id"]))))
    return found


def readability_by_group(tables: Tables) -> Recomputed:
    """Student's interval of a mean with councils as clusters, where that is the wider one."""
    documents = tables["documents"][tables["documents"]["duplicate_of"].isna()]
    merged = documents.merge(tables["readability"], on="doc_id", suffixes=("", "_again"))
    found: Recomputed = []
    for _, row in chosen(tables["readability_groups"], "mean", grouping="framework").iterrows():
        own = merged[(merged["framework"] == row["framework"]) & merged[row["measure"]].notna()]
        own = own[own["doc_type"] == "inspection_report"]
        mean, independent, robust = clustered(own[row["measure"]], own["council"])
        half = stats.t.ppf(0.975, own["council"].nunique() - 1) * max(independent, robust) ** 0.5
        found.append((printed(row, "mean"), (mean, mean - half, mean + half)))
    return found


def points_taken_up(tables: Tables) -> Recomputed:
    """Wilson's interval as it stands in statsmodels."""
    table = tables["press_pairs"].rename(columns={"weakness_points": "points"})
    table = table.rename(columns={"weakness_points_share": "weakness_points"})
    return [(printed(row, "weakness_points"),
             wilson(row["weakness_points_taken_up"] / row["points"], row["points"]))
            for _, row in table.iterrows()]  # fmt: skip


def press_against_report(tables: Tables) -> Recomputed:
    """Newcombe's interval, the numbers of findings over each text's own design effect."""
    coded = tables["coded"]
    by_text = dict(iter(coded[coded["theme"] == "all"].groupby("doc_id")))
    found: Recomputed = []
    for _, row in chosen(tables["press_pairs"], "share_difference").iterrows():
        cells = [pd.Series(of_text(by_text[row[name]]), ["share", "known"])
                 for name in ("press_id", "report_id")]  # fmt: skip
        found.append((printed(row, "share_difference"), two_shares(*cells)))
    return found


def grades_of(tables: Tables) -> dict[tuple[str, str, str], tuple[pd.Series, pd.Series]]:
    """Return shares and grades of reports by framework, area and measure, as the page defines."""
    documents = tables["documents"].set_index("doc_id")
    documents = documents[documents["doc_type"] == "inspection_report"]
    documents = documents[documents["duplicate_of"].isna()]
    sentences = tables["sentences"][tables["sentences"]["doc_id"].isin(documents.index)]
    worth = sentences["polarity"].map(WORTH["weakness_share"])
    plain = worth.groupby(sentences["doc_id"]).mean()
    led = sentences["section"] == "leaders"
    leaders = worth[led].groupby(sentences.loc[led, "doc_id"]).mean()
    chances = sentences.assign(
        bad=sentences["p_weakness"] + sentences["p_mixed"] / 2, found=1 - sentences["p_none"],
        part=sentences["section"].replace({"care_leavers": "in_care", "improve": "summary"}),
    )  # fmt: skip
    chances = chances[chances["part"].isin(["help_protection", "in_care", "leaders", "summary"])]
    sums = chances.groupby(["doc_id", "part"])[["bad", "found"]].sum()
    balanced = (sums["bad"] / sums["found"]).groupby("doc_id").mean()
    shares = {("overall", "weakness_share"): plain, ("overall", "balanced_share"): balanced,
              ("leaders", "weakness_share"): leaders}  # fmt: skip
    found = {}
    for framework, own in documents.groupby("framework"):
        for (area, measure), share in shares.items():
            grade = own[area].map({name: place for place, name in enumerate(GRADES)}).dropna()
            both = pd.concat([share.rename("share"), grade.rename("grade")], axis=1).dropna()
            found[str(framework), area, measure] = both["share"], both["grade"].astype(int)
    return found


def rank_correlation(tables: Tables) -> Recomputed:
    """Bonett and Wright's interval of Spearman's rho, which scipy gives."""
    table, found = tables["criterion_validity"], []
    for key, (share, grade) in grades_of(tables).items():
        own = table[(table[["framework", "area", "measure"]] == list(key)).all(axis=1)]
        for _, row in chosen(own, "rho").iterrows():
            rho = float(stats.spearmanr(share, grade).statistic)
            half = Z * np.sqrt((1 + rho**2 / 2) / (len(share) - 3))
            low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
            found.append((printed(row, "rho"), (rho, float(low), float(high))))
    return found


def odds_of_a_worse_grade(tables: Tables) -> Recomputed:
    """The proportional-odds model of statsmodels, by another optimiser than the program's."""
    table, found = tables["criterion_validity"], []
    for key, (share, grade) in grades_of(tables).items():
        own = table[(table[["framework", "area", "measure"]] == list(key)).all(axis=1)]
        for _, row in chosen(own, "odds").iterrows():
            place = np.unique(grade, return_inverse=True)[1]
            model = OrderedModel(place, share.to_numpy()[:, None] * 10, distr="logit")
            fit = model.fit(method="newton", maxiter=200, disp=False)
            low, high = fit.conf_int()[0]
            found.append((printed(row, "odds"), (float(fit.params[0]), float(low), float(high))))
    return found
