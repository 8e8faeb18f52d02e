"""All that the library and its Python package write, each as a pair of states to go from one to the other."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import jkonetstar as jk
import numpy as np
from jkonetstar import _arrays
from jkonetstar._library import check, lib
from jkonetstar._whole_file import whole_file
from jkonetstar.cli import main

warnings.simplefilter("ignore")


@dataclass
class Writer:
    """A kind of file, or a folder of files that belong together."""

    name: str
    #: Below a folder, writes one of two states, 0 or 1.
    write: Callable[[Path, int], Any]
    #: Below a folder, reads what was written.
    read: Callable[[Path], Any]
    #: Whether several files belong together. A process that ends while it replaces them may leave too few of them.
    is_set: bool = False
    #: Whether every byte can be tried in a short test.
    is_small: bool = False
    #: Whether writing takes tens of milliseconds.
    is_slow: bool = False


def course(shift: float = 0.0, n: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Return a population at three times."""
    x = np.random.default_rng(0).normal(size=(n, 2))
    return np.concatenate([x, 0.9 * x + shift, 0.8 * x]), np.repeat([0.0, 1.0, 2.0], n)


def fitted(shift: float, **options: Any) -> jk.JKOnetStar:
    return jk.JKOnetStar(**options).fit(*course(shift))


def two(make: Callable[[float], Any]) -> list[Any]:
    """Return two objects of a kind."""
    return [make(0.0), make(0.1)]


def saved(name: str, objects: list[Any], read: Callable[[Path], Any], **more: Any) -> Writer:
    return Writer(
        name, lambda folder, k: objects[k].save(folder / "file"), lambda folder: read(folder / "file"), **more
    )


def flow(shift: float, **options: Any) -> jk.WassersteinFlow:
    mixture = jk.GaussianMixture.of([1.0], [[shift, 0.3]], [0.2 * np.eye(2)])
    return jk.WassersteinFlow("sphere", beta=0.4, step=0.02, steps=2, particles=100, random_state=0, **options).fit(
        mixture
    )


def array(folder: Path, k: int) -> None:
    view = _arrays.view(np.arange(6.0).reshape(2, 3) + k)
    check(lib.jko_npy_write(_arrays.path(folder / "file.npy"), view), folder / "file.npy")


def whole(folder: Path, k: int) -> None:
    """Write as all parts of the package do, in pieces."""
    with whole_file(folder / "file") as file:
        for piece in (b"the old state, " if k == 0 else b"and the new one, ", b"end."):
            file.write(piece)
            file.flush()


def program(*words: str) -> None:
    """Run the command line, whose error becomes one of files again."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        if main([*words, "--force", "--quiet"]) != 0:
            raise jk.FileError(said.getvalue().rstrip("\n"))


def simulated(ending: str) -> Writer:
    def write(folder: Path, k: int) -> None:
        output = str(folder / f"file.{ending}")
        program("simulate", "sphere", "--particles", "4", "--random-state", str(k), "-o", output)

    return Writer(
        f"simulate {ending}",
        write,
        lambda folder: (np.load if ending == "npy" else jk.Snapshots.load)(folder / f"file.{ending}"),
        is_small=ending == "npy",
        is_slow=True,
    )


def planned(ending: str, data: Path) -> Writer:
    for k in (0, 1):
        jk.Snapshots(*course(0.0, 4 + k)).save(data / str(k))

    def write(folder: Path, k: int) -> None:
        x, output = str(data / str(k)), str(folder / f"file.{ending}")
        program("plan", x, x, "--x-time", "0", "--y-time", "1", "-o", output)

    def read(folder: Path) -> Any:
        path = folder / f"file.{ending}"
        return np.loadtxt(path, delimiter=",", skiprows=1) if ending == "csv" else dict(np.load(path))

    return Writer(f"plan {ending}", write, read, is_small=ending == "csv", is_slow=True)


def fit_program(data: Path) -> Writer:
    for k in (0, 1):
        jk.Snapshots(*course(0.1 * k)).save(data / f"fit{k}")
    words = ("--potential", "linear", "-o")
    return Writer(
        "fit",
        lambda folder, k: program("fit", str(data / f"fit{k}"), *words, str(folder / "file")),
        lambda folder: jk.load(folder / "file"),
        is_slow=True,
    )


def picture(model: Path) -> Writer:
    """A picture of how training went, whose state is its size."""

    def write(folder: Path, k: int) -> None:
        try:
            program("plot", "history", str(model), "--dpi", str(20 + k), "-o", str(folder / "file.png"))
        finally:
            # They would all be kept until the process ends.
            importlib.import_module("matplotlib.pyplot").close("all")

    def read(folder: Path) -> Any:
        import matplotlib.image

        return matplotlib.image.imread(folder / "file.png")

    return Writer("plot", write, read, is_slow=True)


def graph(models: list[Any]) -> Writer:
    def read(folder: Path) -> Any:
        import onnx

        onnx.checker.check_model(onnx.load(folder / "file"))

    return Writer("onnx", lambda folder, k: models[k].export_onnx(folder / "file"), read, is_slow=True)


def writers(data: Path, long: bool) -> list[Writer]:
    """Return all kinds, pictures only where it is to be long; `data` is a folder for what they read."""
    quadratic = {"potential": jk.Linear(polynomial_degree=2, radial=None)}
    linear = two(lambda shift: fitted(shift, **quadratic))
    training = {"hidden": (3,), "training": jk.Adam(3, batch_size=20), "random_state": 0, "rollout_weight": 0.0}
    networks = two(lambda shift: fitted(shift, potential="mlp", **training))
    ensembles = two(lambda shift: fitted(shift, potential="mlp", error_bars=jk.Bootstrap(2), **training))
    series = two(lambda shift: jk.Snapshots(*course(shift, 2)))
    networks[0].save(data / "network")
    found = [
        saved("model", linear, jk.load),
        saved("network", networks, jk.load),
        saved("ensemble", ensembles, jk.load),
        saved("growth", two(lambda shift: jk.Growth(bootstrap=0).fit(*course(shift))), jk.GrowthRates.load),
        saved("flow", two(lambda shift: flow(shift, components=2)), jk.WassersteinFlow.load),
        saved("flow by network", two(lambda shift: flow(shift, **NETWORK)), jk.WassersteinFlow.load),
        Writer("snapshots", lambda folder, k: series[k].save(folder), jk.Snapshots.load, is_set=True, is_small=True),
        saved("folder of snapshots", series, jk.Snapshots.load, is_set=True),
        Writer("whole file", whole, lambda folder: (folder / "file").read_bytes(), is_small=True),
        Writer("npy", array, lambda folder: np.load(folder / "file.npy"), is_small=True),
        fit_program(data),
        *(simulated(ending) for ending in ("csv", "npy", "npz")),
        *(planned(ending, data) for ending in ("csv", "npz")),
    ]
    if long and importlib.util.find_spec("matplotlib") is not None:
        found.append(picture(data / "network"))
    if importlib.util.find_spec("onnx") is not None:
        found.append(graph(linear))
    return found


NETWORK = {"method": "network", "hidden": (4,), "rank": 1, "iterations": 5, "batch_size": 30}
