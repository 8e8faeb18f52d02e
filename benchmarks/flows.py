"""Flows of given energies, and draws from their limits, beside exact solutions, particles and other programs: tables.

    make bench-flows
    .venv/bin/python benchmarks/flows.py --parts gaussians --dimensions 1 2 6 --seeds 3

The parts are Ornstein-Uhlenbeck processes (`gaussians`), flows to mixtures with modes apart (`mixtures`), a porous
medium (`porous`) and Bayesian logistic regression by Langevin draws, beside NUTS where NumPyro is installed
(`posterior`). Columns ICNN and "their kernels" are published figures of Mokrov et al. 2021, arXiv:2106.00736.
"""

from __future__ import annotations

import argparse
import time
from typing import Callable

import flow_gaussians
import flow_mixtures
import flow_porous
import flow_posterior

#: What is measured without options.
DIMENSIONS = {"gaussians": flow_gaussians.DIMENSIONS, "mixtures": (2, 4, 6), "porous": (1, 2, 5)}


def main() -> None:
    """Print the tables of the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = ("gaussians", "mixtures", "porous", "posterior")
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    parser.add_argument("--dimensions", nargs="+", type=int, help="instead of those of each part")
    parser.add_argument("--seeds", type=int, default=1, help="processes or targets of each dimension")
    parser.add_argument("--steps", nargs="+", type=float, default=[0.2, 0.1, 0.05], help="of the porous medium")
    parser.add_argument("--draws", nargs="+", type=int, default=[1000, 10_000], help="of each Langevin chain")
    options = parser.parse_args()

    def chosen(part: str) -> list[int]:
        return options.dimensions or list(DIMENSIONS[part])

    measures: dict[str, Callable[[], None]] = {
        "gaussians": lambda: flow_gaussians.measure(chosen("gaussians"), options.seeds),
        "mixtures": lambda: flow_mixtures.measure(chosen("mixtures"), options.seeds),
        "porous": lambda: flow_porous.measure(chosen("porous"), options.steps),
        "posterior": lambda: flow_posterior.measure(options.draws),
    }
    for part in options.parts:
        began = time.perf_counter()
        print(f"\n== {part}", flush=True)
        measures[part]()
        print(f"\n{part}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
