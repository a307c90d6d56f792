"""This project beside PyTorch, JAX, SciPy, GPyTorch and treverhines-rbf, in one run of interleaved rounds.

Results go to build/bench.json. Everything takes about ten minutes, --quick about two. With --compare the ratios are held
against those of docs/benchmark.json, and what got worse gives the exit code 1; with --document they take their place.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import time

import kernels
from cases import CASES, MAIN, TINY
from compare import print_comparison
from document import DOCUMENTED, document
from evaluate import evaluate
from fit import fit
from growth import growth
from installation import notebooks, setup
from memory import memory
from rival import ROOT, Rival
from summary import print_summary
from train import train

PARTS = ["evaluate", "fit", "growth", "train", "memory", "notebooks", "setup"]


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
                report["fit"] = fit(folder, rival, [1000] if options.quick else [1000, 2000, 4000], seconds)
            if "growth" in options.only:
                report["growth"] = growth(rival, seconds)
        if "train" in options.only:
            report["train"] = train(folder, seconds)
        if "memory" in options.only:
            report["memory"] = memory(folder)
    if "notebooks" in options.only:
        report["notebooks"] = notebooks()
    if "setup" in options.only:
        report["setup"] = setup()
    report["load_after"] = os.getloadavg()
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n")
    print_summary(report)
    print(f"\nAll numbers are in {out.relative_to(ROOT)}.")
    if options.document:
        document(report)
    if options.compare and not print_comparison(DOCUMENTED, report):
        sys.exit(1)


def read_options():
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few kernels, cases and rounds")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--compare", action="store_true", help="with docs/benchmark.json; exit code 1 if worse")
    parser.add_argument("--document", action="store_true", help="write docs/benchmark.md and what belongs to it")
    parser.add_argument("--kernels", help=f"separated by commas, of {', '.join(kernels.TABLE)}")
    options = parser.parse_args()
    chosen = "Gaussian,Matern52,WendlandC2" if options.quick else ",".join(kernels.TABLE)
    options.kernels = (options.kernels or chosen).split(",")
    for name in options.kernels:
        if name not in kernels.TABLE:
            parser.error(f"--kernels: {name} is not one of {', '.join(kernels.TABLE)}")
    return options


def machine(rival):
    packages = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "torch", "jax", "jaxlib", "gpytorch")}
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
