"""The runs of a sweep on a Dask cluster: what is finished is kept at once, and what failed or was lost is said.

The plan comes as one line of JSON on stdin, made by plan.mjs; stdin stays open as long as the sweep is wanted. Events
go out as lines of JSON on the file descriptor 3.
"""

import json
import os
import shutil
import signal
import sys
import threading
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from uuid import uuid4

from distributed import Client, KilledWorker, LocalCluster
from run_notebook import VERSION, RunFailed, run_notebook
from table import write_table

EVENTS = 3
STOP = object()


def main():
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the parent, which then closes stdin
    plan = json.loads(sys.stdin.readline())
    messages = SimpleQueue()
    threading.Thread(target=lambda: (sys.stdin.read(), messages.put(STOP)), daemon=True).start()
    out = Path(plan["out"])
    (out / "runs").mkdir(parents=True, exist_ok=True)

    pending = [run for run in plan["runs"] if not is_finished(out / run["file"], run["key"])]
    emit("begin", finished=len(plan["runs"]) - len(pending))
    try:
        stopped = bool(pending) and sweep(plan, pending, out, messages)
    except ClusterError as error:
        emit("error", cause=str(error))
        return
    finally:
        write_table(out, plan["parameters"], plan["runs"])
        shutil.rmtree(plan["scratch"], ignore_errors=True)
    emit("stopped" if stopped else "end")


class ClusterError(Exception):
    """A cluster that cannot be used, or no longer; the message is for the user."""


def emit(event, **fields):
    """Write one event as a line of JSON."""
    with suppress(BrokenPipeError):
        os.write(EVENTS, (json.dumps({"event": event, **fields}) + "\n").encode())


def is_finished(file, key):
    """Whether a run is there and went well."""
    try:
        sweep = json.loads(file.read_text(encoding="utf-8"))["metadata"]["sweep"]
    except (OSError, ValueError, KeyError):
        return False
    return sweep["key"] == key and sweep["failure"] is None


def sweep(plan, pending, out, messages):
    """Run what is pending; returns whether it was stopped on the way."""
    with connected(plan) as client:
        emit("cluster", dashboard=client.dashboard_link)
        left = submit(client, plan, pending, messages)
        client.subscribe_topic("all", lambda event: tell_lost(event[1], left))
        while left:
            try:
                message = messages.get(timeout=1)
            except Empty:
                emit("waiting", workers=len(client.nthreads()))
                continue
            if message is STOP:
                client.cancel([future for future, _ in left.values()], force=True)
                return True
            future, run = left.pop(message)
            failure = keep(out / run["file"], run, plan, outcome(future))
            emit("run", index=run["index"], failure=failure)
    return False


@contextmanager
def connected(plan):
    """A client of the cluster with that address, or of one on this machine, which ends with it."""
    if plan["scheduler"]:
        try:
            client = Client(plan["scheduler"], timeout="15s", set_as_default=False)
            client.get_versions(check=True)
        except (OSError, ValueError) as error:
            raise ClusterError(f"--scheduler {plan['scheduler']}: {error}") from error
        with client:
            yield client
        return
    with (
        warnings.catch_warnings(action="ignore"),  # the dashboard takes another port where 8787 is taken
        LocalCluster(
            n_workers=plan["workers"],
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:8787",
            local_directory=plan["scratch"],
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def submit(client, plan, pending, messages):
    """Hand out the runs; each name of a task leads to its future and its run, and comes as a message when it ended."""
    # As a task, and not scattered, so that Dask can make it again when the worker that has it dies.
    start = uuid4().hex  # two sweeps at once, or one soon after the other, do not share tasks
    sources = client.submit(dict, plan["sources"], key=f"{plan['name']}.sources-{start}")
    left = {}
    for run in pending:
        future = client.submit(
            run_notebook,
            sources,
            run["parameters"],
            plan["cellSeconds"],
            VERSION,
            key=f"{plan['name']}-{run['key']}-{start}",
            retries=plan["retries"],
            priority=-run["index"],
        )
        left[future.key] = future, run
    for future, _ in list(left.values()):
        future.add_done_callback(lambda future: messages.put(future.key))
    return left


def tell_lost(event, left):
    """Say which runs went with a worker."""
    if event.get("action") == "remove-worker" and not event["expected"]:
        lost = [left[key][1]["index"] for key in event["processing-tasks"] if key in left]
        emit("lost", worker=event["worker"], runs=lost)


def outcome(future):
    """The report of a run that ended, however it did."""
    if future.status == "finished":
        return future.result()
    error = future.exception() if future.status == "error" else future.status
    if isinstance(error, RunFailed):
        return error.args[0]
    return {"notebook": None, "seconds": None, "failure": {"cell": None, "cause": sentence(error)}}


def sentence(error):
    """What Dask says about a task that gave no report."""
    if isinstance(error, KilledWorker):
        return "KilledWorker: each worker that ran it died"
    if isinstance(error, ModuleNotFoundError):
        return f"{error} on the worker: start workers with npm run sweep -- dask worker"
    return f"{type(error).__name__}: {error}" if isinstance(error, Exception) else f"Dask calls the run {error}"


def keep(file, run, plan, report):
    """Write the notebook as far as it was executed, with what became of it; returns the failure."""
    notebook = json.loads(report["notebook"] or plan["sources"]["notebook"])
    notebook["metadata"]["sweep"] = {
        "key": run["key"],
        "parameters": run["parameters"],
        "seconds": report["seconds"],
        "failure": report["failure"],
    }
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(file)
    return report["failure"]


if __name__ == "__main__":
    main()
