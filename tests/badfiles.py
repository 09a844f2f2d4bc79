"""Files that a folder of documents should not hold, made by code; each with why it is rejected."""

import os
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from pipeline.registry import COLUMNS

PROSE = "Children are seen often, and their plans are clear about what has to change. "
PAGE = "<!doctype html><html><head><title>{}</title></head><body>{}</body></html>"
WORD = (
    '<?xml version="1.0"?>{}<w:document xmlns:w="http://schemas.openxmlformats.org/'
    'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
)
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-'
    'types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
# Where an old Word file and an encrypted new one begin.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def pdf(contents: bytes, pages: int = 1, *, kids: str = "", trailer: str = "") -> bytes:
    """Return a PDF whose pages share one stream of contents, written by hand."""
    packed = zlib.compress(contents, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>"
        % (pages, kids.encode() or b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    objects += [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"
        b"/Resources<</Font<</F 4 0 R>>>>>>"
    ] * pages
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj%s endobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
              % (len(objects) + 1, trailer.encode(), table))  # fmt: skip
    return out.getvalue()


def words(text: str = PROSE) -> bytes:
    """Return the contents of a page that prints some text."""
    return b"BT /F 11 Tf 40 700 Td (%s) Tj ET" % text.encode()


def docx(document: str, **parts: bytes) -> bytes:
    """Return a Word document of one part, and more parts by name."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("[Content_Types].xml", TYPES)
        files.writestr("_rels/.rels", RELATIONS)
        files.writestr("word/document.xml", document)
        for name, content in parts.items():
            files.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def _encrypted() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(60, 700, PROSE)
    canvas.save()
    return out.getvalue()


def _locked_zip() -> bytes:
    """Return a Word document whose parts claim to be behind a password."""
    data = bytearray(docx(WORD.format("", PROSE)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def _bomb() -> bytes:
    """Return a Word document with a part of which it says that it unpacks to two gigabytes."""
    data = bytearray(docx(WORD.format("", PROSE), word__a=bytes(1000)))
    at = data.rfind(b"PK\x01\x02") + 24
    data[at : at + 4] = (2**31 - 1).to_bytes(4, "little")
    return bytes(data)


ENTITIES = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
NUL = "The plan\x00 is clear. "

# Name, bytes and the reason for which the file is rejected.
FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.pdf", lambda: b"", "empty"),
    ("blank.txt", lambda: b" \r\n\t\n" * 40, "empty"),
    ("truncated.pdf", lambda: pdf(words())[:300], "damaged"),
    ("rubbish.pdf", lambda: b"%PDF-1.7 and nothing else", "damaged"),
    ("encrypted.pdf", _encrypted, "encrypted"),
    ("pictures.pdf", lambda: pdf(b"0 0 400 700 re f", 3), "no_text"),
    ("pages.pdf", lambda: pdf(words(), 10_000), "too_large"),
    ("nested.pdf", lambda: b"%PDF-1.7\n1 0 obj" + b"[" * 200_000 + b"endobj\n%%EOF", "damaged"),
    ("nothing.pdf", lambda: pdf(b"", kids=" "), "damaged"),
    ("page.pdf", lambda: PAGE.format("News", f"<p>{PROSE * 9}</p>").encode(), "not_a_pdf"),
    ("gone.html", lambda: PAGE.format("Page not found", PROSE).encode(), "not_found_page"),
    ("gone.pdf", lambda: PAGE.format("404", PROSE).encode(), "not_found_page"),
    ("login.html", lambda: PAGE.format("Log in", "<input type=password>").encode(), "login_page"),
    ("script.html", lambda: PAGE.format("x", "<script>" + "f();" * 99).encode(), "no_text"),
    ("deep.html", lambda: PAGE.format("x", "<div>" * 50_000).encode(), "no_text"),
    ("large.html", lambda: b"<html>" + b"<p>" * 7_000_000, "too_large"),
    ("line.txt", lambda: PROSE.encode() * 650_000, "too_large"),
    ("paragraph.txt", lambda: PROSE.encode() * 2_000, "too_large"),
    ("lines.txt", lambda: (PROSE + "\n").encode() * 40_000, "too_large"),
    ("short.txt", lambda: b"Home\nNews\n", "no_text"),
    ("wide.txt", lambda: PROSE.encode("utf-16-le"), "not_a_document"),
    ("marks.txt", lambda: "\ufeff\u200b\u200e\u202e\n".encode() * 99, "no_text"),
    ("binary.txt", lambda: bytes(range(256)) * 40, "not_a_document"),
    ("picture.pdf", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(99), "not_a_document"),
    ("packed.pdf", lambda: zlib.compress(PROSE.encode()) + bytes(9), "not_a_document"),
    ("old.docx", lambda: COMPOUND, "not_a_document"),
    ("bomb.docx", _bomb, "too_large"),
    ("parts.docx", lambda: docx(WORD.format("", PROSE), **{f"p{n}": b"" for n in range(1_001)}),
     "too_large"),
    ("entities.docx", lambda: docx(WORD.format(ENTITIES, "&file;")), "unsafe"),
    ("laughs.docx", lambda: docx(WORD.format(LAUGHS, "&b;")), "unsafe"),
    ("xml.docx", lambda: docx("<w:document"), "damaged"),
    ("deep.docx", lambda: docx("<a>" * 100_000), "damaged"),
    ("cut.docx", lambda: docx(WORD.format("", PROSE))[:500], "damaged"),
    ("locked.docx", _locked_zip, "damaged"),
    ("table.docx", lambda: BytesIO(_zip("table.csv")).getvalue(), "not_a_document"),
    ("bare.docx", lambda: _zip("word/document.xml"), "damaged"),
]  # fmt: skip

# Odd, but documents: name and bytes.
ODD: list[tuple[str, Callable[[], bytes]]] = [
    ("report.txt", lambda: pdf(words(), 2)),
    ("circle.pdf", lambda: pdf(words(), kids="5 0 R 2 0 R")),
    ("mixed.txt", lambda: PROSE.encode() + "Café £5 ".encode("cp1252") + "é".encode() + b"\n"),
    ("both.txt", lambda: PROSE.encode("utf-16")),
    ("marked.txt", lambda: PROSE.encode("utf-8-sig")),
    ("nul.txt", lambda: (PROSE + "\n").encode() * 60 + NUL.encode()),
    ("charset.html", lambda: PAGE.format("News", "<meta charset=punycode><article><h1>News</h1><p>"
     f"{PROSE}</p><p>{PROSE}</p></article>").encode()),
    ("two\nlines.txt", PROSE.encode),
    ("\u202egpj.exe.txt", PROSE.encode),
    ("x" * 251 + ".txt", PROSE.encode),
    (os.fsdecode(b"caf\xe9.txt"), PROSE.encode),
    ("...txt.txt", PROSE.encode),
    ("-rf.txt", PROSE.encode),
    ("=1+1.txt", PROSE.encode),
    ("\x1b[31mred.txt", PROSE.encode),
]  # fmt: skip

# Rows of a registry that cannot be used, each on a file of its own, and a part of the detail.
GOOD = {"doc_type": "press_release", "council": "Fenmoor"}
ROWS: list[tuple[dict[str, str], str, str]] = [
    ({"doc_id": "r1", "file": "r1.txt", "published": "2021-02-30"}, "registry_row", "2021-02-30"),
    ({"doc_id": "r2", "file": "r2.txt", "published": "3 May 2021"}, "registry_row", "YYYY-MM-DD"),
    ({"doc_id": "r3", "file": "r3.txt", "doc_type": "letter"}, "registry_row", "doc_type"),
    ({"doc_id": "r4", "file": "r4.txt", "sha256": "abc"}, "registry_row", "hexadecimal"),
    ({"doc_id": "first", "file": "r5.txt"}, "registry_row", "doc_id 'first' stands twice"),
    ({"doc_id": "r6", "file": "not-here.pdf"}, "missing", "whose file is not here"),
    ({"doc_id": "r7", "file": "../r7.txt"}, "outside", "outside the folder"),
    ({"doc_id": "r8", "file": "/etc/passwd"}, "outside", "outside the folder"),
    ({"doc_id": "r9", "file": "nul\0.txt"}, "outside", "outside the folder"),
]


def _zip(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr(name, "a,b")
    return out.getvalue()


def registry(folder: Path, *rows: dict[str, str]) -> None:
    """Write a registry into a folder."""
    lines = [",".join(COLUMNS), *(",".join((GOOD | r).get(c, "") for c in COLUMNS) for r in rows)]
    (folder / "registry.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def links(folder: Path, outside: Path) -> dict[str, str]:
    """Make links and other things that are no files; return the reasons by name."""
    (outside / "secret.txt").write_text(PROSE * 3, encoding="utf-8")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    (folder / "nowhere.pdf").symlink_to(folder / "never.pdf")
    (folder / "circle.pdf").symlink_to(folder / "circle.pdf")
    (folder / "linked").symlink_to(outside, target_is_directory=True)
    os.mkfifo(folder / "pipe.pdf")
    (folder / "below").mkdir()
    (folder / "below" / "registry.csv").write_text("doc_id,file\n", encoding="utf-8")
    return {
        "out.txt": "link", "passwd.txt": "link", "nowhere.pdf": "link", "circle.pdf": "link",
        "linked": "link", "pipe.pdf": "not_a_file", "below/registry.csv": "second_registry",
    }  # fmt: skip
