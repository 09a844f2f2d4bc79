"""Stage ``notebooks``: execute the notebooks on a run and write them as HTML into it.

Reads ``notebooks/*.py`` (py:percent) and, through them, the tables of the run and the figures of
the models; writes ``notebooks/<name>.html`` below the run. The pages hold their pictures, ask no
server and carry no script.
"""

import html
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

import jupytext
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from pipeline.errors import UsageError
from pipeline.frames import require_writable, write_whole
from pipeline.paths import DATA, MODELS, NOTEBOOKS

log = logging.getLogger("findings")
# They warn of sockets that are closed late, which no user can do anything about.
QUIET = ("traitlets", "nbconvert", "nbclient")
PATIENCE = 300
UNDESCRIBED = 'alt="No description has been provided for this image"'
PICTURE = "image/svg+xml"
TITLE = re.compile(r"role-title-text.*?<text[^>]*>(.*?)</text>", re.DOTALL)


def sources(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks in their order, as py:percent."""
    return sorted(folder.glob("[0-9]*.py"))


def paired(source: Path) -> str:
    """Return the text of the ``.ipynb`` that goes with a notebook: no outputs, named cells.

    Notes
    -----
    Jupytext gives cells random names. Here a cell is named after its place, so that the same
    source gives the same bytes.
    """
    book = read_notebook(source)
    return str(jupytext.writes(book, fmt="ipynb")).rstrip("\n") + "\n"


def read_notebook(source: Path) -> Any:
    """Return a notebook as nbformat has it, its cells named after their places.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    try:
        book = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    except OSError as error:
        raise UsageError(f"{source}: cannot be read ({error.strerror})") from error
    for place, cell in enumerate(book.cells, start=1):
        cell["id"] = f"cell-{place:02d}"
    book.nbformat, book.nbformat_minor = 4, 5
    # What version wrote it would change with every machine.
    book.metadata = {
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    return book


@contextmanager
def place_for(out: Path) -> Iterator[Path]:
    """Give a folder in which ``../outputs`` is the run and ``../models`` the models.

    A notebook so reads any run by the line that it shows, and no path of the machine gets into
    what it writes.
    """
    with tempfile.TemporaryDirectory(prefix="nb-") as name:
        top = Path(name)
        (top / "outputs").symlink_to(out.resolve(), target_is_directory=True)
        (top / "models").symlink_to(MODELS.resolve(), target_is_directory=True)
        (top / "notebooks").mkdir()
        yield top / "notebooks"


def execute(book: Any, folder: Path) -> Any:
    """Execute a notebook in a folder with the running interpreter and return it.

    Notes
    -----
    The kernel is ipykernel's of this interpreter, not one that somebody registered under its
    name, speaks through files in the folder and not through ports, and reads no settings of the
    user's.
    """
    kernels = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=kernels, transport="ipc",
        ip=str(folder.parent / "k"), connection_file=str(folder.parent / "kernel.json"),
    )  # fmt: skip
    own = str(folder.parent / "settings")
    settings = {
        "IPYTHONDIR": own, "JUPYTER_CONFIG_DIR": own, "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    client = NotebookClient(
        book, km=manager, timeout=PATIENCE, record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    # So that the kernel ends with its notebook: a manager that is given is left running otherwise.
    client.owns_km = True
    return client.execute(env={**os.environ, **settings})


def titles(book: Any) -> list[str]:
    """Return the title of every picture of an executed notebook, in their order."""
    data = (o.get("data", {}) for cell in book.cells for o in cell.get("outputs", ()))
    found = [TITLE.search(d[PICTURE]) for d in data if PICTURE in d]
    return [html.unescape(title[1]) if title else "Chart" for title in found]


def page(book: Any, title: str) -> str:
    """Return an executed notebook as one HTML page without scripts and without addresses."""
    exporter = HTMLExporter(
        template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True,
        exclude_anchor_links=True, embed_images=True,
    )  # fmt: skip
    body, _ = exporter.from_notebook_node(book)
    # The exporter knows no text for pictures; their titles serve those who do not see them.
    for title_of_picture in titles(book):
        body = body.replace(UNDESCRIBED, f'alt="{html.escape(title_of_picture)}"', 1)
    lines = (line.rstrip() for line in body.strip().splitlines())
    template = Template((DATA / "notebook.html").read_text(encoding="utf-8"))
    colours = HtmlFormatter(style="default", nobackground=True).get_style_defs(".highlight")
    return template.substitute(title=title, colours=colours, body="\n".join(lines))


def title_of(book: Any) -> str:
    """Return the heading with which a notebook opens."""
    return str(book.cells[0]["source"]).splitlines()[0].removeprefix("# ")


def main(out: Path) -> list[Path]:
    """Execute every notebook on the run below ``out``; return the pages that were written.

    Raises
    ------
    UsageError
        If the run has no tables, a table is missing, or a notebook fails on them.
    """
    if not (out / "tables").is_dir():
        raise UsageError(f"{out / 'tables'}: not found; name the outputs of a run")
    require_writable(out / "notebooks")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    written = []
    for source in sources():
        book = read_notebook(source)
        with place_for(out) as folder:
            try:
                executed = execute(book, folder)
            except CellExecutionError as error:
                fault = f"{error.ename}: {error.evalue}"
                raise UsageError(
                    f"{source.name} fails on {out} ({fault}); run `findings run` again, or correct "
                    "the notebook"
                ) from error
        target = out / "notebooks" / f"{source.stem}.html"
        write_whole(target, page(executed, title_of(book)).encode("utf-8"))
        log.info("%s: written", target)
        written.append(target)
    return written
