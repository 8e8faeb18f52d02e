"""The pictures of the demo: energies as level curves, populations predicted and observed, training losses."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import jkonetstar as jk
import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

SHARED = {"sharex": True, "sharey": True, "layout": "constrained"}
OBSERVED, PREDICTED, INK = "#8a8f98", "#d9480f", "#22262b"
plt.rcParams.update(
    {
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.edgecolor": "#b4b8bf",
        "axes.labelcolor": INK,
        "text.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.dpi": 100,
        "savefig.dpi": 150,
        "savefig.bbox": "tight",
    }
)


def wavy_plateau(out: Path, models: dict[str, jk.JKOnetStar], test: jk.Snapshots) -> Iterator[Path]:
    """Draw what was learned of the wavy plateau."""
    yield _energies(out / "wavy_plateau_energy.png", models)
    yield _rollouts(out / "wavy_plateau_prediction.png", models, test)
    yield _loss(out / "wavy_plateau_loss.png", models["network"], "Wavy plateau: training the network")


def cells(out: Path, model: jk.JKOnetStar, test: jk.Snapshots) -> Iterator[Path]:
    """Draw where the cells went and where they were predicted."""
    yield _cells(out / "cells_prediction.png", model, test)
    yield _loss(out / "cells_loss.png", model, "Cells: training the time-varying network")


def _energies(path: Path, models: dict[str, jk.JKOnetStar]) -> Path:
    axis = np.linspace(-4, 4, 161)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    truth = jk.functionals["wavy_plateau"](grid)
    fields = {"true energy": truth, **{f"learned: {name}": m.potential(grid) for name, m in models.items()}}
    levels = np.linspace(truth.min(), truth.min() + 60, 21)
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.4), **SHARED)
    for panel, (name, values) in zip(axes, fields.items()):
        shifted = (values - np.median(values - truth)).reshape(161, 161)
        filled = panel.contourf(axis, axis, shifted, levels, cmap="viridis", extend="both")
        panel.contour(axis, axis, shifted, levels[::2], colors="white", linewidths=0.5, alpha=0.6)
        error = np.median(np.abs(shifted.ravel() - truth))
        panel.set(
            title=name if values is truth else f"{name} (median error {error:.2f})", xlabel="$x_1$", aspect=1
        )
    axes[0].set_ylabel("$x_2$")
    figure.colorbar(filled, ax=axes, label="V, up to an additive constant (length$^2$/time)", shrink=0.9)
    figure.suptitle("Wavy plateau: level curves of the energy, true and learned from shuffled snapshots")
    return _save(figure, path)


def _rollouts(path: Path, models: dict[str, jk.JKOnetStar], test: jk.Snapshots) -> Path:
    steps = len(test) - 1
    figure, axes = plt.subplots(
        len(models),
        steps,
        figsize=(2.9 * steps, 3.2 * len(models)),
        sharex=True,
        sharey=True,
        layout="constrained",
    )
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
    figure.suptitle("Wavy plateau: test particles predicted from t = 0 alone, over those observed")
    return _save(figure, path)


def _cells(path: Path, model: jk.JKOnetStar, test: jk.Snapshots) -> Path:
    steps = len(test) - 1
    figure, axes = plt.subplots(1, steps, figsize=(3.4 * steps, 3.9), **SHARED)
    for k, panel in enumerate(axes):
        predicted = model.predict(test[k].points, t0=test.times[k])[1]
        distance = jk.emd(predicted, test[k + 1].points)
        _overlay(panel, test[k + 1].points, predicted, size=3)
        panel.set(title=f"interval {k + 1}, EMD {distance:.3f}", xlabel="component 1")
    axes[0].set_ylabel("component 2")
    _legend(figure, axes[0])
    figure.suptitle("Cells: test cells of each interval moved one step, over those observed in the next")
    return _save(figure, path)


def _loss(path: Path, model: jk.JKOnetStar, title: str) -> Path:
    losses = model.history_
    figure, panel = plt.subplots(figsize=(7, 3.8), layout="constrained")
    panel.plot(np.arange(1, len(losses) + 1), losses, color=PREDICTED, linewidth=1.2)
    panel.set(
        yscale="log", xlabel="epoch", ylabel="objective (length$^2$)", title=title, xlim=(0, len(losses))
    )
    panel.grid(axis="y", color="#e3e5e8", linewidth=0.6)
    panel.annotate(
        f"{losses[-1]:.2g}", (len(losses), losses[-1]), xytext=(4, 0), textcoords="offset points", va="center"
    )
    return _save(figure, path)


def _overlay(panel: plt.Axes, observed: np.ndarray, predicted: np.ndarray, size: float = 6) -> None:
    panel.scatter(*observed[:, :2].T, s=2 * size, color=OBSERVED, alpha=0.45, linewidths=0, label="observed")
    panel.scatter(*predicted[:, :2].T, s=size, color=PREDICTED, alpha=0.6, linewidths=0, label="predicted")


def _legend(figure: plt.Figure, panel: plt.Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    legend = figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, markerscale=2)
    for handle in legend.legend_handles:
        handle.set_alpha(1)


def _save(figure: plt.Figure, path: Path) -> Path:
    figure.savefig(path)
    plt.close(figure)
    return path
