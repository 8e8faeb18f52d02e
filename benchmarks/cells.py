"""One-step-ahead EMD on the embryoid-body cells, every potential and scheme, five seeds: a table of docs/results.md."""

from __future__ import annotations

import os
from pathlib import Path

import jkonetstar as jk
import numpy as np
from functionals import MODELS

CELLS = Path(os.environ.get("JKONETSTAR_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data" / "eb")


def main() -> None:
    """Print a line per model."""
    series = jk.Snapshots.load(CELLS)
    for name, options in MODELS.items():
        # On the cells the paper trains for 100 epochs.
        options = {**options, "training__epochs": 100, "time_varying": True} if "training" in options else options
        errors = []
        for seed in range(5):
            train, test = series.split(0.4, by="times", random_state=seed)
            model = jk.JKOnetStar(time_varying=True, random_state=seed).set_params(**options).fit(train)
            errors.append(model.evaluate(test).one_step.mean())
        print(f"{name:20}{np.mean(errors):8.4f} +- {np.std(errors, ddof=1):.4f}", flush=True)


if __name__ == "__main__":
    main()
