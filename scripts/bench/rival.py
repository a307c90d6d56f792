"""The program rival.ts, spoken to in lines of JSON."""
import json
import os
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


class Rival:
    """This project's modules in a Node process. Arrays go through files of float64 in a folder."""

    def __init__(self, folder, *options):
        self.folder = Path(folder)
        self.process = subprocess.Popen(
            [os.environ.get("NODE", "node"), "--import", "tsx", "scripts/bench/rival.ts", *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"rival.ts ended at {question}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"rival.ts: {answer['error']}")
        return answer

    def load(self, **arrays):
        """Hands arrays over, by name."""
        files = {}
        for name, array in arrays.items():
            path = self.folder / f"{name}.f64"
            np.ascontiguousarray(array, np.float64).tofile(path)
            files[name] = {"file": str(path), "shape": array.shape}
        self.ask(load=files)

    def result(self, **task):
        """What a task computes."""
        path = self.folder / "result.f64"
        shape = self.ask(**task, result=str(path))["shape"]
        return np.fromfile(path).reshape(shape)

    def timer(self, **task):
        return lambda calls: self.ask(**task, calls=calls)["ms"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
