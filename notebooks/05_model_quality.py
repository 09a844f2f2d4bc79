# %% [markdown]
# # 5. Model quality: how far can the codes be trusted, and where not?
#
# Every count in the other notebooks is a count of codes that a program gave, with errors. This one
# asks how many errors, of what kind, and in which texts; and whether `confidence` tells which
# codes are doubtful. The gold standard comes from a language model that followed the codebook,
# so *accuracy* here is agreement with that procedure, not with people.

# %%
RUN = "../outputs"

# %%
import json
from pathlib import Path

import altair as alt
import pandas as pd
from statsmodels.stats.proportion import proportion_confint


def table(name: str) -> pd.DataFrame:
    """Read a table of the run."""
    return pd.read_parquet(Path(RUN) / "tables" / f"{name}.parquet")


_ = alt.renderers.enable("svg")
metrics = json.loads(Path("../models/metrics.json").read_text(encoding="utf-8"))
labels = pd.read_csv("../models/gold_labels.csv", dtype=str, keep_default_na=False)
predictions = pd.read_csv("../models/gold_predictions.csv", keep_default_na=False)
POLARITIES = ["strength", "weakness", "mixed", "none"]
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#6B6B6B"

# %% [markdown]
# ## 1. Against what was it measured?
#
# Gold sentences were drawn in strata. Those drawn at random tell how good the program is; those
# drawn because they are hard helped to train it and make it look worse than it is. So every figure
# has to say over which it was taken.

# %%
RANDOM = ["ten_per_report", "five_per_report", "three_per_report", "all_of_text"]
strata = pd.crosstab(labels["stratum"], labels["polarity"])[POLARITIES]
strata.assign(
    sentences=strata.sum(axis=1), at_random=strata.index.isin(RANDOM)
).sort_values("sentences", ascending=False)  # fmt: skip

# %% [markdown]
# The procedure coded some sentences twice, unmarked. That is how far it agrees with *itself*; a
# program cannot be measured more finely than this.

# %%
pd.Series(metrics["recoded"]).to_frame("value")

# %% [markdown]
# ## 2. Overall, beside simpler methods
#
# A method is only worth its trouble if it beats simpler ones: always the commonest polarity, and
# two word lists for sentiment. Intervals resample councils as wholes. `macro_f1` is the mean over
# the four polarities, so that the rare ones count as much as the common ones; accuracy hides them.
# Two kinds of test are mixed here: `*_held_out` was measured on a fifth of the councils kept
# aside, the others by cross-validation over all. Compare within a kind.

# %%
methods = pd.DataFrame([
    {"method": name, "measure": measure, **figures[measure], "sentences": figures.get("sentences")}
    for name, figures in metrics["polarity"].items() if isinstance(figures.get("macro_f1"), dict)
    for measure in ("accuracy", "macro_f1")
])  # fmt: skip
order = methods[methods["measure"] == "macro_f1"].sort_values("value", ascending=False)["method"]
base = alt.Chart(methods).encode(
    alt.Y("method:N", sort=order.tolist(), title=None), alt.YOffset("measure:N"),
    alt.Color("measure:N", title=None, scale=alt.Scale(range=[GREY, BLUE])),
)  # fmt: skip
rules = base.mark_rule().encode(
    alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), title="agreement with the gold standard"),
    alt.X2("high:Q"),
)
dots = base.mark_point(filled=True, size=45, opacity=1).encode(alt.X("value:Q"))
(rules + dots).properties(
    width=420, height=alt.Step(12), title="Polarity: methods, with 95 % intervals"
)

# %% [markdown]
# ## 3. Which polarity is taken for which?
#
# Rows are gold, columns what was given, for the cascade as it ships, on councils kept aside. Read
# along a row: of 100 sentences that are really X, how many were found? Errors that lean one way
# (weaknesses taken for strengths more often than the reverse) do not shrink with more reports.

# %%
METHOD = "cascade_held_out"
confusion = pd.DataFrame(metrics["polarity"][METHOD]["confusion"]).T.loc[POLARITIES, POLARITIES]
confusion

# %%
along = confusion.div(confusion.sum(axis=1), axis=0).stack().rename("share").reset_index()
along.columns = ["gold", "given", "share"]
along["count"] = confusion.stack().to_numpy()
base = alt.Chart(along).encode(
    alt.X("given:N", sort=POLARITIES, title="given", axis=alt.Axis(labelAngle=0)),
    alt.Y("gold:N", sort=POLARITIES, title="gold"),
)
squares = base.mark_rect().encode(
    alt.Color("share:Q", scale=alt.Scale(scheme="blues", domain=[0, 1]), title="share of the row",
              legend=alt.Legend(format="%"))
)  # fmt: skip
numbers = base.mark_text().encode(
    alt.Text("count:Q"),
    color=alt.condition("datum.share > 0.5", alt.value("white"), alt.value("#222")),
)
(squares + numbers).properties(width=300, height=200, title="Gold and given polarity, sentences")


# %%
def values(figures: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return figures without their intervals."""
    return {code: figure["value"] for code, figure in figures.items()}


pd.DataFrame(
    {
        name: values(metrics["polarity"][name]["f1"])
        for name in (METHOD, "linear", "vader", "majority")
    }
).loc[POLARITIES].round(2)

# %% [markdown]
# ## 4. Where is it worse?
#
# By kind of document and by how the sentence was drawn. Mind the numbers of sentences: an accuracy
# over 25 sentences has an interval of some 30 points. Intervals resample councils as wholes.


# %%
def accuracies(by: str) -> pd.DataFrame:
    """Return the accuracy of every group with its interval."""
    found = metrics["polarity"][METHOD][by]
    rows = [
        {"group": group, "sentences": row["sentences"], "accuracy": row["accuracy"]["value"],
         "low": row["accuracy"]["low"], "high": row["accuracy"]["high"]}
        for group, row in found.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


parts = []
for by, title in {
    "framework": "kind of document",
    "section": "section",
    "stratum": "how it was drawn",
}.items():
    rows = accuracies(by)
    rows["name"] = rows["group"] + " (" + rows["sentences"].astype(str) + ")"
    ranked = rows.sort_values("accuracy")["name"].tolist()
    base = alt.Chart(rows).encode(alt.Y("name:N", sort=ranked, title=None))
    lines = base.mark_rule(color=BLUE).encode(
        alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), title="accuracy"), alt.X2("high:Q")
    )
    marks = base.mark_point(filled=True, opacity=1, color=BLUE).encode(alt.X("accuracy:Q"))
    parts.append((lines + marks).properties(width=360, height=alt.Step(14), title=f"By {title}"))
alt.vconcat(*parts).properties(title="Accuracy by group (number of gold sentences)")

# %% [markdown]
# ## 5. Does `confidence` know?
#
# If it does, then of the sentences with a confidence of about 0.8 about 80 % are right: the points
# lie on the dashed line. `gold_predictions.csv` holds what models said of gold sentences
# of councils that they never saw. Only sentences drawn at random are used. Points below the line:
# the program is surer than it should be.

# %%
known = labels.merge(predictions, on=["doc_id", "sentence_hash"], suffixes=("", "_given"))
known = known[known["stratum"].isin(RANDOM)]
chances = known[[f"p_{polarity}" for polarity in POLARITIES]]
known = known.assign(
    given=chances.idxmax(axis=1).str.removeprefix("p_"), confidence=chances.max(axis=1)
)
known["right"] = known["given"] == known["polarity"]
# A probability of 1 is a code fixed by the place of the sentence, not the model's own.
own = known[known["confidence"] < 1]
bins = pd.cut(own["confidence"], [0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
reliability = own.groupby(bins, observed=True).agg(
    sentences=("right", "size"), confidence=("confidence", "mean"), right=("right", "sum")
)
reliability["accuracy"] = reliability["right"] / reliability["sentences"]
reliability["low"], reliability["high"] = proportion_confint(
    reliability["right"], reliability["sentences"], method="wilson"
)
base = alt.Chart(reliability.reset_index(drop=True)).encode(
    alt.X("confidence:Q", scale=alt.Scale(domain=[0.3, 1]), title="mean confidence")
)
rules = base.mark_rule(color=BLUE).encode(
    alt.Y("low:Q", scale=alt.Scale(domain=[0, 1]), title="share that is right"), alt.Y2("high:Q")
)
dots = base.mark_point(filled=True, size=50, color=BLUE, opacity=1).encode(alt.Y("accuracy:Q"))
line = alt.Chart(pd.DataFrame({"at": [0.3, 1.0]})).mark_line(
    strokeDash=[4, 3], color=GREY
).encode(alt.X("at:Q"), alt.Y("at:Q"))  # fmt: skip
(line + rules + dots).properties(
    width=360, height=260, title="Confidence and accuracy, random gold sentences"
)

# %%
reliability.round(3)

# %% [markdown]
# ## 6. Themes
#
# Measured on sentences that are findings by the gold standard; in a run, errors of polarity come
# on top. The rule of thumb: below an F1 of about 0.75 read sentences before you publish a count.

# %%
themes = pd.DataFrame({name: values(found["f1"]) for name, found in metrics["themes"].items()})
themes = themes.rename_axis("theme").reset_index()
long = themes.melt("theme", var_name="method", value_name="f1")
ranked = themes.sort_values("held_out", ascending=False)["theme"].tolist()
alt.Chart(long, title="Themes: F1").mark_point(filled=True, size=50, opacity=1).encode(
    alt.X("f1:Q", scale=alt.Scale(domain=[0.4, 1]), title="F1"),
    alt.Y("theme:N", sort=ranked, title=None),
    alt.Color("method:N", title=None, scale=alt.Scale(
        domain=["held_out", "linear_and_cues", "cues_alone"], range=[BLUE, GREEN, GREY])),
).properties(width=420, height=alt.Step(16))  # fmt: skip

# %% [markdown]
# ## 7. And on this run?
#
# The figures above are about the texts that the gold sentences came from. Is this run like them? A
# first look costs nothing: if the program is much less sure here, it is probably also less right.
# A real check is a sample coded by people (`findings review`), which then stands in `agreement`.

# %%
sentences = table("sentences")
kinds = table("documents").set_index("doc_id")["framework"].fillna("press")
here = sentences.assign(kind=sentences["doc_id"].map(kinds))
here = here[here["confidence"] < 1]
there = known.assign(kind=known["framework"].replace("", "press"))
there = there[there["confidence"] < 1]
unsure = pd.DataFrame({
    "this run": (here["confidence"] < 0.7).groupby(here["kind"]).mean(),
    "gold": (there["confidence"] < 0.7).groupby(there["kind"]).mean(),
    "sentences of this run": here.groupby("kind").size(),
    "gold sentences": there.groupby("kind").size(),
})  # fmt: skip
unsure.round(3).rename_axis("share with a confidence below 0.7")

# %%
agreement = table("agreement")
agreement if len(agreement) else print("nobody has reviewed sentences of this run")

# %% [markdown]
# ## What this does not show
#
# - **Agreement with people.** The gold standard is a language model's. Two people would agree less
#   than its two passes did, and perhaps on something else.
# - **Quality on texts of other kinds**: other frameworks, other inspectorates, other years.
# - **Whether errors depend on the council**, its size, region or grade. Gold sentences of one
#   council are too few.
# - **That a sure code is a right one.** Section 5 is an average; a single sentence can be coded
#   wrongly with a confidence of 0.99.
