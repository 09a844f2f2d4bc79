"""Review by people: which sentences are drawn, the workbook, and the faults in one filled in."""

import io
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewing import Cells, codebook, edit, fill, study, workbook

from pipeline import frames, schema
from pipeline.errors import UsageError
from pipeline.review import draw, filled, store
from pipeline.review.workbook import FILLED, REVIEW, SHEETS, write_workbook
from pipeline.standoff import sentence_hash

Tables = Mapping[str, pd.DataFrame]
NEVER = ["front", "info"]
# Texts that a spreadsheet would take for something else.
DANGEROUS = ["=1+1 children waited", "+SUM(A1:A9) plans", "-2+3 visits", "@cmd is slow",
             "http://example.org is slow", "007", "1e5", "TRUE", "'quoted", "=HYPERLINK(\"x\")",
             "{=1+1} plans", "_x0041_ plans"]  # fmt: skip


def read(path: Path) -> tuple[pd.DataFrame, list[str]]:
    return filled.read_workbook(path, "ann", codebook())


def test_the_population_leaves_out_what_is_no_finding_by_rule(tables: Tables) -> None:
    first, second, *others = tables["documents"]["doc_id"]
    documents = tables["documents"].assign(duplicate_of=[second, *[""] * (len(others) + 1)])
    found = draw.population(tables["sentences"], documents, NEVER)
    assert set(found["section"]) & set(NEVER) == set()
    assert first not in set(found["doc_id"])
    assert found["text"].str.contains("[A-Za-z]").all()
    texts = tables["sentences"].set_index("sentence_id")["text"]
    order = {name: number for number, name in enumerate(texts.index)}
    for row in found[found["before"] != ""].head(50).to_dict("records"):
        assert texts.iloc[order[row["sentence_id"]] - 1] == row["before"]


def test_a_draw_is_the_surest_random_part_and_the_least_sure_rest(tables: Tables) -> None:
    whole = draw.population(tables["sentences"], tables["documents"], NEVER)
    params = {"random": 60, "uncertain": 40, "seed": 1}
    drawn = draw.draw(whole, params, set())
    assert drawn["sample"].value_counts().to_dict() == {"random": 60, "uncertain": 40}
    assert drawn["sentence_id"].is_monotonic_increasing
    chosen = drawn.set_index("sentence_id")["sample"]
    rest = whole[~whole["sentence_id"].isin(chosen.index)]
    unsure = drawn[drawn["sample"] == "uncertain"]
    assert unsure["confidence"].max() <= rest["confidence"].min()
    # The random part is no other than it would be without the model.
    shuffled = whole.assign(confidence=1.0)
    again = draw.draw(shuffled, params, set())
    for frame in (again, draw.draw(whole, params | {"uncertain": 0}, set())):
        random = frame[frame["sample"] == "random"]
        assert set(random["sentence_id"]) == set(chosen[chosen == "random"].index)
    larger = draw.draw(whole, params | {"random": 90}, set())
    random = larger[larger["sample"] == "random"]
    assert set(chosen[chosen == "random"].index) < set(random["sentence_id"])
    other = draw.draw(whole, params | {"seed": 2}, set())
    assert set(other["sentence_id"]) != set(drawn["sentence_id"])
    done = set(zip(*(drawn[name] for name in store.PLACE), strict=True))
    assert not set(draw.draw(whole, params, done)["sentence_id"]) & set(chosen.index)


def test_texts_are_never_formulas_and_come_back_as_they_were(tmp_path: Path) -> None:
    drawn = study(*DANGEROUS).assign(before=DANGEROUS[::-1], heading=DANGEROUS, council=DANGEROUS)
    path = workbook(drawn, tmp_path / "r.xlsx", shown=True)
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
        assert {info.date_time[0] for info in parts.infolist()} == {1980}
    assert len(sheets) == len(SHEETS)
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    sheet = openpyxl.load_workbook(path)[REVIEW]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for name, expected in (("sentence", DANGEROUS), ("before", DANGEROUS[::-1])):
        cells = [sheet.cell(row, columns[name]) for row in range(2, len(DANGEROUS) + 2)]
        assert [cell.data_type for cell in cells] == ["s"] * len(DANGEROUS)
        if name == "before":
            assert [cell.value for cell in cells if "_x" not in cell.value] == [
                text for text in expected if "_x" not in text
            ]
    rows, faults = read(fill(path, {n: {"polarity": "none"} for n in range(2, 14)}))
    assert faults == []
    assert rows["sentence_hash"].tolist() == drawn["sentence_hash"].tolist()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(min_size=1, max_size=30), min_size=10, max_size=20))
def test_any_text_comes_back(texts: list[str]) -> None:
    drawn = study(*(f"A {text}" for text in texts))
    book = io.BytesIO(write_workbook(drawn, codebook(), [], False))
    sheet = openpyxl.load_workbook(book)[REVIEW]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row, known in zip(sheet.iter_rows(min_row=2), drawn["sentence_hash"], strict=True):
        assert filled.is_sentence(filled.text_of(row[columns["sentence"] - 1]), known)


def test_the_person_chooses_from_lists_and_does_not_see_the_sample(tmp_path: Path) -> None:
    drawn = study("One plan is good.", "Two plans are late.")
    path = workbook(drawn, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    assert [book[name].sheet_state for name in SHEETS] == [
        "visible", "visible", "veryHidden", "hidden",
    ]  # fmt: skip
    sheet = book[REVIEW]
    columns = [cell.value for cell in sheet[1]]
    assert not {"sample", "model_polarity", "confidence"} & set(columns)
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    letter = {name: sheet.cell(1, n).column_letter for n, name in enumerate(columns, 1)}
    assert set(lists) == {
        f"{letter['polarity']}2:{letter['polarity']}3",
        f"{letter['theme_1']}2:{letter['theme_3']}3",
    }  # fmt: skip
    codes = book["codes"]
    assert [c.value for c in codes["A"]][1:5] == list(schema.POLARITIES)
    assert tuple(c.value for c in codes["B"])[1:] == codebook().codes
    for row in sheet.iter_rows(min_row=2):
        unlocked = {columns[n] for n, cell in enumerate(row) if not cell.protection.locked}
        assert unlocked == set(FILLED)
    told = {c.value for row in book["instructions"].iter_rows() for c in row}
    assert set(codebook().decision_rules) <= told
    assert {theme.id for theme in codebook().themes if theme.status == "active"} <= told


def test_what_the_model_gave_is_shown_only_where_asked_for(tmp_path: Path) -> None:
    path = workbook(study("One plan is good."), tmp_path / "r.xlsx", shown=True)
    sheet = openpyxl.load_workbook(path)[REVIEW]
    row = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (row["model_polarity"], row["model_themes"]) == ("strength", "permanence")
    rows, _ = read(fill(path, {2: {"polarity": "strength"}}))
    assert rows["sample"].tolist() == ["shown"]


@pytest.mark.parametrize(
    ("cells", "polarity", "themes"),
    [
        ({"polarity": "none"}, "none", ""),
        ({"polarity": " Weakness ", "theme_1": "Assessment"}, "weakness", "assessment"),
        ({"polarity": "mixed", "theme_1": "other"}, "mixed", "other"),
        ({"polarity": "mixed", "theme_2": "permanence"}, "mixed", "permanence"),
        ({"polarity": "strength"}, "strength", ""),
        (
            {"polarity": "strength", "theme_1": "recording", "theme_2": "assessment"},
            "strength",
            "recording;assessment",
        ),
    ],
)
def test_a_row_that_is_filled_in(tmp_path: Path, cells: Cells, polarity: str, themes: str) -> None:
    drawn = study("One plan is good.", "Two plans are late.")
    path = fill(workbook(drawn, tmp_path / "r.xlsx"), {3: {**cells, "note": "odd"}})
    rows, faults = read(path)
    assert faults == []
    frames.check(rows, schema.REVIEWS)
    assert rows.to_dict("records") == [
        {
            "sentence_id": "d1-0002", "doc_id": "d1", "occurrence": 1, "coder": "ann",
            "sentence_hash": sentence_hash("Two plans are late."), "polarity": polarity,
            "themes": themes, "sample": "random", "note": "odd",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"polarity": "good"}, "row 2 (d1-0001): unknown polarity 'good'; use one of: strength, "),
        ({"polarity": "weakness", "theme_1": "plans"}, "theme 'plans' is unknown in codebook"),
        ({"polarity": "none", "theme_1": "assessment"}, "`none` has no themes"),
        ({"theme_1": "assessment"}, "themes or a note without a polarity"),
        ({"note": "unsure"}, "themes or a note without a polarity"),
        (
            {"polarity": "mixed", "theme_1": "assessment", "theme_3": "assessment"},
            "theme 'assessment' stands twice",
        ),
        (
            {"polarity": "mixed", "theme_1": "assessment", "theme_2": "other"},
            "`other` stands alone",
        ),
        ({"polarity": "none", "sentence": "One plan is bad."}, "the sentence was changed"),
        ({"polarity": "none", "sentence": None}, "the sentence was changed"),
        ({"polarity": "none", "sentence_id": "d9-0001"}, "is not one of the workbook's"),
        ({"polarity": "none", "sentence_id": "d1-0002"}, "row 3 (d1-0002): the row stands twice"),
        ({"polarity": '=IF(1,"none","")'}, "polarity: holds a formula"),
        ({"polarity": "none", "note": "=1+1"}, "note: holds a formula"),
    ],
)
def test_a_fault_is_told_with_its_row(tmp_path: Path, cells: Cells, fault: str) -> None:
    drawn = study("One plan is good.", "Two plans are late.")
    path = fill(workbook(drawn, tmp_path / "r.xlsx"), {2: cells, 3: {"polarity": "none"}})
    _, faults = read(path)
    assert any(fault in line for line in faults)
    assert all("\n" not in line for line in faults)


def test_a_missing_row_is_told_and_order_does_not_matter(tmp_path: Path) -> None:
    drawn = study("One plan is good.", "Two plans are late.", "Three visits are due.")
    path = workbook(drawn, tmp_path / "r.xlsx")
    fill(path, {2: {"polarity": "none"}, 4: {"polarity": "mixed"}})
    swapped = Path(shutil.copy(path, tmp_path / "swapped.xlsx"))

    def swap(sheet: Any, columns: dict[str, int]) -> None:
        for column in columns.values():
            one, two = sheet.cell(2, column), sheet.cell(4, column)
            one.value, two.value = two.value, one.value

    rows, faults = read(edit(swapped, swap))
    assert faults == []
    assert dict(zip(rows["sentence_id"], rows["polarity"], strict=True)) == {
        "d1-0001": "none", "d1-0003": "mixed",
    }  # fmt: skip
    _, faults = read(edit(path, lambda sheet, _: sheet.delete_rows(3)))
    assert faults == ["d1-0002: the row is missing; put it back, empty if you did not code it"]


def spoil_key(book: Any) -> None:
    book["key"]["D2"].value = "first"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda book: book.remove(book[REVIEW]), "has no sheet `review`"),
        (lambda book: book.remove(book["key"]), "has no sheet `key`"),
        (lambda book: book[REVIEW].delete_cols(3), "the columns .* are missing"),
        (lambda book: book[REVIEW].delete_rows(1), "the columns .* are missing"),
        (spoil_key, "the hidden sheet `key` was changed"),
    ],
)
def test_a_workbook_that_is_not_one_of_ours(
    tmp_path: Path, change: Callable[[Any], None], message: str
) -> None:
    path = workbook(study("One plan is good."), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    if message == "the columns .* are missing":
        book[REVIEW].delete_cols(1)
    change(book)
    book.save(path)
    with pytest.raises(UsageError, match=message):
        read(path)


@pytest.mark.parametrize("data", [b"", b"sentence_id,polarity\n", b"PK\x03\x04 and then nothing"])
def test_a_file_that_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"r\.xlsx: cannot be read as a workbook"):
        read(path)
    with pytest.raises(UsageError, match="cannot be read as a workbook"):
        read(tmp_path / "absent.xlsx")
