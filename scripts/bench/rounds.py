"""Interleaved rounds A B C A B C ...: what slows the machine for a while slows all methods alike."""
import time

import numpy as np

FEWEST, MOST = 5, 60
#: a method that takes long a call takes part in so many rounds only, to leave time for the others
SLOW_MS, SLOW_ROUNDS = 500, 3
BATCH_MS, WARM_UP_MS = 20, 200
#: threads of OpenBLAS and OpenMP spin for a while after their last call, and would slow whoever is next
REST_SECONDS = 0.1


class Measured:
    """The times of methods, round by round, in milliseconds a call."""

    def __init__(self, times):
        self.times = times

    def ms(self, name):
        return float(np.median(self.times[name]))

    def ratio(self, name, base):
        """Quartiles and median of the ratio of two methods in the same round."""
        pairs = zip(self.times[name], self.times[base])
        q1, median, q3 = np.percentile([a / b for a, b in pairs], [25, 50, 75])
        return {"median": float(median), "q1": float(q1), "q3": float(q3)}

    def to_json(self):
        return {name: {"ms": self.ms(name), "best_ms": min(times), "rounds": list(times)} for name, times in self.times.items()}


def timer(function):
    """Times a Python function: n calls, in milliseconds a call."""

    def timed(n):
        begun = time.perf_counter()
        for _ in range(n):
            function()
        return (time.perf_counter() - begun) / n * 1e3

    return timed


def interleave(timers, seconds, warm_up=WARM_UP_MS):
    """Measures methods {name: calls -> ms a call}, each run once before, in rounds for about so many seconds."""
    calls = {name: _calls_a_batch(timed, warm_up) for name, timed in timers.items()}
    times = {name: [] for name in timers}
    begun = time.perf_counter()
    for number in range(MOST):
        if number >= FEWEST and time.perf_counter() - begun > seconds:
            break
        for name, timed in timers.items():
            if number < SLOW_ROUNDS or times[name][0] < SLOW_MS:
                time.sleep(REST_SECONDS)
                times[name].append(timed(calls[name]))
    return Measured(times)


def _calls_a_batch(timed, warm_up):
    """How many calls take about BATCH_MS; compilers that learn while code runs are given time for it."""
    calls = 1
    while (ms := timed(calls) * calls) < warm_up / 2:
        calls *= 2
    return max(1, round(calls * BATCH_MS / ms))
