"""Training: a step on Poisson's equation beside PyTorch, and model.fit with repaired gradients beside the same without."""
import numpy as np

import pytorch_methods
from cases import data
from rival import Rival
from rounds import interleave, timer
from targets import OURS, PYTORCH, verdict

REPAIRED, PLAIN = "repaired gradients", "gradients as tfjs has them"
NETWORKS = ["fit an RBF network", "fit a tanh network"]

SIZES = (2000, 200, 2)
#: one step is the loss, its gradient in centers, shapes and weights, and Adam's update, all in float32
STEP, STEPS = "Poisson training step", "Poisson training"
SHAPE, LEARNING_RATE, STEP_TARGET = 5.0, 1e-3, 0.25
#: a training has thousands of steps; V8 needs some hundred until its compiler has seen them
WARM_UP_MS = 4000
#: the largest relative difference of two losses after the same number of steps
AGREEMENT = 1e-3


def train(folder, seconds):
    return [poisson(folder, seconds)] + [repair(folder, task, seconds) for task in NETWORKS]


def poisson(folder, seconds):
    """Gaussians whose centers and shapes are trained too, on the residual of Poisson's equation with a known solution."""
    x, centers, weights = data(*SIZES, coincident=False)
    solution = np.sin(np.pi * x).prod(1, keepdims=True)
    right_side = -2 * np.pi**2 * solution
    step = pytorch_methods.poisson_training(SHAPE, x, centers, weights, right_side, LEARNING_RATE)
    with Rival(folder) as rival:
        rival.load(x=x, centers=centers, weights=weights[:, None], rightSide=right_side)
        ours = rival.result(task=STEPS)
        theirs = np.array([step() for _ in ours])
        if not np.allclose(ours, theirs, rtol=AGREEMENT):
            raise ArithmeticError(f"{STEPS}: the losses differ, {ours} and {theirs}")
        measured = interleave({OURS: rival.timer(task=STEP), PYTORCH: timer(step)}, seconds, WARM_UP_MS)
    ratio = measured.ratio(OURS, PYTORCH)
    reached = verdict(ratio["median"], STEP_TARGET)
    print(
        f"{STEP} {SIZES}, float32: ours {measured.ms(OURS):.4g} ms, {PYTORCH} {measured.ms(PYTORCH):.4g} ms, "
        f"ratio {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}]   <= {STEP_TARGET:g}: {reached}, "
        f"losses of {len(ours)} steps differ by {np.abs(ours / theirs - 1).max():.0e}",
        flush=True,
    )
    return {
        "task": STEP,
        "case": SIZES,
        "losses": {OURS: ours.tolist(), PYTORCH: theirs.tolist()},
        "methods": measured.to_json(),
        "ratios": {PYTORCH: ratio},
        "targets": [{"to": PYTORCH, "bound": STEP_TARGET, "reached": reached == "yes"}],
    }


def repair(folder, task, seconds):
    x, centers, _ = data(*SIZES, coincident=False)
    targets = np.sin(6 * x[:, :1]) * x[:, 1:]
    with Rival(folder, "--repair") as repaired, Rival(folder) as plain:
        rivals = {REPAIRED: repaired, PLAIN: plain}
        for rival in rivals.values():
            rival.load(x=x, centers=centers, targets=targets)
        losses = {name: rival.result(task=task).tolist() for name, rival in rivals.items()}
        if not np.allclose(losses[REPAIRED], losses[PLAIN], rtol=1e-5):
            raise ArithmeticError(f"{task}: the losses differ, {losses}")
        measured = interleave({name: rival.timer(task=task) for name, rival in rivals.items()}, seconds, WARM_UP_MS)
    ratio = measured.ratio(REPAIRED, PLAIN)
    print(
        f"{task}: {REPAIRED} {measured.ms(REPAIRED):.4g} ms, {PLAIN} {measured.ms(PLAIN):.4g} ms, "
        f"ratio {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}]",
        flush=True,
    )
    return {"task": task, "losses": losses, "methods": measured.to_json(), "ratios": {PLAIN: ratio}}
