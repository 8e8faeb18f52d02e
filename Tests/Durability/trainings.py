"""Trainings that keep checkpoints: networks and flows. Each goes on from what is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import jkonetstar as jk
import numpy as np
from writers import course


@dataclass
class Training:
    name: str
    #: Trains with a checkpoint, from which it goes on if it is there; returns the bits of the result.
    fit: Callable[[Path], bytes]
    read: Callable[[Path], Any]


def networks(name: str, epochs: int = 6, validation: Any = None, **options: Any) -> Training:
    def fit(path: Path) -> bytes:
        checkpoint = jk.Checkpoint(path, every=1, resume=True)
        adam = jk.Adam(epochs, batch_size=20, checkpoint=checkpoint, validation=validation)
        model = jk.JKOnetStar("mlp", hidden=(3,), training=adam, random_state=1, **{**USUAL, **options})
        with np.errstate(all="ignore"):
            model.fit(*course(), report=False)
        x = np.random.default_rng(1).normal(size=(20, 2))
        return model.predict(x, steps=2).tobytes() + model.history_.tobytes()

    return Training(name, fit, jk.load)


def flows(name: str, **options: Any) -> Training:
    def fit(path: Path) -> bytes:
        mixture = jk.GaussianMixture.of([1.0], [[0.0, 0.3]], [0.2 * np.eye(2)])
        flow = jk.WassersteinFlow(
            "sphere", beta=0.4, step=0.02, steps=6, particles=100, random_state=0, **options
        ).fit(mixture, checkpoint=jk.Checkpoint(path, resume=True))  # fmt: skip
        x = np.random.default_rng(1).normal(size=(20, 2)) / 2
        parts = (flow.times_, flow.energies_, flow.transport(x), flow.sample(10))
        return b"".join(part.tobytes() for part in parts)

    return Training(name, fit, jk.WassersteinFlow.load)


def all_kinds(long: bool) -> list[Training]:
    """Return the kinds of trainings; a short test does without those that write in the same way as others."""
    found = [
        networks("network"),
        networks("validated network", validation=jk.Validation("emd", every=2)),
        flows("flow", components=2),
    ]
    if long:
        found += [
            networks("network along the rollout", epochs=8, rollout_weight=0.5),
            networks("network whose dependence on time is left to the data", time_varying=None),
            networks("interaction", interaction="mlp"),
            flows("flow by network", method="network", hidden=(4,), rank=1, iterations=5, batch_size=30),
            flows("flow of second order", scheme="bdf2", components=2),
        ]
    return found


USUAL = {"rollout_weight": 0.0, "time_varying": False}
