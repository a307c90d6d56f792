"""How cost grows: one number of the problem is doubled again and again, and the slope is that of log time over log number."""
import numpy as np

from cases import data
from rounds import interleave
from targets import OURS

#: n, m, d and the order of the derivative along the first axis; each series changes one of them
BASE = {"n": 20000, "m": 500, "d": 2, "order": 2}
#: of n and m only from 2²³ pairs on, where evaluation is compiled: op by op, half as many pairs take longer
SERIES = {
    "n": [20000, 40000, 80000, 160000],
    "m": [500, 1000, 2000, 4000],
    "d": [1, 2, 4, 8],
    "order": [0, 1, 2, 3, 4],
}
#: the largest slope; time is to grow with n and with m as they do, a tenth for the scatter of times
LINEAR = {"n": 1.1, "m": 1.1}


def growth(rival, seconds):
    rows = []
    for name, values in SERIES.items():
        times = [_milliseconds(rival, {**BASE, name: value}, seconds) for value in values]
        slope = None
        if name != "order":
            slope = float(np.polyfit(np.log(values), np.log(times), 1)[0])
        bound = LINEAR.get(name)
        row = {"number": name, "values": values, "ms": times, "slope": slope, "bound": bound}
        rows.append(row | ({"reached": slope <= bound} if bound else {}))
        of = ", ".join(f"{value}: {ms:.4g} ms" for value, ms in zip(values, times))
        print(f"Cost over {name} ({of})" + (f", slope {slope:.2f}" if slope is not None else ""), flush=True)
    return rows


def _milliseconds(rival, sizes, seconds):
    x, centers, weights = data(sizes["n"], sizes["m"], sizes["d"], coincident=True)
    rival.load(x=x, centers=centers, weights=weights[:, None])
    measured = interleave({OURS: rival.timer(task=f"derivative {sizes['order']}", kernel="Gaussian")}, seconds / 4)
    return measured.ms(OURS)
