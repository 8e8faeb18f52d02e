"""The population that descends a double well: its density by maps, beside particles, and how its energy falls.

python examples/python/flow.py [PATH]
"""

from __future__ import annotations

import sys

import jkonetstar as jk
import matplotlib
import numpy as np
from numpy.typing import NDArray

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

Array = NDArray[np.float64]
BETA, STEP, STEPS = 0.3, 0.05, 40


def well(x: Array) -> tuple[Array, Array]:
    """Return V(x) = (x_1^2 - 1)^2 + x_2^2 - x_1 / 4 and its gradient."""
    a, b = x[:, 0], x[:, 1]
    return (a**2 - 1) ** 2 + b**2 - a / 4, np.stack([4 * a * (a**2 - 1) - 0.25, 2 * b], axis=1)


start = jk.GaussianMixture.of([1.0], [[0.0, 1.2]], [0.1 * np.eye(2)])
flow = jk.WassersteinFlow(well, beta=BETA, step=STEP, steps=STEPS, components=0, bumps=60, particles=2000).fit(start)
paths = jk.simulate(flow.sample(2000, step=0), lambda x: well(x)[1], beta=BETA, dt=STEP / 5, steps=5 * STEPS)

# What the energy falls to: -beta log of the integral of exp(-V / beta), on a grid that the population is within. It
# gets there only after particles have crossed the barrier, which takes longer than we look on.
side = np.linspace(-2.2, 2.2, 111)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
cell = (side[1] - side[0]) ** 2
least = -BETA * np.log(cell * np.exp(-well(grid)[0] / BETA).sum())

figure, axes = plt.subplots(1, 4, figsize=(15, 3.9), layout="constrained")
for panel, step in zip(axes, (4, 12, STEPS)):
    density = np.exp(flow.log_density(grid, step=step))
    panel.contourf(side, side, density.reshape(len(side), -1), 14, cmap="Blues")
    panel.scatter(*paths[5 * step].T, s=1.5, color="#d9480f", linewidths=0)
    panel.set(title=f"t = {flow.times_[step]:.1f}", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal")
    mass, right = cell * density.sum(), cell * density[grid[:, 0] > 0].sum()
    crossed = (paths[5 * step][:, 0] > 0).mean()
    print(
        f"t = {flow.times_[step]:.1f}: mass on the grid {mass:.3f}, on the right {right:.2f}, particles {crossed:.2f}"
    )
axes[0].set_ylabel("blue: density by maps, orange: particles")
axes[3].plot(flow.times_, flow.energies_ - least)
axes[3].set(title="free energy above its minimum", xlabel="time", yscale="log")
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "flow.png", dpi=100)
print(f"energy from {flow.energies_[0]:.3f} to {flow.energies_[-1]:.3f}; it cannot fall below {least:.3f}")
