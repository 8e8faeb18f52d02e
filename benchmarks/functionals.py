"""One-step-ahead EMD on all fifteen functionals: the default network, the paper's settings in both schemes, linear V.

A table of docs/results.md.
"""

from __future__ import annotations

import argparse

import jkonetstar as jk
import numpy as np

#: The paper's networks, and how it trains them: on observed steps alone.
PAPER = {
    "potential": jk.MLP(activation="softplus"),
    "training": jk.Adam(epochs=1000, batch_size=250, learning_rate=1e-3, schedule="constant"),
    "rollout_weight": 0.0,
    "time_varying": False,
}

MODELS = {
    "network": {},
    "network, implicit": {**PAPER, "scheme": "implicit"},
    "network, explicit": {**PAPER, "scheme": "explicit"},
    "linear, implicit": {"potential": "linear", "scheme": "implicit"},
    "linear, explicit": {"potential": "linear", "scheme": "explicit"},
}

#: The default, and what else might be.
VARIANTS = {
    "default": {},
    "every rollout": {"rollout_weight": 0.25},
    "no rollout": {"rollout_weight": 0.0},
    "2,000 epochs": {"training": jk.Adam(epochs=2000)},
    "wide": {"potential": jk.MLP((256, 256))},
    "deep": {"potential": jk.MLP((64, 64, 64))},
    "tanh": {"potential": jk.MLP(activation="tanh")},
    "exact last layer": {"training": jk.Adam(last_layer="exact")},
    "implicit": {"scheme": "implicit"},
}


def populations(functional: str, seed: int) -> tuple[jk.Snapshots, jk.Snapshots]:
    """Simulate 2,000 particles for five steps; return unpaired halves for training and testing."""
    x0 = np.random.default_rng(seed).uniform(-4, 4, (2000, 2))
    paths = jk.simulate(x0, potential=functional, dt=0.01, steps=5)
    series = jk.Snapshots(paths.reshape(-1, 2), np.repeat(0.01 * np.arange(6), 2000))
    train, test = series.split(0.5, by="trajectories", random_state=seed)
    return train.shuffle(random_state=seed), test.shuffle(random_state=seed)


def main() -> None:
    """Print a line per functional, and geometric means relative to the first column."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--functionals", nargs="+", choices=list(jk.functionals), default=list(jk.functionals))
    parser.add_argument("--variants", action="store_true", help="variants of the default instead of the paper's models")
    options = parser.parse_args()
    columns = VARIANTS if options.variants else MODELS
    print(f"{'':18}" + "".join(f"{name:>20}" for name in columns))
    table = []
    for functional in options.functionals:
        train, test = populations(functional, options.seed)
        models = [jk.JKOnetStar(**column).fit(train) for column in columns.values()]
        table.append([model.evaluate(test).one_step.mean() for model in models])
        print(f"{functional:18}" + "".join(f"{error:20.5f}" for error in table[-1]), flush=True)
    means = np.exp(np.log(table).mean(axis=0))
    print(f"{'relative mean':18}" + "".join(f"{mean / means[0]:20.3f}" for mean in means))


if __name__ == "__main__":
    main()
