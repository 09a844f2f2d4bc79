"""Markdown: tables, and pages with parts that are generated."""

import re
from collections.abc import Iterable

from pipeline.errors import UsageError


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    r"""Return a Markdown table; a bar within a cell is escaped, a line break becomes a blank.

    Examples
    --------
    >>> markdown_table(["code"], [["a|b"]]).splitlines()
    ['| code |', '| --- |', '| a\\|b |']
    """
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *(list(map(str, row)) for row in rows)]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def replace_marked(page: str, name: str, content: str) -> str:
    """Return a page with the text between the markers of a name replaced.

    Raises
    ------
    UsageError
        If the page does not have both markers, once and in their order.

    Examples
    --------
    >>> replace_marked("<!-- a -->old<!-- /a -->", "a", "new").split()
    ['<!--', 'a', '-->', 'new', '<!--', '/a', '-->']
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(rf"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if (page.count(opening), page.count(closing), len(pattern.findall(page))) != (1, 1, 1):
        raise UsageError(f"the markers {opening} and {closing} must stand in the page once each")
    whole = f"{opening}\n\n{content.strip()}\n\n{closing}"
    return pattern.sub(lambda _: whole, page)
