"""The report in a real browser: searched, filtered, clicked through, attacked and measured.

Without a browser on the machine these tests are skipped and say so.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PHONE, Tab, launched, tab

from pipeline import cli

PAGES = (
    "index.html", "heatmap.html", "councils.html", "themes.html", "files.html",
    "findings.html#theme=recording", "councils/ashmarsh.html", "themes/written_plans.html",
)  # fmt: skip
HOSTILE = """<script>window.broken = 1</script> council rated good by inspectors

Inspectors found that visits are regular and <script>window.broken = 2</script> purposeful.

Social workers <img src=x onerror="window.broken = 3"> know the children well and plans are clear.

Assessments are late and <a href="javascript:window.broken=4">too many plans</a> drift on.

Managers' oversight is weak: "></p><svg onload=window.broken=5> and supervision is irregular.

</script><script>window.broken = 6</script> Leaders have improved the front door a great deal.
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


@pytest.fixture
def sample(browser: Any, sample_report: Path) -> Iterator[Tab]:
    with tab(browser, sample_report / "report") as opened:
        yield opened
        assert opened.faults == []


@pytest.fixture(scope="module")
def hostile_run(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = tmp_path_factory.mktemp("hostile") / "corpus"
    shutil.copytree(few, corpus)
    (corpus / "attack.txt").write_text(HOSTILE, encoding="utf-8")
    (corpus / "registry.csv").write_text(
        "file,council,doc_type,region,url,publisher\n"
        'attack.txt,"<img src=x onerror=window.broken=7>",press_release,'
        '"""><script>window.broken=8</script>",javascript:window.broken=9,<b>x</b>\n',
        encoding="utf-8",
    )
    out = corpus.parent / "out"
    status = cli.main(["run", str(corpus), "--out", str(out), "--workers", "1",
                       "--set", "classify.escalate_below=0"])  # fmt: skip
    assert status == 0
    assert cli.main(["report", str(out)]) == 0
    return out / "report"


def test_text_of_documents_runs_nothing(browser: Any, hostile_run: Path) -> None:
    with tab(browser, hostile_run) as opened:
        pages = [p.relative_to(hostile_run).as_posix() for p in sorted(hostile_run.rglob("*.html"))]
        for address in (*pages, "findings.html#doc=attack", "findings.html#q=window.broken"):
            opened.open(address)
            if "#" in address:
                opened.ready()
            opened.page.wait_for_timeout(100)
            assert opened.page.evaluate("window.broken === undefined"), address
            assert opened.violations() == [], address
            found = opened.page.evaluate("Array.from(document.links, (a) => a.protocol)")
            assert set(found) <= {"file:", "https:", "http:"}
        opened.open("findings.html#doc=attack").ready()
        text = opened.page.inner_text("#results")
        assert "<script>window.broken = 2</script>" in text
        assert "no public address" in text
        assert opened.page.locator("#results :is(script, img, svg, b)").count() == 0
        # What a page would hold if escaping had failed: the policy stops it all the same.
        opened.page.evaluate("document.body.insertAdjacentHTML('beforeend',"
                             "'<img src=x onerror=\"window.broken=1\">')")  # fmt: skip
        opened.page.evaluate("(s => { s.textContent = 'window.broken=1'; document.body.append(s) })"
                             "(document.createElement('script'))")  # fmt: skip
        opened.page.wait_for_timeout(200)
        assert opened.page.evaluate("window.broken === undefined")
        assert len(opened.violations()) >= 2


@pytest.mark.parametrize(("scheme", "phone"), [("light", False), ("dark", True)])
def test_no_serious_fault_of_access_and_nothing_is_blocked(
    browser: Any, sample_report: Path, scheme: str, phone: bool
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    size = {"viewport": PHONE} if phone else {}
    with tab(browser, sample_report / "report", color_scheme=scheme, **size) as opened:
        for address in PAGES:
            opened.open(address)
            if "#" in address:
                opened.ready()
            for plot in opened.page.locator("[data-chart]").all():
                plot.scroll_into_view_if_needed()
            opened.until("!document.querySelector('[data-chart]:not(.live)')")
            opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert opened.violations() == [], address
            # Without axe's own reading of style sheets, which the policy forbids.
            found = axe.run(opened.page, options={"preload": False}).response["violations"]
            serious = [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"])
                       for v in found if v["impact"] in ("serious", "critical")]  # fmt: skip
            assert serious == [], address
            wide = opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, address
        assert opened.faults == []


def test_from_a_cell_to_its_sentences(sample: Tab) -> None:
    page = sample.open("heatmap.html").page
    cell = page.locator("#heat tbody tr:not([hidden]) td a[href*='theme=written_plans']").first
    count = int(re.findall(r"(\d+) findings?$", cell.get_attribute("aria-label"))[0])
    cell.click()
    sample.ready(count)
    assert page.locator("#results .hit").count() == count
    assert page.locator("#results mark.polarity").count() > 0
    assert page.locator("#results .page").first.inner_text().startswith("page ")
    assert page.input_value("#a-theme") == "written_plans"


def test_every_word_is_found_while_typing(sample: Tab, tables: Any) -> None:
    page = sample.open("index.html").page
    page.fill("#jump-words", "supervision")
    page.press("#jump-words", "Enter")
    page.wait_for_url("**/findings.html#q=supervision")
    texts = tables["findings"]["text"].str.lower()
    sample.ready(int(texts.str.contains("supervision").sum()))
    page.press("#q", "End")
    page.locator("#q").press_sequentially(" plan")
    both = texts.str.contains("supervision") & texts.str.contains("plan")
    sample.ready(int(both.sum()))
    page.select_option("#a-polarity", "weakness")
    weak = both & (tables["findings"]["polarity"] == "weakness")
    sample.ready(int(weak.sum()))
    assert "polarity=weakness" in page.url
    page.reload()
    sample.ready(int(weak.sum()))
    page.click("button[type=reset]")
    sample.until("document.querySelector('#results').children.length === 0")


def test_more_results_come_when_asked_for(sample: Tab) -> None:
    page = sample.open("findings.html#polarity=strength").page
    sample.ready()
    first = page.locator("#results > li").count()
    page.click("#more")
    assert page.locator("#results > li").count() > first
    assert page.evaluate("document.activeElement.parentElement.id") == "results"


def test_the_heat_map_is_narrowed_and_ordered(sample: Tab) -> None:
    page = sample.open("heatmap.html").page
    shown = page.locator("#heat tbody tr:not([hidden])")
    assert shown.count() == page.locator("tr[data-type=inspection_report]").count()
    page.select_option("#f-framework", "SIF")
    assert shown.count() == page.locator("tr[data-framework=SIF]").count() > 0
    page.select_option("#f-year", "2015")
    assert shown.count() == page.locator("tr[data-framework=SIF][data-year='2015']").count() > 0
    page.click("#filters button[type=reset]")
    page.select_option("#f-type", "press_release")
    sample.until("document.querySelectorAll('#heat tbody tr:not([hidden])').length === "
                 "document.querySelectorAll('tr[data-type=press_release]').length")  # fmt: skip
    page.select_option("#f-type", "inspection_report")
    page.select_option("#f-sort", label="All findings, most weakness first")
    shares = [float(link.get_attribute("data-share"))
              for link in shown.locator("td.every a").all()]  # fmt: skip
    assert shares == sorted(shares, reverse=True)
    assert page.locator("th[aria-sort]").inner_text() == "All findings"
    page.select_option("#f-sort", "grade")
    grades = [int(row.get_attribute("data-grade")) for row in shown.all()]
    assert grades == sorted(grades)
    page.check("#f-latest")
    assert shown.count() == page.locator("#heat tbody tr[data-latest]").count()
    page.fill("#f-name", "dunm")
    assert shown.count() == 1


def test_the_heat_map_is_walked_with_the_keyboard(sample: Tab) -> None:
    page = sample.open("heatmap.html").page
    assert page.locator("#heat td a[tabindex='0']").count() == 1
    page.locator("#heat td a[tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    start = page.evaluate(label)
    page.keyboard.press("ArrowDown")
    below = page.evaluate(label)
    page.keyboard.press("ArrowRight")
    beside = page.evaluate(label)
    assert len({start, below, beside}) == 3
    # A label begins with document and theme: "Ashmarsh 2015, Recording: ...".
    assert below.split(":")[0].split(", ")[-1] == start.split(":")[0].split(", ")[-1]
    assert beside.split(",")[0] == below.split(",")[0]
    assert page.inner_text("#readout") == beside
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings.html#*")
    sample.ready()
    assert page.locator("#results .hit").count() > 0


def test_a_mark_of_a_chart_leads_to_its_sentences(sample: Tab) -> None:
    page = sample.open("councils/ashmarsh.html").page
    page.locator("[data-chart]").scroll_into_view_if_needed()
    page.locator(".live path[aria-roledescription=point]").first.click()
    page.wait_for_url("**/findings.html#doc=*")
    sample.ready()
    assert page.locator("#results .hit").count() > 0


def test_on_paper_there_is_the_text_without_the_controls(sample: Tab) -> None:
    page = sample.open("findings.html#theme=recording&polarity=weakness").page
    sample.ready()
    page.emulate_media(media="print")
    assert not page.is_visible("#ask")
    assert not page.is_visible("nav")
    assert page.is_visible("#results .hit >> nth=0")
    page.emulate_media(media="screen")


def test_without_scripts_tables_stand_and_the_search_says_what_to_do(
    browser: Any, sample_report: Path
) -> None:
    with tab(browser, sample_report / "report", java_script_enabled=False) as opened:
        page = opened.page
        page.goto((sample_report / "report" / "findings.html").as_uri())
        assert "JavaScript" in page.inner_text("noscript")
        page.goto((sample_report / "report" / "councils" / "ashmarsh.html").as_uri())
        assert page.is_visible("figure img")
        assert page.locator("table.themes a.share").count() > 0
