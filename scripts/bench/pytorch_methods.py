"""PyTorch: the network and its derivatives by eager autograd, as a PyTorch user writes them."""
import os
import sys

# The functions of CUDA libraries are looked up when they are called, and here they never are.
_flags = sys.getdlopenflags()
sys.setdlopenflags(os.RTLD_LAZY)
import torch  # noqa: E402

sys.setdlopenflags(_flags)


def eager_autograd(eps, x, centers, weights):
    """The Gaussian network's tasks by autograd.grad, once more for each second derivative."""
    x, centers, weights = (torch.from_numpy(a) for a in (x, centers, weights))
    d = x.shape[1]

    def network(points):
        return torch.exp(-(eps**2) * ((points[:, None, :] - centers) ** 2).sum(-1)) @ weights

    def values():
        with torch.no_grad():
            return network(x)

    def first(create_graph):
        points = x.clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(network(points).sum(), points, create_graph=create_graph)
        return points, gradient

    def hessian_diagonal():
        points, gradient = first(create_graph=True)
        second = [
            torch.autograd.grad(gradient[:, k].sum(), points, retain_graph=k < d - 1)[0][:, k] for k in range(d)
        ]
        return torch.stack(second, 1)

    return {
        "values": values,
        "gradient": lambda: first(create_graph=False)[1],
        "hessian diagonal": hessian_diagonal,
        "laplacian": lambda: hessian_diagonal().sum(1),
    }
