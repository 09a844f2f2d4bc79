# %% [markdown]
# # 4. Press and report: what is taken up, what is left out, and who speaks?
#
# A council writes a press release about its inspection, a newspaper a story. This notebook holds
# each against the report: which weaknesses and strengths it takes up, whose voice it gives, and
# whether it is easier to read. To leave something out is not to hide it: a text of 25 sentences
# cannot hold a report of 200.

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
pd.set_option("display.max_colwidth", 140)
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#6B6B6B"

# %% [markdown]
# ## 1. Which report is a text about?
#
# Nothing below is better than this link. A text that could not be linked has a `reason`; where
# `grade_agrees` is false the text states another grade than the report's, so read it first.

# %%
links = table("press_links")
links[["press_id", "doc_type", "report_id", "days", "linked_by", "grade_agrees", "own_words",
       "reason"]]  # fmt: skip

# %% [markdown]
# ## 2. What is taken up
#
# A report says a weakness in its summary, again as an area for improvement, again with details.
# Counted by sentence it would count three times, so these are **points**: repetitions joined. The
# interval takes the points as a sample of what inspectors could have found.

# %%
pairs = table("press_pairs")
sides = []
for side in ("weakness", "strength"):
    part = pairs[["press_id", "council", "doc_type", f"{side}_points", f"{side}_points_taken_up",
                  f"{side}_points_share", f"{side}_points_low", f"{side}_points_high"]]  # fmt: skip
    part = part.set_axis(
        ["press_id", "council", "doc_type", "points", "taken_up", "share", "low", "high"], axis=1
    )
    sides.append(part.assign(side=f"{side} points"))
taken = pd.concat(sides)
base = alt.Chart(taken).encode(
    alt.Y("press_id:N", title=None), alt.YOffset("side:N"),
    alt.Color("side:N", title=None,
              scale=alt.Scale(domain=["weakness points", "strength points"], range=[ORANGE, BLUE])),
)  # fmt: skip
rules = base.mark_rule().encode(
    alt.X("low:Q", axis=alt.Axis(format="%", title="share of the report's points taken up")),
    alt.X2("high:Q"),
)
dots = base.mark_point(filled=True, size=45, opacity=1).encode(alt.X("share:Q"))
(rules + dots).properties(
    width=420, height=alt.Step(10), title="What a press text takes up of its report"
)

# %%
pairs[["press_id", "doc_type", "overall", "press_sentences", "weakness_points",
       "weakness_points_taken_up", "strength_points", "strength_points_taken_up"]]  # fmt: skip

# %% [markdown]
# Read the lines of one text against each other first: its length is the same for both. Where the
# two intervals overlap widely the text takes up strengths and weaknesses alike, as far as one can
# tell.
#
# The matching finds about six of ten counterparts (`docs/press.md`): a paraphrase in quite other
# words is missed. Shares are therefore too low, and differences between texts are safer than the
# shares themselves.
#
# ## 3. Does it sound better than the report?
#
# The weakness share of the text less that of its report. Below zero, the text sounds better. An
# interval that crosses zero allows both.

# %%
direction = alt.Color("doc_type:N", title=None, scale=alt.Scale(
    domain=["press_release", "news"], range=[BLUE, ORANGE]
))  # fmt: skip
ordered = pairs.sort_values("share_difference")
base = alt.Chart(ordered.drop(columns="published")).encode(
    alt.Y("press_id:N", sort=ordered["press_id"].tolist(), title=None), direction
)
rules = base.mark_rule().encode(
    alt.X("share_difference_low:Q", scale=alt.Scale(domain=[-1, 1]),
          axis=alt.Axis(format="+%", title="weakness share, press less report")),
    alt.X2("share_difference_high:Q"),
)  # fmt: skip
dots = base.mark_point(filled=True, size=45, opacity=1).encode(alt.X("share_difference:Q"))
zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(strokeDash=[4, 3]).encode(alt.X("at:Q"))
(zero + rules + dots).properties(
    width=420, height=alt.Step(16), title="Left of the line the press text sounds better"
)

# %%
ordered[["press_id", "doc_type", "report_weakness_share", "press_weakness_share",
         "share_difference", "share_difference_low", "share_difference_high"]].round(2)  # fmt: skip

# %% [markdown]
# ## 4. By theme
#
# Points of all linked reports on a theme, and those that their press texts take up. A point with
# two themes counts under both. There is no interval: the points of one report are not independent
# and the texts are few. A theme with under ten points says nothing by itself.

# %%
coverage = table("press_coverage").groupby("theme")[
    ["weakness_points", "weakness_points_taken_up", "strength_points", "strength_points_taken_up"]
].sum()  # fmt: skip
coverage = coverage.sort_values("weakness_points", ascending=False)
coverage

# %%
bars = coverage.reset_index().assign(
    name=lambda d: d["theme"].str.replace("_", " "),
    left_out=lambda d: d["weakness_points"] - d["weakness_points_taken_up"],
)
bars = bars.rename(columns={"weakness_points_taken_up": "taken up", "left_out": "left out"}).melt(
    "name", ["taken up", "left out"], var_name="fate", value_name="points"
)
alt.Chart(bars, title="Weakness points of the reports, by theme").mark_bar().encode(
    alt.X("points:Q", title="points"),
    alt.Y("name:N", sort=coverage.index.str.replace("_", " ").tolist(), title=None),
    alt.Color("fate:N", title=None,
              scale=alt.Scale(domain=["taken up", "left out"], range=[ORANGE, "#cccccc"])),
    alt.Order("fate:N", sort="descending"),
).properties(width=420, height=alt.Step(16))  # fmt: skip

# %% [markdown]
# ## 5. What is left out
#
# The weaknesses without a counterpart, with the press text's nearest sentence. These, not the
# shares, are what to read: a sentence that you find in the text in other words is an error of
# the matching. Count those errors for one text and you know how far to trust the rest.

# %%
left_out = table("press_omissions").query("not point_taken_up")
shown = left_out.sample(min(6, len(left_out)), random_state=1).sort_values(["press_id", "page"])
shown[["press_id", "page", "text", "themes", "theme_in_press", "score"]]

# %% [markdown]
# ## 6. Who speaks
#
# Sentences by whose assertion they are. In a release the writer is the council, in a story the
# newspaper: `author` is neither's quoted voice.

# %%
voices = pairs.melt(
    ["press_id"], ["by_council", "by_inspectorate", "by_author", "by_other"],
    var_name="voice", value_name="sentences",
)  # fmt: skip
voices["voice"] = voices["voice"].str.removeprefix("by_")
alt.Chart(voices, title="Sentences by who asserts them").mark_bar().encode(
    alt.X("sentences:Q", stack="normalize", axis=alt.Axis(format="%", title="share of sentences")),
    alt.Y("press_id:N", title=None),
    alt.Color("voice:N", title=None, scale=alt.Scale(
        domain=["council", "inspectorate", "author", "other"], range=[BLUE, ORANGE, GREY, GREEN])),
).properties(width=420, height=alt.Step(16))  # fmt: skip

# %% [markdown]
# ## 7. Is the press easier to read?
#
# Means of documents with intervals, councils as clusters. Three measures that ask different
# things: length of sentences, length of words, and a formula of both. The formula's unit is a US
# school year, which is no reader's age; take it as an order.

# %%
readability = table("readability_groups")
kinds = readability[readability["grouping"] == "doc_type"]
measures = ["words_per_sentence", "long_words", "flesch_kincaid_grade"]
kinds[kinds["measure"].isin(measures)][
    ["measure", "doc_type", "documents", "councils", "mean", "mean_low", "mean_high", "lowest",
     "highest"]
].sort_values(["measure", "doc_type"]).round(2)  # fmt: skip

# %% [markdown]
# ## What this does not show
#
# - **Intent.** A weakness that is left out may be left out for space, or because a link to the
#   report stands below the text.
# - **What readers took from it.** Headline and picture do more than the twentieth sentence.
# - **The press as a whole.** These are the texts in the folder. How they were found decides what
#   they say; social media, broadcasts and texts behind a paywall are not here.
# - **Sure codes.** Press texts are coded clearly worse than reports (notebook 5). Code a sample by
#   hand before you publish a comparison.
