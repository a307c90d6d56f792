"""SciPy: values by RBFInterpolator, with the given weights, and the dense Cholesky solve."""
import warnings

import numpy as np
import scipy.linalg
from scipy.interpolate import RBFInterpolator
from scipy.spatial.distance import cdist

import kernels

#: SciPy's name and sign of those kernels that it has
NAMES = {
    "Gaussian": ("gaussian", 1),
    "MqSarra": ("multiquadric", -1),
    "Imq": ("inverse_multiquadric", 1),
    "Iq": ("inverse_quadratic", 1),
    "Polyharmonic1": ("linear", -1),
    "Polyharmonic2": ("thin_plate_spline", 1),
    "Polyharmonic3": ("cubic", 1),
    "Polyharmonic5": ("quintic", -1),
}


def interpolator(name, x, centers, weights):
    """Values only. The fit is not timed, and its weights are replaced, so that all methods compute the same sum."""
    if name not in NAMES:
        return {}
    kernel, sign = NAMES[name]
    eps = kernels.TABLE[name]["arguments"][0] if kernels.TABLE[name]["smoothness"] is None else 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no polynomial, which a fit with these kernels would want
        u = RBFInterpolator(centers, weights, kernel=kernel, epsilon=eps, degree=-1, smoothing=1.0)
    u._coeffs = sign * weights[:, None]
    return {"values": lambda: u(x)}


def cholesky_solve(matrix, right_side):
    """The solution of a symmetric positive definite system."""
    factor = scipy.linalg.cho_factor(matrix, lower=True, check_finite=False)
    return scipy.linalg.cho_solve(factor, right_side, check_finite=False)


def assemble_and_solve(nodes, values, eps, smoothing):
    """The weights of Gaussian interpolation, by the shortest way there is in SciPy."""
    matrix = np.exp(-(eps**2) * cdist(nodes, nodes, "sqeuclidean"))
    matrix[np.diag_indices_from(matrix)] += smoothing
    return cholesky_solve(matrix, values)


def rbf_interpolator(nodes, values, eps, smoothing):
    """The same weights by SciPy's own interpolant."""
    u = RBFInterpolator(nodes, values, kernel="gaussian", epsilon=eps, degree=-1, smoothing=smoothing)
    return u._coeffs[:, 0]
