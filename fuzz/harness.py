"""Fuzz one reader with atheris: whatever the bytes, a document is read or rejected, in time.

``python fuzz/harness.py READER FOLDER SECONDS [SEED]`` keeps its corpus, and the inputs that broke
the reader, in ``FOLDER``. Every crash that is found becomes a test (tests/test_bad_input.py).
"""

import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline", "trafilatura", "docx"]):
    from pipeline.documents import read_facts_and_sentences
    from pipeline.errors import Rejected, UsageError
    from pipeline.fetching import ofsted
    from pipeline.fetching.addresses import Guard, Refused, next_address
    from pipeline.fetching.answer import Fault, decoded
    from pipeline.registry import read_registry

ROOT = Path(__file__).resolve().parent.parent
# Seconds that one small input may take, and the largest input.
PATIENCE, LARGEST = 60, 20_000
SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")


def document(data: bytes, name: str = "a.txt") -> None:
    """Hold what is made of a document's bytes against what every reader promises."""
    try:
        row, sentences, text = read_facts_and_sentences(data, "a", name, {})
    except Rejected as error:
        assert error.reason != "failed", error.detail
        assert error.detail.isprintable()
        return
    text.encode("utf-8")
    assert row["sentences"] == len(sentences)
    for sentence in sentences:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def word(data: bytes) -> None:
    """Fuzz the parts of a Word document; as a zip file they would seldom be reached."""
    out = BytesIO()
    with zipfile.ZipFile(SAMPLE_WORD) as sample, zipfile.ZipFile(out, "w") as files:
        for name in sample.namelist():
            whole = name == "word/document.xml"
            files.writestr(name, data if whole else sample.read(name))
    document(out.getvalue())


def registry(data: bytes) -> None:
    """Fuzz the registry: rows, faults or one clear error."""
    path = SCRATCH / "fuzz-registry.csv"
    path.write_bytes(data)
    try:
        found = read_registry(path)
    except UsageError:
        return
    for fault in found.faults.values():
        assert fault.detail


def site(data: bytes) -> None:
    """Fuzz Ofsted's pages and compressed answers."""
    here = "https://reports.example/search"
    for read in (ofsted.providers, ofsted.publications, ofsted.has_next):
        try:
            read(data, here)
        except UsageError:
            continue
    with suppress(Refused):
        Guard().require_address(next_address(here, data.decode("latin-1")))
    try:
        assert sum(map(len, decoded([data[:50], data[50:]], "gzip", 10_000))) <= 10_000
    except Fault:
        return


SAMPLE_WORD = ROOT / "corpus/sample/reports/holmcastle-2024-report.docx"
READERS: dict[str, Callable[[bytes], None]] = {
    "pdf": lambda data: document(b"%PDF-1.7\n" + data),
    "html": lambda data: document(b"<html><body>" + data, "a.html"),
    "docx": word,
    "text": document,
    "registry": registry,
    "site": site,
}


def seeds(reader: str, folder: Path) -> None:
    """Write small files of the reader's kind to begin from."""
    sys.path.insert(0, str(ROOT / "tests"))
    from badfiles import FILES, ODD, WORD
    from badfiles import registry as write_registry

    made = {name: make for name, make, _ in FILES} | dict(ODD)
    for number, (name, make) in enumerate(made.items()):
        if name.endswith((f".{reader}", ".txt" if reader == "text" else ".none")):
            data = make()
            if len(data) <= LARGEST:
                (folder / f"seed-{number}").write_bytes(data)
    if reader == "docx":
        (folder / "seed-word").write_text(WORD.format("", "Plans are clear."), encoding="utf-8")
    if reader == "pdf":
        (folder / "seed-pages").write_bytes(made["report.txt"]())
    if reader == "registry":
        write_registry(folder, {"doc_id": "a", "file": "a.txt"}, {"published": "2021-03-04"})
    if reader == "site":
        page = (
            '<a href="/provider/44/80487">x</a><a class="publication-link" href="/v1/file/9">'
            '<span class="nonvisual">Inspection, pdf - 15 July 2024</span></a>'
        )
        (folder / "seed-page").write_text(page, encoding="utf-8")


def main() -> None:
    """Fuzz the reader that the arguments name."""
    reader, folder, seconds = sys.argv[1], Path(sys.argv[2]) / sys.argv[1], sys.argv[3]
    # libFuzzer draws a seed of its own for 0.
    seed = sys.argv[4] if len(sys.argv) > 4 else "0"
    folder.mkdir(parents=True, exist_ok=True)
    seeds(reader, folder)
    atheris.Setup(
        [
            sys.argv[0], str(folder), f"-max_total_time={seconds}", f"-timeout={PATIENCE}",
            "-rss_limit_mb=3000", f"-max_len={LARGEST}", f"-artifact_prefix={folder}/broke-",
            "-print_final_stats=1", "-verbosity=0", f"-seed={seed}",
        ],
        READERS[reader],
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
