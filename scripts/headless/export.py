"""What nbconvert writes: the executed notebook, and beside it the same as HTML."""

import json
import re
from pathlib import Path

from events import emit
from execute import Execute
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbconvert.postprocessors.base import PostProcessorBase
from nbconvert.preprocessors import Preprocessor
from traitlets import List

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class ExecutedNotebook(NotebookExporter):
    """Execute, and write a form that a second run does not change: sorted keys, no times, no paths."""

    default_preprocessors = List([])
    preprocessors = List([Execute])
    index = -1

    def from_filename(self, filename, resources=None, **kw):
        self.index += 1
        emit("start")
        try:
            output, resources = super().from_filename(filename, resources, **kw)
        except Exception as error:  # not JSON, not a notebook, not readable: the others still run
            emit("failed", cell=None, cause=f"{type(error).__name__}: {str(error).splitlines()[0]}")
            output = ""
        # Notebooks of one name in two folders are written to two folders.
        resources["unique_key"] = f"{self.index}/{Path(filename).stem}"
        emit("end")
        return output.replace(json.dumps(f"{ROOT}/")[1:-1], ""), resources


class HtmlBeside(PostProcessorBase):
    """Write the HTML of an executed notebook next to it."""

    def postprocess(self, input):
        notebook = Path(input)
        if notebook.stat().st_size:
            html = HTMLExporter(
                config=self.config,
                template_file=str(HERE / "notebook.html.j2"),
                preprocessors=[LinksToHtml],
            )
            notebook.with_suffix(".html").write_text(html.from_filename(str(notebook))[0], encoding="utf-8")


class LinksToHtml(Preprocessor):
    """Lead a link to another notebook to its HTML, which lies in the same folder."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"(\]\()(?!\w+:)(?:[^)\s]*/)?([^)\s/]+)\.ipynb(?=[)#])", r"\1\2.html", cell.source)
        return cell, resources
