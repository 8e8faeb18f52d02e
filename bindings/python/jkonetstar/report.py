"""What a model says of itself once it is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._advice import share
from ._arrays import plural


@dataclass(frozen=True, repr=False)
class FitReport:
    """How well a fitted model predicts its own training snapshots one step ahead, on a sample of the particles.

    At most 256 particles of a snapshot and twelve transitions are looked at. W1 and energy distance are in length, and
    all figures of predictions are means over these transitions. Printed, it is a small table.

    Attributes
    ----------
    one_step, nothing_moves, floor : float
        W1 between prediction and observation, W1 if nothing moves, and W1 between two parts of the observed snapshot
        that share no particle: what is left of the distance for a perfect model.
    energy_distance, nothing_moves_energy_distance, floor_energy_distance : float
        The unbiased energy distance of the same pairs; nan for snapshots of a single particle.
    variance_ratio, nothing_moves_variance_ratio : float
        The trace of the covariance of the prediction over that of the observation: below 1 predictions are too narrow.
    worse : bool
        Whether predictions are worse than if nothing moved.
    folded : float
        Share of the particles at which the one-step map turns over; nan where that is not known.
    unconverged : float
        Share of the implicit steps that did not converge.
    first_loss, final_loss : float
        The objective of the first epoch, and its mean over the last tenth of the epochs, in length^2; the same number
        for closed forms.
    unfinished : bool
        Whether the objective still fell by more than a twentieth in the last tenth of the epochs.
    identified : bool or None
        Whether the data can tell the terms of a linear energy apart, as in `observability`; None for one term, and for
        networks.
    transitions : int
        How many transitions were looked at.
    narrow : bool
        Whether W1 is below the floor because predictions are too narrow: the variance ratio is below 1 by more than
        chance, and the energy distance above its floor.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).normal(size=(600, 2))
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> model.fit(np.concatenate([x0, 0.5 * x0]), time=np.repeat([0.0, 1.0], 600)).report_
    FitReport of 1 transition
      one step ahead    W1        energy distance   variance ratio
      predictions       0.0819    -0.00446          0.902
      nothing moves     0.57      0.111             3.61
      floor             0.131     0.000785
      folded 0 %, unconverged 0 %
    """

    one_step: float
    nothing_moves: float
    floor: float
    energy_distance: float
    nothing_moves_energy_distance: float
    floor_energy_distance: float
    variance_ratio: float
    nothing_moves_variance_ratio: float
    worse: bool
    folded: float
    unconverged: float
    first_loss: float
    final_loss: float
    unfinished: bool
    identified: bool | None
    transitions: int
    narrow: bool = False

    @property
    def diverged(self) -> bool:
        """Whether the objective ended a thousand times above that of an energy which moves nothing, or as no number.

        That one is the mean squared displacement, at least the square of the W1 between snapshots; networks that have
        hardly been trained are some ten times above it. Where it began
        tells less: a first epoch may have diverged already, and steps along the rollout change what is minimised.
        """
        return not self.final_loss <= 1000 * self.nothing_moves**2 and self.first_loss != self.final_loss

    def __repr__(self) -> str:
        rows = (
            ("one step ahead", "W1", "energy distance", "variance ratio"),
            ("predictions", _shown(self.one_step), _shown(self.energy_distance), _shown(self.variance_ratio)),
            (
                "nothing moves",
                _shown(self.nothing_moves),
                _shown(self.nothing_moves_energy_distance),
                _shown(self.nothing_moves_variance_ratio),
            ),
            ("floor", _shown(self.floor), _shown(self.floor_energy_distance), ""),
        )
        lines = [f"FitReport of {plural(self.transitions, 'transition')}"]
        lines += [f"  {name:<16}  {w1:<9} {energy:<16}  {ratio}".rstrip() for name, w1, energy, ratio in rows]
        folded = "folded unknown" if np.isnan(self.folded) else f"folded {share(self.folded)}"
        lines.append(f"  {folded}, unconverged {share(self.unconverged)}")
        if self.final_loss != self.first_loss:
            state = ", diverged" if self.diverged else ", still falling" if self.unfinished else ""
            lines.append(f"  loss {_shown(self.first_loss)} -> {_shown(self.final_loss)}{state}")
        if self.narrow:
            lines.append("  too narrow: W1 below the floor is no merit (docs/warnings.md#narrow-predictions)")
        if self.identified is not None:
            lines.append(f"  terms {'can' if self.identified else 'cannot'} be told apart: see observability()")
        return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:.3g}"
