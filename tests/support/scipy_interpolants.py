"""SciPy's RBFInterpolator on problems read from stdin as JSON, a list; its values at each problem's x go to stdout."""
import json
import sys

import numpy as np
from scipy.interpolate import RBFInterpolator


def values(problem):
    interpolant = RBFInterpolator(
        np.array(problem["nodes"]),
        np.array(problem["values"]),
        kernel=problem["kernel"],
        epsilon=problem["epsilon"],
        degree=problem["degree"],
        smoothing=problem["smoothing"],
    )
    return interpolant(np.array(problem["x"])).tolist()


json.dump([values(problem) for problem in json.load(sys.stdin)], sys.stdout)
