"""The invented words around an article: menus, other headlines, prompts, names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

COUNCIL_NAVIGATION = (
    "Bins and recycling",
    "Council tax",
    "Planning",
    "Schools",
    "Parking",
    "Libraries",
    "Your council",
)
COUNCIL_NEWS = (
    "Resurfacing of the quayside road begins on Monday",
    "Have your say on the draft budget",
    "Library hours extended for the summer reading scheme",
    "New foster carers welcomed at town hall reception",
    "Garden waste collections: what changes this spring",
    "Volunteers plant a thousand trees in the country park",
    "Apply for a school place before the deadline",
)
NEWS_NAVIGATION = ("News", "Sport", "What’s On", "Traffic and Travel", "Obituaries", "Jobs")
NEWS_STORIES = (
    "Bakery that fed three generations to close its doors",
    "Lorry sheds load of turnips on the bypass",
    "Rovers hold on for a point in the rain",
    "Plans for 60 homes beside the canal are turned down",
    "Lifeboat crew called out to stranded paddleboarders",
    "Market traders object to higher pitch fees",
    "Grandmother, 91, completes her hundredth parkland walk",
    "Roadworks to last until Easter, says water company",
)
PROMPTS = (
    "Get the day’s headlines in your inbox every morning.",
    "Support local journalism: take out a digital subscription.",
    "Never miss a story with our free evening newsletter.",
)
REPORTERS = (
    "Joss Allardyce",
    "Nerys Cobbold",
    "Ewan Fitzpaine",
    "Dorothea Lumsden",
    "Caspian Rudge",
)


def slug(words: str) -> str:
    """Return words as they stand in an address.

    >>> slug("Oxcliffe & District Herald")
    'oxcliffe-district-herald'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def links(items: Iterable[str]) -> str:
    """Return list items, each a link."""
    return "".join(
        f'<li><a href="/{slug(item)}">{escape(item, quote=False)}</a></li>' for item in items
    )
