"""Every kernel of the project as a JAX user writes it: f, f' and f'' of s = r^2, right at s = 0 where they exist.

Roots and products stand in place of fractional powers, which are slow. Where f'' diverges at a center but its product
with the squared difference has the limit 0, it counts 0 there.
"""
import json
from pathlib import Path

import jax.numpy as jnp

#: name: the factory in modules/notable_kernels.ts, its arguments, the m of C^m at a center (None: smooth)
TABLE = json.loads((Path(__file__).parent / "kernels.json").read_text())


def at_zero(s, value, otherwise):
    return jnp.where(s == 0, value, otherwise)


def gaussian(eps):
    e2 = eps**2
    f = lambda s: jnp.exp(-e2 * s)
    return f, lambda s: -e2 * f(s), lambda s: e2**2 * f(s)


def multiquadric(eps, amplitude=1.0):
    e2, a = eps**2, amplitude
    b = lambda s: 1 + e2 * s
    return (
        lambda s: a * jnp.sqrt(b(s)),
        lambda s: a * e2 / 2 / jnp.sqrt(b(s)),
        lambda s: -a * e2**2 / 4 / (b(s) * jnp.sqrt(b(s))),
    )


def inverse_multiquadric(eps):
    e2 = eps**2
    b = lambda s: 1 + e2 * s
    return (
        lambda s: 1 / jnp.sqrt(b(s)),
        lambda s: -e2 / 2 / (b(s) * jnp.sqrt(b(s))),
        lambda s: 0.75 * e2**2 / (b(s) ** 2 * jnp.sqrt(b(s))),
    )


def inverse_quadratic(eps):
    e2 = eps**2
    b = lambda s: 1 + e2 * s
    return lambda s: 1 / b(s), lambda s: -e2 / b(s) ** 2, lambda s: 2 * e2**2 / b(s) ** 3


def rational_quadratic(alpha, ell):
    b = lambda s: 1 + s / (2 * alpha * ell**2)
    f = lambda s: b(s) ** -alpha
    return (
        f,
        lambda s: -f(s) / b(s) / (2 * ell**2),
        lambda s: (alpha + 1) / (4 * alpha * ell**4) * f(s) / b(s) ** 2,
    )


def bump(eps):
    e2 = eps**2
    inside = lambda s: e2 * s < 1
    q = lambda s: jnp.where(inside(s), 1 - e2 * s, 1.0)
    f = lambda s: jnp.where(inside(s), jnp.exp(-1 / q(s)), 0.0)
    return f, lambda s: -e2 * f(s) / q(s) ** 2, lambda s: e2**2 * (2 * e2 * s - 1) * f(s) / q(s) ** 4


def matern(nu, ell):
    z = lambda s: jnp.sqrt(2 * nu * s) / ell
    e = lambda s: jnp.exp(-z(s))
    return {
        0.5: (
            e,
            lambda s: -e(s) / (2 * ell**2 * z(s)),
            lambda s: (1 + z(s)) * e(s) / (4 * ell**4 * z(s) ** 3),
        ),
        1.5: (
            lambda s: (1 + z(s)) * e(s),
            lambda s: -1.5 / ell**2 * e(s),
            lambda s: at_zero(s, 0.0, 2.25 / ell**4 * e(s) / z(s)),
        ),
        2.5: (
            lambda s: (1 + z(s) + z(s) ** 2 / 3) * e(s),
            lambda s: -5 / 6 / ell**2 * (1 + z(s)) * e(s),
            lambda s: 25 / 12 / ell**4 * e(s),
        ),
        3.5: (
            lambda s: (1 + z(s) + 0.4 * z(s) ** 2 + z(s) ** 3 / 15) * e(s),
            lambda s: -0.7 / ell**2 * (1 + z(s) + z(s) ** 2 / 3) * e(s),
            lambda s: 49 / 60 / ell**4 * (1 + z(s)) * e(s),
        ),
    }[nu]


def wendland(k, radius):
    p = lambda s: jnp.sqrt(s) / radius
    q = lambda s: jnp.maximum(1 - p(s), 0.0)
    r2, r4 = radius**2, radius**4
    return {
        0: (
            lambda s: q(s) ** 2,
            lambda s: -q(s) / (r2 * p(s)),
            lambda s: jnp.where(p(s) < 1, 1 / (2 * r4 * p(s) ** 3), 0.0),
        ),
        2: (
            lambda s: q(s) ** 4 * (4 * p(s) + 1),
            lambda s: -10 / r2 * q(s) ** 3,
            lambda s: at_zero(s, 0.0, 15 / r4 * q(s) ** 2 / p(s)),
        ),
        4: (
            lambda s: q(s) ** 6 * (35 * p(s) ** 2 + 18 * p(s) + 3) / 3,
            lambda s: -28 / 3 / r2 * (1 + 5 * p(s)) * q(s) ** 5,
            lambda s: 140 / r4 * q(s) ** 4,
        ),
        6: (
            lambda s: q(s) ** 8 * (32 * p(s) ** 3 + 25 * p(s) ** 2 + 8 * p(s) + 1),
            lambda s: -11 / r2 * (1 + 7 * p(s) + 16 * p(s) ** 2) * q(s) ** 7,
            lambda s: 132 / r4 * (1 + 6 * p(s)) * q(s) ** 6,
        ),
    }[k]


def polyharmonic(k):
    r = jnp.sqrt
    return {
        1: (r, lambda s: 0.5 / r(s), lambda s: -0.25 / (s * r(s))),
        2: (
            lambda s: at_zero(s, 0.0, 0.5 * s * jnp.log(s)),
            lambda s: at_zero(s, 0.0, 0.5 * (jnp.log(s) + 1)),
            lambda s: 0.5 / s,
        ),
        3: (lambda s: s * r(s), lambda s: 1.5 * r(s), lambda s: at_zero(s, 0.0, 0.75 / r(s))),
        4: (
            lambda s: at_zero(s, 0.0, 0.5 * s**2 * jnp.log(s)),
            lambda s: at_zero(s, 0.0, 0.5 * s * (2 * jnp.log(s) + 1)),
            lambda s: at_zero(s, 0.0, 0.5 * (2 * jnp.log(s) + 3)),
        ),
        5: (lambda s: s**2 * r(s), lambda s: 2.5 * s * r(s), lambda s: 3.75 * r(s)),
    }[k]


FACTORIES = {
    "gaussianKernel": gaussian,
    "mqKernelSarra": multiquadric,
    "mqKernelHardy": lambda c: multiquadric(1 / c, c),
    "imqKernel": inverse_multiquadric,
    "iqKernel": inverse_quadratic,
    "rationalQuadraticKernel": rational_quadratic,
    "bumpKernel": bump,
    "maternKernel": matern,
    "wendlandKernel": wendland,
    "phsKernel": polyharmonic,
}


def profile(name):
    """f, f' and f'' of a kernel of the table."""
    row = TABLE[name]
    return FACTORIES[row["factory"]](*row["arguments"])
