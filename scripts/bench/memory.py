"""Peak memory that an evaluation adds, each in a process of its own (Linux only)."""
from pathlib import Path

from cases import MAIN, TASKS, data
from rival import Rival
from targets import ADDED_MEGABYTES, verdict

#: large enough for native arithmetic, so that its threads and code are there before; its arrays are small
WARM_UP = (2000, 20, 2)


def resident(pid, field):
    """VmRSS, resident now, or VmHWM, its peak, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def added_by(folder, task, kernel="Gaussian"):
    with Rival(folder) as rival:
        pid = rival.process.pid
        for case in (WARM_UP, MAIN):
            x, centers, weights = data(*case, coincident=True)
            rival.load(x=x, centers=centers, weights=weights[:, None])
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak starts anew
            before = resident(pid, "VmRSS")
            rival.ask(task=task, kernel=kernel, calls=1)
        return resident(pid, "VmHWM") - before


def memory(folder):
    if not Path("/proc/self/clear_refs").exists():
        print("Peak memory is measured on Linux only.")
        return []
    rows = []
    for task in TASKS:
        megabytes = added_by(folder, task)
        reached = verdict(megabytes, ADDED_MEGABYTES)
        rows.append({"case": MAIN, "task": task, "megabytes": megabytes, "bound": ADDED_MEGABYTES, "reached": reached == "yes"})
        print(f"Memory added by {task} at {MAIN}: {megabytes:.0f} MB   <= {ADDED_MEGABYTES}: {reached}", flush=True)
    return rows
