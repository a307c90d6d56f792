"""Writes the pages of the site: the notebooks as they are saved, the documents, and the index.

Reads from stdin {"out": folder, "notebooks": […], "documents": […], "cards": {name: {"picture": id of a cell,
"sentence"}}}. Mathematics stays TeX, in `span.math`: mathematics.mjs draws it.
"""

import json
import re
import sys
from html import escape
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "headless"))
from export import LinksToHtml  # noqa: E402

SVG = "image/svg+xml"


class LinksIntoSite(LinksToHtml):
    """Lead links to other files of the project to their pages: notebooks, and the modules as a whole."""

    def preprocess_cell(self, cell, resources, index):
        cell, resources = super().preprocess_cell(cell, resources, index)
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((?:\.\./)+modules/?\)", "](api/index.html)", cell.source)
            cell.source = re.sub(r"\]\((?:\.\./)+docs/(\w+)\.md\)", r"](\1.html)", cell.source)
        return cell, resources


class ChartFiles(Preprocessor):
    """Make a file of each chart, named after its cell."""

    def preprocess_cell(self, cell, resources, index):
        charts = [output for output in cell.get("outputs", []) if SVG in output.get("data", {})]
        for i, output in enumerate(charts):
            number = f"-{i + 1}" if len(charts) > 1 else ""
            file = f"images/{resources['metadata']['name']}-{cell.id}{number}.svg"
            svg = output.data[SVG]
            resources["outputs"][file] = svg
            size = re.search(r' width="([\d.]+)" height="([\d.]+)"', svg)
            output.metadata.chart = {"file": file, "width": size[1], "height": size[2]}
        return cell, resources


class TexInSpans(IPythonRenderer):
    """Mark mathematics, so that a dollar sign in code is none."""

    def inline_math(self, body):
        return f'<span class="math">{escape(body)}</span>'

    def block_math(self, body):
        return f'<span class="math display">{escape(body)}</span>'


class Body(HTMLExporter):
    """What a notebook shows, without a page around it."""

    def __init__(self):
        super().__init__(template_file=str(HERE / "body.html.j2"), preprocessors=[ChartFiles, LinksIntoSite])

    @pass_context
    def markdown2html(self, _context, source):
        return MarkdownWithMath(renderer=TexInSpans(escape=False)).render(source)


def read(file):
    """A notebook, or a document as a notebook of one cell."""
    if file.suffix == ".ipynb":
        return nbformat.read(file, as_version=4)
    cell = nbformat.v4.new_markdown_cell(file.read_text(encoding="utf-8"))
    return nbformat.v4.new_notebook(cells=[cell])


def chapters(html):
    """The headings under the title, each as its anchor and its text; and the page with named anchors."""
    soup = BeautifulSoup(html, "html.parser")
    found = []
    for anchor in soup.select("a.anchor-link"):
        heading = anchor.parent
        text = heading.get_text().removesuffix(anchor.get_text())
        anchor["aria-label"] = f"Link to: {text}"
        if heading.name == "h2":
            found.append((heading["id"], text))
    for pre in soup.select("pre"):
        pre["tabindex"] = "0"  # it may scroll, and the keyboard has to get there
    return str(soup), found


def main():
    plan = json.load(sys.stdin)
    out = Path(plan["out"])
    files = [Path(file) for file in plan["notebooks"] + plan["documents"]]
    names = [file.stem for file in files]
    notebooks = [read(file) for file in files]
    titles = [re.search(r"^# (.+)$", nb.cells[0].source, re.M)[1] for nb in notebooks]
    menu = [
        {"name": name, "title": title, "number": name.partition("_")[0] if name[0].isdigit() else ""}
        for name, title, file in zip(names, titles, files)
        if file.parent.name != "solutions"
    ]
    layout = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )

    def write(name, template, **fields):
        html = layout.get_template(template).render(name=name, menu=menu, **fields)
        (out / f"{name}.html").write_text(html, encoding="utf-8")

    (out / "images").mkdir()
    charts = {}
    for name, title, notebook in zip(names, titles, notebooks):
        html, resources = Body().from_notebook_node(notebook, {"metadata": {"name": name}, "outputs": {}})
        for file, svg in resources["outputs"].items():
            (out / file).write_text(svg, encoding="utf-8")
        for image in BeautifulSoup(html, "html.parser").select("img"):
            charts[image["src"]] = image["alt"]
        body, sections = chapters(html)
        write(name, "page.html.j2", title=title, body=body, sections=sections)

    cards = []
    for name, card in plan["cards"].items():
        file = f"images/{name}-{card['picture']}.svg"
        title = titles[names.index(name)]
        cards.append({"name": name, "title": title, "sentence": card["sentence"], "file": file, "alt": charts[file]})
    write("index", "index.html.j2", title=plan["title"], lead=plan["lead"], cards=cards, sections=[])


main()
