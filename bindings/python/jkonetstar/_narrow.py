"""Predictions that are closer than a perfect model's because they are too narrow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._advice import advise
from .snapshots import Snapshots

#: So many standard errors are more than chance.
_BEYOND_CHANCE = 2.0


def are_narrow(
    w1: NDArray[np.float64],
    floor: NDArray[np.float64],
    energy: NDArray[np.float64],
    floor_energy: NDArray[np.float64],
    ratio: NDArray[np.float64],
    chance: float,
) -> bool:
    """Whether predictions are below the floor because they are too narrow; each array has an element for each of them.

    Between samples of many coordinates, W1 is mostly the distance of a particle from its nearest neighbours, which are
    nearer where the prediction has contracted. A prediction that deserves to be below the floor is as wide as what was
    observed, and its energy distance is that of two samples, up to chance.

    Parameters
    ----------
    w1, floor : ndarray
        W1 to what was observed, of the predictions and of another sample of the same population.
    energy, floor_energy : ndarray
        Energy distances, likewise.
    ratio : ndarray
        The total variance of each prediction over that of the observation.
    chance : float
        The standard error of the mean of these ratios.
    """
    known = np.isfinite([w1, floor, energy, floor_energy, ratio]).all(axis=0)
    if not known.any():
        return False
    w1, floor, energy, floor_energy, ratio = (
        np.asarray(values)[known] for values in (w1, floor, energy, floor_energy, ratio)
    )
    # Energy distances between samples of one population are 0 on average, and those of the floor show how they scatter.
    scatter = float(np.sqrt((floor_energy**2).mean() / len(floor_energy)))
    return bool(
        w1.mean() < floor.mean()
        and ratio.mean() < 1 - _BEYOND_CHANCE * chance
        and energy.mean() > floor_energy.mean() + _BEYOND_CHANCE * scatter
    )


def chance_of_ratios(series: Snapshots, most: int | None = None) -> float:
    """Return the standard error of the mean variance ratio of predictions of snapshots that are moved one step.

    It is that of the total variances of two samples of the size of both snapshots, of at most so many particles, which
    are as far from their centre as the particles observed.
    """
    errors = []
    for snapshot in series:
        offsets = snapshot.points - snapshot.weights @ snapshot.points
        # Ratios do not depend on the unit, and squares and their squares may overflow or vanish in another.
        squares = ((offsets / max(np.abs(offsets).max(), np.finfo(float).tiny)) ** 2).sum(axis=1)
        mean = float(snapshot.weights @ squares)
        count = 1 / float((snapshot.weights**2).sum())
        count = count if most is None else min(count, most)
        spread = float(snapshot.weights @ (squares - mean) ** 2)
        errors.append(spread / mean**2 / count if mean > 0 else np.inf)
    pairs = np.array(errors[:-1]) + np.array(errors[1:])
    return float(np.sqrt(pairs.sum()) / len(pairs))


def advise_on_narrow(w1: float, floor: float, energy: float, ratio: float, steps: int) -> None:
    """Warn of predictions that are too narrow."""
    advise(
        f"W1 of {_arrays.plural(steps, 'step')} is {w1:.3g} on average, below the floor of {floor:.3g}, because the "
        f"predictions are too narrow: their variance is {ratio:.3g} of that observed, and their energy distance is "
        f"{energy:.3g}, above that of two samples",
        ["comparing by energy distance and variance ratio", "fewer coordinates, such as five components of cells"],
        "narrow-predictions",
    )
