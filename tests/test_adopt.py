"""``findings adopt``: one block more in the codebook file, which then codes sentences."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import cli, frames, schema
from pipeline.adopt import TO_BE_WRITTEN, Entry, add_entry, entry_of
from pipeline.codebook import read_codebook
from pipeline.coding.models import load_model
from pipeline.errors import UsageError
from pipeline.params import load
from pipeline.paths import CODEBOOK
from pipeline.themes import ThemeCoder

ENTRY = Entry(
    "music_making", "Music: choirs", "What is sung # and played.", ("choir", "no"),
    "Choirs sing well.", "Nobody sings: ever.", ("choir", "'{violin|trumpet} concert'"[1:-1]),
)  # fmt: skip
DAY = "2026-12-24"
THEME = """  - id: {id}  # a comment
    label: {id}
    named: false
    status: {status}
    definition: Text
      on two lines.
    includes: [a, "b, c"]
    excludes: []
    example_strength: It is good.
    example_weakness: It is bad.
    cues:
      - cue: plain
        not: &of_{id} [blocked]
"""


@pytest.fixture(scope="module")
def head() -> str:
    """Return the project's codebook up to its themes."""
    text = CODEBOOK.read_text(encoding="utf-8")
    return text[: text.index("\nthemes:\n") + len("\nthemes:\n")]


def small(head: str, *themes: tuple[str, str], tail: str = "") -> str:
    return head + "".join(THEME.format(id=name, status=s) for name, s in themes) + tail


def written(path: Path, text: str, entry: Entry = ENTRY) -> str:
    path.write_bytes(text.encode("utf-8"))
    add_entry(path, entry, DAY)
    return path.read_bytes().decode("utf-8")


def taken_out(changed: str, before: str) -> str:
    """Undo what an adoption does: the block, the version and the date."""
    without = re.sub(r" *- id: music_making\r?\n(?: +[^-\s].*\n?| +- (?!id).*\n?)*", "", changed)
    for key in ("version", "date"):
        old = re.search(rf'^{key}: (".*")', before, re.MULTILINE)
        assert old
        without = re.sub(rf"^{key}: .*?(?=\r?$)", f"{key}: {old[1]}", without, flags=re.MULTILINE)
    return without


OTHER = ("other", "active")


@pytest.mark.parametrize(
    ("themes", "tail", "after"),
    [
        ([("one", "active"), OTHER], "", ["one", "music_making", "other"]),
        ([("one", "active"), ("two", "retired")], "", ["one", "two", "music_making"]),
        ([("one", "active")], "\n# The end.\n", ["one", "music_making"]),
        # `other` that does not come last is a theme like any other.
        ([OTHER, ("one", "active")], "", ["other", "one", "music_making"]),
    ],
)
def test_all_else_stays_as_it_was(
    head: str, tmp_path: Path, themes: list[tuple[str, str]], tail: str, after: list[str]
) -> None:
    for newline in ("\n", "\r\n"):
        before = small(head, *themes, tail=tail).replace("\n", newline)
        changed = written(tmp_path / "codebook.yaml", before)
        assert taken_out(changed, before) == before
        assert changed.count("\r\n") == (changed.count("\n") if newline == "\r\n" else 0)
        assert [t.id for t in read_codebook(tmp_path / "codebook.yaml").themes] == after


def test_comments_before_other_stay_with_it(head: str, tmp_path: Path) -> None:
    before = small(head, ("one", "active")) + "\n  # What fits nothing.\n" + THEME.format(
        id="other", status="active"
    )  # fmt: skip
    changed = written(tmp_path / "codebook.yaml", before)
    assert "      - '{violin|trumpet} concert'\n\n  # What fits nothing.\n  - id: other" in changed


def test_a_file_without_a_last_line_end(head: str, tmp_path: Path) -> None:
    before = small(head, ("one", "active")).rstrip("\n")
    changed = written(tmp_path / "codebook.yaml", before)
    assert changed.startswith(before.split("themes:\n")[0][:100])
    assert read_codebook(tmp_path / "codebook.yaml").codes == ("one", "music_making")


def test_the_entry_is_read_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    written(path, CODEBOOK.read_bytes().decode("utf-8"))
    before, after = read_codebook(), read_codebook(path)
    theme = after.require("music_making")
    assert (theme.label, theme.definition) == (ENTRY.label, ENTRY.definition)
    assert (theme.includes, theme.excludes, theme.named) == (ENTRY.includes, (), False)
    assert tuple(cue.text for cue in theme.cues) == ENTRY.cues
    assert (after.version, after.date) == ("1.1.0", DAY)
    assert [t for t in after.themes if t != theme] == list(before.themes)
    assert after.codes[-2:] == ("music_making", "other")


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=60))
def test_any_text_comes_through(head: str, tmp_path_factory: Any, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "codebook.yaml"
    folded = " ".join(text.split())
    entry = Entry("any_text", text, text, (text,), text, text, ("choir",))
    if not folded:
        with pytest.raises(UsageError):
            written(path, small(head, OTHER), entry)
        return
    written(path, small(head, OTHER), entry)
    theme = read_codebook(path).require("any_text")
    assert {theme.label, theme.definition, *theme.includes, theme.example_weakness} == {folded}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "one"}, "has a theme 'one' already"),
        ({"code": "gone"}, "has a theme 'gone' already"),
        ({"code": "Music"}, "theme Music: id: 'Music' is not of the form"),
        ({"cues": ("{choir",)}, "theme music_making: cues: 1: { is never closed"),
        ({"label": " "}, "theme music_making: label: must be a text"),
    ],
)
def test_a_fault_leaves_the_file_as_it_was(
    head: str, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "codebook.yaml"
    before = small(head, ("one", "active"), ("gone", "retired"))
    with pytest.raises(UsageError, match=re.escape(f"{path}: {message}")) as error:
        written(path, before, Entry(**(ENTRY.__dict__ | change)))
    assert "\n" not in str(error.value)
    assert path.read_text(encoding="utf-8") == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_list_in_brackets_is_told(head: str, tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    one = ("{id: one, label: One, named: false, status: active, definition: d, includes: [], "
           "excludes: [], example_strength: s, example_weakness: w, cues: []}")  # fmt: skip
    text = head.replace("\nthemes:\n", f"\nthemes: [{one}]\n")
    with pytest.raises(UsageError, match="must be a list with a dash"):
        written(path, text)


def terms(*rows: tuple[str, bool], suggestion: str = "choir_violin_concert") -> pd.DataFrame:
    return frames.build(
        [
            {"suggestion": suggestion, "rank": rank, "term": term, "kind": "word", "weight": 1.0,
             "findings": 9, "inside": 0.9, "cue": cue}
            for rank, (term, cue) in enumerate(rows, 1)
        ],
        schema.SUGGESTION_TERMS,
    )  # fmt: skip


def test_an_entry_has_the_suggested_cues_unless_others_are_given() -> None:
    table = terms(("choir", True), ("table", False), ("violin concert", True))
    entry = entry_of("choir_violin_concert", table, "music", "Music")
    assert entry.cues == ("choir", "violin concert")
    assert entry.definition == entry.example_strength == TO_BE_WRITTEN
    given_cues = entry_of("choir_violin_concert", table, "music", "Music", cues=("song",))
    assert given_cues.cues == ("song",)


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("other_name", [("choir", True)], "no suggestion 'other_name'; known are: choir_violin"),
        ("other_name", [], "known are: none"),
        ("choir_violin_concert", [("choir", False)], "give cues by --cue"),
    ],
)
def test_suggestions_that_cannot_be_adopted(
    name: str, rows: list[tuple[str, bool]], message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        entry_of(name, terms(*rows), "music", "Music")


def test_one_command_and_the_theme_codes_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames.write(
        terms(("choir", True), ("table", False), ("violin concert", True)),
        schema.SUGGESTION_TERMS, tmp_path / "tables",
    )  # fmt: skip
    path = tmp_path / "codebook.yaml"
    path.write_bytes(CODEBOOK.read_bytes())
    arguments = ["adopt", "choir_violin_concert", "--out", str(tmp_path), "--codebook", str(path),
                 "--code", "music_making", "--label", "Music", "--date", DAY]  # fmt: skip
    assert cli.main(arguments) == 0
    texts = [
        "The choirs of the borough are well liked.", "Violin concerts are rare.",
        # Near misses: a violin without a concert, a table.
        "Violins are rare in the concert hall.", "Tables are laid on time.",
    ]  # fmt: skip
    sentences = pd.DataFrame({
        "sentence_id": [f"s{n}" for n in range(4)], "text": texts, "previous": "",
        "section": "leaders", "doc_type": "inspection_report", "bullet": False,
    })  # fmt: skip
    coder = ThemeCoder(read_codebook(path), load_model("themes"), load()["themes"])
    coded = coder.code(sentences, frames.build([], schema.THEME_READINGS))
    found = coded[coded["theme"] == "music_making"]
    assert found["sentence_id"].tolist() == ["s0", "s1"]
    assert found["evidence"].tolist() == ["choirs", "Violin concerts"]
    assert set(found["decided_by"]) == {"cue"}
    assert cli.main(arguments) == 2
    assert "has a theme 'music_making' already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("extra", "message"),
    [(["--date", "24.12.2026"], "write the date as YYYY-MM-DD"), ([], "suggestion_terms.parquet")],
)
def test_unusable_arguments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: list[str], message: str
) -> None:
    arguments = ["adopt", "x", "--out", str(tmp_path), "--code", "x", "--label", "x", *extra]
    try:
        status = cli.main(arguments)
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    assert status == 2
    assert message in capsys.readouterr().err
