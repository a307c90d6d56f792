"""What the project wants to reach in float64, as ratios of its time to another method's."""
from cases import MAIN, TINY

OURS, PYTORCH, JAX = "ours", "PyTorch eager autograd", "JAX jit closed forms"
ADDED_MEGABYTES = 100
#: of the dense solve, to SciPy's Cholesky
FIT_BOUND = 2.0


def target(kernel, case, task):
    """Pairs of the other method and the largest ratio to it."""
    if kernel == "Gaussian" and case == MAIN:
        return {
            "gradient": [(JAX, 1.3)],
            "hessian diagonal": [(JAX, 1.3)],
            "laplacian": [(PYTORCH, 0.04), (JAX, 1.0)],
        }.get(task, [])
    if kernel == "Gaussian" and case == TINY:
        return [(PYTORCH, 0.05)]
    if kernel != "Gaussian" and case == MAIN:
        return [(JAX, 2.5)]
    return []


def verdict(ratio, bound):
    return "yes" if ratio <= bound else "NO"
