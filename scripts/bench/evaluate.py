"""Values and derivatives of an RBF network by every method: first whether they agree, then how long they take."""
import numpy as np

import jax_methods
import kernels
import other_methods
import pytorch_methods
import scipy_methods
from cases import MAIN, TASKS, data
from rounds import interleave, timer
from targets import JAX, OURS, PYTORCH, target, verdict

#: the largest difference between two methods, relative to the largest value
AGREEMENT = 1e-9


def evaluate(rival, cases, names, seconds):
    """Times the Gaussian in all cases and the other kernels in the main one; returns a row for each measurement."""
    rows = []
    for case in cases:
        for name in names:
            if name == "Gaussian" or case == MAIN:
                for task in TASKS:
                    # The other kernels meet one other method each, and need less time.
                    budget = seconds if name == "Gaussian" else seconds / 4
                    rows.append(measure(rival, name, case, task, budget))
                    print_row(rows[-1])
    return rows


def measure(rival, name, case, task, seconds):
    smoothness = kernels.TABLE[name]["smoothness"]
    exists = smoothness is None or TASKS[task] <= smoothness
    x, centers, weights = data(*case, coincident=exists)
    others = {
        method: tasks[task] for method, tasks in python_methods(name, x, centers, weights).items() if task in tasks
    }
    rival.load(x=x, centers=centers, weights=weights[:, None])
    differences = compare({method: np.asarray(run()) for method, run in others.items()}, rival.result(task=task, kernel=name))
    timers = {OURS: rival.timer(task=task, kernel=name)} | {method: timer(run) for method, run in others.items()}
    measured = interleave(timers, seconds)
    return {
        "kernel": name,
        "case": case,
        "task": task,
        "at_centers": exists,
        "differences": differences,
        "methods": measured.to_json(),
        "ratios": {method: measured.ratio(OURS, method) for method in others},
        "targets": [
            {"to": method, "bound": bound, "reached": measured.ratio(OURS, method)["median"] <= bound}
            for method, bound in target(name, case, task)
        ],
    }


def python_methods(name, x, centers, weights):
    methods = {
        JAX: jax_methods.closed_forms(name, x, centers, weights),
        "SciPy RBFInterpolator": scipy_methods.interpolator(name, x, centers, weights),
    }
    if name == "Gaussian":
        (eps,) = kernels.TABLE[name]["arguments"]
        methods[PYTORCH] = pytorch_methods.eager_autograd(eps, x, centers, weights)
        methods["JAX jit autodiff"] = jax_methods.automatic(eps, x, centers, weights)
        methods |= other_methods.methods(eps, x, centers, weights)
    return methods


def compare(results, ours):
    """The largest difference of each method from ours, relative to the largest value; an error if it is large."""
    differences = {}
    for method, result in results.items():
        scale = np.abs(result).max()
        differences[method] = float(np.abs(result.reshape(ours.size) - ours.reshape(-1)).max() / scale)
        if not differences[method] <= AGREEMENT:
            raise ArithmeticError(f"{method} and this project differ by {differences[method]:.1e} of the maximum")
    return differences


def print_row(row):
    n, m, d = row["case"]
    print(f"\n{row['kernel']} ({n}, {m}, {d}) {row['task']}{'' if row['at_centers'] else ', away from centers'}")
    for method, result in row["methods"].items():
        line = f"  {method:24} {result['ms']:10.4g} ms"
        if method != OURS:
            ratio = row["ratios"][method]
            line += f"   ours/it {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}]"
            line += f"   differ {row['differences'][method]:.0e}"
            for wanted in row["targets"]:
                if wanted["to"] == method:
                    line += f"   <= {wanted['bound']:g}: {verdict(ratio['median'], wanted['bound'])}"
        print(line, flush=True)
