"""Tables: what is refused, and that CSV and Parquet say the same."""

import csv
import datetime
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import arrow, frames
from pipeline.delimited import csv_lines, csv_text
from pipeline.errors import UsageError
from pipeline.schema import Column, Table

THING = Table(
    "things",
    "a thing",
    ("id",),
    (
        Column("id", "string", "Name", True),
        Column("kind", "string", "Kind", allowed=("round", "flat")),
        Column("made", "date", "Day it was made"),
        Column("count", "int", "How many", True),
        Column("weight", "float", "How heavy"),
        Column("sold", "bool", "Whether sold", True),
        Column("marks", "codes", "Marks joined with `;`"),
    ),
)
GOOD: dict[str, object] = {
    "id": "a", "kind": "round", "made": "2021-03-04", "count": 2, "weight": 1.5, "sold": True,
    "marks": "x;y",
}  # fmt: skip


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return frames.build([GOOD | row for row in rows], THING)


@pytest.mark.parametrize(
    ("change", "column", "example"),
    [
        ({"id": ""}, "id", "row 1"),
        ({"id": None}, "id", "row 1"),
        ({"kind": "square"}, "kind", "'square'"),
        ({"kind": "Round"}, "kind", "'Round'"),
        ({"made": "04/03/2021"}, "made", "'04/03/2021'"),
        ({"made": "2021-3-4"}, "made", "'2021-3-4'"),
        ({"made": "2021-02-29"}, "made", "'2021-02-29'"),
        ({"made": "2021-03-04T00:00"}, "made", "'2021-03-04T00:00'"),
        ({"count": None}, "count", "row 1"),
        ({"count": 1.5}, "count", "is no int"),
        ({"count": "2"}, "count", "'2'"),
        ({"weight": "heavy"}, "weight", "'heavy'"),
        ({"weight": math.inf}, "weight", "inf"),
        ({"sold": "yes"}, "sold", "'yes'"),
        ({"sold": 1}, "sold", "1"),
        ({"marks": 7}, "marks", "7"),
        ({"id": "a"}, "id", "['a']"),
    ],
)
def test_faults_name_table_column_and_example(
    change: dict[str, object], column: str, example: str
) -> None:
    faulty = frame({}, {"id": "b"} | change)
    with pytest.raises(ValueError, match=r"^things") as caught:
        frames.to_arrow(faulty, THING)
    assert column in str(caught.value)
    assert example in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ""}, {"kind": None}, {"made": ""}, {"made": datetime.date(2021, 3, 4)},
        {"made": "2024-02-29"}, {"weight": float("nan")}, {"weight": 3}, {"weight": None},
        {"count": np.int64(5)}, {"sold": np.bool_(False)}, {"marks": ""}, {"count": -1},
    ],
)  # fmt: skip
def test_near_misses_pass(change: dict[str, object]) -> None:
    assert frames.to_arrow(frame({}, {"id": "b"} | change), THING).num_rows == 2


def test_columns_are_held_to_the_schema() -> None:
    with pytest.raises(ValueError, match="unknown columns") as caught:
        frames.check(frame({}).rename(columns={"kind": "sort"}), THING)
    message = str(caught.value)
    assert "unknown columns ['sort'], missing columns ['kind']" in message
    assert str(THING.names) in message
    with pytest.raises(ValueError, match="in this order"):
        frames.check(frame({})[THING.names[::-1]], THING)


HELD = arrow.of_rows([GOOD, GOOD | {"id": "b", "kind": "", "made": ""}], THING)


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (HELD.drop_columns(["made"]), r": unknown columns \[\], missing columns \['made'\]"),
        (HELD.append_column("new", pa.array([1, 2])), r": unknown columns \['new'\]"),
        (HELD.set_column(0, "id", pa.array(["a", ""])), r"\.id: empty in row 1"),
        (HELD.set_column(2, "made", pa.array(["2021-03-04", "May"])), r": .*'May'"),
        (HELD.set_column(0, "id", pa.array(["a", None])), r"\.id: empty in row 1"),
        (HELD.set_column(1, "kind", pa.array(["flat", "oval"])), r"\.kind: 'oval' is none of"),
        (HELD.set_column(0, "id", pa.array(["a", "a"])), r": the key .* repeats: \['a'\]"),
    ],
)
def test_rows_that_were_put_together_are_held_against_the_schema(
    faulty: pa.Table, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^things{message}"):
        arrow.held(faulty, THING)


def test_rows_that_were_put_together_take_the_types_of_the_schema() -> None:
    place = HELD.column_names.index("made")
    loose = HELD.set_column(place, "made", pa.array(["2021-03-04", None]))
    assert arrow.held(loose, THING).equals(HELD)


def test_files(tmp_path: Path) -> None:
    rows = frame(
        {}, {"id": "b, c", "kind": "", "made": "", "weight": 2 / 3, "sold": False, "marks": ""},
        {"id": 'say "so"\nor not', "weight": 123456789.0, "count": 123456789},
        {"id": "café\rbar", "weight": -1e-9}, {"id": "z", "weight": -0.0},
    )  # fmt: skip
    paths = frames.write(rows, THING, tmp_path / "deep")
    assert [p.name for p in paths] == ["things.csv", "things.parquet"]
    assert paths[0].read_bytes().decode("utf-8") == (
        "id,kind,made,count,weight,sold,marks\n"
        "a,round,2021-03-04,2,1.5,yes,x;y\n"
        '"b, c",,,2,0.666667,no,\n'
        '"say ""so""\nor not",round,2021-03-04,123456789,1.23457e+08,yes,x;y\n'
        '"café\rbar",round,2021-03-04,2,-1e-09,yes,x;y\n'
        "z,round,2021-03-04,2,0,yes,x;y\n"
    )
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["things.csv", "things.parquet"]


def test_an_empty_table_keeps_its_columns_and_types(tmp_path: Path) -> None:
    paths = frames.write(frames.build([], THING), THING, tmp_path)
    assert paths[0].read_text() == ",".join(THING.names) + "\n"
    again = frames.read(THING, tmp_path)
    assert list(again.columns) == THING.names
    assert len(again) == 0


def test_one_empty_cell_is_still_a_row() -> None:
    text = csv_lines(["a"], [[""], ["b"]])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a"], [""], ["b"]]


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
things = st.lists(
    st.fixed_dictionaries(
        {
            "id": cells.filter(bool),
            "kind": st.sampled_from(["", "round", "flat"]),
            "made": st.one_of(st.just(""), st.dates().map(str)),
            "count": st.integers(-(2**63), 2**63 - 1),
            "weight": st.one_of(st.none(), st.floats(allow_infinity=False, allow_subnormal=False)),
            "sold": st.booleans(),
            "marks": cells,
        }
    ),
    max_size=6,
    unique_by=lambda row: row["id"],
)


@given(things)
def test_csv_and_parquet_hold_the_same(rows: list[dict[str, object]]) -> None:
    made = frames.to_arrow(frames.build(rows, THING), THING)
    text = csv_text(made, THING)
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(read) == len(rows) == made.num_rows
    for cell, stored, given_ in zip(read, made.to_pylist(), rows, strict=True):
        for name in ("id", "kind", "marks"):
            assert cell[name] == (stored[name] or "") == given_[name]
        assert cell["made"] == str(stored["made"] or "") == given_["made"]
        assert int(cell["count"]) == stored["count"] == given_["count"]
        assert cell["sold"] == ("yes" if stored["sold"] else "no")
        if stored["weight"] is None:
            assert cell["weight"] == ""
        else:
            assert float(cell["weight"]) == stored["weight"]


_ANY = st.floats(allow_nan=False, allow_infinity=False)
# Numbers that stand about half way between two of six digits, where rounding is most easily wrong.
_TIES = st.builds(lambda whole, power: (whole + 0.5) * 10.0**power,
                  st.integers(-(10**6), 10**6), st.integers(-12, 6))  # fmt: skip


@given(st.lists(_ANY | _TIES))
def test_six_significant_digits(values: list[float]) -> None:
    rounded = arrow.significant(np.array(values, dtype=float))
    expected = [float(f"{value:.6g}") + 0.0 for value in values]
    assert rounded.tolist() == expected
    assert list(map(str, rounded)) == list(map(str, expected))


def test_what_is_no_number_stays() -> None:
    given_ = np.array([np.nan, np.inf, -np.inf])
    assert str(arrow.significant(given_).tolist()) == "[nan, inf, -inf]"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    rows = frame({}, {"id": "b", "kind": None, "made": "", "weight": None, "marks": None})
    frames.write_parquet(rows, THING, tmp_path)
    again = frames.read(THING, tmp_path)
    assert again.iloc[0].to_dict() == GOOD
    assert again.iloc[1][["kind", "made", "marks"]].tolist() == ["", "", ""]
    assert np.isnan(again.iloc[1]["weight"])


def test_reading_refuses_other_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not found; run the stage"):
        frames.read(THING, tmp_path)
    frames.write_parquet(frame({}), THING, tmp_path)
    other = Table("things", "a thing", ("id",), (*THING.columns, Column("new", "string", "")))
    with pytest.raises(UsageError, match=r"missing columns \['new'\]"):
        frames.read(other, tmp_path)
    (tmp_path / "things.parquet").write_bytes(b"not a table")
    with pytest.raises(UsageError, match="is no table"):
        frames.read(THING, tmp_path)


def test_the_rows_of_some_documents(tmp_path: Path) -> None:
    table = Table("lines", "a line", ("id",), (Column("id", "string", ""),
                                               Column("doc_id", "string", "")))  # fmt: skip
    rows = [{"id": f"{n}", "doc_id": name} for n, name in enumerate("aabc")]
    frames.write_parquet(frames.build(rows, table), table, tmp_path)
    asked = [({"a", "c"}, ["a", "a", "c"]), ({"x"}, []), (set(), []), (None, ["a", "a", "b", "c"])]
    for names, found in asked:
        (piece,) = frames.read_pieces(table, tmp_path, ("doc_id",), names)
        assert piece["doc_id"].tolist() == found


def test_a_table_of_several_row_groups_is_read_as_one(tmp_path: Path) -> None:
    rows = [GOOD | {"id": f"{n}", "weight": None if n == 4 else 1.5} for n in range(5)]
    whole = arrow.of_rows(rows, THING)
    pq.write_table(whole, tmp_path / "things.parquet", row_group_size=2)
    assert [len(piece) for piece in frames.read_pieces(THING, tmp_path)] == [2, 2, 1]
    again = frames.read(THING, tmp_path)
    pd.testing.assert_frame_equal(again, frames.from_arrow(whole, THING))
    # The key is checked, and not given back unless it is asked for.
    assert list(frames.read(THING, tmp_path, ("kind", "weight"))) == ["kind", "weight"]
    repeated = pa.concat_tables([whole, whole.slice(0, 1)])
    pq.write_table(repeated, tmp_path / "things.parquet", row_group_size=2)
    with pytest.raises(UsageError, match=r"the key .* repeats.* run the stage"):
        frames.read(THING, tmp_path, ("kind", "weight"))
    # Keys in another order are fine.
    backwards = whole.take(list(reversed(range(len(whole)))))
    pq.write_table(backwards, tmp_path / "things.parquet", row_group_size=2)
    assert frames.read(THING, tmp_path)["id"].tolist() == again["id"].tolist()[::-1]


def test_a_file_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.txt"
    frames.write_whole(path, b"first")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[:2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(UsageError, match=r"cannot be written \(No space left"):
            frames.write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    with pytest.raises(UsageError, match="cannot be written"):
        frames.write_whole(blocker / "below", b"")
    with pytest.raises(UsageError, match="cannot be written"):
        frames.write_whole(tmp_path, b"")
    with pytest.raises(UsageError, match="is a file"):
        frames.require_writable(blocker / "below")
    frames.require_writable(tmp_path / "new" / "deep")
    assert not (tmp_path / "new").exists()


def test_sentences_of_another_run_are_refused() -> None:
    frames.same_sentences(["a", "b"], iter(["a", "b"]), "classify")
    for other in (["a"], ["b", "a"], ["a", "b", "c"]):
        with pytest.raises(UsageError, match="run `classify` again"):
            frames.same_sentences(["a", "b"], other, "classify")
