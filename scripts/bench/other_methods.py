"""GPyTorch's kernels with derivatives, and treverhines-rbf, whose basis functions are differentiated symbolically."""
import numpy as np

import pytorch_methods  # first: it loads PyTorch without CUDA  # noqa: F401
import gpytorch
import torch

try:
    import rbf.basis
except ImportError:  # could not be built, see environment.mjs
    rbf = None

GPYTORCH, TREVERHINES = "GPyTorch kernel with derivatives", "treverhines-rbf"
#: GPyTorch's matrix has (d + 1)² entries a pair of point and center, and several copies; beyond this it takes gigabytes
MOST_PAIRS = 500_000


def methods(eps, x, centers, weights):
    """The Gaussian network's tasks by both, as far as they have them and the matrices fit into memory."""
    found = {}
    if x.shape[0] * centers.shape[0] <= MOST_PAIRS:
        found[GPYTORCH] = _gpytorch(eps, x, centers, weights)
    if rbf is not None:
        found[TREVERHINES] = _treverhines(eps, x, centers, weights)
    return found


def _gpytorch(eps, x, centers, weights):
    """Values and gradients at x, out of the matrix of all with all. RBFKernelGradGrad throws where n is not m."""
    x, centers, weights = (torch.from_numpy(a) for a in (x, centers, weights))
    (n, d), m = x.shape, len(centers)

    def sums(kernel, derivatives):
        """Rows by point and derivative: [n, 1 + derivatives]."""
        kernel.lengthscale = 1 / (np.sqrt(2) * eps)
        width = 1 + derivatives
        with torch.no_grad():
            matrix = kernel(x, centers).to_dense()
            return (matrix[:, torch.arange(m) * width] @ weights).reshape(n, width)

    first = gpytorch.kernels.RBFKernelGrad().double()
    plain = gpytorch.kernels.RBFKernel().double()
    return {
        "values": lambda: sums(plain, 0)[:, 0],
        "gradient": lambda: sums(first, d)[:, 1:],
    }


def _treverhines(eps, x, centers, weights):
    d = x.shape[1]

    def partial(order):
        return rbf.basis.ga(x, centers, eps=eps, diff=order) @ weights

    unit = np.eye(d, dtype=int)
    diagonal = lambda: np.stack([partial(2 * unit[k]) for k in range(d)], 1)  # noqa: E731
    return {
        "values": lambda: partial(0 * unit[0]),
        "gradient": lambda: np.stack([partial(unit[k]) for k in range(d)], 1),
        "hessian diagonal": diagonal,
        "laplacian": lambda: diagonal().sum(1),
    }
