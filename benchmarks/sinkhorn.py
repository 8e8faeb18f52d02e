"""Time entropic plans beside ott-jax and POT: the same points, epsilon and marginal error, one run, one core each.

    make bench-sinkhorn
    .venv/bin/python benchmarks/sinkhorn.py --sizes 1000 5000 --dimensions 2 --cases step --limit 30

Cases are those of transport.py. Epsilon is a twentieth of the mean squared distance, the default of this library, and
every method runs until the larger L1 error of the two marginals is at most the tolerance. What a method says about
that is not asked: the error and the cost of its plan are computed afterwards from its potentials (or its matrix) by
the same sums in double precision. A star marks a plan that misses the tolerance by more than a tenth.

ours      jk.optimal_transport(method="sinkhorn"), defaults
ott 64    ott.solvers.linear.sinkhorn, jitted, float64, cost matrix in memory; compiled before the clock starts
ott 32    the same in float32
online    the same in float64 with costs computed in batches of rows, for a memory of O(n)
pot log   ot.sinkhorn(method="sinkhorn_log"), cost matrix included in its time
pot       ot.sinkhorn(method="sinkhorn"), which underflows for small epsilons

Every measurement has a process of its own on one core. Seconds are the median of three runs where one takes less than
two seconds. A peer over the limit is not tried on larger populations of the same case and dimension.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Callable, NamedTuple

import transport

MOST_ITERATIONS = 1_000_000
BATCH = 1024

# Read when XLA starts, which happens in the measured processes only.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"


class Measurement(NamedTuple):
    """What one method needed; infinite seconds are over the limit, no number means that it failed."""

    seconds: float
    error: float = math.nan
    cost: float = math.nan
    compilation: float = math.nan

    def column(self, tolerance: float, limit: float) -> str:
        """Return the seconds as a table shows them."""
        if math.isnan(self.seconds):
            return "failed"
        if math.isinf(self.seconds):
            return f"> {limit:g}"
        return f"{self.seconds:.3f}" + ("" if self.reaches(tolerance) else "*")

    def reaches(self, tolerance: float) -> bool:
        """Return whether the plan is as exact as asked for."""
        return self.error <= 1.1 * tolerance


# --- methods: (x, y, epsilon, tolerance) -> (solve, seconds of compilation); solve() -> f, g or a matrix --------------


def ours(x, y, epsilon: float, tolerance: float):
    """Return the plan of this library."""
    import jkonetstar as jk
    import numpy as np

    jk.set_num_threads(1)

    def solve():
        plan = jk.optimal_transport(x, y, method="sinkhorn", epsilon=epsilon, tolerance=tolerance)
        return plan.dual_x - epsilon * np.log(len(x)), plan.dual_y - epsilon * np.log(len(y))

    return solve, math.nan


def _ott(x, y, epsilon: float, tolerance: float, double: bool, batch: int | None):
    import jax

    jax.config.update("jax_enable_x64", double)
    import jax.numpy as jnp
    from ott.geometry import pointcloud
    from ott.problems.linear import linear_problem
    from ott.solvers.linear import sinkhorn

    kind = jnp.float64 if double else jnp.float32
    x, y = jnp.asarray(x, kind), jnp.asarray(y, kind)
    solver = sinkhorn.Sinkhorn(threshold=tolerance, max_iterations=MOST_ITERATIONS)

    def run(x, y):
        geometry = pointcloud.PointCloud(x, y, epsilon=epsilon, batch_size=batch)
        result = solver(linear_problem.LinearProblem(geometry))
        return result.f, result.g

    start = time.perf_counter()
    compiled = jax.jit(run).lower(x, y).compile()
    compilation = time.perf_counter() - start
    return lambda: jax.block_until_ready(compiled(x, y)), compilation


def ott64(*arguments):
    """Return ott-jax in float64 on a cost matrix."""
    return _ott(*arguments, double=True, batch=None)


def ott32(*arguments):
    """Return ott-jax in float32 on a cost matrix."""
    return _ott(*arguments, double=False, batch=None)


def online(*arguments):
    """Return ott-jax in float64 without a cost matrix."""
    return _ott(*arguments, double=True, batch=BATCH)


def _pot(x, y, epsilon: float, tolerance: float, method: str):
    import numpy as np
    import ot

    a, b = (np.full(len(points), 1 / len(points)) for points in (x, y))
    # POT compares the Euclidean norm of the marginal error, which is at least its L1 norm over the root of its length.
    threshold = tolerance / math.sqrt(len(y))

    def solve():
        return ot.sinkhorn(
            a, b, ot.dist(x, y), epsilon, method=method, stopThr=threshold, numItermax=MOST_ITERATIONS, warn=False
        )

    return solve, math.nan


def pot_log(*arguments):
    """Return POT's algorithm on logarithms."""
    return _pot(*arguments, method="sinkhorn_log")


def pot(*arguments):
    """Return POT's algorithm on the kernel matrix."""
    return _pot(*arguments, method="sinkhorn")


PEERS = {"ott 64": ott64, "ott 32": ott32, "online": online, "pot log": pot_log, "pot": pot}


# --- measuring --------------------------------------------------------------------------------------------------------


def measure(method: Callable, folder: Path, tolerance: float, limit: float) -> Measurement:
    """Measure a method on the points of a folder."""
    result, code = transport.alone(_measure, method, folder, tolerance, limit)
    if result is not None:
        return result
    return Measurement(math.inf if code == -signal.SIGALRM else math.nan)


def _measure(method: Callable, folder: Path, tolerance: float, limit: float) -> Measurement:
    import numpy as np

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    epsilon = default_epsilon(x, y)
    solve, compilation = method(x, y, epsilon, tolerance)
    seconds: list[float] = []
    while not seconds or (len(seconds) < 3 and seconds[0] < 2):
        # Without a handler the signal ends the process, even within native code.
        signal.setitimer(signal.ITIMER_REAL, limit)
        start = time.perf_counter()
        result = solve()
        seconds.append(time.perf_counter() - start)
        signal.setitimer(signal.ITIMER_REAL, 0)
    error, cost = checked(x, y, epsilon, result)
    return Measurement(statistics.median(seconds), error, cost, compilation)


def default_epsilon(x, y) -> float:
    """Return a twentieth of the mean squared distance."""
    spread = x.var(0).sum() + y.var(0).sum() + ((x.mean(0) - y.mean(0)) ** 2).sum()
    return 0.05 * float(spread)


def checked(x, y, epsilon: float, result) -> tuple[float, float]:
    """Return the marginal error and the cost of a plan, summed in double over a few rows at a time."""
    import numpy as np

    center = x.mean(0)
    x, y = x - center, y - center
    columns, cost, rows_off = np.zeros(len(y)), 0.0, 0.0
    for start in range(0, len(x), 256):
        rows = slice(start, start + 256)
        costs = (x[rows] ** 2).sum(1)[:, None] + (y**2).sum(1) - 2 * x[rows] @ y.T
        if isinstance(result, (tuple, list)):
            f, g = (np.asarray(potential, np.float64) for potential in result)
            plan = np.exp((f[rows, None] + g - costs) / epsilon)
        else:
            plan = np.asarray(result)[rows]
        columns += plan.sum(0)
        rows_off += np.abs(plan.sum(1) - 1 / len(x)).sum()
        cost += (plan * costs).sum()
    return max(rows_off, np.abs(columns - 1 / len(y)).sum()), cost


# --- tables -----------------------------------------------------------------------------------------------------------

TITLES = ["case", "d", "n", "ours, s", "error", *(f"{name}, s" for name in PEERS), "compiling", "ratio", "cost"]
WIDTHS = [12, 2, 13, 8, 7, 9, 9, 9, 10, 9, 9, 6, 7]


def row(columns: list) -> str:
    """Return a line of a Markdown table."""
    return "| " + " | ".join(f"{column:>{width}}" for column, width in zip(columns, WIDTHS)) + " |"


def compared(mine: Measurement, peers: dict[str, Measurement], tolerance: float, limit: float) -> list[str]:
    """Return what ott-jax took to compile, the fastest peer's seconds over ours, our cost against the first peer's."""
    compilation = peers["ott 64"].compilation if "ott 64" in peers else math.nan
    good = [peer for peer in peers.values() if peer.reaches(tolerance)]
    ratio = f"{min(peer.seconds for peer in good) / mine.seconds:.1f}" if good else f"> {limit / mine.seconds:.0f}"
    difference = f"{(mine.cost - good[0].cost) / good[0].cost:.0e}" if good else ""
    return ["" if math.isnan(compilation) else f"{compilation:.1f}", ratio, difference]


def parsed() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 5000, 10_000], help="particles in each snapshot")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[2, 10, 50], help="coordinates of a particle")
    cases = ["step", "independent", "cells"]
    parser.add_argument("--cases", nargs="+", choices=cases, default=cases, help="which points")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="L1 error of the marginals of unit mass")
    parser.add_argument("--limit", type=float, default=60, help="seconds after which a run is given up")
    parser.add_argument("--quick", action="store_true", help="1,000 particles in two dimensions only")
    options = parser.parse_args()
    options.large = []
    if options.quick:
        options.sizes, options.dimensions = [1000], [2]
    return options


def main() -> None:
    """Measure, and print a line per problem."""
    options = parsed()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("jkonetstar", "ott-jax", "jax", "POT"))
    print(f"{libraries}; one core; tolerance {options.tolerance:g}; runs are given up after {options.limit:g} s")
    print(
        "ratio: seconds of the fastest peer that reaches the tolerance over ours; cost: ours against the first such\n"
    )
    print(row(TITLES))
    print(row(["-" * (width - 1) + ":" for width in WIDTHS]))
    given_up: set[tuple] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, _, write, arguments in transport.jobs(options):
            shape, _ = transport.alone(write, folder, *arguments)
            if shape is None:
                continue
            n, m, dimension = shape
            mine = measure(ours, folder, options.tolerance, options.limit)
            peers = {}
            for title, method in PEERS.items():
                key = (case, dimension, title)
                if key in given_up:
                    peers[title] = Measurement(math.inf)
                else:
                    peers[title] = measure(method, folder, options.tolerance, options.limit)
                    if math.isinf(peers[title].seconds):
                        given_up.add(key)
            columns = [case, dimension, f"{n:,}" if n == m else f"{n:,} x {m:,}"]
            columns += [mine.column(options.tolerance, options.limit), f"{mine.error:.0e}"]
            columns += [peer.column(options.tolerance, options.limit) for peer in peers.values()]
            print(row(columns + compared(mine, peers, options.tolerance, options.limit)), flush=True)


if __name__ == "__main__":
    main()
