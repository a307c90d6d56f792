"""Makes profiles.json and partials.json, the 40-digit values that the tests compare with.

    python -m venv v && v/bin/pip install mpmath==1.3.0 && v/bin/python tests/references/make_references.py
    npm run format

Nothing is shared with the modules: a kernel stands here as one writes it down, and is differentiated by Taylor
arithmetic (series of a few terms in u, added, multiplied, composed) with thousands of digits, so that what cancels
near the centre does no harm. Matérn is checked against the formula with Bessel functions on the way.
"""

import json
from pathlib import Path

from mpmath import besselk, exp, factorial, gamma, log, mp, mpf, nstr, sqrt

ORDER = 6
DIGITS = 40


class Series:
    """A function of u near a point: the first ORDER + 1 Taylor coefficients."""

    def __init__(self, c):
        self.c = list(c)

    @staticmethod
    def of(value):
        return value if isinstance(value, Series) else Series([mpf(value)] + [mpf(0)] * ORDER)

    def __add__(self, other):
        return Series(a + b for a, b in zip(self.c, Series.of(other).c))

    __radd__ = __add__

    def __mul__(self, other):
        a, b = self.c, Series.of(other).c
        return Series(sum(a[i] * b[k - i] for i in range(k + 1)) for k in range(ORDER + 1))

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -Series.of(other)

    def __rsub__(self, other):
        return Series.of(other) - self

    def __pow__(self, p):
        # y = a^p solves a·y' = p·a'·y.
        a, y = self.c, [self.c[0] ** p]
        for k in range(1, ORDER + 1):
            y.append(sum((p * i - (k - i)) * a[i] * y[k - i] for i in range(1, k + 1)) / (k * a[0]))
        return Series(y)

    def exp(self):
        a, y = self.c, [exp(self.c[0])]
        for k in range(1, ORDER + 1):
            y.append(sum(i * a[i] * y[k - i] for i in range(1, k + 1)) / k)
        return Series(y)

    def log(self):
        a, y = self.c, [log(self.c[0])]
        for k in range(1, ORDER + 1):
            y.append((a[k] - sum(i * y[i] * a[k - i] for i in range(1, k)) / k) / a[0])
        return Series(y)


def half(n):
    return mpf(n) / 2


def matern(*c):
    """A polynomial in z = √u times e^(−z)."""

    def g(u):
        z = u ** half(1)
        return (-z).exp() * sum((mpf(a) / b) * z**i for i, (a, b) in enumerate(c))

    return g


def wendland(a, *c):
    """(1 − ρ)^a times a polynomial in ρ = √u, 0 from ρ = 1 on."""

    def g(u):
        if u.c[0] >= 1:
            return Series.of(0)
        rho = u ** half(1)
        return (1 - rho) ** a * sum((mpf(p) / q) * rho**i for i, (p, q) in enumerate(c))

    return g


def bump(u):
    return Series.of(0) if u.c[0] >= 1 else (-((1 - u) ** -1)).exp()


def polyharmonic(k):
    return lambda u: u ** half(k) if k % 2 else half(1) * u ** (k // 2) * u.log()


# g(u) with u = ε²r². The names are those of tests/support/kernels.ts.
KERNELS = {
    "Gaussian": lambda u: (-u).exp(),
    "MqSarra": lambda u: (1 + u) ** half(1),
    "MqHardy": lambda u: (1 + u) ** half(1),
    "Imq": lambda u: (1 + u) ** half(-1),
    "Iq": lambda u: (1 + u) ** -1,
    "RationalQuadratic": lambda u: (1 + u) ** -mpf(0.7),
    "Bump": bump,
    "Matern12": matern((1, 1)),
    "Matern32": matern((1, 1), (1, 1)),
    "Matern52": matern((1, 1), (1, 1), (1, 3)),
    "Matern72": matern((1, 1), (1, 1), (2, 5), (1, 15)),
    "WendlandC0": wendland(2, (1, 1)),
    "WendlandC2": wendland(4, (1, 1), (4, 1)),
    "WendlandC4": wendland(6, (1, 1), (6, 1), (35, 3)),
    "WendlandC6": wendland(8, (1, 1), (8, 1), (25, 1), (32, 1)),
    **{f"Polyharmonic{k}": polyharmonic(k) for k in range(1, 9)},
}

# Subnormal, small, around 1 where the compact kernels end, large and huge.
POINTS = [
    5e-324, 1e-310, 1e-300, 1e-150, 1e-20, 1e-8, 1e-3, 0.04, 0.25, 0.7, 0.99, 1 - 2.0**-30, 1.0, 1.3, 3.0, 17.0,
    130.0, 700.0, 1e4, 1e9, 1e20, 1e150, 1e300, 1.7e308,
]  # fmt: skip

# What float64 cannot hold is written as 0 or ±1e999.
TINY, HUGE = mpf(10) ** -340, mpf(10) ** 320


def text(value):
    if abs(value) < TINY:
        return "0"
    return nstr(value, DIGITS) if abs(value) < HUGE else ("1e999" if value > 0 else "-1e999")


def derivatives(g, u):
    """g⁽ᵏ⁾(u), k = 0 … ORDER."""
    at = Series([mpf(u), mpf(1)] + [mpf(0)] * (ORDER - 1))
    return [c * factorial(k) for k, c in enumerate(g(at).c)]


def check_matern():
    """Matérn by Taylor arithmetic against 2^(1−ν)/Γ(ν)·(−½)^k·z^(ν−k)·K_(ν−k)(z)."""
    for n in (1, 3, 5, 7):
        nu, u = half(n), mpf("0.37")
        z = sqrt(u)
        for k, value in enumerate(derivatives(KERNELS[f"Matern{n}2"], u)):
            bessel = 2 ** (1 - nu) / gamma(nu) * half(-1) ** k * z ** (nu - k) * besselk(nu - k, z)
            assert abs(value / bessel - 1) < mpf(10) ** -60, (n, k)


def profiles():
    mp.dps = 80
    check_matern()
    # Coefficients up to u^(−6) and u = 5e-324 cancel down to numbers of size 1.
    mp.dps = 2500
    values = {}
    for name, g in KERNELS.items():
        columns = [derivatives(g, u) for u in POINTS]
        values[name] = [[text(column[k]) for column in columns] for k in range(ORDER + 1)]
    return {"u": POINTS, "derivatives": values}


# (δ, α) with |α| up to 4, and ε of u = ε²|δ|²; polyharmonic splines have none.
PARTIALS = [
    ([0.3], [1]), ([0.3], [2]), ([-0.7], [3]), ([0.25], [4]), ([1e-9], [2]), ([1e-9], [4]),
    ([0.3, -0.4], [1, 0]), ([0.3, -0.4], [1, 1]), ([0.3, -0.4], [0, 2]), ([0.3, -0.4], [2, 1]),
    ([0.5, 0.1], [3, 1]), ([0.5, 0.1], [2, 2]), ([0.0, 0.6], [1, 1]), ([0.0, 0.6], [2, 2]), ([0.0, 0.6], [4, 0]),
    ([1e-7, -2e-7], [2, 0]), ([1e-7, -2e-7], [2, 2]),
    ([0.2, -0.3, 0.4], [1, 1, 1]), ([0.2, -0.3, 0.4], [2, 1, 1]), ([0.2, -0.3, 0.4], [0, 4, 0]),
    ([0.1, 0.2, -0.1, 0.3, -0.2], [1, 1, 0, 1, 1]),
]  # fmt: skip
EPSILON = 1.25


def product(a, b, alpha):
    """Product of two polynomials in h = (h_1, …), {powers: coefficient}, cut off above the powers alpha."""
    result = {}
    for p, x in a.items():
        for q, y in b.items():
            r = tuple(i + j for i, j in zip(p, q))
            if all(i <= j for i, j in zip(r, alpha)):
                result[r] = result.get(r, 0) + x * y
    return result


def partial(g, epsilon, delta, alpha):
    """∂^α of φ(δ) = g(ε²|δ|²): g's Taylor series, composed with the polynomial ε²|δ + h|² − ε²|δ|² in h."""
    scale = mpf(epsilon) ** 2
    delta = [mpf(x) for x in delta]
    zero = (0,) * len(delta)
    unit = lambda i, n: tuple(n if j == i else 0 for j in range(len(delta)))  # noqa: E731
    step = {}
    for i, x in enumerate(delta):
        step[unit(i, 1)] = 2 * x * scale
        step[unit(i, 2)] = scale
    total, power = mpf(0), {zero: mpf(1)}
    for k, value in enumerate(derivatives(g, scale * sum(x * x for x in delta))[: sum(alpha) + 1]):
        total += value / factorial(k) * power.get(tuple(alpha), 0)
        power = product(power, step, alpha)
    for a in alpha:
        total *= factorial(a)
    return total


def partials():
    mp.dps = 300
    values = {}
    for name, g in KERNELS.items():
        epsilon = 1 if name.startswith("Polyharmonic") else EPSILON
        values[name] = [text(partial(g, epsilon, *case)) for case in PARTIALS]
    return {"epsilon": EPSILON, "cases": [{"delta": d, "alpha": a} for d, a in PARTIALS], "values": values}


if __name__ == "__main__":
    for name, make in (("profiles", profiles), ("partials", partials)):
        file = Path(__file__).with_name(f"{name}.json")
        file.write_text(json.dumps(make(), indent=1) + "\n")
        print(file)
