"""Energies in closed form: time, growth, accuracy on experiment 4.1, and random features in fifty coordinates.

    make bench-closed-form
    .venv/bin/python benchmarks/closed_form.py --parts authors growth experiment fifty --repeats 5

Seconds "from plans to coefficients" run, within one `fit`, from the progress callback that tells of the last plan to
the one that tells of the coefficients: densities, features, their sums and the solution.

authors     the authors' features on 5 x 1,000 couplings, beside NumPy and JAX (closed_form_peers.py): the same
            couplings, features, ridge and cores; each in a process of its own, whose peak memory is told
growth      some 1,000 features, 10,000 to 100,000 couplings, beside the processor's rate in BLAS dsyrk
experiment  the fifteen functionals over five seeds, beside the authors' figures; with features by cross-validation
fifty       random Fourier features beside the network in fifty coordinates
"""

from __future__ import annotations

import argparse
import csv
import functools
import math
import multiprocessing
import os
import resource
import statistics
import textwrap
import time
import warnings
from pathlib import Path
from typing import Any, Callable, Iterable

import numpy as np

AUTHORS = Path(os.environ.get("JKONETSTAR_REFERENCE") or Path(__file__).resolve().parents[2] / "shared" / "reference")
DT = 0.01
SPAWN = multiprocessing.get_context("spawn")


# --- data and models ------------------------------------------------------------------------------------------------


def simulated(functional: str, seed: int, count: int, dimension: int = 2, **options: Any):
    """Return five steps of `count` particles as a series that knows no trajectories."""
    import jkonetstar as jk

    x0 = np.random.default_rng(seed).uniform(-4, 4, (count, dimension))
    paths = jk.simulate(x0, potential=functional, dt=DT, steps=5, **options)
    return jk.Snapshots(paths.reshape(-1, dimension), np.repeat(DT * np.arange(6), count)).shuffle(random_state=seed)


def halves(functional: str, seed: int, count: int = 2000, dimension: int = 2):
    """Return unpaired halves for training and testing, as benchmarks/functionals.py has them."""
    import jkonetstar as jk

    x0 = np.random.default_rng(seed).uniform(-4, 4, (count, dimension))
    paths = jk.simulate(x0, potential=functional, dt=DT, steps=5)
    series = jk.Snapshots(paths.reshape(-1, dimension), np.repeat(DT * np.arange(6), count))
    train, test = series.split(0.5, by="trajectories", random_state=seed)
    return train.shuffle(random_state=seed), test.shuffle(random_state=seed)


def linear(**options: Any):
    """Return a linear model, changed by parameters as in `set_params`, that notes when its stages ended."""
    import jkonetstar as jk
    from jkonetstar._calls import LongCall

    class Watched(jk.JKOnetStar):
        def _long_call(self, patience: float = 0.0) -> LongCall:
            return LongCall(self)

        def update(self, progress: Any) -> None:
            vars(self).setdefault("ends", {})[progress.stage.decode()] = (time.perf_counter(), time.process_time())

        def close(self) -> None:
            pass

        @property
        def seconds(self) -> tuple[float, float]:
            """From plans to coefficients: by the clock, and of all threads together."""
            (wall, busy), (done, busy_done) = self.ends["plans"], self.ends["training"]
            return done - wall, busy_done - busy

    return Watched("linear").set_params(**options)


def alone(function: Callable, *arguments: Any) -> Any:
    """Call a function in a fresh process and return its result."""
    receiver, sender = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_reply, args=(sender, function, *arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _reply(sender: Any, function: Callable, *arguments: Any) -> None:
    sender.send(function(*arguments))


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(columns: Iterable[Any], widths: Iterable[int]) -> str:
    """Return a line of a Markdown table."""
    return "| " + " | ".join(f"{column!s:>{width}}" for column, width in zip(columns, widths)) + " |"


def say(*text: str) -> None:
    """Print what a table shows."""
    print("\n" + textwrap.fill(" ".join(text), 120) + "\n")


def heading(titles: list[str], widths: list[int]) -> str:
    """Return the first two lines of a Markdown table."""
    return row(titles, widths) + "\n" + row(["-" * (width - 1) + ":" for width in widths], widths)


# --- authors: beside NumPy and JAX ----------------------------------------------------------------------------------

AUTHORS_SERIES = ("wavy_plateau", 0, 1000, 2)
AUTHORS_OPTIONS = {"potential__radial__width": math.sqrt(0.5), "training__ridge": 1e-6}
AUTHORS_NOISE = 0.1


def authors_model(full: bool):
    """Return the authors' 24 monomials and 100 bumps; in full, for U too, and beta on ten Gaussians."""
    import jkonetstar as jk

    extra: dict[str, Any] = {"scheme": "explicit"}
    if full:
        density = jk.GaussianMixture(10, tol=1e-5, n_init=1)
        extra.update({"interaction": "linear", "interaction__radial__width": math.sqrt(0.5), "internal": density})
    return linear(**AUTHORS_OPTIONS, **extra)


def problem_of(series: Any):
    """Return what peers are given: standardised couplings, and where the features are."""
    import jkonetstar as jk
    from closed_form_peers import Problem

    points = np.stack([snapshot.points for snapshot in series])
    centre = points.mean(axis=(0, 1))
    length = math.sqrt(((points - centre) ** 2).mean()) / 2
    points = (points - centre) / length
    sites, later = points[:-1], points[1:]
    partners = np.empty_like(sites)
    for k, plan in enumerate(jk.transport_plans(series)):
        rows, columns, _ = plan.sparse()
        partners[k][rows] = later[k][columns]
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    extent = (points.max(axis=1) - points.min(axis=1)).max(axis=0)
    return Problem(
        sites=sites,
        masses=np.full(sites.shape[:2], 1 / sites.shape[1]),
        shifts=partners - sites,
        grid=np.linspace(low, high, 10).T,
        differences=np.linspace(-extent, extent, 10).T,
        width=np.array(AUTHORS_OPTIONS["potential__radial__width"] / length),
        ridge=np.array(AUTHORS_OPTIONS["training__ridge"]),
    )


def measure_ours(full: bool, repeats: int) -> dict[str, Any]:
    """Return median seconds from plans to coefficients, the peak before and after fits, and the coefficients."""
    series = simulated(*AUTHORS_SERIES, beta=AUTHORS_NOISE)
    model, seconds = authors_model(full), []
    before = peak_megabytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(repeats + 1):
            seconds.append(model.fit(series).seconds)
    after = peak_megabytes()
    return {
        "seconds": statistics.median(wall for wall, _ in seconds[1:]),
        "busy": statistics.median(busy for _, busy in seconds[1:]),
        "before": before,
        "peak": after,
        "theta": model.coef_,
        "beta": model.beta_ if full else math.nan,
    }


def measure_peer(peer: str, problem: Any, full: bool, repeats: int) -> dict[str, Any]:
    """Return the same of a peer; its first run, which compiles, apart."""
    import closed_form_peers

    if full:
        import sklearn.mixture  # noqa: F401 - importing it belongs to no run
    solve = getattr(closed_form_peers, peer)()
    before = peak_megabytes()
    answers = [solve(closed_form_peers.Problem(*problem), full) for _ in range(repeats + 1)]
    after = peak_megabytes()
    given = solve(closed_form_peers.Problem(*problem), full, our_densities)
    return {
        "seconds": statistics.median(answer.seconds for answer in answers[1:]),
        "busy": statistics.median(answer.busy for answer in answers[1:]),
        "first": answers[0].seconds,
        "mixture": statistics.median(answer.mixture_seconds for answer in answers[1:]),
        "before": before,
        "peak": after,
        "theta": given.theta,
        "own": answers[-1].theta,
        "likelihoods": (given.log_likelihood, answers[-1].log_likelihood),
        "matrix": given.matrix,
    }


def our_densities(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log density and score of our mixture, to compare what follows from it."""
    import jkonetstar as jk

    fitted = jk.GaussianMixture(10, tol=1e-5, n_init=1, random_state=0).fit(points)
    return fitted.score_samples(points), fitted.score_function(points)


def authors(options: argparse.Namespace) -> None:
    """Print a line per model and method."""
    series = simulated(*AUTHORS_SERIES, beta=AUTHORS_NOISE)
    problem = tuple(problem_of(series))
    widths = [12, 10, 11, 9, 12, 12, 9, 9, 11, 8]
    titles = [
        "model",
        "method",
        "seconds",
        "CPU s",
        "of mixtures",
        "first run",
        "peak MB",
        "rise MB",
        "difference",
        "ratio",
    ]
    say(
        f"authors: {AUTHORS_SERIES[0]}, beta {AUTHORS_NOISE}, 5 x 1,000 couplings, from plans to coefficients,",
        f"{os.cpu_count()} cores, medians of {options.repeats} runs. difference: of the fields that coefficients make",
        "at the couplings, given our densities, relative; ratio: seconds over ours",
    )
    print(heading(titles, widths))
    for full in (False, True):
        name = "V + U + beta" if full else "V"
        ours = alone(measure_ours, full, options.repeats)
        columns = ["", "", f"{ours['peak']:.0f}", f"{ours['peak'] - ours['before']:.0f}", "", ""]
        print(row([name, "ours", f"{ours['seconds']:.4f}", f"{ours['busy']:.3f}", *columns], widths), flush=True)
        for peer in ("numpy_peer", "jax_peer"):
            theirs = alone(measure_peer, peer, problem, full, options.repeats)
            columns = [
                f"{theirs['seconds']:.4f}",
                f"{theirs['busy']:.3f}",
                f"{theirs['mixture']:.3f}" if full else "",
                f"{theirs['first']:.2f}",
                f"{theirs['peak']:.0f}",
                f"{theirs['peak'] - theirs['before']:.0f}",
                f"{field_difference(ours['theta'], theirs):.0e}",
                f"{theirs['seconds'] / ours['seconds']:.1f}",
            ]
            print(row([name, peer.removesuffix("_peer"), *columns], widths), flush=True)
            if full and peer == "numpy_peer":
                likelihoods, ratio = theirs["likelihoods"], theirs["own"][-1] / ours["theta"][-1]
    say(
        f"beta {ours['beta']:.4f} with our mixtures, of mean log-likelihood {likelihoods[0]:.4f}; with scikit-learn's",
        f"{ratio * ours['beta']:.4f}, {likelihoods[1]:.4f}",
    )


def field_difference(theta: np.ndarray, theirs: dict[str, Any]) -> float:
    """Return |J (theta - theirs)| / |J theta| over all couplings."""
    difference, matrix = theta - theirs["theta"], theirs["matrix"]
    return math.sqrt(max(0.0, difference @ matrix @ difference) / (theta @ matrix @ theta))


# --- growth: beside dsyrk -------------------------------------------------------------------------------------------

FEATURES = 1000
#: 35 monomials and 961 Gaussians.
GROWTH_FEATURES = {"potential__polynomial_degree": 5, "potential__radial__grid": 31}


def dsyrk_rate(threads: int, repeats: int) -> float:
    """Return the GFLOP/s of A A^T, F x 20,000, with so many threads, by the calling thread's clock if it is one."""
    from scipy.linalg.blas import dsyrk
    from threadpoolctl import threadpool_limits

    columns = 20_000
    factor = np.asfortranarray(np.random.default_rng(0).normal(size=(FEATURES, columns)))
    clock = time.thread_time if threads == 1 else time.perf_counter
    seconds = []
    with threadpool_limits(threads):
        for _ in range(repeats + 1):
            start = clock()
            dsyrk(1.0, factor, lower=1)
            seconds.append(clock() - start)
    return FEATURES**2 * columns / min(seconds[1:]) * 1e-9


def growth(options: argparse.Namespace) -> None:
    """Print a line per number of couplings and threads."""
    import jkonetstar as jk

    rates = {threads: dsyrk_rate(threads, options.repeats) for threads in sorted({1, os.cpu_count() or 1})}
    widths = [10, 8, 10, 10, 12, 10, 10]
    say(
        "growth: monomials and Gaussians of V, d = 2; from plans to coefficients, as though all of it were the normal",
        "matrix, F^2 N d operations; CPU seconds are those of all threads, and make the rate of a core",
    )
    for threads, rate in rates.items():
        print(f"dsyrk, {threads} thread{'s' * (threads > 1)}: {rate:.1f} GFLOP/s")
    titles = ["couplings", "threads", "seconds", "CPU s", "GFLOP/s core", "of dsyrk", "peak MB"]
    print("\n" + heading(titles, widths))
    taken: dict[int, list[tuple[float, float]]] = {}
    for count in options.couplings:
        series = simulated("wavy_plateau", 0, count // 5)
        for threads in rates:
            jk.set_num_threads(threads)
            model = linear(**GROWTH_FEATURES)
            runs = [model.fit(series).seconds for _ in range(options.repeats if count <= 20_000 else 1)]
            wall, busy = (statistics.median(values) for values in zip(*runs))
            rate = len(model.coef_) ** 2 * count * 2 / busy * 1e-9
            taken.setdefault(threads, []).append((count, busy))
            columns = [f"{wall:.3f}", f"{busy:.3f}", f"{rate:.1f}", f"{rate / rates[1]:.2f}", f"{peak_megabytes():.0f}"]
            print(row([f"{count:,}", threads, *columns], widths), flush=True)
    jk.set_num_threads(0)
    for threads, pairs in taken.items():
        if len(pairs) > 1:
            slope = np.polyfit(*np.log(np.array(pairs)).T, 1)[0]
            print(f"\n{threads} thread{'s' * (threads > 1)}: CPU seconds grow as couplings^{slope:.2f}")


# --- experiment 4.1 -------------------------------------------------------------------------------------------------


def candidates() -> dict[str, Any]:
    """Return the features among which cross-validation chooses."""
    import jkonetstar as jk

    return {
        "10 x 10": jk.Linear(),
        "13 x 13": jk.Linear(radial=jk.Radial(grid=13)),
        "linear 24 x 24": jk.Linear(radial=jk.Radial("linear", grid=24)),
        "cubic 16 x 16": jk.Linear(radial=jk.Radial("cubic", grid=16)),
        "fourier 0.5": jk.Linear(radial=None, fourier=jk.Fourier(400, scale=0.5)),
        "fourier 1": jk.Linear(radial=None, fourier=jk.Fourier(400, scale=1.0)),
    }


def test_error(model: Any, train: Any, test: Any) -> float:
    """Return the one-step-ahead EMD on the test half, mean over the steps."""
    return -model.fit(train).score(test)


def chosen(train: Any, scheme: str) -> str:
    """Return which candidate predicts transitions best that it was not fitted to.

    Sums of the normal equations, one per transition, make each fit without one of them.
    """
    import jkonetstar as jk

    pairs = [pair_of(train, k) for k in range(len(train) - 1)]
    errors = {}
    for name, features in candidates().items():
        model = linear(potential=features, scheme=scheme, training__ridge="gcv").fit(train)
        sums = [jk.NormalEquations(model).accumulate(pair) for pair in pairs]
        errors[name] = 0.0
        for k, pair in enumerate(pairs):
            others = [part for j, part in enumerate(sums) if j != k]
            merged = functools.reduce(lambda total, part: total.merge(part), others, jk.NormalEquations(model))
            errors[name] -= merged.solve().score(pair)
    return min(errors, key=errors.get)


def pair_of(series: Any, k: int):
    """Return snapshots k and k + 1 as a series."""
    import jkonetstar as jk

    pair = jk.Snapshots.empty(series[k].points.shape[1])
    for snapshot in (series[k], series[k + 1]):
        pair.append(snapshot.points, snapshot.time)
    return pair


def experiment(options: argparse.Namespace) -> None:
    """Print a line per functional."""
    import jkonetstar as jk

    with open(AUTHORS / "experiment-4.1.csv", newline="") as lines:
        published = {line["functional"]: float(line["linear_V"]) for line in csv.DictReader(lines)}
    kinds: dict[str, dict[str, Any]] = {
        "10 x 10": {},
        "13 x 13": {"potential__radial__grid": 13},
        "its gcv": {"potential__radial__grid": 13, "training__ridge": "gcv"},
        "implicit": {"potential__radial__grid": 13, "scheme": "implicit"},
    }
    selected = {} if options.no_selection else {"chosen": {}}
    took = dict.fromkeys([*kinds, *selected], 0.0)
    names = options.functionals or list(jk.functionals)
    widths = [16, 8, *(10 for _ in took), 30]
    say(
        "experiment 4.1: one-step-ahead EMD on the test half, linear V of monomials and Gaussians on a grid, explicit",
        f"unless said otherwise; mean of {options.seeds} seeds, the authors' of one. gcv: ridge by generalised",
        "cross-validation; chosen: with features by cross-validation over the transitions of the training half, too.",
        "*: not within 5 % or 0.001 of the authors'",
    )
    print(heading(["functional", "authors", *took, "features chosen"], widths))
    close, below = dict.fromkeys(took, 0), dict.fromkeys(took, 0)
    for functional in names:
        errors: dict[str, list[float]] = {kind: [] for kind in took}
        picked: list[str] = []
        for seed in range(options.seeds):
            start = time.perf_counter()
            train, test = halves(functional, seed)
            simulation = time.perf_counter() - start
            for kind, changes in kinds.items():
                start = time.perf_counter()
                errors[kind].append(test_error(linear(**changes), train, test))
                took[kind] += time.perf_counter() - start + simulation
            for kind in selected:
                start = time.perf_counter()
                picked.append(chosen(train, "explicit"))
                model = linear(potential=candidates()[picked[-1]], training__ridge="gcv")
                errors[kind].append(test_error(model, train, test))
                took[kind] += time.perf_counter() - start + simulation
        theirs, columns = published[functional], []
        for kind, values in errors.items():
            mean = statistics.fmean(values)
            near = mean <= max(1.05 * theirs, theirs + 0.001)
            close[kind] += near
            below[kind] += mean < theirs
            columns.append(f"{mean:.5f}{' ' if near else '*'}")
        columns.append(", ".join(f"{name}: {picked.count(name)}" for name in dict.fromkeys(picked)))
        print(row([functional, f"{theirs:.5f}", *columns], widths), flush=True)
    for kind, seconds in took.items():
        print(
            f"{kind}: within {close[kind]} of {len(names)}, below {below[kind]}; {seconds:.1f} s in all, "
            "with simulation, plans and evaluation"
        )


# --- fifty coordinates ----------------------------------------------------------------------------------------------


DIMENSIONS = 50
FIFTY = ("styblinski_tang", "flowers")


def fifty(options: argparse.Namespace) -> None:
    """Print a line per functional and model."""
    import jkonetstar as jk

    widths = [16, 25, 9, 10, 10]
    say(
        f"fifty: d = {DIMENSIONS}, {options.particles:,} particles in each half, five steps of {DT}; one-step EMD",
        f"on the test half; networks [64, 64] of {options.epochs} epochs; seconds after the plans",
    )
    print(heading(["functional", "model", "features", "seconds", "EMD"], widths))
    for functional in FIFTY:
        train, test = halves(functional, 0, 2 * options.particles, DIMENSIONS)
        still = statistics.fmean(jk.emd(test[k].points, test[k + 1].points) for k in range(len(test) - 1))
        print(row([functional, "nothing moves", "", "", f"{still:.4f}"], widths), flush=True)
        for scheme in ("implicit", "explicit"):
            model = linear(potential="mlp", epochs=options.epochs, scheme=scheme)
            error = test_error(model, train, test)
            columns = ["", f"{model.seconds[0]:.1f}", f"{error:.4f}"]
            print(row([functional, f"network, {scheme}", *columns], widths), flush=True)
        waves = [(jk.Fourier(count, scale=20.0), None, "Fourier, all coordinates") for count in options.fourier]
        waves.append((jk.Fourier(1000, coordinates=1), "gcv", "Fourier, one each, gcv"))
        for fourier, ridge, name in waves:
            features = jk.Linear(polynomial_degree=0, radial=None, fourier=fourier)
            model = linear(potential=features, training__ridge=ridge)
            error = test_error(model, train, test)
            columns = [f"{len(model.coef_):,}", f"{model.seconds[0]:.1f}", f"{error:.4f}"]
            print(row([functional, name, *columns], widths), flush=True)


PARTS = {"authors": authors, "growth": growth, "experiment": experiment, "fifty": fifty}


def main() -> None:
    """Run the parts that are asked for."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which tables")
    parser.add_argument("--repeats", type=int, default=5, help="runs per figure, beside a first one")
    parser.add_argument("--seeds", type=int, default=5, help="experiment: seeds 0, 1, ..")
    parser.add_argument("--functionals", nargs="*", help="experiment: which; all if none is named")
    parser.add_argument("--no-selection", action="store_true", help="experiment: without cross-validated features")
    parser.add_argument(
        "--couplings", type=int, nargs="+", default=[10_000, 20_000, 50_000, 100_000], help="growth: how many"
    )
    parser.add_argument("--particles", type=int, default=10_000, help="fifty: in each half")
    parser.add_argument("--epochs", type=int, default=100, help="fifty: of networks")
    parser.add_argument(
        "--fourier", type=int, nargs="+", default=[200, 1000, 2000], help="fifty: random Fourier features"
    )
    options = parser.parse_args()
    for part in options.parts:
        PARTS[part](options)


if __name__ == "__main__":
    main()
