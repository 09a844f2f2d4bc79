# %% [markdown]
# # 2. Findings and themes: what do the reports praise, and what do they want changed?
#
# The program gave every sentence a polarity (strength, weakness, mixed, none) and every finding
# its themes. This notebook counts them. Two figures are easily confused, so keep them apart:
#
# - the **share of findings** on a theme: how much of the text is about it;
# - the **weakness share**: of what is said about it, how much is critical, (weaknesses + mixed / 2)
#   / findings.
#
# A theme can be written about seldom and then critically, or often and with praise.

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
pd.set_option("display.max_colwidth", 160)
GRADES = ["outstanding", "good", "requires improvement", "inadequate"]
COLOURS = {"ILACS": "#0072B2", "SIF": "#D55E00", "other": "#009E73", "press": "#6B6B6B"}

# %% [markdown]
# ## Themes by framework
#
# `theme_groups` holds the counts with their intervals. Reports are the units (clusters): the
# interval is wide where reports differ much, however many sentences there are.

# %%
groups = table("theme_groups")
frameworks = groups[(groups["grouping"] == "layout") & groups["group"].isin(["ILACS", "SIF"])]
frameworks = frameworks[frameworks["theme"] != "all"].copy()
frameworks["name"] = frameworks["theme"].str.replace("_", " ")
order = frameworks.groupby("name")["findings"].sum().sort_values(ascending=False).index.tolist()


def intervals(data: pd.DataFrame, value: str, title: str) -> alt.TopLevelMixin:
    """Draw shares with their intervals, a row for each theme."""
    base = alt.Chart(data).encode(
        alt.Y("name:N", sort=order, title=None),
        alt.YOffset("group:N"),
        alt.Color("group:N", title=None,
                  scale=alt.Scale(domain=list(COLOURS)[:2], range=list(COLOURS.values())[:2])),
    )  # fmt: skip
    axis = alt.Axis(format="%", title=title)
    rules = base.mark_rule().encode(alt.X(f"{value}_low:Q", axis=axis), alt.X2(f"{value}_high:Q"))
    points = base.mark_point(filled=True, size=35, opacity=1).encode(alt.X(f"{value}:Q", axis=axis))
    return (rules + points).properties(width=270, height=alt.Step(11))


(
    intervals(frameworks, "share", "share of findings")
    | intervals(frameworks, "weakness_share", "weakness share").encode(
        alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labels=False))
    )
).properties(title="Themes by how often they are written about (left) and how critically (right)")

# %% [markdown]
# Read each row across. The colours stand beside one another to save space, not to be compared: SIF
# reports list recommendations and cover the safeguarding board, ILACS reports do not. `other`
# holds findings that no theme of the codebook fits.
#
# ## Where a weakness stands
#
# The same words mean different things in different places: a bullet under "what needs to improve"
# is a weakness however it is phrased. A strength said in the summary is said again in a section.

# %%
findings = table("findings")
documents = table("documents")
originals = documents.loc[documents["duplicate_of"].isna(), "doc_id"]
findings = findings[findings["doc_id"].isin(originals)]
in_reports = findings[findings["doc_type"] == "inspection_report"]
where = pd.crosstab(in_reports["section"], in_reports["polarity"])
where.assign(findings=where.sum(axis=1)).sort_values("findings", ascending=False)

# %% [markdown]
# ## By grade
#
# If the coding measures anything, a worse grade goes with a larger weakness share. This is a check
# of the coding more than a result: the grade and the sentences stand in the same report. Change
# `FRAMEWORK` to look at the other one. Groups of fewer than three reports are left out.

# %%
FRAMEWORK = "ILACS"
by_grade = groups[
    (groups["grouping"] == "grade") & (groups["layout"] == FRAMEWORK)
    & groups["group"].isin(GRADES) & (groups["documents"] >= 3)
].copy()  # fmt: skip
by_grade["name"] = by_grade["theme"].str.replace("_", " ").replace("all", "all findings")
panel = alt.Chart(by_grade).encode(
    alt.X("group:N", sort=GRADES, title=None, axis=alt.Axis(labelAngle=-45))
)
bars = panel.mark_rule(color="#0072B2").encode(
    alt.Y("weakness_share_low:Q", axis=alt.Axis(format="%", title="weakness share")),
    alt.Y2("weakness_share_high:Q"),
)
dots = panel.mark_point(filled=True, size=40, color="#0072B2", opacity=1).encode(
    alt.Y("weakness_share:Q", scale=alt.Scale(domain=[0, 1]))
)
(bars + dots).properties(width=120, height=90).facet(
    alt.Facet("name:N", title=None, sort=["all findings", *order]), columns=5
).properties(title=f"{FRAMEWORK}: weakness share by overall grade")

# %% [markdown]
# ## By year
#
# A year's reports are those of the councils that were inspected in it. Read a line as "what was
# written in that year", not as "how services developed"; for that see notebook 3, which compares
# the same council with itself.

# %%
by_year = groups[
    (groups["grouping"] == "year") & groups["layout"].isin(["ILACS", "SIF"])
    & (groups["theme"] == "all") & (groups["documents"] >= 2)
].copy()  # fmt: skip
panel = alt.Chart(by_year).encode(
    alt.X("group:O", title=None, axis=alt.Axis(labelAngle=0)),
    alt.Color("layout:N", title=None,
              scale=alt.Scale(domain=list(COLOURS)[:2], range=list(COLOURS.values())[:2])),
)  # fmt: skip
rules = panel.mark_rule().encode(
    alt.Y("weakness_share_low:Q", axis=alt.Axis(format="%", title="weakness share")),
    alt.Y2("weakness_share_high:Q"),
)
lines = panel.mark_line(point=True).encode(
    alt.Y("weakness_share:Q", scale=alt.Scale(domain=[0, 1]))
)
(rules + lines).properties(width=560, height=200, title="All findings, by year of publication")

# %%
by_year[["layout", "group", "documents", "weakness_share", "weakness_share_low",
         "weakness_share_high"]].round(2)  # fmt: skip

# %% [markdown]
# ## The words themselves
#
# Themes are the researcher's; words are the texts' own. `keyness` holds, for contrasts of groups,
# the words that stand more often in one of them. `log_ratio` is the size of the difference in
# doublings (1 is twice as often, 3 eight times), `q_value` says whether it could be chance once
# all the words that were compared are taken into account, `documents_a` and `documents_b` whether
# it rests on few documents. Look at the size first, then at the interval.

# %%
keyness = table("keyness")
keyness.groupby("contrast").agg(
    a=("group_a", "first"), b=("group_b", "first"), terms=("term", "size"), key=("key", "sum")
)

# %%
top = keyness[keyness["part_of"].isna() & (keyness["rank"] <= 8)]
top[["contrast", "key_to", "term", "count_a", "count_b", "documents_a", "documents_b",
     "log_ratio", "log_ratio_low", "log_ratio_high", "q_value", "key"]].round(2)  # fmt: skip

# %% [markdown]
# Where `key` is `False` throughout, the contrast has no word that stands up: the corpus is too
# small, or the groups speak alike.
#
# ## Read before you quote
#
# A count is a summary of sentences. Here are some on a theme, drawn at random and not picked;
# the evidence is the words that moved the model. Change `THEME`, and read more of them than this.

# %%
THEME = "management_oversight"
themes = table("finding_themes")
on_theme = themes.loc[themes["theme"] == THEME, "sentence_id"]
drawn = in_reports[in_reports["sentence_id"].isin(on_theme)]
drawn = drawn.sample(min(6, len(drawn)), random_state=1).sort_values("sentence_id")
drawn[["council", "page", "polarity", "confidence", "text", "evidence"]]

# %% [markdown]
# Ask of each: would you have coded it so? Is the theme what the sentence is about, or a word in
# it? Count how many you would change, and keep that number beside the figures above.

# %% [markdown]
# ## What this does not show
#
# - **How often something happens.** "Some plans" and "most plans" are one sentence each.
# - **How grave it is.** A child at risk and a late form weigh alike.
# - **What was not written.** Inspectors choose their subjects. No findings is not no weaknesses.
# - **Errors of the coding.** The intervals are about which reports there are. How often codes are
#   wrong is the question of notebook 5, and `national_shares` holds shares corrected for it.
# - **Trends of services**, for the reason given above.
