"""Executes a notebook cell by cell, reports on the way, and leaves the outputs in one normal form."""

import asyncio
import os
import re
import signal
import time
from queue import Empty

from events import emit, end_with_runner
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Unicode

SETTLE = 10  # seconds that timers and promises may go on after the last cell


class Execute(ExecutePreprocessor):
    """Run the cells of a notebook, up to the first that fails.

    A failure is an event and not an exception: the next notebook still gets its turn, and what was
    executed so far is written.
    """

    kernel = Unicode("", help="Run on this kernel, whatever the notebook asks for.").tag(config=True)

    def __init__(self, **kw):
        super().__init__(**kw)
        self.on_cell_executed = self.check_reply
        end_with_runner(self.kill_kernel)

    def preprocess(self, nb, resources=None, km=None):
        NotebookClient.__init__(self, nb, km)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self.kernel_name = self.kernel or nb.metadata.get("kernelspec", {}).get("name", "")
        self.record_timing = self.store_widget_state = False
        self.startup_timeout = 120
        self.raise_on_iopub_timeout = True  # a kernel that lost its last messages lost output
        self.iopub_timeout = 30
        self.shutdown_kernel = "graceful"
        self.cell, self.number, self.exit_status = None, 0, None
        self.asked = {}
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        for cell in code:
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("execution", None)  # the times that JupyterLab writes
        emit("notebook", cells=sum(1 for cell in code if cell.source.strip()))
        try:
            self.execute_all()
        except Exception as error:
            emit("failed", **self.place(), cause=self.cause(error))
        emit("kernel", pid=None)
        for cell in code:
            cell.outputs = join_streams(cell.outputs)
        return nb, self.resources

    def execute_all(self):
        """Start a kernel, run the cells on it, and see it off."""
        with self.setup_kernel():
            emit("kernel", pid=self.km.provisioner.pid)
            try:
                info = self.wait_for_reply(self.kc.kernel_info())["content"]
                spec = self.km.kernel_spec
                self.nb.metadata["language_info"] = info["language_info"]
                self.nb.metadata["kernelspec"] = {
                    "display_name": spec.display_name,
                    "language": spec.language,
                    "name": self.km.kernel_name,
                }
                for index, cell in enumerate(self.nb.cells):
                    if cell.cell_type == "code" and cell.source.strip():
                        self.cell, self.number = cell, self.number + 1
                        emit("cell", **self.place())
                        self.execute_cell(cell, index, store_history=True)
                self.settle()
            except BaseException:
                self.exit_status = self.km.provisioner.process.poll()
                self.shutdown_kernel = "immediate"  # a stuck kernel does not answer a polite request
                raise

    def check_reply(self, cell, cell_index, execute_reply):
        """Hold the kernel's reply against what nbclient lets pass."""
        reply = execute_reply["content"]
        if reply["status"] in ("abort", "aborted"):
            raise RuntimeError("the kernel skipped this cell")
        # The stock tslab kernel has the count in its reply alone.
        if cell.execution_count is None:
            cell.execution_count = reply.get("execution_count")
        # And it skips whatever it is asked to do within 200 ms of an error.
        if reply["status"] == "error" and "ename" not in reply:
            time.sleep(0.3)

    async def async_settle(self):
        """Wait for what the cells left running, and fail if it throws.

        Our kernel answers when it is done (scripts/kernel/background.cjs). To others this is a request to
        run nothing.
        """
        request = self.kc.execute("", silent=True, user_expressions={"settled": str(SETTLE)})
        deadline = time.monotonic() + SETTLE + self.iopub_timeout
        reply = None
        while reply is None or reply["parent_header"].get("msg_id") != request:
            try:
                reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
            except Empty:
                await self._async_check_alive()
                if time.monotonic() > deadline:
                    raise TimeoutError("what the cells left running keeps the kernel from answering") from None
        await asyncio.wait_for(self._async_poll_output_msg(request, NotebookNode(outputs=[]), -1), self.iopub_timeout)
        content = reply["content"]
        if content["status"] == "error":
            self.blame(content)
            raise CellExecutionError("", content["ename"], content["evalue"])

    settle = run_sync(async_settle)

    def blame(self, error):
        """Put an error that came after the last cell into the cell that its trace names, else into the last."""
        code = [cell for cell in self.nb.cells if cell.cell_type == "code" and cell.source.strip()]
        named = re.search(r"\bCell (\d+):", "\n".join(error["traceback"]))
        self.number = int(named[1]) if named else len(code)
        self.cell = code[self.number - 1]
        fields = {key: error[key] for key in ("ename", "evalue", "traceback")}
        self.cell.outputs.append(new_output("error", **fields))

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        """Collect outputs until the request is done; what an earlier cell still says, goes to that cell."""
        self.asked[parent_msg_id] = (cell, cell_index)
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            parent = message["parent_header"].get("msg_id")
            try:
                if parent in self.asked:
                    self.process_message(message, *self.asked[parent])
            except CellExecutionComplete:
                if parent == parent_msg_id:
                    return

    def _get_timeout(self, cell):
        """The limit is for cells; a kernel that starts has the time that is meant for that."""
        return super()._get_timeout(cell) if cell else self.startup_timeout

    def kill_kernel(self):
        """End the kernel and its children at once; the runner is gone."""
        if self.km and self.km.provisioner and self.km.provisioner.pid:
            try:
                os.killpg(self.km.provisioner.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it had ended before
            self.km.cleanup_connection_file()

    def place(self):
        """The cell that is running, as messages name it: its number and its first line."""
        if self.cell is None:
            return {"cell": None}
        return {"cell": self.number, "line": self.cell.source.strip().splitlines()[0]}

    def cause(self, error):
        """Say in a sentence why the notebook failed."""
        if isinstance(error, CellTimeoutError):
            return f"TimeoutError: the cell took longer than {self.timeout} s"
        if isinstance(error, DeadKernelError):
            return f"DeadKernelError: the kernel ended, {exit_sentence(self.exit_status)}"
        if isinstance(error, NoSuchKernel):
            names = ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
            return f"NoSuchKernel: no kernel is named {error.name}; there are {names}"
        if isinstance(error, CellExecutionError) and error.ename == "<Error>":
            return stock_cause(self.cell.outputs)
        if isinstance(error, CellExecutionError):
            return f"{error.ename}: {error.evalue}"
        return f"{type(error).__name__}: {error}"


def exit_sentence(status):
    """What a return code of subprocess means."""
    if status is None:
        return "no one knows how"
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"with exit code {status}"


def stock_cause(outputs):
    """The message among what the stock tslab kernel wrote to stderr, where its errors go."""
    lines = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stderr").splitlines()
    trace = next((i for i, line in enumerate(lines) if line.startswith("    at ")), 0)
    return lines[max(trace - 1, 0)] if lines else "the kernel reports an error and no message"


def join_streams(outputs):
    """Join what a cell wrote to one stream in several pieces: how it was cut depends on the clock."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined
