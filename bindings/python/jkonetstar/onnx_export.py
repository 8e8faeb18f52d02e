"""Learned energies as files that other programs evaluate: ONNX."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from . import _arrays, _attributes
from ._choices import DType, Path
from ._energy import Energy
from ._estimator import Estimator
from ._onnx_features import features
from ._onnx_graph import Graph, onnx
from ._onnx_network import Field, network
from ._tensors import Tensor, tensors
from ._whole_file import whole_file
from .runtime import version

Term = Literal["potential", "interaction"]

_TERMS = {"potential": 0, "interaction": 1}
_TYPES = {"float64": 0, "float32": 1}
#: What the axis of points is called.
_POINTS = "n"


def export_onnx(
    self: Estimator, path: Path, term: Term = "potential", gradient: bool = True, dtype: DType = "float64"
) -> None:
    """Write V or U as an ONNX graph, which runtimes of many languages and devices evaluate without this library.

    Needs the package onnx: ``pip install 'jkonetstar[onnx]'``. The page docs/onnx.md shows the use.

    Parameters
    ----------
    path : str or path
        The file appears whole or not at all.
    term : {"potential", "interaction"}
        V, or U as a function of differences between particles, with U(0) = 0.
    gradient : bool
        Whether the graph gives the gradient as well.
    dtype : {"float64", "float32"}
        The type of all numbers in the graph. Results in float64 are those of `potential_` up to rounding.

    Raises
    ------
    ImportError
        If onnx is not installed.
    ValueError
        If the energy has no such term, or features that a host program computes.
    OSError
        If the file cannot be written.

    Notes
    -----
    The graph has the input "x" of shape (n, d), in length; if V varies in time also "t" of shape (n,), in time. It has
    the outputs "value" of shape (n,), in length^2/time, and "gradient" of shape (n, d), in length/time. Points are
    standardised in the graph. It needs operators of opset 13.

    Examples
    --------
    >>> import os, tempfile
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "potential.onnx")
    ...     model.export_onnx(path)
    ...     os.path.getsize(path) > 0
    True
    """
    _arrays.choice(term, "term", _TERMS)
    _arrays.choice(dtype, "dtype", _TYPES)
    wanted, _ = _arrays.boolean(gradient, "gradient"), _arrays.path(path)
    model = _exported(self._fitted(), term, wanted, dtype)
    with whole_file(path) as file:
        file.write(model.SerializeToString())


def _exported(energy: Energy, term: Term, gradient: bool, dtype: DType) -> Any:
    """Return the model of ONNX."""
    onnx()
    # Both raise what says that there is no such term.
    _attributes.potential(energy) if term == "potential" else _attributes.interaction(energy)
    named, ground = tensors(energy.to_bytes()), 0.0
    if term == "interaction":
        ground = _at_zero(_graph(energy, term, False, "float64", named, 0.0), energy.info.dimension)
    return _graph(energy, term, gradient, dtype, named, ground)


def _at_zero(model: Any, dimension: int) -> float:
    """Return the value of a model at difference 0."""
    from onnx.reference import ReferenceEvaluator

    (value,) = ReferenceEvaluator(model).run(["value"], {"x": np.zeros((1, dimension))})
    return float(value[0])


def _graph(energy: Energy, term: Term, gradient: bool, dtype: DType, named: dict[str, Tensor], ground: float) -> Any:
    """Return the model of ONNX, whose value is less by `ground`."""
    d, varying = energy.info.dimension, bool(energy.info.time_varying) and term == "potential"
    graph = Graph(dtype)
    x = graph.input("x", (_POINTS, d))
    length, origin, duration = (float(named[f"standardization.{name}"][0]) for name in ("length", "origin", "duration"))
    # Differences have a length, but no centre.
    centre = named["standardization.center"].astype(np.float64) if term == "potential" else np.zeros(d)
    z = graph.multiply(graph.difference(x, centre), 1 / length)
    s = None
    if varying:
        t = graph.node("Unsqueeze", graph.input("t", (_POINTS,)), np.array([1]))
        s = graph.node("Div", graph.difference(t, np.array([origin])), duration)
    field = _field(graph, energy, term, z, s, named, gradient)
    value = graph.node(
        "Squeeze", graph.node("Sub", graph.multiply(field.value, length**2 / duration), ground), np.array([1])
    )
    graph.output(value, "value", (_POINTS,))
    if field.gradient is not None:
        graph.output(graph.multiply(field.gradient, length / duration), "gradient", (_POINTS, d))
    of = "V(x, t)" if varying else "V(x)" if term == "potential" else "U(x), of differences x"
    said = {"term": term, "jkonetstar": version(), "times": " ".join(map(repr, energy.description()["times"]))}
    return graph.model(f"{of}, in length^2/time, and its gradient in length/time", said)


def _field(
    graph: Graph, energy: Energy, term: Term, z: str, s: str | None, named: dict[str, Tensor], gradient: bool
) -> Field:
    """Add the term in standardised coordinates z and, if it varies, time s."""
    said: dict[str, Any] = energy.description()["model"]
    if said[term] == "mlp":
        option = "activation" if term == "potential" else "interaction_activation"
        return network(graph, z, s, named, f"{term}.", said[option], gradient)
    options = said if term == "potential" else said["interaction_features"]
    return features(graph, z, s, named, f"{term}.", options["radial"], gradient)
