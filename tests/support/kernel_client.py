"""Speaks Jupyter's protocol with the kernel `tslab` for a test: a JSON line in is a command, a JSON line out
its result. One more line comes first, when the kernel is ready."""

import json
import subprocess
import sys
import time
from threading import Timer

from jupyter_client.manager import start_new_kernel

LIMIT = 60  # seconds for any one answer

# The kernel must not share our stdout: Node makes a pipe non-blocking for all who hold it.
manager, client = start_new_kernel(
    kernel_name="tslab", cwd=sys.argv[1], startup_timeout=LIMIT, stdout=subprocess.DEVNULL
)


def send(msg_type, content, channel="shell"):
    message = client.session.msg(msg_type, content)
    getattr(client, f"{channel}_channel").send(message)
    return message["header"]["msg_id"]


def collect(ids, channel="shell", replies=True):
    """All that the kernel says to these requests, until it is idle after each of them."""
    said = {i: {"iopub": [], "other": [], "reply": None, "idle": False} for i in ids}
    deadline = time.monotonic() + LIMIT
    while not all(s["idle"] for s in said.values()):
        message = client.get_iopub_msg(timeout=deadline - time.monotonic())
        parent, content = message["parent_header"].get("msg_id"), message["content"]
        if parent not in said:
            for s in said.values():
                s["other"].append({"type": message["msg_type"], "content": content})
        elif message["msg_type"] == "status":
            said[parent]["idle"] = content["execution_state"] == "idle"
        else:
            said[parent]["iopub"].append({"type": message["msg_type"], "content": content})
    get = client.get_shell_msg if channel == "shell" else client.get_control_msg
    while replies and any(s["reply"] is None for s in said.values()):
        message = get(timeout=deadline - time.monotonic())
        if message["parent_header"].get("msg_id") in said:
            said[message["parent_header"]["msg_id"]]["reply"] = {
                "type": message["msg_type"],
                **message["content"],
            }
    return [said[i] for i in ids]


def execute(contents, interrupt_after=None):
    base = {"silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
    ids = [send("execute_request", {**base, **content}) for content in contents]
    if interrupt_after is not None:
        Timer(interrupt_after, manager.interrupt_kernel).start()
    return collect(ids)


def request(type, content, channel="shell"):
    return collect([send(type, content, channel)], channel)[0]


def unanswered(type, content):
    send(type, content)


def until_dead(code=None):
    """What the kernel still said after the code that ends it, and how long it lived."""
    start, heard = time.monotonic(), []
    if code is not None:
        send("execute_request", {"code": code})
    while manager.is_alive() and time.monotonic() < start + LIMIT:
        time.sleep(0.02)
    while client.iopub_channel.msg_ready():
        message = client.get_iopub_msg(timeout=1)
        heard.append({"type": message["msg_type"], "content": message["content"]})
    return {"alive": manager.is_alive(), "seconds": time.monotonic() - start, "heard": heard}


def shutdown():
    start = time.monotonic()
    manager.shutdown_kernel()
    return {"seconds": time.monotonic() - start}


def restart():
    global client
    manager.restart_kernel()
    client.wait_for_ready(timeout=LIMIT)
    return {}


COMMANDS = {f.__name__: f for f in (execute, request, unanswered, until_dead, shutdown, restart)}
print(json.dumps({"pid": manager.provisioner.pid}), flush=True)
for line in sys.stdin:
    name, arguments = json.loads(line)
    try:
        result = {"value": COMMANDS[name](**arguments)}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
manager.shutdown_kernel(now=True)
