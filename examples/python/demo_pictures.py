"""The pictures of the demo: energies as level curves, populations predicted and observed, training losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import jkonetstar as jk
import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

OBSERVED, PREDICTED, INK = "#7d8594", "#d9480f", "#22262b"
DAYS = ["0 to 3", "6 to 9", "12 to 15", "18 to 21", "24 to 27"]
plt.rcParams.update(
    {
        "font.size": 10,
        "axes.titlesize": 10.5,
        "figure.titlesize": 13,
        "axes.edgecolor": "#b4b8bf",
        "axes.labelcolor": INK,
        "text.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "hatch.linewidth": 0.5,
        "savefig.dpi": 150,
        "savefig.bbox": "tight",
    }
)


def wavy_plateau(
    out: Path, models: dict[str, jk.JKOnetStar], train: jk.Snapshots, test: jk.Snapshots
) -> Iterator[Path]:
    """Draw what was learned of the wavy plateau."""
    yield _energies(out / "wavy_plateau_energy.png", models, train)
    yield _rollouts(out / "wavy_plateau_prediction.png", models, test)
    yield _loss(out / "wavy_plateau_loss.png", models["network"], "Wavy plateau: training the network")


def cells(out: Path, model: jk.JKOnetStar, test: jk.Snapshots) -> Iterator[Path]:
    """Draw where the cells went and where they were predicted."""
    yield _cells(out / "cells_prediction.png", model, test)
    yield _loss(out / "cells_loss.png", model, "Cells: training the time-varying network")


def _energies(path: Path, models: dict[str, jk.JKOnetStar], train: jk.Snapshots) -> Path:
    truth = jk.functionals["wavy_plateau"]
    axis = np.linspace(-4, 4, 201)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    levels = np.arange(-8, 25, 2.0)
    figure, axes = plt.subplots(
        1, 1 + len(models), figsize=(3.9 * (1 + len(models)), 4.5), sharex=True, sharey=True, layout="constrained"
    )
    _level_curves(axes[0], axis, truth(grid), levels)
    axes[0].set(title="true energy, the one simulated", ylabel="$x_2$")
    for panel, (name, model) in zip(axes[1:], models.items()):
        # The condition is evaluated where steps end (implicit) or begin (explicit): only there V is learned.
        seen = list(train)[1:] if model.scheme == "implicit" else list(train)[:-1]
        x = np.concatenate([snapshot.points for snapshot in seen])
        constant = np.median(truth(x) - model.potential_(x))
        _level_curves(panel, axis, model.potential_(grid) + constant, levels)
        error = np.median(np.abs(model.potential_(x) + constant - truth(x)))
        panel.set(title=f"{name if ',' in name else name + ', explicit'}: median error {error:.2f}")
        _hatch_outside(panel, x.min(0), x.max(0))
    for panel in axes:
        panel.set(xlabel="$x_1$", aspect=1, xlim=(-4, 4), ylim=(-4, 4))
    colors = figure.colorbar(axes[0].collections[0], ax=axes, shrink=0.85, pad=0.01)
    colors.set_label("V, up to an additive constant")
    figure.suptitle("Wavy plateau: the energy and what was learned of it (hatched: no training points)")
    return _save(figure, path)


def _level_curves(
    panel: Axes, axis: NDArray[np.float64], values: NDArray[np.float64], levels: NDArray[np.float64]
) -> None:
    values = values.reshape(len(axis), len(axis))
    panel.contourf(axis, axis, values, levels, cmap="viridis", extend="both")
    panel.contour(axis, axis, values, levels, colors="white", linewidths=0.5, alpha=0.6, linestyles="solid")


def _hatch_outside(panel: Axes, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    style: dict[str, Any] = {"facecolor": "#f4f5f6", "edgecolor": "#c3c7cd", "hatch": "////", "linewidth": 0}
    panel.axvspan(-4, low[0], **style)
    panel.axvspan(high[0], 4, **style)
    panel.fill_between([low[0], high[0]], -4, low[1], **style)
    panel.fill_between([low[0], high[0]], high[1], 4, **style)


def _rollouts(path: Path, models: dict[str, jk.JKOnetStar], test: jk.Snapshots) -> Path:
    steps = len(test) - 1
    size = (3.1 * steps, 3.3 * len(models))
    figure, axes = plt.subplots(len(models), steps, figsize=size, sharex=True, sharey=True, layout="constrained")
    for row, (name, model) in zip(axes, models.items()):
        predicted = model.predict(test[0].points, steps=steps)
        for k, panel in enumerate(row, start=1):
            distance = jk.emd(predicted[k], test[k].points)
            _overlay(panel, test[k].points, predicted[k])
            panel.set(title=f"t = {test.times[k]:.2f}, EMD {distance:.4f}", aspect=1)
        row[0].set_ylabel(f"{name}\n$x_2$")
    for panel in axes[-1]:
        panel.set_xlabel("$x_1$")
    _legend(figure, axes.flat[0])
    figure.suptitle("Wavy plateau: test particles predicted from t = 0 alone, and those observed")
    return _save(figure, path)


def _cells(path: Path, model: jk.JKOnetStar, test: jk.Snapshots) -> Path:
    steps = len(test) - 1
    figure, axes = plt.subplots(1, steps, figsize=(3.7 * steps, 4.3), sharex=True, sharey=True, layout="constrained")
    for k, panel in enumerate(axes):
        predicted = model.predict(test[k].points, t0=test.times[k])[1]
        distance = jk.emd(predicted, test[k + 1].points)
        _overlay(panel, test[k + 1].points, predicted)
        panel.set(title=f"days {DAYS[k]} > {DAYS[k + 1]}: EMD {distance:.3f}", xlabel="component 1")
    axes[0].set_ylabel("component 2")
    _legend(figure, axes[0])
    figure.suptitle("Cells: test cells moved one step ahead, and those observed then (2 of 5 components)")
    return _save(figure, path)


def _loss(path: Path, model: jk.JKOnetStar, title: str) -> Path:
    losses = model.history_
    figure, panel = plt.subplots(figsize=(7, 3.8), layout="constrained")
    panel.plot(np.arange(1, len(losses) + 1), losses, color=PREDICTED, linewidth=1.2)
    panel.set(yscale="log", xlim=(0, len(losses)), title=title)
    panel.set(xlabel="epoch", ylabel="objective (length$^2$)")
    if losses.max() < 30 * losses.min():
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter("{x:g}")
    panel.grid(axis="y", color="#e3e5e8", linewidth=0.6)
    end = (len(losses), losses[-1])
    panel.annotate(f"{losses[-1]:.2g}", end, xytext=(4, 0), textcoords="offset points", va="center")
    return _save(figure, path)


def _overlay(panel: Axes, observed: NDArray[np.float64], predicted: NDArray[np.float64]) -> None:
    rings: dict[str, Any] = {"s": 16, "facecolors": "none", "edgecolors": OBSERVED, "linewidths": 0.6, "alpha": 0.8}
    panel.scatter(observed[:, 0], observed[:, 1], label="observed", **rings)
    panel.scatter(predicted[:, 0], predicted[:, 1], s=3.5, color=PREDICTED, linewidths=0, label="predicted")


def _legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, markerscale=2)


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path)
    plt.close(figure)
    return path
