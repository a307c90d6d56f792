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


def poisson_training(eps, x, centers, weights, right_side, learning_rate):
    """A step of training Gaussians on Δu = f in float32, the Laplacian by autograd.grad twice; it returns the loss."""
    x, centers, weights, right_side = (torch.from_numpy(a).float() for a in (x, centers, weights[:, None], right_side))
    shapes = torch.full((len(centers),), float(eps))
    parameters = [p.requires_grad_(True) for p in (centers, weights, shapes)]
    optimizer = torch.optim.Adam(parameters, lr=learning_rate, eps=1e-7)  # of TensorFlow.js; PyTorch's own is 1e-8
    x.requires_grad_(True)

    def network(points):
        return torch.exp(-(shapes**2) * ((points[:, None, :] - centers) ** 2).sum(-1)) @ weights

    def step():
        optimizer.zero_grad()
        (gradient,) = torch.autograd.grad(network(x).sum(), x, create_graph=True)
        second = [
            torch.autograd.grad(gradient[:, k].sum(), x, create_graph=True)[0][:, k] for k in range(x.shape[1])
        ]
        loss = ((sum(second)[:, None] - right_side) ** 2).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
