"""The dense fit: interpolation by Gaussians, and the symmetric positive definite system alone, one right-hand side.

Ours is measured as it is, on TensorFlow, and with setLapack and the library that NumPy brings along.
"""
import glob

import numpy as np

from rival import Rival
from rounds import interleave, timer
from scipy_methods import assemble_and_solve, cholesky_solve, rbf_interpolator
from targets import FIT_BOUND, OURS

CHOLESKY = "SciPy cho_factor, cho_solve"
ASSEMBLED = "SciPy cdist, exp, cho_factor, cho_solve"
INTERPOLATOR = "SciPy RBFInterpolator"
LAPACK = "with setLapack"
#: on the diagonal, so that the condition stays near 1e5 as n grows
SMOOTHING = 1e-6


def problem(n):
    """Nodes, the ε of a Gaussian, its interpolation matrix, values at the nodes."""
    nodes = np.random.default_rng(n).random((n, 2))
    eps = 0.5 * np.sqrt(n)
    squared = ((nodes[:, None] - nodes[None]) ** 2).sum(-1)
    matrix = np.exp(-(eps**2) * squared) + SMOOTHING * np.eye(n)
    return nodes, eps, matrix, np.sin(6 * nodes[:, 0]) * nodes[:, 1]


def fit(folder, rival, sizes, seconds):
    rows = []
    with Rival(folder, "--lapack", glob.glob(np.__path__[0] + ".libs/*openblas*")[0]) as with_lapack:
        ours = {OURS: rival, LAPACK: with_lapack}
        for n in sizes:
            nodes, eps, matrix, values = problem(n)
            for one in ours.values():
                one.load(matrix=matrix, nodes=nodes, rightSide=values)
            solve = {CHOLESKY: lambda: cholesky_solve(matrix, values)}
            whole = {
                ASSEMBLED: lambda: assemble_and_solve(nodes, values, eps, SMOOTHING),
                INTERPOLATOR: lambda: rbf_interpolator(nodes, values, eps, SMOOTHING),
            }
            for task, others in {"solve": solve, "interpolate": whole}.items():
                rows += _rows(ours, task, others, n, matrix, values, seconds)
    return rows


def _rows(ours, task, others, n, matrix, values, seconds):
    solutions = {name: one.result(task=task).ravel() for name, one in ours.items()}
    solutions |= {name: run() for name, run in others.items()}
    residuals = {
        name: float(np.abs(matrix @ w - values).max() / np.abs(values).max()) for name, w in solutions.items()
    }
    if not max(residuals.values()) < 1e-8:
        raise ArithmeticError(f"a solution is wrong: relative residuals {residuals}")
    timers = {name: one.timer(task=task) for name, one in ours.items()}
    timers |= {name: timer(run) for name, run in others.items()}
    measured = interleave(timers, seconds)
    return [_row(measured, name, task, others, n, residuals) for name in ours]


def _row(measured, ours, task, others, n, residuals):
    task_here = task if ours == OURS else f"{task}, {ours}"
    ratios = {name: measured.ratio(ours, name) for name in others}
    bounds = {CHOLESKY: FIT_BOUND} if task == "solve" else {}
    for name, ratio in ratios.items():
        print(
            f"Fit, {task_here}, n = {n}: {measured.ms(ours):.4g} ms, {name} {measured.ms(name):.4g} ms, "
            f"ratio {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}], "
            f"residuals {residuals[ours]:.0e} and {residuals[name]:.0e}",
            flush=True,
        )
    return {
        "n": n,
        "task": task_here,
        "residuals": residuals,
        "methods": measured.to_json(),
        "ratios": ratios,
        "targets": [
            {"to": name, "bound": bound, "reached": ratios[name]["median"] <= bound}
            for name, bound in bounds.items()
        ],
    }
