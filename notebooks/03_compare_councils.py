# %% [markdown]
# # 3. Councils compared: which differ, and which changed?
#
# Comparing councils is what these tables tempt to most and support least. A report holds a handful
# of sentences on a theme; two shares of five sentences each differ by chance alone. This notebook
# goes from what one report says to what can be said of several, and keeps the doubt in view. It
# gives no league table: at the end of section 3 you see why.

# %%
RUN = "../outputs"

# %%
from pathlib import Path

import altair as alt
import pandas as pd


def table(name: str) -> pd.DataFrame:
    """Read a table of the run."""
    return pd.read_parquet(Path(RUN) / "tables" / f"{name}.parquet")


_ = alt.renderers.enable("svg")
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6B6B6B"
SHARE = alt.Scale(domain=[0, 1])
PERCENT = alt.Axis(format="%", title="weakness share, 95 % interval")

# %% [markdown]
# ## 1. What is compared with what
#
# Reports of one framework and one period of publication. `all` is every finding once, whatever its
# theme. The table shows what there is; the next cell takes the largest group. Set `FRAMEWORK`,
# `PERIOD` and `THEME` by hand to look at another.

# %%
national = table("national_shares")
weak = national[national["measure"] == "weakness_share"]
weak.loc[weak["theme"] == "all", ["framework", "period", "reports", "findings"]]

# %%
largest = weak[weak["theme"] == "all"].sort_values("reports").iloc[-1]
FRAMEWORK, PERIOD = largest["framework"], largest["period"]
THEME = "written_plans"
print(f"{FRAMEWORK}, {PERIOD}; theme: {THEME}")

# %% [markdown]
# ## 2. Three figures for one council
#
# `council_shares` holds three shares for every report and theme.
#
# - `share`: as coded. It describes *this report*.
# - `pooled`: drawn towards the other councils, the more the less the report says. The best guess
#   about a service beside its like; biased on purpose, so never count or test with it.
# - `corrected`: what coding by hand would give, after the errors known from the gold sentences.
#   Empty where the corpus has no gold sentences; `reason` says so.
#
# In the picture the hollow points are as coded, the filled ones pooled. See how far reports with
# few findings move and that the others stay.

# %%
shares = table("council_shares")
chosen = shares[
    (shares["framework"] == FRAMEWORK) & (shares["period"] == PERIOD)
    & (shares["theme"] == THEME) & (shares["measure"] == "weakness_share")
    & (shares["findings"] > 0)
].sort_values("share")  # fmt: skip
MOST = 40  # more lines than this cannot be read; every second, third … council is drawn
drawn = chosen.iloc[:: len(chosen) // MOST + 1].copy()
drawn["name"] = (
    drawn["council"] + " " + drawn["published"].astype(str).str[:4]
    + " (" + drawn["findings"].astype(str) + ")"
)  # fmt: skip
base = alt.Chart(drawn[["name", "share", "pooled"]]).encode(
    alt.Y("name:N", sort=drawn["name"].tolist(), title=None)
)
moves = base.mark_rule(color=GREY).encode(
    alt.X("share:Q", scale=SHARE, axis=alt.Axis(format="%", title="weakness share")),
    alt.X2("pooled:Q"),
)
raw = base.mark_point(color=GREY, size=40).encode(alt.X("share:Q", scale=SHARE))
pooled = base.mark_point(color=BLUE, filled=True, size=45, opacity=1).encode(
    alt.X("pooled:Q", scale=SHARE)
)
(moves + raw + pooled).properties(
    width=420,
    height=alt.Step(15),
    title=f"{THEME}: as coded (hollow) and pooled (number: findings)",
)

# %%
columns = ["council", "findings", "paragraphs", "design_effect", "share", "share_low", "share_high",
           "pooled", "pooled_low", "pooled_high", "corrected", "reason"]  # fmt: skip
drawn[columns].round(2).head(12)

# %% [markdown]
# `design_effect` says how much the sentences of a paragraph repeat each other: six findings with a
# design effect of 2 are worth three. Look at the width of the intervals before anything else.
#
# ## 3. Who differs from the others?
#
# `council_differences` holds each report against the others of its group. With hundreds of
# comparisons some p-values are small by chance, so `q_value` and `differs` control the share of
# false discoveries. The dashed line is the others' share.

# %%
differences = table("council_differences")
against = differences[
    (differences["framework"] == FRAMEWORK) & (differences["period"] == PERIOD)
    & (differences["compared_with"] == "national") & differences["others_share"].notna()
].copy()  # fmt: skip
against["verdict"] = against["differs"].map(
    {"above": "more weaknesses", "below": "fewer weaknesses"}
).fillna("not told apart")  # fmt: skip
everything = against[(against["theme"] == "all") & against["share"].notna()].sort_values("share")
everything = everything.iloc[:: len(everything) // MOST + 1]
everything = everything.assign(name=everything["council"] + ", " + everything["doc_id"])
verdict = alt.Color("verdict:N", title=None, scale=alt.Scale(
    domain=["more weaknesses", "not told apart", "fewer weaknesses"], range=[ORANGE, GREY, BLUE]
))  # fmt: skip
base = alt.Chart(everything).encode(
    alt.Y("name:N", sort=everything["name"].tolist(), title=None, axis=alt.Axis(labelLimit=260)),
    verdict,
)
lines = base.mark_rule().encode(
    alt.X("share_low:Q", scale=SHARE, axis=PERCENT), alt.X2("share_high:Q")
)
points = base.mark_point(filled=True, opacity=1).encode(alt.X("share:Q", scale=SHARE))
middle = alt.Chart(everything).mark_rule(strokeDash=[4, 3]).encode(
    alt.X("median(others_share):Q", scale=SHARE)
)  # fmt: skip
(lines + points + middle).properties(
    width=420, height=alt.Step(13), title=f"{FRAMEWORK}, {PERIOD}: all findings, by report"
)

# %%
counted = pd.crosstab(against["theme"], against["verdict"])
counted.assign(reports=counted.sum(axis=1))

# %% [markdown]
# For single themes most reports cannot be told apart from the others. That is a result, not a
# failure: it says what these texts can carry.
#
# **Ranks.** If you must speak of places, speak of their intervals.

# %%
ranked = against[against["theme"].isin(["all", THEME]) & against["rank"].notna()]
ranked = ranked.assign(width=ranked["rank_high"] - ranked["rank_low"] + 1)
ranked.groupby("theme").agg(
    reports=("doc_id", "size"), narrowest=("width", "min"), typical=("width", "median"),
    widest=("width", "max"),
)  # fmt: skip

# %% [markdown]
# `typical` is the number of places that an interval of a rank runs over. Where it is nearly the
# number of reports, the place is not known, and a league table would be made up.
#
# ## 4. The national picture, corrected for errors of coding
#
# `share` is as coded, `corrected` what coding by hand would give, by the gold sentences drawn at
# random (prediction-powered inference), `typical` the share of the typical council. Where there are
# too few gold sentences the corrected share is empty. If `share` and `corrected` lie far apart,
# believe neither until you have read sentences.

# %%
weak.loc[
    weak["theme"].isin(["all", THEME]),
    ["framework", "period", "theme", "reports", "share", "share_low", "share_high", "typical",
     "corrected", "corrected_low", "corrected_high", "gold_sentences", "reason"],
].round(2)  # fmt: skip

# %% [markdown]
# ## 5. Who changed?
#
# The same council, two inspections. Within a framework the shares are compared themselves
# (`change`); between frameworks only the distance to the other councils can be
# (`relative_change`), because the frameworks ask different things. `standing_changes` are those
# that survive the control of false discoveries.

# %%
changes = table("council_changes")
pd.crosstab(changes["basis"].fillna("not tested"), changes["verdict"].fillna("not tested"))

# %%
standing = table("standing_changes")
alike = (standing["theme"] == "all") & (standing["basis"] == "change")
overall = standing[alike].sort_values("share")
overall = overall.iloc[:: len(overall) // MOST + 1].copy()
overall["name"] = (
    overall["council"] + " " + overall["published_before"].astype(str).str[:4]
    + " to " + overall["published"].astype(str).str[:4]
)  # fmt: skip
base = alt.Chart(overall[["name", "share_before", "share", "verdict"]]).encode(
    alt.Y("name:N", sort=overall["name"].tolist(), title=None),
    alt.Color("verdict:N", title=None,
              scale=alt.Scale(domain=["improvement", "deterioration"], range=[BLUE, ORANGE])),
)  # fmt: skip
spans = base.mark_rule(strokeWidth=2).encode(
    alt.X("share_before:Q", scale=SHARE, axis=alt.Axis(format="%", title="weakness share")),
    alt.X2("share:Q"),
)
ends = base.mark_point(filled=True, size=50, opacity=1).encode(alt.X("share:Q", scale=SHARE))
(spans + ends).properties(
    width=420,
    height=alt.Step(15),
    title="Changes within a framework, all findings, that stand up (point: the later)",
)

# %%
standing[["council", "theme", "framework_before", "framework", "basis", "share_before", "share",
          "change", "change_low", "change_high", "q_value",
          "verdict"]].round(3).head(12)  # fmt: skip

# %% [markdown]
# Councils with the worst reports improve most often. Part of that is regression to the mean: who
# stands at the very end is there partly by chance, and chance does not repeat itself.
#
# ## 6. Does the text go with the grade?
#
# The only outside measure at hand is the inspectors' grade. `rho` is the rank correlation of
# weakness share and grade. Four grades make ties, so compare it with `rho_most`, the largest value
# that these grades allow. A high value shows that the coding catches what inspectors weigh; it
# cannot show that either is right about the service.

# %%
table("criterion_validity")[
    ["framework", "area", "measure", "reports", "rho", "rho_low", "rho_high", "rho_most", "reason"]
].round(2)

# %% [markdown]
# Reports whose text and grade lie furthest apart are worth more than any table: read them.

# %%
table("grade_disagreements").query("area == 'overall'").sort_values("place")[
    ["council", "framework", "published", "grade", "expected_grade", "share", "gap"]
].round(2).head(8)

# %% [markdown]
# ## What this does not show
#
# - **Which service is better.** It shows what was written, of a service, in a week, by a team.
# - **That councils which are not told apart are alike.** There may be a difference that a few
#   sentences cannot show.
# - **Why anything changed.** New leaders, new inspectors and a new template all change texts.
# - **Differences between frameworks.** They are differences between templates.
# - **Errors that are peculiar to one report.** The correction takes errors to be alike everywhere.
#   Before you say anything of a named council, read all its sentences on the theme.
