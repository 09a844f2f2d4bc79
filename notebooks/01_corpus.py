# %% [markdown]
# # 1. The corpus: what was read, and what was not?
#
# Every later figure is a figure about *these documents*. So the first question is not what the
# reports say but which reports there are: of which councils, years, frameworks and grades, how
# long they are, and what is missing. A difference between two years may be nothing but a
# difference between the councils that were inspected in them.
#
# The next line says which run is read. It is the sample corpus, whose councils are fiction; name
# the folder of your own run in its place and run all cells again.

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
pd.set_option("display.max_colwidth", 90)
GRADES = ["outstanding", "good", "requires improvement", "inadequate"]
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#6B6B6B"]

# %% [markdown]
# ## What there is
#
# A document that repeats another (`duplicate_of`) is read but must not be counted twice.

# %%
documents = table("documents")
repeats = documents["duplicate_of"].notna()
print(f"{len(documents)} documents, of which {repeats.sum()} repeat another one")
documents = documents[~repeats].copy()
documents["framework"] = documents["framework"].fillna("press")
documents["year"] = pd.to_datetime(documents["published"]).dt.year.astype("Int64")

kinds = documents.groupby(["doc_type", "framework"])
kinds.agg(
    documents=("doc_id", "size"), councils=("council", "nunique"), first=("year", "min"),
    last=("year", "max"), sentences=("sentences", "sum"), findings=("findings", "sum"),
)  # fmt: skip

# %% [markdown]
# `framework` is the kind of inspection. ILACS and SIF reports ask different questions at different
# lengths; from here on they are never added up.
#
# ## When

# %%
reports = documents[documents["doc_type"] == "inspection_report"].copy()
by_year = reports.groupby(["year", "framework"]).size().rename("reports").reset_index()
alt.Chart(by_year, title="Inspection reports by year of publication").mark_bar().encode(
    alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
    alt.Y("reports:Q", axis=alt.Axis(tickMinStep=1)),
    alt.Color("framework:N", scale=alt.Scale(range=COLOURS), title=None),
).properties(width=560, height=200)

# %% [markdown]
# A year with few reports gives wide intervals later; a year in which one framework gives way to
# the next cannot be compared with the one before it.
#
# ## Who: grades and regions
#
# The grade is the one printed in the report. Rows show the share of a region's reports with each
# grade *and* their number, since a share of five reports is not worth a decimal place.

# %%
graded = reports.assign(overall=reports["overall"].fillna("no grade"))
by_region = pd.crosstab(graded["region"].fillna("unknown"), graded["overall"])
by_region = by_region[[grade for grade in [*GRADES, "no grade"] if grade in by_region]]
by_region.assign(reports=by_region.sum(axis=1))

# %%
shares = graded.groupby(["framework", "overall"]).size().rename("reports").reset_index()
shares["place"] = shares["overall"].map([*GRADES, "no grade"].index)
alt.Chart(shares, title="Overall grades by framework").mark_bar().encode(
    alt.X("sum(reports):Q", stack="normalize", title="share of reports", axis=alt.Axis(format="%")),
    alt.Y("framework:N", title=None),
    alt.Color("overall:N", sort=[*GRADES, "no grade"], title=None,
              scale=alt.Scale(domain=[*GRADES, "no grade"],
                              range=["#0b559f", "#8ab4d8", "#e9a36a", "#a34c00", "#bbbbbb"])),
    alt.Order("place:Q"),
).properties(width=560, height=90)  # fmt: skip

# %% [markdown]
# **Inspections of one council.** Change over time can be told only where a council has two
# reports, and cleanly only where both are of one framework.

# %%
inspections = reports.groupby("council").agg(
    inspections=("doc_id", "size"), frameworks=("framework", "nunique")
)
inspections.value_counts().rename("councils").reset_index().sort_values(
    ["inspections", "frameworks"]
)

# %% [markdown]
# ## How long, and how much of it is a finding
#
# A finding is a sentence coded strength, weakness or mixed. The longer a report, the surer its
# shares. One tick is one document, the thick one the median.

# %%
base = alt.Chart(documents[["framework", "sentences"]])
ticks = base.mark_tick(color=COLOURS[0], opacity=0.5).encode(
    alt.X("sentences:Q", scale=alt.Scale(zero=True), title="sentences"),
    alt.Y("framework:N", title=None),
)
medians = base.mark_tick(color=COLOURS[1], thickness=4).encode(
    alt.X("median(sentences):Q", title="sentences"), alt.Y("framework:N")
)
(ticks + medians).properties(width=560, height=120, title="Sentences of a document")

# %%
sentences = table("sentences")
sentences = sentences[sentences["doc_id"].isin(documents["doc_id"])]
kind = documents.set_index("doc_id")["framework"]
polarity = pd.crosstab(sentences["doc_id"].map(kind), sentences["polarity"], normalize="index")
polarity.round(2)[["strength", "weakness", "mixed", "none"]]

# %% [markdown]
# ## What is missing
#
# Files that could not be read stand in `rejected`, with the reason. They are not in any figure.

# %%
table("rejected")[["file", "reason", "detail"]]

# %% [markdown]
# Facts that could not be read are empty cells. The table gives, by framework, the share of reports
# *without* each fact. Some are empty for a good reason: care leavers have a grade of their own in
# ILACS reports only since 2023.

# %%
facts = ["council", "region", "published", "start_date", "lead_inspector", "overall",
         "leaders", "help_protection", "in_care", "care_leavers"]  # fmt: skip
missing = reports.groupby("framework")[facts].agg(lambda column: column.isna().mean())
missing.T.round(2)

# %% [markdown]
# `notes` tells what was unclear or contradictory in a document. Read these before you use their
# dates and grades.

# %%
reports.loc[reports["notes"].notna(), ["doc_id", "notes"]].head(8)

# %% [markdown]
# ## What this does not show
#
# - **Which documents should be here.** The program sees what is in the folder. Whether reports are
#   missing, and whether those that are missing differ, has to be checked against a list of all
#   inspections.
# - **Why councils were inspected when.** Weak services are inspected again sooner. So the reports
#   of a year are no sample of the services of that year.
# - **Whether the facts are right.** An empty cell is seen, a wrong one is not. Compare some reports
#   with their title pages.
# - **What the reports say.** That is the next notebook.
