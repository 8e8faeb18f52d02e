"""Time exact transport plans beside the exact solvers of POT and SciPy: the same points, one run, one thread each.

    make bench-transport
    .venv/bin/python benchmarks/transport.py --sizes 1000 5000 --dimensions 2 --cases step --large 100000

Cases, under the squared Euclidean cost:

step         uniform on [-4, 4]^d, and the same particles after one Euler-Maruyama step (dt 0.01, beta 0.1) down
             styblinski_tang, shuffled: what a fit meets
independent  two independent draws of that uniform distribution: nothing is near its partner
cells        consecutive embryoid-body snapshots, in JKONETSTAR_DATA or ../shared/data/eb; unequal sizes

Every measurement has a process of its own. Seconds run from points to plan, a peer's cost matrix included: the median
of three runs where one takes less than two seconds. MB is how far the first run raised the process's peak (ru_maxrss)
above what interpreter, libraries and points had taken.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import resource
import signal
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Callable, NamedTuple

CELLS = Path(os.environ.get("JKONETSTAR_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data" / "eb")
ALONE = [20_000, 50_000, 100_000]
PIVOTS = 1_000_000_000

# Numerical libraries read these when they are loaded, which happens in the measured processes only.
os.environ.update(dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1"))
SPAWN = multiprocessing.get_context("spawn")


class Measurement(NamedTuple):
    """What one method needed; infinite seconds are over the limit, no number means that it failed."""

    seconds: float
    megabytes: float = math.nan
    cost: float = math.nan
    gap: float = math.nan

    def columns(self, limit: float) -> list[str]:
        """Return seconds and MB as a table shows them."""
        if math.isnan(self.seconds):
            return ["failed", ""]
        if math.isinf(self.seconds):
            return [f"over {limit:g} s", ""]
        return [f"{self.seconds:.3f}", f"{self.megabytes:.1f}"]


# --- methods: each imports its library, then returns the function from points to (cost, gap) ------------------------


def ours() -> Callable:
    """Return the plan of this library."""
    import jkonetstar as jk

    jk.set_num_threads(1)

    def solve(x, y):
        plan = jk.optimal_transport(x, y)
        return plan.cost, plan.gap

    return solve


def ours_on_all_cores() -> Callable:
    """Return the plan of this library, with as many threads as there are processors."""
    import jkonetstar as jk

    def solve(x, y):
        plan = jk.optimal_transport(x, y)
        return plan.cost, plan.gap

    return solve


def emd() -> Callable:
    """Return POT's network simplex on a cost matrix."""
    import numpy as np
    import ot

    def solve(x, y):
        a, b = (np.full(len(points), 1 / len(points)) for points in (x, y))
        _, log = ot.emd(a, b, ot.dist(x, y), numItermax=PIVOTS, log=True, numThreads=1)
        return _solved(log), math.nan

    return solve


def emd2_lazy() -> Callable:
    """Return POT's network simplex that computes costs when it needs them."""
    import ot

    def solve(x, y):
        _, log = ot.lp.emd2_lazy(x, y, metric="sqeuclidean", numItermax=PIVOTS, log=True, return_matrix=True)
        return _solved(log), math.nan

    return solve


def assignment() -> Callable:
    """Return SciPy's shortest augmenting paths on a cost matrix; for equal sizes and masses only."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    def solve(x, y):
        costs = cdist(x, y, "sqeuclidean")
        return costs[linear_sum_assignment(costs)].mean(), math.nan

    return solve


PEERS = [emd, emd2_lazy, assignment]


def _solved(log: dict) -> float:
    if log["warning"]:
        raise RuntimeError(log["warning"])
    return log["cost"]


# --- processes ------------------------------------------------------------------------------------------------------


def alone(function: Callable, *arguments):
    """Call a function in a fresh process; return its result, or none, and the exit code."""
    receiver, sender = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_reply, args=(sender, function, *arguments))
    process.start()
    sender.close()
    try:
        result = receiver.recv()
    except EOFError:
        result = None
    process.join()
    return result, process.exitcode


def _reply(sender, function: Callable, *arguments) -> None:
    sender.send(function(*arguments))


def measure(method: Callable, folder: Path, limit: float) -> Measurement:
    """Measure a method on the points of a folder."""
    result, code = alone(_measure, method, folder, limit)
    if result is not None:
        return result
    return Measurement(math.inf if code == -signal.SIGALRM else math.nan)


def _measure(method: Callable, folder: Path, limit: float) -> Measurement:
    solve = method()
    x, y = _load(folder)
    before = _peak()
    seconds = []
    while not seconds or (len(seconds) < 3 and seconds[0] < 2):
        # Without a handler the signal ends the process, even within native code.
        signal.setitimer(signal.ITIMER_REAL, limit)
        start = time.perf_counter()
        cost, gap = solve(x, y)
        seconds.append(time.perf_counter() - start)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if len(seconds) == 1:
            megabytes = _peak() - before
    return Measurement(statistics.median(seconds), megabytes, float(cost), gap)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _load(folder: Path):
    import numpy as np

    return np.load(folder / "x.npy"), np.load(folder / "y.npy")


# --- cases ----------------------------------------------------------------------------------------------------------


def drawn(folder: Path, case: str, count: int, dimension: int) -> tuple:
    """Write the points of "step" or "independent"; return their numbers and dimension."""
    import jkonetstar as jk
    import numpy as np

    random = np.random.default_rng(0)
    x = random.uniform(-4, 4, (count, dimension))
    if case == "step":
        y = random.permutation(jk.simulate(x, potential="styblinski_tang", beta=0.1, dt=0.01, steps=1)[-1])
    else:
        y = random.uniform(-4, 4, (count, dimension))
    return _save(folder, x, y)


def cells(folder: Path, index: int) -> tuple:
    """Write snapshots `index` and `index` + 1 of the cells; return their numbers and dimension."""
    import jkonetstar as jk

    series = jk.Snapshots.load(CELLS)
    return _save(folder, series[index].points, series[index + 1].points)


def _save(folder: Path, x, y) -> tuple:
    import numpy as np

    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    return len(x), len(y), x.shape[1]


def jobs(options: argparse.Namespace) -> list[tuple]:
    """Return (name, whether peers run, function that writes the points, its arguments) for every line of the table."""
    listed = []
    for case in [case for case in options.cases if case != "cells"]:
        for dimension in options.dimensions:
            for count in options.sizes + options.large:
                listed.append((case, count in options.sizes, drawn, (case, count, dimension)))
    if "cells" in options.cases:
        if CELLS.is_dir():
            listed += [(f"cells {index} to {index + 1}", True, cells, (index,)) for index in range(4)]
        else:
            print(f"no cells: {CELLS} does not exist; JKONETSTAR_DATA names another folder")
    return listed


def together() -> list[float]:
    """Return the seconds of five runs over all pairs of consecutive cell snapshots at once, on all cores."""
    import jkonetstar as jk

    series = jk.Snapshots.load(CELLS)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        jk.transport_plans(series)
        seconds.append(time.perf_counter() - start)
    return seconds


# --- tables ---------------------------------------------------------------------------------------------------------

PEER_TITLES = [title for peer in PEERS for title in (f"{peer.__name__}, s", "MB")]
WIDTHS = [12, 2, 13, 11, 7, 7] + [max(11, len(title)) if "," in title else 7 for title in PEER_TITLES] + [6, 8]


def row(columns: list) -> str:
    """Return a line of a Markdown table."""
    return "| " + " | ".join(f"{column:>{width}}" for column, width in zip(columns, WIDTHS)) + " |"


def compared(mine: Measurement, peers: list[Measurement], limit: float) -> list[str]:
    """Return the fastest peer's seconds over ours, and our cost against the first peer that has one."""
    seconds = [peer.seconds for peer in peers if not math.isnan(peer.seconds)]
    ratio = difference = ""
    if seconds and math.isfinite(mine.seconds):
        fastest = min(seconds)
        ratio = f"{fastest / mine.seconds:.1f}" if math.isfinite(fastest) else f"> {limit / mine.seconds:.1f}"
    costs = [peer.cost for peer in peers if math.isfinite(peer.cost)]
    if costs and math.isfinite(mine.cost):
        difference = f"{(mine.cost - costs[0]) / costs[0]:.0e}"
    return [ratio, difference]


def growth(points: list[tuple]) -> str:
    """Return the slope of log value on log n by least squares over the pairs (n, value), or "" without two sizes."""
    pairs = [(math.log(n), math.log(value)) for n, value in points if 0 < value < math.inf]
    if len({n for n, _ in pairs}) < 2:
        return ""
    center = statistics.fmean(n for n, _ in pairs)
    slope = sum((n - center) * value for n, value in pairs) / sum((n - center) ** 2 for n, _ in pairs)
    return f"{slope:.2f}"


def parsed() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 5000, 10_000], help="particles in each snapshot")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[2, 10, 50], help="coordinates of a particle")
    parser.add_argument(
        "--cases",
        nargs="+",
        choices=["step", "independent", "cells"],
        default=["step", "independent", "cells"],
        help="which points",
    )
    parser.add_argument(
        "--large", type=int, nargs="*", default=None, help=f"also sizes without peers, {ALONE} if none is named"
    )
    parser.add_argument(
        "--all-cores", action="store_true", help="then the cells together and the largest size on all cores"
    )
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a run is given up")
    parser.add_argument("--quick", action="store_true", help="1,000 particles in two dimensions only")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.dimensions = [1000], [2]
    options.large = options.large or ([] if options.large is None else ALONE)
    return options


def main() -> None:
    """Measure, print a line per problem, then how time and memory grow with the number of particles."""
    options = parsed()
    limit = options.limit
    libraries = ", ".join(f"{name} {version(name)}" for name in ("jkonetstar", "POT", "scipy"))
    print(f"{libraries}; one thread; runs are given up after {limit:g} s")
    print("ratio: the fastest peer's seconds over ours; cost: ours against the first peer's, relative\n")
    print(row(["case", "d", "n", "ours, s", "MB", "gap", *PEER_TITLES, "ratio", "cost"]))
    print(row(["-" * (width - 1) + ":" for width in WIDTHS]))

    grown: dict[tuple, list] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, beside, write, arguments in jobs(options):
            shape, _ = alone(write, folder, *arguments)
            if shape is None:
                continue
            n, m, dimension = shape
            methods = [ours] + [peer for peer in PEERS if beside and (n == m or peer is not assignment)]
            results = {method: measure(method, folder, limit) for method in methods}

            mine = results[ours]
            columns = [case, dimension, f"{n:,}" if n == m else f"{n:,} x {m:,}", *mine.columns(limit)]
            columns.append("" if math.isnan(mine.gap) else f"{mine.gap:.0e}")
            for peer in PEERS:
                columns += results[peer].columns(limit) if peer in results else ["", ""]
            peers = [result for method, result in results.items() if method is not ours]
            print(row(columns + compared(mine, peers, limit)), flush=True)
            if dimension == 2 and n == m:
                for method, result in results.items():
                    grown.setdefault((case, method.__name__), []).append((n, result))

    lines = []
    for (case, method), results in grown.items():
        seconds = growth([(n, result.seconds) for n, result in results])
        megabytes = growth([(n, result.megabytes) for n, result in results])
        if seconds:
            lines.append(f"{case:12} {method:12}{seconds:>8}{megabytes:>8}")
    if lines:
        print("\nexponents of n at d = 2, by least squares on logarithms: seconds, MB", *lines, sep="\n")
    if options.all_cores:
        on_all_cores(options)


def on_all_cores(options: argparse.Namespace) -> None:
    """Measure the cells together and the largest size in two dimensions with all cores."""
    print(f"\non all {os.cpu_count()} cores")
    if "cells" in options.cases and CELLS.is_dir():
        seconds, _ = alone(together)
        print(f"the four pairs of cells together: median of {len(seconds)} runs {statistics.median(seconds):.3f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in [case for case in options.cases if case != "cells"] if options.large else []:
            count = max(options.large)
            alone(drawn, folder, case, count, 2)
            mine = measure(ours_on_all_cores, folder, options.limit)
            seconds, megabytes = mine.columns(options.limit)
            print(f"{case}, d = 2, n = {count:,}: {seconds} s, {megabytes} MB, gap {mine.gap:.0e}")


if __name__ == "__main__":
    main()
