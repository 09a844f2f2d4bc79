"""Marks where a long word may be divided at the end of a line.

A fixed list, since the patterns of a hyphenation library change with its version and the
files of the sample must not.
"""

from __future__ import annotations

import re

SOFT_HYPHEN = "\u00ad"

_DIVIDED = """
accom-mod-ation account-ability admin-istration adoles-cents ambi-tious appropri-ate
appropri-ately arrange-ments assess-ment assess-ments care-fully child-hood chrono-logies
circum-stances commis-sioned commis-sioning commit-ment communi-cation com-munity
compre-hensive confi-dence confer-ences consid-eration consist-ency consist-ent consist-ently
contin-gency develop-ment dif-ference edu-cation effect-ive effect-ively
employ-ment emo-tional encour-aged estab-lished evi-dence exper-ience exper-iences
exploit-ation frame-work friend-ships govern-ance guardian-ship house-hold
identi-fied import-ance import-ant improve-ment improve-ments inde-pendent indi-vidual
infor-mation inspec-tion inspec-tors intro-duced intro-duction invest-ment leader-ship
man-agement man-agers neigh-bouring oppor-tunities organ-isation out-comes over-sight
partici-pation partner-ship partner-ships perform-ance perman-ence permis-sion person-alised
place-ment place-ments prac-titioners pro-ceedings pro-fessional pro-fessionals pro-gress
pro-portionate pro-tection recom-mendation recruit-ment reflec-tive relation-ship
relation-ships rep-resented resi-dential respons-ibility safe-guarding sig-nificant
social-isation special-ist stand-ards stat-utory strat-egies strat-egy strengthen-ing
suf-ficiency suf-ficient super-vision sup-ported sus-tained thera-peutic thresh-old
thresh-olds through-out time-scales train-ing trans-ition unaccom-panied under-standing
well-being work-force work-loads
"""
_SOFT = {word.replace("-", ""): word.replace("-", SOFT_HYPHEN) for word in _DIVIDED.split()}
_WORD = re.compile(r"(?<![\w-])[A-Za-z]{8,}(?![\w-])")


def soften(text: str) -> str:
    """Return a text with a soft hyphen at each place where a listed word may be divided.

    >>> soften("Safeguarding and supervision").replace(SOFT_HYPHEN, "|")
    'Safe|guarding and super|vision'
    """

    def divide(match: re.Match[str]) -> str:
        word = match[0]
        soft = _SOFT.get(word.lower())
        if soft is None:
            return word
        return word[0] + soft[1:] if word[0].isupper() else soft

    return _WORD.sub(divide, text)
