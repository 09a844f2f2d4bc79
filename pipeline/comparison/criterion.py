"""The check against the outside world: how the weakness share goes with inspectors' grades."""

import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri
from statsmodels.miscmodels.ordinal_model import OrderedModel

from pipeline import frames, schema
from pipeline.comparison.cells import VALUES

# Sections whose balance is held against the grade of an area; overall: all of them.
SECTIONS = {
    "leaders": ("leaders",),
    "help_protection": ("help_protection",),
    "in_care": ("in_care",),
    "care_leavers": ("care_leavers",),
    "lscb": ("lscb",),
}
# The parts of the balanced share: the areas that make the overall grade, and the summary with what
# has to improve. The safeguarding board is another body with a grade of its own.
PARTS = (("help_protection",), ("in_care", "care_leavers"), ("leaders",), ("summary", "improve"))
PLAIN, BALANCED = "weakness_share", "balanced_share"
FEWEST = 10
# Ten points of the share, so that a coefficient has a size that can be read.
_POINTS = 10.0
_DIGITS = 4
log = logging.getLogger("findings")


def section_sums(sentences: pd.DataFrame) -> pd.DataFrame:
    """Sum findings and weaknesses by report and section, as coded and by probability.

    Returns
    -------
    DataFrame
        Indexed by ``doc_id`` and ``section``; ``plain_top`` and ``plain_bottom`` (weaknesses with
        half the mixed, findings), ``chance_top`` and ``chance_bottom`` (their expected numbers).
    """
    worth = dict(zip(("strength", "weakness", "mixed"), VALUES[PLAIN], strict=True))
    sums = pd.DataFrame({
        "doc_id": sentences["doc_id"], "section": sentences["section"],
        "plain_top": sentences["polarity"].map(worth).fillna(0.0),
        "plain_bottom": (sentences["polarity"] != "none").astype(float),
        "chance_top": sentences["p_weakness"] + sentences["p_mixed"] / 2,
        "chance_bottom": 1 - sentences["p_none"],
    })  # fmt: skip
    return sums.groupby(["doc_id", "section"]).sum()


def sums_of(pieces: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return what :func:`section_sums` returns of sentences in pieces, which may cut a report."""
    sums = pd.concat([section_sums(piece) for piece in pieces])
    return sums.groupby(level=["doc_id", "section"]).sum()


def share_of(sums: pd.DataFrame, sections: tuple[str, ...], kind: str) -> pd.Series:
    """Return the weakness share of some sections, by ``doc_id``; reports without are left out."""
    chosen = sums[sums.index.get_level_values("section").isin(sections)]
    whole = chosen.groupby(level="doc_id").sum()
    whole = whole[whole[f"{kind}_bottom"] > 0]
    return whole[f"{kind}_top"] / whole[f"{kind}_bottom"]


def balanced_share(sums: pd.DataFrame) -> pd.Series:
    """Return the balanced weakness share of reports, by ``doc_id``.

    The mean of the shares of the parts of a report: help and protection; children in care and care
    leavers; leaders; the summary with what needs to improve. Sentences enter by their
    probabilities: expected weaknesses over expected findings.

    Notes
    -----
    A grade is given on areas, not on sentences, so a long section counts no more than a short one,
    and the safeguarding board (SIF) has a grade of its own and does not count. It depends on
    sections being found; a part without sentences is left out of the mean. It was not fitted to
    grades, but it was chosen among a few dozen ways of counting by how it goes with them
    (docs/method.md), so its rho on those reports flatters a little. Use the plain share for
    anything but this check.
    """
    parts = pd.concat([share_of(sums, part, "chance") for part in PARTS], axis=1)
    return parts.mean(axis=1)


def graded(documents: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Return a row for every report, graded area and measure: facts, ``share`` and ``grade``.

    Parameters
    ----------
    documents
        The reports.
    sums
        What :func:`section_sums` returns.

    Notes
    -----
    ILACS judged children in care and care leavers as one before 2023: there the sections of both
    stand against that grade.
    """
    everything = tuple(sorted(set(sums.index.get_level_values("section"))))
    both = share_of(sums, ("in_care", "care_leavers"), "plain")
    rows = []
    for area in schema.AREAS:
        known = documents[documents[area] != ""]
        shares = {PLAIN: share_of(sums, SECTIONS.get(area, everything), "plain")}
        if area == "overall":
            shares[BALANCED] = balanced_share(sums)
        for measure, by_report in shares.items():
            share = known["doc_id"].map(by_report)
            if area == "in_care":
                joint = (known["framework"] == "ILACS") & (known["care_leavers"] == "")
                share = share.mask(joint, known["doc_id"].map(both))
            facts = ["doc_id", "council", "gss_code", "published", "framework"]
            rows.append(known[facts].assign(area=area, measure=measure, grade=known[area],
                                            share=share.astype(float)))  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    return table[table["share"].notna()].reset_index(drop=True)


def rank_correlation(
    share: np.ndarray, grade: np.ndarray, level: float
) -> tuple[float, float, float, float]:
    """Return Spearman's rho, its interval (Bonett and Wright 2000), and the largest possible.

    Read it as: how well the order of shares gives the order of grades. Four grades make ties, so
    that even a perfect order has a rho below 1; the largest possible one is for shares that
    differ within a grade.

    Examples
    --------
    >>> rho, low, high, most = rank_correlation(
    ...     np.array([0.1, 0.2, 0.3, 0.5, 0.4, 0.6]), np.array([0, 0, 1, 1, 2, 2]), 0.95
    ... )
    >>> [round(x, 3) for x in (rho, low, high, most)]
    [0.837, -0.104, 0.987, 0.956]
    """
    ranks = pd.DataFrame({"share": share, "grade": grade}).corr("spearman")
    rho = ranks.to_numpy()[0, 1].item()
    count = len(share)
    ties = np.unique(grade, return_counts=True)[1].astype(float)
    most = float(np.sqrt(1 - np.sum(ties**3 - ties) / (count**3 - count)))
    if abs(rho) >= 1 or count <= 3:
        return rho, float("nan"), float("nan"), most
    error = np.sqrt((1 + rho**2 / 2) / (count - 3)) * ndtri(0.5 + level / 2)
    low, high = np.tanh(np.arctanh(rho) + np.array([-error, error]))
    return rho, float(low), float(high), most


@dataclass(frozen=True)
class OrdinalFit:
    """A proportional-odds model: the log odds for ten points with its error; chances of grades."""

    odds: float
    error: float
    chances: np.ndarray


class _Ordinal(OrderedModel):  # type: ignore[misc]
    """The model of statsmodels; scipy's own distribution checks each of some thousand calls."""

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Return the logistic distribution function."""
        return np.asarray(expit(x))


def ordinal_fit(share: np.ndarray, grade: np.ndarray) -> OrdinalFit | None:
    """Fit a proportional-odds model of grades (McCullagh 1980); ``None`` where there is none.

    Parameters
    ----------
    share, grade
        Shares, and grades as numbers from 0 (outstanding); shape (reports,).

    Notes
    -----
    ``odds`` is by how much the log odds of a worse grade rise for ten points more of the share; it
    takes for granted that this is so at every step between grades. There is no fit where the
    share tells the grades wholly apart. ``chances`` has a column for every number up to 3, 0 for
    grades that no report has.
    """
    found, place = np.unique(grade, return_inverse=True)
    model = _Ordinal(place, share[:, None] * _POINTS, distr="logit")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = model.fit(method="bfgs", maxiter=500, gtol=1e-6, disp=False)
            error = float(fit.bse[0])
    except (np.linalg.LinAlgError, ValueError):
        return None
    # Where grades can be told wholly apart, the coefficient runs away and has no error.
    if not np.isfinite([fit.params[0], error]).all() or error > abs(fit.params[0]) * 5 + 5:
        return None
    chances = np.zeros((len(share), len(schema.GRADES)))
    given = np.asarray(model.predict(fit.params, exog=share[:, None] * _POINTS))
    # An optimiser stops a little earlier or later from machine to machine.
    chances[:, found] = np.round(given, _DIGITS)
    return OrdinalFit(round(float(fit.params[0]), _DIGITS), round(error, _DIGITS), chances)


def criterion_validity(table: pd.DataFrame, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``criterion_validity`` and ``grade_disagreements``.

    Parameters
    ----------
    table
        As :func:`graded` gives it.
    level
        Level of the intervals.
    """
    z = float(ndtri(0.5 + level / 2))
    order = {area: place for place, area in enumerate(schema.AREAS)}
    rows, apart = [], [pd.DataFrame(columns=schema.GRADE_DISAGREEMENTS.names)]
    kinds = ["framework", "area", "measure"]
    keys = set(zip(*(table[kind] for kind in kinds), strict=True))
    for framework, area, measure in sorted(keys, key=lambda key: (key[0], order[key[1]], key[2])):
        group = table[(table[kinds] == [framework, area, measure]).all(axis=1)]
        row = {"framework": framework, "area": area, "measure": measure, "reports": len(group)}
        share = group["share"].to_numpy(dtype=float)
        grade = group["grade"].map({g: n for n, g in enumerate(schema.GRADES)}).to_numpy()
        if len(group) < FEWEST or len(set(grade)) < 2 or len(set(share)) < 2:
            reason = "too_few_reports" if len(group) < FEWEST else "one_grade"
            rows.append(row | {"reason": reason})
            continue
        names = ("rho", "rho_low", "rho_high", "rho_most")
        row |= dict(zip(names, rank_correlation(share, grade, level), strict=True))
        fit = ordinal_fit(share, grade)
        if fit is None:
            rows.append(row | {"reason": "no_fit"})
            continue
        likeliest = fit.chances.argmax(axis=1)
        rows.append(row | {
            "odds": fit.odds, "odds_low": fit.odds - z * fit.error,
            "odds_high": fit.odds + z * fit.error, "hit_rate": float((likeliest == grade).mean()),
            "reason": "",
        })  # fmt: skip
        if (measure == BALANCED) == (area == "overall"):
            apart.append(_disagreements(group, grade, fit))
    return (frames.build(rows, schema.CRITERION_VALIDITY),
            pd.concat(apart, ignore_index=True))  # fmt: skip


def _disagreements(group: pd.DataFrame, grade: np.ndarray, fit: OrdinalFit) -> pd.DataFrame:
    gap = grade - fit.chances @ np.arange(fit.chances.shape[1])
    table = group.assign(
        expected_grade=np.array(schema.GRADES, dtype=object)[fit.chances.argmax(axis=1)],
        grade_probability=fit.chances[np.arange(len(grade)), grade],
        gap=np.round(gap, _DIGITS),
        size=np.round(np.abs(gap), _DIGITS),
    ).sort_values(["size", "doc_id"], ascending=[False, True], kind="stable")
    table = table.assign(place=np.arange(1, len(table) + 1))
    return table[schema.GRADE_DISAGREEMENTS.names]


def log_validity(validity: pd.DataFrame) -> None:
    """Log a line for every framework: how the weakness share goes with the overall grade."""
    overall = validity[validity["area"] == "overall"].set_index(["framework", "measure"])
    for framework in sorted(set(validity["framework"])):
        if (framework, BALANCED) not in overall.index:
            continue
        best, plain = (overall.loc[framework, name] for name in (BALANCED, PLAIN))
        if pd.isna(best["rho"]):
            log.info("grades:  %s, %d reports: too few, or all of one grade, for a correlation",
                     framework, best["reports"])  # fmt: skip
            continue
        log.info(
            "grades:  %s, %d reports: Spearman's rho of weakness share and overall grade %.3f "
            "(%.3f to %.3f; at most %.3f), not balanced %.3f",
            framework, best["reports"], best["rho"], best["rho_low"], best["rho_high"],
            best["rho_most"], plain["rho"],
        )  # fmt: skip
