"""Writes a press text as a web page: a council's site or a newspaper's.

The pages carry what real ones carry around an article and what a reader of the article does
not want: navigation, cookie banners, adverts, prompts, lists of other stories.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from html import escape
from pathlib import Path

from corpus.layout.manuscript import Manuscript
from corpus.layout.web_furniture import (
    COUNCIL_NAVIGATION,
    COUNCIL_NEWS,
    NEWS_NAVIGATION,
    NEWS_STORIES,
    PROMPTS,
    REPORTERS,
    links,
    slug,
)
from corpus.layout.wording import FICTION, long_date, number_from, pick


def write_html(manuscript: Manuscript, path: Path) -> None:
    """Lay out a press text as a web page.

    Parameters
    ----------
    manuscript
        A press release or a news story.
    path
        File to write.
    """
    news = manuscript.meta.doc_type == "news"
    page = newspaper_page(manuscript) if news else council_page(manuscript)
    path.write_text(page, encoding="utf-8", newline="\n")


def article_html(manuscript: Manuscript, between: tuple[str, ...] = ()) -> str:
    """Return the words of a press text as HTML, without its title.

    Parameters
    ----------
    manuscript
        A press release or a news story.
    between
        Pieces of furniture, put one by one after every fourth paragraph.
    """
    out: list[str] = []
    waiting = list(between)
    in_list, paragraphs = False, 0
    for block in manuscript.blocks:
        if block.kind == "title":
            continue
        if in_list and block.kind != "bullet":
            out.append("</ul>")
            in_list = False
        words = escape(block.text, quote=False)
        if block.kind == "bullet":
            if not in_list:
                out.append("<ul>")
                in_list = True
            out.append(f"<li>{words}</li>")
        elif block.is_heading:
            out.append(f"<h2>{words}</h2>")
        else:
            out.append(f"<p>{words}</p>")
            paragraphs += 1
            if waiting and paragraphs % 4 == 0:
                out.append(waiting.pop(0))
    if in_list:
        out.append("</ul>")
    return "\n".join(out)


def _reporter(manuscript: Manuscript) -> str:
    """Return the reporter whom the story's last line names, or one of the invented ones."""
    named = re.match(r"Report(?:ing)? by ([^,.]+)", manuscript.blocks[-1].text)
    return named[1] if named else pick(REPORTERS, manuscript.meta.doc_id, 1)[0]


def council_page(manuscript: Manuscript) -> str:
    """Return the page of a council's site."""
    meta = manuscript.meta
    title, site = escape(manuscript.title, quote=False), escape(meta.council_title, quote=False)
    date = long_date(meta.published)
    related = pick(COUNCIL_NEWS, meta.doc_id, 3)
    share = "".join(
        f'<li><a class="share-link" href="#" rel="nofollow">Share on {name}</a></li>'
        for name in ("social media", "email")
    )
    # Some sites print the date above the article, some below it.
    when = f'<p class="news-date">Published: <time datetime="{meta.published}">{date}</time></p>'
    above = number_from(meta.doc_id, 2) == 0
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | {site}</title>
<meta name="description" content="News from {site}">
<meta name="DC.date" content="{meta.published}">
<link rel="canonical" href="https://{slug(meta.council_title)}.example/news/{slug(meta.doc_id)}">
<style>body{{font-family:sans-serif;max-width:60rem;margin:auto}}nav li{{display:inline}}</style>
</head>
<body>
<a class="skip-link" href="#main">Skip to main content</a>
<div id="cookie-banner" role="region" aria-label="Cookies">
<p>We use cookies to make this website work. Choose whether to let us use more of them.</p>
<button type="button">Accept all cookies</button>
<button type="button">Reject all cookies</button>
<a href="/cookies">Cookie settings</a>
</div>
<header role="banner">
<a class="logo" href="/">{site}</a>
<form role="search" action="/search"><label for="q">Search this site</label>
<input id="q" name="q" type="search"><button type="submit">Search</button></form>
<nav aria-label="Main"><ul>{links(COUNCIL_NAVIGATION)}</ul></nav>
</header>
<nav aria-label="Breadcrumb" class="breadcrumb">
<ol><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li>{title}</li></ol>
</nav>
<main id="main">
<article>
<h1>{title}</h1>
{when if above else ""}
<div class="article-body">
{article_html(manuscript)}
</div>
{"" if above else when}
</article>
<div class="share"><h2>Share this page</h2><ul>{share}</ul></div>
</main>
<aside class="related" aria-label="Related news">
<h2>Related news</h2>
<ul>{links(related)}</ul>
<a href="/news">View all news</a>
</aside>
<div class="feedback"><p>Was this page useful?</p><button>Yes</button><button>No</button></div>
<footer role="contentinfo">
<ul>{links(("Accessibility statement", "Privacy notice", "Jobs", "Contact us"))}</ul>
<p>© {meta.published.year} {site}</p>
<p class="fiction">{FICTION}</p>
</footer>
</body>
</html>
"""


def newspaper_page(manuscript: Manuscript) -> str:
    """Return the page of a newspaper's site."""
    meta = manuscript.meta
    title = escape(manuscript.title, quote=False)
    paper = escape(meta.publisher, quote=False)
    reporter = _reporter(manuscript)
    hour, minute = 6 + number_from(meta.doc_id, 12), number_from(manuscript.title, 60)
    stamp = datetime.combine(meta.published, time(hour, minute)).isoformat() + "+00:00"
    domain = f"{slug(meta.publisher)}.example"
    linked = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": manuscript.title,
            "datePublished": stamp,
            "author": {"@type": "Person", "name": reporter},
            "publisher": {"@type": "Organization", "name": meta.publisher},
            "isAccessibleForFree": True,
        },
        ensure_ascii=False,
        indent=1,
    ).replace("<", "\\u003c")
    prompts = pick(PROMPTS, meta.doc_id, 2)
    between = (
        '<div class="ad-slot" aria-hidden="true"><span>Advertisement</span></div>',
        f'<aside class="newsletter"><p>{prompts[0]}</p><button>Sign up</button></aside>',
        '<div class="ad-slot" aria-hidden="true"><span>Advertisement</span></div>',
        f'<aside class="newsletter"><p>{prompts[1]}</p></aside>',
    )
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{title} | {paper}</title>
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(manuscript.title)}">
<meta property="og:site_name" content="{escape(meta.publisher)}">
<meta property="article:published_time" content="{stamp}">
<meta property="article:section" content="News">
<meta name="author" content="{reporter}">
<link rel="canonical" href="https://{domain}/news/{slug(meta.doc_id)}">
<script type="application/ld+json">
{linked}
</script>
<style>body{{font-family:serif;max-width:64rem;margin:auto}}.ad-slot{{height:8rem}}</style>
</head>
<body>
<div class="consent-overlay" role="dialog"><p>We and our partners store information on your device.
You can change your mind at any time.</p><button>Agree</button><button>Manage options</button></div>
<header>
<a class="masthead" href="/">{paper}</a>
<nav><ul>{links(NEWS_NAVIGATION)}</ul></nav>
<a class="subscribe" href="/subscribe">Subscribe</a>
</header>
<div class="ad-slot ad-top" aria-hidden="true"><span>Advertisement</span></div>
<main>
<article>
<h1>{title}</h1>
<p class="byline">By <a href="/author/{slug(reporter)}">{reporter}</a></p>
<p class="published"><time datetime="{stamp}">{long_date(meta.published)}</time></p>
<ul class="share"><li>Share this article</li><li><a href="#comments">Comments</a></li></ul>
<figure><img src="/images/{slug(meta.doc_id)}.jpg" alt="">
<figcaption>The offices of {escape(meta.council_title, quote=False)} (Image: {paper})</figcaption>
</figure>
<div class="article-text">
{article_html(manuscript, between)}
</div>
<ul class="share"><li>Share this article</li></ul>
</article>
<section id="comments"><h2>Comments</h2>
<p>Our rules: be civil, and do not post anything that could identify a child.</p>
<form><label for="c">Add your comment</label><textarea id="c"></textarea>
<button>Post comment</button></form></section>
</main>
<aside class="most-read"><h2>Most read</h2>
<ol>{links(pick(NEWS_STORIES, meta.doc_id, 5))}</ol></aside>
<footer>
<ul>{links(("Contact us", "Advertise with us", "Terms and conditions", "Report a mistake"))}</ul>
<p>© {paper} {meta.published.year}. All characters and events are invented.</p>
<p class="fiction">{FICTION}</p>
</footer>
</body>
</html>
"""
