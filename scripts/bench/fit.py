"""The dense fit: a symmetric positive definite system, one right-hand side."""
import numpy as np

from rounds import interleave, timer
from scipy_methods import cholesky_solve
from targets import OURS

SCIPY = "SciPy cho_factor, cho_solve"


def system(n):
    """A Gaussian interpolation matrix whose condition stays near 1e5 as n grows."""
    random = np.random.default_rng(n)
    centers = random.random((n, 2))
    squared = ((centers[:, None] - centers[None]) ** 2).sum(-1)
    matrix = np.exp(-0.25 * n * squared) + 1e-6 * np.eye(n)
    return matrix, np.sin(6 * centers[:, 0]) * centers[:, 1]


def fit(rival, sizes, seconds):
    rows = []
    for n in sizes:
        matrix, right_side = system(n)
        rival.load(matrix=matrix, rightSide=right_side)
        solutions = {OURS: rival.result(task="solve"), SCIPY: cholesky_solve(matrix, right_side)}
        residuals = {
            method: float(np.abs(matrix @ solution - right_side).max() / np.abs(right_side).max())
            for method, solution in solutions.items()
        }
        if not max(residuals.values()) < 1e-8:
            raise ArithmeticError(f"a solution is wrong: relative residuals {residuals}")
        timers = {OURS: rival.timer(task="solve"), SCIPY: timer(lambda: cholesky_solve(matrix, right_side))}
        measured = interleave(timers, seconds)
        ratio = measured.ratio(OURS, SCIPY)
        rows.append({"n": n, "residuals": residuals, "methods": measured.to_json(), "ratios": {SCIPY: ratio}})
        print(
            f"Fit n = {n}: ours {measured.ms(OURS):.4g} ms, {SCIPY} {measured.ms(SCIPY):.4g} ms, "
            f"ratio {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}], "
            f"residuals {residuals[OURS]:.0e} and {residuals[SCIPY]:.0e}",
            flush=True,
        )
    return rows
