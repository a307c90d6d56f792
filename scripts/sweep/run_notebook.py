"""One run of a sweep, on a worker: the notebook with its parameters, executed, and how that went."""

import base64
import os
import re
import signal
import threading
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from distributed import get_worker
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from papermill.translators import papermill_translators
from typescript_translator import TypeScriptTranslator

KERNEL = "tslab"
SETTLE = 10  # seconds that timers and promises may go on after the last cell
CERTAIN = {"TypeScriptError"}  # what fails once more, however often it is tried
# Of the code that client and workers must have in common.
VERSION = sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()

papermill_translators.register("typescript", TypeScriptTranslator)


class RunFailed(Exception):
    """A run that may go better the next time; its one argument is the report."""


def run_notebook(sources, parameters, cell_seconds, version):
    """Execute the notebook once and report: the executed notebook, how it failed if so, and the seconds it took."""
    if version != VERSION:
        raise RuntimeError("this worker has another version of the project than the sweep")
    worker = get_worker()
    began = time.monotonic()
    # A killed worker's folder is taken away by Dask.
    with TemporaryDirectory(dir=worker.local_directory, prefix="run-") as folder:
        notebook = lay_out(sources, Path(folder), parameters)
        client = {"worker": worker, "task": worker.get_current_task()}
        try:
            failure = None
            SweepEngine.execute_notebook(
                notebook, KERNEL, progress_bar=False, folder=folder, cell_seconds=cell_seconds, **client
            )
        except Exception as error:
            failure = cause(error, cell_seconds)
    failed = failed_cell(notebook) or (failure and stopped_cell(notebook, failure))
    report = {
        "notebook": nbformat.writes(notebook),
        "failure": failed and without(folder, failed),
        "seconds": round(time.monotonic() - began, 3),
    }
    if failed and not failed["cause"].startswith(tuple(CERTAIN)):
        raise RunFailed(report)
    return report


def lay_out(sources, folder, parameters):
    """Write what the notebook imports into the run's own folder, and give the notebook its parameters."""
    for name, content in sources["files"].items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(content))
    path = folder / sources["name"]
    path.write_text(sources["notebook"], encoding="utf-8")
    notebook = load_notebook_node(str(path))
    for cell in notebook.cells:
        if "parameters" in cell.metadata.tags:
            # What a sweep assigns cannot be constant.
            cell.source = re.sub(r"^const\b", "let", cell.source, flags=re.MULTILINE)
    return parameterize_notebook(notebook, parameters, kernel_name=KERNEL, language="typescript")


class SweepEngine(NBClientEngine):
    """Papermill's own engine, with the client below."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, folder, cell_seconds, worker, task, **_):
        client = SweepClient(
            nb_man,
            kernel_name=kernel_name,
            timeout=cell_seconds,
            startup_timeout=120,
            resources={"metadata": {"path": folder}},
        )
        client.sweep_task = worker, task
        # By default in the temporary folder, where a killed worker leaves it.
        client.create_kernel_manager().connection_file = str(Path(folder) / "kernel.json")
        client.execute()


class SweepClient(PapermillNotebookClient):
    """Papermill's client, which also waits for what the cells left running, and ends with its task."""

    def papermill_execute_cells(self):
        with self.ending_with_task():
            super().papermill_execute_cells()
            if not self.nb.metadata.papermill["exception"]:
                self.settle()

    @contextmanager
    def ending_with_task(self):
        """Kill the kernel when Dask no longer wants the task: it cannot stop a task that runs."""
        (worker, task), ended = self.sweep_task, threading.Event()

        def watch():
            while not ended.wait(0.5):
                state = worker.state.tasks.get(task)
                if state is None or state.state in ("cancelled", "released", "forgotten"):
                    with suppress(ProcessLookupError):
                        os.killpg(self.km.provisioner.pid, signal.SIGKILL)
                    return

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def settle(self):
        """Our kernel answers when what the cells left running is done (scripts/kernel/background.cjs)."""
        request = self.kc.execute("", silent=True, user_expressions={"settled": str(SETTLE)})
        reply = self.wait_for_reply(request)["content"]
        if reply["status"] == "error":
            fields = {key: reply[key] for key in ("ename", "evalue", "traceback")}
            code_cells(self.nb)[-1].outputs.append(new_output("error", **fields))


def code_cells(notebook):
    """The cells that are run, in the order of the kernel's count."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def place(number, cell, trace=""):
    """A cell as messages name it: by its number, and the line that a trace names, or else its first."""
    lines = cell.source.splitlines()
    named = re.search(rf"\bCell {number}:(\d+):", trace)
    line = lines[int(named[1]) - 1] if named else cell.source.strip().splitlines()[0]
    return {"cell": number, "line": line.strip()}


def failed_cell(notebook):
    """The first cell with an error that it was not meant to raise."""
    for number, cell in enumerate(code_cells(notebook), 1):
        if "raises-exception" in cell.metadata.tags:
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                trace = "\n".join(output.traceback)
                return {**place(number, cell, trace), "cause": f"{output.ename}: {output.evalue}"}
    return None


def stopped_cell(notebook, failure):
    """The cell at which a run was broken off without an error of its own."""
    cells = code_cells(notebook)
    begun = [i for i, cell in enumerate(cells) if cell.metadata.papermill["start_time"]]
    return {**(place(begun[-1] + 1, cells[begun[-1]]) if begun else {"cell": None}), "cause": failure}


def without(folder, failed):
    """A folder's name is by lot, and would make each failure another one."""
    return {**failed, "cause": failed["cause"].replace(f"{folder}/", "")}


def cause(error, cell_seconds):
    """Say in a sentence why a run was broken off."""
    if isinstance(error, CellTimeoutError):
        return f"TimeoutError: the cell took longer than {cell_seconds} s"
    if isinstance(error, DeadKernelError):
        return "DeadKernelError: the kernel ended"
    if isinstance(error, NoSuchKernel):
        return f"NoSuchKernel: this worker has no kernel {error.name}; start it with npm run sweep -- dask worker"
    return f"{type(error).__name__}: {error}"
