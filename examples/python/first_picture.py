"""Draw the picture at the top of README: a population that splits in two, what is learned from it, what is predicted.

    python examples/python/first_picture.py [PATH]

The particles descend a potential with two valleys in many small steps. Five snapshots of other particles each are kept
for training, so that nothing tells which particle became which.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jkonetstar as jk
import matplotlib
import numpy as np
from numpy.typing import NDArray

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

Array = NDArray[np.float64]

TIMES = np.linspace(0, 2, 5)
COUNT = 400  # particles of a snapshot
SUBSTEPS = 50  # of the simulation, between two snapshots
INK, GREY, PREDICTED = "#22262b", "#7d8594", "#d9480f"


def two_valleys(x: Array) -> Array:
    """Return the gradient of V(x) = (x_2^2 - 1)^2 / 2 - x_1, a ridge that slopes down to the right."""
    return np.stack([-np.ones(len(x)), 2 * x[:, 1] * (x[:, 1] ** 2 - 1)], axis=1)


def observe(seed: int) -> list[Array]:
    """Simulate a population for each of the times, so that no particle is seen twice."""
    rng = np.random.default_rng(seed)
    dt = (TIMES[1] - TIMES[0]) / SUBSTEPS
    seen = []
    for k in range(len(TIMES)):
        start = rng.normal([-1.0, 0.0], [0.25, 0.35], (COUNT, 2))
        paths = jk.simulate(start, two_valleys, beta=0.02, dt=dt, steps=SUBSTEPS * k, random_state=seed + k)
        seen.append(paths[-1])
    return seen


def main() -> None:
    """Learn, predict, draw."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "first_picture.png")
    train, test = observe(0), observe(100)
    model = jk.JKOnetStar(random_state=0).fit(jk.Snapshots(np.concatenate(train), time=np.repeat(TIMES, COUNT)))
    predicted = model.predict(test[0], times=TIMES)  # the first of the times is that of the particles given
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.75), sharex=True, sharey=True, layout="constrained")
    draw_snapshots(axes[0], train)
    draw_energy(axes[1], model, np.concatenate(train))
    draw_prediction(axes[2], predicted[-1], test[-1], test[0])
    for panel in axes:
        panel.set(xlim=(-2.1, 2.1), ylim=(-1.8, 1.8), xticks=[], yticks=[], aspect="equal")
        panel.spines[:].set_color("#b4b8bf")
    figure.savefig(path, dpi=110)
    distance, still = jk.emd(predicted[-1], test[-1]), jk.emd(test[0], test[-1])
    print(f"{path}: W1 at the last time {distance:.3f}, nothing moves {still:.3f}")


def draw_snapshots(panel: Axes, snapshots: list[Array]) -> None:
    """Draw the observations, coloured by time."""
    colors = plt.get_cmap("viridis")(np.linspace(0, 0.92, len(snapshots)))
    for points, time, color in zip(snapshots, TIMES, colors):
        panel.scatter(points[:, 0], points[:, 1], s=5, color=color, linewidths=0, label=f"t = {time:g}")
    panel.legend(loc="upper left", fontsize=8, frameon=False, markerscale=2.5, handletextpad=0.1, labelspacing=0.2)
    panel.set_title("observed: five snapshots, unpaired", color=INK)


def draw_energy(panel: Axes, model: jk.JKOnetStar, seen: Array) -> None:
    """Draw the level curves of the learned V, and the velocities -grad V near the observations."""
    axis_1, axis_2 = np.linspace(-2.1, 2.1, 121), np.linspace(-1.8, 1.8, 105)
    grid = np.stack(np.meshgrid(axis_1, axis_2), axis=-1).reshape(-1, 2)
    values = model.potential_(grid).reshape(len(axis_2), len(axis_1))
    panel.contourf(axis_1, axis_2, values, 24, cmap="viridis_r", alpha=0.85)
    panel.contour(axis_1, axis_2, values, 24, colors="white", linewidths=0.4, linestyles="solid")
    nodes = np.stack(np.meshgrid(np.linspace(-1.9, 1.9, 16), np.linspace(-1.7, 1.7, 15)), axis=-1).reshape(-1, 2)
    near = np.array([np.linalg.norm(seen - node, axis=1).min() < 0.2 for node in nodes])
    nodes, velocity = nodes[near], -model.potential_.gradient(nodes[near])
    panel.quiver(*nodes.T, *velocity.T, color=INK, width=0.005, scale=22, pivot="mid")
    panel.set_title("learned: potential V and velocity −∇V", color=INK)


def draw_prediction(panel: Axes, predicted: Array, observed: Array, start: Array) -> None:
    """Draw where new particles are predicted to be at the last time, and where such particles were observed."""
    panel.scatter(start[:, 0], start[:, 1], s=5, color="#c3c7cd", linewidths=0, label="new at t = 0")
    panel.scatter(
        observed[:, 0],
        observed[:, 1],
        s=16,
        facecolors="none",
        edgecolors=GREY,
        linewidths=0.6,
        label="observed at t = 2",
    )
    panel.scatter(predicted[:, 0], predicted[:, 1], s=5, color=PREDICTED, linewidths=0, label="predicted for t = 2")
    panel.legend(loc="upper left", fontsize=8, frameon=False, markerscale=1.6, handletextpad=0.1, labelspacing=0.2)
    panel.set_title("predicted from t = 0 alone", color=INK)


if __name__ == "__main__":
    main()
