"""Training of networks: time per epoch, part of the processor's peak, accuracy, cells, and start-up.

    make bench-training
    .venv/bin/python benchmarks/training.py --parts time functionals cells startup --cores 1 2

time         seconds per epoch beside JAX and optax (training_peers.py) on the same couplings, estimator and
             optimiser, each in a process of its own on so many cores; necessary operations per second beside the
             processor's peak; the authors' loop
functionals  network V on the fifteen functionals, 1,000 epochs of Adam, and 100 with the last layer solved for
cells        V(x, t) on the embryoid-body cells: accuracy, seconds and memory
startup      import of the package, and loading of the library

What the installed library cannot train yet is left out, and said.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from closed_form import AUTHORS, DT, alone, heading, peak_megabytes, row, say, simulated
from training_peers import Couplings, Settings

#: Milliseconds per epoch of the authors' loop, JAX 0.4.26 on two cores of such a machine: V, and V + U + beta.
AUTHORS_EPOCH = {False: 20.0, True: 4500.0}
SERIES = ("styblinski_tang", 0, 1000)
BATCH = 250
SAMPLES = 250


def pin(cores: int) -> None:
    """Keep this process on so many cores; libraries loaded afterwards take as many threads."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def library() -> str:
    """Return which library is measured."""
    import jkonetstar as jk
    from jkonetstar._library import lib

    return f"libjkonetstar {jk.version()}, {jk.build_info()['kernels']} kernels, {lib._name}"


def watched(**options: Any):
    """Return a model that notes when each epoch, and the plans before them, had ended."""
    import jkonetstar as jk
    from jkonetstar._calls import LongCall

    class Watched(jk.JKOnetStar):
        def _long_call(self, patience: float = 0.0) -> LongCall:
            return LongCall(self)

        def update(self, progress: Any) -> None:
            ends = vars(self).setdefault("ends", {})
            ends.setdefault(progress.stage.decode(), {}).setdefault(progress.done, time.perf_counter())

        def close(self) -> None:
            pass

        @property
        def epoch_seconds(self) -> list[float]:
            """Of each epoch but the first, which has what comes before all of them."""
            ends = [end for done, end in sorted(self.ends["training"].items()) if done > 0]
            return [after - before for before, after in zip(ends, ends[1:])]

    return Watched(**options)


# --- time per epoch -------------------------------------------------------------------------------------------------

CASES = {
    "V [64, 64]": Settings((64, 64), False, 0, BATCH),
    "V + U + beta [64, 64]": Settings((64, 64), True, SAMPLES, BATCH),
    "V [128, 128, 128]": Settings((128, 128, 128), False, 0, BATCH),
}


def operations(settings: Settings, dimension: int, count: int) -> float:
    """Return the operations that one epoch of so many couplings needs: products only, two per multiply-add.

    Of a network, per evaluation and weight matrix W (m x k), with a = W h, v = grad, t = tangent, q = adjoint:

        W h_{l-1}                            forward                    2 m k
        W^T u_l                              gradient                   2 m k
        W k_{l-1}                            tangent                    2 m k
        W^T q_l                              adjoint, not of the first  2 m k
        u_l k_{l-1}^T and q_l h_{l-1}^T      outer products             4 m k

    The last layer's weights are the start of the gradient and its products are of vectors, which do not count; nor do
    biases, activations and the optimiser. Pairs of a particle share its directions, so that of U's first layer only
    the way forward and one outer product are left for each.
    """
    widths = (dimension, *settings.hidden)
    first, *others = (2 * k * m for k, m in zip(widths, widths[1:]))
    particle, pair = 5 * first + 6 * sum(others), 2 * first + 6 * sum(others)
    return count * (particle + (pair * settings.samples if settings.full else 0))


def model_options(settings: Settings, epochs: int) -> dict[str, Any]:
    """Return what our constructor is given."""
    import jkonetstar as jk

    adam = jk.Adam(epochs, settings.batch, settings.learning_rate, schedule="constant", clip_norm=settings.clip)
    network = jk.MLP(settings.hidden, "softplus")
    options: dict[str, Any] = {"potential": network, "scheme": "implicit", "training": adam}
    options.update(time_varying=False, rollout_weight=0.0)
    if settings.full:
        options.update(interaction=network, internal=jk.GaussianMixture(10, tol=1e-5, n_init=1))
        adam.interaction_samples = settings.samples
    return options


def couplings_of(dimension: int, full: bool) -> Couplings:
    """Return what the peer is given: our plans, and our densities' scores, in standardised coordinates."""
    import jkonetstar as jk

    series = simulated(*SERIES, dimension)
    points = np.stack([snapshot.points for snapshot in series])
    centre = points.mean(axis=(0, 1))
    points = (points - centre) / spread_of(points, centre)
    earlier, sites = points[:-1], points[1:]
    partners = np.empty_like(sites)
    for k, plan in enumerate(jk.transport_plans(series)):
        rows, columns, _ = plan.sparse()
        partners[k][columns] = earlier[k][rows]
    weights, scores = np.full(sites.shape[:2], 1 / sites[..., 0].size), np.zeros_like(sites)
    if full:
        for k, snapshot in enumerate(sites):
            density = jk.GaussianMixture(10, tol=1e-5, n_init=1, random_state=0).fit(snapshot)
            logs, scores[k] = density.score_samples(snapshot), density.score_function(snapshot)
            # Sites without density fade.
            weights[k] *= np.minimum(1, np.exp(logs - logs.mean() + 6.9))
    return Couplings(sites, sites - partners, weights, scores)


def spread_of(points: np.ndarray, centre: np.ndarray) -> float:
    """Return the length that is 1 in standardised coordinates where there are networks: see docs/design.md."""
    particles, dimension = points.shape[-2:]
    spread = max(1, min(3, particles ** (1 / dimension) / 10))
    return math.sqrt(((points - centre) ** 2).mean()) / spread


def measure_ours(settings: Settings, dimension: int, cores: int, epochs: int) -> dict[str, Any]:
    """Return median and least seconds of an epoch, seconds before the first one ended, and losses per epoch."""
    pin(cores)
    import jkonetstar as jk

    jk.set_num_threads(cores)
    series = simulated(*SERIES, dimension)
    points = np.stack([snapshot.points for snapshot in series])
    unit = spread_of(points, points.mean(axis=(0, 1))) ** 2
    warnings.simplefilter("ignore")
    model = watched(**model_options(settings, epochs + 1)).fit(series)
    seconds = model.epoch_seconds
    return {
        "seconds": statistics.median(seconds),
        "least": min(seconds),
        "losses": model.history_ / unit,
    }


def measure_peer(
    settings: Settings, dimension: int, cores: int, epochs: int, couplings: tuple, enough: float
) -> dict[str, Any]:
    """Return the same of the peer."""
    pin(cores)
    if cores > 1:
        os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={cores}"
    import training_peers

    return training_peers.train(Couplings(*couplings), Settings(*settings), cores, epochs, enough)._asdict()


def best_rate(multiply: Any) -> float:
    """Return the GFLOP/s of a product of 1024 x 1024 matrices: the best of thirty."""
    a, b = np.random.default_rng(0).normal(size=(2, 1024, 1024)).astype(np.float32)
    seconds = []
    for _ in range(31):
        start = time.perf_counter()
        multiply(a, b)
        seconds.append(time.perf_counter() - start)
    return 2 * 1024**3 / min(seconds[1:]) * 1e-9


def measure_numpy_rate() -> float:
    """Return that of NumPy on one core."""
    pin(1)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return best_rate(np.matmul)


def measure_jax_rate() -> float:
    """Return that of JAX on one core."""
    pin(1)
    import jax

    product = jax.jit(lambda a, b: a @ b)
    return best_rate(lambda a, b: product(a, b).block_until_ready())


def single_precision_rates() -> dict[str, float]:
    """Return what products of large matrices reach on one core, in GFLOP/s; the best is taken for the peak."""
    # A family of processors that the environment forces on OpenBLAS need not be this one.
    forced = os.environ.pop("OPENBLAS_CORETYPE", None)
    try:
        return {"NumPy": alone(measure_numpy_rate), "JAX": alone(measure_jax_rate)}
    finally:
        if forced is not None:
            os.environ["OPENBLAS_CORETYPE"] = forced


def measure_agreement(settings: Settings, dimension: int, couplings: tuple) -> float:
    """Return the relative difference of our objective and the peer's at our initial parameters, over all couplings.

    One epoch at a learning rate that moves nothing, U averaged over whole snapshots: its mean loss is the objective.
    """
    import jkonetstar as jk
    import training_peers

    series = simulated(*SERIES, dimension)
    warnings.simplefilter("ignore")
    still = {"training__learning_rate": 1e-30, "training__interaction_samples": None}
    model = jk.JKOnetStar(**model_options(settings, 1)).set_params(**still).fit(series)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.safetensors")
        parameters = network_parameters(Path(folder) / "model.safetensors")
    points = np.stack([snapshot.points for snapshot in series])
    length = spread_of(points, points.mean(axis=(0, 1)))
    if settings.full:
        parameters["beta"] = np.float32(model.beta_ / (length**2 / DT))
    theirs = training_peers.objective(parameters, Couplings(*couplings))
    return abs(model.history_[0] / length**2 - theirs) / theirs


def network_parameters(path: Path) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """Return the layers of V and U that a model file has: weights and biases, from input to output."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    layers: dict[str, dict[int, dict[str, np.ndarray]]] = {}
    for name, tensor in json.loads(content[8 : 8 + size]).items():
        found = re.fullmatch(r"(.*?)(?:layers\.(\d+)|output)\.(weight|bias)", name)
        if found:
            begin, end = (8 + size + offset for offset in tensor["data_offsets"])
            numbers = np.frombuffer(content[begin:end]).reshape(tensor["shape"]).astype(np.float32)
            network = "U" if "interaction" in found[1] else "V"
            place = int(found[2]) if found[2] else 1_000
            numbers = np.atleast_2d(numbers) if found[3] == "weight" else np.atleast_1d(numbers)
            layers.setdefault(network, {}).setdefault(place, {})[found[3]] = numbers
    return {
        network: [(layer["weight"], layer["bias"]) for _, layer in sorted(parts.items())]
        for network, parts in layers.items()
    }


def epochs_of_time(options: argparse.Namespace) -> None:
    """Print a line per model, dimension and number of cores."""
    rates = single_precision_rates()
    peak = max(rates.values())
    say(
        f"time: {SERIES[0]}, 5 x 1,000 couplings, batch {BATCH}, U averaged over {SAMPLES} pairs per particle in two",
        "halves, float32, Adam with clipping; medians of epochs, the first left out. Peak: of products of 1024 x 1024",
        "matrices on one core in this run, GFLOP/s:",
        ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items()) + ";",
        "the better, times cores. Authors: their loop on two cores of such a machine. Agreement: our objective against",
        "the peer's at the same parameters, relative. Losses: of the last epoch timed, from different initial weights.",
        "In two dimensions ours passes U's network on a lattice, otherwise all pairs, as JAX does",
    )
    titles = ["model", "d", "cores", "ours, ms", "least", "JAX, ms", "least", "ratio"]
    titles += ["GFLOP/s", "of peak", "authors", "agreement", "loss ours", "loss JAX", "JAX's fastest"]
    widths = [22, 3, 5, 10, 10, 10, 10, 6, 8, 8, 8, 10, 10, 10, 36]
    print(heading(titles, widths), flush=True)
    for name in options.models:
        settings = CASES[name]
        epochs = options.full_epochs if settings.full else options.epochs
        for dimension in options.dimensions or ([2, 3, 50] if settings.full else [2, 50]):
            couplings = tuple(alone(couplings_of, dimension, settings.full))
            agreement = f"{alone(measure_agreement, settings, dimension, couplings):.0e}"
            for cores in options.cores:
                theirs: dict[str, Any] = {}
                if not options.no_peer:
                    theirs = alone(measure_peer, settings, dimension, cores, epochs, couplings, options.enough)
                ours = alone(measure_ours, settings, dimension, cores, epochs)
                print(time_row(name, settings, dimension, cores, ours, theirs, peak, agreement, widths), flush=True)


def time_row(
    name: str,
    settings: Settings,
    dimension: int,
    cores: int,
    ours: dict[str, Any],
    theirs: dict[str, Any],
    peak: float,
    agreement: str,
    widths: list[int],
) -> str:
    """Return a line of the table; theirs may be empty."""
    rate = operations(settings, dimension, 5000) / ours["seconds"] * 1e-9
    passes_all = not settings.full or dimension > 2
    authors = AUTHORS_EPOCH[settings.full] if dimension == 2 and settings.hidden == (64, 64) and cores == 2 else 0

    def milliseconds(figures: dict[str, Any], which: str) -> str:
        return f"{1e3 * figures[which]:.2f}" if figures else ""

    return row(
        [
            name,
            dimension,
            cores,
            milliseconds(ours, "seconds"),
            milliseconds(ours, "least"),
            milliseconds(theirs, "seconds"),
            milliseconds(theirs, "least"),
            f"{theirs['seconds'] / ours['seconds']:.2f}" if theirs else "",
            f"{rate:.1f}" if passes_all else "",
            f"{rate / peak / cores:.2f}" if passes_all else "",
            f"{authors / 1e3 / ours['seconds']:.1f}x" if authors else "",
            agreement,
            f"{ours['losses'][-1]:.4g}",
            f"{theirs['losses'][-1]:.4g}" if theirs else "",
            theirs.get("candidate", ""),
        ],
        widths,
    )


# --- accuracy -------------------------------------------------------------------------------------------------------


def functionals(options: argparse.Namespace) -> None:
    """Print a line per functional."""
    import functionals as protocol
    import jkonetstar as jk

    with open(AUTHORS / "experiment-4.1.csv", newline="") as lines:
        published = {line["functional"]: float(line["network_V"]) for line in csv.DictReader(lines)}
    models: dict[str, dict[str, Any]] = {
        scheme: {**protocol.PAPER, "scheme": scheme} for scheme in ("implicit", "explicit")
    }
    adam = jk.Adam(epochs=100, batch_size=100, learning_rate=2e-2, last_layer="exact")
    solved = {**protocol.PAPER, "potential": jk.MLP(activation="tanh"), "training": adam}
    models.update({f"{scheme}, solved": {"scheme": scheme, **solved} for scheme in ("implicit", "explicit")})
    say(
        "functionals: one-step-ahead EMD on the test half, network V [64, 64], unpaired, 1,000 epochs of Adam;",
        "solved: 100 epochs, the last layer solved for exactly, tanh, batches of 100, step sizes along a cosine from",
        f"0.02; mean of {options.seeds} seeds, the authors' of one",
    )
    widths = [16, 8, *(17 for _ in models)]
    print(heading(["functional", "authors", *models], widths), flush=True)
    took = dict.fromkeys(models, 0.0)
    below = dict.fromkeys(models, 0)
    names = options.functionals or list(jk.functionals)
    for functional in names:
        errors: dict[str, list[float]] = {name: [] for name in models}
        for seed in range(options.seeds):
            train, test = protocol.populations(functional, seed)
            for name, changes in models.items():
                start = time.perf_counter()
                model = jk.JKOnetStar(random_state=seed, **changes).fit(train)
                errors[name].append(-model.score(test))
                took[name] += time.perf_counter() - start
        means = {name: statistics.fmean(values) for name, values in errors.items()}
        for name, mean in means.items():
            below[name] += mean < published[functional]
        columns = [f"{mean:.5f}" for mean in means.values()]
        print(row([functional, f"{published[functional]:.5f}", *columns], widths), flush=True)
    print()
    for name, seconds in took.items():
        each = seconds / len(names) / options.seeds
        print(f"{name}: below the authors' in {below[name]} of {len(names)}; {each:.2f} s per fit and evaluation")


# --- cells ----------------------------------------------------------------------------------------------------------


def measure_cells(seeds: int) -> dict[str, Any]:
    """Return errors, seconds of preparation (reading, splitting, plans), training and evaluation, and the peak."""
    import jkonetstar as jk
    from cells import CELLS
    from functionals import PAPER

    errors, parts = [], []
    options = {**PAPER, "scheme": "implicit", "time_varying": True}
    before = peak_megabytes()
    for seed in range(seeds):
        start = time.perf_counter()
        train, test = jk.Snapshots.load(CELLS).split(0.4, by="times", random_state=seed)
        model = watched(**options, random_state=seed).set_params(training__epochs=100).fit(train)
        fitted, prepared = time.perf_counter(), max(model.ends["plans"].values())
        errors.append(-model.score(test))
        parts.append((prepared - start, fitted - prepared, time.perf_counter() - fitted))
    return {"errors": errors, "parts": parts, "before": before, "peak": peak_megabytes()}


def cells(options: argparse.Namespace) -> None:
    """Print one line: mean and deviation over the seeds, median seconds."""
    from cells import CELLS

    if not CELLS.is_dir():
        print(f"\ncells: left out, {CELLS} is not there; JKONETSTAR_DATA names another folder")
        return
    figures = alone(measure_cells, max(2, options.seeds))
    errors, parts = figures["errors"], [statistics.median(part) for part in zip(*figures["parts"])]
    say(
        f"cells: network V(x, t), implicit, 100 epochs, {len(errors)} seeds in one process; one-step-ahead EMD on the",
        "test cells; median seconds per seed. Authors: preparation 26.5 s, training and evaluation 41 to 51 s, EMD",
        "0.624",
    )
    titles = ["EMD", "preparation, s", "training, s", "evaluation, s", "all, s", "peak MB", "before MB"]
    widths = [18, 14, 12, 14, 7, 8, 9]
    print(heading(titles, widths))
    columns = [f"{statistics.fmean(errors):.4f} +- {statistics.stdev(errors):.4f}"]
    columns += [f"{seconds:.2f}" for seconds in (*parts, sum(parts))]
    columns += [f"{figures[name]:.0f}" for name in ("peak", "before")]
    print(row(columns, widths), flush=True)


# --- start-up -------------------------------------------------------------------------------------------------------

START = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def startup(options: argparse.Namespace) -> None:
    """Print a line per thing that is loaded, each in fresh processes."""
    from jkonetstar._library import lib

    statements = {
        "import numpy": "import numpy",
        "import jkonetstar, with numpy": "import jkonetstar",
        "libjkonetstar.so alone": f"import ctypes; start = time.perf_counter(); ctypes.CDLL({lib._name!r})",
    }
    say(f"startup: milliseconds, {options.starts} fresh processes each, files in the system's cache")
    widths = [30, 8, 8, 8]
    print(heading(["", "median", "least", "most"], widths))
    for name, statement in statements.items():
        command = [sys.executable, "-c", START.format(statement)]
        taken = [1e3 * float(subprocess.check_output(command)) for _ in range(options.starts + 1)][1:]
        figures = (statistics.median(taken), min(taken), max(taken))
        print(row([name, *(f"{value:.1f}" for value in figures)], widths), flush=True)


PARTS = {"time": epochs_of_time, "functionals": functionals, "cells": cells, "startup": startup}


def main() -> None:
    """Run the parts that are asked for."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    both = sorted({1, min(2, os.cpu_count() or 1)})
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which tables")
    parser.add_argument("--models", nargs="+", choices=CASES, default=list(CASES), help="time: which")
    parser.add_argument("--cores", type=int, nargs="+", default=both, help="time: how many, each in turn")
    parser.add_argument("--dimensions", type=int, nargs="+", help="time: of the particles; 2, 50 and with U also 3")
    parser.add_argument("--epochs", type=int, default=40, help="time: epochs of V")
    parser.add_argument("--full-epochs", type=int, default=5, help="time: epochs of V + U + beta")
    parser.add_argument("--enough", type=float, default=2.0, help="time: seconds for each of the peer's candidates")
    parser.add_argument("--no-peer", action="store_true", help="time: without JAX")
    parser.add_argument("--functionals", nargs="*", help="functionals: which; all if none is named")
    parser.add_argument("--seeds", type=int, default=5, help="functionals, cells: seeds 0, 1, ..")
    parser.add_argument("--starts", type=int, default=11, help="startup: processes")
    options = parser.parse_args()
    print(alone(library))
    for part in options.parts:
        PARTS[part](options)


if __name__ == "__main__":
    main()
