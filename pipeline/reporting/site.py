"""The pages of the report, written one after the other below a folder."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import vl_convert

from pipeline import __version__, charts, schema
from pipeline.cache import Cache
from pipeline.frames import write_whole
from pipeline.paths import DATA
from pipeline.reporting import (
    council_pages,
    heat,
    overview,
    pictures,
    render,
    script,
    shards,
    theme_pages,
)
from pipeline.reporting.study import ALL, Row, Study

FOLDER = "report"
BELOW = "../"
# The licence of what is brought along, which its minified text does not name.
VEGA_HEAD = (
    "// Vega, Vega-Lite and vega-embed, copyright University of Washington Interactive Data Lab\n"
    "// and others, BSD 3-Clause licence (https://github.com/vega), as brought by vl-convert.\n"
)


@dataclass
class Site:
    """A folder of pages that is being written."""

    study: Study
    folder: Path
    cache: Cache | None = None
    templates: Any = field(default_factory=render.environment)

    def write(self, name: str, text: str) -> None:
        """Write a file of the report."""
        write_whole(self.folder / name, text.encode("utf-8"))

    def page(self, name: str, template: str, scripts: Sequence[str] = (), **context: Any) -> None:
        """Write a page; ``scripts`` are those of the assets that it needs beside ``site.js``."""
        root = BELOW * name.count("/")
        context |= {
            "root": root, "scripts": ["site.js", *scripts], "version": __version__, "page": name,
            "study": self.study, "level": f"{100 * self.study.level:g} %",
            "missing": self.study.missing, "all": ALL, "schema": schema,
        }  # fmt: skip
        self.write(name, self.templates.get_template(template).render(context))

    def chart(self, name: str, chart: charts.Chart) -> str:
        """Write a chart as picture, description and script; return its name."""
        paths = charts.save(chart, self.folder / "charts" / name, self.cache)
        described = next(path for path in paths if path.name.endswith(".vl.json"))
        text = described.read_text(encoding="utf-8")
        self.write(f"charts/{name}.js", script.call("report.chart", [name, text]))
        return name

    def clear(self) -> None:
        """Remove the pages of an earlier report: those of other councils would stay."""
        for part in ("assets", "charts", "councils", "data", "themes"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
        for page in self.folder.glob("*.html"):
            page.unlink()


def write(study: Study, metrics: dict[str, Any], folder: Path, cache: Cache | None = None) -> Path:
    """Write the whole report and return its first page.

    Parameters
    ----------
    study
        The tables of a run.
    metrics
        ``models/metrics.json``.
    folder
        Where to; an earlier report there is replaced.
    cache
        Where drawn charts are kept.
    """
    site = Site(study, folder, cache)
    site.clear()
    _assets(site)
    _data(site)
    _overview(site, metrics)
    site.page("heatmap.html", "heatmap.html", ["heatmap.js"], rows=heat.rows(study),
              choices=heat.choices(study), legend=heat.legend())  # fmt: skip
    site.page("findings.html", "findings.html", ["results.js", "search.js"],
              choices=heat.choices(study), sections=shards.SECTIONS,
              total=len(study.tables["findings"]))  # fmt: skip
    site.page("files.html", "files.html")
    _themes(site)
    _councils(site)
    return folder / "index.html"


def _assets(site: Site) -> None:
    for name in render.ASSETS:
        site.write(f"assets/{Path(name).name}", (DATA / name).read_text(encoding="utf-8"))
    # The stubs take the snippet for required.
    bundle = vl_convert.javascript_bundle(vl_version=charts.VERSION)  # type: ignore[call-arg]
    site.write("assets/vega.js", VEGA_HEAD + bundle)


def _data(site: Site) -> None:
    site.write("data/index.js", shards.index(site.study))
    for doc_id, text in shards.shards(site.study):
        site.write(f"data/findings/{doc_id}.js", text)


def _below(rows: list[Row]) -> list[Row]:
    """Return rows of a chart with links as they hold one folder down, where charts stand."""
    return [row | {"link": BELOW + row["link"]} for row in rows]


def _overview(site: Site, metrics: dict[str, Any]) -> None:
    study = site.study
    by_theme, by_year = overview.theme_rows(study), overview.year_rows(study)
    validity = overview.validity_rows(study)
    measured = [row for row in validity if row["rho"] == row["rho"]]
    order = list(dict.fromkeys(row["row"] for row in by_theme))
    made = dict.fromkeys(("themes", "years", "validity"), "")
    if by_theme:
        made["themes"] = site.chart("themes", pictures.dots(
            _below(by_theme), order, pictures.LAYOUTS,
            description="Weakness share of every theme by kind of document"))  # fmt: skip
    if by_year:
        made["years"] = site.chart("years", pictures.years(
            _below(by_year), "Weakness share by year and kind of document"))  # fmt: skip
    if measured:
        areas = list(dict.fromkeys(row["row"] for row in measured))
        made["validity"] = site.chart("validity", pictures.dots(
            _below([{key: row[key] for key in ("row", "group", "value", "low", "high", "findings",
                                               "link")} for row in measured]),
            areas, pictures.LAYOUTS,
            description="Rank correlation of weakness share and grade by area",
            axis="Spearman's rank correlation with the grade", domain=(-1, 1)))  # fmt: skip
    site.page("index.html", "index.html", ["charts.js", "filter.js"], facts=overview.facts(study),
              charts=made, by_theme=by_theme, by_year=by_year, validity=validity,
              quality=overview.quality(metrics), councils=overview.councils(study))  # fmt: skip


def _themes(site: Site) -> None:
    pages = [theme_pages.theme_page(site.study, theme) for theme in site.study.themes]
    site.page("themes.html", "themes.html", pages=pages)
    for page in pages:
        code, label = page["theme"].id, page["theme"].label
        chart = ""
        if page["years"]:
            chart = site.chart(f"theme-{code}", pictures.years(
                _below(page["years"]), f"{label}: weakness share by year"))  # fmt: skip
        site.page(f"themes/{code}.html", "theme.html", ["charts.js"], chart=chart, **page)


def _councils(site: Site) -> None:
    tables = council_pages.page_tables(site.study)
    rows = overview.councils(site.study)
    site.page("councils.html", "councils.html", ["filter.js"], councils=rows)
    order = ["All findings", *(theme.label for theme in site.study.themes)]
    for council in site.study.slugs:
        page = council_pages.council_page(site.study, council, tables)
        drawn, colours = council_pages.chart_rows(page)
        chart = ""
        if drawn:
            chart = site.chart(f"council-{page['slug']}", pictures.dots(
                drawn, order, colours,
                description=f"{council}: weakness share of every theme by inspection"))  # fmt: skip
        site.page(f"councils/{page['slug']}.html", "council.html", ["charts.js"], chart=chart,
                  names=council_pages.inspection_names(page["reports"]), **page)  # fmt: skip
