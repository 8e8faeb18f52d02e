"""How well closed forms recover the energy of a published simulation, whose paths are known.

    make bench-recovery

310 particles in two coordinates under a potential, a Gaussian attraction and noise (double_well/cis.npz of the shared
data, or JKONETSTAR_COURSES). Their paths, frame by frame, give the truth: a regression of displacements on monomials up
to total degree 4 and on the mean attraction of a Gaussian of width 1, whose residuals are beta's. Fits see the
particles of every k-th frame, unpaired; U is learned as the Gaussian that it is, or without that knowledge. Printed are
the errors of grad V over all particles and of grad U over differences of particles, relative to their size and as
1 - R^2 of the best multiple, which compares patterns without their strength, and beta over its truth.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import jkonetstar as jk
import numpy as np
from courses import COURSES
from numpy.typing import NDArray

Array = NDArray[np.float64]
WIDTH = 1.0
POWERS = [(a, b) for a in range(5) for b in range(5 - a) if a + b > 0]


def monomials(x: Array) -> Array:
    """Return the gradients of x^a y^b, shape (n, 2, 14)."""
    return np.stack(
        [
            np.stack([a * x[:, 0] ** max(a - 1, 0) * x[:, 1] ** b, b * x[:, 0] ** a * x[:, 1] ** max(b - 1, 0)], axis=1)
            for a, b in POWERS
        ],
        axis=-1,
    )


def bell(differences: Array) -> Array:
    """Return the gradient of exp(-|z|^2 / (2 width^2))."""
    squares = (differences**2).sum(-1, keepdims=True)
    return np.asarray(-differences / WIDTH**2 * np.exp(-squares / (2 * WIDTH**2)))


class Truth(NamedTuple):
    """The energy of the paths, by the frame."""

    potential: Array
    strength: float
    beta: float

    def slope(self, x: Array) -> Array:
        """Return grad V."""
        return np.asarray(monomials(x) @ self.potential)

    def attraction(self, z: Array) -> Array:
        """Return grad U."""
        return self.strength * bell(z)


def regression(paths: Array) -> Truth:
    """Return the energy that explains the displacements of particles whose paths are known, shape (frames, n, 2)."""
    rows, moves = [], []
    for here, there in zip(paths, paths[1:]):
        mean = bell(here[:, None] - here).mean(1)
        rows.append(np.concatenate([monomials(here), mean[..., None]], axis=-1).reshape(-1, len(POWERS) + 1))
        moves.append((here - there).ravel())
    design, moved = np.concatenate(rows), np.concatenate(moves)
    solution = np.linalg.lstsq(design, moved, rcond=None)[0]
    return Truth(solution[:-1], float(solution[-1]), float(np.mean((moved - design @ solution) ** 2) / 2))


def compared(found: Array, truth: Array) -> str:
    """Return the relative error and 1 - R^2 of the best multiple."""
    error = np.linalg.norm(found - truth) / np.linalg.norm(truth)
    cosine = np.vdot(found, truth) / (np.linalg.norm(found) * np.linalg.norm(truth))
    return f"{error:.2f} ({max(0.0, 1 - cosine**2):.2f})"


def main() -> None:
    """Print a line per interval, interaction and scheme."""
    warnings.simplefilter("ignore")  # The table says how wrong the fits are.
    paths = np.load(COURSES / "double_well" / "cis.npz")["trajectories"]
    truth, rng = regression(paths), np.random.default_rng(0)
    terms = [f"{value:+.4f} x^{a} y^{b}" for value, (a, b) in zip(truth.potential, POWERS) if abs(value) > 2e-3]
    print(f"by the frame: V = {' '.join(terms)}, U = {truth.strength:.3f} exp(-|z|^2 / 2), beta = {truth.beta:.5f}\n")
    polynomial = jk.Linear(4, polynomial_total=True, radial=None)
    interactions = {
        "none": None,
        "its Gaussian": jk.Linear(0, radial=jk.Radial(grid=1, width=WIDTH * 2**0.5)),
        "5 x 5 bumps": jk.Linear(0, radial=jk.Radial(grid=5)),
    }
    print("| every | U | scheme | grad V | grad U | beta / truth |\n|" + "---|" * 6)
    for every in (20, 10, 5):
        frames = paths[::every]
        X = np.concatenate([rng.permutation(frame) for frame in frames])
        times = np.repeat(every * np.arange(len(frames), dtype=float), len(paths[0]))
        differences = X[rng.integers(len(X), size=4000)] - X[rng.integers(len(X), size=4000)]
        for name, interaction in interactions.items():
            for scheme in ("explicit", "midpoint"):
                model = jk.JKOnetStar(polynomial, interaction=interaction, internal=True, scheme=scheme)
                model.fit(X, times, report=False)
                slope = compared(model.potential_.gradient(X), truth.slope(X))
                attraction = (
                    ""
                    if interaction is None
                    else compared(model.interaction_.gradient(differences), truth.attraction(differences))
                )
                ratio = model.beta_ / truth.beta
                print(f"| {every} | {name} | {scheme} | {slope} | {attraction} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
