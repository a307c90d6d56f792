"""The cases: sizes n, m, d, the tasks, and their data."""
import numpy as np

CASES = [(9, 1, 2), (2000, 200, 2), (20000, 500, 2), (10000, 1000, 3)]
#: the case that the targets are about, and the tiny one
MAIN, TINY = (20000, 500, 2), (9, 1, 2)

#: how many derivatives each task takes
TASKS = {"values": 0, "gradient": 1, "hessian diagonal": 2, "laplacian": 2}


def data(n, m, d, coincident):
    """Points [n, d], centers [m, d], weights [m] in the unit box. If coincident, some points are centers."""
    random = np.random.default_rng(20260101 + m)
    centers = random.random((m, d))
    weights = random.standard_normal(m) / np.sqrt(m)
    x = random.random((n, d))
    if coincident:
        shared = min(n // 2, m)
        x[:shared] = centers[:shared]
    return x, centers, weights
