"""SciPy's sparse direct solve on problems read from stdin as JSON, with a Wendland kernel; weights and values to stdout."""
import json
import sys

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

WENDLAND = {
    0: lambda r: (1 - r) ** 2,
    2: lambda r: (1 - r) ** 4 * (4 * r + 1),
    4: lambda r: (1 - r) ** 6 * (35 * r**2 + 18 * r + 3) / 3,
    6: lambda r: (1 - r) ** 8 * (32 * r**3 + 25 * r**2 + 8 * r + 1),
}


def matrix(x, nodes, k, radius):
    found = cKDTree(x).sparse_distance_matrix(cKDTree(nodes), radius, output_type="coo_matrix")
    found = found.tocoo()
    values = WENDLAND[k](found.data / radius)
    return csc_array((values, (found.row, found.col)), shape=(len(x), len(nodes)))


def answer(problem):
    nodes, x = np.array(problem["nodes"]), np.array(problem["x"])
    k, radius = problem["k"], problem["radius"]
    A = matrix(nodes, nodes, k, radius)
    weights = spsolve(A, np.array(problem["values"]))
    return {
        "pairs": int(A.nnz),
        "weights": weights.tolist(),
        "values": (matrix(x, nodes, k, radius) @ weights).tolist(),
    }


json.dump([answer(problem) for problem in json.load(sys.stdin)], sys.stdout)
