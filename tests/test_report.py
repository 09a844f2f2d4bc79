"""The report: escaping, addresses, pieces of sentences, pages whose links lead somewhere."""

import filecmp
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli, frames, schema
from pipeline.reporting import heat, links, marks, script, shards
from pipeline.reporting.render import POLICY, day, number, percent, points

OUTSIDE = ("http://", "https://")


class Page(HTMLParser):
    """What a page links to, loads and holds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.links, self.loads, self.ids = path, [], [], set()  # type: ignore[var-annotated]
        self.attributes: list[str] = []
        self.inline: list[str] = []
        self._script = False
        self.policy = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = {name: value or "" for name, value in attrs}
        self.attributes += given_
        self.ids.update(filter(None, [given_.get("id")]))
        if tag == "a":
            self.links.append(given_["href"])
        if tag in ("script", "img", "link"):
            self.loads.append(given_.get("src") or given_.get("href", ""))
        if given_.get("http-equiv") == "Content-Security-Policy":
            self.policy = given_["content"]
        self._script = tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


@pytest.fixture(scope="module")
def pages(sample_report: Path) -> dict[str, Page]:
    folder = sample_report / "report"
    return {p.relative_to(folder).as_posix(): Page(p) for p in sorted(folder.rglob("*.html"))}


def handed_over(text: str, function: str) -> list[Any]:
    """Return what a script of data hands to a function of the page."""
    inside = re.fullmatch(rf"{re.escape(function)}\((.*)\);\n", text, re.DOTALL)
    assert inside
    arguments: list[Any] = json.loads(f"[{inside[1]}]")
    return arguments


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://files.example.org/v1/file/50181234", True),
        ("http://a.example/x?y=1#z", True),
        ("HTTPS://A.example/", True),
        (" https://a.example/ ", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("//a.example/x", False),
        ("/local", False),
        ("https:alert(1)", False),
        ("https://", False),
        ("https://[a", False),
        ("https://a.example\\@b.example", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str, kept: bool) -> None:
    assert links.safe_address(address) == (address.strip() if kept else "")


def test_an_original_is_opened_at_its_page_where_it_has_pages() -> None:
    pdf = "https://a.example/r.pdf"
    assert links.page_address(pdf, "reports/r.PDF", 7) == f"{pdf}#page=7"
    assert links.page_address(pdf + "#x", "r.pdf", 7) == f"{pdf}#x"
    assert links.page_address("https://a.example/n", "n.html", 1) == "https://a.example/n"
    assert links.page_address("javascript:x", "r.pdf", 1) == ""


@given(st.text())
def test_data_in_scripts_ends_no_script_and_comes_back(text: str) -> None:
    made = script.script_json([text])
    assert json.loads(made) == [text]
    assert made.isascii()
    assert not set("<>&\n\r") & set(made)


@given(st.lists(st.text()))
def test_every_name_has_a_file_name_of_its_own(names: list[str]) -> None:
    given_ = links.slugs(names)
    assert set(given_) == set(names)
    assert len(set(given_.values())) == len(given_)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in given_.values())


WORDS = st.lists(
    st.sampled_from(["plans", "are", "not", "late", "not.", "“late”", "6"]), min_size=1
)


@given(WORDS, WORDS, WORDS)
def test_pieces_make_up_the_sentence(text: list[str], first: list[str], second: list[str]) -> None:
    sentence = " ".join(text)
    found = marks.pieces(sentence, ";".join(first), ";".join(second))
    assert "".join(piece for _, piece in found) == sentence
    assert all(a[0] != b[0] for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "evidence", "found"),
    [
        ("Notes are not kept.", "not", ["not"]),
        ("Plans, not visits, are late.", "not;late", ["not", "late"]),
        ("Late plans, late visits.", "late", ["late"]),
        ("The child’s voice", "child’s voice", ["child’s voice"]),
        ("A cat", "dog", []),
        ("A (b) c", "(b)", ["(b)"]),
        ("", "x", []),
    ],
)
def test_evidence_is_found_as_whole_words(text: str, evidence: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in marks.spans(text, evidence)] == found


def test_figures_as_they_are_written() -> None:
    nan = float("nan")
    assert [percent(x) for x in (0, 0.005, 0.996, nan, None)] == ["0 %", "0 %", "100 %", "–", "–"]
    assert [points(x) for x in (0.004, -0.006, nan)] == ["0", "−1", "–"]
    assert [number(x, 1) for x in (1234.56, -0.5)] == ["1,234.6", "−0.5"]
    assert day("2020-02-29") == "29 February 2020"


def test_a_wide_interval_makes_a_small_square() -> None:
    sizes = [heat.size_step(0.5 - half, 0.5 + half) for half in (0, 0.05, 0.2, 0.4, 0.5)]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (10, 1)


def test_every_page_has_the_policy_and_no_script_or_style_of_its_own(
    pages: dict[str, Page],
) -> None:
    assert "unsafe" not in POLICY and "default-src 'none'" in POLICY
    for name, page in pages.items():
        assert page.policy == POLICY, name
        assert page.inline == [], name
        assert not [a for a in page.attributes if a.startswith("on") or a == "style"], name


def test_links_and_what_pages_load_are_there(pages: dict[str, Page], sample_report: Path) -> None:
    broken = []
    for name, page in pages.items():
        for address in {*page.links, *page.loads}:
            parts = urlsplit(address)
            if address.startswith(OUTSIDE):
                continue
            assert not parts.scheme, (name, address)
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            if not target.exists():
                broken.append((name, address))
            elif parts.fragment and target.name != "findings.html":
                name_of = target.relative_to((sample_report / "report").resolve()).as_posix()
                ids = page.ids if target == page.path else pages[name_of].ids
                if parts.fragment not in ids:
                    broken.append((name, address))
    assert broken == []


@pytest.fixture(scope="module")
def loaded(sample_report: Path) -> list[dict[str, Any]]:
    """Return every finding as the findings page knows it, with its document's facts."""
    folder = sample_report / "report" / "data"
    documents = handed_over((folder / "index.js").read_text(), "report.index")[0]
    found = []
    for row in documents:
        text = (folder / "findings" / f"{row[0]}.js").read_text()
        doc_id, blocks = handed_over(text, "report.findings")
        assert doc_id == row[0]
        for _, section, _, _, sentences in blocks:
            for sentence in sentences:
                if not isinstance(sentence, str):
                    found.append({
                        "doc": doc_id, "council": row[1], "framework": row[2], "type": row[3],
                        "year": row[4][:4], "region": row[5], "grade": row[6], "repeats": row[10],
                        "section": section, "s": sentence[0], "page": sentence[1],
                        "polarity": schema.POLARITIES[sentence[2]],
                        "text": "".join(sentence[3][1::2]), "theme": sentence[4].split(";"),
                        "press": sentence[10],
                    })  # fmt: skip
    return found


def fitting(loaded: list[dict[str, Any]], asked: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Return the findings that an address asks for, as the page would."""
    for row in loaded:
        ok = bool(asked.get("doc")) or not row["repeats"]
        for name, value in asked.items():
            if name == "type" and value == "press":
                ok &= row["type"] != "inspection_report"
            elif name == "theme":
                ok &= value in row["theme"]
            elif name == "press":
                ok &= any(p[0] == value and p[1] == asked.get("match", p[1]) for p in row["press"])
            elif name != "match":
                ok &= row[name] == value
        if ok:
            yield row


def test_the_findings_of_the_pages_are_those_of_the_table(
    loaded: list[dict[str, Any]], sample_report: Path
) -> None:
    table = frames.read(schema.FINDINGS, sample_report / "tables")
    assert [(f"{r['doc']}-{r['s']}", r["text"], r["polarity"], ";".join(r["theme"]), r["page"])
            for r in sorted(loaded, key=lambda r: (r["doc"], r["s"]))] == [
        tuple(row) for row in table.sort_values("sentence_id")[
            ["sentence_id", "text", "polarity", "themes", "page"]].to_numpy().tolist()
    ]  # fmt: skip


def test_every_figure_leads_to_as_many_sentences_as_it_counts(
    loaded: list[dict[str, Any]], pages: dict[str, Page], sample_report: Path
) -> None:
    asked = {a for page in pages.values() for a in page.links if "findings.html#" in a}
    assert len(asked) > 300
    for address in asked:
        wanted = dict(parse_qsl(urlsplit(address).fragment))
        assert set(wanted) <= set(links.ASKED)
        nothing = wanted.get("match") in ("weakness", "strength", "left_out")
        assert nothing or any(fitting(loaded, wanted)), address
    cells = frames.read(schema.COUNCIL_THEMES, sample_report / "tables")
    for row in cells.sample(60, random_state=1).to_dict("records"):
        found = list(fitting(loaded, {"doc": row["doc_id"], "theme": row["theme"]}))
        assert len(found) == row["findings"]
        assert sum(f["polarity"] == "weakness" for f in found) == row["weaknesses"]
    groups = frames.read(schema.THEME_GROUPS, sample_report / "tables")
    rows = groups[(groups["layout"] != schema.EVERY) & (groups["group"] != schema.UNKNOWN)]
    for row in rows.sample(60, random_state=1).to_dict("records"):
        facts = {} if row["theme"] == schema.ALL_THEMES else {"theme": row["theme"]}
        if row["grouping"] != "layout":
            facts[row["grouping"]] = row["group"]
        layout = {"type": "press"} if row["layout"] == schema.PRESS else {
            "type": "inspection_report", "framework": row["layout"]}  # fmt: skip
        assert len(list(fitting(loaded, facts | layout))) == row["findings"], row


def test_what_a_press_text_takes_up_and_leaves_out_can_be_read(
    loaded: list[dict[str, Any]], tables: dict[str, pd.DataFrame]
) -> None:
    for row in tables["press_pairs"].to_dict("records"):
        asked = {"doc": row["report_id"], "press": row["press_id"]}
        counts = {match: len(list(fitting(loaded, asked | {"match": match})))
                  for match in shards.DIRECTIONS}  # fmt: skip
        assert counts["weakness"] == row["weaknesses_taken_up"]
        assert counts["strength"] == row["strengths_taken_up"]
        assert counts["left_out"] == row["report_weaknesses"] - row["weaknesses_taken_up"]


def test_cells_of_reports_are_those_of_the_table(
    sample_report: Path, pages: dict[str, Page]
) -> None:
    text = (sample_report / "report" / "heatmap.html").read_text(encoding="utf-8")
    cells = frames.read(schema.COUNCIL_THEMES, sample_report / "tables")
    filled = cells[cells["findings"] > 0]
    for row in filled.sample(40, random_state=2).to_dict("records"):
        address = links.findings_link(doc=row["doc_id"], theme=row["theme"]).replace("&", "&amp;")
        begins = rf'<a href="{re.escape(address)}" data-share'
        cell = re.search(rf'{begins}="([\d.]+)" aria-label="([^"]+)"', text)
        assert cell
        assert float(cell[1]) == pytest.approx(row["weakness_share"], abs=1e-4)
        low, high = (100 * row[f"weakness_share_{end}"] for end in ("low", "high"))
        assert f"interval {low:.0f} to {high:.0f} %" in cell[2]
        assert re.search(rf"\b{row['findings']} findings?$", cell[2])


def test_the_report_is_the_same_again_and_an_earlier_one_leaves_nothing(
    sample_report: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_report / "tables", tmp_path / "tables")
    stale = tmp_path / "report" / "councils" / "abolished.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("x")
    own = tmp_path / "report" / "notes.txt"
    own.write_text("mine")
    assert cli.main(["report", str(tmp_path)]) == 0
    assert not stale.exists()
    assert own.read_text() == "mine"
    own.unlink()
    first, again = sample_report / "report", tmp_path / "report"
    names = {p.relative_to(first) for p in first.rglob("*") if p.is_file()}
    assert names == {p.relative_to(again) for p in again.rglob("*") if p.is_file()}
    assert [n for n in sorted(names) if not filecmp.cmp(first / n, again / n, shallow=False)] == []


def test_tables_of_later_stages_may_be_missing(sample_report: Path, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for table in schema.TABLES_OF["tables"]:
        shutil.copy(sample_report / "tables" / f"{table.name}.parquet", tmp_path / "tables")
    assert cli.main(["report", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "Not in this run: criterion_validity" in text
    assert "theme_groups" in text


@pytest.mark.parametrize("arguments", [[], ["a", "--out", "b"], ["nowhere"]])
def test_faults_of_the_user_are_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert cli.main(["report", *arguments]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
