"""Training: model.fit of tfjs with repaired gradients against the same without."""
import numpy as np

from cases import data
from rival import Rival
from rounds import interleave

REPAIRED, PLAIN = "repaired gradients", "gradients as tfjs has them"
NETWORKS = ["fit an RBF network", "fit a tanh network"]


def train(folder, seconds):
    x, centers, _ = data(2000, 200, 2, coincident=False)
    targets = np.sin(6 * x[:, :1]) * x[:, 1:]
    rows = []
    with Rival(folder, "--repair") as repaired, Rival(folder) as plain:
        rivals = {REPAIRED: repaired, PLAIN: plain}
        for task in NETWORKS:
            for rival in rivals.values():
                rival.load(x=x, centers=centers, targets=targets)
            losses = {name: rival.result(task=task).tolist() for name, rival in rivals.items()}
            if not np.allclose(losses[REPAIRED], losses[PLAIN], rtol=1e-5):
                raise ArithmeticError(f"{task}: the losses differ, {losses}")
            measured = interleave({name: rival.timer(task=task) for name, rival in rivals.items()}, seconds)
            ratio = measured.ratio(REPAIRED, PLAIN)
            rows.append({"task": task, "losses": losses, "methods": measured.to_json(), "ratios": {PLAIN: ratio}})
            print(
                f"{task}: {REPAIRED} {measured.ms(REPAIRED):.4g} ms, {PLAIN} {measured.ms(PLAIN):.4g} ms, "
                f"ratio {ratio['median']:.3g} [{ratio['q1']:.3g}, {ratio['q3']:.3g}]",
                flush=True,
            )
    return rows
