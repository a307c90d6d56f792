"""The two pipes between the runner and nbconvert: events go out on one, the other tells when the runner is gone."""

import json
import os
import signal
import threading

EVENTS = 3  # the file descriptor that run.mjs opened for the events


def emit(event, **fields):
    """Write one event as a line of JSON."""
    line = json.dumps({"event": event, **fields}) + "\n"
    try:
        os.write(EVENTS, line.encode())
    except BrokenPipeError:
        pass  # the runner is gone, and end_with_runner() is about to end this process


def end_with_runner(stop_kernel):
    """End this process, and the kernel, as soon as the runner is gone, however it went.

    stdin is a pipe that the runner holds open and never writes to. It closes with the runner, even on
    kill -9. A thread sees that also while a cell is running. Ctrl-C reaches the runner and this process
    alike; it is ignored here, so that there is one way to the end and not two.
    """
    signal.signal(signal.SIGINT, lambda *_: None)

    def wait():
        while os.read(0, 1):
            pass
        stop_kernel()
        os._exit(130)

    threading.Thread(target=wait, daemon=True).start()
