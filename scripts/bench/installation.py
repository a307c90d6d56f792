"""How long set-up takes in a fresh clone, and each notebook headless."""
import os
import re
import subprocess
import tempfile
from pathlib import Path

from rival import ROOT

NODE = os.environ.get("NODE", "node")


def setup():
    """The steps of a first set-up, in a clone in a temporary folder; npm and pip have their caches."""
    with tempfile.TemporaryDirectory(prefix="rbf-bench-") as folder:
        clone = Path(folder) / "repo"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        program = "import('./scripts/setup/set_up.mjs').then(({ setUp }) => setUp())"
        run = subprocess.run([NODE, "--eval", program], cwd=clone, check=True, capture_output=True, text=True)
    rows = re.findall(r"^(\S.*?)\s{2,}([\d.]+)\s+(\d+)$", run.stdout, re.M)
    steps = [{"step": name, "seconds": float(seconds), "megabytes": int(mb)} for name, seconds, mb in rows]
    for row in steps:
        print(f"Set-up, {row['step']}: {row['seconds']} s, {row['megabytes']} MB", flush=True)
    return steps


def notebooks():
    """The committed notebooks, each from the start of its kernel to its end."""
    files = sorted((ROOT / "notebooks").glob("*.ipynb"))
    program = [NODE, "scripts/notebooks.mjs", *(str(file) for file in files)]
    run = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    rows = re.findall(r"^(\S+)\s+(\d+)\s+([\d.]+) s\s.*\bok$", run.stdout, re.M)
    times = [{"notebook": name, "cells": int(cells), "seconds": float(seconds)} for name, cells, seconds in rows]
    for row in times:
        print(f"Notebook {row['notebook']}: {row['seconds']} s", flush=True)
    return times
