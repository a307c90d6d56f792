"""This project beside PyTorch, JAX and SciPy, in float64, in one run of interleaved rounds.

Results go to build/bench.json. Everything takes about ten minutes, --quick about two.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import tempfile
import time

import kernels
from cases import CASES, MAIN, TINY
from evaluate import evaluate
from fit import fit
from memory import memory
from rival import ROOT, Rival
from summary import print_summary
from train import train

PARTS = ["evaluate", "fit", "train", "memory"]


def main():
    options = read_options()
    seconds = 1 if options.quick else 6
    report = {"date": time.strftime("%Y-%m-%d"), "quick": options.quick, "load_before": os.getloadavg()}
    with tempfile.TemporaryDirectory(prefix="rbf-bench-") as folder:
        with Rival(folder) as rival:
            report["machine"] = machine(rival)
            if "evaluate" in options.only:
                cases = [TINY, MAIN] if options.quick else CASES
                report["evaluate"] = evaluate(rival, cases, options.kernels, seconds)
            if "fit" in options.only:
                report["fit"] = fit(rival, [1000] if options.quick else [1000, 2000, 4000], seconds)
        if "train" in options.only:
            report["train"] = train(folder, seconds)
        if "memory" in options.only:
            report["memory"] = memory(folder)
    report["load_after"] = os.getloadavg()
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n")
    print_summary(report)
    print(f"\nAll numbers are in {out.relative_to(ROOT)}.")


def read_options():
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few kernels, cases and rounds")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--kernels", help=f"separated by commas, of {', '.join(kernels.TABLE)}")
    options = parser.parse_args()
    chosen = "Gaussian,Matern52,WendlandC2" if options.quick else ",".join(kernels.TABLE)
    options.kernels = (options.kernels or chosen).split(",")
    for name in options.kernels:
        if name not in kernels.TABLE:
            parser.error(f"--kernels: {name} is not one of {', '.join(kernels.TABLE)}")
    return options


def machine(rival):
    packages = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "torch", "jax", "jaxlib")}
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **packages,
        **rival.ask(versions=True),
    }


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
