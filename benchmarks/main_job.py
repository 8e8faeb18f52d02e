"""Time the stages of the main job, each repeated, with a peer beside the exact plan.

    make bench

Prints medians over repeated runs. The peer is POT's `ot.emd` on the cost matrix of `ot.dist`: the same points, the
same run, one thread each.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

import jkonetstar as jk
import numpy as np
import ot


def median_seconds(work, repeats: int) -> float:
    """Return the median wall-clock time of a call."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="runs per figure (default 5)")
    parser.add_argument(
        "--epochs",
        type=int,
        default=100,
        help="epochs of the timed training (default 100)",
    )
    options = parser.parse_args()

    x0 = np.random.default_rng(0).uniform(-4, 4, (2000, 2))
    paths = jk.simulate(x0, potential="wavy_plateau", dt=0.01, steps=5)
    series = jk.Snapshots(paths.reshape(-1, 2), np.repeat(0.01 * np.arange(6), 2000))
    train, test = (part.shuffle() for part in series.split(0.5, by="trajectories"))
    x, y = train[0].points, train[1].points

    network = jk.JKOnetStar(epochs=options.epochs)
    linear = jk.JKOnetStar(potential="linear")
    network.fit(train)
    linear.fit(train)

    def peer_plan():
        uniform = np.full(len(x), 1 / len(x))
        ot.emd(uniform, uniform, ot.dist(x, y), numItermax=10_000_000, numThreads=1)

    jobs = [
        (
            "simulate 2,000 particles, 5 steps",
            lambda: jk.simulate(x0, potential="wavy_plateau"),
            None,
        ),
        (
            "exact plan, 1,000 x 1,000",
            lambda: jk.optimal_transport(x, y),
            peer_plan,
        ),
        (f"fit network, {options.epochs} epochs", lambda: network.fit(train), None),
        ("fit linear features", lambda: linear.fit(train), None),
        (
            "predict 1,000 particles, 5 steps, network",
            lambda: network.predict(test[0].points, steps=5),
            None,
        ),
        (
            "predict 1,000 particles, 5 steps, linear",
            lambda: linear.predict(test[0].points, steps=5),
            None,
        ),
        (
            "evaluate: 15 distances of 1,000 x 1,000",
            lambda: network.evaluate(test),
            None,
        ),
    ]
    print(f"libjkonetstar {jk.version()}, {jk.get_num_threads()} threads, medians of {options.repeats} runs")
    print(f"{'':48}{'seconds':>10}{'POT':>10}{'ratio':>8}")
    for name, work, peer in jobs:
        # Beside a peer, which has one thread, we have one too.
        jk.set_num_threads(1 if peer else 0)
        ours = median_seconds(work, options.repeats)
        line = f"{name:48}{ours:10.4f}"
        if peer:
            theirs = median_seconds(peer, options.repeats)
            line += f"{theirs:10.4f}{theirs / ours:8.1f}"
        print(line)
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
