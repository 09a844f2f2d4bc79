"""Bring the characters of PDFs and web pages to one form, without losing the author's words."""

import re
import unicodedata

BULLET = "•"
_BULLETS = (
    "\uf06e\uf0a7\uf0b7\uf0be\uf0d8\uf0fc\uf076\u25fc\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1"
    "\u2023\u2043\u2219\u00b7\u2022"
)
# A box-drawing line begins a sub-bullet, or stands for a dash between years, which it stays.
_DASH_BULLET = re.compile(r"^\s*[\u2500\u2015\u0336](?=\s)")
_SPACES = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t"
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
LINE_END_HYPHEN = "\x02"

_TABLE = {
    **dict.fromkeys(map(ord, _BULLETS), BULLET),
    ord("\uf02d"): "–",
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _ZERO_WIDTH), None),
    ord("\u00ad"): LINE_END_HYPHEN,
    ord("\ufffe"): LINE_END_HYPHEN,
    ord("\u2010"): "-",
    ord("\u2011"): "-",
}
# Half a surrogate pair is no character, and no file can hold it.
_CONTROL = re.compile(r"[\x00\x01\x03-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_RUNS = re.compile(r" {2,}")


def clean_characters(text: str) -> str:
    """Return one line in composed Unicode with plain spaces and one bullet sign.

    Private-use bullets become ``•``, dashes used as bullets ``–``; soft hyphens and the sign
    that PDFium gives for a hyphen at a line's end become U+0002, for the joining of lines.
    """
    # Most lines hold nothing that the table or the patterns are for.
    if text.isascii() and text.isprintable():
        return (_RUNS.sub(" ", text) if "  " in text else text).strip()
    composed = unicodedata.normalize("NFC", text).translate(_TABLE)
    return _RUNS.sub(" ", _CONTROL.sub("", _DASH_BULLET.sub("–", composed))).strip()
