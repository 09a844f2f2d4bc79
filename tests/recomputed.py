"""Published intervals, recomputed from the tables by other means than the program's.

Nothing of the program is used but its tables, read as CSV. The methods are those that
docs/method.md, docs/comparison.md and docs/press.md name, the tools pandas, scipy and statsmodels.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.special import betaln, expit, logit
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

Tables = Mapping[str, pd.DataFrame]
Interval = tuple[float, float, float]
Z = float(stats.norm.ppf(0.975))
WORTH = {
    "weakness_share": {"strength": 0.0, "weakness": 1.0, "mixed": 0.5},
    "strength": {"strength": 1.0, "weakness": 0.0, "mixed": 0.0},
    "weakness": {"strength": 0.0, "weakness": 1.0, "mixed": 0.0},
    "mixed": {"strength": 0.0, "weakness": 0.0, "mixed": 1.0},
}


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table as CSV, with what is made of several: findings by theme, as compared."""
    text = dict.fromkeys(("published", "duplicate_of", "council", "region", "overall"), str)
    tables = {p.stem: pd.read_csv(p, dtype=text, low_memory=False) for p in folder.glob("*.csv")}
    findings = tables["findings"][["sentence_id", "doc_id", "block", "polarity"]]
    listed = tables["finding_themes"][["sentence_id", "theme"]]
    every = findings.assign(theme="all")
    tables["coded"] = pd.concat([every, findings.merge(listed, on="sentence_id")])
    facts = tables["council_shares"].drop_duplicates("doc_id")
    where = facts[["doc_id", "council", "region", "framework", "period"]]
    tables["compared"] = tables["coded"].merge(where, on="doc_id")
    return tables


def clustered(values: pd.Series, clusters: pd.Series) -> tuple[float, float, float]:
    """Return a mean, its variance by independent values, and with clusters (by regression)."""
    one = np.ones(len(values))
    plain = sm.OLS(values.to_numpy(float), one).fit()
    robust = plain.get_robustcov_results("cluster", groups=pd.factorize(clusters)[0])
    return float(plain.params[0]), float(plain.bse[0] ** 2), float(robust.bse[0] ** 2)


def wilson(share: float, count: float, quantile: float = Z) -> Interval:
    """Return a share with Wilson's interval, on an effective number, by any quantile."""
    alpha = 2 * stats.norm.sf(quantile)
    low, high = proportion_confint(share * count, count, alpha=alpha, method="wilson")
    return share, float(low), float(high)


def of_text(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the weakness share of a text and its effective number, by its own paragraphs."""
    worth = rows["polarity"].map(WORTH["weakness_share"])
    if worth.nunique() == 1 or rows["block"].nunique() == 1:
        return float(worth.mean()), len(rows)
    share, independent, robust = clustered(worth, rows["block"])
    return share, len(rows) / max(1.0, robust / independent)


def of_group(worth: pd.Series, clusters: pd.Series) -> tuple[float, float, float]:
    """Return a share over several texts, its effective number, and Student's quantile."""
    texts = clusters.nunique()
    share, _, robust = clustered(worth, clusters)
    known = share * (1 - share) / robust if robust > 1e-24 else texts
    return share, min(known, len(worth)), float(stats.t.ppf(0.975, texts - 1))


def design_effects(rows: pd.DataFrame, measure: str) -> pd.Series:
    """Return the design effect of each report, by the paragraphs of all of them.

    ``rows`` are the findings of a framework on a theme. Donner and Koval's estimator of the
    intraclass correlation, paragraphs within reports.
    """
    worth = rows.assign(worth=rows["polarity"].map(WORTH[measure]))
    paragraph = worth.groupby(["doc_id", "block"])["worth"].agg(["size", "sum"])
    paragraph["explained"] = paragraph["sum"] ** 2 / paragraph["size"]
    paragraph["square"] = paragraph["size"] ** 2
    report = paragraph.groupby("doc_id").sum()
    crowding = report["square"] / report["size"]
    findings, paragraphs, reports = len(rows), len(paragraph), len(report)
    if paragraphs in (reports, findings):
        return crowding * 0 + 1.0
    explained = paragraph["explained"].sum()
    between = (explained - (report["sum"] ** 2 / report["size"]).sum()) / (paragraphs - reports)
    within = ((worth["worth"] ** 2).sum() - explained) / (findings - paragraphs)
    size = (findings - crowding.sum()) / (paragraphs - reports)
    whole = between + (size - 1) * within
    alike = float(np.clip((between - within) / whole, 0, 1)) if whole > 0 else 0.0
    return 1 + (crowding - 1).clip(lower=0) * alike


def cells(tables: Tables, measure: str) -> pd.DataFrame:
    """Return count, findings and effective number of every report and theme with findings."""
    parts = []
    for (_, theme), rows in tables["compared"].groupby(["framework", "theme"]):
        worth = rows["polarity"].map(WORTH[measure]).groupby(rows["doc_id"]).agg(["sum", "size"])
        effect = design_effects(rows, measure)
        parts.append(worth.assign(theme=str(theme), effect=effect, known=worth["size"] / effect))
    found = pd.concat(parts).reset_index().set_index(["doc_id", "theme"])
    return found.assign(share=found["sum"] / found["size"])


def chosen(table: pd.DataFrame, column: str, **where: str) -> pd.DataFrame:
    """Return the rows with an interval of a column, of which some other columns hold a value."""
    for name, value in where.items():
        table = table[table[name] == value]
    return table[table[f"{column}_low"].notna()]


Recomputed = list[tuple[Interval, Interval]]


def printed(row: "pd.Series[float]", column: str) -> Interval:
    return float(row[column]), float(row[f"{column}_low"]), float(row[f"{column}_high"])


def theme_of_a_report(tables: Tables) -> Recomputed:
    """Wilson on the findings over the design effect of the report's own paragraphs."""
    rows = dict(iter(tables["coded"].groupby(["doc_id", "theme"])))
    table = chosen(tables["council_themes"], "weakness_share")
    return [(printed(row, "weakness_share"), wilson(*of_text(rows[row["doc_id"], row["theme"]])))
            for _, row in table.iterrows()]  # fmt: skip


def share_of_a_report(tables: Tables) -> Recomputed:
    """Wilson on the findings over the design effect that all reports of a framework give."""
    found: Recomputed = []
    for measure in WORTH:
        known = cells(tables, measure)
        for _, row in chosen(tables["council_shares"], "share", measure=measure).iterrows():
            cell = known.loc[(row["doc_id"], row["theme"])]
            found.append((printed(row, "share"), wilson(cell["share"], cell["known"])))
    return found


def count_of_a_report(tables: Tables) -> Recomputed:
    """Garwood's exact interval of a Poisson count, on the effective number."""
    known, found = cells(tables, "weakness"), []
    for _, row in chosen(tables["council_shares"], "count", measure="weakness").iterrows():
        if row["findings"]:
            cell = known.loc[(row["doc_id"], row["theme"])]
            bare = cell["sum"] / cell["effect"]
            ends = confint_poisson(bare, 1, method="exact-c")
            low, high = (float(end) * cell["effect"] for end in ends)
            # statsmodels knows no lower end of a count of 0.
            found.append((printed(row, "count"), (cell["sum"], low if bare else 0.0, high)))
    return found


def pooled_share(tables: Tables) -> Recomputed:
    """The beta-binomial model integrated on a fine grid, as the beta of the same mean and variance.

    Evenly over the mean on the logit scale, within four errors, and over the likeness 1 / (1 + w).
    """
    known = cells(tables, "weakness_share")
    table = chosen(tables["council_shares"], "pooled", measure="weakness_share")
    found: Recomputed = []
    for _, rows in table.groupby(["framework", "period", "theme"]):
        own = known.loc[list(zip(rows["doc_id"], rows["theme"], strict=True))]
        pairs = list(zip(own["sum"] / own["effect"], own["known"], strict=True))
        a, b, chance = posterior(pairs)
        for (k, n), (_, row) in zip(pairs, rows.iterrows(), strict=True):
            share = (a + k) / (a + b + n)
            spread = share * (1 - share) / (a + b + n + 1)
            middle = float(np.average(share, weights=chance))
            variance = float(np.average(spread + share**2, weights=chance)) - middle**2
            weight = middle * (1 - middle) / variance - 1
            low, high = stats.beta.ppf([0.025, 0.975], middle * weight, (1 - middle) * weight)
            found.append((printed(row, "pooled"), (middle, float(low), float(high))))
    return found


def posterior(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the shapes of the councils' beta distribution on a grid, and the chance of each."""
    whole = sum(n for _, n in pairs)
    share = sum(k for k, _ in pairs) / whole
    share = float(np.clip(share, 0.5 / (whole + 1), 1 - 0.5 / (whole + 1)))
    between = sum((k - share * n) ** 2 for k, n in pairs) * len(pairs) / (len(pairs) - 1)
    error = max(between, share * (1 - share) * whole) ** 0.5 / whole
    around = error / (share * (1 - share)) * np.linspace(-4, 4, 81)
    mean, like = np.meshgrid(expit(logit(share) + around), np.linspace(1 / 5001, 1 / 1.5, 161))
    a, b = mean * (1 / like - 1), (1 - mean) * (1 / like - 1)
    chance = np.sum([betaln(a + k, b + n - k) - betaln(a, b) for k, n in pairs], axis=0)
    return a, b, np.exp(chance - chance.max())


def national_share(tables: Tables) -> Recomputed:
    """Wilson on the number of findings that has the variance of a mean with reports as clusters."""
    rows = dict(iter(tables["compared"].groupby(["framework", "period", "theme"])))
    found: Recomputed = []
    for _, row in chosen(tables["national_shares"], "share").iterrows():
        own = rows[row["framework"], row["period"], row["theme"]]
        worth = own["polarity"].map(WORTH[row["measure"]])
        found.append((printed(row, "share"), wilson(*of_group(worth, own["doc_id"]))))
    return found


def others_of(tables: Tables, row: "pd.Series[str]") -> tuple[float, float, float]:
    """Return the share of the group with which a council is compared; see :func:`of_group`."""
    rows = tables["compared"]
    own = (rows["framework"] == row["framework"]) & (rows["period"] == row["period"])
    own &= (rows["theme"] == row["theme"]) & (rows["council"] != row["council"])
    if row["compared_with"] == "region":
        own &= rows["region"] == row["region"]
    worth = rows.loc[own, "polarity"].map(WORTH["weakness_share"])
    return of_group(worth, rows.loc[own, "doc_id"])


def newcombe(first: Interval, second: Interval) -> Interval:
    """Return the difference of two shares with Newcombe's interval (1998, method 10)."""
    gap = first[0] - second[0]
    down = np.hypot(first[0] - first[1], second[2] - second[0])
    up = np.hypot(first[2] - first[0], second[0] - second[1])
    return gap, gap - down, gap + up


def distance_to_the_others(tables: Tables) -> Recomputed:
    """Newcombe's hybrid of both Wilson intervals, the others' with Student's quantile."""
    known, found = cells(tables, "weakness_share"), []
    for _, row in chosen(tables["council_differences"], "difference").iterrows():
        cell = known.loc[(row["doc_id"], row["theme"])]
        one, two = wilson(cell["share"], cell["known"]), wilson(*others_of(tables, row))
        found.append((printed(row, "difference"), newcombe(one, two)))
    return found


def change(tables: Tables) -> Recomputed:
    """Newcombe's interval of the difference of two shares, by statsmodels."""
    known, found = cells(tables, "weakness_share"), []
    for _, row in chosen(tables["council_changes"], "change").iterrows():
        after, before = (known.loc[(row[n], row["theme"])] for n in ("doc_id", "doc_id_before"))
        found.append((printed(row, "change"), two_shares(after, before)))
    return found


def two_shares(first: "pd.Series[float]", second: "pd.Series[float]") -> Interval:
    counts = [n for cell in (first, second) for n in (cell["share"] * cell["known"], cell["known"])]
    low, high = confint_proportions_2indep(*counts, compare="diff", method="newcomb")
    return first["share"] - second["share"], float(low), float(high)
