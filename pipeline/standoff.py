"""The hash by which a sentence is found again in its document without its words being kept."""

import hashlib
import re

_NUMBER = re.compile(r"^\d{1,3}\.\s*")
_BULLETS = re.compile(r"[\uf06e•◼]")
_HASH_LENGTH = 16


def sentence_hash(text: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a sentence.

    White space, a paragraph number at the beginning and bullet signs do not count.
    """
    bare = "".join(_BULLETS.sub("", _NUMBER.sub("", text.strip())).split())
    return hashlib.sha256(bare.encode("utf-8")).hexdigest()[:_HASH_LENGTH]
