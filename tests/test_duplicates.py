"""Documents that say the same are linked to one original, and no others are."""

import pandas as pd
import pytest
from conftest import linked

SHARE = 0.6
SENTENCES = [
    f"The {noun} of the service {verb} better than it was before."
    for noun in ("quality", "reach", "speed", "breadth", "care")
    for verb in ("is", "looks")
]
SHORT = ["Plans are clear.", "Visits are rare.", "Homes are few."]
OTHER = [text.replace("service", "board").replace("better", "worse") for text in SENTENCES]


def link(documents: dict[str, dict[str, str]], texts: dict[str, list[str]]) -> dict[str, str]:
    blank = {"doc_type": "news", "file": "x.txt", "published": "", "council": "", "start_date": ""}
    rows = [blank | {"doc_id": doc_id} | facts for doc_id, facts in documents.items()]
    said = [(doc_id, text) for doc_id, lines in texts.items() for text in lines]
    sentences = pd.DataFrame(said, columns=["doc_id", "text"])
    found = linked(pd.DataFrame(rows), sentences, SHARE)
    return {doc_id: first for doc_id, first in zip(documents, found, strict=True) if first}


REPORT = {"doc_type": "inspection_report", "file": "a.pdf", "council": "Kent"}
RELEASE = {"doc_type": "press_release", "published": "2020-01-02", "council": "Kent"}


@pytest.mark.parametrize(
    ("documents", "texts", "expected"),
    [
        pytest.param({"a": REPORT, "b": REPORT | {"file": "b.txt"}},
                     {"a": SENTENCES, "b": SENTENCES}, {"b": "a"}, id="PDF and text"),
        pytest.param({"a": REPORT | {"file": "a.txt"}, "b": REPORT},
                     {"a": SENTENCES, "b": SENTENCES}, {"a": "b"}, id="text before PDF"),
        pytest.param({"a": REPORT, "b": REPORT, "c": REPORT},
                     {"a": SENTENCES, "b": SENTENCES, "c": SENTENCES}, {"b": "a", "c": "a"},
                     id="saved three times"),
        pytest.param({"a": {"published": "2020-01-05"}, "b": RELEASE},
                     {"a": [*SENTENCES, *OTHER], "b": SENTENCES}, {"a": "b"},
                     id="release reprinted by a newspaper that adds to it"),
        pytest.param({"a": RELEASE, "b": {}}, {"a": SENTENCES, "b": SENTENCES[:7] + OTHER[:3]},
                     {"b": "a"}, id="seven in ten sentences"),
        pytest.param({"a": RELEASE, "b": {}}, {"a": SENTENCES, "b": SENTENCES[:5] + OTHER[:5]}, {},
                     id="half of the sentences"),
        pytest.param({"a": REPORT, "b": REPORT | {"council": "Surrey"}},
                     {"a": SENTENCES, "b": SENTENCES}, {}, id="two councils with one service"),
        pytest.param({"a": REPORT | {"start_date": "2014-01-01"},
                      "b": REPORT | {"start_date": "2018-01-01"}},
                     {"a": SENTENCES, "b": SENTENCES}, {}, id="two inspections"),
        pytest.param({"a": RELEASE, "b": {}}, {"a": SHORT, "b": SHORT}, {}, id="short sentences"),
        pytest.param(dict.fromkeys("abcdefgh", RELEASE),
                     dict.fromkeys("abcdefgh", SENTENCES), {}, id="boilerplate of many"),
        pytest.param({"a": RELEASE, "b": {}}, {"a": SENTENCES,
                     "b": [text.upper().replace("’", "'") for text in SENTENCES]}, {"b": "a"},
                     id="other case and marks"),
        pytest.param({"a": RELEASE, "b": RELEASE}, {"a": [], "b": []}, {}, id="no sentence"),
    ],
)  # fmt: skip
def test_links(
    documents: dict[str, dict[str, str]], texts: dict[str, list[str]], expected: dict[str, str]
) -> None:
    assert link(documents, texts) == expected
