"""JAX, jitted: closed forms of every kernel, and automatic differentiation of the Gaussian network."""
import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402

import kernels  # noqa: E402


def closed_forms(name, x, centers, weights):
    """gradient 2 f' delta, Hessian diagonal 2 f' + 4 f'' delta_k^2, Laplacian 2 d f' + 4 s f''."""
    f, f1, f2 = kernels.profile(name)
    d = x.shape[1]

    def difference(x, centers, k):
        return x[:, k : k + 1] - centers[:, k]

    def squared(x, centers):
        return sum(difference(x, centers, k) ** 2 for k in range(d))

    def values(x, centers, weights):
        return f(squared(x, centers)) @ weights

    def gradient(x, centers, weights):
        g = 2 * f1(squared(x, centers))
        return jnp.stack([(g * difference(x, centers, k)) @ weights for k in range(d)], 1)

    def hessian_diagonal(x, centers, weights):
        s = squared(x, centers)
        g, h = 2 * f1(s), 4 * f2(s)
        return jnp.stack([(g + h * difference(x, centers, k) ** 2) @ weights for k in range(d)], 1)

    def laplacian(x, centers, weights):
        s = squared(x, centers)
        return (2 * d * f1(s) + 4 * s * f2(s)) @ weights

    return _jitted([values, gradient, hessian_diagonal, laplacian], x, centers, weights)


def automatic(eps, x, centers, weights):
    """The Gaussian network's tasks by grad and hessian, mapped over the points."""

    def network(centers, weights):
        return lambda point: jnp.exp(-(eps**2) * jnp.sum((point - centers) ** 2, -1)) @ weights

    def values(x, centers, weights):
        return jax.vmap(network(centers, weights))(x)

    def gradient(x, centers, weights):
        return jax.vmap(jax.grad(network(centers, weights)))(x)

    def hessians(x, centers, weights):
        return jax.vmap(jax.hessian(network(centers, weights)))(x)

    def hessian_diagonal(x, centers, weights):
        return jnp.diagonal(hessians(x, centers, weights), axis1=1, axis2=2)

    def laplacian(x, centers, weights):
        return jnp.trace(hessians(x, centers, weights), axis1=1, axis2=2)

    return _jitted([values, gradient, hessian_diagonal, laplacian], x, centers, weights)


def _jitted(functions, *arrays):
    arrays = [jnp.asarray(a) for a in arrays]

    def method(function):
        jitted = jax.jit(function)
        return lambda: jitted(*arrays).block_until_ready()

    return {function.__name__.replace("_", " "): method(function) for function in functions}
