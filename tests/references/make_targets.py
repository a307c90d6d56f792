"""Makes targets.json, the 40-digit values and derivatives of the targets that the tests compare with.

    python -m venv v && v/bin/pip install mpmath==1.3.0 && v/bin/python tests/references/make_targets.py
    npm run format

Nothing is shared with the modules: a target stands here as its source writes it, and is differentiated by mpmath's
finite differences with hundreds of digits.
"""

import json
from itertools import product
from pathlib import Path

from mpmath import cos, diff, exp, mp, mpf, nstr, pi, sin, sincpi

DIGITS, ORDER = 40, 4


def franke(x, y):
    return (
        mpf(3) / 4 * exp(-((9 * x - 2) ** 2) / 4 - (9 * y - 2) ** 2 / 4)
        + mpf(3) / 4 * exp(-((9 * x + 1) ** 2) / 49 - (9 * y + 1) / 10)
        + mpf(1) / 2 * exp(-((9 * x - 7) ** 2) / 4 - (9 * y - 3) ** 2 / 4)
        - mpf(1) / 5 * exp(-((9 * x - 4) ** 2) - (9 * y - 7) ** 2)
    )


TARGETS = {
    "franke": franke,
    "runge": lambda x: 1 / (1 + 25 * x**2),
    "runge2d": lambda x, y: 1 / (1 + 25 * (x**2 + y**2)),
    "sinc": sincpi,
    "sinc2d": lambda x, y: sincpi(x) * sincpi(y),
    "parabola": lambda x: x**2 - x + mpf(1) / 4,
    "sineSine": lambda x, y: sin(pi * x) * sin(pi * y),
    "sineCosine": lambda x, y: sin(pi * x) * cos(pi * y / 2),
    # diffusivity 0.25, mode 2
    "heatSolution": lambda x, t: exp(-(2 * pi) ** 2 * t / 4) * sin(2 * pi * x),
    # speed 0.5, mode 3
    "waveSolution": lambda x, t: sin(3 * pi * x) * cos(mpf(1) / 2 * 3 * pi * t),
}
ONE_VARIABLE = ("runge", "sinc", "parabola")

# At and near 0, where sinc's terms cancel; at both sides of 1/π, 2/π, 3/π and 4/π, where its formula changes; far out.
LINE = [0.0, 1e-300, 1e-9, -1e-4, 0.1, 0.318, 0.319, -0.5, 0.636, 0.637, 0.954, 0.955, 1.0, 1.273, 1.274, -2.7, 30.3]
PLANE = [
    (0.0, 0.0), (0.0, 0.75), (1.0, 0.0), (0.5, 0.5), (1e-8, -1e-8), (0.21, 0.34), (0.77, 0.33), (0.45, 0.78),
    (0.9, 0.05), (-0.4, 0.6), (1.3, 1.1),
]  # fmt: skip


def text(value):
    return "0" if abs(value) < mpf(10) ** -320 else nstr(value, DIGITS)


def case(f, d):
    points = LINE if d == 1 else PLANE
    alphas = [alpha for alpha in product(range(ORDER + 1), repeat=d) if sum(alpha) <= ORDER]
    values = []
    for alpha in alphas:
        row = []
        for point in points:
            x = tuple(mpf(v) for v in ([point] if d == 1 else point))
            row.append(text(diff(f, x, alpha) if d > 1 else diff(f, x[0], alpha[0])))
        values.append(row)
    return {"points": [[p] if d == 1 else list(p) for p in points], "alphas": alphas, "values": values}


if __name__ == "__main__":
    mp.dps = 120
    cases = {name: case(f, 1 if name in ONE_VARIABLE else 2) for name, f in TARGETS.items()}
    # Again with other steps: what two precisions agree on is right.
    mp.dps = 200
    for name, f in TARGETS.items():
        again = case(f, len(cases[name]["points"][0]))
        for row, other in zip(cases[name]["values"], again["values"]):
            for a, b in zip(row, other):
                assert abs(mpf(a) - mpf(b)) <= mpf(10) ** -35 * max(1, abs(mpf(b))), (name, a, b)
    file = Path(__file__).with_name("targets.json")
    file.write_text(json.dumps(cases, indent=1) + "\n")
    print(file)
