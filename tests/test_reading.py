"""Reading files: kinds from bytes, every reason to reject, encodings, web furniture, PDF order."""

import zipfile
from io import BytesIO

import docx
import pypdfium2
import pypdfium2.raw as raw_pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import Rejected
from pipeline.reading.characters import BULLET, LINE_END_HYPHEN, clean_characters
from pipeline.reading.pdf import in_reading_order
from pipeline.reading.read import read_document
from pipeline.reading.source import Source

PROSE = "Children are seen often, and their plans are clear about what has to change."
MORE = "Leaders know where practice is weak, and the steps that they have taken are bearing fruit."
PAGE = "<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
ARTICLE = f"<article><h1>Services improve</h1><p>{PROSE}</p><p>{MORE}</p></article>"


def pdf(*pages: list[str], encrypt: str | None = None) -> bytes:
    stream = BytesIO()
    lock = pdfencrypt.StandardEncryption(encrypt) if encrypt else None
    canvas = Canvas(stream, pageCompression=0, encrypt=lock)
    for page in pages:
        for index, line in enumerate(page):
            canvas.drawString(60, 780 - 16 * index, line)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan() -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(3):
        page = document.new_page(595, 842)
        box = raw_pdfium.FPDFPageObj_CreateNewRect(50, 50, 400, 700)
        raw_pdfium.FPDFPage_InsertObject(page.raw, box)
        page.gen_content()
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def word(*paragraphs: tuple[str, str]) -> bytes:
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    if paragraphs:
        cells = document.add_table(rows=1, cols=2).rows[0].cells
        cells[0].text, cells[1].text = "Overall effectiveness", "Good"
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def archive(name: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as files:
        files.writestr(name, "a,b")
    return stream.getvalue()


def page(body: str, title: str = "News") -> bytes:
    return PAGE.format(title=title, body=body).encode()


def texts(source: Source) -> list[str]:
    return [line.text for line in source.lines]


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (pdf([PROSE]), "report.txt", "pdf"),
        (b"\n\n" + pdf([PROSE]), "report.pdf", "pdf"),
        (word(("Normal", PROSE)), "report.pdf", "docx"),
        (page(ARTICLE), "release.txt", "html"),
        (b"\xef\xbb\xbf  " + page(ARTICLE), "release", "html"),
        (page(ARTICLE.replace("often", "404 times")), "release.html", "html"),
        (PROSE.encode(), "report.pdf", "text"),
        (f"The <b>page</b> says: {PROSE}".encode(), "release.html", "text"),
        (PROSE.encode("utf-16"), "release.txt", "text"),
    ],
)
def test_the_kind_is_judged_from_the_bytes(data: bytes, name: str, kind: str) -> None:
    assert read_document(data, name).kind == kind


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.pdf", "empty"),
        (b" \r\n\t ", "a.txt", "empty"),
        (page("<h1>Oops</h1>", "Page not found"), "a.pdf", "not_found_page"),
        (page("<h1>404</h1><p>Try again.</p>"), "a.html", "not_found_page"),
        (page("<p>x</p>", "Report not found - Find a report"), "a.pdf", "not_found_page"),
        (page(ARTICLE), "report.PDF", "not_a_pdf"),
        (page("<nav><a href='/'>Home</a></nav>"), "a.html", "no_text"),
        (word(), "a.docx", "no_text"),
        (b"Home\nNews\n", "a.txt", "no_text"),
        (archive("table.csv"), "a.docx", "not_a_document"),
        (word(("Normal", PROSE))[:900], "a.docx", "damaged"),
        (archive("word/document.xml"), "a.docx", "damaged"),
        (b"\x7fELF\x00\x01\x02" * 20, "a.txt", "not_a_document"),
        (b"%PDF-1.7 and nothing else", "a.pdf", "damaged"),
        (pdf([PROSE])[:400], "a.pdf", "damaged"),
        (pdf([PROSE], encrypt="secret"), "a.pdf", "encrypted"),
        (scan(), "a.pdf", "no_text"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_document(data, name)
    assert caught.value.reason == reason
    assert "\n" not in caught.value.detail
    assert caught.value.detail[-1] != "."


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("\uf0b7\tPlans", f"{BULLET} Plans"),
        ("◼ Plans", f"{BULLET} Plans"),
        ("\uf02d five children", "– five children"),
        ("─ five children", "– five children"),
        ("2015─16", "2015─16"),
        ("safe\u00adguarding", f"safe{LINE_END_HYPHEN}guarding"),
        ("multi\ufffe", f"multi{LINE_END_HYPHEN}"),
        ("16\u2011year\u2010old", "16-year-old"),
        ("a\u00a0b\u2009c  d", "a b c d"),
        ("a\u200bb\ufeff", "ab"),
        ("cafe\u0301", "café"),
        ("a – b — c", "a – b — c"),
    ],
)
def test_characters_take_one_form(printed: str, clean: str) -> None:
    assert clean_characters(printed) == clean


@given(st.text())
def test_clean_lines_stay_as_they_are(text: str) -> None:
    once = clean_characters(text)
    assert clean_characters(once) == once
    assert once == once.strip()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"], ids=str
)
def test_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = "Leaders said: “It’s £5 – a café.”"
    assert texts(read_document((mark + text).encode(encoding), "a.txt")) == [text]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_and_pages_of_text(ending: str) -> None:
    source = read_document(f"One is here.{ending}{ending}Two.\fThree is there.".encode(), "a.txt")
    assert [(line.text, line.page) for line in source.lines] == [
        ("One is here.", 1),
        ("Two.", 1),
        ("Three is there.", 2),
    ]
    assert source.pages == 2


@pytest.mark.parametrize(
    ("lines", "role"),
    [
        (["Plans are clear and say what has to change, by when and by whom, for"] * 30, "line"),
        ([f"{PROSE} {PROSE} {PROSE}"] * 30, "paragraph"),
        ([PROSE] * 30, "paragraph"),
        (["Plans are clear and say what has to change, by when and by whom, for"] * 5, "paragraph"),
    ],
)
def test_lines_broken_at_a_common_width_are_told_from_paragraphs(
    lines: list[str], role: str
) -> None:
    source = read_document("\n".join(lines).encode(), "a.txt")
    assert {line.role for line in source.lines} == {role}


def test_a_pdf_gives_its_printed_lines_page_by_page() -> None:
    source = read_document(pdf([PROSE, "Second line."], [PROSE]), "a.pdf")
    assert [(line.text, line.page) for line in source.lines] == [
        (PROSE, 1),
        ("Second line.", 1),
        (PROSE, 2),
    ]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ([("2", 40), ("body", 700), ("more", 680)], ["2", "body", "more"]),
        ([("2", 40), ("body", 600), ("more", 580), ("top", 760)], ["2", "top", "body", "more"]),
        (
            [("left", 760), ("low", 90), ("right", 760), ("low", 90)],
            ["left", "low", "right", "low"],
        ),
        ([("a", 700), ("b", 690), ("raised", 695)], ["a", "b", "raised"]),
        ([], []),
    ],
)
def test_the_top_of_a_page_comes_first(stored: list[tuple[str, float]], read: list[str]) -> None:
    lines = [text for text, _ in stored]
    assert in_reading_order(lines, [height for _, height in stored]) == read


@given(st.lists(st.floats(0, 800), max_size=30))
def test_reading_order_loses_no_line(heights: list[float]) -> None:
    lines = [str(number) for number in range(len(heights))]
    assert sorted(in_reading_order(lines, heights)) == sorted(lines)


def test_word_styles_become_roles() -> None:
    source = read_document(
        word(("Heading 1", "Leaders"), ("List Bullet", "Plans."), ("Normal", "One.\nTwo.")),
        "a.docx",
    )
    assert [(line.text, line.role) for line in source.lines] == [
        ("Leaders", "heading"),
        ("Plans.", "bullet"),
        ("One.", "paragraph"),
        ("Two.", "paragraph"),
        ("Overall effectiveness Good", "table"),
    ]


def test_a_web_page_is_read_without_its_furniture() -> None:
    body = (
        "<div id='cookie-banner'><p>We use cookies.</p><button>Accept all cookies</button></div>"
        "<nav><ul><li><a href='/bins'>Bins</a></li></ul></nav>"
        f"<main>{ARTICLE.replace('</article>', '<ul><li>first point</li></ul></article>')}</main>"
        "<aside class='related'><h2>Related news</h2><a href='/x'>Roadworks begin</a></aside>"
        "<footer><p>© 2024 Fenmoor Council</p></footer>"
    )
    got = texts(read_document(page(body), "a.html"))
    assert got == ["Services improve", PROSE, MORE, "first point"]


@pytest.mark.parametrize(
    ("head", "key", "value"),
    [
        ("<meta property='og:site_name' content='Fenmoor Echo'>", "publisher", "Fenmoor Echo"),
        ("<meta name='DC.publisher' content='Fenmoor Council'>", "publisher", "Fenmoor Council"),
        ("<title>Services improve | Fenmoor Council</title>", "publisher", "Fenmoor Council"),
        ("<title>Services improve - Latest news | Fenmoor Council</title>", "publisher",
         "Fenmoor Council"),
        ("<title>Services improve - News</title>", "publisher", None),
        ("<title>Something else | Fenmoor Council</title>", "publisher", None),
        ("<meta property='article:published_time' content='2022-07-05T09:00:00Z'>", "published",
         "2022-07-05"),
        ("<meta name='DC.date' content='2022-07-05'>", "published", "2022-07-05"),
        ("<script type='application/ld+json'>{\"datePublished\": \"2022-07-05\"}</script>",
         "published", "2022-07-05"),
        ("<script type='application/ld+json'>{broken</script>", "published", None),
        ("<meta name='description' content='2022-07-05'>", "published", None),
        ("", "title", "Services improve"),
    ],
)  # fmt: skip
def test_a_web_page_states_its_facts(head: str, key: str, value: str | None) -> None:
    data = f"<!doctype html><html><head>{head}</head><body>{ARTICLE}</body></html>".encode()
    assert read_document(data, "a.html").meta.get(key) == value


def test_a_web_page_is_decoded_as_it_declares() -> None:
    body = ARTICLE.replace("Services improve", "Café £5")
    data = f"<html><head><meta charset='windows-1252'></head><body>{body}</body></html>"
    assert read_document(data.encode("cp1252"), "a.html").meta["title"] == "Café £5"
